"""A report in each format: each change with its place, what to do about it, and no text of a page that acts.

Modules: locate, summary, groups, cells, review.
"""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from paramsync.changes.cells import contrast
from paramsync.changes.kinds import Change
from paramsync.changes.reports import REPORTS
from paramsync.changes.review import LINK_BYTES, NO_CONTEXT, Context, as_markdown
from paramsync.findings import Finding, InputError, Place
from support.described_models import Model, write_markdown, write_page, write_record
from support.hostile import TEXTS, hostile_changes
from support.repositories import NEW, change, commit, report, told
from support.roots import CASES, Root

Golden = Callable[[str, str], None]
FOLDS = {"<details>", "</details>", "<summary>", "</summary>"}
FOLD = re.compile(r"<details><summary>[A-Za-z0-9 ,:]+</summary>|</details>")


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
        "breaking: model_alpha: strength: a limit was narrowed from maximum 9 to maximum 5 [bounds-narrowed",
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


def test_markdown_tells_reviewers_what_to_decide_first(repository: Root, golden: Golden) -> None:
    golden("one-page.md", repository.run("diff", "--format", "markdown").out)


def test_markdown_says_what_is_held_back_because_of_errors(repository: Root, golden: Golden) -> None:
    change(repository, NEW)
    commit(repository, NEW)
    repository.edit("specs/videos/page.md", "| 0 | 5 |", "| O | 5 |")
    repository.edit("specs/videos/page.md", "In which way", "How")
    assert repository.run("scrape").code == 3
    golden("held-back.md", repository.run("diff", "--format", "markdown").out)


@pytest.mark.parametrize(
    ("file", "says"),
    {
        "specs/profile.toml": "`specs/profile.toml:1:1`: `not TOML: ",
        "templates/list/target.toml": "`templates/list/target.toml:1:1`: `not TOML: ",
    }.items(),
)
def test_markdown_says_why_no_page_can_be_read(repository: Root, file: str, says: str) -> None:
    commit(repository, NEW)
    (repository.path / file).write_text("<b>")
    for old in ("HEAD", "HEAD~1"):
        text = repository.run("diff", old, "--format", "markdown").out
        assert f"### Held back: all specs stay as they were, since no page can be read\n\n{says}" in text
        assert ("### Breaking" in text) == (old != "HEAD")


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
    for one in found:
        # Where the bound stood is a dash now.
        assert text[one["line"] - 1][one["column"] - 1 :].startswith("-")


def test_a_change_has_the_line_of_the_source_that_changed(root: Root, tmp_path: Path) -> None:
    facts = {"type": "number", "description": "So.", "min": 0, "max": 9, "step": 1}
    inner = {"name": "t", "type": "number", "max": 9}
    old: Model = {
        "a": facts,
        "b": {"type": "file", "description": "So.", "kind": "image"},
        "o": {"type": "inputs_array", "description": "So.", "inputs": [inner]},
    }
    conditions = {"ifDefined": {"a": {}}}
    new = {
        "a": facts | {"step": 2, "max": 8},
        "b": old["b"] | {"kind": "video", "required": conditions},
        "o": old["o"] | {"inputs": [inner | {"max": 7}]},
    }
    root.add_page("page", write_page(old))
    record, markdown = (root.path / "specs/page" / name for name in ("one.record.json", "one.llm.md"))
    for model, text in (
        (old, write_markdown(old)),
        (new, write_markdown(old | {"c": {"type": "model", "description": "So."}})),
    ):
        if model is new:
            shutil.copytree(root.path, tmp_path / "old")
        record.write_text(write_record(model))
        markdown.write_text(text)
        assert root.run("scrape").code == 0
    found = {
        (one["kind"], one["file"].rpartition("/")[2], one["line"])
        for one in report(root, str(tmp_path / "old"))["changes"]
    }
    lines = record.read_text().split("\n")
    line_of = {
        text: lines.index(next(line for line in lines if text in line)) + 1
        for text in ('"step"', '"max": 8', '"kind"', "ifDefined", '"max": 7')
    }
    assert found == {
        ("annotation", "one.record.json", line_of['"step"']),
        ("annotation", "one.record.json", line_of['"kind"']),
        ("bounds-narrowed", "one.record.json", line_of['"max": 8']),
        ("bounds-narrowed", "one.record.json", line_of['"max": 7']),
        ("dependent-required", "one.record.json", line_of["ifDefined"]),
        ("parameter-added", "one.llm.md", 16),
    }


