"""A report in each format: each change with its place, what to do about it, and no text of a page that acts.

Modules: locate.
"""

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from paramsync.changes.kinds import Change
from paramsync.changes.reports import REPORTS
from paramsync.findings import Place
from support.hostile import TEXTS, hostile_changes
from support.repositories import NEW, commit, report, told
from support.roots import CASES, Root


def test_each_change_is_a_line_with_its_place_on_the_page(repository: Root) -> None:
    ran = repository.run("diff")
    lines = NEW.split("\n")
    found = [
        re.fullmatch(r"specs/videos/page\.md:(\d+):(\d+): (.*) [0-9a-f]{12}\]", line)
        for line in ran.out.splitlines()
    ]
    places = [lines[int(match[1]) - 1][int(match[2]) - 1 :] for match in found if match]
    assert [match[3] for match in found if match] == [
        "breaking: model_alpha: seed: the parameter was removed [parameter-removed",
        "breaking: model_alpha: strength: a bound was narrowed from maximum 9 to maximum 5 [bounds-narrowed",
        'breaking: model_alpha: mode: the choice "slow" was removed [choice-removed',
        "behaviour: model_alpha: size: the default changed from nothing to 3 [default",
        'compatible: model_alpha: mode: the choice "best" was added [choice-added',
        "compatible: model_alpha: more: the parameter was added [parameter-added",
        'prose: model_alpha: mode: the description changed from "How" to "In which way" [description',
    ]
    texts = ["Alpha", "5 |", "`fast`, `best`", "`3`", "`fast`, `best`", "string", "In which way"]
    at = [place.startswith(text) for place, text in zip(places, texts, strict=True)]
    assert all(at), places
    assert ran.out.endswith("\ndiff: 3 breaking, 1 behaviour, 2 compatible, 1 prose; suggests minor\n")


def test_json_has_all_facts_and_leaves_out_what_is_empty(repository: Root) -> None:
    found = report(repository)
    assert found["step"] == "minor"
    default = next(change for change in found["changes"] if change["kind"] == "default")
    assert re.fullmatch("[0-9a-f]{12}", default.pop("fingerprint"))
    assert default == {
        "kind": "default",
        "severity": "behaviour",
        "page": "videos",
        "model": "model_alpha",
        "parameter": "size",
        "new": 3,
        "sentence": "the default changed from nothing to 3",
        "file": "specs/videos/page.md",
        "line": 19,
        "column": 26,
    }
    assert told(repository, "HEAD", "HEAD") == []
    assert report(repository, "HEAD", "HEAD") == {"step": None, "changes": []}


def test_markdown_tells_people_what_to_do_about_it(repository: Root) -> None:
    text = repository.run("diff", "--format", "markdown").out
    assert text.startswith(
        "## What changed in the docs\n\n3 breaking, 1 behaviour, 2 compatible, 1 prose; suggests minor.\n"
    )
    assert (
        "\n### Breaking: a request that was valid is now refused, or a name of the packages no longer exists\n\n- `model_alpha`, `specs/videos/page.md:9:4`\n"
        in text
    )
    assert "  - `size`: the default changed from `nothing` to `3`" in text
    assert [line[:12] for line in text.splitlines() if line.startswith("###")] == [
        "### Breaking",
        "### Behaviou",
        "### Compatib",
        "### Prose: o",
    ]


def test_annotations_stand_on_the_lines_of_the_page_the_worst_first(repository: Root) -> None:
    lines = repository.run("diff", "--format", "github").out.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 3 + ["::warning"] + ["::notice"] * 3
    assert lines[0].startswith(
        "::error file=specs/videos/page.md,line=9,col=4,title=breaking%3A model_alpha%3A seed::the parameter was removed [parameter-removed "
    )


# Places


