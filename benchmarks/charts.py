"""Draw the charts from the results, once for light pages and once for dark ones; it runs in the environment of the peers.

python charts.py RESULTS.json FOLDER
"""

import io
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.layout_engine import ConstrainedLayoutEngine

# The same numbers are the same bytes: laid out by a font that comes along, without a date or a random name. What is shown is the reader's own font, which is narrower.
FONT = "DejaVu Sans"
mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "paramsync", "font.family": FONT, "font.size": 9}
fontManager.ttflist = [font for font in fontManager.ttflist if font.fname.startswith(mpl.get_data_path())]
OURS, FOUND, READ = "paramsync", ", found", ", read"
FLOORS = {"by hand": "by hand (floor)", "Jinja + ruff": "Jinja + ruff (floor)"}
TICKS = {100: "100 ns", 1000: "1 µs", 10_000: "10 µs", 100_000: "100 µs"}
SHORT = {
    "paramsync on one processor": "on one\nprocessor",
    "datamodel-code-generator": "datamodel-code-\ngenerator",
    "jsonschema-rs iter_errors": "jsonschema-rs\niter_errors",
    "fastjsonschema (first only)": "fastjsonschema\n(first only)",
}
PALETTES = {
    "light": {"text": "#1f2328", "grid": "#d1d9e0", "ours": "#0969da", "peer": "#818b98", "floor": "#c8d0d9"},
    "dark": {"text": "#f0f6fc", "grid": "#3d444d", "ours": "#4493f8", "peer": "#9198a1", "floor": "#565e68"},
}
NOTABLE = 1.3  # as many times as long: what is less is chance
Bars = Mapping[str, float]
Figures = Mapping[str, Bars]


def make_figure() -> Figure:
    return Figure(
        figsize=(10, 5.4),
        layout=ConstrainedLayoutEngine(h_pad=0.09, w_pad=0.06, hspace=0.06, rect=(0, 0, 0.98, 1)),
    )


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
        ("Import, first request", "s", _imports(figures)),
    ]
    figure = make_figure()
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
    *("import scenario_models", "a first request", "paramsync on one processor"),
}


def _draw_bars(axes: Axes, title: str, unit: str, bars: Bars, palette: Mapping[str, str]) -> None:
    names = [*bars]
    axes.barh(
        range(len(names)), [*bars.values()], color=[palette[_kind(name)] for name in names], height=0.62
    )
    for index, value in enumerate(bars.values()):
        _write(axes, value, index, f"{_number(value)} {unit}".strip(), palette)
    axes.set_xlim(0, max(bars.values()) * 1.45)
    axes.set_xticks([])
    _finish(axes, title, names, palette)


def draw_validators(
    language: str, cases: Mapping[int, int], results: Mapping[str, Any], palette: Mapping[str, str]
) -> Figure:
    """Draw nanoseconds as dots on a logarithmic axis: one where the problems are found, another where each message is read."""
    figures: Figures = results["figures"]
    figure = make_figure()
    grid = figure.subplots(2, len(cases))
    for column, (parameters, problems) in enumerate(cases.items()):
        valid = figures[f"{language}: {parameters}, valid{FOUND}"]
        found, read = (
            figures[f"{language}: {parameters}, {problems} problems{how}"] for how in (FOUND, READ)
        )
        _draw_dots(grid[0, column], f"{parameters} parameters, valid", valid, valid, palette)
        _draw_dots(grid[1, column], f"{parameters} parameters, {problems} problems", found, read, palette)
    for row in grid:
        limits = [axes.get_xlim() for axes in row]
        for axes in row:
            axes.set_xlim(min(low for low, _ in limits), max(high for _, high in limits))
    return figure


def _draw_dots(axes: Axes, title: str, found: Bars, read: Bars, palette: Mapping[str, str]) -> None:
    names = sorted(found, key=lambda name: read[name])
    axes.set_xscale("log")
    for index, name in enumerate(names):
        color, last, text = palette[_kind(name)], found[name], _number(found[name])
        if read[name] > NOTABLE * found[name]:
            last = read[name]
            text += f" / {_number(last)}"
            axes.plot([found[name], last], [index, index], color=color, linewidth=2, solid_capstyle="butt")
            axes.plot(last, index, "|", color=color, markersize=9, markeredgewidth=2)
        axes.plot(found[name], index, "o", color=color, markersize=7)
        _write(axes, last, index, text, palette)
    axes.set_xlim(min(found.values()) / 1.6, max(*found.values(), *read.values()) * 60)
    axes.set_xticks([*TICKS], [*TICKS.values()])
    axes.minorticks_off()
    axes.tick_params(axis="x", colors=palette["text"], labelsize=7, length=0)
    axes.grid(visible=True, axis="x", color=palette["grid"], linewidth=0.6)
    axes.set_axisbelow(True)
    _finish(axes, title, names, palette)


def _write(axes: Axes, value: float, index: int, text: str, palette: Mapping[str, str]) -> None:
    """Write a number beside its bar or dot."""
    axes.annotate(
        text, (value, index), (7, 0), textcoords="offset points", va="center", color=palette["text"]
    )


def _finish(axes: Axes, title: str, names: list[str], palette: Mapping[str, str]) -> None:
    axes.set_title(title, loc="left", color=palette["text"], fontsize=9.5, fontweight="bold")
    axes.set_yticks(range(len(names)), [SHORT.get(name) or FLOORS.get(name, name) for name in names])
    for label, name in zip(axes.get_yticklabels(), names, strict=True):
        label.set_fontweight("bold" if _kind(name) == "ours" else "normal")
    axes.tick_params(axis="y", colors=palette["text"], length=0)
    axes.set_ylim(len(names) - 0.5, -0.5)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _kind(name: str) -> str:
    if name == OURS or name in OURS_TOO:
        return "ours"
    return "floor" if name in FLOORS or name.startswith(("hashing", "bare")) else "peer"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def draw(results: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    for theme, palette in PALETTES.items():
        yield f"generation-{theme}", draw_generation(results, palette)
        yield f"python-{theme}", draw_validators("Python", {6: 3, 12: 5, 20: 6}, results, palette)
        yield f"typescript-{theme}", draw_validators("JavaScript", {6: 4, 12: 5, 20: 6}, results, palette)


if __name__ == "__main__":
    for chart, figure in draw(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))):
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        text = drawn.getvalue().replace(f"'{FONT}'", "system-ui, sans-serif")
        Path(sys.argv[2], f"{chart}.svg").write_text(text, encoding="utf-8", newline="\n")
