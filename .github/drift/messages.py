"""The titles and bodies of the pull request and the issue. Pure."""

import re

from proposal import Proposal

MAX_BYTES = 65_536  # GitHub takes that many characters; no text has more characters than bytes
MAX_OUTPUT = 15_000  # bytes of the output of one step, in the issue
MAX_FENCE = 60  # characters, with its info string and line ends

# What a line of a report may hold: a fingerprint in a comment, code spans, and around those the plain words of a heading or an item.
# The report comes from the job without rights, so this is checked, and not assumed because paramsync writes such reports.
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
    "\n\n*… and more: GitHub allows no longer text. The whole report is in the artifact `drift` of the run.*"
)

ISSUE_TITLE = "The docs cannot be read as they are"
ISSUE_LEAD = """The daily run had problems. What could be read is in the pull request of the same run, if anything has changed;
what could not keeps its last good page or spec. `make drift` shows the same on your machine.
"""
ISSUE_RESOLVED = "All pages can be read again."
PULL_RESOLVED = "The docs are again as this repository has them: nothing is left to merge."


def pull_title(version_step: str) -> str:
    """Return the title of the pull request; `version_step` is the step of the version that the report suggests, or empty."""
    return f"docs drift: {version_step}" if version_step else "docs drift"


def pull_body(report: str) -> str:
    """Return the body of the pull request: the report, cut to what GitHub allows, and in a fence unless it is inert."""
    shown = _cut(report, MAX_BYTES - len((CUT_NOTE + PULL_NOTE).encode()) - 2 * MAX_FENCE)
    if len((report + PULL_NOTE).encode()) <= MAX_BYTES and is_inert(report):
        shown = report
    note = "" if shown == report else CUT_NOTE
    return (shown if is_inert(shown) else _fenced(shown)) + note + PULL_NOTE


def is_inert(report: str) -> bool:
    """Tell whether a report has only headings, items and plain words outside of code spans, on which GitHub does not act."""
    return all(INERT.fullmatch(CODE.sub("", MARK.sub("", line))) for line in report.split("\n"))


def issue_body(proposal: Proposal) -> str:
    """Return the body of the issue: the output of each step that failed; empty if none did."""
    parts = [
        f"\n`paramsync {step}` ended with {code}:\n\n{_fenced(_shorten(proposal.output[step]))}"
        for step, code in proposal.codes.items()
        if code
    ]
    return ISSUE_LEAD + "".join(parts) if parts else ""


def _fenced(text: str) -> str:
    """Put a text into a code block that it cannot close; a run of backticks as long as a fence may be is cut."""
    shown = re.sub(f"`{{{MAX_FENCE - 10},}}", lambda run: run[0][: MAX_FENCE - 11] + "…", text).strip()
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", shown))])
    return f"{fence}text\n{shown}\n{fence}\n"


def _shorten(text: str) -> str:
    shown = _cut(text, MAX_OUTPUT)
    return shown if shown == text else f"{shown}\n…"


def _cut(text: str, most: int) -> str:
    """Cut a text to a number of bytes, at the end of a line where there is one."""
    content = text.encode()
    if len(content) <= most:
        return text
    kept = content[:most].decode(errors="ignore")
    return kept.rpartition("\n")[0] or kept
