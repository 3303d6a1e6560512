"""Draw the charts from the results, once for light pages and once for dark ones; it runs in the environment of the peers.

python charts.py RESULTS.json FOLDER
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Letters are outlines of a font that comes along, and nothing has a date or a random name: the same numbers are the same bytes.
mpl.rcParams |= {"svg.fonttype": "path", "svg.hashsalt": "paramsync", "font.family": "DejaVu Sans", "font.size": 9}
OURS, FOUND, READ = "paramsync", ", found", ", read"
FLOORS = {"by hand": "by hand (floor)", "Jinja + ruff": "Jinja + ruff (floor)"}
SHORT = {"datamodel-code-generator": "datamodel-code-\ngenerator", "fastjsonschema (first only)": "fastjsonschema\n(first only)"}
PALETTES = {
    "light": {"text": "#1f2328", "grid": "#d1d9e0", "ours": "#0969da", "peer": "#818b98", "floor": "#c8d0d9"},
    "dark": {"text": "#f0f6fc", "grid": "#3d444d", "ours": "#4493f8", "peer": "#9198a1", "floor": "#565e68"},
}
Bars = Mapping[str, float]
Figures = Mapping[str, Bars]


def draw_generation(results: Mapping[str, Any], palette: Mapping[str, str]) -> Figure:
    """Draw seconds and megabytes as bars."""
    figures: Figures = results["figures"]
    models, larger = f"{results['models']:,}", f"{results['larger']:,}"
    peer = "datamodel-code-generator"
    growth = {verb: figures[f"{verb}, growth"] for verb in ("scrape", "generate")}
    memory = {verb: figures[f"{verb}, memory"] for verb in ("scrape", "generate")}
    changed, unchanged = figures["changed"], figures["unchanged"]
    again = {
        "from nothing": changed["a cold run"],
        "a description changed": changed[OURS],
        "nothing changed": unchanged[OURS],
        "hashing the same files": unchanged["hashing the same files"],
    }
    panels: list[tuple[str, str, Bars]] = [
        (f"{models} specs to Python", "s", figures["python"]),
        (f"{models} models: pages to six targets\n(the peer: pydantic alone)", "s", figures["all"]),
        (f"{models} models again:\nscrape + generate", "s", again),
        (f"Times as long for {larger} models", "", _verbs(growth) | {peer: growth["scrape"][peer]}),
        (f"Memory for {larger} models", "MB", _verbs(memory) | {peer: memory["scrape"][peer]}),
        ("Import, and a first request", "s", _imports(figures)),
    ]
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    for axes, (title, unit, bars) in zip(figure.subplots(2, 3).flat, panels, strict=True):
        _draw_bars(axes, title, unit, bars, palette)
    return figure


def _verbs(of: Mapping[str, Bars]) -> dict[str, float]:
    return {f"paramsync {verb}": bars[OURS] for verb, bars in of.items()}


def _imports(figures: Figures) -> dict[str, float]:
    known = figures["import"]
    return {
        "bare interpreter": known["bare interpreter"],
        "import scenario_models": known[OURS],
        "import pydantic": known["import pydantic"],
        "a first request": figures["request"][OURS],
        "import scenario_sdk": known["import scenario_sdk"],
    }


OURS_TOO = {
    *("paramsync scrape", "paramsync generate", "from nothing", "a description changed", "nothing changed"),
    *("import scenario_models", "a first request"),
}


def _draw_bars(axes: Axes, title: str, unit: str, bars: Bars, palette: Mapping[str, str]) -> None:
    names = [*bars]
    axes.barh(range(len(names)), [*bars.values()], color=[palette[_kind(name)] for name in names], height=0.62)
    for index, value in enumerate(bars.values()):
        axes.text(value, index, f"  {_number(value)} {unit}", va="center", color=palette["text"])
    axes.set_xlim(0, max(bars.values()) * 1.35)
    axes.set_xticks([])
    _finish(axes, title, names, palette)


def draw_validators(language: str, cases: Mapping[int, int], results: Mapping[str, Any], palette: Mapping[str, str]) -> Figure:
    """Draw nanoseconds as dots on a logarithmic axis: one where the problems are found, another where each message is read."""
    figures: Figures = results["figures"]
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    grid = figure.subplots(2, len(cases))
    for column, (parameters, problems) in enumerate(cases.items()):
        valid = figures[f"{language}: {parameters}, valid{FOUND}"]
        found, read = (figures[f"{language}: {parameters}, {problems} problems{how}"] for how in (FOUND, READ))
        _draw_dots(grid[0, column], f"{parameters} parameters, valid", valid, valid, palette)
        _draw_dots(grid[1, column], f"{parameters} parameters, {problems} problems", found, read, palette)
    for row in grid:
        low, high = min(axes.get_xlim()[0] for axes in row), max(axes.get_xlim()[1] for axes in row)
        for axes in row:
            axes.set_xlim(low, high)
    return figure


def _draw_dots(axes: Axes, title: str, found: Bars, read: Bars, palette: Mapping[str, str]) -> None:
    names = sorted(found, key=lambda name: read[name])
    axes.set_xscale("log")
    for index, name in enumerate(names):
        color = palette[_kind(name)]
        axes.plot([found[name], read[name]], [index, index], color=color, linewidth=2, solid_capstyle="butt")
        axes.plot(found[name], index, "o", color=color, markersize=7)
        text = _number(found[name])
        if read[name] > 1.1 * found[name]:
            axes.plot(read[name], index, "|", color=color, markersize=10, markeredgewidth=2)
            text += f", read {_number(read[name])}"
        axes.text(max(found[name], read[name]) * 1.25, index, f"{text} ns", va="center", color=palette["text"])
    axes.set_xlim(min(found.values()) / 1.6, max(*found.values(), *read.values()) * 60)
    axes.tick_params(axis="x", which="both", colors=palette["text"], labelsize=7, length=0)
    axes.grid(visible=True, axis="x", color=palette["grid"], linewidth=0.6)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.xaxis.set_minor_formatter(lambda _, __: "")
    _finish(axes, title, names, palette)


def _finish(axes: Axes, title: str, names: list[str], palette: Mapping[str, str]) -> None:
    axes.set_title(title, loc="left", color=palette["text"], fontsize=10, fontweight="bold")
    axes.set_yticks(range(len(names)), [SHORT.get(name) or FLOORS.get(name, name) for name in names])
    for label, name in zip(axes.get_yticklabels(), names, strict=True):
        label.set_fontweight("bold" if _kind(name) == "ours" else "normal")
    axes.tick_params(axis="y", colors=palette["text"], length=0)
    axes.invert_yaxis()
    for spine in axes.spines.values():
        spine.set_visible(False)


def _kind(name: str) -> str:
    if name == OURS or name in OURS_TOO:
        return "ours"
    return "floor" if name in FLOORS or name.startswith(("hashing", "bare")) else "peer"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004


def draw(results: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    for theme, palette in PALETTES.items():
        yield f"generation-{theme}", draw_generation(results, palette)
        yield f"python-{theme}", draw_validators("Python", {6: 3, 12: 5, 20: 6}, results, palette)
        yield f"typescript-{theme}", draw_validators("JavaScript", {6: 4, 12: 5, 20: 6}, results, palette)


if __name__ == "__main__":
    for chart, figure in draw(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))):
        figure.savefig(Path(sys.argv[2], f"{chart}.svg"), transparent=True, metadata={"Date": None, "Creator": None})
