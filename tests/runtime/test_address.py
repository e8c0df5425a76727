"""HOST and PORT."""

import socket

import pytest

from runtime.address import Refused, allowed_hosts, listening_address, public_url


@pytest.fixture
def taken_port(monkeypatch):
    monkeypatch.setattr("runtime.address.PORT_PATIENCE_S", 0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_refused_with_another_to_take(monkeypatch, taken_port):
    monkeypatch.setenv("PORT", str(taken_port))
    with pytest.raises(Refused, match=rf"Port {taken_port} on 127\.0\.0\.1 is taken.*PORT=\d+ bin/run"):
        listening_address()


@pytest.mark.parametrize("port", ["http", "-1", "65536", "８０", "1.5"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Refused, match="PORT is"):
        listening_address()


def test_an_address_of_another_machine_is_refused(monkeypatch):
    monkeypatch.setenv("HOST", "192.0.2.1")
    with pytest.raises(Refused, match=r"Cannot listen on HOST=192\.0\.2\.1"):
        listening_address()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),
        ("::1", "http://[::1]:8000/"),
        ("10.1.2.3", "http://10.1.2.3:8000/"),
    ],
)
def test_the_address_to_open(host, url):
    assert public_url(host, 8000) == url


def test_only_a_server_that_listens_to_others_answers_to_more_names():
    assert allowed_hosts("127.0.0.1") == allowed_hosts("localhost") == ["localhost", "127.0.0.1", "[::1]"]
    assert socket.gethostname() in allowed_hosts("0.0.0.0")
