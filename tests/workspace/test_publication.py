"""What a run writes: each file the old or the new one, whatever kills it, runs beside it or holds it up.

Modules: files, pending, plan.
"""

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from paramsync.findings import InputError
from paramsync.workspace.cache import write_cache
from paramsync.workspace.difference import Difference
from paramsync.workspace.plan import digest
from paramsync.workspace.publication import publish
from support.crashes import COMMAND, WITHOUT, die_everywhere, run_at_once, run_with_error
from support.roots import Ran, Root
from support.small_root import NAMES, PAGE, TOP, Files, everything, forget, put, section, start

ROW = "`2`"
DEATHS: dict[str, tuple[str, Files]] = {
    "a release": ("release", {}),  # the verb, and what has changed
    "specs": (
        "scrape",
        {
            "specs/videos/page.md": TOP + section("alpha", ROW) + section("gamma"),
            "specs/clips/page.md": TOP + section("beta", ROW),
            "specs/films/page.md": TOP + section("delta"),
            "specs/spec.schema.json": "{}\n",
        },
    ),
    "the first files": ("generate", {"generated": None}),
    "files": ("generate", {"templates/list/notes.txt": None, "templates/list/new.txt": "New.\n"}),
    "a target that has gone": ("generate", {"templates/list": None}),
    "names in other letters, and files for folders": (
        "generate",
        {
            "templates/list/notes.txt": None,
            "templates/list/Notes.txt": "By hand.\n",
            "templates/list/models/": None,
            "templates/list/models": "A file.\n",
            "templates/list/models.json.jinja": None,
            "templates/list/models.json/a.txt": "Below a folder.\n",
        },
    ),
}
OF_TOOLS: Files = {
    f"generated/list/{path}": "Kept.\n"
    for path in (".venv/bin/x", "dist/x.js", "models/node_modules/x/x.js", "x.egg-info/PKG")
}
BY_HAND = b"By hand.\n"
# All that may stand in the cache after runs that were killed, however many.
OF_THE_CACHE = {
    ".gitignore",
    "lock",
    *(f"{name}.{end}" for name in ("scrape", "generate", "outputs") for end in ("json", "new")),
}


@pytest.mark.parametrize(
    ("case", "way"),
    [*((case, "at a step") for case in DEATHS), ("files", "at a time")],
)
def test_a_run_that_dies_leaves_old_and_new_files_and_the_next_finishes(
    done: Root, tmp_path_factory: pytest.TempPathFactory, case: str, way: str
) -> None:
    verb, changes = DEATHS[case]
    put(done, changes)
    if case in ("specs", "files", "a target that has gone"):
        put(done, OF_TOOLS)
    old = everything(done)
    roots = die_everywhere(done, tmp_path_factory.mktemp("copies"), way, verb)
    assert done.run(verb).code == 0
    new = everything(done)
    assert {*OF_TOOLS} & {*old} == {*OF_TOOLS} & {*new}
    have_plans = set()
    for number, root in enumerate(roots):
        left = everything(root)
        for path in left.keys() | old.keys() | new.keys():
            both = [old.get(path), new.get(path)]
            assert left.get(path) in both or (b"a folder" in both and path not in left), path
        lower = [path.lower() for path in left]
        assert len(lower) == len({*lower}), "where letters do not differ, one would be the other"
        cache = root.tree(".paramsync_cache")
        has_plan = "pending/plan.json" in cache
        have_plans.add(has_plan)
        if has_plan:
            checks = [root.run(one, "--check") for one in ("scrape", "generate")]
            assert {(ran.code, ran.out) for ran in checks} == {(3, "")}
            assert all("plan.json: error: a run was killed while it wrote files" in ran.err for ran in checks)
            assert (everything(root), root.tree(".paramsync_cache")) == (left, cache)
        other = [("generate",), ("scrape",), ("explain", "alpha")][number % 3]
        assert root.run(*other).code == 0  # any verb finishes what another has begun
        assert not (root.path / ".paramsync_cache/pending").exists()
        assert root.run(verb, "--quiet") == Ran(0, "", "")
        assert {path.name for path in (root.path / ".paramsync_cache").iterdir()} <= OF_THE_CACHE
        if verb == "scrape" and number % 3 == 0:
            assert root.run("generate").code == root.run("scrape", "--check").code == 0
        else:
            assert everything(root) == new
    assert have_plans == {True, False} or way == "at a time"


