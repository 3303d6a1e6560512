"""The archive of the job that has the keys for records: which records its run of `fetch` has changed, and what it said.

It is read by the job that reads pages, which has no key, and takes it for what anybody might have sent.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive import ArchiveError, quote, read_archive, write_archive
from proposal import FILES, MAX_PATH_LENGTH, PART, check_origin, is_code, read_facts

ARCHIVE = "records.pack"
SAID = Path(".paramsync_cache/records.txt")  # what `fetch` said, and its exit code in the last line
RECORDS = re.compile(rf"specs/{PART}/{PART}\.record\.json")
MAX_RECORD_BYTES = 2_000_000
MAX_RECORDS = 5000
MAX_SAID_BYTES = 200_000


@dataclass(frozen=True)
class Records:
    """Changed records by path, removed ones, and the exit code and output of `fetch`."""

    base: str
    files: Mapping[str, bytes]
    removed: tuple[str, ...]
    code: int
    said: str


def read_said() -> tuple[str, int]:
    """Read what a run of `fetch` has said of records, and its exit code.

    Raises:
        OSError: it has left nothing.
        ValueError: it has left no exit code.

    """
    said, _, code = SAID.read_text(encoding="utf-8", errors="replace").rstrip("\n").rpartition("\n")
    return said, int(code)


def write_said(said: str, code: int) -> None:
    """Leave what is said of records to the job's next steps, as its run of `fetch` would."""
    SAID.parent.mkdir(exist_ok=True)
    SAID.write_text(f"{said}\n{code}\n", encoding="utf-8")


def write_records(folder: Path, records: Records) -> None:
    """Write the archive into a folder."""
    facts = {"base": records.base, "removed": records.removed, "code": records.code}

    def entries() -> Iterator[tuple[str, bytes]]:
        yield "outcome.json", json.dumps(facts).encode()
        yield "fetch.txt", records.said.encode()
        yield from ((FILES + path, content) for path, content in sorted(records.files.items()))

    folder.mkdir(parents=True, exist_ok=True)
    write_archive(folder / ARCHIVE, entries())


def read_records(folder: Path) -> Records:
    """Read and validate the archive in a folder.

    Raises:
        ArchiveError: there is none, or an entry or a fact is missing, unexpected, invalid or too large.

    """
    entries = read_archive(folder / ARCHIVE)
    files = {name.removeprefix(FILES): entries[name] for name in entries if name.startswith(FILES)}
    others = {name for name in entries if not name.startswith(FILES)}
    if odd := others ^ {"outcome.json", "fetch.txt"}:
        raise ArchiveError(f"{'unexpected' if odd & others else 'missing'} entry {quote(min(odd))}")
    facts = read_facts(entries["outcome.json"])
    if (
        not isinstance(facts, dict)
        or facts.keys() != {"base", "removed", "code"}
        or not is_code(facts["code"])
    ):
        raise ArchiveError("outcome.json has not a base, removed paths and an exit code")
    check_origin(facts)
    removed, said = tuple(facts["removed"]), entries["fetch.txt"][:MAX_SAID_BYTES]
    _check_paths(files, removed)
    return Records(facts["base"], files, removed, facts["code"], said.decode(errors="replace"))


def _check_paths(files: Mapping[str, bytes], removed: tuple[str, ...]) -> None:
    paths = [*files, *removed]
    if len(paths) > MAX_RECORDS or len(set(paths)) < len(paths):
        raise ArchiveError(f"limit exceeded, or a path twice: {len(paths)} records")
    for path in paths:
        if len(path) > MAX_PATH_LENGTH or not RECORDS.fullmatch(path):
            raise ArchiveError(f"{quote(path)} is not the path of a record")
        if len(files.get(path, b"")) > MAX_RECORD_BYTES:
            raise ArchiveError(f"limit exceeded: {quote(path)}")
