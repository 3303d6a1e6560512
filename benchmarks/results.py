"""What was measured, and RESULTS.md, which follows from it and from `rows.toml`. Pure."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined
from pydantic import BaseModel, ConfigDict

OURS = "paramsync"
FLOORS = ("Jinja + ruff", "by hand", "bare interpreter", "hashing the same files")
# What is measured, and no row shows: payloads of the other language, and what a growth follows from.
UNSHOWN = {
    *(f"{one}, {how}" for one in ("Python: 6, 4 problems", "JavaScript: 6, 3 problems") for how in ("found", "read")),
    *("scrape, seconds", "generate, seconds"),
}  # fmt: skip
UNITS = {"s": 1.0, "ns": 1.0, "ms": 1e-6, "": 1.0}  # of what is shown, in that of what was measured


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Results(Frozen):
    """What was measured, and where."""

    machine: str
    versions: str
    commit: str
    models: int
    parameters: float  # of a model, on average
    larger: int
    rounds: int
    figures: dict[str, dict[str, float]]  # by measure, then by contestant
    others: list[str]  # what is no comparison, in sentences


class Part(Frozen):
    """One number of a row, and its goals: how many times what a contestant takes it may be, or how much at most."""

    measure: str
    name: str = ""
    goals: dict[str, float] = {}
    most: float | None = None
    either: bool = False

    def find_missed(self, figures: Mapping[str, float]) -> Iterator[str]:
        """Say by how much each goal is missed."""
        ours = figures[OURS]
        name = f"{self.name}: " if self.name else ""
        found = [
            f"{name}{ours / figures[other]:.3g} times {other} instead of {most:g}"
            for other, most in self.goals.items()
            if ours > most * figures[other]
        ]
        if not (self.either and len(found) < len(self.goals)):
            yield from found
        if self.most is not None and ours > self.most:
            yield f"{name}{_number(ours)} instead of {self.most:g}"


class Row(Frozen):
    """A line of the table."""

    what: str
    parts: list[Part]
    unit: str = ""
    then: str = "-"
    goal: str = "-"
    limit: str = ""
    tried: str = ""


class Table(Frozen):
    """What is written by hand."""

    costs: str
    rows: list[Row]


def read_table(text: str) -> Table:
    return Table.model_validate(tomllib.loads(text))


def render(results: Results, table: Table, template: str) -> str:
    """Write RESULTS.md.

    Raises:
        ValueError: a name stands for nothing that was measured, or what was measured is not shown.

    """
    _check_names(results.figures, table.rows)
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    lines = [_line(row, results.figures) for row in table.rows]
    return (
        environment.from_string(template).render(results=results, lines=lines, costs=table.costs.strip())
        + "\n"
    )


def _check_names(figures: Mapping[str, Mapping[str, float]], rows: list[Row]) -> None:
    parts = [part for row in rows for part in row.parts]
    named = {part.measure for part in parts} | UNSHOWN
    named |= {name for part in parts for name in part.goals} | {*FLOORS, OURS}
    contestants = {name for by in figures.values() for name in by}
    if lost := sorted(named - figures.keys() - contestants):
        raise ValueError(f"rows.toml or results.py names what was not measured: {'; '.join(lost)}")
    if hidden := sorted(figures.keys() - named):
        raise ValueError(f"was measured, and no row of rows.toml shows it: {'; '.join(hidden)}")


def _line(row: Row, figures: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Give the cells of a row, and what is said below the table where a goal is missed."""
    by_part = [figures[part.measure] for part in row.parts]
    others = [name for name in by_part[0] if name != OURS]
    missed = [one for part in row.parts for one in part.find_missed(figures[part.measure])]
    floors = [f"{name} {_numbers(row, by_part, name)}" for name in others if name in FLOORS]
    return {
        "row": row,
        "ours": _numbers(row, by_part, OURS),
        "others": [f"{name} {_numbers(row, by_part, name)} ({_ratios(by_part, name)})" for name in others],
        "missed": missed,
        "floor": ", ".join(floors),
    }


def _numbers(row: Row, by_part: list[Mapping[str, float]], name: str) -> str:
    shown = " / ".join(_number(part[name] * UNITS[row.unit]) for part in by_part)
    return f"{shown} {row.unit}".strip()


def _ratios(by_part: list[Mapping[str, float]], name: str) -> str:
    """Give how many times as long ours takes."""
    return " / ".join(f"{part[OURS] / part[name]:.2g}" for part in by_part) + " times"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
