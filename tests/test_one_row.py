"""What growth costs: a new rule is a row of the table and a line in each target that checks, a new column a line of the profile."""

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.node import node, run
from support.roots import PROJECT, Root
from support.small_root import TOP
from support.vectors import restore

# A rule that the table does not have, and what it takes: below which line it stands in each file.
RULE = "minProperties"
ROW = '    Rule("minProperties", "object", "least", "Min Properties", "has fewer properties than {limit}", "x-min-properties"),'
LINES = {
    "source/paramsync/rules.py": ("RULES: tuple[Rule, ...] = (", ROW),
    "root/templates/python/target.toml": ("[rules]", 'minProperties = { broken = "len({v}) < {limit}" }'),
    "root/templates/typescript/target.toml": (
        "[rules]",
        'minProperties = { broken = "Object.keys({v}).length < {limit}", doc = "@minProperties {limit}" }',
    ),
    "root/templates/sandbox/target.toml": (
        "[rules]",
        'minProperties = { message = "must have at least {limit} properties", field = "minProperties" }',
    ),
}
TARGETS = ("docs", "openapi", "python", "sandbox", "site", "typescript", "vectors")
COLUMNS = ("Parameter", "Type", "Required", "Default", "Min", "Max", "Allowed Values", "Description")


@dataclass(frozen=True)
class Workshop:
    """A copy of the source and of all targets, in which things are added."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "paramsync", *arguments, "--root", str(self.root)]
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "source")}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def add(self, file: str, below: str, line: str) -> None:
        path = self.folder / file
        lines = path.read_text().splitlines()
        at = next(number for number, one in enumerate(lines) if one.startswith(below))
        path.write_text("\n".join([*lines[: at + 1], line, *lines[at + 1 :]]) + "\n")

    def count_changes(self) -> int:
        """Count the lines of the source and of the targets that are not as in this project."""
        pairs = [(PROJECT / "generator/paramsync", self.folder / "source/paramsync")]
        pairs += [(PROJECT / "templates" / one, self.root / "templates" / one) for one in TARGETS]
        return sum(count_changes(*pair) for pair in pairs)


def count_changes(before: Path, after: Path) -> int:
    changed = 0
    for path in (one for one in after.rglob("*") if one.is_file() and "__pycache__" not in one.parts):
        old, new = (folder / path.relative_to(after) for folder in (before, after))
        if old.read_bytes() != new.read_bytes():
            lines = difflib.ndiff(old.read_text().splitlines(), new.read_text().splitlines())
            changed += sum(line.startswith(("+ ", "- ")) for line in lines)
    return changed


def page(rows: Mapping[str, Mapping[str, str]], *more: str, name: str = "made") -> str:
    """Write a section: the cells of each parameter by column; what is not said is a dash."""
    columns = [*COLUMNS[:-1], *more, COLUMNS[-1]]
    cells = [
        [f"`{parameter}`", *(given.get(column, "-") for column in columns[1:-1]), "So."]
        for parameter, given in rows.items()
    ]
    lines = [columns, ["---"] * len(columns), *cells]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    facts = f"**Model ID:** `model_{name}`\n\n**Capabilities:** `txt2img`"
    return f"## {name.title()}\n\n{facts}\n\n{table}\n"


@pytest.fixture
def workshop(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Give a workshop with a page that states the new rule, of a value and of elements, and a profile that knows its column."""
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "generator/paramsync", made.folder / "source/paramsync", ignore=ignore)
    for name in TARGETS:
        root.add_target(name)
    rows = {
        "settings": {"Type": "settings", "Required": "Yes", "Min Properties": "2"},
        "boxes": {"Type": "inputs_array", "Required": "No", "Min Properties": "1"},
    }
    root.add_page("videos", TOP + page(rows, "Min Properties"))
    root.edit(
        "specs/profile.toml", "\n[possible_columns]", f'\n[possible_columns]\n"Min Properties" = "{RULE}"'
    )
    root.edit("specs/profile.toml", "\n[types]", '\n[types]\nsettings = "object"')
    shutil.copytree(root.path, made.root)
    return made


@pytest.mark.foreign
def test_a_rule_is_a_row_and_a_line_in_each_target_that_checks(workshop: Workshop) -> None:
    complaints: list[set[str]] = []
    for file, (below, line) in LINES.items():
        complaints.append(complaints_of(workshop))
        workshop.add(file, below, line)
    checking = {"python", "sandbox", "typescript"}
    assert complaints == [{"profile"}, checking, checking - {"python"}, {"sandbox"}]
    assert complaints_of(workshop) == set()
    assert workshop.count_changes() == len(LINES) == 4
    check_everywhere(workshop)


