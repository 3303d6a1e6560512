"""Take obsolete corrections and acceptances out of the files that people write, and out of records what nobody reads. Reads files."""

from collections.abc import Collection, Mapping
from pathlib import Path

from paramsync.config import read_toml
from paramsync.findings import Finding
from paramsync.pages.page import split_lines
from paramsync.pages.profile import Profile
from paramsync.paths import PROFILE
from paramsync.specs.record_form import reduce_record
from paramsync.text import Tree
from paramsync.workspace import files

UNREDUCED = "record-unreduced"
TABLES = {"overlay-obsolete": "correct", "stale-acceptance": "accept"}  # code -> the tables that it is about


def find_tidied(root: Path, findings: Collection[Finding], pages: Collection[str]) -> dict[Finding, range]:
    """Find the lines, from 1, of the tables that findings say are obsolete; those that are written inline have none.

    With pages, of their overlays alone. While there are other errors, not all warnings are known, and no acceptance goes.
    """
    is_sound = not pages and not any(one.is_error and one.code not in TABLES for one in findings)
    obsolete = [
        one
        for one in findings
        if one.code in TABLES and (is_sound if one.place.file == PROFILE else not pages or one.page in pages)
    ]
    tables = {file: _find_tables(root, file) for file in {one.place.file for one in obsolete}}
    tidied = {one: lines for one in obsolete if (lines := tables[one.place.file].get(one.place.line))}
    records = [one for one in findings if one.code == UNREDUCED and (not pages or one.page in pages)]
    return tidied | {one: range(0) for one in records}


def tidy_files(root: Path, tidied: Mapping[Finding, range], profile: Profile) -> tuple[Tree, Tree]:
    """Return the files without these tables, and as they are; a file in which nothing is left goes. Records are reduced."""
    expected: Tree = {}
    actual: Tree = {}
    for file in {one.place.file for one in tidied if one.code == UNREDUCED}:
        actual[file] = files.read_text(root / file, root)
        expected[file] = reduce_record(actual[file], file, profile)
    for file in {one.place.file for one in tidied if one.code != UNREDUCED}:
        cut = {number for one, lines in tidied.items() if one.place.file == file for number in lines}
        actual[file] = files.read_bytes(root / file, root).decode()
        if (left := _cut(actual[file], cut)).strip("\ufeff\t\r\n "):
            expected[file] = left
    return expected, actual


def _find_tables(root: Path, file: str) -> dict[int, range]:
    """Return the lines of each table of a file that findings may be about, with its comment, by that of its header."""
    toml = read_toml(files.read_text(root / file, root), file)
    name = "accept" if file == PROFILE else "correct"
    every = [(name, index) for index in range(len(toml.data.get(name, ())))]
    return {toml.find(one).line: toml.find_lines(one) for one in every}


def _cut(text: str, numbers: Collection[int]) -> str:
    """Leave out lines, and the empty ones behind them, unless what is behind would join what is above."""
    kept: list[str] = []
    is_behind = False
    for number, line in enumerate(split_lines(text), 1):
        is_apart = not kept or not kept[-1].strip()
        is_behind = number in numbers or (is_behind and is_apart and not line.strip())
        kept += [] if is_behind else [line]
    return "".join(kept)
