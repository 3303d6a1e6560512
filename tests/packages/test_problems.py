"""What a problem, a message and a request say of a payload: little, no signature, and nothing that keeps it."""

import contextlib
import difflib
import gc
import json
from collections.abc import Callable
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_sdk import APIConnectionError, Scenario


class Text(str):
    """A text that can be watched."""

    __slots__ = ("__weakref__",)


class Array(list[Any]):
    """An array that can be watched."""


class Object(dict[str, Any]):
    """An object that can be watched."""


def test_a_problem_keeps_nothing_of_a_payload_but_what_it_shows(generated_models: Any) -> None:
    from scenario_models.validators import validate

    wrong = [Text("x" * 1000), Object(files=Array()), Array([Object()]), Text(ADDRESS)]
    payload = Object(
        mode=wrong[0], prompt=wrong[1], files=Array([*wrong, Array(wrong)]), maps=Array([wrong[3]])
    )
    watched = [ref(value) for value in (*wrong, payload, *payload.values())]
    problems = validate("model_values-3.0", payload)
    del wrong, payload
    gc.collect()
    assert [one() for one in watched] == [None] * len(watched)
    assert [problem.message for problem in problems][:5] == [
        '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… is none of "fast", "slow"',
        "an object is not a string",
        "an array is not a string",
        "an array is not a string",
        f'"{ADDRESS[:20]}?…" is none of "basecolor", "normal"',
    ]


WORDS = st.text("aBb_c é🍌", max_size=9)  # of few letters, so that many are alike


def test_the_suggested_word_is_the_one_that_the_standard_library_finds_nearest(generated_models: Any) -> None:
    from scenario_models.vocabulary import Vocabulary, fold

    @settings(max_examples=300, deadline=None)
    @given(WORDS, st.lists(WORDS, max_size=12, unique_by=fold))
    def compare(word: str, words: list[str]) -> None:
        found = difflib.get_close_matches(fold(word), map(fold, words), 1)
        expected = next((one for one in words if [fold(one)] == found), None)
        hint = "" if expected is None else f"; did you mean {json.dumps(expected)}?"
        assert Vocabulary(words).suggest(word) == hint

    compare()


ADDRESS = "https://a.b/long/c.d?sign=secret#secret"
LIPSYNC = "model_sync-lipsync-v2"


def test_no_part_of_a_problem_holds_a_signature(generated_models: Any) -> None:
    from scenario_models.validators import validate

    problems = validate(
        "model_values-3.0", {"files": [0], "mode": ADDRESS, "seed": ADDRESS, "maps": [ADDRESS]}
    )
    assert [problem.code for problem in problems] == ["enum", "type", "enum", "type"]
    seen = set[int]()
    found = [*problems]
    while found:
        part = found.pop()
        assert "secret" not in (part if isinstance(part, str) else ""), part
        if id(part) not in seen and not isinstance(part, type | ModuleType | FunctionType):
            seen.add(id(part))
            found += gc.get_referents(part)


def test_of_many_problems_the_first_twenty_tell_all(generated_models: Any) -> None:
    from scenario_models.client.errors import InvalidRequest
    from scenario_models.validators import validate

    names = {f"mod{index}": 0 for index in range(15)}
    problems = validate("model_values-3.0", {"files": [], "mode": "fast", "maps": ["normel"] * 30, **names})
    full = '"normel" is none of "basecolor", "normal"; did you mean "normal"?'
    assert [one.message for one in problems[:30]] == [full] * 20 + ['"normel" is none of the choices'] * 10
    assert problems[30].message == 'there is no parameter "mod0"'
    told = str(InvalidRequest("model_values-3.0", problems))
    assert told.count("; /") == 19
    assert told.endswith("; and 25 more")
    names_only = validate(
        "model_values-3.0", {"files": [], "mode": "fast", **names, **{f"n{index}": 0 for index in range(9)}}
    )
    assert [one.message for one in names_only].count(
        'there is no parameter "mod3"; did you mean "mode"?'
    ) == 1
    assert names_only[-1].message == 'there is no parameter "n8"'


SHOWN = {
    "a long text": ("x" * 10**6, f'"{"x" * 58}…'),
    "an address": ("https://a.b/c?sign=secret", '"https://a.b/c?…"'),
    "an address among words": (
        "see HTTP://a.b#c, or <https://d.e?f> g",
        '"see HTTP://a.b?… or <https://d.e?…> g"',
    ),
    "a long signature": ("https://a.b/c?" + "s" * 10**6, '"https://a.b/c?…"'),
    "an address that is not encoded": ("https://a.b/c's d?sign=secret", '"https://a.b/c\'s d?…"'),
    "two in each other": ("https://a.b/http:?c", '"https://a.b/http:?…"'),
    "half a pair": ("\ud800", '"\\ud800"'),
    "an array": ([1, 2], "an array"),
    "a tuple": ((1, 2), "an array"),
    "an object": ({"a": 1}, "an object"),
    "infinity": (float("inf"), "Infinity"),
    "bytes": (b"x", "bytes"),
    "true": (True, "true"),
    "null": (None, "null"),
}


