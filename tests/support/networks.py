"""What stands between a client and a sandbox: a server with a certificate of its own, and a proxy that everything must go through."""

import base64
import select
import socket
import ssl
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import trustme

from support.servers import Server

API, STORAGE = "api.test", "storage.test"  # no machine has these names: only a proxy knows where they are


class Front:
    """A server that passes requests on to a sandbox, with a certificate of its own CA. The storage has another name than the API.

    `seen`: the host, the method with the path, and the headers of each request. `mutual`: clients need a certificate, too.
    """

    def __init__(self, address: str, api: str, storage: str, *, mutual: bool = False) -> None:
        self.authority = trustme.CA()
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(api, storage).configure_cert(context)
        if mutual:
            self.authority.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        self.server = Server(_forward(self, urlsplit(address).netloc, storage), context)
        self.port = self.server.server_address[1]

    def trust(self, *, mutual: bool = False) -> ssl.SSLContext:
        """Return what a client needs that trusts the CA, and shows a certificate if `mutual`."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        if mutual:
            self.authority.issue_cert("client.test").configure_cert(context)
        return context

    def hosts(self) -> set[str]:
        """Return the names by which it was called."""
        return {host for host, _, _ in self.seen}


def _forward(front: Front, sandbox: str, storage: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            host, headers = (
                self.headers["Host"].partition(":")[0],
                {name.lower(): value for name, value in self.headers.items()},
            )
            front.seen.append((host, f"{self.command} {self.path}", headers))
            content = self.rfile.read(int(headers.get("content-length", 0)))
            behind = HTTPConnection(sandbox)
            behind.request(self.command, self.path, content or None, {**headers, "host": storage})
            response = behind.getresponse()
            data = response.read()
            port = self.headers["Host"].partition(":")[2]
            data = data.replace(
                f'"http://{storage}/'.encode(), f'"https://{storage}{":" + port if port else ""}/'.encode()
            )
            self.send_response_only(response.status)
            for name, value in response.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Set-Cookie", f"seen-by={host}")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            behind.close()

        do_POST = do_PUT = do_GET  # noqa: N815

    return Handler


class Proxy:
    """A proxy for HTTP and CONNECT. It takes everybody to one server, whatever the host; `hosts`: those that were asked for, except one that is `blocked`; `refused`: how many had no password."""

    def __init__(self, port: int, password: str = "") -> None:
        self.hosts: set[str] = set()
        self.refused = 0
        self.blocked = ""
        self.port = port
        self.wanted = "Basic " + base64.b64encode(f"me:{password}".encode()).decode() if password else ""
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_CONNECT(self) -> None:
                if proxy.wanted and self.headers.get("Proxy-Authorization") != proxy.wanted:
                    proxy.refused += 1
                    self.send_error(407)
                    return
                if (host := self.path.partition(":")[0]) == proxy.blocked:
                    self.send_error(403)
                    return
                proxy.hosts.add(host)
                with socket.create_connection(("127.0.0.1", proxy.port)) as server:
                    self.send_response_only(200)
                    self.end_headers()
                    _relay(self.connection, server)

        self.server = Server(Handler)
        self.url = self.server.url


def _relay(*ends: socket.socket) -> None:
    with suppress(OSError):
        while True:
            for one in select.select(ends, [], [])[0]:
                if not (data := one.recv(65536)):
                    return
                ends[one is ends[0]].sendall(data)
