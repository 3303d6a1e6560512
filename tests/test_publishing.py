"""What a run may touch and say: whole or not at all, the same bytes everywhere, one clear message, and an exit code."""

import ast
import datetime as dt
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from conftest import CASES, PROJECT, Ran, Root

from generator import generating, scraping  # noqa: F401 (see `crash`)
from generator.__main__ import main

Files = dict[str, str | bytes | None]  # path below the root -> what stands there; None: nothing

HEADER = "| Parameter | Type | Required | Default | Min | Max | Allowed Values | Description |"


def section(name: str, default: str = "`1`") -> str:
    row = f"| `strength` | number | No | {default} | 0 | 9 | - | How strong |"
    facts = f"## {name.title()}\n\n**Model ID:** `model_{name}`\n\n**Capabilities:** `txt2video`"
    return f"{facts}\n\n{HEADER}\n|{' --- |' * 8}\n{row}\n\n"


LEAD = "This reference lists all available **Videos** video generation models and their parameters."
TOP = f"---\ntitle: Videos | Scenario Docs\n---\n\n> Last updated: 2026-04-09.\n\n{LEAD}\n\n"
PAGE = TOP + section("alpha") + section("beta")
TARGET: Files = {
    "target.toml": '[names.model]\nof = "model"\ncasing = "snake"\ndigit = "n"\n[names.page]\nof = "page"\ncasing = "as-is"\n',
    "macros.jinja": '{% macro item(model) %}{"id": {{ model.id | literal }}, "spec": {{ model.spec | json }}}{% endmacro %}\n',
    "models.json.jinja": '{% from "macros.jinja" import item %}\n[\n{% for model in models %}\n{{ item(model) }}'
    "{% if not loop.last %},{% endif %}\n\n{% endfor %}\n]\n",
    "models/{model}.txt.jinja": "{{ model.title | prose }}\n",
    "pages/{page}.txt.jinja": "{% for model in page.models %}{{ model | name('model') }} {% endfor %}\n",
    "notes.txt": "By hand, {{ as it is }}.\n",
}


@pytest.fixture
def done(root: Root) -> Root:
    """Give a root with one page and one target, all written."""
    root.add_page("videos", PAGE)
    put(root, {f"templates/list/{path}": text for path, text in TARGET.items()})
    assert root.run("scrape").code == root.run("generate").code == 0
    return root


def put(root: Root, files: Files) -> None:
    for name, content in files.items():
        path = root.path / name
        if content is None:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def forget(root: Root) -> None:
    shutil.rmtree(root.path / ".paramsync_cache", ignore_errors=True)


def everything(root: Root) -> dict[str, bytes]:
    """Give all files and folders of a root, without the cache."""
    paths = {path.relative_to(root.path).as_posix(): path for path in root.path.rglob("*")}
    return {
        name: path.read_bytes() if path.is_file() else b"a folder"
        for name, path in paths.items()
        if not name.startswith(".paramsync_cache")
    }


# Drift

LINES = "".join(f"{number}\n" for number in range(10_000))
DRIFT: dict[str, Files] = {
    "a spec edited, one missing, one of no model": {
        "specs/videos/alpha.json": "{}\n",
        "specs/videos/beta.json": None,
        "specs/videos/gamma.json": "{}\n",
    },
    "a manifest edited": {"specs/videos/page.json": '{"models": []}\n'},
    "a file edited, one missing, one that no template writes": {
        "generated/list/notes.txt": "Edited.",
        "generated/list/models.json": None,
        "generated/list/old/notes.txt": "Old.\n",
    },
    "a target without templates": {"generated/gone/notes.txt": "Old.\n"},
    "ten thousand other lines": {"generated/list/notes.txt": LINES, "generated/list/old.txt": LINES},
    "ten thousand equal lines": {"generated/list/notes.txt": "same\n" * 10_000},
    "a million characters in one line": {"generated/list/notes.txt": "x" * 1_000_000},
    "a file that is no text": {"generated/list/logo.png": b"\x89PNG\xff\0"},
    "what would act on a terminal": {"generated/list/notes.txt": "\x1b[2J\u202e\n"},
}