def complaints_of(workshop: Workshop) -> set[str]:
    """Give who says that it does not know the rule; each names it, and where to write what."""
    if not (workshop.root / "specs/videos/made.json").exists():
        scraped = workshop.run("scrape")
        if scraped.returncode:
            assert f"'{RULE}'" in scraped.stdout + scraped.stderr
            assert "specs/profile.toml:" in scraped.stdout + scraped.stderr
            return {"profile"}
    generated = workshop.run("generate")
    found = [line for line in generated.stdout.splitlines() if "[target-lacks-line]" in line]
    assert generated.returncode == (3 if found else 0), generated.stdout + generated.stderr
    lacking = set()
    for line in found:
        file, _, problem = line.partition(": error: ")
        assert "specs/videos/made.json" in problem
        assert RULE in problem
        lacking.add(file.split("/")[1])
    assert {path.name for path in (workshop.root / "generated").iterdir()} >= {*TARGETS} - lacking
    return lacking


def check_everywhere(workshop: Workshop) -> None:
    """See that the rule is where it belongs, and that all verdicts agree."""
    generated = workshop.root / "generated"
    spec = json.loads((workshop.root / "specs/videos/made.json").read_text())
    assert spec["properties"]["settings"][RULE] == 2
    assert spec["properties"]["boxes"]["items"][RULE] == 1
    vectors = json.loads((generated / "vectors/made.json").read_text())["vectors"]
    assert RULE in {problem["code"] for vector in vectors for problem in vector["problems"]}
    expected = [[[one["pointer"], one["code"]] for one in vector["problems"]] for vector in vectors]
    payloads = json.dumps([restore(vector).payload for vector in vectors])
    assert ask(PYTHON, generated / "python", payloads) == expected
    assert ask_node(generated / "typescript", payloads) == expected
    is_right = [not problems for problems in expected]
    assert ask(SANDBOX, generated / "sandbox", payloads) == is_right
    reference = Draft202012Validator(spec)
    assert [reference.is_valid(json.loads(json.dumps(restore(one).payload))) for one in vectors] == is_right
    assert "| Min Properties |" in (generated / "docs/reference/videos.md").read_text()
    assert "<dt>Min Properties</dt><dd>2</dd>" in (generated / "site/models/made.html").read_text()
    document = (generated / "openapi/openapi.json").read_text()
    assert f'"{RULE}": 2' in document
    assert RULE in json.loads(document)["components"]["schemas"]["ModelInput"]["properties"]
    explained = workshop.run("explain", "made", "settings").stdout
    assert any(line.split()[:2] == [RULE, "2"] for line in explained.splitlines())
    old = shutil.copytree(workshop.root, workshop.folder / "old")
    for limit, severity in (("3", "breaking"), ("1", "compatible")):
        text = (old / "specs/videos/page.md").read_text()
        (workshop.root / "specs/videos/page.md").write_text(text.replace("| 2 |", f"| {limit} |"))
        assert workshop.run("scrape").returncode == 0
        changes = json.loads(workshop.run("diff", str(old), "--format", "json").stdout)["changes"]
        assert [(one["severity"], one["new"]) for one in changes] == [(severity, {RULE: int(limit)})]


PYTHON = """
import json, sys
from scenario_models.validators import validate
payloads = json.load(sys.stdin)
print(json.dumps([[(one.pointer, one.code) for one in validate("model_made", payload)] for payload in payloads]))
"""
SANDBOX = """
import json, sys
from scenario_sandbox.catalogue import load_models
model = load_models()["model_made"]
print(json.dumps([isinstance(one, dict) and model.find_problem(one) == "" for one in json.load(sys.stdin)]))
"""
NODE = """
import { readFileSync } from "node:fs";
import { validate } from "./made.mjs";
const payloads = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(payloads.map((payload) => validate(payload).map(({ pointer, code }) => [pointer, code]))));
"""


