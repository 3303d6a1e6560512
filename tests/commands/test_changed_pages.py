"""After a change only the pages that it is about are read again, and the outcome is that of a run which reads all.

Modules: built_pages, page_overlays, project.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from paramsync.commands.project import read_changed
from paramsync.commands.stamps import digest_inputs, read_stamp
from support.alike import CHOICE, NUMBER, add_naming_targets, make_page
from support.overlays import correction
from support.roots import Root, make_root
from support.small_root import everything, forget, put

FILMS = {"model_film": {"size": NUMBER, "topP": NUMBER}, "model_clip": {"mode": CHOICE}}
SONGS = {"model_song": {"length": NUMBER}, "model_a-b": {"size": NUMBER}}
PHOTOS = {"model_photo": {"size": NUMBER.replace("-  |", "9 |")}}
RECORD = {"model": {"id": "model_song", "inputs": [{"name": "length", "type": "number", "max": 9}]}}
ACCEPTED = '\n[[accept]]\ncode = "single-choice"\nmodel = "clip"\nparameter = "mode"\nreason = "So it is."\n'
PROFILE, FILM = "specs/profile.toml", "specs/films/page.md"
Edit = Callable[[Root], object]


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a root of three pages and all ways to spell, scraped; a page has a warning, and its model a reference to another one."""
    root = make_root(tmp_path_factory.mktemp("scraped"))
    add_naming_targets(root.path)
    root.edit(PROFILE, "[types]", '[types]\n"a {T}" = { ref = "model_{T}" }')
    for name, models in {"films": FILMS, "songs": SONGS, "photos": PHOTOS}.items():
        root.add_page(name, make_page(models))
    root.edit("specs/photos/page.md", "number |", "a song |")
    root.edit("specs/songs/page.md", "What it is", "What \u200bit is")
    ran = root.run_process("scrape")
    assert (ran.code, ran.out.count("warning:")) == (0, 1), ran.out
    return root.path


def page(name: str, models: dict[str, dict[str, str]]) -> Edit:
    return lambda root: root.add_page(name, make_page(models))


def edit(path: str, old: str, new: str) -> Edit:
    return lambda root: root.edit(path, old, new)


def write(path: str, text: str | None) -> Edit:
    return lambda root: put(root, {path: text})


def move(old: str, new: str) -> Edit:
    return lambda root: shutil.move(root.path / old, root.path / new)


