"""What is read of sentences and of cells of names, and what is told because it cannot be read: nothing is lost without a word."""

from typing import Any

import pytest

from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PROFILE
from paramsync.specs.build import build_specs

SENTENCES = (
    "between {minimum} and {maximum}",
    "{minimum}-{maximum}",
    ">={minimum} <={maximum}",
    "no larger than {maximum}",
    "up to {maxLength} chars",
    "one of {choices}",
    "Possible values: {choices}",
    "Defaults to {default}",
)
PROFILE_TEXT = (
    '[tables]\nid = "page"\nvalues = "bare"\nrequired = true\n[columns]\nName = "name"\nType = "type"\nAbout = "description"\n'
    '[types]\ntext = "string"\nnumber = "number"\n"?{T}" = "{T}"\n[words]\nunits = ["MB", "seconds"]\n'
    + "".join(f'[[prose]]\nmatch = "{one}"\n' for one in SENTENCES)
    + '[[prose]]\nmatch = "{name}?"\nstates = { required = false }\n'
    '[[prose]]\nmatch = "{name} required"\nstates = { required = true }\n'
    '[[prose]]\nmatch = "{name} in {x-unit}"\n'
    '[[prose]]\nmatch = "{type}, optional"\nstates = { required = false }\n'
    '[[prose]]\nmatch = "{type} of up to {maxLength} letters"\n'
    '[[prose]]\nmatch = "exactly {minLength} chars"\nstates = { maxLength = "{minLength}" }\n'
)
UNREAD: dict[str, Any] = {"unread": True}
# The type of a parameter, and its description -> what is stated; or it is told that it cannot be read.
DESCRIPTIONS: dict[tuple[str, str], dict[str, Any]] = {
    ("number", "Between 0.5 and 2,500."): {"minimum": 0.5, "maximum": 2500},
    ("number", "between -5 and +10"): {"minimum": -5, "maximum": 10},
    ("number", "between −1 and 1e3"): {"minimum": -1, "maximum": 1000},
    ("number", "`>=0` `<=4`"): {"minimum": 0, "maximum": 4},
    ("number", "`0-1`"): {"minimum": 0, "maximum": 1},
    ("number", "no larger than 10MB"): {"maximum": 10},
    ("number", "between 0 and 2^53"): UNREAD,
    ("number", "between 0 and infinity"): UNREAD,
    ("number", "no larger than 1 000"): UNREAD,
    ("number", "no larger than 1.000.000"): UNREAD,
    ("number", "no larger than 1,000,50"): UNREAD,
    ("number", "no larger than 1/2"): UNREAD,
    ("number", "no larger than 2x the length"): UNREAD,
    ("number", "no larger than the moon, well-known"): {},
    ("text", "up to date, up to 5 chars"): {"maxLength": 5},
    ("text", "exactly 5 chars"): {"minLength": 5, "maxLength": 5},
    ("text", "exactly 2^5 chars"): UNREAD,
    ("text", "One of `$a`, `$b` (default `$a`)"): {"enum": ["$a", "$b"]},
    ("text", "Defaults to `${x}`."): {"default": "${x}"},
    ("number", "Defaults to 5 seconds."): {"default": 5},
    ("number", "Defaults to 0.5, or so"): {"default": 0.5},
    ("text", "Defaults to “two words” (mostly)"): {"default": "two words"},
    ("text", "Defaults to 16:9."): {"default": "16:9"},
    ("text", "Defaults to the value of a1."): UNREAD,
    ("text", "One of x, y (so), or `z w`. More."): {"enum": ["x", "y", "z w"]},
    ("text", "Possible values: `retain` `discard`"): {"enum": ["retain", "discard"]},
    ("text", "Not one of x, y."): UNREAD,
    ("text", "It can't be one of x, y."): UNREAD,
    ("text", "One of $(rm x), a"): UNREAD,
    ("text", "One of foo(), bar(x)"): UNREAD,
    ("text", 'One of a, """, b'): UNREAD,
    ("text", "One of x, `y"): UNREAD,
}  # fmt: skip


def read(name: str, kind: str, about: str) -> tuple[dict[str, Any], list[str], list[str]]:
    """Give what the spec says of the only parameter, the names of those that are required, and the codes of what is found."""
    profile = read_config(PROFILE_TEXT, PROFILE, Profile)
    text = f"# Chart\n\n| Name | Type | About |\n| --- | --- | --- |\n| {name} | {kind} | {about} |\n"
    [draft] = build_specs(read_page(text, "specs/chart/page.md", profile), profile).drafts
    [(_, schema)] = draft.spec["properties"].items()
    said = {key: one for key, one in schema.items() if key not in ("type", "x-type", "description")}
    return said, draft.spec["required"], [one.code for one in draft.findings]


@pytest.mark.parametrize("case", DESCRIPTIONS)
def test_a_sentence_is_read_or_told(case: tuple[str, str]) -> None:
    said, _, codes = read("a", *case)
    stated = {"unread": True} if "unread-sentence" in codes else said
    assert stated == DESCRIPTIONS[case]
    assert "unread-sentence" not in codes or {*said} < {"minimum", "maximum"}
    assert {*codes} <= {"unread-sentence", "required-with-default"}


def test_of_many_sentences_that_differ_each_fact_is_told_once() -> None:
    said, _, codes = read("a", "number", "between 1 and 2, between 3 and 4, between 5 and 6, between 3 and 4")
    assert (said, codes) == ({}, ["sentences-differ", "sentences-differ"])


# The cells of the name and of the type -> the name, whether it is required, and what is said of it.
CELLS: dict[tuple[str, str], tuple[str, bool, dict[str, Any]]] = {
    ("`guild_id?`", "?text"): ("guild_id", False, {}),
    ("guild_id?", "text"): ("guild_id", False, {}),
    ("`amount` required", "text"): ("amount", True, {}),
    ("**amount** required", "text"): ("amount", True, {}),
    ("`wait` in seconds", "text"): ("wait", True, {"x-unit": "seconds"}),
    ("`amount`", "text, optional"): ("amount", False, {}),
    ("`amount`", "`text`, *optional*"): ("amount", False, {}),
    ("`amount` required", "?text, optional"): ("amount", True, {}),
    ("`amount`", "text of up to 1,000 letters"): ("amount", True, {"maxLength": 1000}),
    ("`amount`", "text of up to 2^5 letters"): ("amount", True, UNREAD),
    ("`amount`", "text"): ("amount", True, {}),
}


@pytest.mark.parametrize("cells", CELLS)
def test_what_stands_beside_a_name_or_a_type_is_read_as_the_profile_says(cells: tuple[str, str]) -> None:
    name, is_required, facts = CELLS[cells]
    said, required, codes = read(*cells, "So.")
    assert required == ([name] if is_required else [])
    assert (UNREAD if codes == ["unread-sentence"] else said) == facts
    assert codes == (["unread-sentence"] if facts == UNREAD else [])
