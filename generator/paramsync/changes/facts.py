"""Compare what two schemas say of one value: its type, the rules of the table, choices, and what nothing enforces. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from paramsync.changes.kinds import Change, Severity, make_change
from paramsync.changes.pairs import Pair, compare_order, grade_change
from paramsync.rules import RULES, TYPES, base_type, json_key, list_types
from paramsync.specs.document import read_reference
from paramsync.specs.schema import WHOLE
from paramsync.text import Json

ANY_VALUE = "any value"
# Annotations that nothing enforces, and that users notice all the same: which files packages refuse, what costs, what may be required.
FELT = frozenset({"x-kind", "x-cost", "x-required-if"})
UNENFORCED = frozenset(rule.unenforced for rule in RULES)


def compare_types(pair: Pair) -> Iterator[Change]:
    """Compare the types, and the vendor's words for them: by these where they differ."""
    before, after = describe_type(pair.old), describe_type(pair.new)
    was, now = pair.old.get("x-type"), pair.new.get("x-type")
    if was == now and before == after:
        return
    old, new = (was or before, now or after) if was != now else (before, after)
    is_lost = pair.loses_form or (before != after and (pair.is_breaking or pair.loses_name))
    change = grade_change("type", old, new, is_breaking=is_lost)
    is_wider = was == now and not is_lost
    yield replace(change, severity="compatible") if is_wider else change


def describe_type(schema: Json) -> str:
    """Describe the JSON type of a value and of what is in an array, as in `array of string`; a model by its id."""
    if "$ref" in schema:
        return read_reference(schema["$ref"])
    if "anyOf" in schema:
        return " or ".join(map(_describe_inner, schema["anyOf"]))
    kinds = list_types(schema)
    shown = " or ".join(kind for kind in TYPES if kind in kinds) or ANY_VALUE
    elements = _describe_inner(schema["items"]) if "items" in schema else ANY_VALUE
    return shown if elements == ANY_VALUE else f"{shown} of {elements}"


def is_comparable(pair: Pair) -> bool:
    """Tell whether what is said of a value can be compared keyword by keyword: it can still have one of its types."""
    if any(key in one for one in (pair.old, pair.new) for key in WHOLE):
        return describe_type(pair.old) == describe_type(pair.new) and all(
            (key in pair.old) == (key in pair.new) for key in WHOLE
        )
    old, new = ({*map(base_type, list_types(one) or TYPES)} for one in (pair.old, pair.new))
    return not old.isdisjoint(new)


def keeps_types(pair: Pair) -> bool:
    """Tell whether a value, and the elements of an array, can be compared."""
    have_elements = "items" in pair.old and "items" in pair.new
    return is_comparable(pair) and (not have_elements or keeps_types(pair.elements))


def compare_bounds(pair: Pair) -> Iterator[Change]:
    """Compare the limits of all rules; one that is neither wider nor narrower than before counts as narrower."""
    for rule in RULES:
        key = rule.keyword
        old, new = pair.old.get(key), pair.new.get(key)
        if old != new:
            is_narrower = new is not None and (old is None or rule.narrows(new, old))
            kind = "bounds-narrowed" if is_narrower else "bounds-widened"
            is_breaking = is_narrower and pair.is_breaking
            yield grade_change(kind, _pick(pair.old, key), _pick(pair.new, key), is_breaking=is_breaking)


def compare_choices(pair: Pair) -> Iterator[Change]:
    """Compare the choices; a page may list one twice."""
    old, new = (_list_choices(one) for one in (pair.old, pair.new))
    if old is None or new is None:
        if new is not None:
            yield grade_change("choices-introduced", new=[*new.values()], is_breaking=pair.is_breaking)
        if old is not None:
            is_lost = pair.is_breaking or pair.loses_name
            yield grade_change("choices-lifted", old=[*old.values()], is_breaking=is_lost)
        return
    for key, choice in old.items():
        if key not in new:
            yield grade_change("choice-removed", old=choice, is_breaking=pair.is_breaking)
    yield from (make_change("choice-added", new=choice) for key, choice in new.items() if key not in old)
    yield from compare_order("choices-order", old, new)


def compare_default(pair: Pair) -> Iterator[Change]:
    old, new = pair.old.get("default"), pair.new.get("default")
    if json_key(old) != json_key(new):
        yield grade_change("default", old, new, is_breaking=pair.loses_default)


def compare_wording(pair: Pair) -> Iterator[Change]:
    """Compare the description and the annotations."""
    old, new = pair.old.get("description"), pair.new.get("description")
    if old != new:
        yield make_change("description", old=old, new=new)
    yield from compare_annotations(pair.old, pair.new, frozenset({"x-type"}))


def compare_annotations(old: Json, new: Json, others: frozenset[str]) -> Iterator[Change]:
    """Compare what nothing enforces, but for `others`, which are compared elsewhere."""
    for key in {**old, **new}:
        if key.startswith("x-") and key not in others and json_key(old.get(key)) != json_key(new.get(key)):
            kind = "bounds-unenforced" if key in UNENFORCED else "annotation"
            change = make_change(kind, old=_pick(old, key), new=_pick(new, key))
            yield replace(change, severity=_grade_annotation(key, old, new)) if key in FELT else change


def _grade_annotation(key: str, old: Json, new: Json) -> Severity:
    """Grade an annotation that users notice: packages refuse the files that they took where another kind is wanted now."""
    return "breaking" if key == "x-kind" and key in old and key in new else "behaviour"


def _describe_inner(schema: Json) -> str:
    word = schema.get("x-type")
    return f"{describe_type(schema)} ({word})" if word else describe_type(schema)


def _pick(schema: Json, key: str) -> Json | None:
    return {key: schema[key]} if key in schema else None


def _list_choices(schema: Json) -> dict[Any, Any] | None:
    """List the choices, each once."""
    choices = schema.get("enum")
    return None if choices is None else {json_key(one): one for one in choices}