# Hostile text


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_of_a_page_acts_in_a_report(text: str) -> None:
    changes = hostile_changes(text)
    check_markdown(changes)
    check_annotations(changes)
    assert json.loads(REPORTS["json"](changes, NO_CONTEXT))["changes"]
    for line in REPORTS["text"](changes, NO_CONTEXT).split("\n"):
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
    """Check that there are only headings, tables, lists that fold, links to pages, words of ours and code spans."""
    held_back = [Finding("bad-number", one.place, one.model, one.model) for one in changes]
    names = [one.model for one in changes]
    providers = dict(zip(names, names, strict=True))
    unread = InputError(Place(names[0], 1), names[0])
    context = Context("", *names[:1], "1.2.0", providers, {"page": names[0]}, held_back, unread)
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(as_markdown(changes, context))
    blocks = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert blocks <= {
        "heading",
        "paragraph",
        "inline",
        "html_block",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    assert all(FOLD.fullmatch(token.content.strip()) for token in tokens if token.type == "html_block")
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {
        "text",
        "code_inline",
        "html_inline",
        "link_open",
        "link_close",
    }
    for child in inline:
        if child.type == "html_inline":
            assert child.content in FOLDS
        if child.type == "link_open":
            assert re.fullmatch(r"specs/page/page\.md\?plain=1#L\d+", str(child.attrs["href"]))
        if child.type == "text":
            assert not re.search(r"[@#<>]|://|www\.", child.content)


def check_annotations(changes: list[Change]) -> None:
    lines = REPORTS["github"](changes, NO_CONTEXT).split("\n")
    assert len(lines) <= 31
    for line in lines:
        assert re.fullmatch(r"::(error|warning|notice) [^:\r]*::[^\r]*", line), line
        assert not re.search("%(?!25|0A|0D|3A|2C)", line)


# How much of it


def test_six_hundred_equal_changes_are_one_to_decide() -> None:
    seeds = [
        Change(
            "type",
            "breaking",
            f"video-{number % 4}",
            f"model_{number}",
            "seed",
            old="number",
            new="string",
            place=place(number),
        )
        for number in range(600)
    ]
    text = as_markdown([*seeds, Change("model-removed", "breaking", "video-1", "model_gone", place=place(9))])
    rows = [line for line in text.split("\n") if "`seed`" in line]
    assert len(rows) == 1
    assert rows[0].startswith(
        '| `seed`: the type changed | `"number"` | `"string"` | <details><summary>600 models of 4 pages</summary>`video-0` [line 1]'
    )
    assert all(f"`model_{number}`" in rows[0] for number in range(600))
    assert (
        "601 breaking, 0 behaviour, 0 compatible, 0 prose: 2 different changes in 601 models of 4 pages"
        in text
    )
    assert text.index("`model_gone`") < text.index("`seed`")


KINDS_OF_EACH = {
    "breaking": "bounds-narrowed",
    "behaviour": "default",
    "compatible": "parameter-added",
    "prose": "description",
}


@pytest.mark.parametrize("each", [225, 2500])
def test_of_too_many_different_changes_the_mildest_are_left_out_whole_and_counted(each: int) -> None:
    changes = [
        Change(
            kind,
            severity,
            f"page-{number % 25}",
            f"model_{number}",
            f"p_{severity}",
            old=f"🍌{number}" * 99,
            new=number,
            place=place(number),
        )
        for severity, kind in KINDS_OF_EACH.items()
        for number in range(each)
    ]
    text = as_markdown(changes, Context(before="1.2.0", after="1.3.0"))
    links = text.count("](specs/")
    assert len(text.encode()) + LINK_BYTES * links < 65_536 - 2_500
    assert (
        f"{each} breaking, {each} behaviour, {each} compatible, {each} prose: {4 * each} different changes"
        in text
    )
    assert "goes from `1.2.0` to `1.3.0`" in text
    found = [text.count(f"| `p_{severity}`") for severity in KINDS_OF_EACH]
    assert 100 < sum(found) < 4 * each
    assert found == sorted(found, reverse=True)
    assert found[-1] == 0
    left = [each - number for number in found]
    told = ", ".join(f"{number} {severity}" for number, severity in zip(left, KINDS_OF_EACH, strict=True))
    assert text.endswith(f"… and {sum(left)} more changes: {told}; `paramsync diff` shows all.\n")
    assert re.sub("<details>.*?</details>", "", text.replace("\n", " ")).count("details>") == 0


def test_much_that_is_held_back_and_many_pages_leave_the_worst_change_its_place() -> None:
    changes = [
        Change("model-removed", "breaking", f"page-{number}", f"model_{number}" * 9, place=place(number))
        for number in range(900)
    ]
    errors = [
        Finding(code, place(number), "x|" * 500, f"model_{number}" * 9)
        for number in range(900)
        for code in ("bad-number", "bad-type")
    ]
    text = as_markdown(changes, Context(held_back=errors))
    assert len(text.encode()) < 62_000
    assert "| 860 more |" in text
    assert "### Breaking" in text
    assert "… and " not in text


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("short", "other", ("short", "other")),
        ("a" * 300 + "b", "a" * 300 + "c", (f"…{'a' * 30}b", f"…{'a' * 30}c")),
        ("a" * 300, "a" * 299, (f"…{'a' * 31}", f"…{'a' * 30}")),
        ("b" + "a" * 300, "c", ("b" + "a" * 300, "c")),
    ],
)
def test_of_two_long_values_that_begin_alike_the_difference_is_shown(
    old: str, new: str, shown: tuple[str, str]
) -> None:
    assert contrast(old, new) == shown


def test_of_each_level_as_many_annotations_are_written_as_github_shows() -> None:
    kinds = {"breaking": "error", "behaviour": "warning", "prose": "notice"}
    changes = [
        Change(
            KINDS_OF_EACH[severity], severity, "page", "model_a", f"p{number}", old=1, new=2, place=place(1)
        )
        for severity in reversed(kinds)
        for number in range(12)
    ]
    lines = REPORTS["github"](changes, NO_CONTEXT).split("\n")
    levels = [line[2:].partition(" ")[0] for line in lines]
    assert levels == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert lines[-1] == "::notice title=paramsync diff::7 more changes: paramsync diff shows all"
    assert "more" not in REPORTS["github"](changes[-10:], NO_CONTEXT)


def place(number: int) -> Place:
    return Place(f"specs/page-{number % 25}/page.md", number + 1)
