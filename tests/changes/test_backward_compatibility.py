"""Yesterday's code: what was written for older specs, against the packages of newer ones.

A target of the test's own writes a file of typed uses for each model of the older specs, in Python and in TypeScript: each
parameter, each choice, each bound, a line each. What `paramsync diff` does not call breaking must go on to type-check and to
run; what it does call so must not.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from support.acme import docs, model, page_text, row
from support.mypy_runs import mypy
from support.node import NPM_PACKAGES, node, run
from support.roots import CASES, Root, let_all_go, make_once, make_root

LINES = """\
{{ use("", none) }}
{% for p in model.parameters %}
{{ use(p, p.example) }}
{{ unset(p) }}
{% if p.choices %}
{{ alias(p) }}
{% endif %}
{% if p.is_file %}{{ use_file(p) }}{% endif %}

{% for value in p.choices %}
{% if p.value.is_array %}{{ use_list(p, value) }}{% else %}{{ use(p, value) }}{% endif %}

{% endfor %}
{% for one in p.value.leaf.limits if one.type == "number" and not p.choices %}
{% if p.value.is_array %}{{ use_list(p, one.limit) }}{% else %}{{ use(p, one.limit) }}{% endif %}

{% endfor %}
{% endfor %}
"""
PYTHON = """\
# {{ model.id | prose }}
from scenario_models import {{ model | name("python.class") }}
{% macro others(name) %}{% for p in model.smallest if p.name != name %}{{ pair(p) }}={{ p.example | literal("python") }}, {% endfor %}{% endmacro %}
{% macro pair(p) %}{{ p | name("python.parameter") }}{% endmacro %}
{% macro alias(p) %}from scenario_models.typed.{{ model | name("python.model") }} import {{ p | name("python.choices") }}{% endmacro %}
{% macro use_file(p) %}{{ model | name("python.class") }}({{ others(p.name) }}{{ pair(p) }}={% if p.value.is_array %}[b"a"]{% else %}b"a"{% endif %}){% endmacro %}
{% macro unset(p) %}{% if not p.is_required or p.has_default %}{{ model | name("python.class") }}({{ others(p.name) }}{{ pair(p) }}=None){% endif %}{% endmacro %}
{% macro use(p, value) %}
{{ model | name("python.class") }}({% if p %}{{ others(p.name) }}{{ pair(p) }}={{ value | literal("python") }}{% else %}{{ others("") }}{% endif %})
{%- endmacro %}
{% macro use_list(p, value) %}
{{ model | name("python.class") }}({{ others(p.name) }}{{ pair(p) }}=[{{ value | literal("python") }}])
{%- endmacro %}
"""
TYPESCRIPT = """\
// {{ model.id | prose }}
import { {{ model | name("typescript.function") }} } from "scenario-models/models";
{% macro pair(p) %}{{ p.name | literal("typescript") }}{% endmacro %}
{% macro alias(p) %}import type { {{ p | name("typescript.choices") }} } from "scenario-models/models/{{ model | name("typescript.model") }}";{% endmacro %}
{% macro file() %}new Uint8Array(1){% endmacro %}
{% macro use_file(p) %}{{ model | name("typescript.function") }}({ {{ others(p.name) }}{{ pair(p) }}: {% if p.value.is_array %}[{{ file() }}]{% else %}{{ file() }}{% endif %} });{% endmacro %}
{% macro unset(p) %}{% if not p.is_required or p.has_default %}{{ model | name("typescript.function") }}({ {{ others(p.name) }}{{ pair(p) }}: undefined });{% endif %}{% endmacro %}
{% macro others(name) %}{% for p in model.smallest if p.name != name %}{{ pair(p) }}: {{ p.example | literal("typescript") }}, {% endfor %}{% endmacro %}
{% macro use(p, value) %}
{{ model | name("typescript.function") }}({ {% if p %}{{ others(p.name) }}{{ pair(p) }}: {{ value | literal("typescript") }}{% else %}{{ others("") }}{% endif %} });
{%- endmacro %}
{% macro use_list(p, value) %}
{{ model | name("typescript.function") }}({ {{ others(p.name) }}{{ pair(p) }}: [{{ value | literal("typescript") }}] });
{%- endmacro %}
"""
NAMES = '[names.model]\nof = "model"\ncasing = "snake"\ndigit = "m"\n[prose]\nescape = []\n'
RUN_PYTHON = """
import sys, warnings
warnings.simplefilter("ignore")
for name in sys.argv[1:]:
    names = {}
    for line in open(name).read().splitlines():
        try:
            exec(line, names)
        except Exception as error:
            print(f"{name}: {line}: {error!r:.200}".replace(chr(10), " "))