@pytest.mark.parametrize("case", ["specs", "files"])
def test_what_was_changed_after_a_run_died_is_left_and_named(
    done: Root, tmp_path_factory: pytest.TempPathFactory, case: str
) -> None:
    verb, changes = DEATHS[case]
    put(done, changes)
    roots = die_everywhere(done, tmp_path_factory.mktemp("copies"), "at a step", verb)
    half = [root for root in roots if (root.path / ".paramsync_cache/pending/plan.json").exists()]
    assert done.run(verb).code == 0
    changed = {
        "specs/videos/page.json": BY_HAND,
        "generated/list/notes.txt": BY_HAND,
        "generated/list/new.txt": None,
    }
    changed = {path: text for path, text in changed.items() if path.startswith("specs") == (verb == "scrape")}
    for root in half:
        put(root, {path: text for path, text in changed.items() if text or (root.path / path).exists()})
        if case == "files":
            (root.path / "generated/list/new.txt").mkdir()
        ran = root.run("explain", "alpha")
        path = next(iter(changed))
        assert (ran.code, ran.out) == (3, "")
        assert f"{path}: error: was changed while paramsync wrote files, and is left" in ran.err, ran
        assert (root.path / path).read_bytes() == BY_HAND
        if case == "files":
            assert "generated/list/new.txt: error: cannot be written" in ran.err
            (root.path / "generated/list/new.txt").rmdir()
        assert root.run(verb).code == 0
        assert [root.run(one, "--check").code for one in (verb, "scrape")] == [0, 0]


def test_what_is_changed_while_a_run_works_is_left_and_named(done: Root) -> None:
    put(done, {"a.txt": "Changed.\n", "specs/p/b.txt": "As it was.\n", "specs/p/d.txt": "Old.\n"})
    differences = [
        Difference("specs/p/a.txt", None, "New.\n"),
        Difference("specs/p/b.txt", "As it is not.\n", "New.\n"),
        Difference("specs/p/c.txt", "It is not there.\n", "New.\n"),
        Difference("specs/p/d.txt", "Old.\n", None),
        Difference("specs/e/f.txt", None, "New.\n"),
    ]
    (done.path / "specs/e").symlink_to(done.path)
    with pytest.raises(InputError) as caught:
        publish(done.path, differences)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "specs/e/f.txt",
        "specs/p/b.txt",
        "specs/p/c.txt",
    ]
    assert (done.path / "specs/p/a.txt").read_text() == "New.\n"
    assert (done.path / "specs/p/b.txt").read_text() == "As it was.\n"
    assert not (done.path / "specs/p/d.txt").exists()
    assert not (done.path / "f.txt").exists()
    assert not (done.path / ".paramsync_cache/pending").exists()


@pytest.mark.parametrize(
    "step",
    [
        *(
            [path, "", digest("Theirs.\n"), "0"]
            for path in (
                "../outside.txt",
                "templates/a.txt",
                "specs/other.schema.json",
                "specs/p/\0",
                "specs/../templates/a.txt",
                "/a.txt",
            )
        ),
        ["specs/p/a.txt", "", digest("Theirs.\n"), "../theirs.txt"],
        ["specs/p/a.txt", "", digest("Theirs.\n")],  # as older versions wrote it
    ],
    ids=str,
)
def test_a_plan_that_names_what_is_not_ours_is_no_plan(done: Root, step: list[str]) -> None:
    (done.path / ".paramsync_cache/pending").mkdir()
    for staged in ("pending/0", "theirs.txt"):
        (done.path / ".paramsync_cache" / staged).write_text("Theirs.\n")
    write_cache(done.path, "pending/plan", [step])
    before = everything(done)
    assert done.run("scrape").code == 0
    assert everything(done) == before
    assert not (done.path.parent / "outside.txt").exists()


def test_a_file_in_use_is_tried_for_a_second_and_then_named(done: Root) -> None:
    put(done, {f"templates/list/{name}.txt": "New.\n" for name in ("notes", "other")})
    notes = "generated/list/notes.txt"
    ran = run_with_error(done, "os.rename", notes, errno.EACCES, 1000, "generate")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr == f"{notes}: error: cannot be written: Permission denied; run paramsync again\n"
    assert (done.path / "generated/list/other.txt").exists()
    ran = run_with_error(done, "os.rename", notes, errno.EACCES, 5, "generate", "--quiet")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert (done.path / notes).read_text() == "New.\n"


def test_runs_at_the_same_time_do_not_disturb_each_other(done: Root) -> None:
    for number in range(3):
        put(done, {f"templates/{target}/{number}.txt": "Copied.\n" for target in "abc"})
        done.add_page(f"page-{number}", TOP + section(f"gamma{number}"))
        assert run_at_once(done, *["scrape", "generate"] * 2) == ("", [0] * 4)
        assert done.run("generate").code == 0
        assert [done.run(verb, "--check").code for verb in ("scrape", "generate")] == [0, 0]
        assert not (done.path / ".paramsync_cache/pending").exists()


