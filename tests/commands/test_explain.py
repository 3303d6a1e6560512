"""What `paramsync explain` says: each cell as written where it stands, what an overlay changed, and why."""

import pytest

from support.described_models import Model, write_markdown, write_page, write_record
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


def test_explain_shows_the_source_of_each_keyword_and_what_the_others_say(root: Root) -> None:
    facts = {"type": "number", "description": "So.", "default": 1, "min": 0}
    model: Model = {
        "a": facts,
        "b": {"type": "file", "description": "So.", "kind": "3d", "required": {"ifDefined": {"a": {}}}},
    }
    root.add_page("page", write_page(model | {"a": facts | {"min": 1, "required": {"always": True}}}))
    for name, text in {"one.record.json": write_record(model), "one.llm.md": write_markdown(model)}.items():
        (root.path / "specs/page" / name).write_text(text)
    ran = root.run("explain", "one", "a")
    rows = [" ".join(line.replace("specs/page/", "").split()) for line in ran.out.splitlines()]
    start = rows.index("minimum 0 0 one.record.json:15:12")
    assert rows[start + 1] == "page differs 1 page.md:17:30"
    start = rows.index("default 1 1 one.record.json:14:16")
    assert rows[start + 1 : start + 3] == [
        "page says the same `1` page.md:17:24",
        "markdown says the same `1` one.llm.md:13:22",
    ]
    start = next(number for number, row in enumerate(rows) if row.startswith("required false"))
    assert rows[start].endswith("one.record.json:10:4")
    assert rows[start + 1] == "page differs Yes page.md:17:18"
    assert rows[start + 2].startswith("markdown says the same - one.llm.md:13:")
    rows = [" ".join(line.split()) for line in root.run("explain", "one", "b").out.splitlines()]
    assert 'x-kind "3d" "3d" specs/page/one.record.json:21:13' in rows
    assert any(
        row.startswith('dependentRequired ["a"] { "a": {} } specs/page/one.record.json:') for row in rows
    )
