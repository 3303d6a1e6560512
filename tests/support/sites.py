"""A documentation site on loopback: it serves pages, and does every bad thing that a site can do, on demand.

    with serve() as site:
        site.pages["video-generation-acme"] = b"..."   # Markdown; what is served may change at any time
        site.connect(root)                             # the root's profile has a [site] that points here
        site.fail("video-generation-acme", "500")      # every time, or `times=2`; "llms.txt", a path or a page
        site.mend()

How it fails is a name in `FAILURES`, which is where to add a bad behaviour of a site, or a function that is given the
`Request` and writes what it likes.
"""

import gzip
import hashlib
import json
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler
from threading import Event, Lock

from support.roots import Ran, Root
from support.servers import Server, serving
from support.small_root import TOP, section

MARKDOWN = "text/markdown; charset=utf-8"
HTML = "text/html; charset=utf-8"
CHUNKED = "Transfer-Encoding: chunked"
PREFIX = "/get-started/generation"
SITE = re.compile(r"^\[site\].*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
# Where the profile of the example has the files of models fetched; no test asks a host in the world.
IN_THE_WORLD = re.compile(r'^(?:hosts = \["app\.|url = "https://api\.).*\n', re.MULTILINE)
KEYS = {"SCENARIO_SDK_API_KEY": "api_userUserUser", "SCENARIO_SDK_API_SECRET": "s3cret-S3cret"}


class Request(BaseHTTPRequestHandler):
    """A request, and the ways to respond to it."""

    protocol_version = "HTTP/1.1"
    site: "Site"

    def do_GET(self) -> None:
        with self.site.counted(self):
            failure = self.site.next_failure(self.path)
            if failure:
                failure(self)
            else:
                self.site.respond(self)

    def send(self, status: int, body: bytes = b"", kind: str = HTML, **headers: str) -> None:
        """Send a response, with all headers as they should be."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def send_raw(self, *chunks: bytes, pause: float = 0) -> None:
        """Send bytes as they are, piece by piece, and close the connection."""
        self.close_connection = True
        for chunk in chunks:
            self.wfile.write(chunk)
            self.wfile.flush()
            self.site.is_closing.wait(pause)

    def rest(self) -> bytes:
        """Give the body that would be served."""
        return self.site.body_of(self.path)[0]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Failure = Callable[[Request], None]
LOGIN = b"<!doctype html><html><head><title>Log in</title></head><body><form><input type=password></form></body></html>"
LOST = b"<!doctype html><html><head><title>Page not found | Scenario Docs</title></head><body><h1>404</h1></body></html>"


def status(code: int, **headers: str) -> Failure:
    """Respond with a status."""
    return lambda request: request.send(code, b"<html><title>Oh</title></html>", **headers)


def body(content: bytes, kind: str = HTML, **headers: str) -> Failure:
    """Respond with status 200 and this body."""
    return lambda request: request.send(200, content, kind, **headers)


def redirect(to: str, code: int = 302) -> Failure:
    """Redirect to another URL."""
    return lambda request: request.send(code, Location=to)


def _truncated(request: Request) -> None:
    content = request.rest()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {MARKDOWN}\r\nContent-Length: {len(content)}\r\n\r\n"
    request.send_raw(head.encode(), content[: len(content) // 2])


def _half(request: Request) -> None:
    content = request.rest()
    request.send(200, content[: len(content) * 2 // 3], request.site.body_of(request.path)[1])


def _drip(request: Request) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {MARKDOWN}\r\nContent-Length: 2000\r\n\r\n"
    request.send_raw(head.encode(), *(b"x" for _ in range(2000)), pause=0.05)


def _slow_head(request: Request) -> None:
    request.send_raw(b"HTTP/1.1 200 OK\r\n", *(b"X-%d: 1\r\n" % n for n in range(2000)), pause=0.05)


def _silent(request: Request) -> None:
    request.close_connection = True
    request.site.is_closing.wait(30)


def _huge(request: Request) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {MARKDOWN}\r\nContent-Length: {400 * 65536}\r\n\r\n"
    try:
        request.send_raw(head.encode(), *(b"x" * 65536 for _ in range(400)))
    except OSError:  # the client has closed the connection
        return


@cache
def _compressed_zeros() -> bytes:
    return gzip.compress(bytes(64 * 1024 * 1024), 1)


def _bomb(request: Request) -> None:
    request.send(200, _compressed_zeros(), MARKDOWN, Content_Encoding="gzip")


def compressed(compress: Callable[[bytes], bytes]) -> Failure:
    """Serve what would be served, compressed by a function, as gzip."""
    return lambda request: request.send(
        200, compress(request.rest()), request.site.body_of(request.path)[1], Content_Encoding="gzip"
    )


def without_length(cut: Callable[[bytes], bytes] = bytes, *lines: str) -> Failure:
    """Serve a part of what would be served, without a length: only the end of the connection ends it."""

    def respond(request: Request) -> None:
        content, kind = request.site.body_of(request.path)
        head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Type: {kind}", *lines, "", ""])
        request.send_raw(head.encode() + cut(content))

    return respond


# Each bad behaviour of a site, by its name. To add one: a line here, from one of the functions above or from a new one
# that is given the request; and a line in `BAD` of site_failures.py with what `fetch` says of it.
FAILURES: dict[str, Failure] = {
    **{str(code): status(code) for code in (400, 401, 403, 404, 410, 500, 502, 503, 204, 206, 304)},
    "429": status(429, Retry_After="0"),
    "later": status(503, Retry_After="100000"),
    "login": body(LOGIN),
    "lost": body(LOST),  # status 200
    "json": body(b"{}", "application/json"),
    "truncated": _truncated,
    "half": _half,
    "drip": _drip,
    "slow head": _slow_head,
    "silent": _silent,
    "huge": _huge,
    "bomb": _bomb,
    "gzip twice": body(gzip.compress(gzip.compress(b"x")), MARKDOWN, Content_Encoding="gzip, gzip"),
    "not gzip": body(b"# Films\n\nAre not compressed.\n", MARKDOWN, Content_Encoding="gzip"),
    "cut gzip": compressed(lambda content: gzip.compress(content)[:-9]),
    "no length": without_length(),
    "cut chunks": without_length(lambda content: b"%x\r\n%s\r\n" % (len(content), content), CHUNKED),
    "no response": lambda request: request.send_raw(),
    "no http": lambda request: request.send_raw(b"\x00\xff\r\n\r\n"),
    "huge head": lambda request: request.send_raw(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 300_000),
    "circle": lambda request: request.send(302, Location=request.path),
}


@dataclass
class Site:
    """What is served, and how badly. May be changed while it is served."""

    port: int = 0
    scheme: str = "http"
    host: str = "127.0.0.1"
    prefix: str = PREFIX
    pages: dict[str, bytes] = field(default_factory=dict)  # by name, in Markdown
    html: dict[str, bytes] = field(
        default_factory=dict
    )  # by name; where it is missing, a link to the Markdown
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)  # by path: bytes, and their type
    robots: str | None = None
    has_markdown: bool = True
    has_validators: bool = True
    requests: list[tuple[str, dict[str, str], int]] = field(default_factory=list)  # path, headers, at once
    failures: dict[str, list[tuple[Failure, float]]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)  # the name of a page -> its new one
    unlisted: set[str] = field(default_factory=set)
    is_closing: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _at_once: int = 0

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def paths(self) -> list[str]:
        """The paths that were requested, in order."""
        return [path for path, _, _ in self.requests]

    def path(self, name: str) -> str:
        """Give the path of a page's HTML: under its kind, which is what its name begins with."""
        return f"{self.prefix}/{'-'.join(name.split('-')[:2])}/{name}/"

    def url(self, name: str) -> str:
        return self.origin + self.path(name)

    # What goes wrong

    def fail(self, what: str, how: str | Failure, times: float = float("inf")) -> None:
        """Let a page (all its forms), or a path, fail; `429` once, as long as nothing else is said."""
        if how == "429" and times == float("inf"):
            times = 1
        failure = FAILURES[how] if isinstance(how, str) else how
        self.failures.setdefault(what.lstrip("/"), []).append((failure, times))

    def mend(self) -> None:
        """Let nothing fail any more."""
        self.failures.clear()

    def moved(self, old: str, new: str) -> None:
        """Let a page have another name; its old URL redirects to the new one."""
        for pages in (self.pages, self.html):
            if old in pages:
                pages[new] = pages.pop(old)
        self.redirects[old] = new

    def only_html(self) -> None:
        """Serve no Markdown any more: each page as HTML."""
        self.has_markdown = False

    def next_failure(self, path: str) -> Failure | None:
        with self._lock:
            for what in (path.lstrip("/"), *(part for part in path.split("/") if part)):
                for index, (failure, times) in enumerate(self.failures.get(what, ())):
                    if times > 0:
                        self.failures[what][index] = (failure, times - 1)
                        return failure
        return None

    # What is right

    def respond(self, request: Request) -> None:
        path = request.path.partition("?")[0]
        old = next((part for part in path.split("/") if part in self.redirects), None)
        if old:
            request.send(
                301, Location=self.path(self.redirects[old]) + ("index.md" if path.endswith(".md") else "")
            )
            return
        content, kind = self.body_of(path)
        if not kind:
            request.send(404, LOST)
            return
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {"ETag": etag} if self.has_validators else {}
        if self.has_validators and request.headers["If-None-Match"] == etag:
            request.send(304, **headers)
        elif "gzip" in request.headers.get("Accept-Encoding", ""):
            request.send(200, gzip.compress(content), kind, Content_Encoding="gzip", **headers)
        else:
            request.send(200, content, kind, **headers)

    def body_of(self, path: str) -> tuple[bytes, str]:
        """Give what stands at a path, and its type; nothing and no type where there is nothing."""
        path = path.partition("?")[0]
        if path in self.files:
            return self.files[path]
        if path == "/robots.txt" and self.robots is not None:
            return self.robots.encode(), "text/plain"
        return self._index_at(path) or self._page_at(path) or (b"", "")

    def _index_at(self, path: str) -> tuple[bytes, str] | None:
        places = "".join(f"<url><loc>{self.url(name)}</loc></url>" for name in self.listed())
        inner = f"<sitemap><loc>{self.origin}/sitemap-0.xml</loc></sitemap>"
        indexes = {
            "/llms.txt": (self.llms_text().encode(), "text/plain; charset=utf-8"),
            "/sitemap-index.xml": (sitemap("sitemapindex", inner), "application/xml"),
            "/sitemap-0.xml": (sitemap("urlset", places), "application/xml"),
        }
        return indexes.get(path)

    def _page_at(self, path: str) -> tuple[bytes, str] | None:
        for name in {**self.pages, **self.html}:
            if path == self.path(name) + "index.md" and self.has_markdown and name in self.pages:
                return self.pages[name], MARKDOWN
            if path in (self.path(name), self.path(name).rstrip("/")):
                return self.html.get(name) or _as_html(self.pages[name]), HTML
        return None

    def listed(self) -> list[str]:
        return [name for name in {**self.pages, **self.html} if name not in self.unlisted]

    def llms_text(self) -> str:
        links = "".join(f"- [{name}]({self.url(name)}index.md): its models\n" for name in self.listed())
        return f"# Docs\n\n- [Start]({self.origin}/get-started/index.md)\n{links}"

    # Who requests it

    @contextmanager
    def counted(self, request: Request) -> Iterator[None]:
        with self._lock:
            self._at_once += 1
            self.requests.append((request.path, dict(request.headers.items()), self._at_once))
        try:
            yield
        except (BrokenPipeError, ConnectionResetError):  # the client has closed the connection
            request.close_connection = True
        finally:
            with self._lock:
                self._at_once -= 1

    def connect(self, root: Root, **changes: object) -> None:
        """Give a root's profile a [site] that points here; a change is the text of a value in TOML."""
        values = {
            "hosts": f'["{self.host}:{self.port}"]',
            "indexes": f'["{self.origin}/llms.txt", "{self.origin}/sitemap-index.xml"]',
            "page": f'"{self.origin}{self.prefix}/{{kind}}/{{page}}"',
            "user_agent": '"paramsync/test (+https://example.com/why)"',
            "rate": 1000,
            "deadline": 60,
            **changes,
        }
        table = "".join(f"{name} = {value}\n" for name, value in values.items())
        file = root.path / "specs" / "profile.toml"
        text = IN_THE_WORLD.sub("", SITE.sub("", file.read_text(encoding="utf-8")))
        file.write_text(text.replace("[page]", f"[site]\n{table}\n[page]", 1), encoding="utf-8")

    # The files of models

    def connect_markdown(self, root: Root, rate: float = 1000) -> None:
        """Let a root's profile have LLM Markdown fetched from here."""
        root.edit(
            "specs/profile.toml",
            "[sources.markdown]",
            f'[sources.markdown]\nhosts = ["{self.host}:{self.port}"]\nrate = {rate}',
        )

    def connect_records(self, root: Root, rate: float = 1000, path: str = "/v1/models/{id}") -> None:
        """Let a root's profile have records fetched from here."""
        root.edit(
            "specs/profile.toml",
            "[sources.record]",
            f'[sources.record]\nurl = "{self.origin}{path}"\nrate = {rate}',
        )

    def serve_models(self, *models: str) -> None:
        """Serve the Markdown and the record of models."""
        for model in models:
            self.files[f"/api/models/model_{model}/markdown"] = llm_markdown(model), MARKDOWN
            self.files[f"/v1/models/model_{model}"] = record(model), "application/json"

    def link(self, content: bytes) -> bytes:
        """Let a page state where the Markdown of its models is."""
        place = rf"\1\n\n**LLM Markdown:** <{self.origin}/api/models/\2/markdown>".encode()
        return re.sub(rb"(\*\*Model ID:\*\* `(.*)`)", place, content)


@contextmanager
def serve(context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Site]:
    """Serve a site on loopback; with a context for TLS, over https."""
    site = Site(host=host, scheme="https" if context else "http")
    handler = type("Handler", (Request,), {"site": site})
    server = Server(handler, context)
    site.port = server.server_port
    with serving(server):
        try:
            yield site
        finally:
            site.is_closing.set()


def sitemap(name: str, inner: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{name}>'.encode()


def _as_html(markdown: bytes) -> bytes:
    """Write a page of the tests' own layout as HTML."""
    from markdown_it import MarkdownIt

    text = markdown.decode()
    title = re.search(r"^title: (.*)$", text, re.MULTILINE)
    rest = re.sub(r"\A---\n.*?\n---\n", "", text, count=1, flags=re.DOTALL)
    shown = MarkdownIt("commonmark").enable("table").render(rest)
    head = f"<title>{title[1] if title else ''}</title>"
    return f"<!doctype html><html><head>{head}</head><body><main>{shown}</main></body></html>\n".encode()


FILMS, SONGS, PHOTOS = "video-generation-acme", "audio-generation-acme", "image-generation-acme"


def page(*models: str, default: str = "`1`") -> bytes:
    """Write a page of models in Markdown."""
    contents = "".join(f"- [{model.title()}](#{model})\n" for model in models)
    return (TOP + contents + "\n---\n\n" + "".join(section(model, default) for model in models)).encode()


def llm_markdown(model: str, default: str = "`1`") -> bytes:
    """Write the LLM Markdown of a model."""
    table = f"| Parameter | Type | Required | Default | Description |\n|---|---|---|---|---|\n| `strength` | number | - | {default} | How strong |\n"
    sample = "### Example Requests\n\n```bash\ncurl -X POST https://example.com\n```\n"
    head = f"# {model.title()} — API Reference\n\nModel ID: `model_{model}`\n\n---\n\n## Generate\n\n### Parameters\n\n"
    return f"{head}{table}\n{sample}".encode()


def record(model: str, **facts: object) -> bytes:
    """Write the record of a model as the API does, with what nobody saves."""
    strength = {"type": "number", "name": "strength", "max": 9, "min": 0, "step": 0.5, "default": 1, **facts}
    value = {"ownerId": "team_x", "inputs": [strength], "id": f"model_{model}", "name": model.title()}
    return json.dumps({"model": {**value, "updatedAt": "2026-10-09"}}).encode()


def fetch(root: Root, *arguments: str) -> Ran:
    return root.run("fetch", "--allow-loopback", *arguments)


def rows(ran: Ran) -> dict[str, str]:
    """Give the table that a run ends with: what happened to each page, with the note."""
    found = re.findall(r"^(\S+-\S+|\d+ [\w ]+s) {2,}(\S.*)$", ran.out, re.MULTILINE)
    return {name: re.sub(" {2,}", "  ", rest) for name, rest in found}


def saved(root: Root) -> dict[str, bytes]:
    return {
        path: text
        for path, text in root.tree("specs").items()
        if "/page." in path and not path.endswith("json")
    }
