"""Pages of one model whose cells a test chooses, one row a parameter: p0, p1, …"""

from collections.abc import Mapping, Sequence

CELLS = {
    "name": "p{number}",
    "type": "string",
    "required": "No",
    "default": "-",
    "minimum": "-",
    "maximum": "-",
    "choices": "-",
    "description": "What it is.",
}
HEADERS = ("Parameter", "Type", "Required", "Default", "Min", "Max", "Allowed Values", "Description")
LEAD = "This reference lists all available **Maker** image generation models and their parameters."


def markdown_page(rows: Sequence[Mapping[str, str]], *, title: str = "One", more: Sequence[str] = ()) -> str:
    """Write a page in Markdown; a row holds the cells that differ from `CELLS`, and those below the headers of more columns."""
    lines = [f"| {' | '.join(_fill(row, number, more))} |" for number, row in enumerate(rows)]
    headers = (*HEADERS, *more)
    table = "\n".join([f"| {' | '.join(headers)} |", "| --- " * len(headers) + "|", *lines])
    facts = f"## {title}\n\n**Model ID:** `model_one`\n\n**Capabilities:** `txt2img`"
    return f"# Maker | Scenario Docs\n\n> Last updated: 2026-04-09.\n\n{LEAD}\n\n- [{title}](#one)\n\n{facts}\n\n{table}\n"


def html_page(rows: Sequence[Mapping[str, str]], *, title: str = "One", more: Sequence[str] = ()) -> str:
    """Write a page in HTML; a row holds the cells, in HTML, that differ from `CELLS`, and those of more columns."""
    filled = (_fill(row, number, more) for number, row in enumerate(rows))
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in filled)
    header = "".join(f"<th>{text}</th>" for text in (*HEADERS, *more))
    facts = f"<h2>{title}</h2><p><strong>Model ID:</strong> <code>model_one</code></p><p><strong>Capabilities:</strong> <code>txt2img</code></p>"
    lead = LEAD.replace("**Maker**", "<strong>Maker</strong>")
    top = f"<title>Maker | Scenario Docs</title><body><h1>Maker</h1><p>Last updated: 2026-04-09.</p><p>{lead}</p>"
    return f"<!doctype html>{top}{facts}<table><tr>{header}</tr>{lines}</table>"


def _fill(row: Mapping[str, str], number: int, more: Sequence[str]) -> list[str]:
    cells = CELLS | dict.fromkeys(more, "-") | dict(row)
    return [cell.format(number=number) if cell == CELLS["name"] else cell for cell in cells.values()]
