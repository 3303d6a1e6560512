"""The journal of a long work: what was submitted, as which job, so that it can be taken up after a crash. Writes a file.

SQLite, because a kill at any moment leaves it whole, and because it lets one process in at a time.
"""

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from .errors import JournalError
from .moments import Moment
from .orders import Order, Sent

T = TypeVar("T")

VERSION = 2
TABLE = "CREATE TABLE entries (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
ORDER, UPLOAD = "order ", "upload "  # how the names of entries begin


@dataclass(frozen=True)
class Entry:
    """An order that was sent, or was about to be; and its job, empty where the answer did not come."""

    order: Order
    sent: Sent
    job_id: str = ""


class Journal:
    """What was submitted, by a key for each request, and what was uploaded.

    Raises:
        JournalError: the file is none, or another process uses it.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._entries: dict[str, str] = {}
        try:
            self._file = sqlite3.connect(path, timeout=0.2, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise JournalError(f"{path}: {error}") from None
        try:
            self._do(self._open)
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
        with suppress(sqlite3.Error):
            self._file.close()

    def _open(self) -> None:
        self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._file.execute("BEGIN EXCLUSIVE")
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        if version == 0 and not self._file.execute("SELECT 1 FROM sqlite_master").fetchone():
            self._file.execute(TABLE)
            self._file.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise JournalError(f"{self.path} is no journal of run_many, or one of another version")
        self._file.execute("COMMIT")
        self._entries = dict(self._file.execute("SELECT name, value FROM entries"))

    def _put(self, name: str, value: str | None) -> None:
        """Write an entry, or remove it."""

        def put() -> None:
            if value is None:
                self._file.execute("DELETE FROM entries WHERE name = ?", (name,))
                self._entries.pop(name, None)
            else:
                self._file.execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", (name, value))
                self._entries[name] = value

        self._do(put)

    def _do(self, function: Callable[[], T]) -> T:
        try:
            with self._lock:
                return function()
        except sqlite3.Error as error:
            used = "; another process uses it" if "locked" in str(error) else ""
            raise JournalError(f"{self.path}: {error}{used}") from None


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
