"""What `paramsync explain` says: each cell as written where it stands, what an overlay changed, and why."""

import pytest

from support.overlays import OVERLAY, correction, page, scrape
from support.roots import CASES, FORMS, Root
from support.small_root import TOP, section


def test_explain_shows_what_an_overlay_changed_what_the_page_says_and_why(root: Root) -> None:
    assert (
        scrape(
            root,
            page(),
            correction('default = "fast"', 'default = "slow"')
            + "\n"
            + correction("", 'description = "Quick"', ""),
        ).code
        == 0
    )
    ran = root.run("explain", "alpha")
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["default", '"slow"', '"fast"', f"{OVERLAY}:4:9"] in rows
    assert ["description", '"Quick"', f"{OVERLAY}:9:9"] in rows
    assert f'{OVERLAY}:1:1: mode: default "fast", corrected to "slow": Asked the service.' in ran.out
    assert "Asked" not in root.run("explain", "beta").out
    assert "mode: default" not in root.run("explain", "alpha", "size").out
    assert "mode: default" in root.run("explain", "alpha", "mode").out


def test_explain_knows_the_models_that_no_page_lists_any_more(root: Root) -> None:
    others = "".join(map(section, ("gamma", "delta", "epsilon", "zeta")))
    scrape(root, page() + others)
    scrape(root, TOP + section("beta") + others)
    ran = root.run("explain", "alpha", "mode")
    heading, *rows, told = ran.out.splitlines()
    assert (ran.code, heading) == (0, "model_alpha: mode")
    assert ["default", '"fast"', "specs/videos/alpha.json"] in [row.split() for row in rows]
    assert (
        told
        == "model_alpha: its page no longer lists it since 2026-04-09; its last spec is kept in specs/videos/alpha.json"
    )
    assert "minimum" in root.run("explain", "alpha").out
    assert "did you mean 'alpha'?" in root.run("explain", "alhpa").err
    assert "did you mean 'mode'?" in root.run("explain", "alpha", "moed").err


@pytest.mark.parametrize("form", FORMS)
def test_explain_shows_each_cell_as_written_where_it_stands(root: Root, form: str) -> None:
    page = root.add_page(
        "page", (CASES / "2026-07-01-audio-generation-bytedance" / form).read_bytes(), FORMS[form]
    )
    ran = root.run("explain", "byteplus-seed-audio-1-0", "speechRate")
    assert ran.code == 0
    lines = page.read_text().splitlines()
    places = {}
    for row in ran.out.splitlines()[1:]:
        _, line, column = row.rsplit(":", 2)
        places[row.split()[0]] = lines[int(line) - 1][int(column) - 1 :]
    assert places["type"].startswith("number")
    assert places["minimum"].startswith("-50")
    assert places["maximum"].startswith("100")
    assert places["default"].startswith(("`0`", "<code>0</code>", '<code dir="auto">0</code>'))
    assert places["description"].startswith("Sets the speech rate")
