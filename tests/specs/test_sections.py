"""Where the id of a model stands on a page, and which tables are its parameters."""

from typing import Any

import pytest

from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PROFILE
from paramsync.specs.build import BuiltPage, build_specs, list_models

COLUMNS = '\n[columns]\nName = "name"\nType = "type"\nDescription = "description"\n[types]\ntext = "string"\n'


def table(*names: str) -> str:
    rows = "".join(f"| {name} | text | Of {name} |\n" for name in names)
    return f"\n| Name | Type | Description |\n| --- | --- | --- |\n{rows}\n"


ENDPOINT = "| Protocol | URL | Method |\n| --- | --- | --- |\n| https | {} | {} |\n"
UPRIGHT = "| Method | POST |\n| --- | --- |\n| URL | https://a.example/v1/x |\n"
# What [tables] says, and a page -> its models: id -> title, description, parameters; and the codes of what is found.
LAYOUTS: dict[str, tuple[str, str, dict[str, Any], list[str]]] = {
    "a heading": (
        'id = "heading"',
        f"# All\n## User\nWho.\n{table('id')}\nMore.\n## Empty\n## Photo\n{table('url', 'size')}",
        {"User": ("User", "Who.", ["id"]), "Photo": ("Photo", "", ["url", "size"])},
        [],
    ),
    "a heading of a level": (
        'id = "heading"\nlevel = 2\njoined = true',
        f"# All\n{table('lost')}\n## User\nWho.\n### Names\n{table('first')}\n### Others\n{table('born')}\n## Photo\n{table('url')}",
        {"User": ("User", "Who.", ["first", "born"]), "Photo": ("Photo", "", ["url"])},
        ["no-model-id"],
    ),
    "a heading that is too long for an id": (
        'id = "heading"',
        f"## All\n### {'x' * 201}\n{table('id')}\n### {'y' * 200}\n{table('url')}",
        {"y" * 200: ("y" * 200, "", ["url"])},
        ["bad-model-id"],
    ),
    "a heading of a form": (
        'id = "heading"\nheading = "The {id} object"',
        f"## The User object\n{table('id')}\n## Errors\n{table('code')}",
        {"User": ("The User object", "", ["id"])},
        ["no-model-id"],
    ),
    "tables that are not joined": (
        'id = "heading"\nlevel = 2',
        f"## User\n### Names\n{table('first')}\n### Others\n{table('born')}",
        {"User": ("User", "", [])},
        ["table-count"],
    ),
    "headings that are ignored": (
        'id = "heading"\nlevel = 2\nignored = ["Returns", "Errors*"]',
        f"## User\n### Body\n{table('first')}\n### Returns\n{table('id')}\n## Errors of all\n### Body\n{table('code')}",
        {"User": ("User", "", ["first"])},
        [],
    ),
    "an endpoint in a heading": (
        'id = "endpoint"',
        f"## POST /v1/images\nMakes one.\n### Body\n{table('prompt')}\n## get https://a.example/v1/images/{{id}}/\n{table('id')}",
        {
            "POST /v1/images": ("POST /v1/images", "Makes one.", ["prompt"]),
            "GET /v1/images/{id}": ("get https://a.example/v1/images/{id}/", "", ["id"]),
        },
        [],
    ),
    "an endpoint in a paragraph": (
        'id = "endpoint"',
        f"## Make\nUse GET /v1/other instead.\n\n**Endpoint**: `POST /v1/images?x=1`\n\nMakes one.\n{table('prompt')}",
        {"POST /v1/images": ("Make", "Use GET /v1/other instead. Makes one.", ["prompt"])},
        [],
    ),
    "an endpoint in a block of code": (
        'id = "endpoint"',
        f"## Make\n```http\nPOST https://a.example/v1/images HTTP/1.1\nGET /v1/never\n```\nMakes one.\n{table('prompt')}",
        {"POST /v1/images": ("Make", "Makes one.", ["prompt"])},
        [],
    ),
    "an endpoint in a table": (
        'id = "endpoint"',
        f"## Make\n{ENDPOINT.format('/v1/images', 'POST')}\n### Body\n{table('prompt')}\n## Ask\n### Path\n{table('id')}",
        {"POST /v1/images": ("Make", "", ["prompt"])},
        ["no-model-id"],
    ),
    "an endpoint in an upright table": (
        'id = "endpoint"',
        f"## Make\n{UPRIGHT}\n### Body\n{table('prompt')}",
        {"POST /v1/x": ("Make", "", ["prompt"])},
        [],
    ),
    "an endpoint beside the table": (
        'id = "endpoint"\nlevel = 2',
        f"## Make\n### URL\nDELETE /v1/images\n### Body\n{table('prompt')}\n## Ask\n### URL\nGET /v1/images\n### Query\n{table('id')}",
        {"DELETE /v1/images": ("Make", "", ["prompt"]), "GET /v1/images": ("Ask", "", ["id"])},
        [],
    ),
    "an endpoint, or else a heading": (
        'id = "endpoint or heading"\nheading = "{id} object"',
        f"## POST /v1/cards\n### Body\n{table('number')}\n## Card object\n{table('id')}\n## Errors\n{table('code')}",
        {"POST /v1/cards": ("POST /v1/cards", "", ["number"]), "Card": ("Card object", "", ["id"])},
        ["no-model-id"],
    ),
    "the page": (
        'id = "page"\njoined = true',
        f"# The chart\nIt is one.\n## Global\n{table('a')}\n## Image\nNot this.\n{table('b')}",
        {"chart": ("The chart", "It is one.", ["a", "b"])},
        [],
    ),
    "columns that tell": (
        'id = "heading"\nneeds = ["name", "description"]',
        "## Links\n| Name | Type |\n| --- | --- |\n| a | b |\n\n## User\n| Name | Description |\n| --- | --- |\n| id | Who |\n",
        {"User": ("User", "", [])},
        ["missing-column"],
    ),
}  # fmt: skip


def build(tables: str, text: str) -> BuiltPage:
    profile = read_config(f"[tables]\n{tables}\n{COLUMNS}", PROFILE, Profile)
    page = read_page(text, "specs/chart/page.md", profile)
    built = build_specs(page, profile)
    assert [*list_models(page, profile)] == [*built.models]
    assert built.document.providers.keys() <= {*built.models}
    return built


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_gives_its_models(name: str) -> None:
    tables, text, models, codes = LAYOUTS[name]
    built = build(tables, text)
    found = {
        draft.model: (
            draft.spec["title"],
            draft.spec.get("description", ""),
            [*draft.spec.get("properties", ())],
        )
        for draft in built.drafts
    }
    assert found == models
    findings = [*built.findings, *(one for draft in built.drafts for one in draft.findings)]
    assert sorted(one.code for one in findings) == codes


def test_the_heading_above_is_that_of_the_provider() -> None:
    built = build(
        'id = "heading"',
        f"## Types\n### User\n{table('id')}\n### Photo\n{table('url')}\n## Chat\n{table('id')}",
    )
    assert built.document.providers == {"User": "Types", "Photo": "Types"}
