"""The action: what it finds in a repository of somebody else, where it shows it, and what it installs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.renderers import BLOCK_OF_CODE, render_all
from support.repositories import git
from support.roots import Ran, Root
from support.workflows import ACTION, GITHUB, obeyed, run_step


def run_action(nested_root: Root, temporary: Path, *, steps: slice = slice(1, None), **inputs: str) -> Ran:
    """Run steps of the action as the runner does; without its first one, paramsync is what is installed here."""
    top = nested_root.path.parent.parent
    given = (
        {name: facts["default"] for name, facts in ACTION["inputs"].items()} | {"root": "docs/a,b"} | inputs
    )
    if steps.start == 1:
        (temporary / "paramsync").symlink_to(Path(sys.executable).parent.parent)
    done: list[Ran] = []
    for step in ACTION["runs"]["steps"][steps]:
        if any(ran.code for ran in done) and "!cancelled()" not in step.get("if", ""):
            break
        environment = {
            name: re.sub(r"\$\{\{ inputs\.([a-z]+) \}\}", lambda match: given[match[1]], text)
            for name, text in step.get("env", {}).items()
        }
        done.append(
            run_step(
                step,
                top,
                GITHUB_ACTION_PATH=str(GITHUB / "actions/check"),
                GITHUB_WORKSPACE=str(top),
                GITHUB_SERVER_URL="https://github.com",
                GITHUB_REPOSITORY="acme/docs",
                GITHUB_SHA="c0ffee",
                GITHUB_STEP_SUMMARY=str(temporary / "summary.md"),
                RUNNER_TEMP=str(temporary),
                **environment,
            )
        )
    return Ran(
        max(ran.code for ran in done), *map("".join, zip(*((ran.out, ran.err) for ran in done), strict=True))
    )


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("temporary")


def test_the_action_finds_nothing_where_all_is_in_order(nested_root: Root, temporary: Path) -> None:
    ran = run_action(nested_root, temporary)
    assert (ran.code, obeyed(ran.out)) == (0, [])
    assert "scrape: 1 page, 2 models" in ran.out
    assert "generate: 1 target" in ran.out


SPAN = re.compile("<code>[^<]*</code>")
FILE = "file=docs/a%2Cb/specs/videos/page.md"


def test_the_action_puts_a_finding_on_its_line(nested_root: Root, temporary: Path) -> None:
    nested_root.edit("specs/videos/page.md", "`1` | 0 | 9", "`50%` | 0 | 9")
    ran = run_action(nested_root, temporary)
    assert ran.code == 3
    found = [command for command in obeyed(ran.out) if command.startswith("::error file=")]
    assert found[0].startswith(f"::error {FILE},line=17,col=")
    assert "model_alpha: strength: '`50%25`' cannot be read as number" in found[0]


def test_the_action_tells_files_that_are_not_up_to_date(nested_root: Root, temporary: Path) -> None:
    nested_root.edit("specs/videos/page.md", "How strong", "How very strong")
    (nested_root.path / "generated/list/models/beta.txt").unlink()
    ran = run_action(nested_root, temporary, base="")
    assert ran.code == 1
    assert [command.partition("%0A")[0] for command in obeyed(ran.out)] == [
        f"::error {FILE.replace('page.md', 'alpha.json')},title=file-changed::the file is changed",
        f"::error {FILE.replace('page.md', 'beta.json')},title=file-changed::the file is changed",
        "::error file=docs/a%2Cb/generated/list/models/beta.txt,title=file-missing::the file is missing",
    ]


def test_the_action_puts_a_change_on_its_line(nested_root: Root, temporary: Path) -> None:
    nested_root.edit("specs/videos/page.md", "`1` | 0 | 9", "`1` | 0 | 5")
    assert nested_root.run("scrape").code == nested_root.run("generate").code == 0
    ran = run_action(nested_root, temporary)
    assert ran.code == 0
    found = obeyed(ran.out)
    assert found
    assert all(re.match(rf"::(error|warning|notice) {FILE},line=\d+", command) for command in found)


def test_each_kind_has_its_ten_annotations_breaking_ones_first_and_the_rest_is_in_the_summary(
    nested_root: Root, temporary: Path
) -> None:
    rows = "".join(f"| `p{number}` | number | No | `1` | 0 | 9 | - | A |\n" for number in range(30))
    nested_root.edit("specs/videos/page.md", "| `strength` |", f"{rows}| `strength` |")
    assert nested_root.run("scrape").code == nested_root.run("generate").code == 0
    top = nested_root.path.parent.parent
    git(top, "commit", "--quiet", "--all", "--message", "thirty")
    nested_root.edit("specs/videos/page.md", "`1` | 0 | 9 | - | A", "`1` | 0 | 5 | - | A")
    assert nested_root.run("scrape").code == 0
    for number in range(30):  # each with a cause of its own
        row = f"| `p{number}` | number | No | "
        nested_root.edit("specs/videos/page.md", f"{row}`1`", f"{row}`<b>` @team{number}")
    ran = run_action(nested_root, temporary, base="HEAD")
    assert ran.code == 3
    errors = [command for command in obeyed(ran.out) if command.startswith("::error ")]
    assert [("breaking" in command, "bad-default" in command) for command in errors[:20]] == [
        (True, False)
    ] * 10 + [(False, True)] * 10
    assert len(errors) <= 30
    summary = (temporary / "summary.md").read_text()
    assert "60 breaking" in summary
    assert summary.count("\n    specs/videos/page.md:") == 60
    for pages in render_all([summary]).values():
        assert not re.search("<b>|@team", BLOCK_OF_CODE.sub("", SPAN.sub("", pages[0])))


def test_the_summary_links_lines_at_the_commit_that_is_checked(repository: Root, temporary: Path) -> None:
    facts = {
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/docs",
        "GITHUB_SHA": "c0ffee",
    }
    done = subprocess.run(
        [GITHUB / "actions/check/check.sh", Path(sys.executable).with_name("paramsync"), "diff"],
        cwd=repository.path,
        env={
            **os.environ,
            **facts,
            "ROOT": ".",
            "BASE": "HEAD",
            "GITHUB_STEP_SUMMARY": str(temporary / "summary"),
        },
        check=False,
    )
    assert done.returncode == 0
    link = "[line 9](https://github.com/acme/docs/blob/c0ffee/specs/videos/page.md?plain=1#L9)"
    assert f"| `model_alpha` {link} |" in (temporary / "summary").read_text()


@pytest.mark.parametrize("base", ["HEAD~9", "--output=ran", "$(touch ran)", "::warning::no", ""])
def test_the_action_goes_on_without_a_commit_to_compare_with(
    nested_root: Root, temporary: Path, base: str
) -> None:
    ran = run_action(nested_root, temporary, base=base)
    assert (ran.code, obeyed(ran.out)) == (0, [])
    assert not list(nested_root.path.parent.parent.rglob("ran"))


DIFF = slice(1, 2)  # the step


@pytest.mark.parametrize("side", ["base", "root"])
def test_the_action_fails_where_a_side_of_the_comparison_is_damaged(
    nested_root: Root, temporary: Path, side: str
) -> None:
    spec, top = nested_root.path / "specs/videos/alpha.json", nested_root.path.parent.parent
    sound = spec.read_bytes()
    spec.write_text("{")
    if side == "base":
        git(top, "commit", "--quiet", "--all", "--message", "damage")
        spec.write_bytes(sound)
    ran = run_action(nested_root, temporary, steps=DIFF, base="HEAD")
    assert ran.code == 3
    [error] = obeyed(ran.out)
    assert "specs/videos/alpha.json,line=1,col=2,title=unusable-input::not JSON: " in error


def test_the_action_fails_where_the_report_of_changes_cannot_be_written(
    nested_root: Root, temporary: Path
) -> None:
    (temporary / "summary.md").mkdir()
    ran = run_action(nested_root, temporary, steps=DIFF)
    assert ran.code == 1
    assert "summary.md: Is a directory" in ran.err


@pytest.mark.parametrize("bad", ["nowhere", "$(touch ran)", "--help"])
def test_the_action_says_where_there_is_no_root(nested_root: Root, temporary: Path, bad: str) -> None:
    assert run_action(nested_root, temporary, root=bad).code == 2


@pytest.mark.usefixtures("wheels")
def test_the_action_installs_paramsync_beside_the_repository_and_not_from_it(
    nested_root: Root, temporary: Path
) -> None:
    (nested_root.path.parent.parent / "paramsync.py").write_text("print('not this one')\n")
    ran = run_action(nested_root, temporary, steps=slice(0, None))
    assert (ran.code, obeyed(ran.out)) == (0, []), ran.err
    assert "generate: 1 target" in ran.out
    assert "not this one" not in ran.out
    assert_one_thing(temporary / "paramsync/bin")


def test_a_checkout_is_the_same_thing(tmp_path: Path) -> None:
    assert_one_thing(Path(sys.executable).parent)


def assert_one_thing(folder: Path) -> None:
    """Expect the command, the module and the import of an environment to be the same."""
    python, help_text = (
        folder / "python",
        "import sys, paramsync.cli; sys.exit(paramsync.cli.main(['--help']))",
    )
    commands = (
        [folder / "paramsync", "--help"],
        [python, "-m", "paramsync", "--help"],
        [python, "-c", help_text],
    )
    ran = [subprocess.run(command, capture_output=True, text=True, check=True) for command in commands]
    assert len({one.stdout for one in ran}) == 1
    missing = subprocess.run([python, "-c", "import generator"], capture_output=True, check=False, cwd=folder)
    assert missing.returncode == 1
