"""Each folder here is a vendor by declaration alone: a root with a profile and pages, what its specs must say, and what is found."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.roots import PROJECT, Root

VENDORS = PROJECT / "tests" / "vendors"
# What only the first vendor, its API or its clients call so.
OF_THE_FIRST = re.compile(rb"scenario|asset_|dryRun|api_key|/jobs|sync-lipsync", re.IGNORECASE)
NAMES = sorted(path.parent.name for path in VENDORS.glob("*/expected.json"))


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_all_that_a_vendor_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, pytestconfig: pytest.Config
) -> None:
    root, golden = Root(tmp_path, capsys), VENDORS / name / "findings.txt"
    shutil.copytree(VENDORS / name / "specs", root.path / "specs")
    ran = root.run("scrape")
    assert ran.err == ""
    found = ran.out.replace(str(root.path), "ROOT") + f"exit {ran.code}\n"
    if pytestconfig.getoption("--accept"):
        golden.write_text(found)
    assert found == golden.read_text()
    specs = read_specs(root.path)
    expected = json.loads((VENDORS / name / "expected.json").read_text())
    assert specs.keys() == expected.keys()
    ids = {spec["$id"]: model for model, spec in specs.items()}
    for model, wanted in expected.items():
        assert specs[model]["properties"].keys() == wanted["properties"].keys()
        assert find_differences(wanted, specs[model], ids) == []
    assert root.run("scrape", "--check").code == ran.code
    assert not [path for path in VENDORS.rglob("*.py") if path.parent != VENDORS]
    generated = root.run("generate")
    assert (generated.code, generated.err) == (0, "")
    verified = root.run("verify")
    assert (verified.code, verified.err) == (0, "")
    foreign = [
        path
        for path in root.path.glob("generated/**/*")
        if path.is_file() and OF_THE_FIRST.search(path.read_bytes())
    ]
    assert foreign == []
    assert root.run("generate", "--check").code == 0


def read_specs(root: Path) -> dict[str, Any]:
    specs = (json.loads(path.read_text()) for path in root.glob("specs/*/*.json") if path.name != "page.json")
    return {spec["x-model"]: spec for spec in specs}


def find_differences(wanted: Any, found: Any, ids: dict[str, str], path: str = "") -> list[str]:
    """Find where a spec says something else than is wanted; what is not named is free, and a `$ref` is named by its model."""
    if isinstance(wanted, dict):
        missing = [f"{path}/{key}: missing" for key in wanted if key not in found]
        return missing + [
            one
            for key in wanted.keys() & found.keys()
            for one in find_differences(
                wanted[key], ids.get(found[key]) if key == "$ref" else found[key], ids, f"{path}/{key}"
            )
        ]
    is_same = sorted(wanted) == sorted(found) if path.endswith("/required") else wanted == found
    return [] if is_same else [f"{path}: {found!r} instead of {wanted!r}"]
