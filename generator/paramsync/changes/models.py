"""Compare two specs of one model; a change is breaking if a valid payload, or what the packages take or export, is lost. Pure."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from operator import gt, lt
from typing import Any

from paramsync.changes.kinds import KINDS, Change, make_change
from paramsync.changes.values import allowed_values, has_valid_payload
from paramsync.paths import spec_name
from paramsync.specs.document import NAME_IN_CODE
from paramsync.specs.renames import find_renamed_parameters, without_name
from paramsync.text import Json, json_line

# Keyword of a model -> the kind of its change.
MODEL_CHANGES = {"title": "model-title", "description": "model-description", "x-markdown": "model-markdown"}
NARROWS = {"minimum": gt, "maximum": lt}  # whether a new bound narrows the interval more than the old one


def compare_models(page: str, model: str, old: Json, new: Json) -> Iterator[Change]:
    """Compare two specs of one model, or of one that was renamed.

    A change is breaking if some payload is valid for `old` and invalid for `new`, or if code that uses the packages of `old`
    would fail with those of `new`: a value that it passes is refused, or a name that it imports no longer exists.
    """
    is_same = old["x-model"] == new["x-model"]  # else it is renamed anyway
    found = [
        *(_compare_names(spec_name(model), old, new) if is_same else ()),
        *_compare_model_facts(old, new),
        *_compare_parameters(old, new),
        *compare_order("parameters-order", old["properties"], new["properties"]),
    ]
    if not found and _comparable_text(old) != _comparable_text(new):
        found.append(make_change("notation"))
    for one in found:
        yield replace(one, page=page, model=model)


def compare_order(kind: str, old: Iterable[Any], new: Iterable[Any]) -> Iterator[Change]:
    """Compare the order of the items that are in both."""
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    if [one for one in before if one in after] != [one for one in after if one in before]:
        yield make_change(kind)


def _comparable_text(spec: Json) -> str:
    """Write what is compared here as text: all but the id and the deprecation, which `changes.specs` compares."""
    return json_line({key: fact for key, fact in spec.items() if key not in {"$id", "x-model", "deprecated"}})


def _compare_model_facts(old: Json, new: Json) -> Iterator[Change]:
    for key, kind in MODEL_CHANGES.items():
        if old.get(key) != new.get(key):
            yield make_change(kind, old=old.get(key), new=new.get(key))
    before, after = dict.fromkeys(old["x-capabilities"]), dict.fromkeys(new["x-capabilities"])
    yield from (make_change("capability-removed", old=word) for word in before if word not in after)
    yield from (make_change("capability-added", new=word) for word in after if word not in before)
    yield from compare_order("capabilities-order", before, after)


def _compare_parameters(old: Json, new: Json) -> Iterator[Change]:
    had_valid_payload = has_valid_payload(old)  # if not, no change can be breaking
    before, after = old["properties"], new["properties"]
    renamed = find_renamed_parameters(old, new)
    old_names = {*renamed.values()}
    old_required, new_required = frozenset(old["required"]), frozenset(new["required"])
    for name in before:
        if name not in after and name not in old_names:
            removed = _grade_change("parameter-removed", is_breaking=had_valid_payload)
            yield replace(removed, parameter=name)
    for name, rules in after.items():
        if name in before:
            was, now = without_name(before[name]), without_name(rules)
            pair = _RulesPair(
                was,
                now,
                had_valid_payload=had_valid_payload,
                stays_required=name in old_required and name in new_required,
            )
            required = _compare_required(
                name, old_required, new_required, had_valid_payload=had_valid_payload
            )
            changes = [*_compare_names(name, before[name], rules), *required, *_compare_rules(pair)]
        elif name in renamed:
            changes = [_grade_change("parameter-renamed", renamed[name], name, is_breaking=had_valid_payload)]
        else:
            changes = [
                _grade_change("parameter-added", is_breaking=had_valid_payload and name in new_required)
            ]
        yield from (replace(one, parameter=name) for one in changes)


def _grade_change(kind: str, old: Any = None, new: Any = None, *, is_breaking: bool) -> Change:
    """Make a change that is breaking, or else as mild as its kind can be."""
    mild = "compatible" if KINDS[kind][0] == "breaking" else KINDS[kind][0]
    return replace(make_change(kind, old=old, new=new), severity="breaking" if is_breaking else mild)


def _compare_names(name: str, old: Json, new: Json) -> Iterator[Change]:
    """Compare what code calls a model or a parameter, given the name that it has otherwise."""
    was, now = old.get(NAME_IN_CODE, name), new.get(NAME_IN_CODE, name)
    if was != now:
        yield make_change("name-in-code", old=was, new=now)


def _compare_required(
    name: str, old: Container[str], new: Container[str], *, had_valid_payload: bool
) -> Iterator[Change]:
    """Compare whether a parameter is required, given the names of the required parameters."""
    if name in new and name not in old:
        yield _grade_change("parameter-required", is_breaking=had_valid_payload)
    if name in old and name not in new:
        yield make_change("parameter-optional")


@dataclass(frozen=True)
class _RulesPair:
    """The rules of one parameter in both specs.

    `had_valid_payload` tells whether any payload is valid for the old spec, `stays_required` whether both require the parameter.
    """

    old: Json
    new: Json
    had_valid_payload: bool
    stays_required: bool

    @property
    def is_breaking(self) -> bool:
        """True if some value became invalid, or is no longer taken by the packages."""
        return self.had_valid_payload and not allowed_values(self.old).is_subset_of(allowed_values(self.new))

    @property
    def loses_form(self) -> bool:
        """True if the packages no longer take a text in a form in which they took it, such as a local file."""
        return self.is_breaking and not allowed_values(self.new).takes_forms_of(allowed_values(self.old))

    @property
    def loses_name(self) -> bool:
        """True if the packages had a name for the type of the choices, and there are no choices any more."""
        old, new = self.elements
        return self.had_valid_payload and "enum" in old and "enum" not in new

    @property
    def loses_default(self) -> bool:
        """True if the packages sent the default of a required parameter, which now has to be given."""
        return self.had_valid_payload and self.stays_required and "default" not in self.new

    @property
    def elements(self) -> tuple[Json, Json]:
        """The old and the new rules of the value, or of an array's elements."""
        return self.old.get("items", self.old), self.new.get("items", self.new)

    @property
    def types_differ(self) -> bool:
        """True if the JSON types differ, of arrays or of their elements too."""
        old, new = self.elements
        return (self.old["type"], old["type"]) != (self.new["type"], new["type"])


