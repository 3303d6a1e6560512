"""The errors of the API as classes of this package and of the official SDK at once, so that whoever catches either gets them.

They hold no key, and pickle: what they keep of a call are its method and its URL, and of the response the status, the headers and the body.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Any

import httpx
import scenario_sdk

from . import api_errors
from .api_errors import APIError
from .urls import redact


def _reduce(error: APIError) -> tuple[Callable[..., APIError], tuple[Any, ...]]:
    known = {name: getattr(error, name) for name in error.knows}
    return make_error, (type(error).__name__, error.message, known, getattr(error, "__notes__", ()))


API_ERRORS: dict[str, type[APIError]] = {
    name: type(
        name,
        (ours, getattr(scenario_sdk, name)),
        {"__doc__": ours.__doc__, "__module__": __name__.partition(".")[0], "__reduce__": _reduce},
    )
    for name, ours in vars(api_errors).items()
    if isinstance(ours, type) and issubclass(ours, APIError)
}
LEFT_OUT = (
    "content-encoding",
    "content-length",
    "set-cookie",
    "transfer-encoding",
)  # of a body that is decoded; and what may be a key


def adopt(error: scenario_sdk.APIError, message: str = "") -> APIError:
    """Return an error of the SDK as one of this package, too, with another message perhaps."""
    facts: dict[str, Any] = {"method": error.request.method, "url": redact(str(error.request.url))}
    if isinstance(error, scenario_sdk.APIStatusError):
        headers = {
            name.lower(): value
            for name, value in error.response.headers.items()
            if name.lower() not in LEFT_OUT
        }
        facts |= {"status_code": error.status_code, "body": error.body, "headers": headers}
    name = next(one.__name__ for one in type(error).__mro__ if one.__name__ in API_ERRORS)
    return make_error(name, message or error.message, facts)


def make_error(name: str, message: str, facts: Mapping[str, Any], notes: Iterable[str] = ()) -> APIError:
    """Make an error of the name of its class and its facts. For the SDK, it has a request and a response: new ones."""
    made = API_ERRORS.get(name, APIError)
    error = made(message, **{key: facts[key] for key in [*signature(made).parameters][1:] if key in facts})
    for note in notes:
        error.add_note(note)
    request = httpx.Request(error.method or "GET", error.url)
    vars(error).update(request=request, body=facts.get("body"))
    if isinstance(error, api_errors.APIStatusError):
        text = error.body if isinstance(error.body, str) else json.dumps(error.body)
        vars(error)["response"] = httpx.Response(
            error.status_code, headers=error.headers, text=text, request=request
        )
    return error
