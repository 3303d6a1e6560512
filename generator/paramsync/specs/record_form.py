"""The form in which a record is saved: the fields that the profile reads, and nothing else of it, in one order. Pure."""

from typing import Any

from paramsync.pages.json_values import JsonValue, read_values
from paramsync.pages.profile import Profile
from paramsync.pages.sources import INSIDE, RecordSource
from paramsync.specs.records import find_first, find_source, read_record
from paramsync.text import Json, json_text, unify_line_ends


def reduce_record(text: str, file: str, profile: Profile) -> str:
    """Write of a record what the profile reads, with sorted keys: no more is saved, and its order means nothing.

    Raises:
        InputError: as `read_record`.

    """
    read_record(text, file, profile)
    return _write_reduced(read_values(text, file), find_source(profile))


def is_reduced(text: str, file: str, profile: Profile) -> bool:
    """Tell whether a record that can be read is as it would be saved."""
    return _write_reduced(read_values(text, file), find_source(profile)) == unify_line_ends(text)


def _write_reduced(root: JsonValue, source: RecordSource) -> str:
    parameters = root.find(source.parameters)
    listed = parameters.items if parameters else ()
    found_names = (find_first(one, source, "name") for one in listed)
    names = {name.value for name in found_names if name and isinstance(name.value, str)}
    reduced: Json = {}
    for path in (source.id, *source.model):
        _put(reduced, path, root.find(path))
    _put_value(reduced, source.parameters, _reduce_list(parameters, source) if parameters else [])
    for path in source.by_parameter:
        found = root.find(path)
        kept = {name: one.value for name, one in found.members.items() if name in names} if found else {}
        if kept:
            _put_value(reduced, path, kept)
    return json_text(_sort(reduced)) + "\n"


def find_unread_fields(text: str, file: str, profile: Profile) -> list[str]:
    """Find the fields of parameters that the profile does not name; they are not saved, and may be worth a line there."""
    source, found = find_source(profile), dict[str, None]()
    parameters = read_values(text, file).find(source.parameters)

    def look(value: JsonValue, above: str) -> None:
        for name, one in value.members.items():
            path = above + name
            if any(known.startswith(f"{path}.") for known in source.fields):
                look(one, f"{path}.")
            elif path not in source.fields:
                found[path] = None
            elif source.fields[path] == INSIDE:
                for inner in one.items:
                    look(inner, "")

    for parameter in parameters.items if parameters else ():
        look(parameter, "")
    return sorted(found)


def _reduce_list(parameters: JsonValue, source: RecordSource) -> Any:
    """Reduce each parameter of a list; what is no list, or no parameter, stays wrong, so that whoever reads it is told."""
    if isinstance(parameters.value, list):
        return [_reduce_parameter(one, source) for one in parameters.items]
    return {} if parameters.members else parameters.value


def _reduce_parameter(parameter: JsonValue, source: RecordSource) -> Any:
    if not isinstance(parameter.value, dict | list):
        return parameter.value
    reduced: Json = {}
    for path, meaning in source.fields.items():
        found = parameter.find(path)
        if found and meaning == INSIDE:
            _put_value(reduced, path, _reduce_list(found, source))
        elif found and meaning != "ignored":
            _put(reduced, path, found)
    return reduced


def _put(reduced: Json, path: str, found: JsonValue | None) -> None:
    if found:
        _put_value(reduced, path, found.value)


def _put_value(reduced: Json, path: str, value: Any) -> None:
    *above, last = path.split(".")
    for key in above:
        reduced = reduced.setdefault(key, {})
    reduced[last] = value


def _sort(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sort(one) for key, one in sorted(value.items())}
    return [_sort(one) for one in value] if isinstance(value, list) else value
