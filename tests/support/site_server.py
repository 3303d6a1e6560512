"""A server on loopback for the site, which needs none: for `make site-serve`, and for tests.

python tests/support/site_server.py FOLDER [PORT]
"""

import contextlib
import errno
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

HOST = "127.0.0.1"
PORT = 8000
# By the standard library, the rest is right, but for the characters, which it does not tell.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/atom+xml; charset=utf-8",
}


class SiteHandler(SimpleHTTPRequestHandler):
    """Serves the files of a folder as any host would, but so that a browser asks for each of them again."""

    extensions_map = MappingProxyType(SimpleHTTPRequestHandler.extensions_map | TYPES)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def list_directory(self, path: Any) -> None:  # noqa: ARG002 - its name is given
        """Show no list of a folder without `index.html`: a host shows none."""
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class SiteServer(ThreadingHTTPServer):
    """A server on a port of loopback; port 0 is any free one."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        super().__init__((HOST, port), partial(SiteHandler, directory=str(folder)))
        self.url = f"http://{HOST}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break: browsers hang up."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def main(arguments: list[str]) -> int:
    """Serve until Ctrl-C; give the exit code."""
    folder, port, *_ = (*arguments, str(PORT))
    if not port.isascii() or not port.isdigit() or int(port) > 0xFFFF:
        return _fail(f"PORT={port} is no port: give a number up to 65535, or 0 for any that is free")
    if not (Path(folder) / "index.html").is_file():
        return _fail(f"{folder} has no site yet: `make` writes it")
    try:
        server = SiteServer(Path(folder), int(port))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        why = "is taken" if error.errno == errno.EADDRINUSE else "is not for everyone"
        return _fail(f"port {port} {why}: make site-serve PORT=0 takes any that is free")
    with server, contextlib.suppress(KeyboardInterrupt):
        print(f"{server.url}/ shows {folder}; Ctrl-C ends it", flush=True)
        server.serve_forever()
    return 0


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
