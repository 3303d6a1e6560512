"""What a site responds, and why a URL cannot be fetched. Pure data."""

from dataclasses import dataclass


class FetchError(Exception):
    """A URL that is not requested, or a response that is not used: `problem` says why, `url` is the one at fault."""

    def __init__(self, problem: str, url: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.url = url  # empty: the one that was requested


class DisallowedError(FetchError):
    """A URL that robots.txt disallows."""


class TransientError(FetchError):
    """A failure that a retry may mend, after `retry_after` seconds at the earliest."""

    def __init__(self, problem: str, retry_after: float = 0) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Validators:
    """What a conditional request needs (RFC 9110, section 8.8); empty where the server sent none."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The request headers that ask for status 304 if nothing has changed."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True)
class Response:
    """A response. All but URL and status is empty unless the status is 200; a redirect has its `location`."""

    url: str
    status: int
    location: str = ""
    media_type: str = ""
    charset: str = ""
    body: bytes = b""
    validators: Validators = Validators()
