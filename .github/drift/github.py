"""The few calls to GitHub's API that a pull request and an issue need."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

LABEL = "docs drift"
WORDING_LABEL = "docs drift: wording"  # of the pull request that needs no eyes
TIMEOUT = 60  # seconds
# In bytes; a page of a hundred pull requests with bodies of the greatest length has thirty million.
MAX_RESPONSE_BYTES = 50_000_000


class ResponseError(Exception):
    """A response is too large, not JSON, or not what GitHub documents."""


def read_body(error: HTTPError) -> str:
    """Return the beginning of an error's body, as far as it can be read."""
    with suppress(OSError, HTTPException):
        return error.read(2000).decode(errors="replace")
    return ""


class _NoRedirect(HTTPRedirectHandler):
    """Makes a redirect an error: it would take the token along."""

    def redirect_request(self, *_: Any) -> None:
        """Do not follow it."""


@dataclass(frozen=True)
class GitHub:
    """A repository, at the URL of an API, with a token."""

    api: str
    repository: str
    token: str

    def list_pulls(self, branch: str, state: str) -> list[Any]:
        """List the pull requests from a branch of this repository, the newest first."""
        owner = self.repository.partition("/")[0]
        return self._list("pulls", head=f"{owner}:{branch}", state=state)

    def open_pull(self, branch: str, base: str, title: str, body: str) -> Any:
        """Open a pull request that merges a branch into another, `base`; return it."""
        return self._open("pulls", {"head": branch, "base": base, "title": title, "body": body})

    def add_label(self, number: int, label: str) -> None:
        """Add a label to a pull request; GitHub creates it where it does not exist."""
        self._call("POST", f"issues/{number:d}/labels", {"labels": [label]})

    def update_pull(self, number: int, changes: Mapping[str, str]) -> None:
        """Change the title, the body or the state of a pull request."""
        self._call("PATCH", f"pulls/{number:d}", changes)

    def list_issues(self) -> list[Any]:
        """List the open issues with our label."""
        return [
            issue for issue in self._list("issues", labels=LABEL, state="open") if "pull_request" not in issue
        ]

    def open_issue(self, title: str, body: str) -> Any:
        """Open an issue with our label, which GitHub creates where it does not exist; return it."""
        return self._open("issues", {"title": title, "body": body, "labels": [LABEL]})

    def update_issue(self, number: int, changes: Mapping[str, str]) -> None:
        """Change the body or the state of an issue."""
        self._call("PATCH", f"issues/{number:d}", changes)

    def comment(self, number: int, body: str) -> None:
        """Comment on an issue or a pull request."""
        self._call("POST", f"issues/{number:d}/comments", {"body": body})

    def _open(self, path: str, facts: Mapping[str, Any]) -> Any:
        opened = self._call("POST", path, facts)
        if not _is_listed(opened):
            raise ResponseError(f"not what was opened in {path}")
        return opened

    def _list(self, path: str, **query: str) -> list[Any]:
        found = self._call("GET", f"{path}?{urlencode({**query, 'per_page': '100'})}")
        if not isinstance(found, list) or not all(map(_is_listed, found)):
            raise ResponseError(f"not a list of {path}")
        return found

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        request = Request(  # noqa: S310 (the URL is GitHub's)
            f"{self.api}/repos/{self.repository}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "paramsync",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        response: HTTPResponse
        try:
            with build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as response:
                return _read(response.read(MAX_RESPONSE_BYTES + 1))
        except HTTPException as error:
            raise ResponseError(f"{type(error).__name__}: {error}") from None


def _read(content: bytes) -> Any:
    if len(content) > MAX_RESPONSE_BYTES:
        raise ResponseError(f"larger than {MAX_RESPONSE_BYTES:,} bytes")
    try:
        return json.loads(content or b"null")
    except (ValueError, RecursionError):
        raise ResponseError("not JSON") from None


def _is_listed(one: Any) -> bool:
    """Tell whether something has the fields of a pull request or an issue that are read here, in their types."""
    return (
        isinstance(one, dict)
        and type(one.get("number")) is int
        and all(isinstance(one.get(key) or "", str) for key in ("title", "body"))
        and isinstance(one.get("head", {}), dict)
    )