@pytest.mark.parametrize("case", SHOWN)
def test_a_message_shows_little_of_a_value(generated_models: Any, case: str) -> None:
    from scenario_models.validators import validate

    value, shown = SHOWN[case]
    (problem,) = validate("model_sync-lipsync-v2", {"video": "a", "audio": "a", "temperature": value})
    assert problem == ("/temperature", "type", f"{shown} is not a number")


# Where a package says something of a payload, beside its problems.
SAID: dict[str, Callable[[Any], object]] = {
    "a name that is none": lambda package: package.model(LIPSYNC)(**{ADDRESS: 0}),
    "a long name that is none": lambda package: package.model(LIPSYNC)(**{"x" * 10**6: 0}),
    "a file that is none": lambda package: package.model(LIPSYNC)(
        video="http://a.b#secret", audio="x" * 10**6
    ),
    "a model that is none": lambda package: package.model(ADDRESS),
    "where a problem is": lambda _: refuse({ADDRESS: 0, "x" * 10**6: 0}),
}


def refuse(payload: dict[str, Any]) -> None:
    from scenario_models.client.errors import InvalidRequest
    from scenario_models.validators import validate

    raise InvalidRequest(LIPSYNC, validate(LIPSYNC, payload))


@pytest.mark.parametrize("case", SAID)
def test_what_is_said_of_a_payload_is_short_and_holds_no_signature(generated_models: Any, case: str) -> None:
    with pytest.raises((ValueError, LookupError)) as caught:
        SAID[case](generated_models)
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 2000


def test_a_request_shows_neither_signatures_nor_numbers_that_cannot_be_written(generated_models: Any) -> None:
    request = generated_models.AnyModel("model_x", {ADDRESS: ["see HTTP://a.b#secret", 10**5000], (1, 2): 3})
    assert repr(request) == f"AnyModel('model_x', {{'{ADDRESS[:20]}?…': ['see HTTP://a.b?…', …], (1, 2): 3}})"
    assert repr(generated_models.AnyModel(ADDRESS)) == f"AnyModel('{ADDRESS[:20]}?…', {{}})"


@pytest.mark.parametrize("digits", [59, 61, 4300, 4301, 10**6])
def test_a_message_shows_little_of_a_number(generated_models: Any, digits: int) -> None:
    from scenario_models.validators import validate

    value = 10 ** (digits - 1)
    (problem,) = validate("model_sync-lipsync-v2", {"video": "a", "audio": "a", "temperature": value})
    shown = "1" + "0" * (digits - 1) if digits < 61 else "1" + "0" * 58 + "…"
    wrong = "is above 1" if digits < 310 else "is not a number: it is too large"
    assert problem.message == f"{shown if digits <= 4300 else 'int'} {wrong}"


def nested(depth: int) -> Any:
    value: Any = 0
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


DEEP: dict[str, Callable[[Any, Any], Any]] = {
    "a validator": lambda _, value: import_module("scenario_models.validators").validate(
        "model_values-3.0", value
    ),
    "a request": lambda package, value: package.Values30(files=[], points=[value]).problems(),
    "a request, refused": lambda package, value: package.SyncLipsyncV2(video=value, audio="asset_1"),
    "a request, shown": lambda package, value: repr(package.Values30(files=[]).unlisted(a=value)),
    "a request of any model, shown": lambda package, value: repr(package.AnyModel("model_x", {"a": value})),
    "a request of any model, written": lambda package, value: package.AnyModel(
        "model_x", {"a": value}
    ).to_json(),
    "a request of any model, sent": lambda package, value: package.Client(NO_KEY).estimate(
        package.AnyModel("model_x", {"a": value}), timeout=0.1
    ),
    "an id of a model": lambda package, value: package.model(value),
}
NO_KEY = Scenario(api_key="x", api_secret="x", base_url="http://127.0.0.1:1", max_retries=0)


@pytest.mark.parametrize("case", DEEP)
@pytest.mark.parametrize("depth", [150, 400, 900, 100_000])
def test_what_is_nested_deeply_is_taken_or_refused(generated_models: Any, case: str, depth: int) -> None:
    is_taken = depth == 150 and case.startswith("a request of any model")
    refusals = [] if is_taken else [ValueError, LookupError]
    with contextlib.suppress(APIConnectionError, *refusals):
        DEEP[case](generated_models, nested(depth))
