"""Broken HTML, however broken, stops its own page only."""

import re
from itertools import product

from support.hostile import HARMLESS, write_page
from support.hostile_roots import check_messages, generate
from support.roots import Root

# fmt: off
MARKUP = [
    *("<![", "<![x", "<!x[", "<!-", "<?", "</", "<a href='", "&#" + "9" * 5000 + ";", f"<p id='&#{'9' * 5000};'>", "&#x110000;" ),
    *("<table><tr>", "</table>", "<tr></tr>", "<td><td>", "<code><code>", "<script>", "<h2></h2>", "<title><title>", "<i>" * 5000 ),
]
# fmt: on


def test_broken_html_stops_its_own_page_only(full_root: Root) -> None:
    cases = [*product(("description", "parameter"), MARKUP)]
    for number, (field, markup) in enumerate(cases):
        facts = {"id": f"model_m{number}", field: "MARK"}
        full_root.add_page(f"p{number}", write_page("html", HARMLESS | facts).replace("MARK", markup), "html")
    full_root.add_page("p", write_page("html", HARMLESS), "html")
    for options in ([], ["--verbose"]):  # each cause, and each finding
        scraped = full_root.run("scrape", *options)
        assert scraped.code == 3
        check_messages(scraped)
    for number, case in enumerate(cases):
        is_told = re.search(rf"^specs/p{number}/page.html:.* error: ", scraped.out, re.MULTILINE)
        assert is_told or (full_root.path / f"specs/p{number}/page.json").exists(), case
    assert full_root.read_json("specs/p/page.json")["models"] == ["model_one"]
    problems = generate(full_root)
    assert not problems, "\n".join(problems)
