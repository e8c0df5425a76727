"""Where the web server listens, and the names it is reached by."""

import ipaddress
import os
import socket
import time

from runtime.engines import free_port

# The web server of a `bin/run` that was killed lets its port go within this time.
PORT_PATIENCE_S = 4


class Refused(Exception):
    """Why it cannot start, and how to mend that."""


def listening_address() -> tuple[str, int]:
    """HOST and PORT of the environment, checked; a taken port is refused with a free one named."""
    host = os.environ.get("HOST") or "127.0.0.1"
    wanted = os.environ.get("PORT") or "8000"
    if not (wanted.isascii() and wanted.isdecimal() and int(wanted) < 2**16):
        raise Refused(f"PORT is {wanted!r}; it must be a number from 0 (any free port) to 65535.")
    port = int(wanted)
    deadline = time.monotonic() + PORT_PATIENCE_S
    try:
        while (free := free_port(port, host)) != port:
            if port == 0:
                return host, free
            if time.monotonic() > deadline:
                other = next((near for near in range(port + 1, 2**16) if free_port(near, host) == near), free)
                raise Refused(
                    f"Port {port} on {host} is taken, perhaps by another Parley. Choose another: PORT={other} bin/run"
                )
            time.sleep(0.2)
    except (OSError, OverflowError) as error:
        raise Refused(f"Cannot listen on HOST={host} PORT={port}: {error}. Choose others.") from error
    return host, port


def public_url(host: str, port: int) -> str:
    """The address to open on this machine."""
    shown = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://{bracketed(shown)}:{port}/"


def allowed_hosts(host: str) -> list[str]:
    """Names a browser may use: this machine's loopback, and its own names when it listens beyond that."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if _is_loopback(host):
        return names
    name, aliases, addresses = socket.gethostbyname_ex(socket.gethostname())
    return list(dict.fromkeys([*names, bracketed(host), name, *aliases, *addresses, _outward_address()]))


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _outward_address() -> str:
    """This machine's address towards others (nothing is sent: a datagram socket only looks up the route)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]
