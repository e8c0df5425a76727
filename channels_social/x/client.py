"""A thin port on tweepy: the calls that Parley makes, with answers that say what they cost and errors of ours."""

import json
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import requests
import tweepy
from urllib3.exceptions import HTTPError

from channels_social.x import fields
from channels_social.x.credentials import has_expired, is_oauth1, refresher
from channels_social.x.errors import epoch, error_from, transport_error, unanswered
from channels_social.x.shapes import dict_of, dicts, text_of
from channels_social.x.transport import mount, origin_of
from channels_social.x.vocabulary import storable
from tickets.channels.contract import Account, Budget
from tickets.channels.errors import AuthRevoked, OutcomeUnknown, Unavailable

# What tweepy lets through when an answer is not what it expects, besides its own errors.
SURPRISES = (
    tweepy.TweepyException,
    requests.RequestException,
    HTTPError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
)


@dataclass(frozen=True)
class Answer:
    """A body that is a JSON object, in whichever vocabulary X used, and the rate-limit window it came with."""

    body: dict[str, Any]
    budget: Budget | None

    @property
    def items(self) -> list[Any]:
        data = self.body.get("data")
        return data if isinstance(data, list) else []

    @property
    def one(self) -> dict[str, Any]:
        return dict_of(self.body.get("data"))

    def included(self, name: str) -> list[dict[str, Any]]:
        return dicts(dict_of(self.body.get("includes")).get(name))

    @property
    def problems(self) -> list[dict[str, Any]]:
        return dicts(self.body.get("errors"))

    @property
    def next_token(self) -> str:
        return text_of(dict_of(self.body.get("meta")), "next_token")


class Client:
    """X as one account. Raises only errors of the channel contract."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._credentials = dict(account.credentials)
        self._oauth1 = is_oauth1(self._credentials)
        self._tweepy = tweepy.Client(return_type=requests.Response)
        self._use_credentials()
        mount(self._tweepy.session, origin_of(account.options.get("api_base_url", "")))
        # The newest response. The hook holds no client, so that a client and its connections end together.
        self._kept: deque[requests.Response] = deque(maxlen=1)
        self._tweepy.session.hooks["response"].append(_keeper(self._kept))

    def me(self) -> Answer:
        return self._call(self._tweepy.get_me, user_fields=fields.USER)

    def mentions(self, user_id: str, **where: Any) -> Answer:
        return self._call(self._tweepy.get_users_mentions, user_id, **fields.POSTS, **where)

    def own_posts(self, user_id: str, **where: Any) -> Answer:
        return self._call(self._tweepy.get_users_tweets, user_id, **fields.OWN_POSTS, **where)

    def search(self, query: str, **where: Any) -> Answer:
        return self._call(self._tweepy.search_recent_tweets, query, **fields.POSTS, **where)

    def direct_messages(self, **where: Any) -> Answer:
        return self._call(self._tweepy.get_direct_message_events, **fields.DIRECT_MESSAGES, **where)

    def posts(self, ids: Sequence[str]) -> Answer:
        """At most 100; what cannot be shown is among `problems`."""
        return self._call(self._tweepy.get_tweets, list(ids))

    def reply(self, post_id: str, text: str, media_ids: Sequence[str] = ()) -> Answer:
        pictures = {"media_ids": list(media_ids)} if media_ids else {}
        return self._call(self._tweepy.create_tweet, writing=True, in_reply_to_tweet_id=post_id, text=text, **pictures)

    def write_privately(self, text: str, *, person: str = "", conversation: str = "", media_id: str = "") -> Answer:
        to = {"dm_conversation_id": conversation} if conversation else {"participant_id": person}
        picture = {"media_id": media_id} if media_id else {}
        return self._call(self._tweepy.create_direct_message, writing=True, text=text, **to, **picture)

    def upload(self, content: bytes, category: str) -> Answer:
        """Nobody sees a picture before a post names it, so that one of unknown outcome may be sent again."""
        body = {"media": b64encode(content).decode(), "media_category": category}
        try:
            # tweepy has no method of its own for X's second upload API.
            return self._call(self._tweepy._make_request, "POST", "/2/media/upload", json=body, writing=True)
        except OutcomeUnknown as error:
            raise Unavailable("X did not take the picture. Nothing was sent yet.", code=error.code) from error

    def sign(self, request: requests.Request) -> None:
        """Puts the account's credentials on a request for a file that only it may see."""
        if self._oauth1:
            names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
            request.auth = tweepy.OAuth1UserHandler(*(self._credentials[name] for name in names)).apply_auth()
            return
        if has_expired(self._credentials):
            self._renew()
        request.headers = {**request.headers, "Authorization": f"Bearer {self._credentials['access_token']}"}

    def _call(self, method: Callable[..., Any], *args: Any, writing: bool = False, **options: Any) -> Answer:
        if not self._oauth1 and has_expired(self._credentials):
            self._renew()
        response = self._once(method, *args, writing=writing, **options)
        if response.status_code == 401 and not self._oauth1:
            self._renew()
            response = self._once(method, *args, writing=writing, **options)
        budget = _budget(response)
        if not 200 <= response.status_code < 300:
            error = error_from(response.status_code, response.headers, response.text, writing=writing)
            error.budget = budget
            raise error
        return Answer(_object(response, writing=writing), budget)

    def _once(self, method: Callable[..., Any], *args: Any, writing: bool, **options: Any) -> requests.Response:
        """One request. The response is taken from the session, since tweepy stumbles over odd bodies."""
        self._kept.clear()
        try:
            method(*args, user_auth=self._oauth1, **options)
        except SURPRISES as error:
            if isinstance(error, requests.RequestException | HTTPError) or not self._kept:
                raise transport_error(error, writing=writing) from error
        return self._kept.pop()

    def _renew(self) -> None:
        if self._account.renew is None:
            raise AuthRevoked("The access token has expired. Enter new credentials.", code="expired")
        self._credentials = self._account.renew(refresher(self._tweepy.session, self._credentials))
        self._use_credentials()

    def _use_credentials(self) -> None:
        if self._oauth1:
            self._tweepy.consumer_key = self._credentials["consumer_key"]
            self._tweepy.consumer_secret = self._credentials["consumer_secret"]
            self._tweepy.access_token = self._credentials["access_token"]
            self._tweepy.access_token_secret = self._credentials["access_token_secret"]
        else:
            self._tweepy.bearer_token = self._credentials["access_token"]


def _keeper(kept: "deque[requests.Response]") -> Callable[..., None]:
    def keep(response: requests.Response, *_args: Any, **_options: Any) -> None:
        kept.append(response)

    return keep


def _object(response: requests.Response, *, writing: bool) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise unanswered("X gave an answer that cannot be read.", writing=writing)
    return storable(body)


def _budget(response: requests.Response) -> Budget | None:
    headers = response.headers
    resets_at = epoch(headers.get("x-rate-limit-reset"))
    try:
        limit, remaining = int(headers["x-rate-limit-limit"]), int(headers["x-rate-limit-remaining"])
    except (KeyError, ValueError):
        return None
    return Budget(limit, remaining, resets_at) if resets_at else None
