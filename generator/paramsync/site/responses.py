"""What a site answers, and why something cannot be had from it. Pure data."""

from dataclasses import dataclass


class FetchError(Exception):
    """An address will not be asked, or what it serves will not be taken. Says why, without the address."""

    def __init__(self, problem: str, address: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.address = address  # the one that is at fault, where it is not the one that was asked


class DisallowedError(FetchError):
    """An address that robots.txt does not want asked."""


class TransientError(Exception):
    """What went wrong may be right the next time, at the earliest after some seconds."""

    def __init__(self, problem: str, seconds: float = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.seconds = seconds


@dataclass(frozen=True)
class Validators:
    """What a server gave to tell later whether something has changed; empty where it gave nothing."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request that wants an answer only if something has changed."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True)
class Response:
    """What an address gave, behind its redirects; the body is empty unless the status is 200."""

    address: str
    status: int
    media_type: str = ""
    charset: str = ""
    body: bytes = b""
    validators: Validators = Validators()
