"""Compare which names an object can and must have, beside its properties. Pure."""

from collections.abc import Iterator

from paramsync.changes.kinds import Change, make_change
from paramsync.changes.pairs import ObjectPair, grade_change
from paramsync.specs.names import Group, list_absences, read_group
from paramsync.specs.values import ANY_NAME
from paramsync.text import Json


def compare_names_in_code(was: str, now: str) -> Iterator[Change]:
    """Compare what code calls a model or a parameter."""
    if was != now:
        yield make_change("name-in-code", old=was, new=now)


def compare_required(name: str, pair: ObjectPair) -> Iterator[Change]:
    """Compare whether a property is required, and what is required with it."""
    was, now = (name in one for one in pair.required)
    if now and not was:
        yield grade_change("parameter-required", is_breaking=pair.loses(absent=[name]))
    if was and not now:
        yield make_change("parameter-optional")
    old, new = (one.get("dependentRequired", {}).get(name, []) for one in (pair.old, pair.new))
    if added := [other for other in new if other not in old]:
        is_breaking = any(pair.loses([name], [other]) for other in added)
        yield grade_change("dependent-required", new=added, is_breaking=is_breaking)
    if gone := [other for other in old if other not in new]:
        yield make_change("dependent-optional", old=gone)


def compare_groups(pair: ObjectPair) -> Iterator[Change]:
    """Compare of which alternatives one is required."""
    old, new = ({frozenset(one): one for one in _read_groups(each)} for each in (pair.old, pair.new))
    for key, group in new.items():
        if key not in old:
            is_breaking = any(pair.loses(absent=absent) for absent in list_absences(group))
            yield grade_change("alternatives-required", new=_show(group), is_breaking=is_breaking)
    yield from (
        make_change("alternatives-optional", old=_show(group)) for key, group in old.items() if key not in new
    )


def compare_openness(pair: ObjectPair) -> Iterator[Change]:
    """Compare whether names are allowed that no property has."""
    was, now = (one.is_open for one in pair.objects)
    if was and not now:
        yield grade_change("names-closed", is_breaking=pair.loses([ANY_NAME]))
    if now and not was:
        yield make_change("names-opened")


def _read_groups(schema: Json) -> list[Group]:
    return [read_group(group) for group in schema.get("allOf", ())]


def _show(group: Group) -> list[list[str]]:
    return [sorted(one) for one in group]
