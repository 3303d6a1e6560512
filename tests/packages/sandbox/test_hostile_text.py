"""A hostile text stays in its spec and in its cell of the README."""

import pytest
from markdown_it import MarkdownIt

from support.example import EXAMPLE
from support.hostile import HARMLESS, PREFIXES, TEXTS, load_root, write_page
from support.roots import Root


@pytest.mark.parametrize("form", ["md", "html"])
def test_in_the_sandbox_a_hostile_text_stays_in_its_spec_and_in_its_cell(root: Root, form: str) -> None:
    root.add_target("sandbox")
    for number, text in enumerate(TEXTS):
        facts = {field: PREFIXES.get(field, "") + text for field in ("model", "description", "provider")}
        root.add_page(f"p{number}", write_page(form, HARMLESS | {"id": f"model_m{number}"} | facts), form)
    assert root.run("scrape").code in (0, 3)
    assert root.run("generate").code == 0
    models = [model for page in load_root(root.path) for model in page.models]
    assert len(models) > len(TEXTS) / 2
    tree = root.tree("generated/sandbox")
    for model in models:
        packed = tree[f"scenario_sandbox/models/{model.name}.json"]
        assert packed == (root.path / model.source).read_bytes()
    tokens = MarkdownIt("commonmark").enable("table").parse(tree["README.md"].decode())
    ours = (
        MarkdownIt("commonmark").enable("table").parse((EXAMPLE / "generated/sandbox/README.md").read_text())
    )
    assert [one.type for one in tokens if not one.level] == [one.type for one in ours if not one.level]
    start = max(index for index, token in enumerate(tokens) if token.type == "table_open")
    cells = [token for token in tokens[start:] if token.type == "inline" and token.level == 4]
    rows = [
        [child.type for child in cell.children or () if child.type != "text" or child.content]
        for cell in cells
    ]
    assert rows[3 : 3 + 3 * len(models)] == [["code_inline"]] * 3 * len(models)
