"""What is generated for the hardest page we can think of, kept to be read. `make accept` writes it anew.

Modules: models, pages, rows, values.
"""

import shutil

import pytest

from support.roots import PROJECT, Root

GOLDEN = PROJECT / "tests" / "rendering" / "golden"
KEPT = (
    "specs/hard",
    "generated/docs/CHANGES.md",
    "generated/docs/README.md",
    "generated/docs/models",
    "generated/docs/reference",
    "generated/python/scenario_models/typed",
    "generated/python/scenario_models/validators",
    "generated/site/changes.html",
    "generated/site/feed.xml",
    "generated/site/index.html",
    "generated/site/models/values-3.0.html",
    "generated/site/parameters/maps.html",
)


def test_the_hard_page_gives_the_golden_files(root: Root, pytestconfig: pytest.Config) -> None:
    root.add_target("docs")
    root.add_target("python")
    root.add_target("site")
    page = (GOLDEN / "hard" / "page.md").read_text()
    root.add_page("hard", yesterday(page))
    assert root.run("scrape").code == root.run("release").code == 0
    root.add_page("hard", page)
    scraped, generated = root.run("scrape"), root.run("generate")
    assert (scraped.code, generated.code) == (0, 0), scraped.out + generated.err
    found = {"findings.txt": scraped.out.replace(f" --root {root.path}", "").encode()}
    found |= {
        path: text
        for path, text in root.tree(".").items()
        if path.startswith(KEPT) and "__init__" not in path and path != "specs/hard/page.md"
    }
    compare("hard", found, pytestconfig)


def test_specs_written_by_hand_give_the_golden_docs(root: Root, pytestconfig: pytest.Config) -> None:
    for name in ("docs", "python", "typescript"):
        root.add_target(name)
    shutil.copytree(GOLDEN / "hand" / "specs", root.path / "specs" / "hand")
    ran = root.run("generate", "--target", "docs")
    assert ran.code == 0, ran.err
    kept = ("generated/docs/llms.txt", "generated/docs/models", "generated/docs/reference")
    compare(
        "hand", {path: text for path, text in root.tree(".").items() if path.startswith(kept)}, pytestconfig
    )


def compare(case: str, found: dict[str, bytes], config: pytest.Config) -> None:
    """Find that files are the golden ones, or write them anew."""
    expected = GOLDEN / case / "expected"
    if config.getoption("--accept"):
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


def yesterday(page: str) -> str:
    """Make the page that there was before: with a model more, and other values."""
    gone = (
        page[page.index("## 3D Color LUT") :]
        .replace("3D Color LUT", 'The old *one* */ """')
        .replace("3d-color-lut", "old-1")
    )
    for now, before in {
        "| 1     | 3          | `1`, `2`, `3`": "| 0     | 3          | `0`, `1`, `2`, `3`",
        "`Zephyr`, `Zephyr (Female)`, `` ` ``": "`Zephyr`, `` `` ``",
        "| `maps`       | string": "| `Maps`       | string",
        "A dot.": "A `dot` */ and <b>more</b> of @it.",
        "Last updated: ": "Last updated: before ",
    }.items():
        assert now in page, now
        page = page.replace(now, before)
    return page + "\n" + gone


def test_the_hard_page_is_its_own_reference() -> None:
    page = (GOLDEN / "hard" / "page.md").read_text()
    assert (GOLDEN / "hard" / "expected" / "generated/docs/reference/hard.md").read_text() == page
