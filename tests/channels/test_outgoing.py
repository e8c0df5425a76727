"""Downloads of addresses that others chose."""

import pytest
import requests

from tests.replay import Replay
from tickets.channels.errors import Rejected, Unavailable
from tickets.channels.outgoing import download, is_public

PICTURE = {"Content-Type": "image/png; charset=binary"}


@pytest.fixture
def server():
    with Replay() as replay:
        yield replay


PRIVATE = ["10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.168.1.1", "224.0.0.1"]
PRIVATE_6 = ["::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1"]


@pytest.mark.parametrize("address", [*PRIVATE, *PRIVATE_6])
def test_our_own_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_nothing_is_said_to_a_private_address(server, host):
    url = server.url.replace("127.0.0.1", host)
    with pytest.raises(Rejected, match="private network"):
        download(requests.Request("GET", url), max_bytes=100)
    assert server.asked == []


def test_proxies_of_the_environment_cannot_lead_inside(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises((Rejected, Unavailable)):
        download(requests.Request("GET", "http://localhost:1/"), max_bytes=100)
    assert server.asked == []


def test_a_trusted_server_may_be_inside(server):
    server.answer(200, b"x" * 100, PICTURE)
    assert download(requests.Request("GET", server.url), max_bytes=100, trusted=True) == (b"x" * 100, "image/png")


def test_no_more_than_allowed_is_read(server):
    server.answer(200, b"x" * 101, PICTURE)
    with pytest.raises(Rejected, match="larger than 100 bytes"):
        download(requests.Request("GET", server.url), max_bytes=100, trusted=True)


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "ftp://example.com/a", "http://[::1", "http://a b/"])
def test_addresses_that_are_none(url):
    with pytest.raises(Rejected, match="cannot be used"):
        download(requests.Request("GET", url), max_bytes=100)


def test_a_server_that_is_not_there():
    with pytest.raises(Unavailable):
        download(requests.Request("GET", "http://127.0.0.1:1/"), max_bytes=100, trusted=True)
