"""Every real page, in each form the site has served it in, means the same.

Modules: folded, html, html_elements, html_tags, inline, markdown, page, profile, prose.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable

import pytest

from paramsync.pages.html import read_html
from paramsync.pages.markdown import read_markdown
from paramsync.pages.page import Source
from support.example import SAVED, SYNC_LABS
from support.roots import CASES, FORMS, Ran, Root, read_facts, read_specs

PAGES = sorted(path.name for path in CASES.iterdir())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("page", PAGES)
def test_a_real_page_gives_the_expected_specs(root: Root, page: str, form: str) -> None:
    root.add_page("page", (CASES / page / form).read_bytes(), FORMS[form])
    assert root.run("scrape").code == 0
    expected = json.loads((CASES / page / "expected.json").read_text())
    assert read_facts(root, "page") == expected
    assert root.read_json("specs/page/page.json")["models"] == list(expected)


@pytest.mark.parametrize("page", PAGES)
def test_all_forms_of_a_page_give_the_same_bytes(root: Root, page: str) -> None:
    trees = {}
    for form, suffix in FORMS.items():
        root.add_page(form.replace(".", "-"), (CASES / page / form).read_bytes(), suffix)
        # Models may stand on one page only, so each form is read alone.
        root.run("scrape")
        folder = root.path / "specs" / form.replace(".", "-")
        trees[form] = {path.name: path.read_text() for path in folder.glob("*.json")}
        (folder / f"page.{suffix}").rename(root.path / f"{form}.read")
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    markdown = trees["index.md"]
    assert trees["starlight.html"] == trees["readme.html"] == markdown
    without_address = {
        name: "".join(line for line in text.splitlines(keepends=True) if '"x-markdown"' not in line)
        for name, text in markdown.items()
    }
    assert trees["folded.txt"] == without_address


def test_the_users_page_is_committed_as_it_came() -> None:
    page = (SAVED / SYNC_LABS / "page.txt").read_bytes()
    assert (
        hashlib.sha256(page).hexdigest() == "21adb9ac0f77f59dc6a34c6d6f8e65661d45cf70fe5723d1b2089abee02b0178"
    )


PAGE = (CASES / "2026-07-01-audio-generation-bytedance" / "index.md").read_text()
SPEC = "specs/page/byteplus-seed-audio-1-0.json"


def swap_columns(text: str, one: int, other: int) -> str:
    lines = []
    for line in text.splitlines():
        cells = line.split("|")
        if line.startswith("|"):
            cells[one], cells[other] = cells[other], cells[one]
        lines.append("|".join(cells))
    return "\n".join(lines)


def add_column(text: str, header: str) -> str:
    rows = [line + f" {header} |" if line.startswith("| P") else line for line in text.splitlines()]
    rows = [line + " --- |" if line.startswith("| -") else line for line in rows]
    return "\n".join(line + " x |" if line.startswith("| `") else line for line in rows)


SAME = {
    "columns in another order": swap_columns(swap_columns(PAGE, 1, 8), 3, 4),
    "no front matter, a first-level heading": "# Bytedance\n" + PAGE.split("---\n", 2)[2],
    "no table of contents": PAGE.replace("- [Seed Audio 1.0](#seed-audio-10)\n", ""),
    "navigation and other tables around": PAGE.replace(
        "## Seed", "| Plan | Price |\n| --- | --- |\n| Pro | 15 |\n\n- [Home](/)\n- [Docs](/docs)\n\n## Seed"
    )
    + "\n| Release | Notes |\n| --- | --- |\n| 1.0 | `first` |\n",
    "a trailer": PAGE + "\nUpdated about 4 hours ago\n",
    "a comment first": "<!-- made\nby a script -->\n<!-- today -->\n" + PAGE,
    "a component first": "<Note>\nMade by a script.\n</Note>\n"
    + PAGE.split("---\n", 2)[2].replace("> This", "# Bytedance\n\n> This"),
    "line ends of old Macs": PAGE.replace("\n", "\r"),
    "line ends of each kind": PAGE.replace("\n\n", "\r\n\r").replace("|\n", "|\r"),
    "marks of other dialects": PAGE.replace(
        "## Seed Audio 1.0", "## Seed Audio 1.0 {#seed-audio .x}\n\n:::note\n<Card>"
    )
    .replace("**Model ID:**", "</Card>\n{% endtab %}\n\n- **Model ID:**")
    .replace("**Capabilities:**", "- **Capabilities:**")
    .replace("txt2audio`", "txt2audio` <!-- more? -->"),
    "no bars around the rows": "\n".join(
        line.strip("| ") if line.startswith("|") else line for line in PAGE.split("\n")
    ),
    "emphasis in a table": PAGE.replace("| Type |", "| **Type** |")
    .replace("| string |", "| *string* |")
    .replace("| No |", "| **No** |"),
    "a description in quotes": PAGE.replace("\nMakes media with", "\n> Makes media\n> with"),
    "code in a list": PAGE.replace(
        "\n## Seed",
        "\n1. Ask.\n    ```bash\n    # Not a heading\n    **Model ID:** `x`\n    ```\n\n***\n\n## Seed",
    ),
    "a tag of many lines": PAGE.replace(
        "## Seed Audio 1.0", "## Seed Audio 1.0\n\n<StyleCard\n  title='x'\n>"
    ),
    "components that are called as elements are": PAGE.replace(
        "## Seed", "<Script src='x' />\n\n<script src='x' />\n\n<Template kind='x'>\n\n## Seed", 1
    ),
    "headings that are underlined": PAGE.replace("## Seed Audio 1.0", "Seed Audio 1.0\n--------------"),
    "a byte order mark and DOS line ends": "\ufeff" + PAGE.replace("\n", "\r\n"),
    "a table inside a code fence": PAGE.replace(
        "## Seed", "```\n| Parameter | Type |\n| --- | --- |\n```\n\n## Seed"
    ),
    "columns not aligned": "\n".join(
        "|".join(cell.strip() for cell in line.split("|")) if line.startswith("|") else line
        for line in PAGE.split("\n")
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_a_page_says_does_not_depend_on_its_layout(root: Root, case: str) -> None:
    root.add_page("page", PAGE)
    assert root.run("scrape").code == 0
    expected = root.tree("specs/page")
    root.add_page("page", SAME[case])
    assert root.run("scrape").code == 0, case
    found = root.tree("specs/page")
    assert {name: text for name, text in found.items() if name != "page.md"} == {
        name: text for name, text in expected.items() if name != "page.md"
    }


OPTIONAL = re.compile(r"</(?:p|li|td|th|tr|thead|tbody|html|body)>(?!\s*$)")
HTML_SAME: dict[str, Callable[[str], str]] = {
    "no end tag that may be left out": lambda text: OPTIONAL.sub("", text),
    "tags and attributes in capitals": lambda text: re.sub("<(/?)([a-z0-9]+)", lambda m: m[0].upper(), text),
    "comments, of each kind": lambda text: re.sub(
        "(<td[^>]*>)", r"\1<!-- <td> --><!--><!x</td><?php ?></>", text
    ),
    "end tags of nothing": lambda text: text.replace("</td>", "</p></b></td></ul>").replace(
        "<h2", "</td></tr><h2"
    ),
    "emphasis around paragraphs": lambda text: text.replace("<p>", "<u><p>").replace("</p>", "</u></p>"),
    "attributes like tags": lambda text: text.replace("<td", "<td title='<td>' data-x=\"'>\" x"),
    "scripts like tables": lambda text: text.replace(
        "<h2", "<script>'<td>' <!-- </script ><style><p></style><h2"
    ),
    "buttons and tooltips": lambda text: re.sub(
        "</code>",
        "</code><button>Copy</button><span role=tooltip>Copied</span><i class=sr-only>code</i>",
        text,
    ),
    "signs that link to headings": lambda text: re.sub(
        "(?=</h2>|</td>)", '<a href="#x">¶</a> <a href="#seed" aria-label="Link">\u200b</a>', text
    ),
    "a tab panel": lambda text: text.replace("<h2", '<div role="tabpanel" hidden><h2') + "</div>",
    "a comment before all": lambda text: f"<!-- saved\nfrom the site --><?xml version='1.0'?>\n{text}",
    "what is hidden": lambda text: text.replace(
        "<h2", "<p hidden>**Model ID:** `x`</p><svg><title>x</title></svg><h2"
    ),
    "references of each kind": lambda text: text.replace("<code>", "<code dir='&quot;&#39;'>").replace(
        "Sets", "S&#101;&#x74;s"
    ),
}


@pytest.mark.parametrize("form", ["starlight.html", "readme.html"])
@pytest.mark.parametrize("case", HTML_SAME)
def test_html_means_what_browsers_show(root: Root, case: str, form: str) -> None:
    text = (CASES / "2026-07-01-audio-generation-bytedance" / form).read_text()
    root.add_page("page", text, "html")
    assert root.run("scrape").code == 0
    expected = read_specs(root, "page")
    other = HTML_SAME[case](text)
    assert other != text
    root.add_page("page", other, "html")
    ran = root.run("scrape")
    assert (ran.code, read_specs(root, "page")) == (0, expected), ran.out


# What stands in the body of HTML -> the paragraphs, as browsers show them.
SHOWN = {
    "<a href='/x?a=1&section=2&copy=1&amp;b=2&lt;'>t</a>": "[t](/x?a=1&section=2&copy=1&b=2<)",
    "a<script src=x />code</script>b": "ab",
    "a<div hidden/>x<p>y</p></div><p>z": "a z",
    "a<template><p>b</template>c": "ac",
    "<i class=icon></i>a <b> </b><b>x</b>": "a **x**",
    "<a href=/?a='>t</a> don't": "[t](/?a=') don't",
    "a<iframe>b</iframe><noembed>b</noembed>c": "ac",
    "a<svg><path/><path/></svg>b<br/>c": "ab c",
    "a<td>b": "ab",
    "a<!-- <p> -->b<!-->c<!x>d<?y?>e": "abcde",
    "&#99999999999999;&#x110000;&amp;amp": "��&amp",
    "a<code>b<i>c</i></code>": "a`bc`",
    "<a " * 5000: "",
}


@pytest.mark.parametrize("markup", SHOWN, ids=lambda markup: markup[:40])
def test_a_paragraph_says_what_a_browser_shows(markup: str) -> None:
    document = read_html(Source.of("page.html", f"<p>{markup}"), ())
    assert " ".join(text.prose for section in document.sections for text in section.prose) == SHOWN[markup]


# What stands in a cell of Markdown -> what it says.
CELLS = {
    r"a \| b": "a | b",
    r"`a\|b`": "`a|b`",
    r"a \\": "a \\",
    r"\*a\* \`b\`": "*a* `b`",
    "``a`b`` `c": "``a`b`` `c",
    "` a  b `": "`a b`",
    "<https://a.b/c?d=1&amp;e>": "https://a.b/c?d=1&amp;e",
    "&lt;b&gt; &#x41;&#66; &nope; &copy": "<b> AB &nope; &copy",
    "`&lt;`": "`&lt;`",
    "`https://a.b`": "https://a.b",
}


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_says_what_markdown_makes_of_it(cell: str) -> None:
    text = f"| Name | Description |\n| --- | --- |\n| a | {cell} |\n"
    [section] = read_markdown(Source.of("page.md", text), ()).sections
    [[_, found]] = section.tables[0].rows
    assert found.prose == CELLS[cell]


def test_a_column_that_the_profile_ignores_may_be_there(root: Root) -> None:
    root.add_page("page", add_column(PAGE, "Notes"))
    assert "the column 'Notes' is unknown" in root.run("scrape").out
    root.edit("specs/profile.toml", "[types]", '"Notes" = "ignored"\n\n[types]')
    assert root.run("scrape").code == 0


def test_a_heading_level_for_providers_is_read_and_written_back(root: Root) -> None:
    root.add_target("docs")
    second = (
        PAGE[PAGE.index("## Seed") :].replace("Seed Audio 1.0", "Other").replace("seed-audio-1-0", "other")
    )
    nested = (
        PAGE.replace("## Seed", "## Byteplus\n\n### Seed")
        + "\n## Else\n\n"
        + second.replace("## Other", "### Other")
    )
    nested = nested.replace("- [Seed", "- [Byteplus](#byteplus)\n  - [Seed").replace(
        "#seed-audio-10)\n", "#seed-audio-10)\n- [Else](#else)\n  - [Other](#other)\n"
    )
    root.add_page("page", nested)
    assert root.run("scrape").code == 0
    assert root.read_json("specs/page/page.json")["providers"] == {
        "model_byteplus-seed-audio-1-0": "Byteplus",
        "model_byteplus-other": "Else",
    }
    assert root.run("generate").code == 0
    assert (root.path / "generated/docs/reference/page.md").read_text() == nested


def test_a_page_cut_off_keeps_the_models_it_lost_below_their_provider(root: Root) -> None:
    model = PAGE[PAGE.index("## Seed") :].replace("## Seed", "### Seed")
    other = model.replace("Seed Audio 1.0", "Other").replace("seed-audio-1-0", "other")
    contents = "- [One](#one)\n  - [Seed Audio 1.0](#seed)\n- [Two](#two)\n  - [Other](#other)\n"
    page = PAGE[: PAGE.index("- [")] + contents + "\n## One\n\n" + model + "\n## Two\n\n" + other
    root.add_page("page", page)
    assert root.run("scrape").code == 0
    before = root.tree("specs/page")
    root.add_page("page", page[: page.index("## Two")])
    assert root.run("scrape").code == 3
    after = root.tree("specs/page")
    assert {name: text for name, text in after.items() if name != "page.md"} == {
        name: text for name, text in before.items() if name != "page.md"
    }


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("", "md"),
        (
            "# Guide\n\nHow to.\n\n| Parameter | Type | Description |\n| - | - | - |\n| `a` | string | x |\n",
            "md",
        ),
        ("<!doctype html><p>Not found", "html"),
        ("<html><table></table></html>", "html"),
        ("--- title: X --- nothing", "txt"),
    ],
)
def test_a_page_without_a_model_gives_a_finding_and_no_error(root: Root, text: str, suffix: str) -> None:
    root.add_page("page", text, suffix)
    ran = root.run("scrape")
    assert ran.code == 0
    assert "[no-models]" in ran.out
    assert root.read_json("specs/page/page.json")["models"] == []
    shutil.rmtree(root.path / ".paramsync_cache")
    said = ran.out.replace("1 file written, 0", "0 files written, 1").replace(next_line(root), "")
    assert root.run("scrape") == Ran(0, said, "")


def test_a_page_that_is_named_is_read_for_its_own_sake(root: Root) -> None:
    root.add_page("good", PAGE)
    root.add_page("bad", "")
    root.add_page("worse", b"\xff")
    ran = root.run("scrape", "good")
    assert ran.code == 0
    assert ran.out == (
        "changes: good: 1 new\n"
        "scrape: 1 page, 1 model, 7 parameters; 0 errors, 0 warnings; 2 files written, 0 unchanged\n"
    ) + next_line(root)
    assert root.run("scrape").code == 3


def next_line(root: Root) -> str:
    return f"next: paramsync generate --root {root.path}\n"
