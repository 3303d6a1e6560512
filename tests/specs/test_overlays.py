"""Corrections that people lay over a page: what they change, how they end, and what is wrong with them."""

import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.cells import html_page, markdown_page
from support.overlays import CELLS, OVERLAY, SIZE, correction, page, scrape
from support.roots import Root, make_root
from support.small_root import TOP, everything, put, section


def spec_text(root: Root) -> str:
    return (root.path / "specs/videos/alpha.json").read_text()


# What they change: as if the page had said it, byte for byte

CHANGES: dict[
    str, tuple[str, str, str, str]
] = {  # the parameter, what is expected, what is right, the page that says so
    "a default": ("mode", 'default = "fast"', 'default = "slow"', page(CELLS | {"default": "`slow`"}, SIZE)),
    "no default": ("mode", 'default = "fast"', "", page(CELLS | {"default": "-"}, SIZE)),
    "an upper bound that is in force no more": (
        "size",
        "maximum = 9",
        "",
        page(CELLS, SIZE | {"maximum": "-"}),
    ),
    "choices": (
        "mode",
        'choices = ["fast", "slow"]',
        'choices = ["fast", "slow", "best"]',
        page(CELLS | {"choices": "`fast`, `slow`, `best`"}, SIZE),
    ),
    "choices and the default": (
        "mode",
        'choices = ["fast", "slow"], default = "fast"',
        'choices = ["quick"], default = "quick"',
        page(CELLS | {"choices": "`quick`", "default": "`quick`"}, SIZE),
    ),
    "bounds": (
        "size",
        "minimum = 1, maximum = 9",
        "minimum = 0, maximum = 9.5",
        page(CELLS, SIZE | {"minimum": "0", "maximum": "9.5"}),
    ),
    "a bound that is in force no more": ("size", "minimum = 1", "", page(CELLS, SIZE | {"minimum": "-"})),
    "required": ("mode", "required = false", "required = true", page(CELLS | {"required": "Yes"}, SIZE)),
    "a description": (
        "mode",
        'description = "How to go about it"',
        'description = "How"',
        page(CELLS | {"description": "How"}, SIZE),
    ),
    "a type": (
        "size",
        'type = "number", default = 5, minimum = 1, maximum = 9',
        'type = "string_array", default = ["a", "b"], choices = ["a", "b"]',
        page(
            CELLS,
            SIZE
            | {
                "type": "string_array",
                "default": "`a`, `b`",
                "minimum": "-",
                "maximum": "-",
                "choices": "`a`, `b`",
            },
        ),
    ),
    "a word for the same type": (
        "mode",
        'type = "string"',
        'type = "model"',
        page(CELLS | {"type": "model"}, SIZE),
    ),
    "a title": ("", 'title = "Alpha"', 'title = "Alfa"', page(title="Alfa")),
    "a description of the model": ("", "", 'description = "Quick"', page(description="Quick")),
    "capabilities": (
        "",
        'capabilities = ["txt2video"]',
        'capabilities = ["a", "b"]',
        page(capabilities="`a`, `b`"),
    ),
    "no capabilities": ("", 'capabilities = ["txt2video"]', "", page(capabilities="-")),
    "an address": (
        "",
        "",
        'markdown = "https://docs.example.com/a.md"',
        page(capabilities="`txt2video`\n\n**LLM Markdown:** <https://docs.example.com/a.md>"),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_correction_gives_the_spec_of_a_page_that_says_what_is_right(root: Root, case: str) -> None:
    parameter, expect, right, other = CHANGES[case]
    ran = scrape(root, page(), correction(expect, right, parameter))
    assert ran.code == 0, ran.out
    corrected = spec_text(root)
    assert scrape(root, other).code == 0
    assert "[overlay-obsolete]" in root.run("scrape").out  # the page says the same by now
    (root.path / OVERLAY).unlink()
    assert root.run("scrape").code == 0
    assert spec_text(root) == corrected
    assert root.run("scrape", "--check").code == 0


def test_what_it_mends_is_an_error_no_more(root: Root) -> None:
    wrong = page(CELLS | {"default": "`best`"}, SIZE | {"minimum": "10"})
    assert scrape(root, wrong).code == 3
    overlay = correction('choices = ["fast", "slow"]', 'choices = ["fast", "slow", "best"]')
    ran = scrape(root, wrong, overlay + correction("minimum = 10", "minimum = 1", "size"))
    assert ran.code == 0, ran.out


UNREADABLE = {  # the parameter, the cells that cannot be read, what is expected, what is right, the cells that say so
    "prose for choices": (
        "mode",
        {"choices": "Any word, e.g. fast"},
        'choices = { text = "Any word, e.g. fast" }',
        "",
        {"choices": "-"},
    ),
    "a list in one code span": (
        "mode",
        {"choices": "`fast, slow`"},
        'choices = ["fast, slow"]',
        'choices = ["fast", "slow"]',
        {},
    ),
    "a default without a code span": (
        "mode",
        {"default": "fast"},
        'default = { text = "fast" }',
        'default = "fast"',
        {},
    ),
    "bounds that are no numbers": (
        "size",
        {"minimum": "O", "maximum": "∞"},
        'minimum = { text = "O" }, maximum = { text = "∞" }',
        "minimum = 0",
        {"minimum": "0", "maximum": "-"},
    ),
    "a word for yes": (
        "mode",
        {"required": "Often"},
        'required = { text = "Often" }',
        "required = false",
        {},
    ),
}


# Cells that cannot be read: the row, the key, the cell in Markdown and in HTML, what people type first as its text, what is
# right in TOML, and on a page.
NUMBER = {"type": "number"}
CELLS_UNREAD: dict[str, tuple[dict[str, str], str, str, str, str, str, str]] = {
    "O for 0": (NUMBER, "minimum", "O", "O", "O", "0", "0"),
    "O for 0, in bold": (NUMBER, "minimum", "**O**", "<b>O</b>", "O", "0", "0"),
    "O for 0, as code": (NUMBER, "minimum", "`O`", "<code>O</code>", "O", "0", "0"),
    "a bound that is none": (NUMBER, "maximum", "∞", "∞", "∞", "", "-"),
    "a bound with signs": (NUMBER, "maximum", '"9" \\\\', '"9" \\', '"9" \\', "9", "9"),
    "a default without code": ({}, "default", "fast", "fast", "fast", '"fast"', "`fast`"),
    "a default of another type": (NUMBER, "default", "`half`", "<code>half</code>", "half", "0.5", "`0.5`"),
    "a flag that is none": (
        {"type": "boolean"},
        "default",
        "`yes`",
        "<code>yes</code>",
        "yes",
        "true",
        "`true`",
    ),
    "choices in prose": (
        {},
        "choices",
        "Any word, e.g. fast",
        "Any word, e.g. fast",
        "Any word, e.g. fast",
        "",
        "-",
    ),
    "numbers in prose": (
        NUMBER,
        "choices",
        "`1` or `2`",
        "<code>1</code> or <code>2</code>",
        "1 or 2",
        "[1, 2]",
        "`1`, `2`",
    ),
    "whether it is required": ({}, "required", "Often", "Often", "Often", "true", "Yes"),
    "a type": (
        NUMBER | {"minimum": "1", "default": "`2`"},
        "type",
        "nunber",
        "nunber",
        "nunber",
        '"number"',
        "number",
    ),
    "capabilities": (
        {},
        "capabilities",
        "texts and so on",
        "texts and so on",
        "texts and so on",
        '["txt2img"]',
        "`txt2img`",
    ),
}
HTML_CAPABILITIES = "<code>txt2img</code></p>"


def page_of(form: str, rows: list[dict[str, str]], capabilities: str) -> str:
    if form == "html":
        return html_page(rows).replace(HTML_CAPABILITIES, capabilities + "</p>")
    text = markdown_page(rows).replace("** `txt2img`", f"** {capabilities}")
    return " ".join(text.split()) if form == "folded" else text


@pytest.mark.parametrize("form", ["markdown", "html", "folded"])
@pytest.mark.parametrize("case", CELLS_UNREAD)
def test_whatever_cannot_be_read_is_settled_by_its_text_and_the_error_shows_the_lines(
    root: Root, case: str, form: str
) -> None:
    row, key, *written, typed, right, readable = CELLS_UNREAD[case]
    root.edit("specs/profile.toml", 'plain_lists = ["html"]', "plain_lists = []")
    suffix = {"markdown": "md", "html": "html", "folded": "txt"}[form]
    marked = {
        name: re.sub("`([^`]*)`", r"<code>\1</code>", cell) if form == "html" else cell
        for name, cell in row.items()
    }
    say = re.sub("`([^`]*)`", r"<code>\1</code>", readable) if form == "html" else readable
    good, bad = say, written[form == "html"]
    usual = "<code>txt2img</code>" if form == "html" else "`txt2img`"
    pages = [
        page_of(
            form,
            [marked if key == "capabilities" else marked | {key: cell}, {}],
            cell if key == "capabilities" else usual,
        )
        for cell in (bad, good)
    ]
    root.add_page("makers", pages[0], suffix)
    ran = root.run("scrape")
    assert ran.code == 3, ran.out
    name, *lines = re.findall(r"^    (.*)\n", ran.out, re.MULTILINE)
    shown = "\n".join(lines).replace('reason = "…"', 'reason = "Asked."')
    filled = (
        shown.replace("…", right)
        if right
        else "\n".join(line for line in shown.split("\n") if "…" not in line)
    )
    about = "" if key == "capabilities" else 'parameter = "p0"\n'
    setting = f"set = {{ {key} = {right} }}\n" if right else ""
    first = f'[[correct]]\n{about}expect = {{ {key} = {json.dumps(typed)} }}\n{setting}reason = "Asked."\n'
    specs = []
    for overlay in (filled, first):
        put(root, {name.removeprefix("# "): overlay})
        ran = root.run("scrape")
        assert ran.code == 0, ran.out
        specs.append((root.path / "specs/makers/one.json").read_text())
    (root.path / "specs/makers/one.overlay.toml").unlink()
    root.add_page("makers", pages[1], suffix)
    assert root.run("scrape").code == 0
    assert specs == [(root.path / "specs/makers/one.json").read_text()] * 2


def test_the_lines_that_an_error_shows_want_the_right_value(root: Root) -> None:
    ran = scrape(root, page(CELLS, SIZE | {"minimum": "O"}))
    put(root, {OVERLAY: "\n".join(re.findall(r"^    (.*)\n", ran.out, re.MULTILINE))})
    assert f"{OVERLAY}:5:19: error: model_alpha: not TOML: Invalid value" in root.run("scrape").out


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_correction_settles_what_cannot_be_read(root: Root, case: str) -> None:
    parameter, unread, expect, right, readable = UNREADABLE[case]
    row = CELLS if parameter == "mode" else SIZE
    ran = scrape(root, page(row | unread))
    assert (ran.code, "overlay" in ran.out) == (3, True), ran.out
    ran = scrape(root, page(row | unread), correction(expect, right, parameter))
    assert ran.code == 0, ran.out
    corrected = spec_text(root)
    other = scrape(root, page(row | unread | dict.fromkeys(unread, "another, e.g. x")))
    assert (other.code, "[overlay-conflict]" in other.out) == (3, True), other.out
    (root.path / OVERLAY).unlink()
    assert scrape(root, page(row | readable)).code == 0
    assert spec_text(root) == corrected


def test_numbers_are_compared_as_numbers_and_neither_truth_nor_a_list_is_what_it_holds(root: Root) -> None:
    assert scrape(root, page(), correction("default = 5.0", "default = 6", "size")).code == 0
    flag = CELLS | {"type": "boolean", "default": "`true`", "choices": "-"}
    ran = scrape(root, page(flag), correction("default = 1", "default = false"))
    assert (ran.code, "[overlay-conflict]" in ran.out) == (3, True)
    letter = CELLS | {"default": "`f`", "choices": "-"}
    ran = scrape(root, page(letter), correction('default = ["f"]', 'default = "g"'))
    assert (ran.code, "[overlay-conflict]" in ran.out) == (3, True)


def test_the_whole_chain_follows_a_correction(root: Root) -> None:
    root.add_target("python")
    assert scrape(root, page(), correction('default = "fast"', 'default = "slow"')).code == 0
    assert root.run("generate").code == 0
    assert ' = "slow"' in (root.path / "generated/python/scenario_models/typed/alpha.py").read_text()
    put(root, {OVERLAY: correction('default = "fast"', 'default = "best"')})  # the stamp knows of overlays
    assert root.run("scrape").code == 3


# How they end

ENDINGS = {  # what the page says, the code, what it is about, the exit code
    "it says what is expected": ("`fast`", "", 0),
    "it says what is right": ("`slow`", "overlay-obsolete", 0),
    "it says a third thing": ("`best`", "overlay-conflict", 3),
    "it says nothing": ("-", "overlay-conflict", 3),
}


@pytest.mark.parametrize("case", ENDINGS)
def test_a_correction_ends_in_one_of_its_ways(root: Root, case: str) -> None:
    cell, code, exit_code = ENDINGS[case]
    choices = {"choices": "`fast`, `slow`, `best`"}
    assert (
        scrape(root, page(CELLS | choices, SIZE), correction('default = "fast"', 'default = "slow"')).code
        == 0
    )
    good = spec_text(root)
    ran = scrape(root, page(CELLS | choices | {"default": cell}, SIZE))
    assert ran.code == exit_code
    assert f"[{code}]" in ran.out if code else "overlay" not in ran.out
    assert spec_text(root) == good  # in each case
    place = "3:12" if code == "overlay-conflict" else "1:1"  # of the key, or of the correction
    assert f"{OVERLAY}:{place}: " in ran.out if code else True


NOTHINGS = {  # what is expected, what is right, the parameter; the page says that nothing is required, and no capabilities
    "required, where it is not": ("", "required = true", "mode", ""),
    "not required, where it is said": ("required = true", "", "mode", "overlay-obsolete"),
    "capabilities, where there are none": ("", 'capabilities = ["a"]', "", ""),
    "an empty list, where there are none": (
        'capabilities = ["a"]',
        "capabilities = []",
        "",
        "overlay-obsolete",
    ),
}


@pytest.mark.parametrize("case", NOTHINGS)
def test_what_is_not_required_and_what_has_no_capabilities_is_nothing(root: Root, case: str) -> None:
    expect, right, parameter, code = NOTHINGS[case]
    ran = scrape(root, page(capabilities="-"), correction(expect, right, parameter))
    assert (ran.code, f"[{code}]" in ran.out) == (0, bool(code)), ran.out


UNREAD = {
    "an unknown type": page(CELLS | {"type": "strang"}, SIZE),
    "an unknown column": page().replace("| Min |", "| Least |"),
    "a lost bar": page().replace("| - | - | `fast`, `slow` |", "| - | `fast`, `slow` |"),
}


@pytest.mark.parametrize("case", UNREAD)
def test_a_parameter_that_cannot_be_read_is_not_said_to_be_missing(root: Root, case: str) -> None:
    ran = scrape(root, UNREAD[case], correction('default = "fast"', 'default = "slow"'))
    assert (ran.code, "[overlay-" in ran.out) == (3, False), ran.out


def test_one_that_fails_does_not_stop_the_others(root: Root) -> None:
    assert scrape(root, page()).code == 0
    changed = page(CELLS | {"default": "`slow`"}, SIZE) + section("gamma")
    ran = scrape(root, changed, correction('default = "x"', 'default = "fast"'))
    assert ran.code == 3
    assert 'the overlay expects the default "x", but the page states "slow"' in ran.out
    assert (root.path / "specs/videos/gamma.json").exists()


# What is wrong with them

ABOUT = '[[correct]]\nmodel = "{}"\nset = {{ title = "A" }}\nreason = "Asked."\n'
PROBLEMS: dict[str, tuple[str | bytes, str]] = {
    "no TOML": ("[[correct]\n", f"{OVERLAY}:1:10: error: model_alpha: not TOML: "),
    "not UTF-8": (b"\xff", f"{OVERLAY}:1:1: error: model_alpha: is not UTF-8 here; "),
    "nothing": ("", f"{OVERLAY}: error: model_alpha: correct: is missing"),
    "no corrections": ("correct = []\n", "the file has no [[correct]]"),
    "no reason": (
        '[[correct]]\nset = { title = "A" }\n',
        f"{OVERLAY}:1:1: error: model_alpha: correct.reason: is missing",
    ),
    "an empty reason": (
        correction("", 'title = "A"', "", reason=""),
        f"{OVERLAY}:4:1: error: model_alpha: correct.reason: must not be empty",
    ),
    "an unknown key": (
        correction("", "max = 3"),
        f"{OVERLAY}:4:9: error: model_alpha: correct.set.max: there is no such key; did you mean 'maximum'?; there are name, type",
    ),
    "a key of a model": (
        correction("", 'title = "A"'),
        "a parameter has no 'title'; it has type, required, default,",
    ),
    "a key of a parameter": (
        correction("", "default = 1", ""),
        "correct.set.default: a model, as there is no 'parameter', has no 'default'; it has title, description,",
    ),
    "nothing to correct": (correction("", ""), "'expect' and 'set' are equal"),
    "the same twice": (correction("default = 1", "default = 1.0"), "'expect' and 'set' are equal"),
    "a key corrected twice": (
        correction('default = "fast"', 'default = "slow"') * 2,
        f"{OVERLAY}:8:12: error: model_alpha: correct.expect.default: mode: default is corrected twice",
    ),
    "a date": (
        correction("", "default = 2026-01-01"),
        "correct.set.default: must be a text in quotes or true or false or a number or an array;",
    ),
    "infinity": (
        correction("", "default = inf"),
        ":4:9: error: model_alpha: correct.set.default: must be a finite number",
    ),
    "a text of the page as the right value": (
        correction("", 'choices = { text = "any" }'),
        "set.choices: write a value; a correction",
    ),
    "a text without its name": (
        correction('choices = { txt = "any" }', ""),
        "correct.expect.choices: write a value, or the text of the cell in quotes",
    ),
    "a name that is set": (correction("", 'name = "x"'), "'name' can be expected only"),
    "another text": (
        correction('default = { text = "fsat" }', 'default = "slow"'),
        'the overlay expects the default the text "fsat", but the page states "fast"',
    ),
    "a word as a bound": (
        correction("", 'minimum = "1"'),
        "correct.set.minimum: must be a number, such as -1 or 0.5;",
    ),
    "a negative length": (
        correction("maxLength = 5", "maxLength = -1"),
        f"{OVERLAY}:4:9: error: model_alpha: correct.set.maxLength: must be a whole number of at least 0, such as 10;",
    ),
    "half a length": (correction("minItems = 0.5", ""), "correct.expect.minItems: must be a whole number"),
    "no step": (
        correction("", "multipleOf = 0"),
        "correct.set.multipleOf: must be a number above 0, such as 0.5;",
    ),
    "a flag as a bound": (
        correction("", "x-max = true"),
        "correct.set.x-max: must be a number, such as -1 or 0.5;",
    ),
    "a rule by another name": (
        correction("", "maxlength = 5"),
        "correct.set.maxlength: there is no such key; did you mean 'maxLength'?; there are name, type,",
    ),
    "an annotation that no column gives": (
        correction("", 'x-type = "a"'),
        "correct.set.x-type: there is no such key",
    ),
    "an annotation of a model": (correction("", 'x-unit = "a"', ""), "has no 'x-unit'; it has title,"),
    "a rule that the page does not state": (
        correction("maxLength = 5", "maxLength = 6"),
        "the overlay expects the maxLength 5, but the page states nothing",
    ),
    "several mistakes": (
        correction("", "default = [1, 2026-01-01]") + correction("minimun = 1", 'maximum = "9"'),
        "must be a text in quotes or true or false or a number; line 8: correct.expect.minimun: there is no such key; did you",
    ),
    "a list of lists": (
        correction("", "choices = [[1]]"),
        ":4:20: error: model_alpha: correct.set.choices: must be ",
    ),
    "another model": (
        ABOUT.format("model_alpha") + ABOUT.format("model_beta"),
        ":6:1: error: model_alpha: correct.model: the file is about 'model_alpha', and this about 'model_beta'",
    ),
    "no choices": (correction("", "choices = []"), "correct.set.choices: must not be empty"),
    "no such parameter": (
        correction("default = 1", "", "moed"),
        ":2:1: error: model_alpha: the model has no parameter 'moed'; did you mean 'mode'?",
    ),
    "no such type": (
        correction('type = "string"', 'type = "strng"'),
        "mode: 'strng' is not a known type; did you mean 'string'?",
    ),
    "a default of another type": (
        correction('default = "fast"', "default = 1"),
        "mode: the default: 1 is not ",
    ),
    "a list for a text": (
        correction('default = "fast"', 'default = ["fast"]'),
        "mode: the default: an array is not of type string",
    ),
    "a text for a list": (
        correction('type = "string", default = "fast"', 'type = "string_array", default = "fast"'),
        'mode: the default: "fast" is not of type array',
    ),
    "a default that is no choice": (
        correction('default = "fast"', 'default = "best"'),
        'mode: the default: "best" is none of "fast", "slow"',
    ),
    "choices of another type": (
        correction('choices = ["fast", "slow"], default = "fast"', "choices = [1]"),
        f"{OVERLAY}:4:9: error: model_alpha: mode: 1 is not of type string; correct the choice, or the rule",
    ),
    "bounds that cross": (
        correction("minimum = 1", "minimum = 10", "size"),
        "size: the minimum 10 is above the maximum 9",
    ),
    "an address that is none": (
        correction("", 'markdown = "javascript:x"', ""),
        f"{OVERLAY}:1:1: error: model_alpha: $['x-markdown']: ",
    ),
    "no title": (
        correction('title = "Alpha"', "", ""),
        f"{OVERLAY}:1:1: error: model_alpha: $: 'title' is a",
    ),
    "nothing and not required": (correction("", "required = false"), "'expect' and 'set' are equal"),
    "nothing and no capabilities": (correction("", "capabilities = []", ""), "are equal"),
    "a number as long as no page has one": (
        correction("default = 5, maximum = 9", f"default = 1{'0' * 400}", "size"),
        "correct.set.default: must be less than 1000",
    ),
    "a number too long to be one": (
        correction("", f"default = 1{'0' * 5000}"),
        "not TOML: Exceeds the limit",
    ),
    "too deep": ("correct = " + "[" * 20_000 + "]" * 20_000, "not TOML: maximum recursion depth exceeded"),
    "a NUL": ("\0", "not TOML: Invalid statement"),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_what_is_wrong_with_an_overlay_is_said_and_the_model_keeps_its_spec(root: Root, case: str) -> None:
    overlay, said = PROBLEMS[case]
    assert scrape(root, page()).code == 0
    good = everything(root)
    put(root, {OVERLAY: overlay})
    ran = root.run("scrape")
    assert (ran.code, ran.err) == (3, "")
    assert said in ran.out
    assert "model_alpha" in ran.out
    assert everything(root) == good | {OVERLAY: overlay.encode() if isinstance(overlay, str) else overlay}
    assert root.run("scrape", "--check").code == 3


def test_an_overlay_that_no_model_has_is_told(root: Root) -> None:
    assert scrape(root, page()).code == 0
    put(root, {"specs/videos/alfa.overlay.toml": correction("", "")})
    ran = root.run("scrape")
    assert ran.code == 3
    assert (
        "specs/videos/alfa.overlay.toml: error: the page has no model 'alfa'; did you mean 'alpha'?"
        in ran.out
    )


def test_a_link_is_no_overlay(root: Root) -> None:
    assert scrape(root, page()).code == 0
    (root.path / OVERLAY).symlink_to("/etc/passwd")
    ran = root.run("scrape")
    assert (ran.code, ran.err) == (3, "")
    assert f"{OVERLAY}: error: model_alpha: is a symbolic link" in ran.out


def test_a_model_that_vanishes_keeps_its_corrections_until_it_is_let_go(root: Root) -> None:
    others = "".join(map(section, ("gamma", "delta", "epsilon", "zeta")))
    assert scrape(root, page() + others, correction('default = "fast"', 'default = "slow"')).code == 0
    assert scrape(root, TOP + section("beta") + others).code == 0
    spec = json.loads(spec_text(root))
    assert (spec["deprecated"], spec["properties"]["mode"]["default"]) == (True, "slow")
    assert root.run("scrape", "--prune").code == 3  # what corrects it goes with it
    assert "the page has no model 'alpha'" in root.run("scrape").out
    (root.path / OVERLAY).unlink()
    assert root.run("scrape").code == 0


# Any cell


def cells(kind: str) -> st.SearchStrategy[dict[str, str]]:
    number = st.sampled_from(["-", "1", "2.5", "-3"])
    defaults = {
        "number": ["-", "`1`", "`2`"],
        "string": ["-", "`a`", "`b`"],
        "boolean": ["-", "`true`"],
        "string_array": ["-", "`a`"],
    }
    return st.fixed_dictionaries(
        {
            "name": st.just("`p`"),
            "type": st.just(kind),
            "required": st.sampled_from(["Yes", "No"]),
            "default": st.sampled_from(defaults[kind]),
            "minimum": number,
            "maximum": number,
            "choices": st.sampled_from(["-", "`a`, `b`"]) if kind.startswith("string") else st.just("-"),
            "description": st.sampled_from(["X", "Y", "-"]),
        }
    )


ROWS = st.sampled_from(["number", "string", "boolean", "string_array"]).flatmap(cells)


@given(says=ROWS, right=ROWS)
@settings(max_examples=60, deadline=None)
def test_whatever_the_cells_a_correction_gives_the_spec_of_the_right_page(
    says: dict[str, str], right: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(Path(folder) / "root")
        root.add_page("videos", page(right))
        code = root.run("scrape").code
        wanted = spec_text(root) if code == 0 else ""
        for path in (root.path / "specs/videos").glob("*.json"):
            path.unlink()
        is_retyped = says["type"] != right["type"]  # then the same words are another value
        keys = [key for key in says if says[key] != right[key] or (key == "default" and is_retyped)]
        if keys:
            expect, correct = (
                ", ".join(filter(None, (toml(key, row) for key in keys))) for row in (says, right)
            )
            put(root, {OVERLAY: correction(expect, correct, "p")})
        root.add_page("videos", page(says))
        assert root.run("scrape").code == code
        if code == 0:
            assert spec_text(root) == wanted
            root.add_page("videos", page(right))
            assert root.run("scrape").code == 0  # obsolete, and only a warning
            assert spec_text(root) == wanted


def toml(key: str, row: dict[str, str]) -> str:
    """Write what a cell says as TOML; nothing for a dash."""
    cell, kind = row[key], row["type"]
    if cell == "-":
        return ""
    if key == "required":
        return f"required = {str(cell == 'Yes').lower()}"
    if key in ("type", "description"):
        return f'{key} = "{cell}"'
    values = [part.strip(" `") for part in cell.split(",")]
    written = [f'"{value}"' if value in "ab" else value for value in values]
    is_list = key == "choices" or (key == "default" and kind.endswith("_array"))
    return f"{key} = [{', '.join(written)}]" if is_list else f"{key} = {written[0]}"
