"""The files in a request: how its rules are checked while nobody knows what will be sent for a local one. Reads specs."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from .file_parameters import INNER_FILES, takes_files
from .file_types import find_file_problem, is_file
from .json_pointers import write_pointer
from .json_tree import is_local, iterate_leaves, map_leaves
from .kinds import find_schema, find_wanted_kind
from .problems import Problem
from .rules import BROKEN
from .specs import load_spec
from .stored_file import StoredFile
from .validators import validate
from .vendor import REMOTE


def find_problems(model_id: str, parameters: Mapping[str, Any]) -> list[Problem]:
    """Find the problems of parameters under the names of the API, among which are files."""
    files = {
        place: leaf
        for place, leaf in iterate_leaves(parameters)
        if not isinstance(leaf, str) and is_file(leaf)
    }
    if not files:
        found = validate(model_id, parameters)
    else:
        try:
            sent = map_leaves(parameters, partial(_as_sent, model_id))
        except ValueError as error:
            return [Problem("", "type", str(error))]
        found = validate(model_id, sent)
    # How long the text is that is sent for a local file, nobody knows yet.
    local = {write_pointer(place) for place, leaf in files.items() if is_local(leaf)} if found else ()
    wrong = _find_wrong_files(model_id, parameters) if model_id in INNER_FILES else ()
    return [*wrong, *(one for one in found if one.code not in BROKEN or one.pointer not in local)]


def _as_sent(model_id: str, value: Any, place: Sequence[str | int]) -> Any:
    """Return a value as it will be sent: a text in place of a file, but where something else is wanted."""
    if isinstance(value, str) or not is_file(value) or not _may_take_files(model_id, place):
        return value
    return value.id if isinstance(value, StoredFile) else REMOTE[0]


def _may_take_files(model_id: str, place: Sequence[str | int]) -> bool:
    """Tell whether a file may stand at a place: in an object, not where its spec wants something else."""
    is_inner = any(isinstance(part, str) for part in place[1:])
    return (
        not is_inner or takes_files(model_id, place) or "type" not in find_schema(load_spec(model_id), place)
    )


def _find_wrong_files(model_id: str, parameters: Mapping[str, Any]) -> Iterator[Problem]:
    """Find the texts and files inside objects that cannot be sent as the files that are wanted there."""
    for place, leaf in iterate_leaves(parameters):
        if len(place) > 1 and is_file(leaf) and takes_files(model_id, place):
            problem = find_file_problem(leaf, find_wanted_kind(load_spec(model_id), place))
            if problem:
                yield Problem(write_pointer(place), problem.code, problem.message)
