"""Each folder in findings/ is a small page and what is found on it. `make accept` writes what is found."""

from pathlib import Path

import pytest

from paramsync.findings import CODES
from support.roots import PROJECT, Root
from support.small_root import everything

CASES = PROJECT / "tests" / "specs" / "findings"
NAMES = sorted(path.name for path in CASES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_is_what_the_case_says(root: Root, name: str, pytestconfig: pytest.Config) -> None:
    golden = CASES / name / "findings.txt"
    add_case(root, CASES / name)
    ran = root.run("scrape")
    found = f"{ran.out}exit {ran.code}\n"
    if pytestconfig.getoption("--accept"):
        golden.write_text(found)
    assert found == golden.read_text()
    errors = [line for line in ran.out.splitlines() if ": error: " in line]
    assert bool(errors) == (ran.code == 3)
    assert ran.err == ""


def test_every_finding_has_a_case() -> None:
    found = " ".join((CASES / name / "findings.txt").read_text() for name in NAMES)
    assert [code for code in CODES if f"[{code}]" not in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_models_without_errors_are_written_and_no_others(root: Root, name: str) -> None:
    add_case(root, CASES / name)
    before = everything(root)
    ran = root.run("scrape")
    after = everything(root)
    for folder in (root.path / "specs").glob("*/"):
        specs = {path.stem for path in folder.glob("*.json")} - {"page"}
        paths = {stem: f"specs/{folder.name}/{stem}.json" for stem in specs}
        written = {stem for stem, path in paths.items() if after[path] != before.get(path)}
        failed = {line.split(": ")[2] for line in ran.out.splitlines() if ": error: " in line}
        assert not {f"model_{stem}" for stem in written} & failed
        if (folder / "page.json").exists():
            assert len(root.read_json(f"specs/{folder.name}/page.json")["models"]) == len(specs)


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
