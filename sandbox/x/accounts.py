"""People on the network, developer apps, and what they may do for whom."""

import hashlib
import hmac
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.x.clock import id_at, to_ms
from sandbox.x.model import DMS, Account, App, NotPossible, Token
from sandbox.x.tables import Tables

SCOPES = (
    "tweet.read",
    "tweet.write",
    "tweet.moderate.write",
    "users.read",
    "dm.read",
    "dm.write",
    "media.write",
    "like.write",
    "offline.access",
)
# Accounts are older than anything they post.
FIRST_ACCOUNT_MS = 1_420_070_400_000  # 2015-01-01
ACCOUNT_SPREAD_MS = 8 * 365 * 86_400_000


class Accounts(Tables):
    def __init__(self, state: Path | None = None, seed: int = 1) -> None:
        super().__init__(state, seed)
        # Codes of the consent page, each good for one exchange.
        self.codes: dict[str, dict[str, Any]] = {}

    def secret(self, *parts: object, length: int = 40) -> str:
        """Repeatable from the seed, so that a demo started anew keeps its credentials."""
        message = "/".join(map(str, parts)).encode()
        return hmac.new(f"sandbox {self.seed}".encode(), message, hashlib.sha512).hexdigest()[:length]

    def account(self, username: str, name: str = "", **fields: Any) -> Account:
        """The account of that user name, made or changed: `account("ann", followers=12, verified=True)`.

        `created_at` is a datetime; other fields are those of `model.Account`.
        """
        created: datetime | None = fields.pop("created_at", None)
        with self.lock:
            known = self.accounts.get(self.ids_by_name.get(username.lower(), 0))
            if known is None:
                number = int(self.secret("account", username.lower(), length=15), 16)
                created_ms = to_ms(created) if created else FIRST_ACCOUNT_MS + number % ACCOUNT_SPREAD_MS
                known = Account(id_at(created_ms) | number % 4096, username, name or username, created_ms)
            if name:
                known.name = name
            for field, value in fields.items():
                setattr(known, field, value)
            return self.keep("account", known)

    def find(self, who: Account | str | int) -> Account:
        """An account by itself, user name (with or without @) or id."""
        if isinstance(who, Account):
            return who
        with self.lock:
            known = self.accounts.get(who if isinstance(who, int) else self.ids_by_name.get(who.lstrip("@").lower(), 0))
            if known is None:
                raise NotPossible(f"Nobody here is called {who}.")
            return known

    def block(self, who: Account | str, whom: Account | str) -> None:
        with self.lock:
            account = self.find(who)
            account.blocks.append(self.find(whom).id)
            self.keep("account", account)

    def app(self, name: str = "helpdesk", owner: Account | str | None = None, access: str = DMS) -> App:
        """The developer app of that name. Reads of its owner's own posts and mentions are cheaper."""
        with self.lock:
            for app in self.apps.values():
                if app.name == name:
                    return app
            number = int(self.secret("app", name, length=7), 16)
            owner_id = self.find(owner).id if owner else 0
            keys = [self.secret("app", name, field) for field in ("consumer", "client", "client-secret", "bearer")]
            secret = self.secret("app", name, "consumer-secret", length=50)
            return self.keep(
                "app",
                App(number, name, owner_id, keys[0][:25], secret, keys[1][:34], keys[2], f"AAAA{keys[3]}", access),
            )

    def connect(
        self, who: Account | str, auth: str = "oauth1", *, app: App | None = None, scopes: tuple[str, ...] = SCOPES
    ) -> dict[str, str]:
        """Let an app act for an account. Returns the channel credentials.

        `oauth1`: consumer_key, consumer_secret, access_token, access_token_secret.
        `oauth2`: client_id, client_secret, access_token, refresh_token.
        """
        with self.lock:
            user = self.find(who)
            app = app or self.app(owner=user)
            if auth == "oauth2":
                token = self.grant(app, user, scopes)
                credentials = {"client_id": app.client_id, "client_secret": app.client_secret}
                return credentials | {"access_token": token.access_token, "refresh_token": token.refresh_token or ""}
            access_token = f"{user.id}-{self.secret('oauth1', app.id, user.id, length=30)}"
            secret = self.secret("oauth1-secret", app.id, user.id, length=45)
            self.keep("token", Token(access_token, app.id, user.id, secret=secret))
            credentials = {"consumer_key": app.consumer_key, "consumer_secret": app.consumer_secret}
            return credentials | {"access_token": access_token, "access_token_secret": secret}

    def grant(self, app: App, user: Account, scopes: tuple[str, ...] | list[str]) -> Token:
        """A new pair of OAuth 2 tokens; a refresh token only with `offline.access`."""
        with self.lock:
            number = len(self.tokens)
            access, refresh = (self.secret(kind, app.id, user.id, number, length=64) for kind in ("access", "refresh"))
            token = Token(access, app.id, user.id, scopes=list(scopes))
            token.refresh_token = refresh if "offline.access" in scopes else None
            token.expires_ms = self.clock.now_ms() + self.settings.access_token_s * 1000
            return self.keep("token", token)

    def revoke(self, who: Account | str) -> None:
        """The account's owner takes the permission back from every app."""
        with self.lock:
            user = self.find(who)
            for token in [one for one in self.tokens.values() if one.user_id == user.id]:
                token.revoked = True
                self.keep("token", token)

    def authorise(
        self,
        who: Account | str,
        app: App,
        redirect_uri: str,
        challenge: str,
        method: str = "S256",
        scopes: tuple[str, ...] = SCOPES,
    ) -> str:
        """What X's consent page does: a code for the `authorization_code` grant, valid for 30 seconds."""
        with self.lock:
            code = self.secret("code", app.id, len(self.codes))
            self.codes[code] = {
                "app": app.id,
                "user": self.find(who).id,
                "redirect_uri": redirect_uri,
                "challenge": challenge,
                "method": method,
                "scopes": list(scopes),
                "until_ms": self.clock.now_ms() + 30_000,
            }
            return code
