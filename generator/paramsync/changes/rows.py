"""What a history keeps of a parameter, or of a model, as it was before and after a change. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from paramsync.findings import InputError, Place
from paramsync.text import Json

RESTORE = "restore the line from git: a history is only ever added to"
FIELDS = {"schema", "required", "requires", "requiredWith", "requiredUnless"}


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A parameter, or a value inside one, as a spec had it; `is_required` is None where nothing asks for it by itself.

    `requires` are the parameters that must be given with it, `required_with` those of which each asks for it; it is asked for as well
    where, of one of `required_unless`, no alternative is there whole.
    """

    schema: Json
    is_required: bool | None = None
    requires: tuple[str, ...] = ()
    required_with: tuple[str, ...] = ()
    required_unless: tuple[tuple[tuple[str, ...], ...], ...] = ()

    @property
    def json(self) -> Json:
        """The row as a JSON object, without fields that are empty."""
        values = (self.schema, self.is_required, self.requires, self.required_with, self.required_unless)
        keys = ("schema", "required", "requires", "requiredWith", "requiredUnless")
        return {
            key: value for key, value in zip(keys, values, strict=True) if value is not None and value != ()
        }


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What people know a model by, where it may be gone: title, provider (the title of its page, if there is none), and its parameters."""

    title: str
    provider: str = ""
    parameters: tuple[str, ...] = ()

    @property
    def json(self) -> Json:
        """The row as a JSON object, without fields that are empty."""
        facts = {"title": self.title, "provider": self.provider, "parameters": self.parameters}
        return {key: fact for key, fact in facts.items() if fact}


Row = ParameterRow | ModelRow
Rows = tuple[Row | None, Row | None]  # before and after


def make_row(schema: Json, name: str) -> ParameterRow | None:
    """Make the row of a parameter of a spec, or of a property of an object; None where there is none of this name."""
    if name not in schema.get("properties", {}):
        return None
    dependent: Mapping[str, list[str]] = schema.get("dependentRequired", {})
    groups = [[tuple(one["required"]) for one in group["anyOf"]] for group in schema.get("allOf", ())]
    return ParameterRow(
        schema["properties"][name],
        name in schema.get("required", ()),
        tuple(one for one in dependent.get(name, ()) if one != name),
        tuple(one for one, others in dependent.items() if name in others and one != name),
        tuple(tuple(others) for first, *others in groups if name in first),
    )


def make_elements_row(schema: Json) -> ParameterRow | None:
    """Make the row of the elements of an array; None where nothing is said of them."""
    return ParameterRow(schema["items"]) if "items" in schema else None


def read_model_rows(value: Any, place: Place) -> Rows:
    """Read the rows of a model before and after a change, either of which may not be there.

    Raises:
        InputError: they are no such rows.

    """
    return _read_rows(value, place, _check_model, _read_model)


def read_parameter_rows(value: Any, place: Place) -> Rows:
    """Read the rows of a parameter before and after a change, as those of a model.

    Raises:
        InputError: they are no such rows.

    """
    return _read_rows(value, place, _check_parameter, _read_parameter)


def _read_rows(value: Any, place: Place, check: Callable[[Json], str], read: Callable[[Json], Row]) -> Rows:
    is_one = isinstance(value, dict) and not value.keys() - {"before", "after"}
    if not is_one or not all(isinstance(one, dict) for one in value.values()):
        raise InputError(place, f"rows: not an object with objects `before` and `after`; {RESTORE}")
    for key, one in value.items():
        if problem := check(one):
            raise InputError(place, f"rows: {key}: {problem}; {RESTORE}")
    before, after = (read(value[key]) if key in value else None for key in ("before", "after"))
    return before, after


def _read_model(value: Json) -> Row:
    return ModelRow(value["title"], value.get("provider", ""), tuple(value.get("parameters", ())))


def _read_parameter(value: Json) -> Row:
    groups = (tuple(map(tuple, group)) for group in value.get("requiredUnless", ()))
    requires, required_with = (tuple(value.get(key, ())) for key in ("requires", "requiredWith"))
    return ParameterRow(value["schema"], value.get("required"), requires, required_with, tuple(groups))


def _check_model(value: Json) -> str:
    is_one = isinstance(value.get("title"), str) and isinstance(value.get("provider", ""), str)
    return "" if is_one and _are_texts(value.get("parameters", [])) else "not a model with a title"


def _check_parameter(value: Json) -> str:
    if value.keys() - FIELDS or not isinstance(value.get("schema"), dict):
        return "not a parameter with a schema"
    names = [value.get(key, []) for key in ("requires", "requiredWith")]
    groups = value.get("requiredUnless", [])
    are_groups = isinstance(groups, list) and all(isinstance(one, list) for one in groups)
    if not isinstance(value.get("required", False), bool) or not are_groups:
        return "`required` must be true or false, and `requiredUnless` a list of lists"
    if not all(map(_are_texts, [*names, *(one for group in groups for one in group)])):
        return "its conditions must be lists of names"
    from paramsync.specs.spec_checks import (
        check_value,  # of the kinds of changes, only a history needs a validator
    )

    return check_value(value["schema"])


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
