"""The sandbox as a running server."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox import control
from sandbox.pages import views
from sandbox.x.wire.gateway import Gateway, refusal
from sandbox.x.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

REQUEST_BYTES = 8_000_000
POLL_S = 0.05
Connection = Callable[[], dict[str, object]]


class Quiet(WSGIRequestHandler):
    """Each call is in the world's own log."""

    # A client that never finishes its request must not hold a thread for ever.
    timeout = 120

    def connection_dropped(self, error: BaseException, environ: "WSGIEnvironment | None" = None) -> None:
        """Also raised by `faults` on purpose; without this the connection would wait for another request."""
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def build(world: World, brand: str, closing: threading.Event, connection: Connection) -> Flask:
    app = Flask("sandbox", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=REQUEST_BYTES, PROPAGATE_EXCEPTIONS=True)
    Gateway(world, closing).mount(app)
    views.mount(app, world, brand)
    control.mount(app, world, connection)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response | HTTPException:
        return refusal(error.code or 500, error.name) if request.path.startswith("/2/") else error

    return app


class Server:
    """`with Server(world) as server: server.base_url`; port 0 takes a free one.

    `brand` is the user name of the account that the page is about, `connection` what `/_sandbox/connection` tells.
    """

    def __init__(
        self,
        world: World,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        brand: str = "northwindair",
        connection: Connection = dict,
    ) -> None:
        self.world = world
        self._closing = threading.Event()
        app = build(world, brand, self._closing, connection)
        self._http: BaseWSGIServer = make_server(host, port, app, threaded=True, request_handler=Quiet)
        shown = f"[{host}]" if ":" in host else host
        self.base_url = f"http://{shown}:{self._http.server_port}"
        world.base_url = self.base_url
        self._thread: threading.Thread | None = None

    def start(self) -> "Server":
        self._thread = threading.Thread(target=self._http.serve_forever, args=(POLL_S,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
