"""How time grows with a page: texts that were slow once, or could be, each of any size, and a stopwatch.

python -m support.growth markdown      # reads and builds each pattern of a form, and prints what it took as JSON
"""

import gc
import html
import json
import re
import signal
import sys
import time
from collections.abc import Callable
from itertools import groupby
from types import FrameType

from support.vectors import made_spec

Make = Callable[[int], str]  # how often something stands in a text -> the text
Work = Callable[[str], object]

FIRST = 0.0125  # seconds that the smaller of two texts takes at least
LARGEST = 512 * 1024  # characters that it has at most
FACTOR = 4  # how much larger the other one is
ENOUGH = 6  # a ratio that needs no second look
TURNS = 9  # before a text is called slow
STRIDE = 8  # times as long, at most, is the next text that is tried
PATIENCE = 200  # times FIRST, and then it is too long

TITLE = "---\ntitle: A | Scenario Docs\n---\n\n"
LEAD = "This reference lists all available **A** image generation models and their parameters."
TOP = f"{TITLE}> Last updated: 2026-04-09.\n\n{LEAD}\n\n"
FACTS = "## A\n\nIt makes one.\n\n**Model ID:** `model_a`\n\n**Capabilities:** `x`\n\n"
COLUMNS = ("Parameter", "Type", "Required", "Default", "Min", "Max", "Allowed Values", "Description")
HEADER = f"| {' | '.join(COLUMNS)} |\n|{' --- |' * 8}\n"
ROW = "| `a` | string | No | - | - | - | - | What it is. |\n"


def model(rows: str) -> str:
    return TOP + FACTS + HEADER + rows


def cell(column: str, text: str, kind: str = "string") -> str:
    """Give a page of one row, with a text in the cell of a column."""
    cells = {"Parameter": "`a`", "Type": kind, "Required": "No", "Description": "What it is.", column: text}
    return model(f"| {' | '.join(cells.get(one, '-') for one in COLUMNS)} |\n")


def rows(count: int, row: str) -> str:
    return model("".join(row.replace("#", str(number)) for number in range(count)))


def folded(text: str) -> str:
    """Fold a text, which gets a table of contents that names each of its headings."""
    names = re.findall(r"^## (.*)$", text, re.MULTILINE)
    contents = "".join(f"- [{name}](#a)\n" for name in names) if "](#" not in text else ""
    return " ".join(text.replace(LEAD, f"{LEAD}\n{contents}", 1).split()) + " "


