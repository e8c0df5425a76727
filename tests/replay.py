"""A server that answers as it was told, in order: for exchanges that were recorded, and bodies that X never sends."""

import json
import threading
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# The body is sent as it is, so these do not hold.
NOT_REPLAYED = {"content-encoding", "content-length", "transfer-encoding", "date", "server"}


class Replay:
    """`with Replay() as x: x.answer(200, {...})`; `asked` lists (method, path, headers, body)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self._answers: deque[tuple[int, Mapping[str, str], bytes]] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, status: int, body: Any = b"", headers: Mapping[str, str] | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        kept = {name: value for name, value in (headers or {}).items() if name.lower() not in NOT_REPLAYED}
        self._answers.append((status, kept, content))

    def __enter__(self) -> "Replay":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        replay = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                replay.asked.append((self.command, self.path, self.headers, body))
                status, headers, content = replay._answers.popleft()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        return Handler
