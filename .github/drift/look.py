"""Do what CI does each day, up to the pull request: fetch, scrape, generate, and say what changed.

Run in a root by the Python that has paramsync, as `make drift` does. The variables FETCH, SCRAPE and GENERATE may hold
options for these steps. What is found stands in `.paramsync_cache/drift` then. Exits with 3 if a step had problems; the
others have run nevertheless.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(".paramsync_cache/drift")
REPORTS = {"text": "report.txt", "markdown": "report.md", "json": "report.json"}


def main() -> int:
    """Run the steps, write what they said, and give the exit code."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    codes = {}
    for step in ("fetch", "scrape", "generate"):
        codes[step] = _run([step, *os.environ.get(step.upper(), "").split()], f"{step}.txt", tell=True)
    reports = [
        _run(["diff", "--format", style], file, tell=style == "text") for style, file in REPORTS.items()
    ]
    codes["diff"] = max(reports)
    (FOLDER / "outcome.json").write_text(json.dumps({"codes": codes}), encoding="utf-8")
    print(f"drift: all of this is in {FOLDER}/; the report for people is report.md")
    return 3 if any(codes.values()) else 0


def _run(command: Sequence[str], file: str, *, tell: bool) -> int:
    """Run a verb of paramsync; write what it says into a file, and print it if somebody should be told."""
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