RECORD_TEXT = json.dumps(RECORD, indent=2, sort_keys=True) + "\n"  # as `fetch` saves it
# What is done between runs, each step after a run of the one before.
CHANGES: dict[str, list[Edit]] = {
    "a description": [edit(FILM, "What it is", "How it is"), edit(FILM, "How it is", "What it was")],
    "two pages": [
        lambda root: [root.edit(f"specs/{one}/page.md", "What", "How") for one in ("films", "photos")]
    ],
    "a rule": [edit(FILM, "| -  | -", "| 1 | -")],
    "a parameter more": [page("films", {**FILMS, "model_clip": {"mode": CHOICE, "size": NUMBER}})],
    "a parameter alike": [page("films", {**FILMS, "model_film": {**FILMS["model_film"], "top_p": NUMBER}})],
    "a parameter less": [page("films", {**FILMS, "model_film": {"size": NUMBER}})],
    "a model more": [page("films", {**FILMS, "model_new": {"size": NUMBER}}), page("films", FILMS)],
    "a model alike": [page("films", {**FILMS, "model_a_b": {"size": NUMBER}}), edit(FILM, "What", "How")],
    "a model less": [page("songs", {"model_a-b": SONGS["model_a-b"]})],
    "a model renamed": [
        page("films", {"model_movie": FILMS["model_film"], "model_clip": FILMS["model_clip"]})
    ],
    "models in another order": [page("films", dict(reversed(FILMS.items())))],
    "a model that moves": [
        lambda root: [
            page("films", {"model_film": FILMS["model_film"]})(root),
            page("songs", {**SONGS, "model_clip": FILMS["model_clip"]})(root),
        ],
        edit(FILM, "What", "How"),
    ],
    "a model twice": [page("photos", {**PHOTOS, "model_film": FILMS["model_film"]}), page("photos", PHOTOS)],
    "a page more": [page("more", {"model_more": {"size": NUMBER}}), edit(FILM, "What", "How")],
    "a page less": [lambda root: shutil.rmtree(root.path / "specs/photos")],
    "a page by another name": [move("specs/films", "specs/movies")],
    "an error, which is mended": [
        edit(FILM, "| number |", "| numbr |"),
        edit("specs/photos/page.md", "What", "How"),
        edit(FILM, "| numbr |", "| number |"),
    ],
    "no page any more": [write(FILM, "# Nothing\n"), page("films", FILMS)],
    "a warning, and its acceptance": [
        edit(FILM, "`a`, `b`", "`a`"),
        edit(PROFILE, "[types]", "[types] #"),
        lambda root: write(PROFILE, (root.path / PROFILE).read_text() + ACCEPTED)(root),
        edit(FILM, "What", "How"),
        edit(FILM, "`a` |", "`a`, `b` |"),
    ],
    "an overlay": [
        write("specs/films/clip.overlay.toml", correction('default = "-"', 'default = "a"')),
        edit(FILM, "What", "How"),
        write("specs/films/clip.overlay.toml", None),
    ],
    "an overlay of nothing": [
        write("specs/films/clap.overlay.toml", correction('default = "-"', 'default = "a"'))
    ],
    "a name that is given": [
        write(
            "specs/films/clip.overlay.toml",
            correction("", 'name_in_code = "a_b"', parameter="").replace("expect = {  }\n", ""),
        )
    ],
    "a record": [write("specs/songs/song.record.json", RECORD_TEXT), edit(FILM, "What", "How")],
    "a record of which little is read": [
        write("specs/songs/song.record.json", json.dumps(RECORD)),
        edit(FILM, "What", "How"),
    ],
    "a record that nobody can read": [
        write("specs/songs/song.record.json", "{"),
        edit(FILM, "What", "How"),
        write("specs/songs/song.record.json", RECORD_TEXT),
    ],
    "a record beside another page": [
        write("specs/films/song.record.json", RECORD_TEXT),
        edit("specs/songs/page.md", "What", "How"),
        edit(FILM, "What", "How"),
        write("specs/films/song.record.json", "{"),
        edit(FILM, "How", "What"),
    ],
    "a spec edited": [edit("specs/songs/song.json", "What", "How"), edit(FILM, "What", "How")],
    "a spec damaged": [write("specs/films/film.json", "{"), edit(FILM, "What", "How")],
    "a page edited and its spec": [
        lambda root: [root.edit(path, "What", "How") for path in (FILM, "specs/films/film.json")]
    ],
    "a spec less": [write("specs/films/film.json", None)],
    "a file of nobody": [write("specs/films/notes.txt", "Notes.\n"), write("specs/films/other.json", "{}")],
    "the profile": [edit(PROFILE, 'number = "number"', 'number = "integer"')],
    "a way to spell": [
        edit("templates/python/target.toml", "[names.model]", '[names.model]\nreserved = ["Film"]')
    ],
    "a released spec": [write("specs/released.jsonl", "")],
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_is_read_again_gives_what_a_run_gives_that_reads_all(
    scraped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    root = Root(shutil.copytree(scraped, tmp_path / "root"), capsys)
    other = Root(tmp_path / "other", capsys)
    for step in CHANGES[case]:
        step(root)
        shutil.rmtree(other.path, ignore_errors=True)
        shutil.copytree(root.path, other.path)
        forget(other)
        some, every = root.run("scrape", "--verbose"), other.run("scrape", "--verbose")
        assert (some.code, some.out.replace("/root", "/other")) == (every.code, every.out)
        assert everything(root) == everything(other)
        assert some.code or f"; 0 files written, {count_specs(root)} unchanged\n" in root.run("scrape").out


def count_specs(root: Root) -> int:
    paths = (root.path / "specs").glob("*/*.json")
    return len([path for path in paths if not path.name.endswith(".record.json")])


# Which pages a run would read after a change; all, where others depend on what has changed.
READ: dict[str, set[str]] = {
    "a description": {"films"},
    "two pages": {"films", "photos"},
    "a rule": {"films"},
    "a record": {"songs"},
    "a record of which little is read": {"songs"},
    "a record that nobody can read": {"songs"},
    "a record beside another page": set(),
    "an overlay": {"films"},
    "a file of nobody": {"films"},
    "a model more": set(),
    "a parameter alike": set(),
    "a page more": set(),
    "a spec edited": set(),
    "the profile": set(),
    "a way to spell": set(),
}


@pytest.mark.parametrize("case", READ)
def test_only_pages_that_have_changed_are_read_again(
    scraped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    root = Root(shutil.copytree(scraped, tmp_path / "root"), capsys)
    CHANGES[case][0](root)
    stamp = read_stamp(root.path, "scrape", digest_inputs(root.path, "scrape"))
    project = read_changed(root.path, iter, stamp.settled) if stamp else None
    assert {*(project.pages if project else ())} == READ[case]
