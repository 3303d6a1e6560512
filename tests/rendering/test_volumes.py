"""The full text of a provider: all of its models, in volumes none of which is longer than its limit."""

import re
from pathlib import Path
from typing import Any, cast

from hypothesis import example, given
from hypothesis import strategies as st

from paramsync.rendering.models import Model
from paramsync.rendering.pages import load_pages
from paramsync.rendering.volumes import bind_volumes, count_models
from paramsync.workspace import files
from support.hand_written import to_tree
from support.links import find_broken
from support.services import ACME, build
from support.vectors import made_spec

LIMIT = 50_000  # bytes, and so tokens: of a model whose tokens are made of bytes, none is less than one
PROVIDER = "*_`<[" * 2_000


def models(texts: list[str]) -> list[Model]:
    return cast("list[Model]", texts)  # how they are written is up to who writes


@given(st.lists(st.text("ab\u00e9\U0001f600", max_size=30), min_size=1), st.integers(1, 40))
@example(["a" * 50, "b", "b"], 40)
def test_volumes_hold_all_in_order_and_are_full(texts: list[str], limit: int) -> None:
    counts = count_models(models(texts), str, limit)
    volumes = [*bind_volumes(models(texts), counts, str)]
    assert [one for volume in volumes for one in volume.models] == texts
    assert [volume.number for volume in volumes] == [*range(1, len(counts) + 1)]
    for volume, after in zip(volumes, [*volumes[1:], None], strict=True):
        size = len(volume.text.encode())
        assert size <= limit or len(volume.models) == 1
        if after:
            assert size + 2 + len(str(after.models[0]).encode()) > limit


def spec(number: int, description: str) -> dict[str, Any]:
    names = {"$id": f"urn:acme:m{number:03}", "x-model": f"m{number:03}", "title": f"Model {number:03}"}
    text = {"type": "string", "description": description}
    return made_spec({"text": text, "other": {"type": "integer", "minimum": 1}}) | names


def test_no_full_text_has_more_bytes_than_a_reader_may_take_tokens(tmp_path: Path) -> None:
    lengths = [*range(10_000, 19_000, 1_000), LIMIT]
    specs = {
        f"m{number:03}": spec(number, "É_x. " * (1 + length // 4)) for number, length in enumerate(lengths)
    }
    tree = to_tree(specs)
    page = next(path for path in tree if path.endswith("page.json"))
    title = re.sub(r"[\"\\\\]", "", PROVIDER)
    tree[page] = re.sub(r'"title": "[^"]*"', f'"title": "{title}"', tree[page])
    made = build("site", load_pages(tree, ACME), service=ACME)
    found = {path: text for path, text in made.items() if re.search(r"\.full(-\d+)?\.md$", path)}
    assert len(found) > 2
    assert max(len(text.encode()) for text in found.values()) < LIMIT
    for number in range(len(lengths)):
        assert sum(f"\n## Model {number:03}\n" in text for text in found.values()) == 1
    (short,) = (text for text in found.values() if "Too long" in text)
    assert f"[its page](../models/m{len(lengths) - 1:03}.md)" in short
    files.write_tree(tmp_path, made)
    assert find_broken(tmp_path) == []
