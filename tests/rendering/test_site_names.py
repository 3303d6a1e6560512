"""The pages of the site that are of no one model: names of parameters, providers, and pictures."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from paramsync.changes.history import Release
from paramsync.changes.kinds import make_change
from paramsync.rendering.models import make_model
from paramsync.rendering.pages import Group, Page
from support.html_reader import HtmlReader
from support.services import SERVICE, build
from support.spec_pages import spec

TEXT: dict[str, Any] = {"type": "string"}
RATIOS = ["16:9", "9:16", "1:1"]


def make_page(specs: Sequence[dict[str, Any]], providers: Sequence[str]) -> Page:
    made = [
        make_model(one, provider, source=f"specs/page/{index}.json", service=SERVICE, name=f"m{index}")
        for index, (one, provider) in enumerate(zip(specs, providers, strict=True))
    ]
    return Page("page", "Page", "image", "2026-01-01", (Group("", "", tuple(made)),))


def test_the_page_of_a_name_leads_to_all_that_have_it_and_what_means_the_same() -> None:
    def ratio(*choices: str, **facts: Any) -> dict[str, Any]:
        return {"type": "string", "enum": [*choices], **facts}

    inner = {"type": "object", "properties": {"ratio": TEXT, "only-here": TEXT}}
    page = make_page(
        [
            spec("model_a", ("aspectRatio",), aspectRatio=ratio(*RATIOS, "4:3", default="1:1")),
            spec("model_b", aspectRatio=ratio("4:3", *RATIOS, default="4:3")),
            spec("model_c", aspect_ratio=ratio(*RATIOS, "21:9")),
            spec("model_d", ratio=ratio(*RATIOS, "4:3")),
            spec("model_e", parts={"type": "array", "items": inner}),
            spec("model_f", aspectRatio=ratio(*RATIOS, "auto")),
        ],
        ["Acme", "Acme", "Other", "Other", "Acme Labs", "Acme Labs"],
    )
    tree = build("site", [page], wanted=lambda path: path.startswith("parameters/"))
    paths = ["parameters/aspectratio.html", "parameters/ratio.html", "parameters/onlyhere.html"]
    of_name, of_twin, of_inner = (
        {text.strip(" :.\n") for text in HtmlReader(tree[path]).texts} for path in paths
    )
    assert {"aspectRatio", "aspect_ratio", "2 models", "(1 model)", "21:9", "required"} <= of_name
    assert tree[paths[0]].count("●") == 8  # the two variants of aspectRatio; the other spelling has one
    assert 'href="ratio.html"' in tree[paths[0]]
    assert 'href="aspectratio.html"' in tree[paths[1]]
    assert {"parts[].ratio", "aspectRatio", "the same choices,"} <= of_twin
    assert "parts[].only-here" in of_inner


SIZES = {"nothing": (0, 0, 0), "a point": (1, 3, 1), "two versions": (2, 3, 2), "many": (200, 60, 30)}


@pytest.mark.parametrize("size", SIZES)
def test_pictures_show_the_numbers_that_stand_in_the_tables_behind(size: str) -> None:
    versions, providers, capabilities = SIZES[size]
    names = [f"Provider {index}" for index in range(providers or 1)]
    specs = [
        spec(
            f"model_{index}",
            x_capabilities=[f"can{each}" for each in range(capabilities) if (index + each) % 3],
        )
        for index in range(len(names))
    ]
    added, default = make_change("model-added", "page", "model_x"), make_change("default", "page", "model_x")
    releases = tuple(
        Release(
            f"0.{index}.0", str(date(2026, 1, 1) + timedelta(index)), (added, default), is_first=not index
        )
        for index in reversed(range(versions))
    )
    pages = [make_page(specs, names)]
    page = build("site", pages, releases, wanted=lambda path: path == "pictures.html")["pictures.html"]
    cells = sum(len(one["x-capabilities"]) for one in specs)
    assert page.count('class="cell"') == cells
    assert page.count("<circle") == (versions if versions > 1 else 0)
    assert page.count('class="count"') == (versions - 1) * 2 * (versions > 1)
    assert all(0 <= float(one) <= 100 for one in re.findall(r'="([^"]*)%"', page))
    tables = re.findall(r'<table class="numbers">.*?</table>', page, re.DOTALL)
    assert len(tables) == (capabilities > 0) + (versions > 1)
    numbers = [int(one) for table in tables for one in re.findall(r"<td>(\d+)</td>", table)]
    assert bool(numbers) == bool(tables)
    assert page.count("<title id=") == len(tables)
