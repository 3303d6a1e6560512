"""A journal knows what was paid for; one that is damaged, whatever is wrong with its bytes, is said to be, and nothing is paid; only its owner can read it."""

import asyncio
import contextlib
import json
import os
import resource
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from scenario_sdk import AsyncScenario, Scenario

from support.clients import SAMPLES, SUBMISSION, both, every, paid, use

COUNT = 16  # requests: enough for a tree of several pages
PAGE = 4096
FLIPS = 300
NO_JOURNAL = "no journal, but a text that is long enough to look at" * 100


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
    "it is text": lambda path: path.write_text(NO_JOURNAL),
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


@both
def test_a_journal_knows_requests_by_what_they_are_and_a_refused_one_is_sent_anew(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    one = models.SyncLipsyncV2(**SAMPLES)
    requests = {
        "one": one,
        "two": models.SyncLipsyncV2(**SAMPLES, temperature=1),
        "other model": models.model("model_sync-lipsync-v2-pro")(**SAMPLES),
        "file": models.SyncLipsyncV2(**{**SAMPLES, "video": b"video"}),
        "other file": models.SyncLipsyncV2(**{**SAMPLES, "video": b"other"}),
        "refused": one.unlisted(syncMode="new"),
    }
    found: dict[str, set[str]] = {}  # the models and inputs of the jobs of each request

    async def run(client: Any, names: list[str]) -> list[str]:
        given = [requests[name] for name in names]
        outcomes = await every(client.run_many(given, journal=tmp_path / "journal").in_order())
        assert [one.error is not None for one in outcomes] == [name == "refused" for name in names]
        jobs = [outcome.result.job for outcome in outcomes if outcome.error is None]
        for name, job in zip([name for name in names if name != "refused"], jobs, strict=True):
            found.setdefault(name, set()).add(repr((job.model_id, job.input)))
        return [job.id for job in jobs]

    async def run_twice(client: Any) -> tuple[list[str], list[str]]:
        first = await run(client, ["one", "one", "refused", "file"])
        names = ["other model", "two", "other file", "one", "refused", "file", "one", "one"]
        return first, await run(client, names)

    first, again = use(models, kind, run_twice)
    assert {*first[:2]} < {again[3], *again[5:]}
    assert again[4] == first[2]
    assert paid(scenario_sandbox) == dict.fromkeys(again, 1)
    assert len(again) == len({*again}) == 7
    assert [len(each) for each in found.values()] == [1] * 5
    assert len(set.union(*found.values())) == 5
    from scenario_models.client.journal import Journal

    with contextlib.closing(Journal(tmp_path / "journal")) as journal:
        assert sorted(entry.job_id for entry in journal.orders()) == sorted(again)


@both
def test_an_asset_that_is_gone_is_uploaded_again(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    journal, request = tmp_path / "journal", models.SyncLipsyncV2(video=b"video", audio="asset_sample_audio")

    async def run(client: Any) -> list[Any]:
        return [one.error for one in await every(client.run_many([request], journal=journal))]

    scenario_sandbox.fail("rate-limit", on=SUBMISSION, seconds=9999)
    assert "429" in str(use(models, kind, run)[0])
    scenario_sandbox.heal()
    from scenario_models.client.journal import Journal

    with contextlib.closing(Journal(journal)) as noted:
        for digest in noted.uploads():
            noted.note_uploaded(digest, "asset_gone")
    assert "Asset asset_gone not found" in str(use(models, kind, run)[0])
    assert use(models, kind, run) == [None]


@both
def test_whoever_leaves_early_and_comes_back_with_the_journal_pays_once(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    requests = [models.SyncLipsyncV2(**SAMPLES, temperature=step / 8) for step in range(8)]

    async def run(client: Any) -> None:
        for _ in range(3):
            outcomes = client.run_many(requests, concurrency=4, journal=tmp_path / "journal")
            if kind == "AsyncClient":
                async for _ in outcomes:
                    break
                await asyncio.sleep(0.5)
            else:
                for _ in outcomes:
                    break
        assert all(
            one.error is None for one in await every(client.run_many(requests, journal=tmp_path / "journal"))
        )

    use(models, kind, run)
    assert len(scenario_sandbox.ledger) == 8


def test_a_journal_that_cannot_be_used_is_refused_before_anything_is_sent(
    models: Any, scenario_sandbox: Any, tmp_path: Path
) -> None:
    request = models.SyncLipsyncV2(**SAMPLES)
    (tmp_path / "text").write_text(NO_JOURNAL)
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    with models.Client() as client:
        for name, message in (
            ("text", "file is not a database"),
            ("other", "is not a journal of run_many"),
            ("none/journal", "none/journal: No such file"),
        ):
            with pytest.raises(models.JournalError, match=message):
                list(client.run_many([request], journal=tmp_path / name))
        assert (tmp_path / "text").read_text() == NO_JOURNAL
        running_one = iter(client.run_many([request, request], concurrency=1, journal=tmp_path / "journal"))
        next(running_one)
        with pytest.raises(models.JournalError, match="another process is using it"):
            list(client.run_many([request], journal=tmp_path / "journal"))
        assert len(list(running_one)) == 1
    assert len(scenario_sandbox.ledger) == 2


@both
def test_a_job_that_the_journal_could_not_note_is_known_all_the_same(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    journal, request = tmp_path / "journal", models.SyncLipsyncV2(**SAMPLES)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_disk(response: httpx.Response) -> None:
        if "/generate/" in response.request.url.path:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))

    async def fill_disk_in_loop(response: httpx.Response) -> None:
        fill_disk(response)

    sdk = {
        "Client": lambda: Scenario(http_client=httpx.Client(event_hooks={"response": [fill_disk]})),
        "AsyncClient": lambda: AsyncScenario(
            http_client=httpx.AsyncClient(event_hooks={"response": [fill_disk_in_loop]})
        ),
    }[kind]()

    async def run(client: Any) -> None:
        (outcome,) = await every(client.run_many([request], journal=journal))
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        with pytest.raises(models.JournalError, match="disk"):
            outcome.result
        assert scenario_sandbox.ledger[0].job_id in outcome.error.__notes__[0]

    async def take_up(client: Any) -> None:
        (outcome,) = await every(client.run_many([request], journal=journal))
        assert outcome.result.job.id == scenario_sandbox.ledger[0].job_id

    try:
        use(models, kind, run, sdk=sdk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    use(models, kind, take_up)
    assert len(scenario_sandbox.ledger) == 1
