"""Names that differ on the page and not in code: the finding shows the overlay to write, and that settles it.

What the packages make of such names: `rendering/test_names.py`, whose models this file's helpers make.
"""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from support.alike import Models, add_naming_targets, command, make_page, paste, settle
from support.roots import Root, make_root

NUMBER, CHOICE = "number | No | - | - | -  | -", "string | No | - | - | - | `a`, `b`"
PARAMETERS = "topP top_p top-p top.p TopP TOP_P top_p_2 topP2 topP_2 class class_ class_2 toString look Look_ a1".split()
MODELS = "model_look model_Look look model_look-2 model_look.2 model_look_2 LOOK_2 model_class model_class_ Class".split()

a_model = st.dictionaries(
    st.sampled_from(PARAMETERS), st.sampled_from([NUMBER, CHOICE]), min_size=1, max_size=5
)
pages = st.dictionaries(st.sampled_from(MODELS), a_model, min_size=1, max_size=4)


@given(st.lists(pages, min_size=1, max_size=3), st.data())
@settings(
    max_examples=400,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_names_a_page_has_writing_what_is_shown_ends_and_generating_never_fails(
    history: list[Models], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(Path(folder) / "root")
        add_naming_targets(root.path)
        for models in history:
            page = root.add_page("videos", make_page(models))
            steps = len(models) + sum(map(len, models.values()))
            first = command(root.path, "scrape", "--accept-removals")
            assert command(root.path, "generate").code == 0, first
            assert settle(root.path, steps)[-1].code == 0
            assert command(root.path, "generate").code == 0
            overlays = sorted(page.parent.glob("*.overlay.toml"))
            for path in data.draw(st.lists(st.sampled_from(overlays), unique=True)) if overlays else ():
                path.unlink()
            last = settle(root.path, steps)
            assert last[-1].code == 0
            assert command(root.path, "generate").code == 0
            assert command(root.path, "scrape", "--check").code == 0
