"""The rows and columns of a table of parameters: what is inside a value has rows of its own, below that of the value. Pure."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from paramsync.rendering.remarks import (
    Remarks,
    find_annotations,
    find_remarks,
    make_remarks,
    write_choice,
    write_header,
)
from paramsync.rendering.values import describe_type
from paramsync.rules import RULES, Rule, find_rules, list_once
from paramsync.specs.schema import find_leaf
from paramsync.text import Json

KEPT = {rule.unenforced: rule.keyword for rule in RULES}
# The columns of each table, as on the vendor's pages.
LAYOUT = frozenset(
    {"Parameter", "Type", "Required", "Default", "Min", "Max", "Allowed Values", "Description"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter, or a value inside one; `is_required` is None where nothing asks for it by itself.

    `limits` are those that the page states, by keyword, enforced or not; `annotations` is what is said beside the rules, where that is one
    value and has no words of its own; `remarks` is all of that in words.
    """

    name: str
    type: str
    is_required: bool | None
    description: str
    default: Any
    choices: tuple[Any, ...]
    limits: Mapping[str, Any]
    annotations: Mapping[str, Any]
    remarks: Remarks
    reference: str = ""  # the `$id` of the spec whose objects it has
    own_name: str = ""  # of the parameter or property, without the path to it; empty where the value has none

    @property
    def labelled_choices(self) -> tuple[tuple[Any, str], ...]:
        """The choices, each with its label if this says more."""
        return tuple((one, self.remarks.labels.get(write_choice(one), "")) for one in self.choices)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table that are of rules, and of annotations, with their headers."""

    rules: tuple[Rule, ...]
    annotations: Mapping[str, str] = field(default_factory=dict)


def list_columns(rows: Iterable[Row]) -> Columns:
    """List the columns of rules that each table has or some rows need, and of annotations in the order in which the rows have them."""
    rows = list(rows)
    rules = list_rules(rows)
    taken = LAYOUT | {rule.header for rule in rules}
    annotations = _merge(row.annotations for row in rows)
    return Columns(rules, {keyword: _head(keyword, taken) for keyword in annotations})


def list_rules(rows: Iterable[Row]) -> tuple[Rule, ...]:
    """List the rules that have a column: those of each table, and those that some rows need."""
    used = {keyword for row in rows for keyword in row.limits}
    return tuple(rule for rule in RULES if rule.header in LAYOUT or rule.keyword in used)


def list_rows(schema: Json, prefix: str = "") -> Iterator[Row]:
    """List the rows of an object: each property, and below it what is inside it."""
    for name, inner in schema["properties"].items():
        yield from _list_value(inner, prefix + name, name, is_required=name in schema.get("required", ()))


def _list_value(
    schema: Json, name: str, own_name: str = "", *, is_required: bool | None = None
) -> Iterator[Row]:
    leaf = find_leaf(schema)
    kept = {KEPT[key]: limit for key, limit in schema.items() if key in KEPT}
    others = find_annotations(schema, without=find_remarks(schema))
    yield Row(
        name=name,
        type=schema.get("x-type") or describe_type(schema),
        is_required=is_required,
        description=schema.get("description", ""),
        default=schema.get("default"),
        choices=tuple(list_once(leaf.get("enum", ()))),
        limits=kept | _limits_of(leaf) | _limits_of(schema),
        annotations={key: one for key, one in others.items() if not isinstance(one, list)},
        remarks=make_remarks(schema, own_name),
        reference=leaf.get("$ref", ""),
        own_name=own_name,
    )
    yield from _list_inside(schema, name)


def _list_inside(schema: Json, name: str) -> Iterator[Row]:
    """List what the row of a value cannot show."""
    for part in schema.get("anyOf", ()):
        if part.keys() - {"type"}:
            yield from _list_value(part, f"{name} ({describe_type(part)})")
    if "items" in schema:
        items = schema["items"]
        is_shown = find_leaf(schema) is not schema and "description" not in items
        is_shown = is_shown and not ("items" in items and find_rules(items))
        yield from (_list_inside if is_shown else _list_value)(items, f"{name}[]")
    if "properties" in schema:
        yield from list_rows(schema, f"{name}.")


def _limits_of(schema: Json) -> Json:
    return {rule.keyword: rule.read_limit(schema) for rule in find_rules(schema)}


def _head(keyword: str, taken: Container[str]) -> str:
    """Make the header of an annotation: of `x-max-duration`, Max Duration, unless another column is called so."""
    header = write_header(keyword)
    return keyword if header in taken else header


def _merge(orders: Iterable[Iterable[str]]) -> list[str]:
    """Merge lists of names, each in its order: what comes before a name that is known goes before it."""
    found: list[str] = []
    for order in orders:
        place = len(found)
        for one in reversed([*order]):
            if one in found:
                place = found.index(one)
            else:
                found.insert(place, one)
    return found