def ask(script: str, package: Path, payloads: str) -> Any:
    """Ask a package, in a process of its own, what it says of each payload."""
    environment = {**os.environ, "PYTHONPATH": str(package)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, env=environment, input=payloads, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def ask_node(package: Path, payloads: str) -> Any:
    built = run(
        "esbuild", "src/validators/made.ts", "--bundle", "--format=esm", "--outfile=made.mjs", cwd=package
    )
    assert built.returncode == 0, built.stderr
    done = run(node(), "--input-type=module", "--eval", NODE, cwd=package, input=payloads)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# Columns

# A line of the profile -> the cell of a parameter, and where what it says is found in what is written of it.
Line = tuple[str, dict[str, str], str, dict[str, str]]
STEP_IS_A_RULE: Line = (
    '"Step" = "multipleOf"',
    {"Type": "number", "Step": "0.5"},
    '"multipleOf": 0.5',
    {
        "docs/reference/videos.md": "| Step ",
        "python/scenario_models/validators/made.py": "not is_multiple(value, 0.5)",
        "site/models/made.html": "<dt>Step</dt><dd>0.5</dd>",
        "typescript/src/judges/made.ts": "!values.isMultiple(value, 0.5)",
        "vectors/made.json": '"code": "multipleOf"',
    },
)
STEP_IS_A_NOTE: Line = (
    '"Step" = "x-step"',
    {"Type": "number", "Step": "0.5"},
    '"x-step": 0.5',
    {
        "docs/reference/videos.md": "| Step ",
        "python/scenario_models/typed/made.py": "Step: 0.5.",
        "site/models/made.html": "Step: 0.5.",
        "typescript/src/validators/made.ts": "Step: 0.5.",
        "vectors/made.json": '"x": 0.5}, "problems": []',
    },
)
UNIT: Line = (
    '"Unit" = "x-unit"',
    {"Type": "number", "Unit": "seconds"},
    '"x-unit": "seconds"',
    {
        "docs/models/made.md": "- `x`: Unit: “seconds”",
        "docs/reference/videos.md": "| seconds ",
        "python/scenario_models/typed/made.py": "Unit: “seconds”.",
        "site/models/made.html": "Unit: “seconds”",
        "typescript/src/validators/made.ts": "Unit: “seconds”.",
    },
)
LENGTH_OF_A_TEXT: Line = (
    '"Max Length" = ["maxLength", "maxItems"]',
    {"Type": "string", "Max Length": "9"},
    '"maxLength": 9',
    {
        "docs/models/made.md": "| Max Length ",
        "python/scenario_models/typed/made.py": "max_length=9",
        "site/models/made.html": "<dt>Max Length</dt><dd>9</dd>",
        "typescript/src/validators/made.ts": "@maxLength 9",
        "vectors/made.json": '"code": "maxLength"',
    },
)
LENGTH_OF_AN_ARRAY: Line = (
    '"Max Length" = ["maxLength", "maxItems"]',
    {"Type": "string_array", "Max Length": "9"},
    '"maxItems": 9',
    {
        "docs/models/made.md": "| Max Items ",
        "python/scenario_models/validators/made.py": "len(value) > 9",
        "site/models/made.html": "<dt>Max Items</dt><dd>9</dd>",
        "typescript/src/validators/made.ts": "@maxItems 9",
        "vectors/made.json": '"code": "maxItems"',
    },
)


@pytest.mark.parametrize(
    ("line", "cells", "said", "found"),
    [STEP_IS_A_RULE, STEP_IS_A_NOTE, UNIT, LENGTH_OF_A_TEXT, LENGTH_OF_AN_ARRAY],
    ids=["a step that is a rule", "a step", "a unit", "a length of a text", "a length of an array"],
)
def test_a_column_is_a_line_of_the_profile(
    root: Root, line: str, cells: dict[str, str], said: str, found: dict[str, str]
) -> None:
    column = line.split('"')[1]
    with_column = page({"x": {"Required": "No", **cells}}, column)
    root.add_page(
        "videos", TOP + with_column + page({"y": {"Type": "number", "Required": "No"}}, name="other")
    )
    refused = root.run("scrape")
    assert refused.code == 3
    assert refused.out.count(": error: ") == 1
    assert f"the column '{column}' is unknown" in refused.out
    assert re.search(rf'^ +"{column}" = ', refused.out, re.MULTILINE)
    root.edit("specs/profile.toml", "[possible_columns]", f"[possible_columns]\n{line} #")
    for name in TARGETS:
        root.add_target(name)
    assert root.run("scrape").code == root.run("generate").code == 0
    found = {"../specs/videos/made.json": said, "openapi/openapi.json": said, **found}
    lacking = {path for path, text in found.items() if text not in read(root, path)}
    assert lacking == set()
    value = said.partition(": ")[2]
    shutil.copytree(root.path, old := root.path.parent / f"{root.path.name}-old")
    root.edit("specs/videos/page.md", f"| {cells[column]} |", "| 7 |")
    assert root.run("scrape").code == 0
    (change,) = json.loads(root.run("diff", str(old), "--format", "json").out)["changes"]
    keyword = said.split('"')[1]
    assert (change["old"], change["new"]) == ({keyword: json.loads(value)}, {keyword: 7})
    assert change["severity"] == ("prose" if keyword.startswith("x-") else "breaking")
    assert change["parameter"] == "x"


def read(root: Root, path: str) -> str:
    return (root.path / "generated" / path).read_text(encoding="utf-8")
