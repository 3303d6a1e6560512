"""The records of the sandbox in SQLite: in memory, or in a file that stays after it stops."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TypeVar

from .clock import Segment

OURS = 0x5CE0  # marks a file as the state of a sandbox
LAYOUT = 1  # the version of its tables

TABLES = """
CREATE TABLE records (number INTEGER PRIMARY KEY, type TEXT, id TEXT UNIQUE, data TEXT);
CREATE INDEX newest ON records (type, number);
CREATE TABLE parts (file TEXT, number INTEGER, data BLOB, PRIMARY KEY (file, number));
CREATE TABLE segments (date REAL, age REAL, speed REAL);
CREATE TABLE secrets (secret TEXT);
INSERT INTO secrets VALUES (hex(randomblob(32)));
"""


class StateError(Exception):
    """A file cannot be used for the state of a sandbox."""


@dataclass(frozen=True)
class Record:
    """A stored thing with an id; `created` is a Unix time."""

    id: str
    created: float


R = TypeVar("R", bound=Record)


class Store:
    """Records, the parts of files, the segments of the clock, and the secret that signs URLs.

    Raises:
        StateError: the file is not a sandbox's, or another sandbox has it open.

    """

    def __init__(self, path: Path | None) -> None:
        try:
            self.connection = sqlite3.connect(
                path or ":memory:", isolation_level=None, check_same_thread=False, timeout=0
            )
        except sqlite3.Error as error:
            raise StateError(f"{path}: cannot save the state there: {error}") from None
        try:
            self._open(path)
        except sqlite3.DatabaseError as error:
            self.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise StateError(f"{path}: another sandbox has it open") from None
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise StateError(f"{path}: is not the state of a sandbox; give another file") from None
            raise StateError(f"{path}: cannot save the state there: {error}") from None
        except StateError:
            self.close()
            raise

    def _open(self, path: Path | None) -> None:
        self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        (ours,) = self.connection.execute("PRAGMA application_id").fetchone()
        (layout,) = self.connection.execute("PRAGMA user_version").fetchone()
        is_new = self.connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
        if ours not in (0, OURS) or (not is_new and ours != OURS):
            raise StateError(f"{path}: is not the state of a sandbox; give another file")
        if not is_new and layout != LAYOUT:
            raise StateError(f"{path}: is the state of another version of the sandbox; give another file")
        (health,) = self.connection.execute("PRAGMA quick_check(1)").fetchone()
        if health != "ok":
            raise StateError(f"{path}: is damaged ({' '.join(health.split())}); give another file")
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():  # this also locks the file
            if is_new:
                self._lay_out()

    def _lay_out(self) -> None:
        self.connection.execute(f"PRAGMA application_id = {OURS}")
        self.connection.execute(f"PRAGMA user_version = {LAYOUT}")
        for statement in TABLES.split(";"):
            self.connection.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Save all changes in the block, or none."""
        self.connection.execute("BEGIN IMMEDIATE")
        with self.connection:
            yield

    def put(self, record: Record) -> None:
        """Save a record; replaces one with the same id."""
        self.connection.execute(
            "INSERT INTO records (type, id, data) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            (type(record).__name__, record.id, json.dumps(asdict(record))),
        )

    def get(self, of: type[R], identifier: str) -> R | None:
        """Find a record by its id; None if there is none."""
        if not identifier.isascii():  # no id is, and SQLite refuses lone surrogates
            return None
        found = self.connection.execute(
            "SELECT data FROM records WHERE type = ? AND id = ?", (of.__name__, identifier)
        ).fetchone()
        return of(**json.loads(found[0])) if found else None

    def newest(self, of: type[R], before: str = "") -> Iterator[R]:
        """Return all records of a type, the newest first; with an id `before`, only older ones."""
        rows = self.connection.execute(
            "SELECT data FROM records WHERE type = :type"
            " AND (:before = '' OR number < (SELECT number FROM records WHERE id = :before)) ORDER BY number DESC",
            {"type": of.__name__, "before": before},
        )
        return (of(**json.loads(data)) for (data,) in rows)

    def delete(self, identifier: str) -> None:
        """Delete a record, if it exists."""
        self.connection.execute("DELETE FROM records WHERE id = ?", (identifier,))

    def put_part(self, file: str, number: int, data: bytes) -> None:
        """Save a part of a file; replaces one with the same number."""
        self.connection.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", (file, number, data))

    def part_sizes(self, file: str) -> dict[int, int]:
        """Return the size in bytes of each part of a file, by number."""
        rows = self.connection.execute(
            "SELECT number, length(data) FROM parts WHERE file = ? ORDER BY number", (file,)
        )
        return dict(rows.fetchall())

    def part(self, file: str, number: int) -> bytes:
        found = self.connection.execute(
            "SELECT data FROM parts WHERE file = ? AND number = ?", (file, number)
        ).fetchone()
        return bytes(found[0])

    def add_segment(self, segment: Segment) -> None:
        self.connection.execute("INSERT INTO segments VALUES (?, ?, ?)", astuple(segment))

    def segments(self) -> list[Segment]:
        """Return all segments of the clock, the oldest first."""
        rows = self.connection.execute("SELECT date, age, speed FROM segments ORDER BY rowid")
        return [Segment(*row) for row in rows]

    def secret(self) -> str:
        """Return the secret, which is created once."""
        (secret,) = self.connection.execute("SELECT secret FROM secrets").fetchone()
        return str(secret)

    def close(self) -> None:
        self.connection.close()
