"""Pictures of posts and direct messages, from X's own hosts only."""

from urllib.parse import urlsplit

import requests

from channels_social.x.client import Client
from channels_social.x.transport import X_HOSTS, origin_of
from tickets.channels import outgoing
from tickets.channels.contract import Account
from tickets.channels.errors import Rejected

PUBLIC_HOSTS = ".twimg.com"
# What is sent privately is shown to those who take part in the conversation.
PRIVATE_HOSTS = X_HOSTS | {"ton.twitter.com"}


def fetch(account: Account, url: str, max_bytes: int) -> tuple[bytes, str]:
    """Content and type of a picture. Raises Rejected for other hosts, other types and what is too large."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    origin = origin_of(account.options.get("api_base_url", ""))
    trusted = bool(origin) and f"{parts.scheme}://{parts.netloc}" == origin
    private = trusted or host in PRIVATE_HOSTS
    if not trusted and (parts.scheme != "https" or not (private or host.endswith(PUBLIC_HOSTS))):
        raise Rejected("The picture is not on one of X's servers.", code="host")
    request = requests.Request("GET", url)
    if private:
        Client(account).sign(request)
    return outgoing.download(request, max_bytes=max_bytes, trusted=trusted)
