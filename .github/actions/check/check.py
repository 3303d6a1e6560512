"""Check a root, and put what is found on the lines of its pages.

What paramsync says may hold text of a page, so it is printed where the runner obeys no commands; the annotations, with
that text escaped, come after it.
"""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

FINDING = re.compile(
    r"(?P<file>specs/[^:]+)(:(?P<line>\d+))?(:(?P<column>\d+))?: (?P<severity>error|warning): (?P<text>.*)"
)
DIFFERENCE = re.compile(r"(?P<file>(?:specs|generated)/[^:]+): (?P<text>missing|stale|changed)")
COMMAND = re.compile(r"::(error|warning|notice) [^:]*::.*")  # of a diff; nothing else in it is a command


def main(environment: Mapping[str, str]) -> int:
    """Check, print, annotate; give the exit code: 0 in order, 1 drift, 2 wrong usage, 3 the input has errors."""
    root, base = environment["ROOT"] or ".", environment["BASE"]
    folder = os.path.relpath(Path(root).resolve(), Path(environment["GITHUB_WORKSPACE"]).resolve())
    scraped, generated = (_run(verb, "--check", "--root", root) for verb in ("scrape", "generate"))
    changed = _run("diff", "--format", "github", "--root", root, "--", base) if base else (0, "")
    token = secrets.token_hex(32)
    print(f"::stop-commands::{token}")
    for _, said in (scraped, generated):
        print(said, end="")
    if changed[0]:
        print(f"no diff from {base}, as there is no such commit here or no specs in it:\n{changed[1]}")
    print(f"::{token}::")
    prefix = "" if folder == "." else f"{folder}/"
    commands = [
        *(_annotate(prefix, **match) for match in _matches(FINDING, scraped[1] + generated[1])),
        *(line for line in changed[1].split("\n") if not changed[0] and COMMAND.fullmatch(line)),
        *(
            _annotate(prefix, severity="error", **match)
            for match in _matches(DIFFERENCE, scraped[1] + generated[1])
        ),
    ]
    for command in dict.fromkeys(commands):
        print(command)
    return max(scraped[0], generated[0])


def _run(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "paramsync", *arguments],
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def _matches(pattern: re.Pattern[str], said: str) -> Iterator[dict[str, str]]:
    for line in said.split("\n"):
        if match := pattern.fullmatch(line):
            yield {name: text for name, text in match.groupdict().items() if text}


def _annotate(prefix: str, *, severity: str, file: str, text: str, line: str = "", column: str = "") -> str:
    places = {"file": prefix + file, "line": line, "col": column}
    facts = ",".join(f"{name}={_escape(place, ':,')}" for name, place in places.items() if place)
    return f"::{severity} {facts}::{_escape(text)}"


def _escape(text: str, more: str = "") -> str:
    """Escape a text as the runner takes it: `%`, the ends of lines and, in a property, what ends it."""
    return re.sub(rf"[%\r\n{more}]", lambda match: f"%{ord(match[0]):02X}", text)


if __name__ == "__main__":
    sys.exit(main(os.environ))
