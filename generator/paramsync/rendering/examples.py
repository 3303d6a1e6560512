"""Examples: a valid value for a schema, for docs and test vectors. Pure."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from paramsync.rules import JsonType, find_range, list_types
from paramsync.specs.problems import FindSpec, find_value_problems, list_missing
from paramsync.specs.text_forms import LOCAL, find_forms
from paramsync.text import Json

TEXT, OWN_MODEL = "a red fox in the snow", "model_of-yours"
MAX_SIZE = 1000  # of a text or an array that must be longer than others
MAX_DEPTH = 8  # objects inside each other


def make_example(schema: Json, find_spec: FindSpec, name: str = "", depth: int = 0) -> Any:
    """Make a valid value, if the schema allows any: the first choice that breaks no rule, or a simple one; of a file, a sample."""
    choices = schema.get("enum", ())
    right = (one for one in choices if not any(find_value_problems(schema, one, find_spec)))
    found = next(right, None)
    if found is not None:
        return found
    if "$ref" in schema:
        return make_object(find_spec(schema["$ref"]), find_spec, depth)
    if "anyOf" in schema:
        return make_example(schema["anyOf"][0], find_spec, name, depth)
    kinds = list_types(schema)
    return _make(kinds[0] if kinds else "string", schema, find_spec, name, depth)


def make_object(schema: Json, find_spec: FindSpec, depth: int = 0) -> Json:
    """Make the smallest valid object; references that ask for each other without end are cut off."""
    if depth > MAX_DEPTH:
        return {}
    properties = schema["properties"]
    found: Json = {}
    while missing := list_missing(schema, found):
        found |= {name: make_example(properties[name], find_spec, name, depth + 1) for name in missing}
    return {name: found[name] for name in properties if name in found}


def to_number(number: Fraction) -> float:
    """Return a number as JSON writes it: an integer where it is whole."""
    return int(number) if number.denominator == 1 else float(number)


def _make(kind: JsonType, schema: Json, find_spec: FindSpec, name: str, depth: int) -> Any:
    if kind == "boolean":
        return True
    measures = find_range(schema, kind)
    if kind in ("number", "integer"):
        nearest = measures.nearest(1)
        bounds = [bound for bound in (measures.least, measures.most) if bound is not None]
        first = measures.snap(bounds[0], up=bounds[0] == measures.least) if bounds else nearest
        return to_number(first if first is not None else Fraction(1))
    if kind == "string":
        text = _make_text(schema, name)
        return _resize(text, int(measures.nearest(len(text)) or 0))
    if kind == "array":
        element = make_example(schema.get("items", {}) | _word_of(schema), find_spec, name, depth + 1)
        return [element] * min(int(measures.nearest(1) or 0), MAX_SIZE)
    return (
        make_object(schema, find_spec, depth)
        if "properties" in schema
        else dict.fromkeys(_make_names(int(measures.nearest(0) or 0)), 1)
    )


def _make_text(schema: Json, name: str) -> str:
    word = schema.get("x-type", "")
    if LOCAL in find_forms(word, ()):  # the docs do not state the kind of file, but the name may
        return f"asset_sample_{next((kind for kind in ('video', 'audio') if kind in name.lower()), 'image')}"
    return OWN_MODEL if word.startswith("model") else TEXT


def _word_of(schema: Json) -> Json:
    return {"x-type": schema["x-type"]} if "x-type" in schema else {}


def _resize(text: str, length: int) -> str:
    return text[:length].ljust(length, ".")


def _make_names(number: int) -> Iterator[str]:
    return (f"name{index}" for index in range(1, number + 1))
