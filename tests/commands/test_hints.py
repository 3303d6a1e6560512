"""A verb says what it changed on which page, which version that makes, the next command, and the one that starts over.

Modules: page_changes.
"""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from support.repositories import git
from support.roots import Root, make_root
from support.small_root import PAGE, TARGET, TOP, everything, put, section

VIDEOS = "specs/videos/page.md"
ROW = "| No | `1` | 0 | 9 | - | How strong |\n\n## Beta"
# What changes in a page of two models -> its text, and what is said of it.
CHANGES: dict[str, tuple[str, str]] = {
    "nothing": (PAGE, ""),
    "the date": (PAGE.replace("2026-04-09", "2026-05-01"), ""),
    "a bound": (PAGE.replace(ROW, ROW.replace("9", "5")), "1 breaking"),
    "a default": (PAGE.replace(ROW, ROW.replace("`1`", "`2`")), "1 behaviour"),
    "more room": (PAGE.replace(ROW, ROW.replace("9", "10")), "1 compatible"),
    "a description": (PAGE.replace(ROW, ROW.replace("strong", "much")), "1 prose"),
    "a model more": (PAGE + section("gamma"), "1 new"),
    "a model less": (PAGE.partition("## Beta")[0], "1 deprecated"),
    "a model that cannot be read": (PAGE.replace(ROW, ROW.replace("`1`", "one")), "1 held back"),
    "a new one, too": (PAGE + section("gamma", "one"), "1 held back"),
    "all of it": (
        PAGE.replace("How strong", "How much", 1).replace("| 9 |", "| 5 |", 1)
        + section("gamma")
        + section("d", "one"),
        "1 new, 1 breaking, 1 prose, 1 held back",
    ),
}


@pytest.fixture
def committed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Root:
    """Give a root that is committed in the folder of a repository, whose name has a space."""
    root = make_root(tmp_path / "a repository" / "models", capsys)
    root.add_page("videos", PAGE)
    put(root, {f"templates/list/{path}": text for path, text in TARGET.items()})
    assert root.run("scrape").code == root.run("generate").code == 0
    put(root, {"../.gitignore": ".paramsync_cache/\n"})
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "A page"]):
        git(root.path.parent, *arguments)
    return root


def say(root: Root, *arguments: str) -> dict[str, str]:
    """Run a verb; give its last lines, by the word before the colon."""
    return dict(line.split(": ", 1) for line in root.run(*arguments).out.splitlines() if ": " in line)


def test_scrape_says_what_it_changes_on_each_page(done: Root) -> None:
    before = everything(done)
    for text, said in CHANGES.values():
        put(done, {VIDEOS: text})
        expected = f"videos: {said}" if said else ""
        for arguments in (["--check"], []):
            assert say(done, "scrape", *arguments).get("changes", "") == expected, text
        assert "changes: " not in done.run("scrape", "--quiet").out
        for path in sorted((done.path / "specs/videos").iterdir()):
            path.unlink()
        put(done, {path: text for path, text in before.items() if path.startswith("specs/videos/")})
    many = [section(f"many-{letter}") for letter in "abcdef"]
    put(done, {"specs/many/page.md": TOP + "".join(many)})
    assert say(done, "scrape")["changes"] == "many: 6 new"
    put(done, {"specs/many/page.md": TOP + "".join(many[:2])})
    assert say(done, "scrape")["changes"] == "many: 4 held back"
    put(done, {"specs/many": None})
    put(done, {"specs/more/page.md": PAGE.replace("model_", "model_of_"), VIDEOS: CHANGES["a bound"][0]})
    pages = json.loads(done.run("scrape", "--check", "--format", "json").out)["pages"]
    assert pages == {"more": {"new": 2}, "videos": {"breaking": 1}}


def test_a_page_whose_specs_were_damaged_stops_nothing(done: Root) -> None:
    put(
        done,
        {
            VIDEOS: CHANGES["a bound"][0],
            "specs/videos/page.json": "{",
            "specs/more/page.md": PAGE.replace("l_", "l_of_"),
        },
    )
    assert say(done, "scrape")["changes"] == "more: 2 new"


@pytest.mark.parametrize("records", [(), ("specs/videos/alpha.record.json",)], ids=["pages", "records, too"])
def test_what_is_next_and_what_starts_over_are_whole_commands(
    committed: Root, records: tuple[str, ...]
) -> None:
    root, top = committed, committed.path.parent
    (root.path / "specs/spec.schema.json").write_text("{}\n")
    git(top, "commit", "--quiet", "--all", "--message", "As an older version wrote it")
    clean = everything(root)
    overlay = '[[correct]]\nparameter = "strength"\nexpect = { default = 1 }\nset = { default = 3 }\nreason = "Asked."\n'
    record = '{"model": {"id": "model_alpha", "inputs": [{"name": "strength", "type": "number"}]}}'
    mine = {VIDEOS: PAGE + section("gamma"), "specs/videos/beta.overlay.toml": overlay}
    mine |= dict.fromkeys(records, record)
    kept = ' ":^specs/*.record.json"' if records else ""
    put(root, mine)
    scraped = say(root, "scrape")
    assert scraped["next"] == f"paramsync generate --root '{root.path}'"
    assert (
        scraped["undo"] == f"""git -C '{root.path}' stash push --include-untracked -- "specs/*.json"{kept}"""
    )
    generated = say(root, "generate")
    assert generated["next"] == f"git -C '{root.path}' diff, and commit it"
    written = everything(root)
    for said in (scraped, generated):
        subprocess.run(said["undo"], shell=True, cwd="/", check=True, capture_output=True)
    assert everything(root) == clean | {path: text.encode() for path, text in mine.items()}
    git(top, "stash", "pop")
    git(top, "stash", "pop")
    assert everything(root) == written


