"""Fetch, scrape, generate and diff: what the daily workflow does, up to its pull request.

Run in a root by the Python that has paramsync, as `make drift` does. The variables FETCH, SCRAPE and GENERATE may hold
options for these steps, and ACCEPT_REMOVALS names of pages and models for `scrape --accept-removals`. What `take_records.py` has left of
another run of `fetch` counts as said by this one. The results are written to `.paramsync_cache/drift`. Exits with 3 if a step failed; the
steps after it run nevertheless.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from records import SAID, read_said

FOLDER = Path(".paramsync_cache/drift")
REPORTS = {"text": "report.txt", "markdown": "report.md", "json": "report.json"}


def main() -> int:
    """Run the steps, and write their output; return the exit code."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    steps = ("fetch", "scrape", "generate")
    options = {step: _options(step) for step in steps}
    codes = {step: _run([step, *options[step]], f"{step}.txt", tell=True) for step in steps}
    records = _add_records()
    codes["fetch"] = codes["fetch"] or records
    reports = [
        _run(["diff", "--format", style], file, tell=style == "text") for style, file in REPORTS.items()
    ]
    codes["diff"] = max(reports)
    (FOLDER / "outcome.json").write_text(json.dumps({"codes": codes, "options": options}), encoding="utf-8")
    print(f"drift: all output is in {FOLDER}/; the report to read is report.md")
    return 3 if any(codes.values()) else 0


def _add_records() -> int:
    """Add what was said of records to what `fetch` said; return that exit code."""
    if not SAID.exists():
        return 0
    said, code = read_said()
    with (FOLDER / "fetch.txt").open("a", encoding="utf-8") as file:
        file.write(f"{said}\n" if said else "")
    SAID.unlink()
    return code


def _options(step: str) -> list[str]:
    """Return the options of a step; what is to be a name never becomes an option."""
    names = os.environ.get("ACCEPT_REMOVALS", "").replace(",", " ").split() if step == "scrape" else []
    return [*shlex.split(os.environ.get(step.upper(), "")), *(f"--accept-removals={name}" for name in names)]


def _run(command: Sequence[str], file: str, *, tell: bool) -> int:
    """Run a verb of paramsync; write its output to a file, and print it unless `tell` is false; return the exit code."""
    process = subprocess.Popen(
        [sys.executable, "-m", "paramsync", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="backslashreplace",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert process.stdout
    with process.stdout, (FOLDER / file).open("w", encoding="utf-8") as written:
        for line in process.stdout:
            written.write(line)
            if tell:
                print(line, end="", flush=True)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
