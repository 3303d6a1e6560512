"""How `scrape` and `generate` write what they found: text, JSON, annotations of GitHub, SARIF. Changes: `changes/reports`. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from paramsync.annotations import Annotation, write_annotations
from paramsync.commands.outcome import Outcome, Result
from paramsync.findings import CODES, Finding, InputError, Level, Place
from paramsync.text import json_text
from paramsync.workspace.difference import Difference

Format = Callable[[str, Outcome, str], str]  # verb, outcome, path of the root below its repository -> text

MAX_SHOWN = 100  # results of one kind in one file, as text
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
UNUSABLE = "unusable-input"
REMEDIES = {  # of results that are not findings
    **dict.fromkeys(
        ("file-missing", "file-stale", "file-changed"),
        "run paramsync without --check, read the diff, and commit it",
    ),
    UNUSABLE: "correct what the message names",
}


@dataclass(frozen=True, slots=True)
class _Record:
    """A result by its facts; `diff` shows how a file would change, `overlay` what to write into one."""

    level: Level
    code: str
    place: Place
    message: str
    model: str = ""
    parameter: str = ""
    diff: str = ""
    overlay: str = ""


def as_text(verb: str, outcome: Outcome, root_path: str = "") -> str:
    """Return a line for each result, as compilers do; of many of one kind, the first and how many more there are."""
    del verb, root_path
    return "\n".join([*_lines(outcome.results), *outcome.lines])


def as_json(verb: str, outcome: Outcome, root_path: str = "") -> str:
    """Return the exit code, the numbers of files, and the facts of each result; those that are empty are left out."""
    head = {"verb": verb, "exit_code": outcome.exit_code}
    files = {"changed": outcome.changed, "unchanged": outcome.unchanged}
    return json_text(head | files | {"results": [_facts(one) for one in _records(outcome, root_path)]})


def as_github(verb: str, outcome: Outcome, root_path: str = "") -> str:
    """Return annotations, the worst first, as many as GitHub shows; `root_path` is put before the names of files."""
    records = sorted(_records(outcome, root_path), key=lambda one: one.level)
    annotations = [Annotation(one.level, one.place, _message(one), one.code) for one in records]
    return write_annotations(verb, "result", annotations)


def as_sarif(verb: str, outcome: Outcome, root_path: str = "") -> str:
    """Return SARIF 2.1.0, as code scanning takes it: a rule for each code, and a result for each finding or difference."""
    del verb
    records = _records(outcome, root_path)
    rules = [{"id": code, "help": {"text": _remedy(code)}} for code in sorted({one.code for one in records})]
    driver = {"name": "paramsync", "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [*map(_sarif, records)]}
    return json_text({"$schema": SARIF, "version": "2.1.0", "runs": [run]})


FORMATS: dict[str, Format] = {"text": as_text, "json": as_json, "github": as_github, "sarif": as_sarif}


def _lines(results: tuple[Result, ...]) -> Iterator[str]:
    kinds: Counter[tuple[str, str, str]] = Counter()
    for one in results:
        if isinstance(one, Finding):
            kinds[kind := (one.place.file, one.level, one.code)] += 1
            if kinds[kind] > MAX_SHOWN:
                continue
        yield str(one)
    for (file, level, code), number in kinds.items():
        if number > MAX_SHOWN:
            yield f"{file}: {level}: {number - MAX_SHOWN:,} more of these are not shown [{code}]"


def _records(outcome: Outcome, root_path: str) -> list[_Record]:
    records = map(_record, outcome.results)
    return [replace(one, place=replace(one.place, file=root_path + one.place.file)) for one in records]


def _record(result: Result) -> _Record:
    match result:
        case Finding(code, place, problem, model, parameter):
            message = f"{problem}; {CODES[code][1]}"
            return _Record(result.level, code, place, message, model, parameter, overlay=result.overlay)
        case Difference():
            code, message = f"file-{result.kind}", f"the file is {result.kind}"
            return _Record("error", code, Place(result.path), message, diff=result.diff)
        case InputError():
            return _Record("error", UNUSABLE, result.place, result.problem)


def _facts(record: _Record) -> dict[str, Any]:
    place = {"file": record.place.file, "line": record.place.line, "column": record.place.column}
    names = {"model": record.model, "parameter": record.parameter}
    more = {"diff": record.diff, "overlay": record.overlay}
    facts = {"level": record.level, "code": record.code, **place, **names, "message": record.message}
    return {key: fact for key, fact in (facts | more).items() if fact}


def _message(record: _Record) -> str:
    subject = "".join(f"{name}: " for name in (record.model, record.parameter) if name)
    return "\n".join(filter(None, [f"{subject}{record.message}", record.diff, record.overlay]))


def _sarif(record: _Record) -> dict[str, Any]:
    place = record.place
    region = {"startLine": place.line, "startColumn": place.column}
    where: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file, errors="surrogateescape")}}
    if place.line:
        where["region"] = {key: number for key, number in region.items() if number}
    message, location = {"text": _message(record)}, {"physicalLocation": where}
    return {"ruleId": record.code, "level": record.level, "message": message, "locations": [location]}


def _remedy(code: str) -> str:
    return CODES[code][1] if code in CODES else REMEDIES[code]
