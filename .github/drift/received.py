"""What came from the job without write rights: read as if an enemy had packed it. Nothing is unpacked to a disk."""

import json
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_ENTRIES = 20_000
LARGEST_ENTRY = 50_000_000  # bytes; an OpenAPI document of all models has ten million
LARGEST_ARCHIVE = 300_000_000
LONGEST_PATH = 250

PART = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,149}(?<!\.)"
PAGES = re.compile(rf"specs/{PART}/page\.(md|html|txt)")
SPECS = re.compile(rf"specs/(history\.jsonl|{PART}/{PART}\.json)")
OVERLAYS = re.compile(
    rf"specs/{PART}/{PART}\.overlay\.toml"
)  # people write them; they may move with their page
GENERATED = re.compile(rf"generated(/{PART}){{2,12}}")

STEPS = ("fetch", "scrape", "generate", "diff")
SEVERITIES = ("major", "minor", "patch")
COMMIT = re.compile(r"[0-9a-f]{40}")


def quote(text: str) -> str:
    """Quote a text for the log, on one line that the runner takes for no command."""
    return ascii(text).replace("##[", "##(")


class Refused(Exception):  # noqa: N818 (it says what happened)
    """What came is not what the first job makes."""


@dataclass(frozen=True)
class Received:
    """What came: changed files and removed paths, exit codes and words of the steps, the report, the suggested step."""

    base: str
    files: Mapping[str, bytes]
    removed: frozenset[str]
    codes: Mapping[str, int]
    said: Mapping[str, str]
    report: str
    severity: str


def receive(archive: Path) -> Received:
    """Read the archive.

    Raises:
        Refused: it holds what it should not, or too much, or too little.

    """
    entries = _read(archive)
    files = {name.removeprefix("files/"): entries[name] for name in entries if name.startswith("files/")}
    outcome = _read_json(entries.get("outcome.json", b""), "outcome.json")
    removed, codes, base = outcome.get("removed"), outcome.get("codes"), outcome.get("base")
    if not isinstance(removed, list) or not all(isinstance(path, str) for path in removed):
        raise Refused("outcome.json: no list of removed paths")
    if not isinstance(codes, dict) or any(type(codes.get(step)) is not int for step in STEPS):
        raise Refused("outcome.json: no exit codes")
    if not isinstance(base, str) or not COMMIT.fullmatch(base):
        raise Refused("outcome.json: no commit")
    _check_paths(files, removed)
    return Received(
        base=base,
        files=files,
        removed=frozenset(removed),
        codes={step: codes[step] for step in STEPS},
        said={step: _text(entries, "report.txt" if step == "diff" else f"{step}.txt") for step in STEPS},
        report=_text(entries, "report.md"),
        severity=_severity(entries.get("report.json", b"")),
    )


def _read(archive: Path) -> dict[str, bytes]:
    if archive.is_symlink() or archive.stat().st_size > LARGEST_ARCHIVE:
        raise Refused("the archive is a link, or too large")
    try:
        with tarfile.open(archive, "r:") as packed:  # not compressed: what is read is no more than what came
            return dict(_entries(packed))
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise Refused(f"not an archive: {quote(str(error))}") from None


def _entries(packed: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    for entry in packed:
        if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or entry.issparse():
            raise Refused(f"{quote(entry.name)} is no ordinary file")
        if entry.size > LARGEST_ENTRY or len(seen) >= MOST_ENTRIES:
            raise Refused(f"too much: {quote(entry.name)}, {entry.size} bytes, entry {len(seen) + 1}")
        if entry.name in seen:
            raise Refused(f"{quote(entry.name)} is there twice")
        seen.add(entry.name)
        content = packed.extractfile(entry)
        yield entry.name, content.read() if content else b""


def _check_paths(files: Iterable[str], removed: Iterable[str]) -> None:
    for path in (*files, *removed):
        kinds = (PAGES, SPECS, OVERLAYS, GENERATED)
        if len(path) > LONGEST_PATH or not any(kind.fullmatch(path) for kind in kinds):
            raise Refused(f"{quote(path)} is not a path for a page, a spec or a generated file")
    if both := set(files) & set(removed):
        raise Refused(f"{min(both)} is changed and removed")


def _severity(report: bytes) -> str:
    """Give the step that the report suggests; empty where it suggests none."""
    try:
        suggested = json.loads(report).get("step")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return suggested if suggested in SEVERITIES else ""


def _text(entries: Mapping[str, bytes], name: str) -> str:
    return entries.get(name, b"").decode(errors="replace").replace("\0", "")


def _read_json(content: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refused(f"{name} is no JSON object")
    return value
