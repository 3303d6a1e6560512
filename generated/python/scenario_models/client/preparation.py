"""Check a request and open its files, before anything is sent. Reads files."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..any_model import AnyModel
from ..display import show
from ..file_parameters import takes_files
from ..file_types import find_file_problem, is_file
from ..json_pointers import write_pointer
from ..json_tree import Place, is_uploaded, iterate_leaves, map_leaves, to_builtin, unwrap
from ..kinds import AnyKind, describe_refusal, explain, find_wanted_kind, is_refused
from ..lookup import BY_ID
from ..problems import Problem
from ..requests import Request
from ..runnable import Runnable
from ..specs import load_spec
from ..vendor import CALLED
from ..vocabulary import nearest
from .arguments import describe
from .errors import FileRefused, InvalidRequest
from .files import Source, find_files, open_source, put_files
from .ports import Port
from .responses import is_safe


@dataclass(frozen=True)
class PreparedRequest:
    """A checked request, whose files were read once and can be uploaded."""

    model_id: str
    body: dict[str, Any]
    sources: dict[Place, Source]

    @property
    def digest(self) -> str:
        """The same for requests with the same model, parameters, and contents of files."""
        body = put_files(self.body, {place: source.digest for place, source in self.sources.items()})
        return hashlib.sha256(json.dumps([self.model_id, body], sort_keys=True).encode()).hexdigest()


@asynccontextmanager
async def prepare(port: Port, request: Runnable) -> AsyncIterator[PreparedRequest]:
    """Check a request, and open its files, before anything is sent.

    Raises:
        InvalidRequest: the request breaks the rules of its model, or a local file is of another kind than its parameter takes.
        FileRefused: a file cannot be read.

    """
    check_request(request)
    body, places = _read_body(request)
    kinds = _find_wanted_kinds(request, places)
    with ExitStack() as opened:
        sources: dict[Place, Source] = {}
        for place, value in places.items():
            sources[place] = await port.in_background(partial(open_source, value, kinds.get(place, "")))
            opened.callback(sources[place].close)
        wrong = [
            _refuse_kind(place, sources[place], kind)
            for place, kind in kinds.items()
            if is_refused(sources[place].kinds, kind)
        ]
        if wrong:
            raise InvalidRequest(request.model_id, wrong)
        yield PreparedRequest(request.model_id, body, sources)


def check_request(given: object) -> None:
    """Check that a request is given.

    Raises:
        TypeError: it is something else; the message says how to make a request of it.

    """
    if isinstance(given, Request | AnyModel):
        return
    if isinstance(given, str):
        known = BY_ID.get(given)
        hint = f"make one: {known.class_name}(…)" if known else f"make one: AnyModel({show(given)}, {{…}})"
    elif isinstance(given, type):
        hint = f"make one: {given.__name__}(…)"
    elif isinstance(given, list | tuple):
        hint = "for several requests there is run_many"
    else:
        hint = "make one of the class of a model, as model(ID)(…) does, or AnyModel(ID, {…})"
    raise TypeError(f"this is not a request but {describe(given)}; {hint}")


def check_upload(file: Any, kind: str) -> Any:
    """Check a file to upload by itself; return it, or the id of its asset.

    Raises:
        TypeError: it is no file, or `kind` no text.
        ValueError: there is no such kind.
        FileRefused: it is a text or a file that cannot be sent.

    """
    if not isinstance(kind, str):
        raise TypeError(f"kind must be a str, not {describe(kind)}")
    if kind and kind not in CALLED:
        raise ValueError(
            f"{show(kind)} is not a kind of file; choose {' or '.join(map(show, CALLED))}{nearest(kind, CALLED)}"
        )
    if problem := find_file_problem(file := to_builtin(file)):
        raise FileRefused(problem.message) if is_file(file) else TypeError(problem.message)
    file = unwrap(file)
    if isinstance(file, str) and not is_uploaded(file) and not is_safe(file):
        raise FileRefused(f"{show(file)} is not the id of an asset")
    return file


def _read_body(request: Runnable) -> tuple[dict[str, Any], dict[Place, Any]]:
    """Return the JSON of a request that keeps the rules of its model, and the files in it, which are still to be opened."""
    if not is_safe(request.model_id):
        problem = f"{show(request.model_id)} is not a model id, such as model_sync-lipsync-v2"
        raise InvalidRequest(str(request.model_id), [Problem("", "type", problem)])
    try:
        body = map_leaves(request.body(), partial(_unwrap_at, request.model_id))
        places = find_files(body, partial(takes_files, request.model_id))
    except ValueError as error:
        raise InvalidRequest(request.model_id, [Problem("", "type", str(error))]) from None
    problems = request.problems() if isinstance(request, Request) else []
    problems = problems or _check_json(put_files(body, dict.fromkeys(places, "")))
    if problems:
        raise InvalidRequest(request.model_id, problems)
    return body, places


def _unwrap_at(model_id: str, value: Any, place: Sequence[str | int]) -> Any:
    """Return a value as Python's own; of a text in an `AnyKind` where no file is taken, the text."""
    value = unwrap(to_builtin(value))
    is_text = isinstance(value, AnyKind) and isinstance(value.file, str) and not takes_files(model_id, place)
    return value.file if is_text else value


def _find_wanted_kinds(request: Runnable, places: Iterable[Place]) -> dict[Place, str]:
    """Find the kinds of files that places of a request take; of what is not checked otherwise, none."""
    if not isinstance(request, Request):
        return {}
    checked = [place for place in places if place[0] not in request.unlisted_parameters]
    spec = load_spec(request.model_id) if checked else {}
    return {place: kind for place in checked if (kind := find_wanted_kind(spec, place))}


def _refuse_kind(place: Place, source: Source, kind: str) -> Problem:
    return Problem(write_pointer(place), "kind", describe_refusal(source.name, source.kind, kind))


def _check_json(body: dict[str, Any]) -> list[Problem]:
    try:
        json.dumps(body, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        mistakes = _find_mistakes(body)
        return mistakes or [Problem("", "type", f"this is not JSON: {error}")]
    return []


def _find_mistakes(body: dict[str, Any]) -> list[Problem]:
    """Find jobs and results that stand where a file of theirs is meant."""
    return [
        Problem(write_pointer(place), "type", hint)
        for place, value in iterate_leaves(body)
        if (hint := explain(value))
    ]
