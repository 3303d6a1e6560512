"""The titles and bodies of the pull requests and the issue. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from inert import is_inert, link_lines, unlink_lines
from proposal import Proposal

MAX_BYTES = 65_536  # GitHub takes that many characters; no text has more characters than bytes
MAX_OUTPUT = 15_000  # bytes of the output of one step, in the issue
MAX_FENCE = 60  # characters, with its info string and line ends

TITLES = {"review": "docs drift", "wording": "docs drift: wording and order alone"}
PULL_NOTE = """

---

*One commit each for the saved pages, the specs and what is generated. GitHub starts no checks on a branch that a
workflow has pushed: run them by `gh workflow run ci.yml --ref {branch}`, or close this pull request and open it
again. The next run replaces the branch, unless somebody has added a commit of their own.{more}*
"""
MORE = {
    "review": "",
    "wording": " Specs change in prose and order only, which has been checked: with a rule of yours for the label, this may merge by itself once `ci.yml` has passed.",
}
CUT_NOTE = (
    "\n\n*… and more: GitHub allows no longer text. The whole report is in the artifact `drift` of the run.*"
)
OTHERS = {
    "review": "Wording and order alone are in {}, which needs no eyes.",
    "wording": "What needs eyes is in {}.",
}

PROPOSED = {"review": "#{}, which needs eyes,", "wording": "#{}, which is wording and order alone"}
ISSUE_TITLE = "The docs cannot be read as they are"
ISSUE_LEAD = """The daily run had problems. What cannot be read keeps its last good page or spec; {}
`make drift` shows the same on your machine.{}
"""
ISSUE_RESOLVED = "All pages can be read again."
PULL_RESOLVED = {
    "review": "Nothing is left here to merge: the docs are again as this repository has them, or what is left is wording alone.",
    "wording": "Nothing is left here to merge: the docs are again as this repository has them, or what is left needs eyes.",
}


@dataclass(frozen=True)
class Links:
    """What a body may name: numbers of the issue and of pull requests (by kind), 0 or absent where there is none.

    `repository` and `run` are URLs; `hosts` are those of the vendor's pages.
    """

    repository: str = ""
    run: str = ""
    hosts: Collection[str] = ()
    issue: int = 0
    pulls: Mapping[str, int] = field(default_factory=dict)


NO_LINKS = Links()


def pull_title(kind: str, severity: str) -> str:
    """Return the title of a pull request; `severity` is that of the worst change, or empty."""
    return f"{TITLES[kind]}: {severity}" if severity and kind == "review" else TITLES[kind]


def pull_body(
    report: str, links: Links = NO_LINKS, kind: str = "review", branch: str = "", commit: str = ""
) -> str:
    """Return the body of a pull request: the report, cut to what GitHub allows, and in a fence unless it is inert."""
    head, note = _names(links, kind), PULL_NOTE.format(branch=branch, more=MORE[kind])
    room = MAX_BYTES - len((head + note).encode())
    for shown in _writings(report, links, commit):
        if len(shown.encode()) <= room:
            return head + shown + note
    shown = _cut(report, room - len(CUT_NOTE.encode()) - 2 * MAX_FENCE)
    return head + _fenced(shown) + ("" if shown == report else CUT_NOTE) + note


def _writings(report: str, links: Links, commit: str) -> list[str]:
    """Return the report with links to a commit, and with none; neither where something in it could act."""
    if not is_inert(report, links.hosts):
        return []
    plain = unlink_lines(report)
    return [link_lines(report, f"{links.repository}/blob/{commit}/"), plain] if commit else [plain]


def _names(links: Links, kind: str) -> str:
    """Write the line of a pull request that names the issue, the other pull request and the run."""
    other = next((number for name, number in links.pulls.items() if name != kind and number), 0)
    parts = [
        f"What cannot be read, and why: #{links.issue}." if links.issue else "",
        OTHERS[kind].format(f"#{other}") if other else "",
        f"[The run]({links.run})." if links.run else "",
    ]
    return " ".join(filter(None, parts)) + "\n\n" if any(parts) else ""


def issue_body(proposal: Proposal, links: Links = NO_LINKS) -> str:
    """Return the body of the issue: the output of each step that failed, errors first; empty if none did."""
    parts = [
        f"\n`paramsync {step}` ended with {code}:\n\n{_fenced(_shorten(proposal.output[step], step))}"
        for step, code in proposal.codes.items()
        if code
    ]
    return _lead(links) + "".join(parts) if parts else ""


def _lead(links: Links) -> str:
    pulls = " and ".join(PROPOSED[kind].format(number) for kind, number in links.pulls.items() if number)
    proposed = (
        f"what else has changed is proposed in {pulls.rstrip(',')}." if pulls else "nothing else has changed."
    )
    return ISSUE_LEAD.format(proposed, f" [The run]({links.run})." if links.run else "")


def _fenced(text: str) -> str:
    """Put a text into a code block that it cannot close; a run of backticks as long as a fence may be is cut."""
    shown = re.sub(f"`{{{MAX_FENCE - 10},}}", lambda run: run[0][: MAX_FENCE - 11] + "…", text).strip()
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", shown))])
    return f"{fence}text\n{shown}\n{fence}\n"


def _shorten(text: str, step: str) -> str:
    """Put the summary first, then errors, then the rest; cut what there is no room for, in whole messages, and count it."""
    messages = re.split(r"\n(?![ \t])", text.strip("\n"))  # a line, and those below it that are indented
    ranked = sorted(messages, key=lambda message: _rank(message, step))
    shown, room = [], MAX_OUTPUT
    for message in ranked:
        room -= len(message.encode()) + 1
        if room < 0:
            break
        shown.append(message)
    if not shown:
        return _cut(ranked[0], MAX_OUTPUT) + "\n…"
    hidden = len(ranked) - len(shown)
    return "\n".join([*shown, *([f"… and {hidden} more"] if hidden else [])])


def _rank(message: str, step: str) -> int:
    line = message.partition("\n")[0]
    levels = (line.startswith(f"{step}: "), ": error:" in line, ": warning:" not in line)
    return levels.index(True) if any(levels) else len(levels)


def _cut(text: str, most: int) -> str:
    """Cut a text to a number of bytes, at the end of a line where there is one."""
    content = text.encode()
    if len(content) <= most:
        return text
    kept = content[:most].decode(errors="ignore")
    return kept.rpartition("\n")[0] or kept
