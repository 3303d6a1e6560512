"""Every link of the site leads somewhere: in HTML, Markdown and JSON, to files and to places in pages."""

from pathlib import Path

from support.links import find_broken


def test_all_links_of_the_site_lead_somewhere(site: Path) -> None:
    assert find_broken(site) == []
