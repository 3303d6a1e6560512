"""The runner for the public JSON Schema test suite, on a small suite of the same layout."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from json_schema_suite import GROUPS
from support.roots import PROJECT

CLOSED = {
    "type": "object",
    "properties": {"a": {"type": "number", "minimum": 2}},
    "required": ["a"],
    "additionalProperties": False,
}
# For each group: schemas, what each takes, and what it refuses.
SUITE: dict[str, list[tuple[dict[str, Any], list[Any], list[Any]]]] = {
    "type": [
        ({"type": "string"}, ["a", ""], [1, None, True, [], {}]),
        ({"type": "number"}, [1, 1.5], ["1", True]),
        ({"type": "null"}, [None], [1]),  # no spec can say this
    ],
    "enum": [({"enum": ["a", "b"]}, ["a"], ["A"]), ({"enum": [False]}, [False], [None, 0])],
    "minimum": [({"minimum": -1.5}, [-1.5, "x"], [-2])],
    "items": [({"items": {"type": "integer"}}, [[1, 2]], [[1, "x"], [1.5]])],
    "multipleOf": [({"multipleOf": 0.01}, [0.15, "x"], [0.155]), ({"multipleOf": 2.0}, [4], [])],
    "dependentRequired": [({"dependentRequired": {"a": ["b"]}}, [{"b": 1}, "x"], [{"a": 1}])],
    "anyOf": [
        ({"anyOf": [{"type": "integer"}, {"minLength": 2}]}, [1, "ab", 1.5], ["a"]),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, [None], ["a"]),  # no spec can say this
    ],
    "required": [(CLOSED, [{"a": 2}], [{"b": 2}, {"a": 1}, {}])],
}
SAID = {
    "type": "11 tests as the suite has them, 0 as the spec has them, 2 that no spec can say",
    "enum": "5 tests as the suite has them, 0 as the spec has them, 0 that no spec can say",
    "minimum": "3 tests as the suite has them, 0 as the spec has them, 0 that no spec can say",
    "multipleOf": "4 tests as the suite has them, 0 as the spec has them, 0 that no spec can say",
    "items": "3 tests as the suite has them, 0 as the spec has them, 0 that no spec can say",
    "dependentRequired": "2 tests as the suite has them, 1 as the spec has them, 0 that no spec can say",
    "anyOf": "4 tests as the suite has them, 0 as the spec has them, 2 that no spec can say",
    "required": "4 tests as the suite has them, 0 as the spec has them, 0 that no spec can say",
}
NOTHING = "0 tests as the suite has them, 0 as the spec has them, 0 that no spec can say"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Give the folder of the small suite."""
    folder = tmp_path / "tests" / "draft2020-12"
    folder.mkdir(parents=True)
    for group in GROUPS:
        cases = [
            {
                "description": str(schema),
                "schema": {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema},
                "tests": [
                    *({"description": f"takes {data}", "data": data, "valid": True} for data in right),
                    *({"description": f"refuses {data}", "data": data, "valid": False} for data in wrong),
                ],
            }
            for schema, right, wrong in SUITE.get(group, [])
        ]
        (folder / f"{group}.json").write_text(json.dumps(cases))
    return tmp_path


def run_suite(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROJECT / "tests" / "json_schema_suite.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("inside", ["", "tests", "tests/draft2020-12"])
def test_it_says_of_each_group_how_much_is_tried(suite: Path, inside: str) -> None:
    ran = run_suite(suite / inside)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines() == [
        *(f"{group}: {SAID.get(group, NOTHING)}" for group in GROUPS),
        "Python and TypeScript: 0 disagreements",
    ]


def test_it_names_each_test_that_a_validator_fails(suite: Path) -> None:
    group = suite / "tests/draft2020-12/required.json"
    lie = group.read_text().replace('"data": {"a": 1}, "valid": false', '"data": {"a": 1}, "valid": true')
    group.write_text(lie)
    ran = run_suite(suite)
    assert ran.returncode == 1
    assert ran.stdout.splitlines()[len(GROUPS) :] == [
        f"required: {CLOSED}: refuses {{'a': 1}}: the Python validator refuses it",
        f"required: {CLOSED}: refuses {{'a': 1}}: the TypeScript validator refuses it",
        "Python and TypeScript: 2 disagreements",
    ]


def test_a_folder_that_is_no_suite_is_refused(tmp_path: Path) -> None:
    ran = run_suite(tmp_path)
    assert ran.returncode == 2
    assert "has no type.json; give the suite, or its tests/draft2020-12" in ran.stderr
