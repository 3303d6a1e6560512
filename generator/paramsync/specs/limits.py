"""Find limits of a parameter that contradict each other: no value keeps to all of them. Pure."""

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from math import ceil, gcd, lcm

from paramsync.pages.meanings import find_home
from paramsync.rules import RULES, Rule, exact, find_rules, list_types
from paramsync.text import Json


def find_crossed(facts: Json, rules: Json) -> Iterator[tuple[str, str]]:
    """Find limits between which nothing lies; return the keyword of one of them, and what is wrong.

    `facts` have the limits by the keywords of their rules, and `rules` tell of which type a parameter is.
    """
    for kind in dict.fromkeys(rule.type for rule in RULES):
        found = [rule for rule in find_rules(facts) if rule.type == kind]
        least = max(
            (one for one in found if one.side == "least"), key=lambda one: facts[one.keyword], default=None
        )
        most = min(
            (one for one in found if one.side == "most"), key=lambda one: facts[one.keyword], default=None
        )
        if least and most:
            step = _find_step(found, facts, rules)
            low, high = (exact(facts[one.keyword]) for one in (least, most))
            if low > high:
                yield least.keyword, f"the {_name(least, facts)} is above the {_name(most, facts)}"
            elif step and ceil(low / step) * step > high:
                names = ", ".join(_name(one, facts) for one in found)
                noun = "integer" if _is_whole(least, rules) else "value"
                yield least.keyword, f"no {noun} keeps to all of {names}"


def _name(rule: Rule, facts: Json) -> str:
    return f"{rule.keyword} {facts[rule.keyword]}"


def _find_step(found: list[Rule], facts: Json, rules: Json) -> Fraction | None:
    """Find the number of which all that some rules of one type limit is a multiple; none if it may be any."""
    steps = [exact(facts[one.keyword]) for one in found if one.side == "multiple"]
    steps += [Fraction(1)] if found[0].is_count or _is_whole(found[0], rules) else []
    return reduce(_find_multiple, steps) if steps else None


def _find_multiple(one: Fraction, other: Fraction) -> Fraction:
    """Find the least common multiple."""
    return Fraction(lcm(one.numerator, other.numerator), gcd(one.denominator, other.denominator))


def _is_whole(rule: Rule, rules: Json) -> bool:
    """Tell whether a rule of numbers limits integers alone."""
    kinds = list_types(find_home(rule, rules) or {})
    return not rule.is_count and "integer" in kinds and "number" not in kinds
