"""A journal that is damaged, whatever is wrong with its bytes, is said to be, and nothing is paid; and only its owner can read it."""

import contextlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from support.clients import SAMPLES, every, use

COUNT = 16  # requests: enough for a tree of several pages
PAGE = 4096
FLIPS = 300


@pytest.fixture
def kept(models: Any, scenario_sandbox: Any, tmp_path: Path) -> tuple[Path, list[Any]]:
    """Give the journal of requests that have run, with files and without, and the requests."""
    requests = [models.SyncLipsyncV2(**SAMPLES, temperature=step / COUNT) for step in range(COUNT - 1)]
    requests.append(models.SyncLipsyncV2(video=b"video", audio=b"audio"))
    path = tmp_path / "journal"
    assert run(models, requests, path) == [""] * COUNT
    return path, requests


def run(models: Any, requests: list[Any], journal: Path) -> list[str]:
    """Run requests with a journal; give what goes wrong with each, or with all."""

    async def run_all(client: Any) -> list[str]:
        outcomes = await every(client.run_many(requests, journal=journal))
        return ["" if one.error is None else type(one.error).__name__ for one in outcomes]

    try:
        return list(use(models, "Client", run_all))
    except models.JournalError as error:
        return [
            f"{type(error).__name__}{'' if str(error).isprintable() else ' in a way that nobody can read'}"
        ]


def read(path: Path) -> Any:
    """Give all that a journal says; look also whether it can be written."""
    from scenario_models.client.journal import Journal
    from scenario_models.client.orders import Order, SendRecord

    def say(journal: Any) -> Any:
        return [(one.order, one.sent.first.noted, one.job_id) for one in journal.orders()], journal.uploads()

    with contextlib.closing(Journal(path)) as journal:
        said = say(journal)
        journal.note_sent("another", Order("model_a", b"{}"), SendRecord())
        journal.forget("another")
        assert say(journal) == said
    return said


def test_whatever_bits_are_flipped_a_journal_says_the_same_or_that_it_is_damaged(
    models: Any, kept: tuple[Path, list[Any]]
) -> None:
    path, _ = kept
    whole, said, random = path.read_bytes(), read(path), Random(1)  # noqa: S311 - nothing secret comes of it
    heads = [page + place for page in range(0, len(whole), PAGE) for place in (*range(24), *range(100, 116))]
    assert len(whole) > 3 * PAGE
    found = {"the same": 0, "damaged": 0}
    places = [*range(24, 100), *heads, *(random.randrange(len(whole)) for _ in range(FLIPS))]
    for place in places:
        data = bytearray(whole)
        data[place] ^= 1 << random.randrange(8)
        path.write_bytes(data)
        try:
            assert read(path) == said, place
            found["the same"] += 1
        except models.JournalError as error:
            found["damaged"] += str(error).isprintable()
    assert sum(found.values()) == len(places)
    assert all(found.values()), found


