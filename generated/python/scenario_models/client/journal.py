"""The journal of a long work: what was submitted, as which job, so that it can be taken up after a crash. Writes a file.

SQLite, because a kill at any moment leaves it whole, and because it lets one process in at a time.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from .errors import JournalError
from .submissions import Moment, Order

T = TypeVar("T")

VERSION = 1
TABLES = """
CREATE TABLE submissions (key TEXT PRIMARY KEY, model TEXT NOT NULL, content BLOB NOT NULL, sent REAL NOT NULL, job TEXT);
CREATE TABLE uploads (digest TEXT PRIMARY KEY, asset TEXT NOT NULL);
"""


class Journal:
    """What was submitted, by a key for each request, and what was uploaded.

    Raises:
        JournalError: the file is none, or another process uses it.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            self._file = sqlite3.connect(path, timeout=0.2, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise JournalError(f"{path}: {error}") from None
        try:
            self._do(self._open)
        except BaseException:
            self._file.close()
            raise

    def find(self, key: str) -> tuple[Order, str] | None:
        """Give what was submitted under a key, and its job (empty where the answer did not come), or None."""
        rows = self._run("SELECT model, content, sent, job FROM submissions WHERE key = ?", key)
        if not rows:
            return None
        model, content, sent, job = rows[0]
        ago = max(0.0, time.time() - sent)
        return Order(model, content, Moment(time.monotonic() - ago, sent)), job or ""

    def begin(self, key: str, order: Order) -> None:
        """Note that a request is about to be sent."""
        row = (key, order.model_id, order.content, order.since.wall)
        self._run("INSERT OR REPLACE INTO submissions VALUES (?, ?, ?, ?, NULL)", *row)

    def submitted(self, key: str, job_id: str) -> None:
        """Note the job of a request."""
        self._run("UPDATE submissions SET job = ? WHERE key = ?", job_id, key)

    def forget(self, key: str) -> None:
        """Note that a request has no job after all."""
        self._run("DELETE FROM submissions WHERE key = ?", key)

    def jobs(self) -> list[str]:
        """Give all jobs."""
        return [job for (job,) in self._run("SELECT job FROM submissions WHERE job IS NOT NULL")]

    def uploaded(self, digest: str, asset_id: str) -> None:
        """Note that a content is there, as which asset."""
        self._run("INSERT OR REPLACE INTO uploads VALUES (?, ?)", digest, asset_id)

    def forget_upload(self, digest: str) -> None:
        """Note that a content is no longer there."""
        self._run("DELETE FROM uploads WHERE digest = ?", digest)

    def uploads(self) -> dict[str, str]:
        """Give what was uploaded, by digest."""
        return dict(self._run("SELECT digest, asset FROM uploads"))

    def close(self) -> None:
        """Let others in."""
        with suppress(sqlite3.Error):
            self._file.close()

    def _open(self) -> None:
        self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._file.execute("BEGIN EXCLUSIVE")
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        if version == 0 and not self._file.execute("SELECT 1 FROM sqlite_master").fetchone():
            for table in filter(str.strip, TABLES.split(";")):
                self._file.execute(table)
            self._file.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise JournalError(f"{self.path} is no journal of run_many, or one of another version")
        self._file.execute("COMMIT")

    def _run(self, statement: str, *values: Any) -> list[Any]:
        return self._do(lambda: self._file.execute(statement, values).fetchall())

    def _do(self, function: Callable[[], T]) -> T:
        try:
            with self._lock:
                return function()
        except sqlite3.Error as error:
            used = "; another process uses it" if "locked" in str(error) else ""
            raise JournalError(f"{self.path}: {error}{used}") from None
