"""Compare two schemas of one value, and what is inside: elements, properties, branches, models. Pure.

What is about a property of an object, or about elements that need to be told from their array, has the name of both: `size/width`,
`rows/*`.
"""

from collections.abc import Iterator
from dataclasses import replace

from paramsync.changes.facts import (
    compare_bounds,
    compare_choices,
    compare_default,
    compare_types,
    compare_wording,
    describe_type,
    is_comparable,
    keeps_types,
)
from paramsync.changes.kinds import Change, make_change
from paramsync.changes.names import (
    compare_groups,
    compare_names_in_code,
    compare_openness,
    compare_required,
)
from paramsync.changes.pairs import ObjectPair, Pair, compare_order, grade_change
from paramsync.changes.rows import ParameterRow, make_elements_row, make_row
from paramsync.rules import list_types
from paramsync.specs.document import NAME_IN_CODE, find_references
from paramsync.specs.renames import find_renamed_parameters
from paramsync.text import Json, json_line

ELEMENTS = "*"  # the name of the elements of an array


def compare_properties(pair: ObjectPair) -> Iterator[Change]:
    """Compare the properties of two schemas of an object, or the parameters of two models."""
    before, after = (one.get("properties", {}) for one in (pair.old, pair.new))
    renamed = find_renamed_parameters(pair.old, pair.new)
    old_names = {*renamed.values()}
    for name in before:
        if name not in after and name not in old_names:
            removed = iter([_grade_listing("parameter-removed", pair, [name])])
            yield from _name(name, removed, make_row(pair.old, name), None)
    for name in after:
        if name in before:
            changes = _compare_property(name, pair)
        elif name in renamed:
            changes = iter([_grade_listing("parameter-renamed", pair, [renamed[name], name])])
        else:
            changes = iter([_grade_listing("parameter-added", pair, [name])])
        was = renamed.get(name, name)
        yield from _name(name, changes, make_row(pair.old, was), make_row(pair.new, name))
    yield from (
        *compare_groups(pair),
        *compare_openness(pair),
        *compare_order("parameters-order", before, after),
    )


def _grade_listing(kind: str, pair: ObjectPair, names: list[str]) -> Change:
    """Make a change of which names are listed: the last one is the new name of the first, or they are one."""
    first, last = names[0], names[-1]
    is_gone, is_new = first in pair.old.get("properties", {}), last in pair.new.get("properties", {})
    is_required = is_new and last in pair.required[1]
    is_breaking = (
        (is_gone and pair.has_names)
        or any(map(pair.loses_values, names))
        or (is_required and pair.loses(absent=[last]))
    )
    old, new = (first, last) if first != last else (None, None)
    return grade_change(kind, old, new, is_breaking=is_breaking)


def _compare_property(name: str, pair: ObjectPair) -> Iterator[Change]:
    old, new = (one["properties"][name] for one in (pair.old, pair.new))
    yield from (
        *compare_names_in_code(*(one.get(NAME_IN_CODE, name) for one in (old, new))),
        *compare_required(name, pair),
    )
    if json_line(old) != json_line(new) or any(
        find_references(old)
    ):  # equal ones may refer to a model that is not
        yield from _compare_schemas(pair.make_inner(name))


def _compare_schemas(pair: Pair) -> Iterator[Change]:
    found = [*compare_types(pair), *_compare_content(pair)]
    if not found and json_line(pair.old) != json_line(pair.new):
        found.append(make_change("notation"))
    yield from found


def _compare_content(pair: Pair) -> Iterator[Change]:
    """Compare all but the types, which are told with those of elements and branches as a whole."""
    if is_comparable(pair):
        yield from (*compare_bounds(pair), *compare_choices(pair), *_compare_inside(pair))
        is_lost = "default" in pair.old and pair.loses_default
        yield from compare_default(pair) if keeps_types(pair) or is_lost else ()
    yield from compare_wording(pair)


def _compare_inside(pair: Pair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    if "$ref" in old:
        if pair.is_breaking:
            yield make_change("reference-narrowed", new=describe_type(new))
    elif "anyOf" in old:
        for before, after in zip(old["anyOf"], new["anyOf"], strict=True):
            yield from _compare_content(pair.make_inner(before, after))
    if "items" in old or "items" in new:
        changes = _compare_content(pair.elements)
        rows = make_elements_row(old), make_elements_row(new)
        yield from changes if _speak_alike(old) and _speak_alike(new) else _name(ELEMENTS, changes, *rows)
    if "properties" in old or "properties" in new:
        yield from compare_properties(ObjectPair(old, new, pair.sides, pair.is_breaking))


def _speak_alike(schema: Json) -> bool:
    """Tell whether what is said of an array and of its elements can be told apart without another name."""
    elements = list_types(schema.get("items", {}))
    return list_types(schema) == ("array",) and elements != () and "array" not in elements


def _name(
    name: str, changes: Iterator[Change], before: ParameterRow | None, after: ParameterRow | None
) -> Iterator[Change]:
    """Say of changes what they are about: something, of which the rows are given, or what is in it."""
    for one in changes:
        if one.parameter:
            yield replace(one, parameter=f"{name}/{one.parameter}")
        else:
            yield replace(one, parameter=name, before=before, after=after)
