"""What came from the job without write rights: read as if an enemy had packed it. Nothing is unpacked to a disk."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive import MOST_ENTRIES, Refused, quote, read_archive

# In bytes: room for as many removed paths as there may be entries, each as long as it may be.
LARGEST_FACTS = 8_000_000
LONGEST_PATH = 250

PART = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,149}(?<!\.)"
PAGES = re.compile(rf"specs/{PART}/page\.(md|html|txt)")
SPECS = re.compile(rf"specs/(history\.jsonl|{PART}/{PART}\.json)")
OVERLAYS = re.compile(
    rf"specs/{PART}/{PART}\.overlay\.toml"
)  # people write them; they may move with their page
GENERATED = re.compile(rf"generated(/{PART}){{2,12}}")

STEPS = ("fetch", "scrape", "generate", "diff")
SAID = {"fetch": "fetch.txt", "scrape": "scrape.txt", "generate": "generate.txt", "diff": "report.txt"}
NAMES = {"outcome.json", "report.md", *SAID.values()}  # beside the files
FACTS = {"base", "codes", "removed", "step"}
SEVERITIES = ("major", "minor", "patch")
COMMIT = re.compile(r"[0-9a-f]{40}")
FILES = "files/"


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
    entries = read_archive(archive)
    files = {name.removeprefix(FILES): entries[name] for name in entries if name.startswith(FILES)}
    others = {name for name in entries if not name.startswith(FILES)}
    if odd := others ^ NAMES:
        raise Refused(f"{quote(min(odd))} is {'not to be' if odd & others else 'not'} there")
    facts = _read_facts(entries["outcome.json"])
    removed, codes, step = facts["removed"], facts["codes"], facts["step"]
    _check_paths(files, removed)
    return Received(
        base=facts["base"],
        files=files,
        removed=frozenset(removed),
        codes={one: codes[one] for one in STEPS},
        said={one: _text(entries[name]) for one, name in SAID.items()},
        report=_text(entries["report.md"]),
        severity=step if step in SEVERITIES else "",
    )


def _read_facts(content: bytes) -> dict[str, Any]:
    facts = _read_json(content)
    if not isinstance(facts, dict) or facts.keys() != FACTS:
        raise Refused(f"outcome.json is no JSON object of {', '.join(sorted(FACTS))}")
    removed, codes, base = facts["removed"], facts["codes"], facts["base"]
    if not isinstance(removed, list) or not all(isinstance(path, str) for path in removed):
        raise Refused("outcome.json: no list of removed paths")
    if not isinstance(codes, dict) or codes.keys() != {*STEPS} or not all(map(_is_code, codes.values())):
        raise Refused("outcome.json: no exit codes")
    if not isinstance(base, str) or not COMMIT.fullmatch(base):
        raise Refused("outcome.json: no commit")
    return facts


def _read_json(content: bytes) -> Any:
    """Read JSON in which no object has a name twice; give None where it is not such JSON."""
    if len(content) > LARGEST_FACTS:
        raise Refused(f"too much: 'outcome.json', {len(content)} bytes")
    try:
        return json.loads(content, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name is there twice")
    return dict(pairs)


def _is_code(code: object) -> bool:
    return type(code) is int and -256 < code < 256  # noqa: PLR2004 (what a process ends with)


def _check_paths(files: Iterable[str], removed: list[str]) -> None:
    if len(removed) > MOST_ENTRIES:
        raise Refused(f"too much: {len(removed)} removed paths")
    for path in (*files, *removed):
        kinds = (PAGES, SPECS, OVERLAYS, GENERATED)
        if len(path) > LONGEST_PATH or not any(kind.fullmatch(path) for kind in kinds):
            raise Refused(f"{quote(path)} is not a path for a page, a spec or a generated file")
    if both := set(files) & set(removed):
        raise Refused(f"{min(both)} is changed and removed")


def _text(content: bytes) -> str:
    return content.decode(errors="replace").replace("\0", "")
