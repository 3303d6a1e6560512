"""Servers of the standard library on loopback, for what a test has to answer itself."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread
from typing import Any, TypeVar

S = TypeVar("S", bound="Server")


class Server(ThreadingHTTPServer):
    """A server on a free port; with a context for TLS, over https."""

    block_on_close = False  # a handler may wait for what never comes
    request_queue_size = 50

    def __init__(self, handler: type[BaseHTTPRequestHandler], tls: SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        if tls:  # the thread of each connection shakes hands
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break: clients hang up."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(server: S) -> Iterator[S]:
    """Let a server answer until the end of the block, from a thread of its own."""
    with server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
