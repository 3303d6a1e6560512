"""Examples: a valid value for a schema, for docs and test vectors. Pure."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from paramsync.rendering.samples import Context
from paramsync.rules import JsonType, Side, base_type, find_rules, list_types
from paramsync.specs.document import find_references
from paramsync.specs.intervals import Interval, read_interval
from paramsync.specs.problems import find_value_problems, list_missing
from paramsync.text import Json


@dataclass(frozen=True, slots=True)
class Path:
    """The references that lead to a value, and those of which it is known that they ask for themselves without end."""

    references: tuple[str, ...] = ()
    endless: set[str] = field(default_factory=set)

    def ends_at(self, reference: str) -> bool:
        return reference in self.references or reference in self.endless


def make_example(schema: Json, context: Context, name: str = "", path: Path | None = None) -> Any:
    """Make a valid value, if the schema allows any: the first choice that breaks no rule, or a simple one; of a file, a sample."""
    path = path or Path()
    choices = schema.get("enum", ())
    right = (one for one in choices if not any(find_value_problems(schema, one, context.find_spec)))
    found = next(right, None)
    if found is not None:
        return found
    if "$ref" in schema:
        return _make_referred(schema["$ref"], context, path)
    if "anyOf" in schema:
        ends = (one for one in schema["anyOf"] if not path.ends_at(one.get("$ref", "")))
        return make_example(next(ends, schema["anyOf"][0]), context, name, path)
    kinds = list_types(schema)
    return _make(kinds[0] if kinds else "string", schema, context, name, path)


def make_object(schema: Json, context: Context, path: Path | None = None) -> Json:
    """Make the smallest valid object."""
    properties = schema["properties"]
    found: Json = {}
    while missing := list_missing(schema, found):
        found |= {name: make_example(properties[name], context, name, path) for name in missing}
    return {name: found[name] for name in properties if name in found}


def to_number(number: Fraction) -> float:
    """Return a number as JSON writes it: an integer where it is whole."""
    return int(number) if number.denominator == 1 else float(number)


def _make_referred(reference: str, context: Context, path: Path) -> Json:
    """Make an object of another model; of models that ask for each other without end, an empty one."""
    if reference in path.references:
        path.endless.update(path.references[path.references.index(reference) :])
    if path.ends_at(reference):
        return {}
    return make_object(
        context.find_spec(reference), context, replace(path, references=(*path.references, reference))
    )


def _make(kind: JsonType, schema: Json, context: Context, name: str, path: Path) -> Any:
    if kind == "boolean":
        return True
    measures = read_interval(schema, kind)
    if base_type(kind) == "number":
        return to_number(
            _choose_number(measures, {rule.side for rule in find_rules(schema) if rule.limits(kind)})
        )
    if kind == "string":
        text = context.make_text(schema, name)
        return _resize(text, int(measures.find_nearest(len(text)) or 0))
    if kind == "array":
        items = schema.get("items", {})
        wanted = 0 if any(find_references(items)) else 1  # which may lead back to this array
        number = int(measures.find_nearest(wanted) or 0)
        return [make_example(items | _word_of(schema), context, name, path)] * number if number else []
    return (
        make_object(schema, context, path)
        if "properties" in schema
        else dict.fromkeys(_make_names(int(measures.find_nearest(0) or 0)), 1)
    )


def _choose_number(measures: Interval, sides: Container[Side]) -> Fraction:
    """Choose the number of an interval where a rule limits it, or the one that is nearest to 1."""
    if measures.is_empty:
        return Fraction(1)
    if "least" in sides:
        return measures.least
    return measures.most if "most" in sides else measures.find_nearest(1) or Fraction(0)


def _word_of(schema: Json) -> Json:
    return {key: schema[key] for key in ("x-type", "x-kind") if key in schema}


def _resize(text: str, length: int) -> str:
    return text[:length].ljust(length, ".")


def _make_names(number: int) -> Iterator[str]:
    return (f"name{index}" for index in range(1, number + 1))