@pytest.mark.parametrize("case", DRIFT)
def test_a_check_names_every_file_that_differs_and_writes_nothing(done: Root, case: str) -> None:
    in_order = everything(done)
    put(done, DRIFT[case])
    verb = "scrape" if next(iter(DRIFT[case])).startswith("specs") else "generate"
    before = everything(done)
    ran = done.run(verb, "--check")
    assert ran.code == 1
    for path, content in DRIFT[case].items():
        kind = "missing" if content is None else "changed" if path in in_order else "stale"
        assert f"{path}: {kind}\n" in ran.out
    assert len(ran.out.splitlines()) < 60
    assert len(ran.out) < 10_000
    assert "\x1b" not in ran.out
    assert everything(done) == before
    assert done.run(verb).code == done.run(verb, "--check").code == 0
    assert everything(done) == in_order


def test_a_check_in_order_exits_0_and_writes_nothing(done: Root) -> None:
    before = everything(done)
    for remembered in (True, False):
        for verb in ("scrape", "generate"):
            assert done.run(verb, "--check").code == 0, remembered
        forget(done)
    assert everything(done) == before


def test_what_tools_leave_beside_generated_files_is_not_stale_and_stays(done: Root) -> None:
    put(done, {"generated/list/node_modules/left.js": b"\xff", "templates/list/notes.txt": "New.\n"})
    assert "node_modules" not in done.run("generate", "--check").out
    assert done.run("generate").code == 0
    assert (done.path / "generated/list/node_modules/left.js").exists()


def test_what_people_keep_beside_the_specs_stays(done: Root) -> None:
    kept: Files = {
        f"specs/videos/{name}": "Mine." for name in ("alpha.overlay.toml", "notes.txt", "notes/old.json")
    }
    put(done, {**kept, "specs/videos/page.md": PAGE + section("gamma")})
    assert done.run("scrape").code == 0
    assert "specs/videos/gamma.json" in everything(done)
    assert kept.keys() <= everything(done).keys()


def test_an_edit_during_a_run_is_seen_by_the_next(done: Root) -> None:
    notes = done.path / "templates/list/notes.txt"
    edit = f'formatters = [["python", "-c", "open({str(notes)!r}, \'w\').write(\'Second.\')"]]\n'
    put(done, {"templates/list/target.toml": edit + str(TARGET["target.toml"])})
    assert done.run("generate").code == 0
    assert done.run("generate", "--check").code == 1


# Exit codes and messages

MISUSE: dict[tuple[str, ...], str] = {
    ("scrap",): "invalid choice: 'scrap'",
    ("scrape", "vidoes"): "no page 'vidoes' in specs/; did you mean 'videos'?",
    ("scrape", "../videos"): "no page '../videos'",
    ("generate", "--target", "lst"): "no target 'lst' in templates/; did you mean 'list'?",
    ("generate", "--target", ".."): "no target '..'",
    ("explain", "alfa"): "no page has a model 'alfa'; did you mean 'alpha'?",
    ("explain", "alpha", "strenght"): "model_alpha has no parameter 'strenght'; did you mean 'strength'?",
}


@pytest.mark.parametrize("arguments", MISUSE, ids=" ".join)
def test_wrong_usage_exits_2_and_names_what_was_meant(done: Root, arguments: tuple[str, ...]) -> None:
    before = everything(done)
    ran = done.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert MISUSE[arguments] in ran.err
    assert everything(done) == before


@pytest.mark.parametrize("folder", ["specs", "templates"])
def test_a_folder_that_is_no_root_exits_2(done: Root, folder: str) -> None:
    shutil.rmtree(done.path / folder)
    ran = done.run("generate")
    assert (ran.code, ran.out) == (2, "")
    assert f"has no {folder}/" in ran.err


