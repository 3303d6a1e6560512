"""What sentences of a description state, by [[prose]] of the profile; and what is said of one that is declared wrongly."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramsync.config import read_config
from paramsync.findings import InputError
from paramsync.pages.profile import Profile
from paramsync.pages.statements import Sentence, find_statements, split_list
from paramsync.paths import PROFILE
from support.example import SAVED

# A sentence of the profile, and a description -> the texts of what it states, in order.
STATED: dict[tuple[str, str], list[tuple[str, str]]] = {
    ("{minLength}-{maxLength} characters", "The text, 1-4096 characters after parsing"): [("minLength", "1"), ("maxLength", "4096")],
    ("[{minimum},{maximum}]", "Value range：[0,1]，larger is stronger"): [("minimum", "0"), ("maximum", "1")],
    ("between {minimum} and {maximum}", "between -1.5   and `1,000`."): [("minimum", "-1.5"), ("maximum", "1,000`")],
    ("max {maxLength} chars", "max x chars, climax 5 chars"): [],
    ("Defaults to {default}.", "Defaults to 0.5. More."): [("default", "0.5")],
    ("Defaults to {default}", "Defaults to auto, or Defaults to “two words”."): [("default", "auto"), ("default", "“two words”")],
    ("Can be {choices}", "Kind. Can be “mention” (`@name`), “url”. More."): [("choices", "“mention” (`@name`), “url”")],
    ("one of {choices}", "one of v1.5, v2.0"): [("choices", "v1.5, v2.0")],
    ("(allowed values: {choices})", "When (allowed values: Always, Never) it is"): [("choices", "Always, Never")],
    ("Enum values：{choices}", "Which Enum values：on, off"): [("choices", "on, off")],
    ("In {x-unit}.", "In seconds. So it is."): [("x-unit", "seconds")],
    ("^Optional", "Optional. Not Optional."): [("required", "Optional")],
    ("^Optional", "*Optional*. Emphasis is no matter."): [("required", "Optional")],
    ("^Optional", "It is Optional"): [],
    ("up to {maximum}", "up to 5 and up to 6"): [("maximum", "5"), ("maximum", "6")],
}  # fmt: skip


@pytest.mark.parametrize("case", STATED)
def test_a_sentence_states_what_stands_at_its_placeholders(case: tuple[str, str]) -> None:
    match, description = case
    sentence = Sentence(match=match, states={} if "{" in match else {"required": False})
    assert [(one.keyword, one.text) for one in find_statements(description, (sentence,))] == STATED[case]


def test_what_one_sentence_has_read_no_later_one_reads() -> None:
    sentences = (Sentence(match="between {minimum}-{maximum}"), Sentence(match="{minLength}-{maxLength}"))
    stated = [one.keyword for one in find_statements("between 1-5, 2-3", sentences)]
    assert stated == ["minimum", "maximum", "minLength", "maxLength"]


LISTS: dict[str, list[str] | None] = {
    "a, b": ["a", "b"],
    "a，b、c；d": ["a", "b", "c", "d"],
    "a, b, or c": ["a", "b", "c"],
    "`a b` and `c, d`": ["a b", "c, d"],
    "\"a\", “b c” or 'd'.": ["a", "b c", "d"],
    "16:9 (wide), 4:3 (old), 1:1": ["16:9", "4:3", "1:1"],
    "`a`": ["a"],
    "a": None,
    "the shapes below": None,
    "a, b and so on": None,
    "a, b, …": None,
    "a, b, etc.": None,
    "a, (b": None,
    "": None,
    ", a": None,
}


@pytest.mark.parametrize("text", LISTS)
def test_a_list_is_read_and_a_sentence_is_none(text: str) -> None:
    assert split_list(text) == LISTS[text]


WORD = st.from_regex(r"[A-Za-z0-9:._-]{0,8}[A-Za-z0-9]", fullmatch=True).filter(
    lambda one: one not in ("or", "and")
)


@given(
    st.lists(WORD, min_size=2, max_size=6, unique=True),
    st.sampled_from(["{}", "`{}`", '"{}"', "“{}”", "{} (so)"]),
    st.sampled_from([", ", "，", "、", " or ", ", and "]),
)
def test_the_choices_of_a_sentence_are_those_that_were_written(
    words: list[str], form: str, between: str
) -> None:
    text = f"Kind of it. Must be {between.join(map(form.format, words))}. No more, no less."
    [stated] = find_statements(text, (Sentence(match="Must be {choices}"),))
    assert split_list(stated.text) == words


@pytest.mark.parametrize(
    "text",
    [
        "Must be a" * 3000,
        "Must be (" * 3000,
        "Must be `" * 3000,
        "1-" * 5000,
        "a, " * 3000,
        "Must be " + "(a) " * 3000,
        "1-2 " * 20_000,
    ],
)
def test_no_description_takes_long(text: str) -> None:
    matches = ("Must be {choices}!", "{minLength}-{maxLength} characters", "{minimum}-{maximum}")
    sentences = tuple(Sentence(match=one) for one in matches)
    start = time.process_time()
    for one in find_statements(text, sentences):
        split_list(one.text)
    split_list(text)
    assert time.process_time() - start < 2


MISTAKES = {
    'match = "{minimun} to"': "prose.match: 'minimun' is no fact that a sentence can state; did you mean 'minimum'?; there are choices, default, minimum",
    'match = "{minimum} {minimum}"': "prose.match: each placeholder may stand once",
    'match = "{choices}"': "prose.match: write more than a placeholder: it would match any text",
    'match = "Optional"': "prose.match: write a placeholder such as {minimum}, {choices} or {default}, or what it states",
    'match = "{required} x"': "prose.match: 'required' is no fact that a sentence can state",
    'match = "a"\nstates = { required = 1 }': "prose.states.required: must be true or false",
    'match = "a"\nstates = { maxLength = 0.5 }': "prose.states.maxLength: must be a whole number of at least 0, such as 10",
    'match = ""': "prose.match: must not be empty",
}


@pytest.mark.parametrize("declared", MISTAKES)
def test_a_sentence_that_is_declared_wrongly_is_told_at_its_line(declared: str) -> None:
    text = (SAVED / "profile.toml").read_text(encoding="utf-8") + f"\n[[prose]]\n{declared}\n"
    with pytest.raises(InputError) as error:
        read_config(text, PROFILE, Profile)
    assert f"error: {MISTAKES[declared]}" in str(error.value)
    line = text[: text.index("\n[[prose]]")].count("\n") + 3
    assert str(error.value).startswith(f"{PROFILE}:{line}:") or str(error.value).startswith(
        f"{PROFILE}:{line + 1}:"
    )