"""
RUN_JAVASCRIPT = """
import { readFileSync } from "node:fs";
const all = await import("scenario-models/models");
for (const name of process.argv.slice(2)) {
  for (const line of readFileSync(name, "utf8").split("\\n").filter((line) => /^[a-z].*;$/i.test(line) && !line.startsWith("import"))) {
    try {
      new Function("all", `with (all) { ${line} }`)(all);
    } catch (error) {
      console.log(`${name}: ${line}: ${String(error).replaceAll("\\n", " ").slice(0, 200)}`);
    }
  }
}
"""


@dataclass(frozen=True)
class Tried:
    """What changed, how bad for each model, and what was said of its uses."""

    severities: dict[str, set[str]]
    said: dict[str, list[str]]


def try_uses(folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Tried:
    """Scrape the older pages and then the newer ones, as time goes, and try the uses of the older specs in the end."""
    root = make_root(folder / "newer")
    templates = root.path / "templates"
    for target in ("python", "typescript"):
        root.add_target(target)
    (templates / "uses").mkdir()
    (templates / "uses/target.toml").write_text(NAMES)
    (templates / "uses/{model}.py.jinja").write_text(PYTHON + LINES)
    (templates / "uses/{model}.ts.jinja").write_text(TYPESCRIPT + LINES)
    write(root, before)
    older = Path(shutil.copytree(root.path, folder / "older"))
    shutil.rmtree(templates / "uses")
    write(root, after)
    ran = root.run_process("diff", str(older), "--format", "json")
    assert ran.code == 0, ran.err
    uses = older / "generated" / "uses"
    models = {path.stem: path.read_text().split("\n")[0].removeprefix("# ") for path in uses.glob("*.py")}
    severities: dict[str, set[str]] = {one: set() for one in models.values()}
    for change in json.loads(ran.out)["changes"]:
        severities.setdefault(change.get("model", ""), set()).add(change["severity"])
    said: dict[str, list[str]] = {one: [] for one in models.values()}
    for line in [*try_python(uses, root.path), *try_typescript(uses, root.path)]:
        said[models[line.partition(".")[0]]].append(line)
    return Tried(severities, said)


def write(root: Root, pages: Mapping[str, bytes]) -> None:
    let_all_go(root.path)
    for name, text in pages.items():
        root.add_page(name, text)
    assert root.run("scrape").code == root.run("generate").code == 0


def try_python(uses: Path, newer: Path) -> list[str]:
    """Type-check the uses, and run each line; give what was said, beginning with the name of the file."""
    names, package = sorted(path.name for path in uses.glob("*.py")), newer / "generated/python"
    checked = mypy(newer, "--strict", "--no-error-summary", "--config-file=", *names, cwd=uses, path=package)
    ran = subprocess.run(
        [sys.executable, "-c", RUN_PYTHON, *names],
        cwd=uses,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    return [line for line in (checked + ran.stdout).splitlines() if ": note: " not in line]


def try_typescript(uses: Path, newer: Path) -> list[str]:
    """Compile the uses, and run each line; give what was said, beginning with the name of the file."""
    package, compiler = newer / "generated/typescript", NPM_PACKAGES / "typescript/bin/tsc"
    built = run(node(), compiler, cwd=package)
    assert built.returncode == 0, built.stdout
    (uses / "node_modules").mkdir()
    (uses / "node_modules" / "scenario-models").symlink_to(package)
    (uses / "package.json").write_text('{"type": "module"}')
    (uses / "run.mjs").write_text(RUN_JAVASCRIPT)
    names = sorted(path.name for path in uses.glob("*.ts"))
    options = [
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--skipLibCheck",
        "--pretty",
        "false",
    ]
    compiled = run(node(), compiler, *options, *names, cwd=uses)
    said = [line for line in compiled.stdout.splitlines() if "error TS" in line]
    ran = run(node(), "run.mjs", *names, cwd=uses)
    assert ran.returncode == 0, ran.stderr
    return said + ran.stdout.splitlines()


def real_pages(until: str) -> dict[str, bytes]:
    """Give the real pages as they stood at a date, of those that there are at two."""
    names = [path.name[11:] for path in CASES.iterdir()]
    return {
        path.name[11:]: (path / "index.md").read_bytes()
        for path in sorted(CASES.iterdir())
        if path.name[:10] <= until and names.count(path.name[11:]) > 1
    }


def made_up_pages() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Give pages with a kind of change for each model: the films' break nothing, the songs' do."""
    before, after = docs(), docs()
    for those in (before, after):
        those["audio-generation-acme"] |= {
            f"model_song-{letter}": model(f"Song {letter}") for letter in "hijkl"
        }
        for one in (one for models in those.values() for one in models.values()):
            one.rows["tags"] = row("string_array", "What it is about", choices="`a`, `b`")
            one.rows["size"] = row("number", "How large", choices="`1`, `2`")
            one.rows["words"] = row("string_array", "What is said")
            one.rows["ratio"] = row("number", "How wide", required="Yes", default="`1`")
    films, songs = after["video-generation-acme"], after["audio-generation-acme"]
    films["model_film-a"].rows["mode"] |= {"choices": "`fast`, `slow`, `best`, `turbo`", "default": "`turbo`"}
    films["model_film-b"].rows["duration"] |= {"minimum": "0", "maximum": "20", "default": "`9`"}
    films["model_film-c"].rows["hdr"] = row("boolean", "More light")
    films["model_film-d"].rows["prompt"] |= {"required": "No", "description": "Anything"}
    films["model_film-e"].rows["mode"] |= {"default": "-"}
    films["model_film-e"].rows["ratio"] |= {"default": "`2`"}
    films["model_film-e"].rows["seed"] |= {"default": "`3`"}
    films["model_film-e"].rows["size"] |= {"choices": "`1`, `1.5`, `2`"}
    films["model_film-f-2"] = films.pop("model_film-f")  # the old id stays, deprecated
    songs["model_song-a"].rows["mode"] |= {"choices": "`fast`, `slow`"}
    songs["model_song-b"].rows["duration"] |= {"maximum": "8"}
    del songs["model_song-c"].rows["seed"]
    songs["model_song-d"].rows["first"] = songs["model_song-d"].rows.pop("image")
    songs["model_song-e"].rows["seed"] = row("string", "What makes it repeatable")
    songs["model_song-f"].rows["image"] |= {"required": "Yes"}
    songs["model_song-h"].rows["image"] |= {"type": "string"}
    songs["model_song-i"].rows["prompt"] |= {"type": "file"}
    songs["model_song-j"].rows["words"] |= {"type": "file_array"}
    songs["model_song-k"].rows["mode"] |= {"choices": "-"}
    songs["model_song-l"].rows["ratio"] |= {"default": "-"}
    songs["model_song-g"] = model("Song G")
    pages = [
        {name: page_text(name, models, date(2026, 1, 5)) for name, models in those.items()}
        for those in (before, after)
    ]
    return pages[0], pages[1]