def _compare_rules(pair: _RulesPair) -> Iterator[Change]:
    found: list[Change] = []
    if pair.types_differ:
        is_breaking = pair.is_breaking or pair.loses_name
        found += [_grade_change("type", pair.old["x-type"], pair.new["x-type"], is_breaking=is_breaking)]
    else:
        found += _compare_fact("type", "x-type", pair, is_breaking=pair.loses_form)
        found += [*_compare_bounds(pair), *_compare_choices(pair)]
        found += _compare_fact("default", "default", pair, is_breaking=pair.loses_default)
    found += _compare_fact("description", "description", pair, is_breaking=False)
    if not found and json_line(pair.old) != json_line(pair.new):
        found += [make_change("notation")]
    yield from found


def _compare_fact(kind: str, key: str, pair: _RulesPair, *, is_breaking: bool) -> Iterator[Change]:
    old, new = pair.old.get(key), pair.new.get(key)
    if old != new:
        yield _grade_change(kind, old, new, is_breaking=is_breaking)


def _compare_bounds(pair: _RulesPair) -> Iterator[Change]:
    old, new = pair.elements
    for key, narrows in NARROWS.items():
        if old.get(key) != new.get(key):
            is_narrower = key not in old or (key in new and narrows(new[key], old[key]))
            kind = "bounds-narrowed" if is_narrower else "bounds-widened"
            yield _grade_change(
                kind, _bound(old, key), _bound(new, key), is_breaking=is_narrower and pair.is_breaking
            )
    for key in ("x-min", "x-max"):
        if pair.old.get(key) != pair.new.get(key):
            yield make_change("bounds-unenforced", old=_bound(pair.old, key), new=_bound(pair.new, key))


def _bound(rules: Json, key: str) -> Json | None:
    return {key: rules[key]} if key in rules else None


def _compare_choices(pair: _RulesPair) -> Iterator[Change]:
    # A page may list a choice twice.
    old, new = ([*dict.fromkeys(rules["enum"])] if "enum" in rules else None for rules in pair.elements)
    if old is None or new is None:
        if new is not None:
            yield _grade_change("choices-introduced", new=new, is_breaking=pair.is_breaking)
        if old is not None:
            yield _grade_change("choices-lifted", old=old, is_breaking=pair.loses_name)
        return
    before, after = frozenset(old), frozenset(new)
    removed = [choice for choice in old if choice not in after]
    yield from (
        _grade_change("choice-removed", old=choice, is_breaking=pair.is_breaking) for choice in removed
    )
    yield from (make_change("choice-added", new=choice) for choice in new if choice not in before)
    yield from compare_order("choices-order", old, new)
