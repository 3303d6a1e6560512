"""What `scrape` and `generate` find, in each format that people and programs read."""

import json
import os
import re
from typing import Any

import pytest
from sarif_pydantic import Sarif

from support.roots import Root
from support.small_root import PAGE, Files, put, section

FORMATS = ("text", "json", "github", "sarif")
LINE = "specs/videos/page.md"
HOSTILE = "::error::not this%0A"

# What is changed in a root where all is in order, the verb, its exit code, and what it finds: level, code, file, model.
CASES: dict[str, tuple[Files, str, int, list[tuple[str, str, str, str]]]] = {
    "nothing": ({}, "scrape", 0, []),
    "an error": (
        {LINE: PAGE.replace("`1`", "`50%`", 1)},
        "scrape",
        3,
        [("error", "bad-default", LINE, "model_alpha")],
    ),
    "a warning": (
        {LINE: PAGE.replace("How strong", "", 1)},
        "scrape",
        1,
        [
            ("warning", "empty-description", LINE, "model_alpha"),
            ("error", "file-changed", "specs/videos/alpha.json", ""),
        ],
    ),
    "a model more": (
        {LINE: PAGE + section("gamma")},
        "scrape",
        1,
        [
            ("error", "file-missing", "specs/videos/gamma.json", ""),
            ("error", "file-changed", "specs/videos/page.json", ""),
        ],
    ),
    "text of a page that is a command": (
        {LINE: PAGE.replace("`1`", f"`{HOSTILE}`", 1)},
        "scrape",
        3,
        [("error", "bad-default", LINE, "model_alpha")],
    ),
    "a file that is not ours": (
        {"generated/list/new.txt": f"{HOSTILE}\n{HOSTILE}\n"},
        "generate",
        1,
        [("error", "file-stale", "generated/list/new.txt", "")],
    ),
    "a spec that is none": (
        {"specs/videos/alpha.json": "[]"},
        "generate",
        3,
        [("error", "unusable-input", "specs/videos/alpha.json", "")],
    ),
    "a profile that is not TOML": (
        {"specs/profile.toml": "[site"},
        "scrape",
        3,
        [("error", "unusable-input", "specs/profile.toml", "")],
    ),
}


def read_text(out: str) -> list[tuple[str, str, str]]:
    """Read the level, the code and the file of each result."""
    finding = re.compile(r"(specs/[^:]+)[:\d]*: (error|warning): .*?(?: \[([a-z-]+)\])?$", re.MULTILINE)
    difference = re.compile(r"^((?:specs|generated)/[^:]+): (missing|stale|changed)$", re.MULTILINE)
    found = [(level, code or "unusable-input", file) for file, level, code in finding.findall(out)]
    return found + [("error", f"file-{kind}", file) for file, kind in difference.findall(out)]


def read_json(out: str) -> list[tuple[str, str, str]]:
    return [(one["level"], one["code"], one["file"]) for one in json.loads(out)["results"]]


def read_github(out: str) -> list[tuple[str, str, str]]:
    found = re.findall(r"^::(error|warning) file=([^,:]+)[^:]*,title=([a-z-]+)::", out, re.MULTILINE)
    assert len(found) == len(re.findall(r"^::", out, re.MULTILINE))
    return [(level, code, file) for level, file, code in found]


def read_sarif(out: str) -> list[tuple[str, str, str]]:
    [run] = Sarif.model_validate_json(out).runs
    assert [one.id for one in run.tool.driver.rules or ()] == sorted(
        {one.rule_id for one in run.results or ()}
    )
    return [(one.level.value, one.rule_id, file_of(one)) for one in run.results or () if one.level]


def file_of(result: Any) -> str:
    return str(result.locations[0].physical_location.artifact_location.uri)


READERS = {"text": read_text, "json": read_json, "github": read_github, "sarif": read_sarif}


@pytest.mark.parametrize("case", CASES)
def test_each_format_says_the_same(done: Root, case: str) -> None:
    changes, verb, code, expected = CASES[case]
    put(done, changes)
    for style in FORMATS:
        ran = done.run(verb, "--check", "--format", style)
        is_refused = style == "text" and any(kind == "unusable-input" for _, kind, _, _ in expected)
        assert ran.code == code, ran
        assert sorted(READERS[style](ran.err if is_refused else ran.out)) == sorted(
            one[:3] for one in expected
        )
        assert bool(ran.err) == is_refused
    facts = json.loads(done.run(verb, "--check", "--format", "json").out)
    assert [one.get("model", "") for one in facts["results"]] == [model for *_, model in expected]
    assert (facts["verb"], facts["exit_code"]) == (verb, code)


def test_a_place_and_a_diff_are_in_each_format(done: Root) -> None:
    done.edit(LINE, "`1`", "`50%`")
    (done.path / "generated/list/notes.txt").write_text("Other.\n")
    facts = json.loads(done.run("scrape", "--check", "--format", "json").out)["results"][0]
    place = re.search(r"page\.md:(\d+):(\d+):", done.run("scrape", "--check").out)
    assert place
    assert (facts["line"], facts["column"]) == (int(place[1]), int(place[2]))
    assert f"line={place[1]},col={place[2]}" in done.run("scrape", "--check", "--format", "github").out
    region = json.loads(done.run("scrape", "--check", "--format", "sarif").out)["runs"][0]["results"][0]
    region = region["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": int(place[1]), "startColumn": int(place[2])}
    for style in ("json", "github", "sarif"):
        assert "-Other." in done.run("generate", "--check", "--format", style).out


def test_many_results_are_shown_as_far_as_a_format_has_room(done: Root) -> None:
    put(done, {f"generated/list/{number}.txt": "" for number in range(30)})
    assert done.run("generate", "--check", "--format", "json").out.count('"file-stale"') == 30
    lines = done.run("generate", "--check", "--format", "github").out.splitlines()
    assert len([line for line in lines if line.startswith("::")]) == 11
    assert "::20 more results: paramsync generate --verbose shows all" in lines[10]


def test_what_was_found_before_is_said_again_in_each_format(done: Root) -> None:
    done.edit(LINE, "How strong", "")
    assert done.run("scrape").code == 0
    first = [done.run("scrape", "--format", style).out for style in FORMATS]
    assert [done.run("scrape", "--format", style).out for style in FORMATS] == first
    assert all("empty-description" in out for out in first)


@pytest.mark.parametrize("style", FORMATS)
def test_a_name_that_is_not_utf_8_is_told_in_each_format(done: Root, style: str) -> None:
    (done.path / os.fsdecode(b"generated/list/\xff.txt")).write_text("New.\n")
    ran = done.run("generate", "--check", "--format", style)
    assert (ran.code, ran.err) == (1, "")
    assert "list/%FF.txt" in ran.out or "dcff" in ran.out
