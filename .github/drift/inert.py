"""What a report may hold so that GitHub acts on nothing in it but links to the saved pages and to the vendor's. Pure.

The report comes from the job without rights, so this is checked, and not assumed because paramsync writes such reports.
A line is plain words with code spans and links, a row of a table with such cells, or the beginning or end of what is folded.
"""

import re
from collections.abc import Collection

CODE = re.compile(r"(?<!`)(`+)(?!`).*?[^`]\1(?!`)")
PART = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,149}"
LINE = re.compile(rf"\[line [0-9]{{1,9}}\]\(specs/{PART}/page\.(?:md|html|txt)\?plain=1#L[0-9]{{1,9}}\)")
SITE = re.compile(rf"\[docs\]\(https?://(?P<host>[a-z0-9.:-]+)(?:/{PART}){{0,20}}/?\)")
REMOVED = "\1"  # stands where a code span or a link stood
CONTROL = re.compile(
    "[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]"
)  # a carriage return ends a line, also in a code span
PLAIN = r"(?!.*(?:\b[0-9a-f]{7}|www))[A-Za-z0-9 ,:;()…\1]*\.?"
SENTENCE = re.compile(rf"(?:#{{1,3}} )?{PLAIN}")
CELL = re.compile(rf"{PLAIN}|(?:<details><summary>[A-Za-z0-9 ,]+</summary>){PLAIN}</details>")
RULE = re.compile(r"\|(?: (?:---|--:) \|)+")
BEGIN, END = re.compile(r"<details><summary>[A-Za-z0-9 ,:]+</summary>"), "</details>"
# A row ends a cell at each pipe without a backslash; of two backslashes before one, renderers think differently.
PIPE, DOUBTFUL = re.compile(r"(?<!\\)\|"), r"\\|"


def is_inert(report: str, hosts: Collection[str] = ()) -> bool:
    """Tell whether GitHub acts on nothing in a report but such links; `hosts` are those of the vendor."""
    lines = report.removesuffix("\n").split("\n")
    folds = [line for line in lines if line.startswith("<")]
    return (
        not CONTROL.search(report)
        and all(_is_row(line, hosts) if line.startswith("|") else _is_line(line, hosts) for line in lines)
        and all(_stands_alone(lines, number) for number, line in enumerate(lines) if line.startswith("<"))
        and all((line == END) == bool(number % 2) for number, line in enumerate(folds))
        and len(folds) % 2 == 0
    )


def link_lines(report: str, blob: str) -> str:
    """Make the links to lines of saved pages absolute; `blob` is the URL of the top of the repository at a commit."""
    return LINE.sub(lambda link: link[0].replace("](", f"]({blob}", 1), report)


def unlink_lines(report: str) -> str:
    """Write the lines of saved pages as words."""
    return LINE.sub(lambda link: link[0][1:].partition("]")[0], report)


def _stands_alone(lines: list[str], number: int) -> bool:
    """Tell whether blank lines are around a line: what follows a tag directly is HTML, in which nothing is a code span."""
    around = (lines[number - 1] if number else "", *lines[number + 1 : number + 2])
    return not any(around)


def _is_line(line: str, hosts: Collection[str]) -> bool:
    if line == END or BEGIN.fullmatch(line):
        return True
    is_cell = not PIPE.search(line) and DOUBTFUL not in line  # it is one where it follows a row
    return is_cell and SENTENCE.fullmatch(_remove(line, hosts)) is not None


def _is_row(line: str, hosts: Collection[str]) -> bool:
    if RULE.fullmatch(line):
        return True
    before, *cells, behind = PIPE.split(line)
    is_closed = not before and not behind and DOUBTFUL not in line
    return is_closed and all(CELL.fullmatch(_remove(cell, hosts).strip(" ")) for cell in cells)


def _remove(text: str, hosts: Collection[str]) -> str:
    """Put a sign in the place of each code span, and then of each link that is allowed."""
    text = LINE.sub(REMOVED, CODE.sub(REMOVED, text))
    return SITE.sub(lambda link: REMOVED if link["host"] in hosts else link[0], text)
