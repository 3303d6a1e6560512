"""How `scrape` and `generate` write what they found for programs: JSON, annotations of GitHub, SARIF. For people: `messages`. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from paramsync.annotations import Annotation, write_annotations
from paramsync.commands.causes import Cause, group_by_cause
from paramsync.commands.messages import list_more
from paramsync.commands.outcome import Outcome, Result
from paramsync.findings import CODES, Finding, InputError, Level, Place
from paramsync.text import json_text
from paramsync.workspace.difference import Difference

Format = Callable[[str, Outcome, str], str]  # verb, outcome, path of the root below its repository -> text

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
    """A result by its facts; `diff` shows how a file would change, `lines` what to write, and where."""

    level: Level
    code: str
    place: Place
    message: str
    model: str = ""
    parameter: str = ""
    diff: str = ""
    lines: str = ""


def as_json(verb: str, outcome: Outcome, root_path: str = "") -> str:
    """Return the exit code, the numbers of files, what changes by page, and the facts of each result; what is empty is left out."""
    head = {"verb": verb, "exit_code": outcome.exit_code}
    files: dict[str, Any] = {"changed": outcome.changed, "unchanged": outcome.unchanged}
    files |= {"pages": outcome.counts} if outcome.counts else {}
    records = _records(map(_record, outcome.results), root_path)
    return json_text(head | files | {"results": [*map(_facts, records)]})


def as_github(verb: str, outcome: Outcome, root_path: str = "") -> str:
    """Return an annotation for each cause, the worst first, as many as GitHub shows; `root_path` is put before the names of files."""
    findings = [one for one in outcome.results if isinstance(one, Finding)]
    others = [_record(one) for one in outcome.results if not isinstance(one, Finding)]
    records = [*map(_cause_record, group_by_cause(findings)), *others]
    annotations = [
        Annotation(one.level, one.place, _message(one), one.code)
        for one in sorted(_records(records, root_path), key=lambda one: one.level)
    ]
    return write_annotations(verb, "result", annotations, " --verbose")


def as_sarif(verb: str, outcome: Outcome, root_path: str = "") -> str:
    """Return SARIF 2.1.0, as code scanning takes it: a rule for each code, and a result for each finding or difference."""
    del verb
    records = _records(map(_record, outcome.results), root_path)
    rules = [{"id": code, "help": {"text": _remedy(code)}} for code in sorted({one.code for one in records})]
    driver = {"name": "paramsync", "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [*map(_sarif, records)]}
    return json_text({"$schema": SARIF, "version": "2.1.0", "runs": [run]})


FORMATS: dict[str, Format] = {"json": as_json, "github": as_github, "sarif": as_sarif}


def _records(records: Iterable[_Record], root_path: str) -> list[_Record]:
    """Return records whose files begin at the top of the repository."""
    return [replace(one, place=replace(one.place, file=root_path + one.place.file)) for one in records]


def _cause_record(cause: Cause) -> _Record:
    """Return the record of a cause: its first finding, with what to write and how many more there are."""
    record = _record(cause.example)
    return replace(record, lines="\n".join(filter(None, [cause.lines, *list_more(cause)])))


def _record(result: Result) -> _Record:
    match result:
        case Finding(code, place, problem, model, parameter):
            message = f"{problem}; {CODES[code][1]}"
            return _Record(result.level, code, place, message, model, parameter, lines=result.lines)
        case Difference():
            code, message = f"file-{result.kind}", f"the file is {result.kind}"
            return _Record("error", code, Place(result.path), message, diff=result.diff)
        case InputError():
            return _Record("error", UNUSABLE, result.place, result.problem)


def _facts(record: _Record) -> dict[str, Any]:
    place = {"file": record.place.file, "line": record.place.line, "column": record.place.column}
    names = {"model": record.model, "parameter": record.parameter}
    more = {"diff": record.diff, "lines": record.lines}
    facts = {"level": record.level, "code": record.code, **place, **names, "message": record.message}
    return {key: fact for key, fact in (facts | more).items() if fact}


def _message(record: _Record) -> str:
    subject = "".join(f"{name}: " for name in (record.model, record.parameter) if name)
    return "\n".join(filter(None, [f"{subject}{record.message}", record.diff, record.lines]))


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
