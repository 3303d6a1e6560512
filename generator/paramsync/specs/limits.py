"""Find limits of a parameter that contradict each other: no value keeps to all of them. Pure."""

from collections.abc import Iterator

from paramsync.rules import JsonType, Rule, find_limited, find_rules, measured_type
from paramsync.specs.intervals import read_interval
from paramsync.text import Json


def find_crossed(facts: Json, schema: Json) -> Iterator[tuple[str, str]]:
    """Find limits between which nothing lies; return the keyword of one of them, and what is wrong.

    `facts` have the limits by the keywords of their rules, and `schema` tells of which type a parameter is.
    """
    rules = find_rules(facts)
    for kind in dict.fromkeys(rule.type for rule in rules):
        found = [rule for rule in rules if rule.type == kind]
        measured = measured_type(kind, find_limited(found[0], schema) or {})
        if read_interval(facts, measured).is_empty:
            yield found[0].keyword, _explain(found, facts, measured)


def _explain(found: list[Rule], facts: Json, kind: JsonType) -> str:
    named = [f"{rule.keyword} {facts[rule.keyword]}" for rule in found]
    for least, low in zip(found, named, strict=True):
        for most, high in zip(found, named, strict=True):
            if (least.side, most.side) == ("least", "most") and facts[least.keyword] > facts[most.keyword]:
                return f"the {low} is above the {high}"
    return f"no {kind} keeps to all of {', '.join(named)}"
