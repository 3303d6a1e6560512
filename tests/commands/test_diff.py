"""What `paramsync diff` says of two roots or revisions, from anywhere, and of what people get wrong.

Modules: review.
"""

import re

import pytest

from support.repositories import NEW, OLD, change, commit, git
from support.roots import Ran, Root
from support.small_root import put


def test_what_is_the_same_is_said_to_be(repository: Root) -> None:
    assert repository.run("diff", "HEAD", "HEAD") == Ran(0, "diff: no changes\n", "")
    assert repository.run("diff", "HEAD", "HEAD", "--quiet") == Ran(0, "", "")
    assert repository.run("diff", "HEAD", "HEAD", "--format", "github") == Ran(0, "", "")
    assert "No changes." in repository.run("diff", "HEAD", "HEAD", "--format", "markdown").out
    change(repository, OLD.replace("2026-04-09", "2026-04-16"))
    assert repository.run("diff") == Ran(0, "diff: no changes\n", "")  # only the date has moved


@pytest.mark.parametrize(
    ("old", "new", "options", "code"),
    [
        ("HEAD", None, (), 0),
        ("HEAD", None, ("--fail-on", "breaking"), 1),
        ("HEAD", None, ("--fail-on", "any"), 1),
        ("HEAD", "HEAD", ("--fail-on", "any"), 0),
        ("HEAD~1", "HEAD", ("--fail-on", "breaking"), 0),
        ("HEAD~1", "HEAD", ("--fail-on", "any"), 1),
    ],
)
def test_it_fails_on_what_it_is_told_to(
    repository: Root, old: str, new: str | None, options: tuple[str, ...], code: int
) -> None:
    git(repository.path, "stash", "--quiet")
    commit(repository, OLD.replace("How strong", "How very strong"))
    change(repository, NEW)
    assert repository.run("diff", old, *([new] if new else []), *options).code == code


MISTAKES = {
    "a misspelt revision": (
        ("mian",),
        2,
        "'mian' is neither a root folder, with specs/ in it, nor a revision",
    ),
    "a folder that is no root": (("/",), 2, "/ has no specs/; give a root folder, or a git revision"),
    "a style that there is not": (("--format", "yaml"), 2, "invalid choice: 'yaml'"),
    "three sides": (("a", "b", "c"), 2, "unrecognized arguments: c"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_answered_by_what_to_do(repository: Root, case: str) -> None:
    arguments, code, said = MISTAKES[case]
    ran = repository.run("diff", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_specs_that_cannot_be_read_are_named_with_their_side(repository: Root) -> None:
    put(repository, {"specs/videos/alpha.json": "{"})
    ran = repository.run("diff")
    assert (ran.code, ran.err) == (
        3,
        "specs/videos/alpha.json:1:2: error: not JSON: Expecting property name enclosed in double quotes\n",
    )
    git(repository.path, "commit", "--quiet", "--all", "--message", "Broken")
    change(repository, OLD)
    ran = repository.run("diff")
    assert ran.code == 3
    assert ran.err.startswith("HEAD:specs/videos/alpha.json:1:2: error: not JSON: ")
    repository.edit("specs/videos/alpha.json", '"minimum"', '"minimun"')
    git(repository.path, "commit", "--quiet", "--all", "--message", "A slip")
    problem = "$.properties.strength: a spec has no keyword 'minimun' here; did you mean 'minimum'?"
    ran = repository.run("diff", "HEAD~2")
    assert ran.err.startswith(f"specs/videos/alpha.json: error: {problem}; restore it from git, or run ")
    change(repository, OLD)
    ran = repository.run("diff")
    assert (ran.code, ran.err) == (3, f"HEAD:specs/videos/alpha.json: error: {problem}\n")


def test_the_report_for_reviewers_tells_the_versions_of_both_sides_with_their_notes(repository: Root) -> None:
    def versions() -> list[str]:
        text = repository.run("diff", "--format", "markdown").out
        return re.findall("the version [^.]*?`([0-9.]+)`(?: to `([0-9.]+)`)?", text)

    assert versions() == [("0.1.0", "")]  # nothing was ever released
    change(repository, OLD)
    assert repository.run("release").code == 0
    commit(repository, OLD)
    change(repository, NEW)
    assert versions() == [("0.1.0", "0.2.0")]
    note = repository.path / "templates/notes/new.toml"
    note.parent.mkdir()
    note.write_text('kind = "breaking"\ntext = "Other names."\n')
    assert versions() == [("0.1.0", "1.0.0")]
    (repository.path / "specs/released.jsonl").write_text("no\n")
    assert "; suggests minor." in repository.run("diff", "--format", "markdown").out
