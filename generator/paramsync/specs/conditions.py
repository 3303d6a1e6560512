"""When a parameter is required with, or without, others: from the facts of parameters to the rules of their model. Pure."""

from typing import Any

from paramsync.pages.sources import CONDITIONS, REQUIRED_IF, REQUIRED_WITH, UNLESS
from paramsync.specs.draft import Draft
from paramsync.specs.facts import keywords_of
from paramsync.text import Json, quote, suggest_name

MAX_SUGGESTED = 100  # parameters among which one of a similar name is looked for


def set_conditions(draft: Draft) -> None:
    """Write the rules of a model that follow from the conditions of its parameters."""
    dependent: dict[str, list[str]] = {}
    groups: dict[frozenset[str], Json] = {}
    for name, facts in draft.facts.items():
        for other in facts.get(REQUIRED_WITH, ()):
            dependent.setdefault(other, []).append(name)
        if others := facts.get(UNLESS):
            alternatives = [{"required": [one]} for one in (name, *others)]
            groups.setdefault(frozenset((name, *others)), {"anyOf": alternatives})
    for keyword, rules in (("dependentRequired", dependent), ("allOf", [*groups.values()])):
        draft.spec.pop(keyword, None)
        draft.spec |= {keyword: rules} if rules else {}


def drop_unmatched(draft: Draft) -> None:
    """Leave out of conditions the names that are of no other parameter of the model, and report them."""
    for name, facts in draft.facts.items():
        for key in (*CONDITIONS, REQUIRED_IF):
            if key in facts:
                facts[key] = _keep_matched(facts[key], key, name, draft)
                if not facts[key]:
                    del facts[key]


def _keep_matched(condition: Any, key: str, parameter: str, draft: Draft) -> Any:
    """Return a condition, or several by their words, without unknown names; empty if it names none that is known."""
    if isinstance(condition, list) and all(isinstance(one, str) for one in condition):
        unmatched = {name for name in condition if name == parameter or name not in draft.facts}
        for name in sorted(unmatched):
            _report(name, key, parameter, draft)
        return [name for name in condition if name not in unmatched] if unmatched else condition
    if not isinstance(condition, dict) or key != REQUIRED_IF:
        return condition
    record = draft.profile.sources.record
    kept = {}
    for word, one in condition.items():
        at = record.names if record and isinstance(one, dict) else ""
        if at and isinstance(one.get(at), dict):
            names = _keep_matched([*one[at]], key, parameter, draft)
            left = one | {at: {name: one[at][name] for name in names}}
            kept[word] = left if names else {}
        else:
            kept[word] = _keep_matched(one, REQUIRED_WITH, parameter, draft)
    return {word: one for word, one in kept.items() if one not in ({}, [])}


def _report(name: str, key: str, parameter: str, draft: Draft) -> None:
    origins = draft.origins[parameter]
    text = origins.get(keywords_of(key)[0], origins.get(REQUIRED_IF, origins["type"]))
    near = [one for one in draft.facts if one != parameter] if len(draft.facts) <= MAX_SUGGESTED else []
    what = (
        "itself" if name == parameter else f"{quote(name)}, which is no parameter{suggest_name(name, near)}"
    )
    draft.report("condition-unmatched", text, f"its condition names {what}", parameter)
