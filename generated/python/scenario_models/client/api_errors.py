"""What the API refused or did not respond to: errors with the names of the official SDK, and caught as its classes, too (see `sdk_errors`)."""

from collections.abc import Mapping
from typing import ClassVar

from .errors import ClientError
from .responses import read_reason, read_request_id


class APIError(ClientError):
    """The API refused a call, or did not respond. `message` says it; `method` and `url`, without a query, are those of the call."""

    knows: ClassVar[tuple[str, ...]] = ("method", "url")

    def __init__(self, message: str, *, method: str = "", url: str = "") -> None:
        Exception.__init__(self, message)  # not that of the SDK's class, which may come behind this one
        self.message = message
        self.method = method
        self.url = url


class APIConnectionError(APIError):
    """The API cannot be reached, or its response was lost."""


class APITimeoutError(APIConnectionError):
    """The API did not respond in time."""


class APIStatusError(APIError):
    """The API responded with an error: its `status_code`, its JSON or text as `body`, and its `headers`, with names in lower case."""

    knows: ClassVar[tuple[str, ...]] = (
        "method",
        "url",
        "status_code",
        "reason",
        "request_id",
        "body",
        "headers",
    )

    def __init__(
        self,
        message: str,
        *,
        status_code: int = 0,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        method: str = "",
        url: str = "",
    ) -> None:
        super().__init__(message, method=method, url=url)
        self.status_code = status_code
        self.body = body
        self.headers: dict[str, str] = dict(headers or {})

    @property
    def reason(self) -> str:
        """Why, in the service's words; empty if it says nothing."""
        return read_reason(self.body)

    @property
    def request_id(self) -> str:
        """The id by which the service finds the call in its logs; empty if it gives none."""
        return read_request_id(self.headers, self.body)


class BadRequestError(APIStatusError):
    """The request is wrong, as the message says: status 400."""


class AuthenticationError(APIStatusError):
    """The key is wrong: status 401."""


class PermissionDeniedError(APIStatusError):
    """The key may not do this: status 403."""


class NotFoundError(APIStatusError):
    """There is no such job, model or asset: status 404."""


class ConflictError(APIStatusError):
    """The request conflicts with another one: status 409."""


class UnprocessableEntityError(APIStatusError):
    """The request cannot be processed: status 422."""


class RateLimitError(APIStatusError):
    """Too many requests: status 429."""


class InternalServerError(APIStatusError):
    """The service failed: a status from 500."""
