"""What is generated for the hardest page we can think of, kept to be read. `make accept` writes it anew."""

import shutil

import pytest
from conftest import PROJECT, Root

GOLDEN = PROJECT / "tests" / "golden"
KEPT = (
    "specs/hard",
    "generated/docs/models",
    "generated/docs/reference",
    "generated/python/scenario_models/typed",
    "generated/python/scenario_models/validators",
)


def test_the_hard_page_gives_the_golden_files(root: Root, pytestconfig: pytest.Config) -> None:
    root.add_target("docs")
    root.add_target("python")
    root.add_page("hard", (GOLDEN / "hard" / "page.md").read_bytes())
    scraped, generated = root.run("scrape"), root.run("generate")
    assert (scraped.code, generated.code) == (0, 0), scraped.out + generated.err
    found = {"findings.txt": scraped.out.encode()}
    for folder in KEPT:
        found |= {
            f"{folder}/{name}": text for name, text in root.tree(folder).items() if "__init__" not in name
        }
    expected = GOLDEN / "hard" / "expected"
    if pytestconfig.getoption("--accept"):
        shutil.rmtree(expected, ignore_errors=True)
        for name, text in found.items():
            (expected / name).parent.mkdir(parents=True, exist_ok=True)
            (expected / name).write_bytes(text)
    kept = {
        path.relative_to(expected).as_posix(): path.read_bytes()
        for path in expected.rglob("*")
        if path.is_file()
    }
    assert found == kept


def test_the_hard_page_is_its_own_reference() -> None:
    page = (GOLDEN / "hard" / "page.md").read_text()
    assert (GOLDEN / "hard" / "expected" / "generated/docs/reference/hard.md").read_text() == page


def test_what_is_committed_is_what_is_generated(root: Root) -> None:
    for folder in ("specs", "templates", "generated"):
        shutil.rmtree(root.path / folder, ignore_errors=True)
        shutil.copytree(
            PROJECT / folder, root.path / folder, ignore=shutil.ignore_patterns("__pycache__", ".*_cache")
        )
    for verb in ("scrape", "generate"):
        ran = root.run(verb, "--check")
        assert ran.code == 0, ran.out
