"""What the job without rights proposes, validated as if an attacker had packed it; nothing is unpacked to disk."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive import MAX_ENTRIES, ArchiveError, quote, read_archive

# In bytes: room for as many removed paths as there may be entries, each as long as it may be.
MAX_FACTS_BYTES = 8_000_000
MAX_PATH_LENGTH = 250

PART = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,149}(?<!\.)"
# What the vendor publishes, as it is: pages, and the Markdown and records of models.
SOURCES = re.compile(rf"specs/{PART}/(page\.(md|html|txt)|{PART}\.(llm\.md|record\.json))")
SPECS = re.compile(rf"specs/{PART}/{PART}(?<!\.record)\.json")
# Written by people; may only move with their page.
OVERLAYS = re.compile(rf"specs/{PART}/{PART}\.overlay\.toml")
GENERATED = re.compile(rf"generated(/{PART}){{2,12}}")

# What is proposed: what needs eyes, and what is wording and order alone; each has an archive of its own, KIND.pack.
KINDS = ("review", "wording")
VERBS = ("fetch", "scrape", "generate", "diff")
OUTPUT = {"fetch": "fetch.txt", "scrape": "scrape.txt", "generate": "generate.txt", "diff": "report.txt"}
NAMES = {"outcome.json", "report.md", *OUTPUT.values()}  # beside the files
FACTS = {"base", "codes", "removed", "severity"}
SEVERITIES = ("breaking", "behaviour", "compatible", "prose")  # the worst first
COMMIT = re.compile(r"[0-9a-f]{40}")
FILES = "files/"


@dataclass(frozen=True)
class Proposal:
    """Changed files, removed paths, the exit code and output of each step, the report, and the worst severity of a change."""

    base: str
    files: Mapping[str, bytes]
    removed: frozenset[str]
    codes: Mapping[str, int]
    output: Mapping[str, str]
    report: str
    severity: str


def read_proposal(archive: Path) -> Proposal:
    """Read and validate an archive.

    Raises:
        ArchiveError: an entry or a fact is missing, unexpected, invalid or too large.

    """
    entries = read_archive(archive)
    files = {name.removeprefix(FILES): entries[name] for name in entries if name.startswith(FILES)}
    others = {name for name in entries if not name.startswith(FILES)}
    if odd := others ^ NAMES:
        raise ArchiveError(f"{'unexpected' if odd & others else 'missing'} entry {quote(min(odd))}")
    facts = _read_facts(entries["outcome.json"])
    removed, codes, severity = facts["removed"], facts["codes"], facts["severity"]
    _check_paths(files, removed)
    return Proposal(
        base=facts["base"],
        files=files,
        removed=frozenset(removed),
        codes={one: codes[one] for one in VERBS},
        output={one: _text(entries[name]) for one, name in OUTPUT.items()},
        report=_text(entries["report.md"]),
        severity=severity if severity in SEVERITIES else "",
    )


def _read_facts(content: bytes) -> dict[str, Any]:
    facts = read_facts(content)
    if not isinstance(facts, dict) or facts.keys() != FACTS:
        raise ArchiveError(f"outcome.json is not a JSON object with the keys {', '.join(sorted(FACTS))}")
    codes = facts["codes"]
    check_origin(facts)
    if not isinstance(codes, dict) or codes.keys() != {*VERBS} or not all(map(is_code, codes.values())):
        raise ArchiveError("outcome.json: codes is not an exit code for each step")
    return facts


def check_origin(facts: dict[str, Any]) -> None:
    """Check what was removed, and from which commit on.

    Raises:
        ArchiveError: these are no paths, or not the id of a commit.

    """
    removed, base = facts["removed"], facts["base"]
    if not isinstance(removed, list) or not all(isinstance(path, str) for path in removed):
        raise ArchiveError("outcome.json: removed is not a list of paths")
    if not isinstance(base, str) or not COMMIT.fullmatch(base):
        raise ArchiveError("outcome.json: base is not a commit id")


def read_facts(content: bytes) -> Any:
    """Parse JSON without duplicate names; return None where it is not."""
    if len(content) > MAX_FACTS_BYTES:
        raise ArchiveError(f"limit exceeded: 'outcome.json', {len(content)} bytes")
    try:
        return json.loads(content, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("duplicate name")
    return dict(pairs)


def is_code(code: object) -> bool:
    return type(code) is int and -256 < code < 256  # noqa: PLR2004 (the exit code of a process, or minus its signal)


def _check_paths(files: Iterable[str], removed: list[str]) -> None:
    if len(removed) > MAX_ENTRIES:
        raise ArchiveError(f"limit exceeded: {len(removed)} removed paths")
    for path in (*files, *removed):
        kinds = (SOURCES, SPECS, OVERLAYS, GENERATED)
        if len(path) > MAX_PATH_LENGTH or not any(kind.fullmatch(path) for kind in kinds):
            raise ArchiveError(f"{quote(path)} is not the path of a source, a spec or a generated file")
    if both := set(files) & set(removed):
        raise ArchiveError(f"{min(both)} is both changed and removed")


def _text(content: bytes) -> str:
    return content.decode(errors="replace").replace("\0", "")
