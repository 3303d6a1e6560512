"""What the vendor says of a parameter for people becomes words that a reader understands, and is nothing else where it is of no use."""

from typing import Any

import pytest

from paramsync.rendering.remarks import Remarks, make_remarks, write_duration, write_size

# fmt: off
SAID: dict[str, tuple[dict[str, Any], Remarks]] = {
    "nothing": ({}, Remarks()),
    "values of other types": (
        {"x-label": 3, "x-kind": [], "x-labels": "a", "x-cost": "yes", "x-max-size": -1, "x-max-duration": True, "x-model-types": ["a", 1], "x-hint": None},
        Remarks(annotations={"Label": "3", "Labels": "“a”", "Cost": "“yes”", "Max Size": "-1", "Max Duration": "true"}),
    ),
    "empty ones": ({"x-label": " ", "x-hint": " ", "x-labels": {}, "x-model-types": [], "x-required-if": {}}, Remarks()),
    "a label as the name": ({"x-label": "Num outputs", "x-labels": {"low-quality": "Low Quality", "a_b": "A-B"}}, Remarks()),
    "labels that say more": (
        {"x-label": "Images", "enum": [-1, "detailed", "", 1.5, "b"], "x-labels": {"-1": "1", "detailed": "HD", "": "None", "1.5": "15", "b": 2}},
        Remarks(label="Images", labels={"-1": "1", "detailed": "HD", "": "None", "1.5": "15"}),
    ),
    "labels of numbers, as JavaScript writes them": (
        {"enum": [1e20, 1.0, -0.0, 1e21, 1e-6, 1.5e-7, 2**60, 10**400], "x-labels": {"100000000000000000000": "Big", "1": "One", "0": "None", "1e+21": "Huge",
         "0.000001": "Small", "1.5e-7": "Tiny", "1152921504606847000": "Long", "1" + "0" * 400: "Endless"}},
        Remarks(labels={"100000000000000000000": "Big", "1": "One", "0": "None", "1e+21": "Huge",
         "0.000001": "Small", "1.5e-7": "Tiny", "1152921504606847000": "Long", "1" + "0" * 400: "Endless"}),
    ),
    "labels of what is not listed": (
        {"type": "boolean", "x-labels": {"true": "Yes", "false": "False"}}, Remarks(sentences=("`true` is “Yes”.",)),
    ),
    "labels of choices": ({"enum": ["c", "a"], "x-labels": {"a": "A 1", "b": "B 1", "c": "C 1"}}, Remarks(labels={"c": "C 1", "a": "A 1"})),
    "kind and price": ({"x-kind": "3d", "x-cost": True}, Remarks(kind="3d", changes_price=True)),
    "durations and sizes": (
        {"x-min-duration": 2, "x-max-duration": 90.5, "x-max-size": 2**20},
        Remarks(annotations={"Min Duration": "2 s", "Max Duration": "90.5 s", "Max Size": "1 MiB"}),
    ),
    "texts, numbers and lists of texts": (
        {"x-hint": " See it! ", "x-step": 1e-7, "x-on": False, "x-model-types": ["a", "b`", ""], "x-type": "file", "x-max": 3},
        Remarks(annotations={"Hint": "“See it!”", "Step": "1e-7", "On": "false", "Model Types": '`a`, `` b` ``, `""`'}),
    ),
}
CONDITIONS: dict[str, tuple[Any, str]] = {
    "a word and a name": ({"ifDefined": ["a"]}, "`ifDefined`: `a`"),
    "names": ({"ifDefined": ["a", "b"]}, "`ifDefined`: `a`, `b`"),
    "words": ({"with": ["a"], "": [], "*x*": ["`"]}, '`with`: `a`; `""`: `[]`; `*x*`: `` ` ``'),
    "anything": ({"conditional": {"values": {"a": ["x"]}, "operator": "and"}}, '`conditional`: `{"values": {"a": ["x"]}, "operator": "and"}`'),
    "a text": ("c", '`"c"`'),
    "a list": (["c", 1], '`["c", 1]`'),
    "true": (True, "`true`"),
}
# fmt: on


@pytest.mark.parametrize("case", SAID)
def test_the_remarks_have_what_says_more_than_name_and_type(case: str) -> None:
    said, expected = SAID[case]
    made = make_remarks({"type": "string", **said}, "numOutputs")
    assert made == expected
    told = (made.kind, made.label, *made.labels.values(), *made.annotations.values())
    assert all(any(text in sentence for sentence in made.all_sentences) for text in filter(None, told))


@pytest.mark.parametrize("case", CONDITIONS)
def test_a_condition_is_told_as_it_is_stated(case: str) -> None:
    condition, told = CONDITIONS[case]
    made = make_remarks({"x-required-if": condition}, "x")
    (sentence,) = made.words
    assert sentence == f"The vendor states when it is required, and nothing checks it: {told}."
    assert made.details == (sentence,)


def test_durations_and_sizes_are_exact_and_readable() -> None:
    durations = {0: "0 s", 0.1: "0.1 s", 59.5: "59.5 s", 60: "1 min", 3600: "1 h", 3661.0: "1 h 1 min 1 s", 3661.25: "3661.25 s", 1e300: "1e+300 s"}  # fmt: skip
    assert {one: write_duration(one) for one in durations} == durations
    sizes = {0: "0 bytes", 1023: "1023 bytes", 1024: "1 KiB", 1500: "1500 bytes", 10**7: "10 MB", 15728640: "15 MiB", 2.0**31: "2 GiB", 1e300: "1e+300 bytes"}  # fmt: skip
    assert {one: write_size(one) for one in sizes} == sizes
