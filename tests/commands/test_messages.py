"""What goes wrong is said once, with its place, and with the right exit code; one bad model never stops the others.

Modules: generate, outcome, project, root, scrape, stamps.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.roots import PROJECT, Root
from support.small_root import (
    LINES,
    NAMES,
    PAGE,
    everything,
    forget,
    put,
    section,
    start,
)

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
TWENTY = "\n".join(map(str, range(1, 21)))
UNDEFINED = ["", ".title", " | prose", " | json", " | literal", " | cell", " | type", " | name('model')"]
# The verb, and the file that is wrong -> what stands there, and the message behind the file's name.
MISTAKES: dict[tuple[str, str], list[tuple[str | bytes, str]]] = {
    ("scrape", "specs/profile.toml"): [
        (PROFILE + "[page\n", f":{END}:6: error: not TOML: "),
        (PROFILE + "[extra]\n", ": error: extra: "),
        (b"a = '\xff'", ":1:6: error: is not UTF-8"),
    ],
    ("scrape", "specs/spec.schema.json"): [
        ('{\n "a": }', ":2:7: error: not JSON: "),
        ('{"$ref": "#/none"}', ": error: a $ref cannot be resolved: "),
        ('{"$ref": "#"}', ": error: a $ref cannot be resolved: "),
        ('{"$ref": "https://example.com/schema"}', ": error: a $ref cannot be resolved: "),
    ],
    ("generate", "specs/spec.schema.json"): [
        ('{"type": 5}', ": error: not a JSON Schema: $.type: "),
        ("[" * 100_000, ": error: not JSON: "),
        ('{"$ref": "#/none"}', ": error: a $ref cannot be resolved: "),
    ],
    ("scrape", "specs/videos/page.md"): [("é\n\nüb".encode() + b"\xff", ":3:3: error: is not UTF-8")],
    ("generate", "specs/videos/alpha.json"): [
        ('{\n  "title": }', ":2:12: error: not JSON: "),
        (b'{"title": "\xff"}', ":1:12: error: is not UTF-8"),
        ("{}", ": error: "),
    ],
    ("generate", "specs/videos/page.json"): [
        ("[]", ": error: not a JSON object"),
        *(
            (one, ": error: titles, dates and names must be strings")
            for one in (
                '{"models": [5]}',
                '{"models": [], "title": 5}',
                '{"models": [], "deprecated": {"model_a": 5}}',
                '{"models": [], "providers": {"model_a": null}}',
            )
        ),
    ],
    ("scrape", "templates/list/target.toml"): [("colour = 1", ": error: colour: ")],
    ("generate", "templates/list/target.toml"): [
        ("formatters = ]", ":1:14: error: not TOML: "),
        ("colour = 1", ": error: colour: "),
        (NAMES + "[prose]\nescape = [{match = '(', write = ''}]", ": error: prose.escape.0"),
        (NAMES + "[prose]\nescape = [{match = 'A', write = '\\9'}]", ": error: prose.escape.0"),
        (
            f'formatters = [["no-tool"]]\n{NAMES}',
            ": error: the formatter 'no-tool' is not installed; install it, or change formatters here",
        ),
        (f'formatters = [["ruff", "no"]]\n{NAMES}', ": error: 'ruff no' failed (exit 2):"),
        (
            f"""formatters = [['printf', '\\377'], ['sh', '-c', 'printf "\\377"; exit 3']]\n{NAMES}""",
            """: error: 'sh -c printf "\\\\377"; exit 3' failed (exit 3):\n\\xff""",
        ),
        *(
            (
                f"formatters = [['sh', '-c', 'seq {lines}; exit 3']]\n{NAMES}",
                f": error: 'sh -c seq {lines}; exit 3' failed (exit 3):\n{TWENTY}{more}\n",
            )
            for lines, more in ((20, ""), (22, "\n… 2 more lines"))
        ),
    ],
    ("generate", "templates/list/{other}.txt"): [("", ": error: '{other}.txt' is not a safe path")],
    ("generate", "templates/list/{model}/{page}.txt"): [
        ("", ": error: a path may contain {model} or {page}, not both; remove one of them")
    ],
    ("generate", "templates/list/notes.txt.jinja"): [
        ("", ": error: 'notes.txt' is also written by templates/list/notes.txt; rename one of them")
    ],
    ("generate", "templates/list/a.txt.jinja"): [
        (
            "fine\n{{ pages[0] | name('model') }}\n",
            ":2: error: target.toml has no names.model of a page; add it",
        ),
        (
            "fine\n{{ models[0] | name('nope') }}\n",
            ":2: error: target.toml has no names.nope of a model; add it",
        ),
        ("{{ models[0].parameters[0] | type }}", ":1: error: target.toml has no type for 'number'; add it"),
        (
            "fine\n{{ models[0].spec.keys() }}\n",
            ":2: error: a template may not use operators, or call anything",
        ),
        ("fine\n{{ pages[0] | literal }}\n", ":2: error: \"Page(name='videos', "),
        ("fine\n{{ models[0].title | url }}\n", ":2: error: 'Alpha' is not a URL"),
        ("fine\n{{ '#a' | anchor }}\n", ":2: error: '#a' is not an anchor"),
        (
            "{% for a in models %}" * 25 + "{% endfor %}" * 25,
            ": error: cannot be compiled: too many statically nested blocks; write it more simply",
        ),
        ("fine\n{% for model in %}\n", ":2: error: "),
        ("fine\n{% include 'no' %}\n", ": error: unknown template 'no'; name one of this target"),
        ("{% include ['no', 'none'] %}", ": error: unknown template 'none'; name one of this target\n"),
        ("{% include models %}", ": error: unknown template \"Model(id='model_beta', name='beta', title="),
        ("fine\n{{ models[0].title }}\n", ":2: error: 'Alpha' is printed without a filter"),
        ("fine\n{{ 'a' ~ 'b' }}\n", ":2: error: a template may not use operators"),
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


def test_a_formatter_does_not_wait_for_what_is_typed(done: Root) -> None:
    put(done, {"templates/list/target.toml": f"""formatters = [['sh', '-c', 'test -z "$(cat)"']]\n{NAMES}"""})
    command = [sys.executable, "-m", "paramsync", "generate", "--quiet", "--root", str(done.path)]
    ran = subprocess.run(command, input="typed", capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize("kind", ["model", "page"])
def test_a_target_that_does_not_say_how_to_spell_a_path_is_told(done: Root, kind: str) -> None:
    put(done, {f"templates/new/{{{kind}}}.txt": "Copied.\n"})
    ran = done.run("generate")
    assert ran.code == 3
    assert f"target.toml has no names.{kind}" in ran.err


# Where a file, or a folder, is due -> the verbs that look there.
PLACES = {
    "specs": ["scrape", "generate", "explain"],
    "specs/profile.toml": ["scrape", "explain"],
    "specs/spec.schema.json": ["scrape", "generate", "explain"],
    "specs/history.jsonl": ["scrape", "generate"],
    "specs/videos": ["scrape", "generate", "explain", "diff"],
    "specs/videos/page.md": ["scrape", "explain"],
    "specs/videos/alpha.json": ["scrape", "generate", "explain", "diff"],
    "specs/videos/page.json": ["scrape", "generate", "diff"],
    "specs/videos/alpha.overlay.toml": ["scrape", "explain"],
    "templates": ["scrape", "generate"],
    "templates/list": ["scrape", "generate"],
    "templates/list/target.toml": ["scrape", "generate"],
    "templates/list/models": ["generate"],
    "templates/list/notes.txt": ["generate"],
    "templates/list/models.json.jinja": ["generate"],
    "generated": ["generate"],
    "generated/list": ["generate"],
    "generated/list/models": ["generate"],
    "generated/list/notes.txt": ["generate"],
    "generated/list/new.txt": ["generate"],
}


def bind(path: Path) -> None:
    """Make a socket, whose name may not be long."""
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


IN_PLACE: dict[str, Callable[[Path], object]] = {
    "a symbolic link": lambda path: path.symlink_to(path.with_name("elsewhere")),
    "a named pipe": os.mkfifo,
    "a socket": bind,
    "a folder": Path.mkdir,
    "a file": Path.touch,
}
NO_MATTER = {  # a folder may hold other files than its own, and a folder for generated files any file
    ("specs/videos", "a file"),
    ("specs/videos", "a named pipe"),
    ("specs/videos", "a socket"),
    ("templates/list", "a file"),
    ("templates/list", "a named pipe"),
    ("templates/list", "a socket"),
    ("templates/list/models", "a file"),
    ("generated/list/models", "a file"),
    ("generated/list/new.txt", "a file"),
    ("generated/list/new.txt", "a folder"),
    ("templates/list/notes.txt", "a folder"),
    ("templates/list/models.json.jinja", "a folder"),
}


@pytest.fixture
def _in_time() -> Iterator[None]:
    """Let a run that hangs end as by Ctrl-C."""
    before = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_in_time")
@pytest.mark.parametrize(("path", "verb"), [(path, verb) for path, verbs in PLACES.items() for verb in verbs])
def test_what_is_neither_a_file_nor_a_folder_as_due_is_named_and_not_touched(
    done: Root, tmp_path_factory: pytest.TempPathFactory, path: str, verb: str
) -> None:
    place, elsewhere = done.path / path, (done.path / path).with_name("elsewhere")
    command = [verb, "alpha"] if verb == "explain" else [verb]
    if verb == "diff":
        command.append(str(shutil.copytree(done.path, tmp_path_factory.mktemp("old"), dirs_exist_ok=True)))
    if not place.exists() and "new" not in path:
        put(done, {path: ""})
    is_folder = place.is_dir()
    for what, make in IN_PLACE.items():
        if (path, what) in NO_MATTER or what == ("a folder" if is_folder else "a file"):
            continue
        for remembered in (True, False):
            done.run(*command)
            if not remembered:
                forget(done)
            if place.exists():
                place.rename(elsewhere)
            make(place)
            before = stand(done)
            ran = done.run(*command)
            if path in ("specs", "templates") and what != "a symbolic link":
                assert (ran.code, f"has no {path}/" in ran.err) == (2, True), (what, ran)
            else:
                assert ran.code == 3, (what, ran)
                assert re.search(f"{path}: error: (model_alpha: )?is {what}; put ", ran.out + ran.err), ran
            assert stand(done) == before
            shutil.rmtree(place) if what == "a folder" else place.unlink()
            if elsewhere.exists():
                elsewhere.rename(place)


def stand(root: Root) -> dict[str, tuple[int, bytes]]:
    """Give the kind of all that is in a root, and what is in its regular files."""
    paths = sorted(path for path in root.path.rglob("*") if ".paramsync_cache" not in path.parts)
    return {
        path.as_posix(): (
            path.lstat().st_mode,
            path.read_bytes() if path.is_file() and not path.is_symlink() else b"",
        )
        for path in paths
    }


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
    "a bad model that is new": (PAGE + section("gamma", "`O.5`"), {"alpha", "beta"}, set()),
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


NOT_THERE: dict[
    str, tuple[Callable[[Path], object], str, str]
] = {  # what is done to a root, the verb, what is named
    "no page.json beside specs": (
        lambda root: (root / "specs/videos/page.json").unlink(),
        "generate",
        "specs/videos/page.json: error: is not there",
    ),
    "a link to nowhere for a page": (
        lambda root: (shutil.rmtree(root / "specs/videos"), (root / "specs/videos").symlink_to("nowhere")),
        "scrape",
        "specs/videos: error: is a symbolic link",
    ),
    "a pipe for a target": (
        lambda root: (shutil.rmtree(root / "templates/list"), os.mkfifo(root / "templates/list")),
        "generate",
        "templates/list: error: is a named pipe",
    ),
    "a target with a name for a terminal": (
        lambda root: (root / "templates/list").rename(root / "templates/x\n::error::\x1b[31m"),
        "generate",
        "templates/x\\n::error::\\u{1b}[31m: error: cannot be the name of a target",
    ),
    "a pipe in the cache": (
        lambda root: (
            (root / ".paramsync_cache/.gitignore").unlink(),
            os.mkfifo(root / ".paramsync_cache/.gitignore"),
        ),
        "generate",
        ".paramsync_cache/.gitignore: error: is a named pipe",
    ),
}


@pytest.mark.parametrize("case", NOT_THERE)
def test_what_is_missing_or_in_the_way_removes_nothing(done: Root, case: str) -> None:
    act, verb, said = NOT_THERE[case]
    put(done, {"templates/list/new.txt": "New.\n"})
    act(done.path)
    generated, history = done.tree("generated"), (done.path / "specs/history.jsonl").read_text()
    process = start(done, verb)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.startswith(said)) == (3, True), err
    assert done.tree("generated") == generated
    assert (done.path / "specs/history.jsonl").read_text() == history


def test_a_line_break_in_the_name_of_a_file_begins_no_line(done: Root) -> None:
    shown = {"text": "a\\n::error::b.json", "github": "a%0A%3A%3Aerror%3A%3Ab.json"}
    for verb, folder in (("generate", "generated/list"), ("scrape", "specs/videos")):
        put(done, {f"{folder}/a\n::error::b.json": "::error::c\n"})
        for style, name in shown.items():
            ran = done.run(verb, "--check", "--format", style)
            assert (ran.code, f"{folder}/{name}" in ran.out, ran.err) == (1, True, "")
            assert not [one for one in ran.out.splitlines() if one.startswith("::error::")]