PROFILE = (PROJECT / "specs/profile.toml").read_text(encoding="utf-8")
END = PROFILE.count("\n") + 1
NAMES = str(TARGET["target.toml"])
UNDEFINED = ["", ".title", " | prose", " | json", " | literal", " | cell", " | type", " | name('model')"]
# The verb, and the file that is wrong -> what stands there, and the message behind the file's name.
MISTAKES: dict[tuple[str, str], list[tuple[str | bytes, str]]] = {
    ("scrape", "specs/profile.toml"): [
        (PROFILE + "[page\n", f":{END}:6: error: not TOML: "),
        (PROFILE + "[extra]\n", ": error: extra: "),
        (b"a = '\xff'", ":1:6: error: is not UTF-8"),
    ],
    ("scrape", "specs/spec.schema.json"): [('{\n "a": }', ":2:7: error: not JSON: ")],
    ("generate", "specs/spec.schema.json"): [
        ('{"type": 5}', ": error: not a JSON Schema: $.type: "),
        ("[" * 100_000, ": error: not JSON: "),
    ],
    ("scrape", "specs/videos/page.md"): [("é\n\nüb".encode() + b"\xff", ":3:3: error: is not UTF-8")],
    ("generate", "specs/videos/alpha.json"): [
        ('{\n  "title": }', ":2:12: error: not JSON: "),
        (b'{"title": "\xff"}', ":1:12: error: is not UTF-8"),
        ("{}", ": error: "),
    ],
    ("generate", "specs/videos/page.json"): [
        ("[]", ": error: is not an object"),
        ('{"models": [5]}', ": error: holds something that is not text"),
    ],
    ("scrape", "templates/list/target.toml"): [("colour = 1", ": error: colour: ")],
    ("generate", "templates/list/target.toml"): [
        ("formatters = ]", ":1:14: error: not TOML: "),
        ("colour = 1", ": error: colour: "),
        (NAMES + "[prose]\nescape = [{match = '(', write = ''}]", ": error: prose.escape.0"),
        (NAMES + "[prose]\nescape = [{match = 'A', write = '\\9'}]", ": error: prose.escape.0"),
        (f'formatters = [["no-tool"]]\n{NAMES}', ": error: the formatter 'no-tool' is not installed"),
        (f'formatters = [["ruff", "no"]]\n{NAMES}', ": error: 'ruff no' failed (exit 2):"),
    ],
    ("generate", "templates/list/{other}.txt"): [("", ": error: '{other}.txt' is not a safe path")],
    ("generate", "templates/list/a.txt.jinja"): [
        ("fine\n{% for model in %}\n", ":2: error: "),
        ("fine\n{% include 'no' %}\n", ": error: there is no template 'no'"),
        ("fine\n{{ models[0].title }}\n", ":2: error: 'Alpha' is printed bare"),
        ("fine\n{{ 'a' ~ 'b' }}\n", ":2: error: no operators"),
        ("{% macro a() %}{{ a() }}{% endmacro %}\n{{ a() }}", ":1: error: "),
        *((f"fine\n{{{{ nope{use} }}}}\n", ":2: error: 'nope' is undefined") for use in UNDEFINED),
    ],
}


@pytest.mark.parametrize(
    ("verb", "file", "content", "message"),
    [(*where, *mistake) for where, mistakes in MISTAKES.items() for mistake in mistakes],
)
def test_wrong_input_exits_3_with_one_message_that_says_where(
    done: Root, verb: str, file: str, content: str | bytes, message: str
) -> None:
    put(done, {file: content})
    before = everything(done)
    ran = done.run(verb)
    assert ran.code == 3
    assert (ran.out + ran.err).replace(":0: ", ": ").count(file + message) == 1
    assert everything(done) == before


@pytest.mark.parametrize("kind", ["model", "page"])
def test_a_target_that_does_not_say_how_to_spell_a_path_is_told(done: Root, kind: str) -> None:
    put(done, {f"templates/new/{{{kind}}}.txt": "Copied.\n"})
    ran = done.run("generate")
    assert ran.code == 3
    assert f"target.toml has no names.{kind}" in ran.err


LINKS = {  # what is a link -> the verbs that meet it
    "specs/profile.toml": ["scrape"],
    "specs/spec.schema.json": ["scrape", "generate"],
    "specs/videos": ["scrape", "generate"],
    "specs/videos/page.md": ["scrape"],
    "specs/videos/alpha.json": ["scrape", "generate"],
    "templates/list": ["scrape", "generate"],
    "templates/list/target.toml": ["scrape", "generate"],
    "templates/list/models": ["generate"],
    "templates/list/notes.txt": ["generate"],
    "generated/list": ["generate"],
    "generated/list/models": ["generate"],
    "generated/list/notes.txt": ["generate"],
}


