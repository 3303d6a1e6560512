"""Run the public JSON Schema test suite through generated validators: `python tests/json_schema_suite.py FOLDER`.

FOLDER is the suite, or its `tests/draft2020-12`. Of each group that a spec has a rule for, every schema that a spec may say is
compiled to validators, and they must give each test the verdict that the suite gives. A spec is of an object that allows no other
names: where it differs from the schema by that, the jsonschema library decides on the spec.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from paramsync.rules import RULES
from paramsync.specs.document import find_references
from paramsync.specs.spec_checks import check_spec
from support.made_packages import compile_package, imported
from support.node import NPM_PACKAGES, node, run
from support.vectors import made_spec

GROUPS = (
    *("type", "enum", *(rule.keyword for rule in RULES), "required", "properties", "additionalProperties"),
    *("items", "default", "dependentRequired", "anyOf", "ref"),
)
WRAPPED = "value"  # the parameter that a schema becomes which is not that of an object
OF_OBJECTS = {"properties", "required", "additionalProperties", "dependentRequired"}
CLOSED = {"type": "object", "additionalProperties": False}
LOAD = """
    const { folder, payloads } = JSON.parse(require("fs").readFileSync(0, "utf8"));
    (async () => {
      const verdicts = {};
      for (const [name, each] of Object.entries(payloads)) {
        const { judge } = await import(`${folder}/${name}.js`);
        verdicts[name] = each.map((payload) => judge(payload).length === 0);
      }
      console.log(JSON.stringify(verdicts));
    })();
"""


@dataclass(frozen=True)
class Case:
    """A schema of the suite as a spec. `payloads` belong to its tests, and `expected` are their verdicts."""

    group: str
    name: str
    description: str
    spec: Mapping[str, Any]
    tests: Sequence[str]
    payloads: Sequence[Any]
    said: Sequence[bool]
    expected: Sequence[bool]


def read_group(folder: Path, group: str) -> tuple[list[Case], int]:
    """Read a group: what a spec may say of it, and how many tests are of schemas that it may not."""
    cases, unsaid = [], 0
    for number, one in enumerate(json.loads((folder / f"{group}.json").read_text(encoding="utf-8"))):
        spec, is_wrapped, is_adapted = adapt(one["schema"])
        if spec is None:
            unsaid += len(one["tests"])
            continue
        name = f"{group.lower()}-{number}"
        spec |= {"x-model": f"model_{name}", "$id": f"urn:scenario:model_{name}"}
        payloads = [{WRAPPED: test["data"]} if is_wrapped else test["data"] for test in one["tests"]]
        said = [test["valid"] for test in one["tests"]]
        reference = Draft202012Validator(spec)
        expected = [reference.is_valid(payload) for payload in payloads] if is_adapted else said
        tests = [test["description"] for test in one["tests"]]
        cases.append(Case(group, name, one["description"], spec, tests, payloads, said, expected))
    return cases, unsaid


# A schema as a spec


def adapt(schema: Any) -> tuple[dict[str, Any] | None, bool, bool]:
    """Make a spec of a schema, if one may say it; and say whether it is that of one parameter, and whether it differs."""
    if not isinstance(schema, dict):
        return None, False, False
    schema = {key: value for key, value in schema.items() if key != "$schema"}
    is_wrapped = schema.get("type") != "object" and not OF_OBJECTS & {*schema}
    whole = {"properties": {WRAPPED: schema}, **CLOSED} if is_wrapped else schema
    if {*whole} - OF_OBJECTS - {"type"}:
        return None, is_wrapped, False
    required, dependent = whole.get("required", []), whole.get("dependentRequired", {})
    named = [*required, *dependent, *(name for names in dependent.values() for name in names)]
    properties = {**{name: {} for name in named}, **whole.get("properties", {})}
    spec = made_spec(properties, required) | ({"dependentRequired": dependent} if dependent else {})
    if check_spec(spec) or any(find_references(spec)):
        return None, is_wrapped, False
    same = {"type": "object", "required": [], **whole}
    return (
        spec,
        is_wrapped,
        any(spec.get(key) != same.get(key) for key in ("type", *OF_OBJECTS)) or "type" not in whole,
    )


# What the validators say


def ask_python(cases: Sequence[Case], folder: Path) -> dict[str, list[bool]]:
    """Give the verdicts of the Python validators, by the names of the cases."""
    with imported(specs_of(cases), folder) as package:
        validate = package.validators.validate
        return {
            case.name: [validate(case.spec["x-model"], payload) == [] for payload in case.payloads]
            for case in cases
        }


def specs_of(cases: Sequence[Case]) -> dict[str, Mapping[str, Any]]:
    return {case.spec["x-model"]: case.spec for case in cases}


def ask_typescript(cases: Sequence[Case], folder: Path) -> dict[str, list[bool]]:
    """Give the verdicts of the TypeScript validators, in Node."""
    compiled = compile_package(specs_of(cases), folder)
    payloads = {case.name: case.payloads for case in cases}
    asked = json.dumps({"folder": compiled.as_uri(), "payloads": payloads})
    done = run(node(), "--input-type=commonjs", "--eval", LOAD, cwd=folder, input=asked)
    assert done.returncode == 0, done.stderr
    verdicts: dict[str, list[bool]] = json.loads(done.stdout)
    return verdicts


def find_disagreements(
    language: str, cases: Sequence[Case], verdicts: Mapping[str, Sequence[bool]]
) -> Iterator[str]:
    for case in cases:
        for test, expected, found in zip(case.tests, case.expected, verdicts[case.name], strict=True):
            if found is not expected:
                verb = "refuses" if expected else "takes"
                yield f"{case.group}: {case.description}: {test}: the {language} validator {verb} it"


def describe(group: str, cases: Sequence[Case], unsaid: int) -> str:
    """Say of a group how much is tried, and against what."""
    verdicts = [pair for case in cases for pair in zip(case.said, case.expected, strict=True)]
    other = sum(said is not expected for said, expected in verdicts)
    return f"{group}: {len(verdicts) - other} tests as the suite has them, {other} as the spec has them, {unsaid} that no spec can say"


def find_folder(given: Path) -> Path:
    """Find the folder of the draft that specs are written in."""
    inside = (given / "tests" / "draft2020-12", given / "draft2020-12")
    return next((folder for folder in inside if folder.is_dir()), given)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder = find_folder(parser.parse_args(arguments).folder)
    if lacking := [group for group in GROUPS if not (folder / f"{group}.json").is_file()]:
        parser.error(f"{folder} has no {lacking[0]}.json; give the suite, or its tests/draft2020-12")
    cases: list[Case] = []
    for group in GROUPS:
        found, unsaid = read_group(folder, group)
        print(describe(group, found, unsaid))
        cases += found
    with tempfile.TemporaryDirectory() as temporary:
        wrong = [*find_disagreements("Python", cases, ask_python(cases, Path(temporary) / "python"))]
        languages = ["Python"]
        if NPM_PACKAGES.is_dir():
            wrong += find_disagreements(
                "TypeScript", cases, ask_typescript(cases, Path(temporary) / "typescript")
            )
            languages.append("TypeScript")
    print(*wrong, f"{' and '.join(languages)}: {len(wrong)} disagreements", sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
