"""Judge what changed in one model: whether there are payloads that were right and are now wrong. Pure."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from paramsync.changes.kinds import KINDS, Change, change
from paramsync.changes.values import takes_any, values_of
from paramsync.text import Json, json_line

FACTS = {"title": "model-title", "description": "model-description", "x-markdown": "model-markdown"}
NARROWER = {"minimum": 1, "maximum": -1}  # which way a bound narrows


def compare_models(page: str, model: str, old: Json, new: Json) -> Iterator[Change]:
    """Compare two specs of one model: a change is breaking exactly where a payload for the old one is wrong for the new."""
    found = [
        *_compare_facts(old, new),
        *_compare_parameters(old, new),
        *compare_order("parameters-order", old["properties"], new["properties"]),
    ]
    if not found and _essence(old) != _essence(new):
        found.append(change("notation"))
    for one in found:
        yield replace(one, page=page, model=model)


def compare_order(kind: str, old: Iterable[Any], new: Iterable[Any]) -> Iterator[Change]:
    """Compare the order of what both have."""
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    if [one for one in before if one in after] != [one for one in after if one in before]:
        yield change(kind)


def pair_renamed(gone: Mapping[str, str], added: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pair new names with old ones where all but the name agrees, which is their value here, and no third has the same."""
    old_names = {signature: name for name, signature in gone.items()}
    before, after = Counter(gone.values()), Counter(added.values())
    for name, signature in added.items():
        if before[signature] == after[signature] == 1:
            yield name, old_names[signature]


def _essence(spec: Json) -> str:
    """Give all that a change may be in; its id and whether it is deprecated are told by others."""
    return json_line({key: fact for key, fact in spec.items() if key not in {"$id", "x-model", "deprecated"}})


def _compare_facts(old: Json, new: Json) -> Iterator[Change]:
    for key, kind in FACTS.items():
        if old.get(key) != new.get(key):
            yield change(kind, old=old.get(key), new=new.get(key))
    before, after = dict.fromkeys(old["x-capabilities"]), dict.fromkeys(new["x-capabilities"])
    yield from (change("capability-removed", old=word) for word in before if word not in after)
    yield from (change("capability-added", new=word) for word in after if word not in before)
    yield from compare_order("capabilities-order", before, after)


def _compare_parameters(old: Json, new: Json) -> Iterator[Change]:
    is_alive = takes_any(old)  # else no payload was right, and none can be lost
    before, after = old["properties"], new["properties"]
    renamed = dict(pair_renamed(_signatures(old, new), _signatures(new, old)))
    old_names = {*renamed.values()}
    old_required, new_required = frozenset(old["required"]), frozenset(new["required"])
    for name, rules in before.items():
        if name not in after and name not in old_names:
            is_lossy = is_alive and not values_of(rules).is_empty
            yield replace(_judge("parameter-removed", is_lossy=is_lossy), parameter=name)
    for name, rules in after.items():
        if name in before:
            both = _Rules(before[name], rules, is_alive=is_alive)
            need = _compare_need(name, old_required, new_required, is_alive=is_alive)
            changes = [*need, *_compare_rules(both)]
        elif name in renamed:
            is_lossy = is_alive and not values_of(rules).is_empty
            changes = [_judge("parameter-renamed", renamed[name], name, is_lossy=is_lossy)]
        else:
            changes = [_judge("parameter-added", is_lossy=is_alive and name in new_required)]
        yield from (replace(one, parameter=name) for one in changes)


def _judge(kind: str, old: Any = None, new: Any = None, *, is_lossy: bool) -> Change:
    """Make a change that is breaking if payloads are lost by it, and not if not."""
    mild = "compatible" if KINDS[kind][0] == "breaking" else KINDS[kind][0]
    return replace(change(kind, old=old, new=new), severity="breaking" if is_lossy else mild)


def _signatures(one: Json, other: Json) -> dict[str, str]:
    """Give all but the name of each parameter that the other spec has not."""
    properties = {name: rules for name, rules in one["properties"].items() if name not in other["properties"]}
    required = frozenset(one["required"])
    return {name: json_line([rules, name in required]) for name, rules in properties.items()}


def _compare_need(name: str, old: Container[str], new: Container[str], *, is_alive: bool) -> Iterator[Change]:
    """Compare whether a parameter is required, by the names of those that are."""
    if name in new and name not in old:
        yield _judge("parameter-required", is_lossy=is_alive)
    if name in old and name not in new:
        yield change("parameter-optional")


@dataclass(frozen=True)
class _Rules:
    """What two specs say of one parameter; `is_alive` if the old one takes any payload at all."""

    old: Json
    new: Json
    is_alive: bool

    @property
    def is_lossy(self) -> bool:
        """Whether a payload is lost."""
        return self.is_alive and not values_of(self.old).is_within(values_of(self.new))

    @property
    def elements(self) -> tuple[Json, Json]:
        """The rules for the values, or for an array's elements."""
        return self.old.get("items", self.old), self.new.get("items", self.new)

    @property
    def types_differ(self) -> bool:
        """Whether no value of the one JSON type is of the other."""
        old, new = self.elements
        return (self.old["type"], old["type"]) != (self.new["type"], new["type"])


def _compare_rules(both: _Rules) -> Iterator[Change]:
    found: list[Change] = []
    if both.types_differ:
        found += [_judge("type", both.old["x-type"], both.new["x-type"], is_lossy=both.is_lossy)]
    else:
        found += _compare_fact("type", "x-type", both)
        found += [*_compare_bounds(both), *_compare_choices(both), *_compare_fact("default", "default", both)]
    found += _compare_fact("description", "description", both)
    if not found and json_line(both.old) != json_line(both.new):
        found += [change("notation")]
    yield from found


def _compare_fact(kind: str, key: str, both: _Rules) -> Iterator[Change]:
    old, new = both.old.get(key), both.new.get(key)
    if old != new:
        yield change(kind, old=old, new=new)


def _compare_bounds(both: _Rules) -> Iterator[Change]:
    old, new = both.elements
    for key, way in NARROWER.items():
        if old.get(key) != new.get(key):
            is_narrower = key not in old or (key in new and (new[key] - old[key]) * way > 0)
            kind = "bounds-narrowed" if is_narrower else "bounds-widened"
            yield _judge(kind, _pick(old, key), _pick(new, key), is_lossy=is_narrower and both.is_lossy)
    for key in ("x-min", "x-max"):
        if both.old.get(key) != both.new.get(key):
            yield change("bounds-unenforced", old=_pick(both.old, key), new=_pick(both.new, key))


def _pick(rules: Json, key: str) -> Json | None:
    return {key: rules[key]} if key in rules else None


def _compare_choices(both: _Rules) -> Iterator[Change]:
    old, new = (rules.get("enum") for rules in both.elements)
    if old is None or new is None:
        if new is not None:
            yield _judge("choices-introduced", new=new, is_lossy=both.is_lossy)
        if old is not None:
            yield change("choices-lifted", old=old)
        return
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    gone = [choice for choice in before if choice not in after]
    is_lossy = bool(gone) and both.is_lossy
    yield from (_judge("choice-removed", old=choice, is_lossy=is_lossy) for choice in gone)
    yield from (change("choice-added", new=choice) for choice in after if choice not in before)
    yield from compare_order("choices-order", old, new)