def test_what_was_tidied_comes_back_too(committed: Root) -> None:
    root, top = committed, committed.path.parent
    obsolete = (
        '[[correct]]\nparameter = "strength"\nexpect = { default = 2 }\nset = { default = 1 }\nreason = "a"\n'
    )
    accepted = '\n[[accept]]\ncode = "no-models"\nreason = "b"\n'
    profile = (root.path / "specs/profile.toml").read_text()
    record = (
        '{"model": {"ownerId": "a", "id": "model_alpha", "inputs": [{"name": "strength", "type": "number"}]}}'
    )
    files = {
        "specs/profile.toml": profile + accepted,
        "specs/videos/alpha.record.json": record,
        "specs/videos/beta.overlay.toml": obsolete,
    }
    put(root, files)
    say(root, "scrape")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "Corrections")
    before = everything(root)
    scraped = say(root, "scrape", "--tidy")
    assert everything(root).keys() == before.keys() - {"specs/videos/beta.overlay.toml"}
    assert (root.path / "specs/profile.toml").read_text() == profile + "\n"
    assert scraped["next"] == f"paramsync generate --root '{root.path}'"
    assert "ownerId" not in (root.path / "specs/videos/alpha.record.json").read_text()
    assert scraped["undo"].endswith(f'-- "specs/*.json" {" ".join(files)}')
    subprocess.run(scraped["undo"], shell=True, cwd="/", check=True, capture_output=True)
    assert everything(root) == before
    assert "undo" not in say(root, "scrape", "--tidy", "--check")


@pytest.mark.parametrize(
    ("verb", "arguments"), [("scrape", ()), ("generate", ()), ("generate", ("--check",))]
)
def test_what_is_said_here_names_no_root(committed: Root, verb: str, arguments: tuple[str, ...]) -> None:
    put(committed, {"specs/videos/beta.json": None, "generated/list/notes.txt": "Other.\n"})
    if verb == "generate":
        committed.run("scrape")
    command = [sys.executable, "-m", "paramsync", verb, *arguments]
    ran = subprocess.run(command, cwd=committed.path, capture_output=True, text=True, check=False)
    last = [line for line in ran.stdout.splitlines() if line.startswith(("next: ", "undo: ", "drift: "))]
    assert (
        last
        == {
            "scrape": [
                "next: paramsync generate",
                'undo: git stash push --include-untracked -- "specs/*.json"',
            ],
            "generate": [
                "next: git diff, and commit it",
                'undo: git stash push --include-untracked -- "specs/*.json" generated',
            ],
            "generate --check": ["drift: run paramsync generate, read the diff, and commit it"],
        }[" ".join([verb, *arguments])]
    )


WITH_CHECK = (
    ("scrape",),
    ("scrape", "--tidy"),
    ("scrape", "videos", "--prune", "--tidy", "--accept-removals", "videos", "beta"),
    ("scrape", "--accept-removals", "videos", "--prune", "--accept-removals", "beta"),
    ("generate",),
    ("generate", "--target", "list"),
)


def test_the_command_that_a_check_names_mends_what_it_found(committed: Root) -> None:
    root = committed
    overlay = '[[correct]]\nparameter = "strength"\nexpect = { default = 3 }\nset = { default = 1 }\nreason = "Asked."\n'
    gone = {VIDEOS: PAGE.partition("## Beta")[0], "specs/videos/alpha.overlay.toml": overlay}
    other = {"generated/list/notes.txt": "Other.\n"}
    for arguments in WITH_CHECK:
        put(root, other if "generate" in arguments else gone)
        checked = say(root, *arguments, "--check")
        command = checked["drift"].partition(", read the diff")[0].removeprefix("run ")
        done = subprocess.run(
            f"{shlex.quote(sys.executable)} -m {command}",
            shell=True,
            cwd="/",
            check=True,
            capture_output=True,
            text=True,
        )
        assert "drift" not in say(root, *arguments, "--check"), command
        assert "undo: " in done.stdout
        git(root.path, "restore", ".")
        git(root.path, "clean", "--force", "--quiet")


def test_generate_says_which_version_it_gives_and_after_which(done: Root) -> None:
    def say_version() -> str:
        return done.run("generate").out.rpartition("models, ")[2].partition(";")[0]

    assert say_version() == "version 0.1.0, the first"
    assert done.run("release").code == 0
    assert say_version() == "version 0.1.0"
    put(done, {VIDEOS: CHANGES["a description"][0]})
    assert done.run("scrape").code == 0
    assert [say_version(), say_version()] == ["version 0.1.1, after 0.1.0"] * 2
    assert "undo" not in say(done, "scrape")  # there is no repository
