"""The rules of the table: each row on its own, in decimals as JSON writes them."""

from decimal import Decimal
from math import inf, nan
from typing import Any

import pytest

from paramsync.rules import BY_KEYWORD, RULES, TYPES, find_rules, is_multiple, json_key, list_once
from paramsync.specs.spec_checks import check_spec
from support.vectors import made_spec

BIG = 10**308  # the largest power of ten to which a float is near

# Keyword and limit -> values that keep to it, and values that do not.
VALUES: dict[tuple[str, Any], tuple[list[Any], list[Any]]] = {
    ("minimum", 0): ([0, -0.0, 0.0, 5e-324, BIG], [-1, -5e-324, -BIG]),
    ("minimum", -BIG): ([-BIG, 0], [-BIG - 1]),
    ("maximum", 0.1): ([0.1, 0.05, -1], [0.1000000001, 1]),
    ("maximum", 2**53): ([2**53, 2.0**53], [2**53 + 1]),
    ("multipleOf", 0.05): ([0.15, 0.05, 0, -0.0, 1.15, -0.35, 7, 1e300, BIG], [0.149, 5e-324, 0.01]),
    ("multipleOf", 0.1): ([0.3, 0.7, 1.1, 1e22], [0.35, 1e-7]),
    ("multipleOf", 3): ([0, 3.0, 9, 3 * 10**300], [1e300, 10**300, 0.3, 4]),
    ("multipleOf", 1e300): ([1e300, 10**300, 2e300, 0], [1e299, 1]),
    ("multipleOf", 5e-324): ([5e-324, 1e-323, 1, BIG], [6.4e-323]),
    ("minLength", 2): (["ab", "😀😀"], ["", "a", "😀"]),
    ("maxLength", 1): (["", "a", "😀"], ["ab", "e\u0301"]),
    ("maxLength", 2.0): (["ab"], ["abc"]),
    ("minItems", 1): ([[None]], [[]]),
    ("maxItems", 0): ([[]], [[[]]]),
}
# Of two limits of a rule, the first allows a measure that the second excludes, and not the other way round.
WIDER: dict[str, list[tuple[Any, Any]]] = {
    "minimum": [(0, 1), (-0.5, 0)],
    "maximum": [(1, 0), (0.3, 0.1)],
    "multipleOf": [(2, 4), (0.05, 0.15), (1, 1e300), (5e-324, 1)],
    "minLength": [(0, 1)],
    "maxLength": [(2, 1)],
    "minItems": [(1, 2)],
    "maxItems": [(1, 0)],
}
# Kind of limit -> what can be one, and what cannot.
LIMITS: dict[str, tuple[list[Any], list[Any]]] = {
    "a number": ([0, -1, 0.5, 1e300, -BIG, 5e-324], [True, "1", None, [1], nan, inf, 10**400]),
    "a step": ([1, 0.5, 1e300, 5e-324], [0, -0.0, -1, False, "1", nan, inf, 10**400]),
    "a count": ([0, 1, 2.0, 2**53 - 1], [-1, 1.5, True, "1", None, nan, inf, 2**53, 10**400]),
    "a size that is asked for": ([0, 1, 2.0, 10_000], [-1, 1.5, True, "1", None, nan, inf, 10_001, 10**400]),
}
# JSON type -> values of it, among these.
SAMPLES: dict[str, Any] = {
    "a text": "1",
    "a whole number": 1,
    "a whole float": 1.0,
    "a number": 1.5,
    "a large float": 1e300,
    "true": True,
    "null": None,
    "a list": [],
    "an object": {},
    "NaN": nan,
    "an infinity": inf,
    "a number beyond floats": 10**400,
}
HAVE = {
    "string": {"a text"},
    "number": {"a whole number", "a whole float", "a number", "a large float"},
    "integer": {"a whole number", "a whole float", "a large float"},
    "boolean": {"true"},
    "array": {"a list"},
    "object": {"an object"},
}


@pytest.mark.parametrize(("keyword", "limit"), VALUES)
def test_a_value_keeps_to_a_limit_or_breaks_it(keyword: str, limit: Any) -> None:
    rule, (right, wrong) = BY_KEYWORD[keyword], VALUES[keyword, limit]
    assert [value for value in right if not rule.holds(limit, value)] == []
    assert [value for value in wrong if rule.holds(limit, value)] == []
    assert all(str(limit) in rule.describe(limit, "x") for _ in wrong)


def test_of_two_limits_the_narrower_one_is_known() -> None:
    for keyword, pairs in WIDER.items():
        for wide, narrow in pairs:
            rule = BY_KEYWORD[keyword]
            told = [rule.narrows(narrow, wide), rule.narrows(wide, narrow), rule.narrows(wide, wide)]
            assert told == [True, False, False], (keyword, wide, narrow)
    rule = BY_KEYWORD["multipleOf"]
    assert rule.narrows(2, 3)
    assert rule.narrows(3, 2)


def test_a_limit_is_one_that_the_schema_for_specs_takes() -> None:
    for rule in RULES:
        size = "a count" if rule.side == "most" else "a size that is asked for"
        kind = "a step" if rule.side == "multiple" else size if rule.is_count else "a number"
        right, wrong = LIMITS[kind]
        assert all(map(rule.allows_limit, right)), rule
        assert not any(map(rule.allows_limit, wrong)), rule
        for limit in (*right, *(one for one in wrong if one not in (nan, inf))):
            spec = made_spec({"a": {"type": rule.type, rule.keyword: limit}})
            assert (check_spec(spec) == "") == rule.allows_limit(limit), (rule, limit)


def test_each_row_has_cases_and_the_rules_of_a_schema_are_in_the_order_of_the_table() -> None:
    keywords = [rule.keyword for rule in RULES]
    assert {*keywords} == {*WIDER} == {keyword for keyword, _ in VALUES}
    assert [rule.keyword for rule in find_rules(["type", *reversed(keywords)])] == keywords
    assert len({rule.unenforced for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("kind", TYPES)
def test_a_value_has_the_types_that_json_schema_gives_it(kind: Any) -> None:
    assert {name for name, value in SAMPLES.items() if TYPES[kind](value)} == HAVE[kind]


@pytest.mark.parametrize("step", ["0.01", "0.05", "0.7", "1e-7", "1e-300", "3", "1e16"])
def test_a_multiple_is_one_as_it_is_written_whatever_floats_make_of_it(step: str) -> None:
    for times in (0, 1, 3, 7, 23, 999, 10**6):
        multiple, half = Decimal(step) * times, Decimal(step) / 2
        assert is_multiple(float(multiple), float(step)), times
        assert not is_multiple(float(multiple + half), float(step)), times


def test_values_are_equal_as_they_are_in_json() -> None:
    distinct = [1, True, "1", None, 0, False, "", [], [1], [True], [[1]], {}, {"a": 1}, {"a": True}, {"b": 1}]
    equal = [1.0, -0.0, [1.0], [[1.0]], {"a": 1.0}]
    assert list(map(repr, list_once([*distinct, *equal]))) == list(map(repr, distinct))
    assert json_key({"a": 1, "b": [0]}) == json_key({"b": [0.0], "a": 1.0})
