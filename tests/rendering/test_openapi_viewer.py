"""A program that shows OpenAPI shows any text of a page as text: Swagger UI, in a browser."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from paramsync.rendering.pages import Page
from support.browsers import browse, serving
from support.hostile import LINKS, SPELLING, disarm, facts_for_people, load, shown, spec_files, templates_of
from support.node import NPM_PACKAGES, TYPESCRIPT
from support.renderers import LOST
from support.rendering import render
from support.roots import PROJECT
from support.services import SERVICE
from support.twins import WORD

# fmt: off
TEXTS = [
    *("<img src=/leak onerror=alert(1)>", "![x](/leak)", "<script>alert(2)</script>", "<iframe src=/leak></iframe>", "<style>*{background:url(/leak)}</style>", "<svg onload=alert(3)>", "<a href=javascript:alert(4)>x</a>", "[x](javascript:alert(5))", "`<img src=/leak>", "\\<img src=/leak>", "+1 (555) 123-4567"),
    *("# x", "| a |\n|---|\n| b |", "- x", "<!-- x", "{{ 7*7 }}", "www.x/<img src=http://leak.test/ onerror=alert(6)>", "`a`<img src=/leak>", "<form action=/leak><input name=x>", "hello.photography", "#leak @leak"),
    *LINKS[::3],
]
# fmt: on


def pages_of(texts: Sequence[str]) -> tuple[Page, ...]:
    """Load a page of a model for every fifth text; the first model has a parameter for each text."""
    specs: dict[str, Any] = {}
    for number, text in enumerate(texts[::5]):
        files = spec_files(number, text)
        del files[f"p{number}/m{number}-gone.json"]
        files[f"p{number}/page.json"]["deprecated"] = {}
        style = files[f"p{number}/m{number}.json"]["properties"].pop("style")
        many = texts if not number else [text]
        files[f"p{number}/m{number}.json"]["properties"] = {
            f"style{index}": {
                **style,
                "enum": ["plain", one],
                "default": one,
                "description": one,
                **facts_for_people(one),
            }
            for index, one in enumerate(many)
        }
        files[f"p{number}/m{number}.json"]["required"] = ["style0"]
        specs |= files
    return load(specs)


def write(pages: Sequence[Page], path: Path) -> None:
    """Write the document of the models alone, without what the API may answer."""
    templates, _ = templates_of(PROJECT, "openapi")
    document = json.loads(
        render("openapi", templates, SPELLING.__getitem__, pages, service=SERVICE)["openapi.json"]
    )
    runs = {url: one for url, one in document["paths"].items() if url.startswith("/generate/")}
    for one in runs.values():
        one["post"] |= {"responses": {"200": {"description": "a job"}}, "parameters": []}
    path.write_text(json.dumps({**document, "paths": runs}))


@pytest.mark.foreign
def test_in_swagger_ui_no_text_loads_runs_or_adds_anything(tmp_path: Path) -> None:
    pages = pages_of(TEXTS)
    plain, words = disarm(pages)
    write(pages, tmp_path / "hostile.json")
    write(plain, tmp_path / "plain.json")
    for name in ("viewer.html", "viewers.html"):
        shutil.copy(TYPESCRIPT / name, tmp_path)
    shutil.copy(NPM_PACKAGES / "swagger-ui-dist/swagger-ui-bundle.js", tmp_path)
    with serving(tmp_path) as (address, told, asked):
        found, hostile = browse(f"{address}/viewers.html", tmp_path, told)
    assert "error" not in found | hostile
    assert hostile["dialogs"] == []
    assert {*asked} == {
        "/viewers.html",
        "/viewer.html?plain",
        "/viewer.html?hostile",
        "/swagger-ui-bundle.js",
        "/plain.json",
        "/hostile.json",
    }
    assert {*hostile["loaded"]} == {f"{address}/swagger-ui-bundle.js", f"{address}/hostile.json"}
    assert without_code(hostile["elements"]) == without_code(found["elements"])
    assert len(hostile["links"]) == len(found["links"])
    assert not [link for link in hostile["links"] if not link.startswith((address, "https://a.b/"))]
    expected = [WORD.sub(lambda word: shown(words[word[0]]), one) for one in found["texts"]]
    assert len(expected) > len(TEXTS)
    assert [LOST.sub("", one) for one in hostile["texts"]] == [LOST.sub("", one) for one in expected]


def without_code(elements: Sequence[str]) -> list[str]:
    return [element for element in elements if element != "code"]
