"""The journal of a batch: which request was submitted as which job, so that a later run can go on after a crash. Writes a file.

It is an SQLite database: a kill at any moment leaves it whole, and one process at a time can use it. Damage that SQLite does not
see, such as a flipped bit or a hidden row, shows in the checksum: the sum of the digests of all entries.
"""

import hashlib
import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..display import plain
from .clock import Moment
from .errors import JournalError
from .orders import Order, SendRecord

VERSION = 2
TABLE = "CREATE TABLE entries (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
ORDER, UPLOAD, CHECKSUM = (
    "order ",
    "upload ",
    "total",
)  # how the names of entries begin; and the name of the checksum
MODULUS = 2**256
OWNER_ALONE, OTHERS = 0o600, 0o077
SUFFIXES = (
    "",
    "-journal",
    "-wal",
    "-shm",
)  # of the names of the file, and of those that SQLite writes beside it
ADVICE = "before you run its requests again, look for their jobs with client.jobs()"


@dataclass(frozen=True)
class Entry:
    """An order that was sent, or was about to be. `job_id` is empty if no response came."""

    order: Order
    sent: SendRecord
    job_id: str = ""


class Journal:
    """What was submitted, by a key for each request, and what was uploaded. Only the owner of the file can read it.

    Raises:
        JournalError: the file is not a journal, is damaged, or is in use by another process.

    """

    def __init__(self, path: Path) -> None:
        self.path: Path = Path(os.path.realpath(path))
        self._lock = threading.Lock()
        self._entries: dict[str, str] = {}
        with self._journal_errors():
            if not self.path.exists():
                _make(self.path)
            uri = f"{self.path.as_uri()}?mode=rw"
            self._file = sqlite3.connect(
                uri, uri=True, timeout=0.2, isolation_level=None, check_same_thread=False
            )
        try:
            with self._journal_errors():
                self._open()
        except BaseException:
            self._file.close()
            raise

    def find(self, key: str) -> Entry | None:
        """Return the entry of a key, or None."""
        value = self._entries.get(ORDER + key)
        return _read(value) if value else None

    def note_sent(self, key: str, order: Order, sent: SendRecord) -> None:
        """Note that a request is about to be sent, or may have been sent since."""
        self._put(ORDER + key, _write(Entry(order, sent)))

    def note_submitted(self, key: str, job_id: str) -> None:
        """Note the job of a request."""
        if entry := self.find(key):
            self._put(ORDER + key, _write(Entry(entry.order, entry.sent, job_id)))

    def unpriced(self) -> list[tuple[str, Entry]]:
        """Return the orders whose cost is not known, by their keys."""
        found = [
            (name.removeprefix(ORDER), _read(value))
            for name, value in self._entries.items()
            if name.startswith(ORDER)
        ]
        return [(key, entry) for key, entry in found if entry.order.cost is None]

    def note_cost(self, key: str, cost: float) -> None:
        """Note what a request costs."""
        if entry := self.find(key):
            self._put(ORDER + key, _write(replace(entry, order=replace(entry.order, cost=cost))))

    def forget(self, key: str) -> None:
        """Note that a request has no job."""
        self._put(ORDER + key, None)

    def orders(self) -> list[Entry]:
        """Return the entries of all orders."""
        return [_read(value) for name, value in self._entries.copy().items() if name.startswith(ORDER)]

    def note_uploaded(self, digest: str, asset_id: str) -> None:
        """Note that a content was uploaded, and as which asset."""
        self._put(UPLOAD + digest, asset_id)

    def forget_upload(self, digest: str) -> None:
        """Note that an uploaded content no longer exists."""
        self._put(UPLOAD + digest, None)

    def uploads(self) -> dict[str, str]:
        """Return the asset of each uploaded content, by digest."""
        return {
            name.removeprefix(UPLOAD): asset
            for name, asset in self._entries.items()
            if name.startswith(UPLOAD)
        }

    def close(self) -> None:
        """Close the file; another process can use it then."""
        with suppress(sqlite3.Error), self._lock:  # after a thread that still writes
            self._file.close()

    def _open(self) -> None:
        """Lock the file, read it, and make it private."""
        for pragma in ("locking_mode = EXCLUSIVE", "trusted_schema = OFF", "cell_size_check = ON"):
            self._file.execute(f"PRAGMA {pragma}")
        self._file.execute("BEGIN EXCLUSIVE")
        self._check_kind()
        self._entries = self._read_entries()
        self.orders()  # raises if one cannot be read
        self._file.execute("COMMIT")
        for name in SUFFIXES:
            _make_private(Path(f"{self.path}{name}"))

    def _check_kind(self) -> None:
        """Refuse a file that is not a journal of this version."""
        if not self.path.stat().st_size:
            raise JournalError(
                f"{self.path} is empty, so it is not a journal: {ADVICE}, and use another file"
            )
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        if (version, self._file.execute("SELECT sql FROM sqlite_master").fetchall()) != (VERSION, [(TABLE,)]):
            raise JournalError(
                f"{self.path} is not a journal of run_many, or needs another version of this package"
            )

    def _read_entries(self) -> dict[str, str]:
        """Read all entries.

        Raises:
            ValueError: they do not match the checksum.

        """
        (health,) = self._file.execute("PRAGMA integrity_check(1)").fetchone()
        rows = self._file.execute("SELECT name, value FROM entries").fetchall()
        entries = dict(rows)
        checksum = entries.pop(CHECKSUM, "")
        found = sum(map(_digest, entries.items())) % MODULUS
        if health != "ok" or len(rows) != len(entries) + 1 or checksum != f"{found:x}":
            raise ValueError("its checksum is wrong")
        return entries

    def _put(self, name: str, value: str | None) -> None:
        """Write an entry, or remove it."""
        with self._journal_errors(), self._lock:
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
        """Replace the entry of a name, and update the checksum."""
        old = self._file.execute("SELECT name, value FROM entries WHERE name = ?", (name,)).fetchall()
        (checksum,) = self._file.execute("SELECT value FROM entries WHERE name = ?", (CHECKSUM,)).fetchone()
        new = [] if value is None else [(name, value)]
        checksum = int(checksum, 16) + sum(map(_digest, new)) - sum(map(_digest, old))
        self._file.execute("DELETE FROM entries WHERE name = ?", (name,))
        self._file.executemany("INSERT INTO entries VALUES (?, ?)", new)
        self._file.execute(
            "UPDATE entries SET value = ? WHERE name = ?", (f"{checksum % MODULUS:x}", CHECKSUM)
        )

    @contextmanager
    def _journal_errors(self) -> Iterator[None]:
        """Turn every error into a JournalError: the bytes of the file may be anything."""
        try:
            yield
        except JournalError:
            raise
        except sqlite3.OperationalError as error:
            used = "; another process is using it" if "locked" in str(error) else ""
            raise JournalError(f"{self.path}: {plain(str(error))}{used}") from None
        except OSError as error:
            raise JournalError(f"{self.path}: {error.strerror or error}") from None
        except Exception as error:  # noqa: BLE001 - the file may hold anything
            raise JournalError(
                f"{self.path} is not a journal, or is damaged ({plain(str(error))}): {ADVICE}"
            ) from None


