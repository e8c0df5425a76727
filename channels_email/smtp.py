"""Django's SMTP backend, signed in with an access token instead of a password."""

from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from channels_email import oauth
from tickets.channels.contract import Account


class TokenBackend(EmailBackend):
    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def open(self) -> bool | None:
        opened = super().open()
        if opened and self.connection:
            user = self.account.credentials.get("username") or self.account.address
            token = oauth.access_token(self.account)
            # Refused, the server explains itself in a challenge, to which nothing is the answer.
            self.connection.auth(
                "XOAUTH2",
                lambda challenge=None: "" if challenge else f"user={user}\1auth=Bearer {token}\1\1",
            )
        return opened
