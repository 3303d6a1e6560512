"""The parameters of a model as data, from its spec: to build a form, say. Standard library only."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from .file_parameters import takes_files
from .parameter_names import PARAMETER_NAMES
from .rules import SHOWN
from .specs.reading import read_spec

OF_FIELDS = {"x-type", "x-name-in-code"}  # what a field says, and therefore no annotation
MIN_PLAIN, MAX_PLAIN = 1e-6, 1e21  # between them, JavaScript writes a number without an exponent
Schema = Mapping[str, Any]


class Choice(NamedTuple):
    """A value that a parameter may have, and its name for people: the value itself where nobody has given it one."""

    value: Any
    label: str


@dataclass(frozen=True)
class ParameterInfo:
    """A parameter of a model, a property of an object in one, or the elements of an array."""

    name: str
    """Its name in the API."""

    python_name: str
    """Its name in the class of the model's requests; inside an object, the same as in the API."""

    type: str
    """The word of the documentation for its type, such as `file_array`, or that of JSON."""

    json_types: tuple[str, ...]
    """The JSON types that it may have; none if any will do."""

    is_file: bool
    """Whether it takes files."""

    required: bool
    """Whether every request must have it."""

    default: Any
    """Its default; None if it has none."""

    choices: tuple[Choice, ...]
    """The values that it may have; none if they are not listed. Those of a boolean are, where one has a label."""

    rules: Mapping[str, Any]
    """Its limits, by the keywords of JSON Schema: `{"maxLength": 32000}`."""

    items: "ParameterInfo | None"
    """What the elements of an array are, where that is known."""

    properties: tuple["ParameterInfo", ...]
    """The properties of an object, where they are known."""

    description: str
    """What the documentation says of it."""

    kind: str
    """The kind of file that it takes, such as `video`; empty if nothing says so."""

    label: str
    """Its name for people; empty if it has none."""

    group: str
    """The heading below which the service's own form shows it; empty if it has none."""

    hint: str
    """Some advice for people; empty if there is none."""

    changes_price: bool
    """Whether the price of a job depends on it."""

    required_with: tuple[str, ...]
    """It is required with any of these parameters."""

    required_unless: tuple[tuple[tuple[str, ...], ...], ...]
    """It is required where, of one of these, no list of parameters is there whole."""

    annotations: Mapping[str, Any]
    """What else is said of it and not enforced, such as `x-step`."""

    schema: Mapping[str, Any]
    """All that is said of it, as JSON Schema."""

    def __hash__(self) -> int:
        return hash((self.name, self.type))  # a default or a limit may not be hashable


@cache
def read_parameters(model_id: str, module: str) -> tuple[ParameterInfo, ...]:
    """Read the parameters of a model, in the order of its documentation."""
    spec, names = read_spec(module), PARAMETER_NAMES.get(model_id, {})
    return tuple(
        _read(name, schema, spec, (model_id, name), python_name=names.get(name, name))
        for name, schema in spec["properties"].items()
    )


def describe_type(schema: Schema) -> str:
    """Return the word for the type of a value: that of the docs, or those of JSON."""
    if "x-type" in schema:
        return str(schema["x-type"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(describe_type(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition(":")[2]
    types = list_types(schema)
    element = f" of {describe_type(schema['items'])}" if types == ["array"] and "items" in schema else ""
    return (" or ".join(types) or "any") + element


def list_types(schema: Schema) -> list[str]:
    """Return the JSON types of a value; none if any will do."""
    if "anyOf" in schema:
        found = [list_types(one) for one in schema["anyOf"]]
        return list(dict.fromkeys(kind for one in found for kind in one)) if all(found) else []
    types = schema.get("type", ["object"] if "$ref" in schema else [])
    return [types] if isinstance(types, str) else list(types)


def _read(name: str, schema: Schema, around: Schema, at: tuple[str, ...], python_name: str = "") -> ParameterInfo:
    """Read a parameter; `around` is the schema of the model or object that has it, `at` the model and the names that lead to it."""
    said = {key: one for key, one in schema.items() if key.startswith("x-") and key not in OF_FIELDS}

    def take(key: str) -> str:
        return said.pop(key) if isinstance(said.get(key), str) else ""

    changes_price = said.get("x-cost") is True and said.pop("x-cost")
    if _has_labelled_choices(schema):
        said.pop("x-labels")
    kind = take("x-kind")
    return ParameterInfo(
        name=name,
        python_name=python_name or name,
        type=describe_type(schema),
        json_types=tuple(list_types(schema)),
        is_file=takes_files(at[0], at[1:]),
        required=name in around.get("required", ()),
        default=schema.get("default"),
        choices=tuple(_read_choices(schema)),
        rules={key: schema[key] for key in SHOWN if key in schema},
        items=_read(name, _describe_items(schema), {}, at) if "items" in schema else None,
        properties=tuple(
            _read(inner, one, schema, (*at, inner)) for inner, one in schema.get("properties", {}).items()
        ),
        description=schema.get("description", ""),
        kind=kind,
        label=take("x-label"),
        group=take("x-group"),
        hint=take("x-hint"),
        changes_price=changes_price,
        required_with=tuple(
            other for other, needed in around.get("dependentRequired", {}).items() if name in needed and other != name
        ),
        required_unless=tuple(_find_alternatives(name, around)),
        annotations=said,
        schema=schema,
    )


def _describe_items(schema: Schema) -> Schema:
    """Describe the elements of an array, which says of which kind they are, and what their choices are called."""
    said = {key: schema[key] for key in ("x-kind", "x-labels") if key in schema}
    word = {"x-type": schema["x-type"].removesuffix("_array")} if "x-type" in schema else {}
    return {**said, **word, **schema["items"]}


def _has_labelled_choices(schema: Schema) -> bool:
    """Tell whether labels are those of choices, of a value or of the elements of an array."""
    is_array = "items" in schema and _has_labelled_choices(_describe_items(schema))
    return isinstance(schema.get("x-labels"), dict) and (is_array or bool(_list_choices(schema)))


def _read_choices(schema: Schema) -> Iterator[Choice]:
    labels = schema.get("x-labels")
    for value in _list_choices(schema):
        text = _write_choice(value)
        label = labels.get(text) if isinstance(labels, dict) else None
        yield Choice(value, label if isinstance(label, str) else text)


def _list_choices(schema: Schema) -> Sequence[Any]:
    """List the choices of a value; of a boolean, both if one of them has a label."""
    labels = schema.get("x-labels")
    is_named = isinstance(labels, dict) and any(isinstance(labels.get(one), str) for one in ("true", "false"))
    choices: Sequence[Any] = schema.get("enum", (True, False) if is_named and list_types(schema) == ["boolean"] else ())
    return choices


def _write_choice(value: Any) -> str:
    """Write a choice as the key of its label: a number as JavaScript writes it, the same everywhere."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > sys.float_info.max:
        return json.dumps(value)
    if value and not MIN_PLAIN <= abs(value) < MAX_PLAIN:
        return re.sub(r"e([+-])0+", r"e\1", repr(float(value)))
    return format(Decimal(repr(float(value or 0))), "f").removesuffix(".0")


def _find_alternatives(name: str, around: Schema) -> Iterator[tuple[tuple[str, ...], ...]]:
    for group in around.get("allOf", ()):
        first, *others = (tuple(one["required"]) for one in group["anyOf"])
        if name in first:
            yield tuple(others)
