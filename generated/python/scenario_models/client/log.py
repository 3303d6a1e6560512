"""The log of a client, which has the name of the package: no key, no signed URL and no body gets into it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from logging import DEBUG, NullHandler, getLogger

import httpx
from scenario_sdk import APIStatusError

from ..vendor import DRY_RUN
from .clock import read_monotonic
from .ports import Call
from .responses import read_request_id

LOG = getLogger(__name__.partition(".")[0])
LOG.addHandler(NullHandler())  # who sets up no log gets none: Python would print warnings


def name_call(call: Call) -> str:
    """Name a call as the log does: of its query only whether it is a dry run."""
    return f"{call.method} {call.path}{f'?{DRY_RUN}=true' if DRY_RUN in call.query else ''}"


def logged(name: str) -> AbstractContextManager[list[httpx.Response]]:
    """Log what is done inside, a call: its response, which is put into the list that this gives, or is that of an error."""
    return _logged(name) if LOG.isEnabledFor(DEBUG) else nullcontext([])


@contextmanager
def _logged(name: str) -> Iterator[list[httpx.Response]]:
    begin, responses = read_monotonic(), list[httpx.Response]()
    try:
        yield responses
    except APIStatusError as error:
        _log_response(name, begin, error.response, error.body)
        raise
    except Exception as error:
        LOG.debug(
            "%s: no response after %d ms (%s)",
            name,
            1000 * (read_monotonic() - begin),
            type(error.__cause__ or error).__name__,
        )
        raise
    _log_response(name, begin, responses[0])


def _log_response(name: str, begin: float, response: httpx.Response, body: object = None) -> None:
    request_id = read_request_id(response.headers, body)
    shown = f" (request {request_id})" if request_id else ""
    LOG.debug("%s: %d after %d ms%s", name, response.status_code, 1000 * (read_monotonic() - begin), shown)