@pytest.mark.parametrize("remembered", [True, False], ids=["after a run", "first run"])
@pytest.mark.parametrize(("path", "verb"), [(path, verb) for path, verbs in LINKS.items() for verb in verbs])
def test_a_symbolic_link_is_refused_and_not_followed(
    done: Root, path: str, verb: str, *, remembered: bool
) -> None:
    if remembered:
        done.run(verb)
    else:
        forget(done)
    (done.path / path).rename(done.path / "elsewhere")
    (done.path / path).symlink_to(done.path / "elsewhere")
    before = everything(done)
    ran = done.run(verb)
    assert ran.code == 3
    assert f"{path}: error: is a symbolic link" in ran.out + ran.err
    assert everything(done) == before


HARD_TO_SAY: dict[str, tuple[str, dict[str, str]]] = {
    "a name that is not UTF-8": ("generated/list/\udcff.txt", {"PYTHONIOENCODING": "utf-8"}),
    "a page's name that is not UTF-8": ("specs/\udcff/page.md", {"PYTHONIOENCODING": "utf-8"}),
    "a name that would act on a terminal": ("generated/list/\x1b[2J.txt", {}),
    "an output that knows ASCII only": ("generated/list/old.txt", {"PYTHONIOENCODING": "ascii"}),
}


@pytest.mark.parametrize("case", HARD_TO_SAY)
def test_what_is_hard_to_say_is_said_without_a_traceback(done: Root, case: str) -> None:
    path, environment = HARD_TO_SAY[case]
    put(done, {path: LINES})
    ran = done.run_process("scrape" if path.startswith("specs") else "generate", "--check", **environment)
    assert ran.err == ""
    assert ran.code == (3 if path.startswith("specs") else 1)
    assert "\x1b" not in ran.out


def test_a_reader_that_goes_away_gets_no_traceback(done: Root) -> None:
    put(done, {f"generated/list/{number}.txt": "Old.\n" for number in range(400)})
    process = start(done, "generate", "--check")
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait()


# One bad model never stops the others

BAD_PAGES = {  # the page, the specs that are kept, and those that are written
    "a row that cannot be read": (section("alpha", "`O.5`") + section("beta", "`2`"), {"alpha"}, {"beta"}),
    "a bad model that is new": (section("beta", "`2`") + section("gamma", "`O.5`"), set(), {"beta"}),
    "a model without its id": (
        section("alpha").replace("**Model ID:** `model_alpha`", "") + section("beta", "`2`"),
        {"alpha"},
        {"beta"},
    ),
    "no models": ("# Not found\n", {"alpha", "beta"}, set()),
    "nothing": ("", {"alpha", "beta"}, set()),
    "not UTF-8": (b"\xff", {"alpha", "beta"}, set()),
    "folded, with an unclear heading": (PAGE.replace("\n", " "), {"alpha", "beta"}, set()),
}


@pytest.mark.parametrize("case", BAD_PAGES)
def test_a_bad_model_keeps_its_last_good_spec_and_never_stops_the_others(done: Root, case: str) -> None:
    text, kept, written = BAD_PAGES[case]
    before = done.tree("specs/videos")
    done.add_page("videos", text)
    done.add_page("other", section("delta"))
    checked = done.run("scrape", "--check")
    assert checked.code == done.run("scrape").code == done.run("scrape", "videos").code == 3
    after = done.tree("specs/videos")
    specs = {name.removesuffix(".json") for name in after} - {"page", "page.md"}
    assert specs == kept | written
    assert {name for name in specs if after[f"{name}.json"] == before.get(f"{name}.json")} == kept
    assert set(done.read_json("specs/videos/page.json")["models"]) == {f"model_{name}" for name in specs}
    assert "delta.json" in done.tree("specs/other")
    assert done.run("generate").code == 0


def test_a_page_with_an_error_and_a_broken_manifest_is_reported(done: Root) -> None:
    lost = section("alpha").replace("**Model ID:** `model_alpha`", "")
    put(done, {"specs/videos/page.md": lost + section("beta"), "specs/videos/page.json": "{"})
    assert done.run("scrape").code == 3


# Determinism