def test_what_no_page_tells_stands_in_the_specs(repository: Root) -> None:
    commit(repository, NEW)
    (repository.path / "specs/videos/page.md").write_bytes(b"\xff")
    assert {change["file"] for change in report(repository, "HEAD~1")["changes"]} == {"specs/videos/page.md"}
    (repository.path / "specs/videos/page.md").unlink()
    assert {change["file"] for change in report(repository, "HEAD~1")["changes"]} == {
        "specs/videos/alpha.json"
    }
    shutil.rmtree(repository.path / "specs/videos")
    gone = report(repository, "HEAD")["changes"]
    assert [change["kind"] for change in gone] == ["model-removed", "model-removed", "page-removed"]
    assert {change["file"] for change in gone} == {"specs/videos/page.md"}


@pytest.mark.parametrize("form", ["index.md", "starlight.html", "readme.html", "folded.txt"])
def test_real_pages_in_every_form_have_their_changes_on_them(root: Root, tmp_path: Path, form: str) -> None:
    suffix = form.split(".")[1]
    for date in ("2026-04-09", "2026-06-15"):
        root.add_page(
            "ideogram", (CASES / f"{date}-third-party-model-generation-ideogram" / form).read_bytes(), suffix
        )
        assert root.run("scrape").code == 0
        if date == "2026-04-09":
            shutil.copytree(root.path, tmp_path / "old")
    found = report(root, str(tmp_path / "old"))["changes"]
    assert {change["parameter"] for change in found} == {"seed"}
    text = (root.path / f"specs/ideogram/page.{suffix}").read_text().split("\n")
    for change in found:
        assert text[change["line"] - 1][change["column"] - 1 :].startswith(
            "number"
        )  # the bound itself is gone


# Hostile text


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_of_a_page_acts_in_a_report(text: str) -> None:
    changes = hostile_changes(text)
    check_markdown(changes)
    check_annotations(changes)
    assert json.loads(REPORTS["json"](changes, ""))["changes"]
    for line in REPORTS["text"](changes, "").split("\n"):
        assert re.search(r"\[[a-z-]+ [0-9a-f]{12}\]$", line)


@given(text=st.text(st.characters() | st.sampled_from("`\\*_[]()<>!#@%:,\r\n&|~"), max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_text_at_all_acts_in_a_report(text: str) -> None:
    changes = [
        Change(kind, "prose", text, text, text, old=text, new=[text], place=Place("specs/page/page.md", 1))
        for kind in ("default", "choices-introduced")
    ]
    check_markdown(changes)
    check_annotations(changes)


def check_markdown(changes: list[Change]) -> None:
    """Check that there are only headings, lists, words of ours and code spans, and our own fingerprints in comments."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(REPORTS["markdown"](changes, ""))
    blocks = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert blocks <= {"heading", "paragraph", "inline", "bullet_list", "list_item"}
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {"text", "code_inline", "html_inline", "softbreak"}
    for child in inline:
        if child.type == "html_inline":
            assert re.fullmatch("<!-- [0-9a-f]{12} -->", child.content)
        if child.type == "text":
            assert not re.search(r"[@#<>]|://|www\.", child.content)


def check_annotations(changes: list[Change]) -> None:
    lines = REPORTS["github"](changes, "").split("\n")
    assert len(lines) <= 31
    for line in lines:
        assert re.fullmatch(r"::(error|warning|notice) [^:\r]*::[^\r]*", line), line
        assert not re.search("%(?!25|0A|0D|3A|2C)", line)


def test_a_report_for_people_is_never_longer_than_github_takes() -> None:
    changes = [
        Change(
            "default",
            "behaviour",
            "page",
            f"model_{number}",
            "p",
            old="x" * 500,
            new=number,
            place=Place("specs/page/page.md", number),
        )
        for number in range(10_000)
    ]
    text = REPORTS["markdown"](changes, "")
    assert len(text) <= 65_536
    shown = text.count("the default changed")
    assert f"… and {10_000 - shown} more changes" in text
    assert 100 < shown < 10_000
    lines = REPORTS["github"](changes, "").split("\n")
    assert lines[-1] == "::notice title=paramsync diff::9991 more changes: paramsync diff shows all"
