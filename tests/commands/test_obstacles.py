"""A link, a pipe or a socket where a file or a folder is due, and either for the other, is named, and nothing is touched or removed.

Modules: root.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.roots import Root
from support.small_root import forget, put, start

# Where a file, or a folder, is due -> the verbs that look there.
PLACES = {
    "specs": ["scrape", "generate", "explain"],
    "specs/profile.toml": ["scrape", "explain"],
    "specs/spec.schema.json": ["scrape"],
    "specs/history.jsonl": ["generate", "release"],
    "specs/released.jsonl": ["generate", "release"],
    "templates/notes/n.toml": ["generate", "release"],
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
    ("templates/notes/n.toml", "a folder"),
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
            if path == "specs" and what != "a symbolic link":
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
    generated = done.tree("generated")
    process = start(done, verb)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.startswith(said)) == (3, True), err
    assert done.tree("generated") == generated
