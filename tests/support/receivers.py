"""A server that webhooks are sent to: it keeps what it gets, and responds as it is told."""

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.servers import Server, serving


class Receiver:
    """What came: path, headers and JSON of each request. `statuses` are the next responses; then all is accepted."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.got: list[tuple[str, dict[str, str], Any]] = []
        self.statuses: list[int] = []
        self.may_respond = threading.Event()
        self.may_respond.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                receiver.got.append(
                    (self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(body))
                )
                receiver.may_respond.wait(30)
                with contextlib.suppress(OSError):  # the sender has gone
                    self.send_response(status)
                    if status == 302:
                        self.send_header("Location", "/elsewhere")
                    self.end_headers()

        self.server = Server(Handler, tls)
        self.port = self.server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events?a=b"

    @property
    def told(self) -> list[tuple[str, str]]:
        """The type of each event, and the status of its job, without what they all begin with."""
        return [
            (body["type"].rpartition(".")[2], body["payload"]["job"]["status"]) for _, _, body in self.got
        ]


@contextlib.contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver until the end of the block."""
    receiver = Receiver(tls)
    with serving(receiver.server):
        try:
            yield receiver
        finally:
            receiver.may_respond.set()