PAIRS = {
    "March to July": (real_pages("2026-03-13"), real_pages("2026-07-01")),
    "made up": made_up_pages(),
}
MADE_UP = ("model_film-", "model_song-")


@pytest.fixture(scope="module", params=PAIRS)
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """Give what was tried with the models of a pair; one package has the models of all pairs."""
    folder = tmp_path_factory.mktemp("yesterday")
    before, after = (
        {name: text for pair in PAIRS.values() for name, text in pair[at].items()} for at in (0, 1)
    )
    both = make_once(tmp_path_factory, "yesterday", lambda: try_uses(folder, before, after))
    is_made_up = request.param == "made up"
    models = {one for one in both.severities if one.startswith(MADE_UP) == is_made_up}
    return Tried(
        {one: both.severities[one] for one in both.severities if one in models},
        {one: both.said[one] for one in both.said if one in models},
    )


def test_what_is_not_called_breaking_goes_on_to_type_check_and_to_run(tried: Tried) -> None:
    kept = [one for one in tried.said if "breaking" not in tried.severities[one]]
    assert len(kept) > 5
    assert {one: tried.said[one] for one in kept if tried.said[one]} == {}


def test_what_is_called_breaking_breaks_in_both_languages(tried: Tried) -> None:
    broken = [one for one, severities in tried.severities.items() if "breaking" in severities]
    assert broken
    for one in broken:
        assert [line for line in tried.said[one] if re.match(r"\w+\.py\b", line)], one
        assert [line for line in tried.said[one] if re.match(r"\w+\.ts\b", line)], one


@pytest.mark.parametrize("tried", ["made up"], indirect=True)
def test_each_made_up_model_breaks_if_it_should(tried: Tried) -> None:
    broken = {one for one in tried.said if "breaking" in tried.severities[one]}
    assert broken == {f"model_song-{letter}" for letter in "abcdefhijkl"}
