"""How requests are read: bodies, the shape of what is in them, and queries."""

import json
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from itertools import islice
from math import isfinite
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from .wording import cut, say

BODY_LIMIT = 10_000_000  # bytes
DIGITS = 9


class Refusal(Exception):
    """A request is refused, for a reason that the caller can mend."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Identified(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """The id."""
        ...


S = TypeVar("S", bound=BaseModel)
T = TypeVar("T", bound=Identified)


async def read_body(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """Read a body that is no larger than a number of bytes.

    Raises:
        Refusal: it is larger.

    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Refusal(f"The body must be at most {limit} bytes", 413)
    return bytes(body)


async def read_json(request: Request) -> dict[str, Any]:
    """Read a body that is a JSON object; numbers are finite.

    Raises:
        Refusal: it is not.

    """
    body = await read_body(request)
    try:
        value = json.loads(body, parse_float=_read_finite, parse_constant=_read_finite)
    except (ValueError, RecursionError) as error:
        raise Refusal(f"The body must be JSON: {error}") from None
    if not isinstance(value, dict):
        raise Refusal("The body must be an object")
    return value


async def read_as(shape: type[S], request: Request) -> S:
    """Read a JSON body of a certain shape.

    Raises:
        Refusal: it has another.

    """
    return check_shape(shape, await read_json(request))


def check_shape(shape: type[S], value: dict[str, Any]) -> S:
    """Check the shape of an object that came from outside; what is unknown passes where the shape lets it.

    Raises:
        Refusal: it has another.

    """
    # Of names that the shape does not have, the first will do.
    others = islice((name for name in value if name not in shape.model_fields), 1)
    kept = {name: value[name] for name in (*shape.model_fields, *others) if name in value}
    try:
        return shape.model_validate(kept, strict=True)
    except ValidationError as error:
        raise Refusal(say(error, shape)) from None


def check_query(request: Request, known: Collection[str]) -> None:
    """Check that the sandbox can do what a query asks for: a filter that is not there would give a wrong answer.

    Raises:
        Refusal: it cannot.

    """
    for name in request.query_params:
        if name not in known:
            raise Refusal(f"Query {cut(name)}: the sandbox has no such filter")


def is_dry_run(request: Request) -> bool:
    """Tell whether a request only asks what it would cost.

    Raises:
        Refusal: it neither does nor does not.

    """
    return query_word(request, "dryRun", ("true", "api")) is not None


def query_word(request: Request, name: str, words: Collection[str]) -> str | None:
    """Read a word that must be one of some; None where it is not there.

    Raises:
        Refusal: it is another.

    """
    word = request.query_params.get(name)
    if word is not None and word not in words:
        raise Refusal(f"Query {name} must be one of {', '.join(words)}")
    return word


def query_types(request: Request) -> set[str]:
    """Read the types that are asked for, from `type` or `types`; empty for all.

    Raises:
        Refusal: both are given.

    """
    query = request.query_params
    if "type" in query and "types" in query:
        raise Refusal("Query type cannot go with types")
    return {query.get("type", ""), *query.get("types", "").split(",")} - {""}


def query_date(request: Request, name: str) -> float | None:
    """Read a date as Unix time; one without a time zone is in UTC.

    Raises:
        Refusal: it is no date.

    """
    if (text := request.query_params.get(name)) is None:
        return None
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"Query {name} must be an ISO 8601 date") from None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def page_size(request: Request, default: int, maximum: int) -> int:
    """Read how long a page is to be.

    Raises:
        Refusal: there are no such pages.

    """
    text = request.query_params.get("pageSize", str(default))
    # int() takes digits of other scripts, and long numbers slowly.
    is_number = text.isascii() and text.isdigit() and len(text) < DIGITS
    if not is_number or not 1 <= int(text) <= maximum:
        raise Refusal(f"Query pageSize must be a number from 1 to {maximum}")
    return int(text)


def check_token(request: Request, find: Callable[[str], object | None]) -> str:
    """Read the token of a page, the id of the last item of the page before; empty for the first page.

    Raises:
        Refusal: there is no such item.

    """
    token = request.query_params.get("paginationToken", "")
    if token and find(token) is None:
        raise Refusal("Query paginationToken is none that was given")
    return token


def cut_page(items: Iterable[T], size: int) -> tuple[list[T], dict[str, str]]:
    """Cut the first page off a list; also give the token of the next, if there is one: the id of the last item."""
    found = list(islice(items, size + 1))
    return found[:size], {"nextPaginationToken": found[size - 1].id} if len(found) > size else {}


def _read_finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{cut(text)} is not a number")
    return number
