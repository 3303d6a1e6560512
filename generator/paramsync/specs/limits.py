"""Find limits of a parameter that contradict each other: no value keeps to all of them. Pure."""

from collections.abc import Iterator

from paramsync.pages.meanings import find_home
from paramsync.rules import RULES, JsonType, Rule, find_rules, list_types
from paramsync.specs.intervals import read_interval
from paramsync.text import Json


def find_crossed(facts: Json, rules: Json) -> Iterator[tuple[str, str]]:
    """Find limits between which nothing lies; return the keyword of one of them, and what is wrong.

    `facts` have the limits by the keywords of their rules, and `rules` tell of which type a parameter is.
    """
    for kind in dict.fromkeys(rule.type for rule in RULES):
        found = [rule for rule in find_rules(facts) if rule.type == kind]
        limited = _find_limited(found[0], rules) if found else kind
        if read_interval(facts, limited).is_empty:
            yield found[0].keyword, _explain(found, facts, limited)


def _find_limited(rule: Rule, rules: Json) -> JsonType:
    """Return the type whose values a rule limits: integers, where there are no other numbers."""
    kinds = list_types(find_home(rule, rules) or {})
    return "integer" if rule.limits("integer") and "integer" in kinds and "number" not in kinds else rule.type


def _explain(found: list[Rule], facts: Json, kind: JsonType) -> str:
    named = [f"{rule.keyword} {facts[rule.keyword]}" for rule in found]
    for least, low in zip(found, named, strict=True):
        for most, high in zip(found, named, strict=True):
            if (least.side, most.side) == ("least", "most") and facts[least.keyword] > facts[most.keyword]:
                return f"the {low} is above the {high}"
    return f"no {kind} keeps to all of {', '.join(named)}"
