"""What the vendor says of a parameter for people becomes words that a reader understands, and is nothing else where it is of no use."""

from dataclasses import replace
from typing import Any

import pytest

from paramsync.rendering.notes import Note, make_note, write_duration, write_size

SAID: dict[str, tuple[dict[str, Any], Note]] = {
    "nothing": ({"x-unit": "s"}, Note()),
    "values of other types": (
        {"x-label": 3, "x-kind": [], "x-labels": "a", "x-cost": "yes", "x-step": "0.1", "x-max-size": -1, "x-max-duration": True,
         "x-model-types": ["a", 1], "x-required-if": [], "x-hint": None, "x-mask-from": {}},
        Note(),
    ),
    "empty ones": ({"x-label": " ", "x-hint": "", "x-labels": {}, "x-model-types": [], "x-required-if": {}}, Note()),
    "a label as the name": ({"x-label": "Num outputs", "x-labels": {"low-quality": "Low Quality", "a_b": "A-B"}}, Note()),
    "labels that say more": (
        {"x-label": "Images", "enum": [-1, "detailed", "", 1.5, "b"], "x-labels": {"-1": "1", "detailed": "HD", "": "None", "1.5": "15", "b": 2}},
        Note(label="Images", labels={"-1": "1", "detailed": "HD", "": "None", "1.5": "15"}),
    ),
    "labels of numbers, as JavaScript writes them": (
        {"enum": [1e20, 1.0, -0.0, 1e21, 1e-6, 1.5e-7, 2**60, 10**400], "x-labels": {"100000000000000000000": "Big", "1": "One", "0": "None", "1e+21": "Huge",
         "0.000001": "Small", "1.5e-7": "Tiny", "1152921504606847000": "Long", "1" + "0" * 400: "Endless"}},
        Note(labels={"100000000000000000000": "Big", "1": "One", "0": "None", "1e+21": "Huge",
         "0.000001": "Small", "1.5e-7": "Tiny", "1152921504606847000": "Long", "1" + "0" * 400: "Endless"}),
    ),
    "labels of what is not listed": (
        {"type": "boolean", "x-labels": {"true": "Yes", "false": "False"}}, Note(sentences=("`true` is “Yes”.",)),
    ),
    "labels of choices": ({"enum": ["c", "a"], "x-labels": {"a": "A 1", "b": "B 1", "c": "C 1"}}, Note(labels={"c": "C 1", "a": "A 1"})),
    "kind and price": ({"x-kind": "3d", "x-cost": True}, Note(kind="3d", changes_price=True)),
    "durations": ({"x-min-duration": 2, "x-max-duration": 90.5}, Note(sentences=("From 2 s to 90.5 s long.",))),
    "one of them": ({"x-min-duration": 0.5, "x-max-size": 2**20}, Note(sentences=("At least 0.5 s long.", "At most 1 MiB."))),
    "a step": ({"x-step": 1e-7}, Note(sentences=("In steps of 1e-7.",))),
    "a mask": ({"x-mask-from": "image"}, Note(sentences=("A mask of `image`.",))),
    "types of models": ({"x-model-types": ["a", "b", "c"]}, Note(sentences=("Takes models of the type `a`, `b` or `c`.",))),
    "texts for forms": ({"x-placeholder": "A cat!", "x-hint": " See it "}, Note(sentences=("Hint: “See it”", "Placeholder: “A cat!”"))),
}  # fmt: skip
CONDITIONS: dict[str, tuple[Any, str]] = {
    "one": ({"ifDefined": ["a"]}, "with `a`"),
    "several": ({"ifDefined": ["a", "b"]}, "with `a` and `b`, all of them or any of them"),
    "without": ({"ifNotDefined": ["a", "b", "c"]}, "without `a`, `b` and `c`, all of them or any of them"),
    "values": ({"conditional": {"values": {"a": ["x", ""], "b": [-1, True]}, "operator": "and"}}, 'if `a` is `x` or `""` and `b` is `-1` or `true`'),
    "one of some": ({"conditional": {"values": {"a": ["x"], "b": [1]}, "operator": "or"}}, "if `a` is `x` or `b` is `1`"),
    "another operator": ({"conditional": {"values": {"a": ["x"]}, "operator": "xor"}}, 'under a condition: `{"conditional": {"values": {"a": ["x"]}, "operator": "xor"}}`'),
    "no values": ({"conditional": {"values": {"a": []}}}, 'under a condition: `{"conditional": {"values": {"a": []}}}`'),
    "no names": ({"ifDefined": "a"}, 'under a condition: `{"ifDefined": "a"}`'),
    "two forms": ({"ifDefined": ["a"], "x": "`"}, 'under a condition: ``{"ifDefined": ["a"], "x": "`"}``'),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_a_note_has_what_says_more_than_name_and_type(case: str) -> None:
    said, note = SAID[case]
    made = make_note({"type": "string", **said}, "numOutputs")
    assert replace(made, keywords=frozenset()) == note
    told = (note.kind, note.label, *note.labels.values(), *note.sentences)
    assert all(any(text in sentence for sentence in note.all_sentences) for text in filter(None, told))


@pytest.mark.parametrize("case", CONDITIONS)
def test_a_condition_is_told_with_the_doubt_that_there_is(case: str) -> None:
    condition, told = CONDITIONS[case]
    expected = f"The vendor says that it is required {told}; nothing checks it."
    assert make_note({"x-required-if": condition}, "x").sentences == (expected,)


def test_durations_and_sizes_are_exact_and_readable() -> None:
    durations = {0: "0 s", 0.1: "0.1 s", 59.5: "59.5 s", 60: "1 min", 3600: "1 h", 3661.0: "1 h 1 min 1 s", 3661.25: "3661.25 s", 1e300: "1e+300 s"}  # fmt: skip
    assert {one: write_duration(one) for one in durations} == durations
    sizes = {0: "0 bytes", 1023: "1023 bytes", 1024: "1 KiB", 1500: "1500 bytes", 10**7: "10 MB", 15728640: "15 MiB", 2.0**31: "2 GiB", 1e300: "1e+300 bytes"}  # fmt: skip
    assert {one: write_size(one) for one in sizes} == sizes