def test_a_run_that_waits_for_another_says_so_unless_it_is_to_be_quiet(done: Root) -> None:
    put(done, {"templates/list/notes.txt": "New.\n"})
    with FileLock(done.path / ".paramsync_cache/lock"):
        quiet, loud = start(done, "generate", "--quiet"), start(done, "generate")
        assert loud.stderr
        assert loud.stderr.readline() == "waiting for another run, which holds .paramsync_cache/lock\n"
        assert (quiet.poll(), loud.poll()) == (None, None)
    assert [process.communicate()[1] for process in (quiet, loud)] == ["", ""]
    assert (quiet.returncode, loud.returncode) == (0, 0)
    assert (done.path / "generated/list/notes.txt").read_text() == "New.\n"


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (os.mkdir, "a folder"),
        (os.mkfifo, "a named pipe"),
        (lambda path: path.symlink_to("x"), "a symbolic link"),
    ],
)
def test_a_lock_that_is_no_file_is_named_and_nothing_is_written(
    done: Root, make: Callable[[Path], None], kind: str
) -> None:
    put(done, {"templates/list/new.txt": "New.\n", ".paramsync_cache/lock": None})
    make(done.path / ".paramsync_cache/lock")
    before = everything(done)
    ran = done.run("generate")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f".paramsync_cache/lock: error: is {kind}; put ")
    assert everything(done) == before


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (errno.ENOSYS, 0, ""),  # a file that names the process is the lock
        (errno.ENOLCK, 3, ".paramsync_cache/lock: error: No locks available\n"),
    ],
    ids=["no system of locks", "no locks"],
)
def test_a_disk_without_locks_is_done_without_or_named(done: Root, error: int, code: int, said: str) -> None:
    put(done, {"templates/list/new.txt": "New.\n", ".paramsync_cache/lock": None})
    ran = run_with_error(done, "fcntl.flock", "", error, 1000, "generate", "--quiet")
    assert (ran.returncode, ran.stdout, ran.stderr) == (code, "", said)
    assert (done.path / "generated/list/new.txt").exists() == (code == 0)


# Disks, and systems that are not POSIX


@pytest.mark.parametrize("verb", ["scrape", "generate", "diff", "explain"])
def test_a_verb_needs_no_module_that_windows_has_not(done: Root, verb: str) -> None:
    put(done, {"specs/videos/page.md": PAGE + section("gamma"), "templates/list/new.txt": "New.\n"})
    forget(done)  # there, its lock is a file that is not there when nobody holds it
    arguments = {"diff": [str(done.path)], "explain": ["alpha"]}.get(verb, [])
    command = [sys.executable, "-c", WITHOUT, verb, *arguments, "--root", str(done.path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert done.run(*(["generate", "--check"] if verb == "generate" else ["explain", "beta"])).code == 0


@pytest.mark.parametrize(
    ("formatters", "named"),
    [
        ("", r"\.paramsync_cache/pending/\d+"),
        ('formatters = [["ruff", "--version"]]\n', r"/.+/paramsync-\w+/long\.txt"),
    ],
    ids=["its own", "that of temporary files"],
)
def test_a_full_disk_is_named_and_nothing_is_written(done: Root, formatters: str, named: str) -> None:
    put(
        done,
        {"templates/list/long.txt": "Long.\n" * 100_000, "templates/list/target.toml": formatters + NAMES},
    )
    before = everything(done)
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000,) * 2)\n" + COMMAND
    command = [sys.executable, "-c", limited, "generate", "--root", str(done.path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert re.fullmatch(f"{named}: error: File too large\n", ran.stderr)
    assert everything(done) == before
    assert not (done.path / ".paramsync_cache/pending").exists()


def test_git_ignores_the_cache_even_if_a_full_disk_has_left_its_file_empty(done: Root) -> None:
    put(done, {"templates/list/new.txt": "New.\n", ".paramsync_cache/.gitignore": ""})
    assert done.run("generate").code == 0
    assert (done.path / ".paramsync_cache/.gitignore").read_text() == "*\n"


def test_a_root_that_cannot_be_written_is_named_where_there_is_something_to_write(done: Root) -> None:
    forget(done)
    put(done, {"templates/list/new.txt": "New.\n"})
    ran = run_with_error(done, "os.mkdir", ".paramsync_cache", errno.EROFS, 9, "generate")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr == ".paramsync_cache: error: Read-only file system\n"
    (done.path / ".paramsync_cache").write_text("")
    ran = done.run("generate")
    assert (ran.code, ran.err) == (3, ".paramsync_cache: error: is a file; put a folder in its place\n")


def test_an_error_of_the_system_says_no_escape_sequence(done: Root) -> None:
    name = "specs/\x1b[31mred"
    put(done, {f"{name}/page.md": PAGE})
    ran = run_with_error(done, "os.listdir", name, errno.EIO, 9, "generate")
    assert (ran.returncode, ran.stderr) == (3, "specs/\\u{1b}[31mred: error: Input/output error\n")
