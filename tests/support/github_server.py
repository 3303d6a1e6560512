"""A server on loopback that responds like the part of GitHub's API that a pull request and an issue need.

with serve(bare) as github:
    github.url                   # for GITHUB_API_URL; the repository is "acme/docs", the token "secret"
    github.pulls, github.issues  # as GitHub returns them
    github.writes                # every request that writes: "POST pulls", "PATCH issues/2"
    github.fail = {"POST pulls": 403}
    github.odd = {"GET pulls": b"<html>"}  # bodies instead of the right ones
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from support.servers import Server, serving

REPOSITORY = "acme/docs"
TOKEN = "secret"  # noqa: S105
LONGEST_BODY = 65_536
CUT = b" cut off"  # ends what is shorter than its header says


@dataclass
class GitHub:
    """The state of the server, and the requests it got."""

    bare: Path
    url: str = ""
    pulls: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    fail: dict[str, int] = field(default_factory=dict)
    odd: dict[str, bytes] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)  # the Authorization header of each request of git
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def head(self, branch: str) -> str:
        """Return the last commit of a branch, or ""."""
        command = ["git", "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"]
        return subprocess.run(
            command, cwd=self.bare, capture_output=True, text=True, check=False
        ).stdout.strip()

    def close(self) -> None:
        """Close every pull request and issue, as people do."""
        for one in (*self.pulls, *self.issues):
            one["state"] = "closed"

    def respond(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        """Return the status and the body for a request below the repository."""
        match method, path.split("/"):
            case "GET", ["pulls"]:
                return 200, [self._pull(one) for one in reversed(self.pulls) if _is_asked_for(one, query)]
            case "GET", ["issues"]:
                pulls = [{**one, "pull_request": {}} for one in self.pulls]  # GitHub lists them, too
                return 200, [one for one in (*pulls, *self.issues) if _is_asked_for(one, query)]
        return self._write(method, path, body)

    def _write(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        match method, path.split("/"):
            case "POST", ["pulls"]:
                return self._open_pull(body)
            case "POST", ["issues"]:
                labels = [{"name": name} for name in body["labels"]]
                return self._add(self.issues, {**body, "labels": labels})
            case "POST", ["issues", number, "labels"]:
                [one] = [one for one in (*self.pulls, *self.issues) if one["number"] == int(number)]
                one["labels"] += [{"name": name} for name in body["labels"]]
                return 200, one["labels"]
            case "POST", ["issues", number, "comments"]:
                self.comments.append((int(number), body["body"]))
                return 201, {}
            case "PATCH", ["pulls" | "issues" as kind, number]:
                found = self.pulls if kind == "pulls" else self.issues
                [one] = [one for one in found if one["number"] == int(number)]
                one.update(body)
                return (200, one) if len(one["body"]) <= LONGEST_BODY else (422, {})
        return 404, {}

    def _open_pull(self, body: dict[str, Any]) -> tuple[int, Any]:
        is_there = any(one["state"] == "open" and one["head"] == body["head"] for one in self.pulls)
        if is_there or not self.head(body["head"]) or not self.head(body["base"]):
            return 422, {"message": "Validation Failed"}
        status, opened = self._add(self.pulls, {**body, "labels": []})
        return status, self._pull(opened) if status == 201 else opened

    def _add(self, found: list[dict[str, Any]], one: dict[str, Any]) -> tuple[int, Any]:
        if len(one["body"]) > LONGEST_BODY:
            return 422, {"message": "body is too long (maximum is 65536 characters)"}
        found.append({"number": next(self.numbers), "state": "open", **one})
        return 201, found[-1]

    def _pull(self, pull: dict[str, Any]) -> dict[str, Any]:
        pull.setdefault("sha", "")
        pull["sha"] = self.head(pull["head"]) or pull["sha"]
        return {**pull, "head": {"ref": pull["head"], "sha": pull["sha"]}}


def _is_asked_for(one: dict[str, Any], query: dict[str, str]) -> bool:
    owner, _, head = query.get("head", "").partition(":")
    labels = {label["name"] for label in one["labels"]}
    return (
        query["state"] in ("all", one["state"])
        and ("head" not in query or (owner, head) == ("acme", one["head"]))
        and ("labels" not in query or set(query["labels"].split(",")) <= labels)
    )


@contextmanager
def serve(bare: Path) -> Iterator[GitHub]:
    """Serve, for a bare repository that stands for the one at GitHub."""
    github = GitHub(bare)

    class Request(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            parts = urlsplit(self.path)
            path = parts.path.removeprefix(f"/repos/{REPOSITORY}/")
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            what = f"{self.command} {path}"
            if self.command != "GET":
                github.writes.append(what)
            if path.startswith("/"):  # git, which does not use the API
                github.logins.append(self.headers["Authorization"])
                status, reply = 404, {}
            elif self.headers["Authorization"] != f"Bearer {TOKEN}":
                status, reply = 401, {"message": "Bad credentials"}
            elif what in github.fail:
                status, reply = github.fail[what], {"message": "no\n::warning::no ##[warning]no"}
            else:
                status, reply = github.respond(self.command, path, dict(parse_qsl(parts.query)), body)
            content = github.odd.get(what.partition("?")[0], json.dumps(reply).encode())
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(content) + content.endswith(CUT)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = handle_one  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with serving(Server(Request)) as server:
        github.url = server.url
        yield github