CHANGES_NOTHING: dict[str, dict[str, str]] = {
    "hash seed 0, C": {"PYTHONHASHSEED": "0", "LC_ALL": "C", "LANG": "C", "TZ": "UTC"},
    "hash seed 1, UTF-8": {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"},
    "hash seed 4242, Turkish": {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a formatter's settings of the user": {"XDG_CONFIG_HOME": "home", "HOME": "home"},
    "a formatter's settings around the temporary folder": {"TMPDIR": "home/ruff"},
}


@pytest.mark.parametrize("case", CHANGES_NOTHING)
def test_the_same_input_gives_the_same_bytes_anywhere(
    root: Root, tmp_path_factory: pytest.TempPathFactory, case: str
) -> None:
    for target in ("docs", "python"):
        root.add_target(target)
    for name, form in (
        ("2026-04-15-audio-generation-minimax", "folded.txt"),
        ("2026-04-09-video-generation-runway-ml", "readme.html"),
    ):
        root.add_page(name, (CASES / name / form).read_bytes(), form.split(".")[1])
    other = Root(tmp_path_factory.mktemp("other"), root.capture)
    for path in sorted(root.path.rglob("*"), reverse=True):  # another order of creation, and other times
        copy = other.path / path.relative_to(root.path)
        if path.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            os.utime(copy, (0, 0))
    assert root.run("scrape").code == root.run("generate").code == 0
    home = tmp_path_factory.mktemp("home")
    (home / "ruff").mkdir()
    (home / "ruff/ruff.toml").write_text("line-length = 40\nformat.quote-style = 'single'\n")
    environment = {name: text.replace("home", str(home), 1) for name, text in CHANGES_NOTHING[case].items()}
    for verb in ("scrape", "generate"):
        process = start(other, verb, **environment)
        said, problem = process.communicate()
        assert (process.returncode, problem) == (0, ""), said
    found = everything(other)
    assert found == everything(root)
    for unwanted in (str(root.path), str(other.path), dt.datetime.now(dt.UTC).date().isoformat()):
        assert not [path for path, content in found.items() if unwanted.encode() in content]


def test_what_is_said_has_the_same_order_under_any_hash_seed(root: Root) -> None:
    twice = "**Capabilities:** `b`\n\n**LLM Markdown:** <https://x>\n\n**LLM Markdown:** <https://x>\n\n"
    root.add_page(
        "page", section("alpha").replace(HEADER, twice + HEADER.replace("Min", "Min | New | Newer"))
    )
    assert len({root.run_process("explain", "alpha", PYTHONHASHSEED=str(seed)).out for seed in range(4)}) == 1


# Whole or not at all


def start(root: Root, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start the command in the root itself."""
    command = [sys.executable, "-m", "generator", *arguments]
    return subprocess.Popen(
        command,
        cwd=root.path,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


WRITING = "os.mkdir os.rename os.remove os.rmdir os.chmod os.link os.symlink os.truncate ctypes.dlsym"


def crash(verb: str, root: str, copies: str, way: str) -> None:
    """Run a verb over copies of a root, and let each run die later than the one before, until one gets through.

    The modules that a run imports are imported once, by this file.
    """
    for number in count(1):
        copy = shutil.copytree(root, f"{copies}/{number}")
        child = os.fork()
        if not child:
            if way == "at a step":
                sys.addaudithook(die_at(number))
            os._exit(main([verb, "--root", copy, "--quiet"]))
        if way == "at a time":
            time.sleep(number * 0.008)
            os.kill(child, signal.SIGKILL)
        if os.waitpid(child, 0)[1] == 0:
            return


def die_at(number: int) -> Any:
    """Make a hook that ends the process before its n-th step that may change files."""
    steps = count(1)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (writes or event in WRITING.split()) and next(steps) == number:
            os._exit(9)

    return hook


DEATHS: dict[str, tuple[str, str, Files]] = {  # the verb, the folder it publishes, and what has changed
    "specs": (
        "scrape",
        "specs/videos",
        {"specs/videos/page.md": TOP + section("beta", "`2`") + section("gamma")},
    ),
    "the first files": ("generate", "generated/list", {"generated": None}),
    "files": (
        "generate",
        "generated/list",
        {"templates/list/notes.txt": None, "templates/list/new.txt": "New.\n"},
    ),
    "a target that has gone": ("generate", "generated/list", {"templates/list": None}),
}


@pytest.mark.parametrize(
    ("case", "way"),
    [*((case, "at a step") for case in DEATHS), ("files", "at a time")],
)
def test_a_run_that_dies_leaves_the_old_or_the_new_and_the_next_repairs_it(
    done: Root, tmp_path_factory: pytest.TempPathFactory, case: str, way: str
) -> None:
    verb, folder, changes = DEATHS[case]
    put(done, changes)
    old = done.tree(folder)
    copies = tmp_path_factory.mktemp("copies")
    program = "import sys; from test_publishing import crash; crash(*sys.argv[1:])"
    command = [sys.executable, "-c", program, verb, str(done.path), str(copies), way]
    subprocess.run(command, cwd=Path(__file__).parent, check=True)
    assert done.run(verb).code == 0
    new, expected = done.tree(folder), everything(done)
    roots = {path.name: Root(path, done.capture) for path in copies.iterdir()}
    found = {name: root.tree(folder) for name, root in roots.items()}
    assert [name for name, tree in found.items() if tree not in (old, new)] == []
    assert {tree == new for tree in found.values()} == {True, False}
    if verb == "scrape":  # specs that are half in place are none of the other verb's business
        assert [root.run("generate", "--check").err for root in roots.values()] == [""] * len(roots)
    assert [root.run(verb, "--quiet") for root in roots.values()] == [Ran(0, "", "")] * len(roots)
    assert [name for name, root in roots.items() if everything(root) != expected] == []


def test_runs_at_the_same_time_do_not_disturb_each_other(done: Root) -> None:
    for number in range(3):
        put(done, {f"templates/{target}/{number}.txt": "Copied.\n" for target in "abc"})
        running = [start(done, "generate", "--quiet") for _ in range(2)]
        assert [(*process.communicate(), process.returncode) for process in running] == [("", "", 0)] * 2
        assert done.run("generate", "--check").code == 0
        assert not list(done.path.rglob(".paramsync-*"))


@pytest.mark.parametrize("folder", ["specs", "generated"])
def test_what_another_run_is_putting_in_place_is_not_looked_at(done: Root, folder: str) -> None:
    program = """if True:
        import pathlib, shutil, sys
        stage = pathlib.Path(sys.argv[1], ".paramsync-other")
        while True:
            stage.mkdir()
            for number in range(100):
                (stage / f"{number}.json").write_text("{}")
            (stage / "page.json").write_text("{}")
            shutil.rmtree(stage)
    """
    with subprocess.Popen([sys.executable, "-c", program, str(done.path / folder)]) as other:
        try:
            for _ in range(10):
                forget(done)
                assert [done.run(verb, "--check").code for verb in ("scrape", "generate")] == [0, 0]
        finally:
            other.kill()


# Quick and quiet

SLOW = {"bs4", "jinja2", "jsonschema", "pydantic", "httpx", "rich"}


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("generate", "--help"), ("scrape",), ("generate",), ("generate", "--check")],
    ids=" ".join,
)
def test_help_and_a_run_without_changes_load_no_library(done: Root, arguments: tuple[str, ...]) -> None:
    done.run(*arguments)
    ran = done.run_process(*arguments, PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in ran.err.splitlines()}
    assert ran.code == 0
    assert "generator" in loaded
    assert not loaded & SLOW


def test_a_run_with_changes_says_what_it_did_unless_it_is_to_be_quiet(done: Root) -> None:
    for quiet in ((), ("--quiet",)):
        put(done, {"templates/list/notes.txt": f"New {quiet}.\n"})
        ran = done.run_process("generate", *quiet)
        assert (ran.code, ran.err, ran.out == "") == (0, "", bool(quiet))


@pytest.mark.parametrize("quiet", [(), ("--quiet",)], ids=["loud", "quiet"])
def test_a_terminal_sees_a_bar_unless_it_is_to_be_quiet(done: Root, quiet: tuple[str, ...]) -> None:
    forget(done)
    terminal, screen = pty.openpty()
    command = [sys.executable, "-m", "generator", "generate", *quiet]
    subprocess.run(
        command, cwd=done.path, env={**os.environ, "TERM": "xterm"}, stdout=screen, stderr=screen, check=True
    )
    os.write(screen, b"end")
    shown = os.read(terminal, 100_000).decode()
    os.close(terminal)
    os.close(screen)
    assert (shown == "end") == bool(quiet)
    assert ("100%" in shown) != bool(quiet)


# Purity and order

FROM_FIRST_TO_LAST = """
    errors texts manifests profile reading.page reading.inline reading.markdown reading.html reading.folded reading
    cells specs parameters schemas models target filters rendering drift files stamps scraping generating explaining __main__
"""
ORDER = FROM_FIRST_TO_LAST.split()
SIDE_EFFECTS = (
    "os pathlib subprocess sys shutil tempfile time datetime random socket glob io locale secrets uuid"
)


def code_of(module: str) -> ast.Module:
    path = PROJECT / "generator" / module.replace(".", "/")
    return ast.parse(
        (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    )


def imports_of(module: str) -> set[str]:
    nodes = list(ast.walk(code_of(module)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names |= (
                {f"generator.{alias.name}" for alias in node.names}
                if node.module == "generator"
                else {str(node.module)}
            )
    return names


def test_the_order_names_every_module() -> None:
    files = {path.relative_to(PROJECT / "generator") for path in (PROJECT / "generator").rglob("*.py")}
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files}
    assert names == {*ORDER, "__init__"}


@pytest.mark.parametrize("module", ORDER)
def test_a_module_imports_only_from_those_before_it_and_is_pure_where_it_says_so(module: str) -> None:
    imports = imports_of(module)
    before = ORDER[: ORDER.index(module)]
    assert {name.removeprefix("generator.") for name in imports if name.startswith("generator")} <= set(
        before
    )
    if "files" not in before and module != "files":
        assert not imports & set(SIDE_EFFECTS.split())
        assert not [
            node for node in ast.walk(code_of(module)) if isinstance(node, ast.Name) and node.id == "open"
        ]
    if module != "__main__":
        says = {"print", "input", "sys.exit", "exit", "quit"}
        assert not says & {
            ast.unparse(node.func) for node in ast.walk(code_of(module)) if isinstance(node, ast.Call)
        }


# Adding a target is adding a folder


def test_a_target_is_a_folder_and_no_line_of_python(done: Root) -> None:
    specs = [done.read_json(f"specs/videos/{name}.json") for name in ("alpha", "beta")]
    listed = [{"id": spec["x-model"], "spec": spec} for spec in specs]
    assert done.read_json("generated/list/models.json") == listed
    found = done.tree("generated/list")
    assert {path: text.decode() for path, text in found.items() if path != "models.json"} == {
        "models/alpha.txt": "Alpha\n",
        "models/beta.txt": "Beta\n",
        "notes.txt": TARGET["notes.txt"],
        "pages/videos.txt": "alpha beta \n",
    }


UNSAFE_PATHS: dict[str, tuple[Files, str]] = {
    "the same path twice": ({"templates/list/Notes.txt": ""}, "is written twice"),
    "a path twice, once from a name": ({"templates/list/models/ALPHA.txt": ""}, "is written twice"),
    "a file where another needs a folder": ({"templates/list/models.jinja": ""}, "models"),
    "a name that leads out": (
        {"templates/list/target.toml": NAMES.replace('"n"', '"../"')},
        "is not a safe path",
    ),
    "white space": ({"templates/list/my notes.txt": ""}, "is not a safe path"),
    "a dash in front": ({"templates/list/-rf": ""}, "is not a safe path"),
    "a dot at the end": ({"templates/list/notes.": ""}, "is not a safe path"),
}


@pytest.mark.parametrize("case", UNSAFE_PATHS)
def test_a_path_that_is_not_safe_is_refused(done: Root, case: str) -> None:
    changes, message = UNSAFE_PATHS[case]
    done.add_page("videos", PAGE + section("3d"))
    put(done, changes)
    done.run("scrape")
    before = everything(done)
    ran = done.run("generate")
    assert ran.code == 3
    assert ran.err.startswith("templates/list/")
    assert message in ran.err
    assert everything(done) == before
