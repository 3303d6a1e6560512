"""When a parameter is required with, or without, others: from the facts of parameters to the rules of their model. Pure."""

from typing import Any

from paramsync.pages.sources import CONDITIONS, DEPENDENT, REQUIRED_IF, UNLESS
from paramsync.specs.draft import Draft
from paramsync.specs.facts import keywords_of
from paramsync.text import Json, quote, suggest_name

MAX_SUGGESTED = 100  # parameters among which one of a similar name is looked for


def set_conditions(draft: Draft) -> None:
    """Write the rules of a model that follow from the conditions of its parameters."""
    dependent: dict[str, list[str]] = {}
    groups: dict[frozenset[str], Json] = {}
    for name, facts in draft.facts.items():
        for other in facts.get(DEPENDENT, ()):
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
    """Return a condition, or several by their words, without unknown names; what is no list of names, as it is."""
    if key == REQUIRED_IF and isinstance(condition, dict):
        kept = {word: _keep_matched(one, DEPENDENT, parameter, draft) for word, one in condition.items()}
        return {word: one for word, one in kept.items() if one}
    if not isinstance(condition, list) or not all(isinstance(one, str) for one in condition):
        return condition
    unmatched = [name for name in condition if name == parameter or name not in draft.facts]
    for name in unmatched:
        _report(name, key, parameter, draft)
    return [name for name in condition if name not in unmatched]


def _report(name: str, key: str, parameter: str, draft: Draft) -> None:
    origins = draft.origins[parameter]
    text = origins.get(keywords_of(key)[0], origins.get(REQUIRED_IF, origins["type"]))
    near = [one for one in draft.facts if one != parameter] if len(draft.facts) <= MAX_SUGGESTED else []
    problem = f"it is required under a condition on {quote(name)}, "
    problem += (
        "which is itself"
        if name == parameter
        else f"and the model has no such parameter{suggest_name(name, near)}"
    )
    draft.report("condition-unmatched", text, problem, parameter)