# What a page may hold in every form.
BOTH: dict[str, Make] = {
    "required rows": lambda n: rows(n, "| `a#` | string | Yes | - | - | - | - | What it is. |\n"),
    "rows with all that there is": lambda n: rows(
        n, "| `a#` | number | No | `1` | 0 | 9 | `1`, `2` | What it is. |\n"
    ),
    "rows without a type": lambda n: rows(n, "| `a#` | odd | No | - | - | - | - | What it is. |\n"),
    "rows of one cell": lambda n: rows(n, "| a |\n"),
    "the same row": lambda n: rows(n, ROW),
    "cells in a row": lambda n: model("| a " * n + "|\n"),
    "columns": lambda n: TOP + FACTS + "| a " * n + "|\n" + "| --- " * n + "|\n" + "| b " * n + "|\n",
    "bars": lambda n: model("|" * n + "\n"),
    "tables": lambda n: TOP + FACTS + (HEADER + ROW + "\nand\n\n") * n,
    "tables without an id": lambda n: TOP + f"## {'A' * 10 * n}\n\n" + (HEADER + ROW + "\nand\n\n") * n,
    "choices": lambda n: cell("Allowed Values", ", ".join(f"`{number}`" for number in range(n))),
    "models": lambda n: (
        TOP + "".join(f"## A{one}\n\n**Model ID:** `m{one}`\n\n{HEADER}{ROW}\n" for one in range(n))
    ),
    "models of one id": lambda n: TOP + (FACTS + HEADER + ROW + "\n") * n,
    "models below a long heading": lambda n: (
        TOP
        + f"## {'`a` ' * n}\n\n"
        + "".join(f"### A{one}\n\n**Model ID:** `m{one}`\n\n" for one in range(n))
    ),
    "models without a table": lambda n: TOP + FACTS * n,
    "headings": lambda n: TOP + "".join(f"{'#' * (one % 5 + 2)} A{one}\n\n" for one in range(n)),
    "labels": lambda n: TOP + "## A\n\n" + "**Model ID:** `model_a`\n\n" * n + HEADER + ROW,
    "labels of another kind": lambda n: TOP + "## A\n\n" + "**Capabilities:** `x`\n\n" * n + HEADER + ROW,
    "paragraphs": lambda n: TOP + FACTS + "Some.\n\n" * n + HEADER + ROW,
    "paragraphs above": lambda n: TOP + "Some.\n\n" * n + FACTS + HEADER + ROW,
    "a table of contents": lambda n: (
        TOP + "".join(f"- [A{one}](#a{one})\n" for one in range(n)) + "\n" + FACTS + HEADER + ROW
    ),
    "a table of contents, and its headings": lambda n: (
        TOP
        + "".join(f"- [A {one}](#a{one})\n" for one in range(n))
        + "\n"
        + "".join(f"## A {one}\n\n" for one in range(n))
    ),
    "the same in a table of contents": lambda n: (
        TOP + "- [A](#a)\n" * n + "\n" + FACTS * (n // 8 + 1) + HEADER + ROW
    ),
    "long names in a table of contents": lambda n: (
        TOP
        + "".join(f"- [{'# ' * 90}{one}](#a)\n" for one in range(n // 8 + 1))
        + "\n## A\n\n"
        + "# " * n
        + HEADER
        + ROW
    ),
    "the sentence of the kind, cut": lambda n: TITLE + f"{LEAD[:60]} ** ** " * n + FACTS + HEADER + ROW,
    "delimiters": lambda n: TOP + FACTS + "| | --- |" * n + "\n" + HEADER + ROW,
    "delimiters that grow": lambda n: (
        TOP
        + FACTS
        + " a ".join(f"| |{' --- |' * one}" for one in range(2, int((n / 3) ** 0.5) + 3))
        + HEADER
        + ROW
    ),
    "a delimiter that is none": lambda n: TOP + FACTS + "| |" + "---|" * n + "x\n\n" + HEADER + ROW,
    "a long id": lambda n: model(ROW * 9).replace("model_a", "m" * n),
}
# What is read alike in every form, or means something in Markdown alone.
IN_CELLS: dict[str, Make] = {
    "rows with oddities": lambda n: rows(n, "| `a#` | string | Yes | `1` | 9 | 1 | `2` | - |\n"),
    "choices that are numbers": lambda n: cell("Allowed Values", ", ".join(map(str, range(n))), "number"),
    "the same choice": lambda n: cell("Allowed Values", "`x`, " * n + "`x`"),
    "each choice twice": lambda n: cell("Allowed Values", ", ".join(f"`{one // 2}`" for one in range(n))),
    "a default of many": lambda n: cell("Default", ", ".join(f"`{one}`" for one in range(n)), "string_array"),
    "a default that is no choice": lambda n: model(
        f"| `a` | string_array | No | {', '.join(f'`{one}`' for one in range(n))} | - | - |"
        f" {', '.join(f'`{one}x`' for one in range(n))} | What. |\n"
    ),
    "bare words where values are due": lambda n: cell("Default", "`a` b " * n),
    "capabilities": lambda n: model(ROW).replace("`x`", ", ".join(f"`{number}`" for number in range(n))),
    "stars": lambda n: TOP + FACTS + "*" * n + "\n\n" + HEADER + ROW,
    "spaces": lambda n: model(ROW.replace("What", "a" + " " * n + "b")),
    "escapes": lambda n: model(ROW.replace("What", "\\!" * n)),
    "backslashes": lambda n: model(ROW.replace("What", "\\" * n)),
    "entities": lambda n: model(ROW.replace("What", "&lt;" * n)),
    "half an entity": lambda n: model(ROW.replace("What", "&" * n)),
    "backticks of each length": lambda n: model(
        ROW.replace("What", " ".join("`" * one for one in range(1, int((2 * n) ** 0.5) + 2)))
    ),
    "open code spans": lambda n: model(ROW.replace("What", "` `` " * n)),
    "addresses": lambda n: model(ROW.replace("What", "<a:" * n)),
    "a scheme": lambda n: model(ROW.replace("What", "<" + "a" * n)),
    "brackets": lambda n: TOP + "- [" * n + "\n\n" + FACTS + HEADER + ROW,
    "dashes": lambda n: TOP + FACTS + "| " + "-" * n + "\n\n" + HEADER + ROW,
    "a long name": lambda n: model(ROW.replace("`a`", f"`{'a' * n}`") * 9),
    "a long number": lambda n: cell("Min", "9" * n, "number"),
}
# Comments, tags and attributes of the dialects of Markdown, whole and not; the first two hide all lines after them.
# fmt: off
DIALECTS = ["<!--", "{/*", "-->", "*/}", "<a ", "</a>", "<del>", "<Tab>", "<Tab x", "</Tab>", "{#x ", "{: .x}", "::: ", "{% x", "~~", "<table>", "import x from ", "= "]
# fmt: on
FOLDED: dict[str, Make] = {
    **{name: lambda n, make=make: folded(make(n)) for name, make in BOTH.items()},
    "spaces behind the title": lambda n: "--- title:" + " " * n + folded(model(ROW)),
    "spaces in the title": lambda n: '--- title: "a' + " " * n + folded(model(ROW)),
    "spaces behind the title, and no end": lambda n: (
        "--- title:" + " " * n + folded(FACTS + HEADER + ROW).replace(" --- ", ":---:")
    ),
    "a title without an end": lambda n: "--- title: " + "a --- b" * n + folded(model(ROW)),
    "words behind a sign": lambda n: folded(TOP + "- [A](#a) ") + "## A " * n + folded(FACTS + HEADER + ROW),
    "brackets": lambda n: folded(model(ROW)) + "- [" * n,
    "signs alone": lambda n: folded(TOP + "- [A](#a) ") + "# " * n + folded(FACTS + HEADER + ROW),
    "rows that have no end": lambda n: folded(model("")) + "| a " * n,
}
MARKDOWN: dict[str, Make] = {
    **BOTH,
    **IN_CELLS,
    "spaces behind the title": lambda n: f"---\ntitle:{' ' * n}x\n---\n" + model(ROW),
    "spaces in the title": lambda n: f'---\ntitle: "a{" " * n}b\n---\n' + model(ROW),
    "stars in the title": lambda n: f"---\ntitle: {'* ' * n}\n---\n" + model(ROW),
    "front matter without an end": lambda n: "---\n" + "title: a\n--- \t x\n" * n + model(ROW),
    "stray rows": lambda n: TOP + FACTS + "| a | b |\n\n" * n + HEADER + ROW,
    "a stray table": lambda n: TOP + FACTS + "| a | b |\n" * n + "\n" + HEADER + ROW,
    "code blocks": lambda n: TOP + FACTS + "```\na\n```\n" * n + HEADER + ROW,
    "an open code block": lambda n: model(ROW) + "```\n" + "`" * n + "\n" + "a\n" * n,
    "comments": lambda n: TOP + FACTS + "<!-- a -->\n" * n + HEADER + ROW,
    "open comments": lambda n: TOP + FACTS + HEADER + ROW + "<!--\n" * n,
    "quotes": lambda n: TOP + FACTS + "> " * n + "\n\n" + HEADER + ROW,
    "rules": lambda n: TOP + FACTS + "- " * n + "b\n\n" + HEADER + ROW,
    "a rule of spaces": lambda n: TOP + FACTS + "---" + " " * n + "b\n\n" + HEADER + ROW,
    "a heading of spaces": lambda n: TOP + FACTS + "## a" + " " * n + "b #\n\n" + HEADER + ROW,
    "signs of dialects": lambda n: (
        TOP + FACTS + "a " + "".join(sign * (n // 9 + 1) for sign in DIALECTS) + "\n\n" + HEADER + ROW
    ),
    "tags at the end of a line": lambda n: TOP + FACTS + "a" + "</p>" * n + "\n\n" + HEADER + ROW,
    "attributes of a heading": lambda n: TOP + "## a " + "{#x}" * n + "\n\n" + FACTS + HEADER + ROW,
    "lines of dialects": lambda n: (
        TOP + FACTS + "".join(f"{sign}\n" * (n // 9 + 1) for sign in DIALECTS[2:]) + HEADER + ROW
    ),
    "signs of dialects in a cell": lambda n: cell(
        "Allowed Values", "".join(sign * (n // 9 + 1) for sign in DIALECTS)
    ),
    "signs of dialects in a heading": lambda n: (
        TOP + "## a " + "".join(sign * (n // 9 + 1) for sign in DIALECTS) + "\n\n" + FACTS + HEADER + ROW
    ),
    "empty lines": lambda n: model(ROW) + "\n" * n,
    "lines that a table goes on with": lambda n: model(ROW) + "a | b\n" * n,
}


def as_html(text: str) -> str:
    """Write a text of the patterns above as HTML, line by line."""
    head = "<!doctype html><html><head><title>A | Scenario Docs</title></head><body><h1>A</h1>"
    lines = groupby(text.removeprefix(TITLE).split("\n"), lambda line: line.startswith("|"))
    blocks = (
        f"<table>{''.join(map(_row, group))}</table>" if is_table else "".join(map(_line, group))
        for is_table, group in lines
    )
    return f"{head}{''.join(blocks)}</body></html>\n"


def _row(line: str) -> str:
    cells = line.removeprefix("|").removesuffix("|").split("|")
    is_delimiter = not line.strip("|-: ")
    return "" if is_delimiter else f"<tr>{''.join(f'<td>{_inside(one)}</td>' for one in cells)}</tr>"


def _line(line: str) -> str:
    if link := re.match(r"- \[(.*)\]\((.*)\)", line):
        return f"<li><a href='{link[2]}'>{html.escape(link[1])}</a></li>"
    if heading := re.match("(#+) (.*)", line):
        return f"<h{len(heading[1])}>{_inside(heading[2])}</h{len(heading[1])}>"
    return f"<p>{_inside(line)}</p>" if line.strip() else ""


def _inside(text: str) -> str:
    bold = re.sub(r"\*\*([^*]{1,40})\*\*", r"<strong>\1</strong>", html.escape(text, quote=False))
    return re.sub("`([^`]{1,40})`", r"<code>\1</code>", bold)


def marked(markup: str) -> Make:
    """Give pages that hold a markup many times: between two paragraphs, `|` first a part that stands there once."""
    once, _, often = markup.rpartition("|")
    page = as_html(model(ROW) + "\nMARK\n")
    return lambda n: page.replace("<p>MARK</p>", f"<p>Before.</p>{once}{often * n}<p>Behind.</p>")


# fmt: off
MARKUP = [
    *("<p>", "<p hidden>a", "<b><p>a</b>", "</p>", "<div><p>a</div>", "<p>a<div>b</div>"),
    *("<a ", "<", "</", "</a ", "<!", "<!--", "<!-->", "<![CDATA[", "<?", "<?x>", "<a '", "<a b='", "<a b='\"", "<a b=\"'>"),
    *("<a|= b", "<a |b=c ", "<a b|=", "<a|/", "<a| ", "&", "&amp;", "&#1", "&#|9"),
    *("<h2>", "<h2>a</h3>", "<h1><h2>a", "<h2>|a ", "<h2><p>", "<li><a href=#a>a", "<dt>a<dd>b"),
    *("<table>", "<table><tr><td>a</table>", "<table>|<tr>", "<table>|<td>a", "<table>|<tbody><tr><td>a", "<table>|</td></tr>", "</table>"),
    *("<code>", "<code>|a", "<code>|<b>a</b>", "<a href=b>c</a>", "<a href=b>|c<i></i>"),
    *("<script>", "<script>|</scrip", "<script>|<!--", "<title>|a", "<svg><title>a", "<nav>a</nav>"),
    *("<br>", "<br>a</x>", "<i></i>", "<div>", "</div>"),
    *("<p>a|<button>b</button>", "<h2 id=a>a|<a href=#a>b</a>", "<h2>a|<a href=#b>#</a>", "<s>a</s>", "<p hidden>|a", "<table hidden><tr>|<td>a", "<i aria-controls='a'>", "<button>|<i class=tooltip>a</i>", "<p>a|<button> </button>", "<h2>a|<button>b</button>", "<p>a|<span hidden>b</span>"),
    *("<div>" * 150 + "|</b>", "<div>" * 150 + "|<p>", "<table><tr><td>" * 7 + "|a ", "<a href=b><p>" * 90 + "|a ", "<object><p>" * 90 + "|a ", "<p><caption>" * 90 + "|a "),
]
# fmt: on
HTML: dict[str, Make] = {
    **{name: lambda n, make=make: as_html(make(n)) for name, make in BOTH.items()},
    **{markup[-30:]: marked(markup) for markup in MARKUP},
}
# How often something may stand on a page, and no page is read where it does more often.
MOST = {
    **dict.fromkeys((name for name in BOTH | IN_CELLS if "row" in name), 1000),
    **dict.fromkeys((name for name in BOTH | IN_CELLS if "choice" in name or "default" in name), 10_000),
}
TEXT = {"type": "string", "x-type": "string"}


def two(
    old: Callable[[int], dict], new: Callable[[int], dict], required: Callable[[dict], list] = list
) -> Make:
    """Give two specs of one model, as JSON."""

    def make(count: int) -> str:
        both = old(count), new(count)
        return json.dumps([made_spec(one, required(one)) for one in both])

    return make


def texts(count: int, prefix: str = "a") -> dict:
    return {f"{prefix}{one}": {**TEXT, "description": f"{prefix} {one}"} for one in range(count)}


def alike(count: int, prefix: str = "a") -> dict:
    return {f"{prefix}{one}": TEXT for one in range(count)}


def choices(count: int, start: int = 0) -> dict:
    return {"a": {**TEXT, "enum": [f"c{one}" for one in range(start, count)]}}


def array(count: int) -> dict:
    one = choices(count)["a"]
    return {"a": {"type": "array", "x-type": "string_array", "items": one, "default": one["enum"]}}


def long(count: int) -> dict:
    return {"a": {**TEXT, "description": "a *b* " * count}}


# What a page can lead to: two specs of a model, which are compared, and the second is generated from.
SPECS: dict[str, Make] = {
    "required parameters": two(texts, texts),
    "other parameters": two(texts, lambda n: texts(n, "b"), lambda _: []),
    "parameters that are all alike": two(alike, lambda n: alike(n, "b")),
    "choices": two(choices, choices),
    "other choices": two(choices, lambda n: choices(2 * n, n)),
    "one more choice": two(choices, lambda n: choices(n + 1)),
    "a long description": two(long, lambda n: long(n + 1)),
    "a default of many": two(array, array),
}


def record(**facts: object) -> str:
    """Write a record on one line, with signs that take more than a byte: one parameter of many facts, and one more."""
    inputs = [{"name": "a", "type": "string", "label": "é", **facts}, {"name": "b", "type": "file"}]
    return json.dumps({"model": {"id": "model_a", "inputs": inputs}}, ensure_ascii=False)


def inside(count: int, more: Callable[[int], object]) -> str:
    """Write a record of a parameter with many parameters in it, fewer than are refused."""
    names = [
        {"name": f"é{n}" if n > 900 else f"n{n}", "type": "string", "hint": more(n)} for n in range(count)
    ]
    return record(type="inputs_array", inputs=names)


RECORDS: dict[str, Make] = {
    "a long text": lambda n: record(description="é " * n),
    "many choices": lambda n: record(allowedValues=[f"é{one}" for one in range(n)]),
    "many labels": lambda n: record(hint={f"é{one}": "é" for one in range(n)}),
    "many names in a condition": lambda n: record(
        required={"ifDefined": {f"é{one}": {} for one in range(n)}}
    ),
    "one name often in a condition": lambda n: record(required={"ifDefined": ["b"] * n}),
    "lists in lists": lambda n: record(hint=[["é"] * 8] * n),
    "parameters inside": lambda n: inside(min(n, 990), lambda _: "é" * 8 * (1 + n // 990)),
    "what nobody reads": lambda n: json.dumps(
        {"model": {"id": "model_a", "inputs": [], "more": [{"é": 1}] * n}}, ensure_ascii=False
    ),
}
FORMS = {
    "markdown": (MARKDOWN, "md"),
    "folded": (FOLDED, "txt"),
    "html": (HTML, "html"),
    "records": (RECORDS, "json"),
    "specs": (SPECS, ""),
}


def measure(make: Make, work: Work, most: int = LARGEST) -> tuple[int, float, float]:
    """Give the size of a text that takes a while, and the seconds that it and one some times as large take at best."""
    count = 64
    first = timed(work, text := make(count))
    while first < FIRST and len(text) < LARGEST and count < most // FACTOR:
        lacking = min(1.1 * FIRST / max(first, FIRST / STRIDE), 1.1 * LARGEST / len(text))
        count = min(int(count * max(lacking, 1.5)), most // FACTOR)
        first = timed(work, text := make(count))
    second = timed(work, larger := make(count * FACTOR))
    for _ in range(TURNS - 1):
        if second < ENOUGH * max(first, FIRST / 2):
            break
        first, second = min(first, timed(work, text)), min(second, timed(work, larger))
    return len(text), max(first, FIRST / 2), second


def timed(work: Work, text: str) -> float:
    """Give the seconds of the processor that a work takes; infinitely many where it takes far too long."""
    gc.collect()
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE * FIRST)
    start = time.process_time()
    try:
        work(text)
    except TimeoutError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - start


def _stop(*_: int | FrameType | None) -> None:
    raise TimeoutError


def work_on_page(suffix: str) -> Work:
    """Give all that `scrape` does with a page between its file and its specs."""
    from paramsync.config import read_config
    from paramsync.findings import InputError
    from paramsync.pages.profile import Profile
    from paramsync.pages.reader import read_page
    from paramsync.specs.build import build_specs
    from paramsync.specs.document import read_folder
    from paramsync.specs.duplicates import find_duplicates
    from paramsync.specs.retention import retain
    from support.example import SAVED

    profile = read_config((SAVED / "profile.toml").read_text(), "profile.toml", Profile)

    def work(text: str) -> None:
        try:
            built = build_specs(read_page(text, f"specs/page/page.{suffix}", profile), profile)
        except InputError:
            return
        pages, folders = {"page": built}, {"page": read_folder({}, profile.vendor.prefix)}
        findings = [
            *built.findings,
            *(one for draft in built.drafts for one in draft.findings),
            *find_duplicates(pages, folders, {"page": ()}),
        ]
        failed = frozenset(one.model for one in findings if one.is_error)
        retain(pages, folders, failed)
        any(map(str, findings))

    return work


def work_on_specs(text: str) -> None:
    """Do what `diff` and the vectors do with two specs."""
    from paramsync.changes.reports import REPORTS
    from paramsync.changes.review import NO_CONTEXT
    from paramsync.rendering.models import make_model
    from paramsync.rendering.vectors import make_vectors
    from support.services import compare
    from support.spec_pages import page

    old, new = json.loads(text)
    changes = [*compare(page(old), page(new))]
    for report in REPORTS.values():
        report(changes, NO_CONTEXT)
    make_vectors(make_model(new))


def work_on_records() -> Work:
    """Give what reads a record, merges it with a page, and finds out whether it is as it would be saved."""
    from paramsync.config import read_config
    from paramsync.pages.profile import Profile
    from paramsync.pages.reader import read_page
    from paramsync.specs.build import build_specs
    from paramsync.specs.document import PageDocument
    from paramsync.specs.sources import add_sources
    from support.example import SAVED

    profile = read_config((SAVED / "profile.toml").read_text(), "profile.toml", Profile)
    page = read_page(model(ROW), "specs/page/page.md", profile)

    def work(text: str) -> None:
        built = build_specs(page, profile)
        add_sources(
            "page",
            built,
            {"specs/page/a.record.json": text},
            profile,
            known=PageDocument(prefix=profile.vendor.prefix),
        )

    return work


def main(form: str) -> None:
    patterns, suffix = FORMS[form]
    work = work_on_records() if form == "records" else work_on_page(suffix) if suffix else work_on_specs
    signal.signal(signal.SIGVTALRM, _stop)
    gc.freeze()  # so that `timed` need not look through all modules each time
    print(json.dumps({name: measure(make, work, MOST.get(name, LARGEST)) for name, make in patterns.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
