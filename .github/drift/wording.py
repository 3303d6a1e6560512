"""What the pull request and the issue say. Pure."""

import re

from received import Received

MOST_BYTES = 65_536  # GitHub takes that many characters; no text has more characters than bytes
MOST_SAID = 15_000  # bytes of what one step said, in the issue
LONGEST_FENCE = 60  # with all that is around a text

# What a line of a report may hold: a fingerprint in a comment, code spans, and besides those the words of a heading or an item.
MARK = re.compile(r"<!-- [0-9a-f]{12} -->$")
CODE = re.compile(r"(?<!`)(`+)(?!`).*?[^`]\1(?!`)")
INERT = re.compile(r"(?:#{1,3} |(?:  )?- )?(?!.*(?:\b[0-9a-f]{7}|www))[A-Za-z0-9 ,:;()…]*\.?\r?")

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
    """Give the body of the pull request: the report, as far as it fits; in a fence if it is not as paramsync writes one."""
    shown = _cut(report, MOST_BYTES - len((CUT_NOTE + PULL_NOTE).encode()) - 2 * LONGEST_FENCE)
    if len((report + PULL_NOTE).encode()) <= MOST_BYTES and is_inert(report):
        shown = report
    note = "" if shown == report else CUT_NOTE
    return (shown if is_inert(shown) else _fenced(shown)) + note + PULL_NOTE


def is_inert(report: str) -> bool:
    """Tell whether a report has headings, items and plain words alone, and all else in code spans: nothing that GitHub acts on."""
    return all(INERT.fullmatch(CODE.sub("", MARK.sub("", line))) for line in report.split("\n"))


def issue_body(received: Received) -> str:
    """Give the body of the issue: what each step said that was not in order; nothing if all were."""
    parts = [
        f"\n`paramsync {step}` ended with {code}:\n\n{_fenced(_shorten(received.said[step]))}"
        for step, code in received.codes.items()
        if code
    ]
    return ISSUE_LEAD + "".join(parts) if parts else ""


def _fenced(text: str) -> str:
    """Put a text between fences that it cannot close; a run of backticks as long as a fence may be is cut."""
    shown = re.sub(
        f"`{{{LONGEST_FENCE - 10},}}", lambda run: run[0][: LONGEST_FENCE - 11] + "…", text
    ).strip()
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", shown))])
    return f"{fence}text\n{shown}\n{fence}\n"


def _shorten(text: str) -> str:
    shown = _cut(text, MOST_SAID)
    return shown if shown == text else f"{shown}\n…"


def _cut(text: str, most: int) -> str:
    """Cut a text to so many bytes, at the end of a line if there is one."""
    content = text.encode()
    if len(content) <= most:
        return text
    kept = content[:most].decode(errors="ignore")
    return kept.rpartition("\n")[0] or kept
