"""What the pull request and the issue say. Pure."""

import re

from received import Received

MOST_BYTES = 65_536  # GitHub takes that many characters; no text has more characters than bytes
MOST_SAID = 15_000  # bytes of what one step said, in the issue

PULL_NOTE = """

---

*One commit each for the saved pages, the specs and what is generated. GitHub starts no checks on a branch that a
workflow has pushed: run them by `gh workflow run ci.yml --ref paramsync/drift`, or close this pull request and open it
again. The next run replaces the branch, unless somebody has added a commit of their own.*
"""
CUT_NOTE = (
    "\n\n*… and more: GitHub takes no longer text. The whole report is in the artifact `drift` of the run.*"
)

ISSUE_TITLE = "The docs cannot be read as they are"
ISSUE_LEAD = """The daily look at the docs had problems. What could be read is in the pull request of the same run, if anything
has changed; what could not keeps its last good page or spec. `make drift` does the same on your machine.
"""
ISSUE_OVER = "All of it can be read again."
PULL_OVER = "The docs are as this repository has them again: there is nothing left to merge."


def pull_title(severity: str) -> str:
    """Give the title of the pull request, with the step that the report suggests."""
    return f"docs drift: {severity}" if severity else "docs drift"


def pull_body(report: str) -> str:
    """Give the body of the pull request: the report as it is, as far as it fits."""
    if len((report + PULL_NOTE).encode()) <= MOST_BYTES:
        return report + PULL_NOTE
    room = MOST_BYTES - len((CUT_NOTE + PULL_NOTE).encode()) - 100  # for the end of an open fence
    return _close_fence(_cut(report, room)) + CUT_NOTE + PULL_NOTE


def issue_body(received: Received) -> str:
    """Give the body of the issue: what each step said that was not in order; nothing if all were."""
    parts = [
        f"\n`paramsync {step}` ended with {code}:\n\n{_fenced(received.said[step])}"
        for step, code in received.codes.items()
        if code
    ]
    return ISSUE_LEAD + "".join(parts) if parts else ""


def _fenced(text: str) -> str:
    """Put a text between fences that it cannot close."""
    shown = _cut(text, MOST_SAID)
    shown = shown if shown == text else f"{shown}\n…"
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", shown))])
    return f"{fence}text\n{shown.strip()}\n{fence}\n"


def _cut(text: str, most: int) -> str:
    """Cut a text to so many bytes, at the end of a line if there is one."""
    content = text.encode()
    if len(content) <= most:
        return text
    kept = content[:most].decode(errors="ignore")
    return kept.rpartition("\n")[0] or kept


def _close_fence(text: str) -> str:
    """Close the block of code that a cut has left open."""
    fence = ""
    for line in text.split("\n"):
        run = re.match(r" {0,3}(`{3,}|~{3,})([^`]*)$", line)
        if run and not fence:
            fence = run[1]
        elif run and fence and run[1].startswith(fence) and not run[2].strip():
            fence = ""
    return f"{text}\n{fence}" if fence else text