def rewrite(statement: str) -> Callable[[Path], object]:
    """Change what a journal says, in the way of SQLite."""

    def change(path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as file, file:
            file.execute(statement)

    return change


def replace(name: str, value: Any) -> Callable[[Path], object]:
    """Change a fact of an order."""

    def change(path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as file, file:
            key, text = file.execute("SELECT name, value FROM entries WHERE name LIKE 'order %'").fetchone()
            text = json.dumps({**json.loads(text), name: value})
            file.execute("UPDATE entries SET value = ? WHERE name = ?", (text, key))

    return change


def cut(size: float) -> Callable[[Path], object]:
    return lambda path: os.truncate(path, int(size * path.stat().st_size))


def blank(page: int) -> Callable[[Path], object]:
    def change(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(page * PAGE)
            file.write(bytes(PAGE))

    return change


OF_VERSION_1 = """
CREATE TABLE submissions (key TEXT PRIMARY KEY, model TEXT NOT NULL, content BLOB NOT NULL, sent REAL NOT NULL, job TEXT);
CREATE TABLE uploads (digest TEXT PRIMARY KEY, asset TEXT NOT NULL);
PRAGMA user_version = 1;
"""


def make_old(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.executescript(OF_VERSION_1)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "nothing is left": cut(0),
    "the end is gone": cut(0.9),
    "only the beginning is left": cut(0.1),
    "there are zeros": blank(0),
    "there are zeros in the middle": blank(2),
    "it is text": lambda path: path.write_text("no journal, but a text that is long enough to look at" * 100),
    "an order is gone": rewrite("DELETE FROM entries WHERE name = (SELECT max(name) FROM entries WHERE name LIKE 'order %')"),
    "all orders are gone": rewrite("DELETE FROM entries WHERE name LIKE 'order %'"),
    "an order has another name": rewrite("UPDATE entries SET name = 'order x' WHERE name = (SELECT min(name) FROM entries)"),
    "an order is of another kind": rewrite("UPDATE entries SET value = CAST(value AS BLOB) WHERE name LIKE 'order %'"),
    "an order is no JSON": rewrite("UPDATE entries SET value = '{' WHERE name LIKE 'order %'"),
    "there is one order more": rewrite("INSERT INTO entries SELECT name || '2', value FROM entries WHERE name LIKE 'order %' LIMIT 1"),
    "a job is gone": replace("job", ""),
    "a job is another": replace("job", "job_1"),
    "a job has no safe id": replace("job", "../jobs"),
    "a model is another": replace("model", "model_a"),
    "a content is another": replace("content", "{}"),
    "a time is none": replace("last", [float("nan"), float("inf")]),
    "a time is in the future": replace("last", [0, 1e12]),
    "a time is in the past": replace("last", [-1e9, -1e9]),
    "an asset is another": rewrite("UPDATE entries SET value = 'asset_1' WHERE name LIKE 'upload %'"),
    "the total is gone": rewrite("DELETE FROM entries WHERE name = 'total'"),
    "the total is another": rewrite("UPDATE entries SET value = '0' WHERE name = 'total'"),
    "the total is none": rewrite("UPDATE entries SET value = 'x' WHERE name = 'total'"),
    "it does something of its own": rewrite("CREATE TRIGGER a AFTER DELETE ON entries BEGIN SELECT 1; END"),
    "it is of another version": rewrite("PRAGMA user_version = 3"),
    "it is of version 1": make_old,
}  # fmt: skip


def test_what_is_damaged_is_refused_pays_nothing_and_stays_as_it_is(
    models: Any, kept: tuple[Path, list[Any]], scenario_sandbox: Any
) -> None:
    path, requests = kept
    whole, found = path.read_bytes(), {}
    for case, damage in DAMAGES.items():
        path.write_bytes(whole)
        damage(path)
        damaged = path.read_bytes()
        found[case] = run(models, requests, path)
        assert path.read_bytes() == damaged, case
    assert found == {case: ["JournalError"] for case in DAMAGES}
    path.write_bytes(whole)
    assert run(models, requests, path) == [""] * COUNT
    assert len(scenario_sandbox.ledger) == COUNT


def test_only_its_owner_can_read_a_journal_and_what_is_beside_it(
    models: Any, scenario_sandbox: Any, tmp_path: Path
) -> None:
    modes: dict[str, set[str]] = {}
    folder, request = tmp_path / "a # ? %20", models.SyncLipsyncV2(**SAMPLES)
    folder.mkdir()

    def look(_: Any) -> None:
        for path in folder.iterdir():
            modes.setdefault(path.name, set()).add(oct(stat.S_IMODE(path.stat().st_mode)))

    async def run_one(client: Any) -> None:
        (outcome,) = await every(client.run_many([request], journal=folder / "journal", on_progress=look))
        assert outcome.error is None

    before = os.umask(0)
    try:
        use(models, "Client", run_one)
        look(None)
        for name in ("journal", "journal-journal"):  # as another program has left them
            (folder / name).touch()
            (folder / name).chmod(0o666)
        use(models, "AsyncClient", run_one)
        look(None)
        (folder / "mine").write_text("no journal")
        assert run(models, [request], folder / "mine") == ["JournalError"]
    finally:
        os.umask(before)
    assert modes == {"journal": {"0o600"}, "journal-journal": {"0o600"}}
    assert stat.S_IMODE((folder / "mine").stat().st_mode) == 0o666
    assert len(scenario_sandbox.ledger) == 1


RACE = """
    import sys, time
    from pathlib import Path
    from scenario_models.client.errors import JournalError
    from scenario_models.client.journal import Journal
    print(flush=True)
    sys.stdin.readline()
    try:
        Journal(Path(sys.argv[1]))
    except JournalError as error:
        print(error, flush=True)
    else:
        print("mine", flush=True)
    sys.stdin.read()
"""


def test_of_several_processes_that_make_a_journal_at_once_one_has_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(RACE), str(tmp_path / "journal")]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with contextlib.ExitStack() as stack:
        racers = [stack.enter_context(subprocess.Popen(command, **pipes)) for _ in range(4)]
        for racer in racers:
            assert racer.stdout.readline() == "\n"
        for racer in racers:
            racer.stdin.write("\n")
            racer.stdin.flush()
        said = [racer.stdout.readline() for racer in racers]
        for racer in racers:
            racer.stdin.close()
    assert sorted("another process is using it" in one for one in said) == [False, True, True, True]
    assert said.count("mine\n") == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
