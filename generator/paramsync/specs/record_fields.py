"""Read the value of one field of a record as what the profile says that it means. Pure."""

from collections.abc import Callable
from typing import Any

from paramsync.pages.json_values import JsonValue
from paramsync.pages.sources import CONDITIONS
from paramsync.rules import LIMITS, SCALARS, has_type, list_types
from paramsync.specs.facts import MAX_CHOICES
from paramsync.specs.schema import find_leaf
from paramsync.text import Json, collapse_whitespace, remove_break_hints


class UnreadFieldError(ValueError):
    """A value of a field is none of its meaning: what is wrong, and the code of the finding."""

    def __init__(self, problem: str, code: str = "bad-field") -> None:
        super().__init__(problem)
        self.code = code


def read_field(keyword: str, found: JsonValue, schema: Json) -> Any:
    """Read the value of a field, given the schema of its parameter's type.

    Raises:
        UnreadFieldError: it is no such value.

    """
    if keyword in LIMITS:
        return _read_limit(found, keyword)
    read = READERS.get(keyword)
    return read(found, schema) if read else _clean(found.value)


def says_nothing(keyword: str, value: Any) -> bool:
    """Tell whether a value is none: an empty one, or of an annotation one that is false; a default may be both, and a limit 0."""
    return keyword not in ("default", "required", *LIMITS) and (value is False or value in ("", [], {}))


def read_model_fact(found: JsonValue, meaning: str) -> Any:
    """Read what a record says of its model.

    Raises:
        UnreadFieldError: it is no such value.

    """
    return _read_words(found) if meaning == "capabilities" else _read_prose(found)


def _read_words(found: JsonValue) -> list[str]:
    words = found.value
    if not isinstance(words, list) or not all(isinstance(one, str) and one for one in words):
        raise UnreadFieldError(f"{found.text.written} is not a list of texts")
    return words


def _read_prose(found: JsonValue) -> str:
    if not isinstance(found.value, str):
        raise UnreadFieldError(f"{found.text.written} is not a text")
    return collapse_whitespace(remove_break_hints(found.value))


def _read_limit(found: JsonValue, keyword: str) -> Any:
    if not LIMITS[keyword].allows_limit(found.value):
        raise UnreadFieldError(f"{found.text.written} is not {LIMITS[keyword].limit_kind}")
    return found.value


def _read_required(found: JsonValue, _: Json) -> bool:
    if not isinstance(found.value, bool):
        raise UnreadFieldError(f"{found.text.written} is neither true nor false")
    return found.value


def _read_names(found: JsonValue, _: Json) -> list[str]:
    """Read the names of parameters: the keys of an object, a list, or one name."""
    value = found.value
    names = [value] if isinstance(value, str) else list(value) if isinstance(value, dict | list) else [None]
    if not all(isinstance(one, str) for one in names):
        raise UnreadFieldError(f"{found.text.written} has no names of parameters")
    return list(dict.fromkeys(names))


def _read_choices(found: JsonValue, schema: Json) -> Any:
    value, kinds = found.value, list_types(find_leaf(schema)) or SCALARS
    is_list = isinstance(value, list) and len(value) <= MAX_CHOICES
    can_be_listed = all(kind in SCALARS for kind in kinds)
    if not is_list or not can_be_listed or not all(has_type(one, kinds) for one in value):
        problem = f"{found.text.written} are no choices of type {' or '.join(kinds)}"
        raise UnreadFieldError(problem)
    return value


def _read_default(found: JsonValue, schema: Json) -> Any:
    value, kinds = found.value, list_types(schema)
    is_long = isinstance(value, list) and len(value) > MAX_CHOICES
    if is_long or (kinds and not has_type(value, kinds)):
        problem = f"{found.text.written} is no default of type {' or '.join(kinds)}"
        raise UnreadFieldError(problem)
    return value


def _clean(value: Any) -> Any:
    """Return a value of which a text has no break hints, and no whitespace around it."""
    return remove_break_hints(value).strip() if isinstance(value, str) else value


# Meaning of a field -> how it is read. Limits and annotations have none.
READERS: dict[str, Callable[[JsonValue, Json], Any]] = {
    "required": _read_required,
    "choices": _read_choices,
    "default": _read_default,
    "description": lambda found, _: _read_prose(found),
    **dict.fromkeys(CONDITIONS, _read_names),
}
