"""What differs is named, and a check writes nothing.

Modules: cache, entries.
"""

import re
from collections.abc import Callable

import pytest

from support.roots import Root
from support.small_root import (
    LINES,
    PAGE,
    TARGET,
    Files,
    everything,
    forget,
    put,
    section,
)

DRIFT: dict[str, Files] = {
    "a spec edited, one missing, one of no model": {
        "specs/videos/alpha.json": "{}\n",
        "specs/videos/beta.json": None,
        "specs/videos/gamma.json": "{}\n",
    },
    "a manifest edited": {"specs/videos/page.json": "[]\n"},
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
        f"specs/videos/{name}": "Mine." for name in ("alpha.old.toml", "notes.txt", "notes/old.json")
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


def flip(content: bytes, number: int) -> bytes:
    """Change one bit, somewhere."""
    place = number * 37 % len(content)
    return content[:place] + bytes([content[place] ^ 1 << number % 8]) + content[place + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "half of it": lambda content: content[: len(content) // 2],
    "no text": lambda content: content + b"\xff",
    "other JSON": lambda _: b"null",
    "nested without an end": lambda _: b"[" * 200_000,
    "a number that is too long": lambda content: content.replace(b"1", b"9" * 5_000),
    "another number of files": lambda content: re.sub(rb'"files": ', b'"files": 1', content),
    "no number of files": lambda content: re.sub(rb'"files": \d+', b'"files": "x"', content),
    "other findings": lambda content: content.replace(b'"findings": []', b'"findings": [1]'),
    "another subject": lambda content: content.replace(b"2 models", b"9 models"),
    **{f"bit {number}": lambda content, number=number: flip(content, number) for number in range(24)},  # type: ignore[misc]
}


@pytest.mark.parametrize("verb", ["scrape", "generate"])
def test_a_damaged_cache_changes_nothing(done: Root, verb: str) -> None:
    told = done.run(verb)
    assert told.code == 0
    cache = done.path / f".paramsync_cache/{verb}.json"
    content = cache.read_bytes()
    assert done.run(verb) == told
    for name, damage in DAMAGES.items():
        assert damage(content) != content, name
        cache.write_bytes(damage(content))
        assert done.run(verb) == told, name
        assert cache.read_bytes() == content
    cache.unlink()
    cache.mkdir()
    assert done.run(verb) == told
    caches = {"scrape.json", "generate.json", "outputs.json"}
    # Nothing of what could not be kept is left.
    assert {path.name for path in cache.parent.iterdir()} == caches | {"lock", ".gitignore"}
