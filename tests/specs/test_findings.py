"""Each folder in findings/ is a small page, what is found on it, and what is written of it. `make accept` writes what is found.

Modules: build, cells, corrections, draft, facts, page_checks, parameters, rules, schema.
"""

import json
from itertools import chain
from pathlib import Path
from urllib.parse import urljoin

import pytest
from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped] # of jsonschema itself

from paramsync.findings import CODES
from support.example import SCHEMA
from support.roots import PROJECT, Root

CASES = PROJECT / "tests" / "specs" / "findings"
NAMES = sorted(path.name for path in CASES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_and_written_is_what_the_case_says(
    root: Root, name: str, pytestconfig: pytest.Config
) -> None:
    golden = CASES / name / "findings.txt"
    add_case(root, CASES / name)
    before = root.tree("specs")
    ran = root.run("scrape")
    after = root.tree("specs")
    written = [path for path in after if after[path] != before.get(path)]
    found = f"{ran.out}exit {ran.code}\n" + "".join(f"written: {path}\n" for path in written)
    if pytestconfig.getoption("--accept"):
        golden.write_text(found)
    assert found == golden.read_text()
    errors = [line for line in ran.out.splitlines() if ": error: " in line]
    assert bool(errors) == (ran.code == 3)
    specs = {f"model_{Path(path).stem}" for path in written if not path.endswith("/page.json")}
    assert not specs & {line.split(": ")[2] for line in errors}
    assert ran.err == ""


def test_every_finding_has_a_case() -> None:
    found = " ".join((CASES / name / "findings.txt").read_text() for name in NAMES)
    # About templates, which `scrape` does not read: tests/commands/test_release.py.
    assert [code for code in CODES if f"[{code}]" not in found] == ["unnoted-change"]


def add_case(root: Root, case: Path) -> None:
    """Put the pages of a case into a root: `page.md`, or one folder for each of several."""
    for page in sorted(case.rglob("page.*")):
        name = page.parent.name if page.parent != case else "page"
        root.add_page(name, page.read_bytes(), page.suffix[1:])
        for spec in (*page.parent.glob("*.json"), *page.parent.glob("*.overlay.toml")):
            if spec.name != "spec.schema.json":
                (root.path / "specs" / name / spec.name).write_bytes(spec.read_bytes())
    for name in ("profile.toml", "spec.schema.json"):
        if (case / name).exists():
            (root.path / "specs" / name).write_bytes((case / name).read_bytes())
    if (case / "accept.toml").exists():
        with (root.path / "specs" / "profile.toml").open("a") as profile:
            profile.write("\n" + (case / "accept.toml").read_text())
    if (case / "target.toml").exists():
        (root.path / "templates" / "own").mkdir()
        (root.path / "templates" / "own" / "target.toml").write_bytes((case / "target.toml").read_bytes())


# Values of any keyword, some of which are right.
VALUES = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "a",
    "^(",
    [],
    [1],
    ["a"],
    ["a", "a"],
    [[]],
    [{}],
    {},
    {"a": 1},
    {"a": {}},
]
VALUES += [{"type": "string"}, {"type": "x"}]
TEXT = {"type": "string", "x-type": "string"}
SPEC = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:scenario:a",
    "title": "A",
    "x-model": "a",
    "x-capabilities": [],
    "type": "object",
    "properties": {},
    "required": [],
    "additionalProperties": False,
}


def test_whatever_the_schema_for_specs_lets_pass_is_a_json_schema() -> None:
    ours = Draft202012Validator(json.loads(SCHEMA.read_text()))
    base, parts = Draft202012Validator.META_SCHEMA["$id"], Draft202012Validator.META_SCHEMA["allOf"]
    known = [REGISTRY.contents(urljoin(base, part["$ref"]))["properties"] for part in parts]
    tried = [(keyword, value) for keyword in {*chain(*known), *SPEC} for value in VALUES]
    items = [{"type": "string", keyword: value} for keyword, value in tried]
    parameters = [{**TEXT, keyword: value} for keyword, value in tried]
    parameters += [{**TEXT, "type": "array", "items": item} for item in items]
    specs = [{**SPEC, keyword: value} for keyword, value in tried]
    specs += [{**SPEC, "properties": {"a": parameter}} for parameter in parameters]
    passed = [spec for spec in specs if ours.is_valid(spec)]
    assert len(passed) > 30
    for spec in passed:
        Draft202012Validator.check_schema(spec)