def _make(path: Path) -> None:
    """Make an empty journal, complete or not at all; another process may do so at the same time."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.journal")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ALONE))
        with closing(sqlite3.connect(temporary, isolation_level=None)) as file:
            for statement in ("BEGIN", TABLE, f"PRAGMA user_version = {VERSION}"):
                file.execute(statement)
            file.execute("INSERT INTO entries VALUES (?, '0')", (CHECKSUM,))
            file.execute("COMMIT")
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _make_private(path: Path) -> None:
    """Let only the owner read a file."""
    if os.name == "posix" and path.exists() and path.stat().st_mode & OTHERS:
        try:
            path.chmod(OWNER_ALONE)
        except OSError as error:
            raise JournalError(
                f"{path} cannot be made private ({error.strerror}): choose another place for the journal"
            ) from None


def _digest(entry: tuple[str, str]) -> int:
    """Return what an entry adds to the checksum."""
    return int(hashlib.sha256(json.dumps(entry).encode()).hexdigest(), 16)


def _write(entry: Entry) -> str:
    """Write an entry as text."""
    return json.dumps(
        {
            "model": entry.order.model_id,
            "content": entry.order.content.decode(),
            "project": entry.order.project_id,
            "first": entry.sent.first.note(),
            "last": entry.sent.last.note(),
            "losses": entry.sent.losses,
            "job": entry.job_id,
            "cost": entry.order.cost,
        }
    )


def _read(text: str) -> Entry:
    """Read what `_write` has written."""
    facts: dict[str, Any] = json.loads(text)
    sent = SendRecord(Moment.read(*facts["first"]), Moment.read(*facts["last"]), facts["losses"])
    cost = facts.get("cost")  # which, as the project, earlier versions of this package did not note
    return Entry(
        Order(facts["model"], facts["content"].encode(), cost, facts.get("project", "")), sent, facts["job"]
    )
