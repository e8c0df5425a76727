"""Fetching addresses that somebody else chose (pictures of posts, …): bounded, and never from our own network."""

import ipaddress
import socket
import time
from collections.abc import Collection
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from tickets.channels.errors import RecipientGone, Rejected, Throttled, Unavailable

TIMEOUT = (3.05, 20)
LONGEST_S = 60
CHUNK = 64 * 1024
# What browsers show and what cannot carry a script.
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})

SOUNDS = frozenset(
    {"audio/mpeg", "audio/wav", "audio/x-wav", "audio/wave", "audio/ogg", "audio/webm", "audio/mp4", "audio/flac"}
)


def is_public(address: str) -> bool:
    """Whether an IP address is on the Internet rather than in somebody's own network."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_global and not ip.is_multicast


class PrivateAddress(NewConnectionError):
    """The host resolves into a private network. Looked at after connecting, so a name that changes cannot pass."""


class _PublicOnly:
    def _new_conn(self) -> socket.socket:
        connection: socket.socket = super()._new_conn()  # type: ignore[misc]
        if is_public(connection.getpeername()[0]):
            return connection
        connection.close()
        raise PrivateAddress(self, "a private address")  # type: ignore[arg-type]


class _PublicHTTP(_PublicOnly, HTTPConnection):
    pass


class _PublicHTTPS(_PublicOnly, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPS


class PublicOnly(HTTPAdapter):
    """Connects to public addresses only. Mount it on a session that does not read proxies from the environment."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


def download(
    request: requests.Request, *, max_bytes: int, content_types: Collection[str] = PICTURES, trusted: bool = False
) -> tuple[bytes, str]:
    """Content and content type of a file. `trusted`: an admin named this server, so it may be in our own network.

    Redirects are not followed. Raises Rejected for what is refused for good, Unavailable for what may come later.
    """
    with requests.Session() as session:
        # A proxy would resolve the name itself, where nobody looks at the address.
        session.trust_env = False
        if not trusted:
            session.mount("https://", PublicOnly())
            session.mount("http://", PublicOnly())
        request.headers = {"Accept-Encoding": "identity", **request.headers}
        try:
            prepared = session.prepare_request(request)
            with session.send(prepared, timeout=TIMEOUT, stream=True, allow_redirects=False) as answer:
                _accept(answer)
                content_type = _content_type(answer, content_types)
                return _read(answer, max_bytes), content_type
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise _lost(error) from error


def _accept(answer: requests.Response) -> None:
    status = answer.status_code
    if status in (404, 410):
        raise RecipientGone("The file is no longer there.", code=str(status))
    if status == 429:
        raise Throttled("The network asks us to slow down.", code="429")
    if status >= 500:
        raise Unavailable(f"The server of the file is out of order (status {status}).", code=str(status))
    if status != 200:
        raise Rejected(f"The file was refused (status {status}).", code=str(status))


def _content_type(answer: requests.Response, allowed: Collection[str]) -> str:
    found = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if found not in allowed:
        raise Rejected(f"Files of type {found or 'unknown'} are not shown.", code="content_type")
    return found


def _read(answer: requests.Response, max_bytes: int) -> bytes:
    until = time.monotonic() + LONGEST_S
    content = bytearray()
    for chunk in answer.iter_content(CHUNK):
        content += chunk
        if len(content) > max_bytes:
            raise Rejected(f"The file is larger than {max_bytes} bytes.", code="too_large")
        if time.monotonic() > until:
            raise Unavailable("The file takes too long to arrive.")
    return bytes(content)


def _lost(error: Exception) -> Rejected | Unavailable:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, PrivateAddress):
        return Rejected("The address of the file is inside a private network.", code="private_address")
    if isinstance(error, ValueError) and not isinstance(error, requests.ConnectionError):
        return Rejected("The address of the file cannot be used.", code="invalid_address")
    return Unavailable("The server of the file cannot be reached.")
