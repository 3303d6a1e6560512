"""The journal of a long work: what was submitted, as which job, so that it can be taken up after a crash. Writes a file.

SQLite, because a kill at any moment leaves it whole, and because it lets one process in at a time. What it does not see itself, such
as a bit that was flipped or a row that is hidden, shows in the total: the sum of what all entries weigh, by their digests.
"""

import hashlib
import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .clock import Moment
from .errors import JournalError
from .orders import Order, Sent
from .responses import plain

VERSION = 2
TABLE = "CREATE TABLE entries (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
ORDER, UPLOAD, TOTAL = (
    "order ",
    "upload ",
    "total",
)  # how the names of entries begin; and that of what they weigh
MODULUS = 2**256
OWNER_ALONE, OTHERS = 0o600, 0o077
BESIDE = ("", "-journal", "-wal", "-shm")  # what SQLite calls the file, and those beside it
ASK = "before you run its requests again, look in client.jobs() for what became of them"


@dataclass(frozen=True)
class Entry:
    """An order that was sent, or was about to be; and its job, empty where the answer did not come."""

    order: Order
    sent: Sent
    job_id: str = ""


class Journal:
    """What was submitted, by a key for each request, and what was uploaded; for the eyes of its owner alone.

    Raises:
        JournalError: the file is none, or damaged, or another process uses it.

    """

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))
        self._lock = threading.Lock()
        self._entries: dict[str, str] = {}
        with self._telling():
            if not self.path.exists():
                _make(self.path)
            uri = f"{self.path.as_uri()}?mode=rw"
            self._file = sqlite3.connect(
                uri, uri=True, timeout=0.2, isolation_level=None, check_same_thread=False
            )
        try:
            with self._telling():
                self._open()
        except BaseException:
            self._file.close()
            raise

    def find(self, key: str) -> Entry | None:
        """Give what was submitted under a key, or None."""
        value = self._entries.get(ORDER + key)
        return _read(value) if value else None

    def sent(self, key: str, order: Order, sent: Sent) -> None:
        """Note that a request is about to be sent, or may have left since."""
        self._put(ORDER + key, _write(Entry(order, sent)))

    def submitted(self, key: str, job_id: str) -> None:
        """Note the job of a request."""
        if entry := self.find(key):
            self._put(ORDER + key, _write(Entry(entry.order, entry.sent, job_id)))

    def forget(self, key: str) -> None:
        """Note that a request has no job after all."""
        self._put(ORDER + key, None)

    def orders(self) -> list[Entry]:
        """Give all orders."""
        return [_read(value) for name, value in self._entries.copy().items() if name.startswith(ORDER)]

    def uploaded(self, digest: str, asset_id: str) -> None:
        """Note that a content is there, as which asset."""
        self._put(UPLOAD + digest, asset_id)

    def forget_upload(self, digest: str) -> None:
        """Note that a content is no longer there."""
        self._put(UPLOAD + digest, None)

    def uploads(self) -> dict[str, str]:
        """Give what was uploaded, by digest."""
        return {
            name.removeprefix(UPLOAD): asset
            for name, asset in self._entries.items()
            if name.startswith(UPLOAD)
        }

    def close(self) -> None:
        """Let others in."""
        with suppress(sqlite3.Error), self._lock:  # not while a thread still writes
            self._file.close()

    def _open(self) -> None:
        """Lock the file and read it; hide it from others."""
        for pragma in ("locking_mode = EXCLUSIVE", "trusted_schema = OFF", "cell_size_check = ON"):
            self._file.execute(f"PRAGMA {pragma}")
        self._file.execute("BEGIN EXCLUSIVE")
        self._check_kind()
        self._entries = self._read_entries()
        self.orders()  # each can be read
        self._file.execute("COMMIT")
        for name in BESIDE:
            _hide(Path(f"{self.path}{name}"))

    def _check_kind(self) -> None:
        """Refuse what is not a journal of this version."""
        if not self.path.stat().st_size:
            raise JournalError(f"{self.path} is empty, which no journal is: {ASK}, and give another file")
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        if (version, self._file.execute("SELECT sql FROM sqlite_master").fetchall()) != (VERSION, [(TABLE,)]):
            raise JournalError(
                f"{self.path} is no journal of run_many, or one of another version of this package, which alone can go on with it"
            )

    def _read_entries(self) -> dict[str, str]:
        """Read all entries.

        Raises:
            ValueError: they are not those that were written.

        """
        (health,) = self._file.execute("PRAGMA integrity_check(1)").fetchone()
        rows = self._file.execute("SELECT name, value FROM entries").fetchall()
        entries = dict(rows)
        total = entries.pop(TOTAL, "")
        weight = sum(map(_weigh, entries.items())) % MODULUS
        if health != "ok" or len(rows) != len(entries) + 1 or total != f"{weight:x}":
            raise ValueError("it does not say what was written")
        return entries

    def _put(self, name: str, value: str | None) -> None:
        """Write an entry, or remove it."""
        with self._telling(), self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                self._replace(name, value)
                self._file.execute("COMMIT")
            finally:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
            if value is None:
                self._entries.pop(name, None)
            else:
                self._entries[name] = value

    def _replace(self, name: str, value: str | None) -> None:
        """Put an entry in the place of the one of its name, and keep the total."""
        old = self._file.execute("SELECT name, value FROM entries WHERE name = ?", (name,)).fetchall()
        (total,) = self._file.execute("SELECT value FROM entries WHERE name = ?", (TOTAL,)).fetchone()
        new = [] if value is None else [(name, value)]
        total = int(total, 16) + sum(map(_weigh, new)) - sum(map(_weigh, old))
        self._file.execute("DELETE FROM entries WHERE name = ?", (name,))
        self._file.executemany("INSERT INTO entries VALUES (?, ?)", new)
        self._file.execute("UPDATE entries SET value = ? WHERE name = ?", (f"{total % MODULUS:x}", TOTAL))

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say of whatever goes wrong that the journal cannot be used: its bytes may be anything."""
        try:
            yield
        except JournalError:
            raise
        except sqlite3.OperationalError as error:
            used = "; another process uses it" if "locked" in str(error) else ""
            raise JournalError(f"{self.path}: {plain(str(error))}{used}") from None
        except OSError as error:
            raise JournalError(f"{self.path}: {error.strerror or error}") from None
        except Exception as error:  # noqa: BLE001 - whatever it is, the bytes are not those of a journal
            raise JournalError(
                f"{self.path} is no journal, or damaged ({plain(str(error))}): {ASK}"
            ) from None


def _make(path: Path) -> None:
    """Make an empty journal, whole or not at all; another process may be the first."""
    beside = path.with_name(f".{secrets.token_hex(8)}.journal")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ALONE))
        with closing(sqlite3.connect(beside, isolation_level=None)) as file:
            for statement in ("BEGIN", TABLE, f"PRAGMA user_version = {VERSION}"):
                file.execute(statement)
            file.execute("INSERT INTO entries VALUES (?, '0')", (TOTAL,))
            file.execute("COMMIT")
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _hide(path: Path) -> None:
    """Let nobody but its owner read a file."""
    if os.name == "posix" and path.exists() and path.stat().st_mode & OTHERS:
        try:
            path.chmod(OWNER_ALONE)
        except OSError as error:
            raise JournalError(
                f"{path} cannot be hidden from others ({error.strerror}): put the journal elsewhere"
            ) from None


def _weigh(entry: tuple[str, str]) -> int:
    """Give what an entry adds to the total."""
    return int(hashlib.sha256(json.dumps(entry).encode()).hexdigest(), 16)


def _write(entry: Entry) -> str:
    """Write an entry as text."""
    return json.dumps(
        {
            "model": entry.order.model_id,
            "content": entry.order.content.decode(),
            "first": entry.sent.first.note(),
            "last": entry.sent.last.note(),
            "losses": entry.sent.losses,
            "job": entry.job_id,
        }
    )


def _read(text: str) -> Entry:
    """Read what `_write` has written."""
    facts: dict[str, Any] = json.loads(text)
    sent = Sent(Moment.read(*facts["first"]), Moment.read(*facts["last"]), facts["losses"])
    return Entry(Order(facts["model"], facts["content"].encode()), sent, facts["job"])
