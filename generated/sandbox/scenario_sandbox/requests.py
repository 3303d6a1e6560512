"""Reading requests: bodies, their shape, and queries."""

import json
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from itertools import islice
from math import isfinite
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from .error_messages import describe_error, shorten
from .facts import MAX_BODY

DIGITS = 9


class ApiError(Exception):
    """The response is an error whose reason the caller can correct."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Identified(Protocol):
    """A record with an id."""

    @property
    def id(self) -> str: ...


S = TypeVar("S", bound=BaseModel)
T = TypeVar("T", bound=Identified)


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """Read a body.

    Raises:
        ApiError: it has more than `limit` bytes.

    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ApiError(f"The body must be at most {limit} bytes", 413)
    return bytes(body)


async def read_json(request: Request) -> dict[str, Any]:
    """Read a body as a JSON object.

    Raises:
        ApiError: it is not one, or has a number that is not finite.

    """
    body = await read_body(request)
    try:
        value = json.loads(body, parse_float=_read_finite, parse_constant=_read_finite)
    except (ValueError, RecursionError) as error:
        raise ApiError(f"The body must be JSON: {error}") from None
    if not isinstance(value, dict):
        raise ApiError("The body must be an object")
    return value


async def read_as(shape: type[S], request: Request) -> S:
    """Read a JSON body of a shape.

    Raises:
        ApiError: it has another shape.

    """
    return check_shape(shape, await read_json(request))


def check_shape(shape: type[S], value: dict[str, Any]) -> S:
    """Check the shape of a JSON object.

    Raises:
        ApiError: it has another shape.

    """
    # One unknown name is enough for an error.
    others = islice((name for name in value if name not in shape.model_fields), 1)
    kept = {name: value[name] for name in (*shape.model_fields, *others) if name in value}
    try:
        return shape.model_validate(kept, strict=True)
    except ValidationError as error:
        raise ApiError(describe_error(error, shape)) from None


def check_query_names(request: Request, known: Collection[str]) -> None:
    """Check the names in a query: to ignore a filter would give a wrong response.

    Raises:
        ApiError: the sandbox does not have one of them.

    """
    for name in request.query_params:
        if name not in known:
            raise ApiError(f"Query {shorten(name)} is not supported by the sandbox")


def is_dry_run(request: Request) -> bool:
    """Tell whether a request only asks for the price.

    Raises:
        ApiError: `dryRun` has an unknown value.

    """
    return read_choice(request, "dryRun", ("true", "api")) is not None


def read_choice(request: Request, name: str, words: Collection[str]) -> str | None:
    """Read a value that must be one of `words`; None if it is missing.

    Raises:
        ApiError: it is another value.

    """
    word = request.query_params.get(name)
    if word is not None and word not in words:
        raise ApiError(f"Query {name} must be one of {', '.join(words)}")
    return word


def read_types(request: Request) -> set[str]:
    """Read the requested types from `type` or `types`; empty for all.

    Raises:
        ApiError: both are given.

    """
    query = request.query_params
    if "type" in query and "types" in query:
        raise ApiError("Query type cannot be combined with types")
    return {query.get("type", ""), *query.get("types", "").split(",")} - {""}


def read_date(request: Request, name: str) -> float | None:
    """Read a date as Unix time; one without a time zone is in UTC.

    Raises:
        ApiError: it is not a date.

    """
    if (text := request.query_params.get(name)) is None:
        return None
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(f"Query {name} must be an ISO 8601 date") from None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def read_page_size(request: Request, default: int, maximum: int) -> int:
    """Read how many items a page has.

    Raises:
        ApiError: it is not a number from 1 to `maximum`.

    """
    text = request.query_params.get("pageSize", str(default))
    # int() also reads digits of other scripts, and is slow for long numbers.
    is_number = text.isascii() and text.isdigit() and len(text) < DIGITS
    if not is_number or not 1 <= int(text) <= maximum:
        raise ApiError(f"Query pageSize must be a number from 1 to {maximum}")
    return int(text)


def read_token(request: Request, find: Callable[[str], object | None]) -> str:
    """Read the token of a page: the id of the last item of the page before; empty for the first page.

    Raises:
        ApiError: there is no such item.

    """
    token = request.query_params.get("paginationToken", "")
    if token and find(token) is None:
        raise ApiError("unknown paginationToken")
    return token


def split_page(items: Iterable[T], size: int) -> tuple[list[T], dict[str, str]]:
    """Return the first page of a list, and the token of the next page if there is one."""
    found = list(islice(items, size + 1))
    return found[:size], {"nextPaginationToken": found[size - 1].id} if len(found) > size else {}


def _read_finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{shorten(text)} is not a number")
    return number
