"""Pages in the markup of other documentation sites, as their generators write it: what is read of each, and what is reported.

Each folder of sites/ is named by the generator and what its page is about. It holds the page, `expected.json` with what the specs say, and
`findings.txt` with what `scrape` says; `make accept` writes the latter.

Modules: html_content, html_text, markdown_lines.
"""

import json

import pytest

from support.roots import PROJECT, Root, read_facts

SITES = PROJECT / "tests" / "pages" / "sites"


@pytest.mark.parametrize("name", sorted(path.name for path in SITES.iterdir()))
def test_a_page_of_another_site_is_read_as_expected_or_reported(
    root: Root, name: str, pytestconfig: pytest.Config
) -> None:
    [page] = (SITES / name).glob("page.*")
    root.add_page("page", page.read_bytes(), page.suffix[1:])
    ran = root.run("scrape")
    said = ran.out.replace(str(root.path), "ROOT")
    assert read_facts(root, "page") == json.loads((SITES / name / "expected.json").read_text())
    golden = SITES / name / "findings.txt"
    if pytestconfig.getoption("--accept"):
        golden.write_text(said)
    assert said == golden.read_text()
    assert ran.err == ""
