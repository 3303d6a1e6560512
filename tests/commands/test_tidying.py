"""What `scrape --tidy` takes out of overlays and the profile, and that everything else in them stays, byte for byte."""

import re

import pytest

from support.described_models import Model, write_page, write_record
from support.overlays import CELLS, OVERLAY, SIZE, correction, page
from support.roots import Root
from support.small_root import everything, put

NOW = page(CELLS | {"default": "`slow`"}, SIZE)  # states one of the right values
OBSOLETE = correction('default = "fast"', 'default = "slow"')
NEEDED = correction("maximum = 9", "maximum = 8", "size")
OTHER = correction('title = "Alpha"', 'title = "Alfa"', "")
TABLES = """[[correct]] # obsolete
# about the mode
parameter = "mode" # which
reason = '''
[[correct]]
'''

[correct.expect]
default = "fast"
[correct.set]
default = "slow" # until May
"""
OVERLAYS: dict[str, tuple[str, str | None]] = {  # before -> after; None: the file goes
    "one table": (OBSOLETE, None),
    "one table below its comment": (f"# mode\n{OBSOLETE}", None),
    "one table below a comment of the file": (f"# by Ada\n\n{OBSOLETE}", "# by Ada\n\n"),
    "one table between comments": (
        f"# IMPORTANT: history of this model\n\n{OBSOLETE}# TODO: watch seed\n",
        "# IMPORTANT: history of this model\n\n# TODO: watch seed\n",
    ),
    "one table and a comment behind a byte order mark": (f"\ufeff{OBSOLETE}# x", "# x"),
    "one table and white space": (f"\ufeff\r\n\t{OBSOLETE}\n \n", None),
    "the first": (OBSOLETE + "\n" + NEEDED, NEEDED),
    "the last": (NEEDED + "\n" + OBSOLETE, NEEDED + "\n"),
    "the middle": (f"{NEEDED}\n\n{OBSOLETE}\n\n{OTHER}", f"{NEEDED}\n\n{OTHER}"),
    "comments around": (
        f"# by Ada\n\n# mode\n{OBSOLETE} # end\n\n# size\n{NEEDED}# end",
        f"# by Ada\n\n # end\n\n# size\n{NEEDED}# end",
    ),
    "a comment of its own above each": (
        f"# mode\n# and more\n{OBSOLETE}\n# size\n{NEEDED}",
        f"# size\n{NEEDED}",
    ),
    "a comment behind, which would join the table above": (
        f"{NEEDED}# mode\n{OBSOLETE}\n# about both\n\n{OTHER}",
        f"{NEEDED}\n# about both\n\n{OTHER}",
    ),
    "a text and a comment that end as comments begin": (
        OTHER.replace('"Asked the service."', "'''\n# a\n# b''' # c") + f"  # mode\n  {OBSOLETE}",
        OTHER.replace('"Asked the service."', "'''\n# a\n# b''' # c"),
    ),
    "tables of its own": (f"{TABLES}\n# the size\n{NEEDED}", f"# the size\n{NEEDED}"),
    "a separator that ends no line": (f"# a\u2028b\x85\n\n{OBSOLETE}{NEEDED}", f"# a\u2028b\x85\n\n{NEEDED}"),
    "line ends of Windows": (
        f"# by Ada\n\n# mode\n{OBSOLETE}\n{NEEDED}".replace("\n", "\r\n"),
        f"# by Ada\n\n{NEEDED}".replace("\n", "\r\n"),
    ),
    "a byte order mark": (f"\ufeff{NEEDED}{OBSOLETE}", f"\ufeff{NEEDED}"),
    "no end of the last line": (NEEDED + OBSOLETE.rstrip("\n"), NEEDED),
    "nothing that is obsolete": (f"{NEEDED}  # x", f"{NEEDED}  # x"),
    "tables in one line": (
        'correct = [{ parameter = "mode", expect = { default = "fast" }, set = { default = "slow" }, reason = "x" }]\n',
        'correct = [{ parameter = "mode", expect = { default = "fast" }, set = { default = "slow" }, reason = "x" }]\n',
    ),
}


@pytest.mark.parametrize("case", OVERLAYS)
def test_obsolete_corrections_go_and_all_else_stays(root: Root, case: str) -> None:
    before, after = OVERLAYS[case]
    root.add_page("videos", NOW)
    put(root, {OVERLAY: before})
    assert root.run("scrape").code == 0
    there = everything(root)
    checked = root.run("scrape", "--tidy", "--check")
    assert everything(root) == there
    assert (checked.code, f"{OVERLAY}: " in checked.out and "obsolete]" not in checked.out) == (
        (1, True) if before != after else (0, False)
    )
    assert root.run("scrape", "--tidy").code == 0
    expected = {name: content for name, content in there.items() if name != OVERLAY}
    assert everything(root) == expected | ({OVERLAY: after.encode()} if after is not None else {})
    again = root.run("scrape", "--tidy", "--check")
    assert again.code == 0
    left = "remove it; paramsync scrape --tidy does so where it is a table [[correct]] [overlay-obsolete]"
    assert (left in again.out) == (case == "tables in one line")  # somebody has to cut it


def test_an_overlay_of_comments_alone_is_about_no_model_and_no_error(root: Root) -> None:
    root.add_page("videos", NOW)
    named = "specs/videos/mine.overlay.toml"  # only its correction says of which model
    put(
        root,
        {named: "# by Ada\n\n" + OBSOLETE.replace("[[correct]]\n", '[[correct]]\nmodel = "model_alpha"\n')},
    )
    assert root.run("scrape", "--tidy").code == 0
    ran = root.run("scrape", "--check")
    assert (ran.code, "warning" in ran.out.partition(";")[0]) == (0, False)
    assert (root.path / named).read_text() == "# by Ada\n\n"


STALE = '[[accept]]\ncode = "single-choice"\nmodel = "model_beta"\nreason = "Once."\n'
USED = '[[accept]]\ncode = "empty-description"\nmodel = "*"\nparameter = "*"\nreason = "So."\n'


def test_stale_acceptances_go_once_all_warnings_are_known(root: Root) -> None:
    profile = root.path / "specs/profile.toml"
    text = profile.read_text()
    put(root, {"specs/profile.toml": f"{text}\n{STALE}\n# used\n{USED}", OVERLAY: NEEDED + OBSOLETE})
    root.add_page("videos", page(CELLS | {"default": "`slow`", "description": "-"}, SIZE | {"minimum": "O"}))
    before = profile.read_bytes()
    ran = root.run("scrape", "--tidy")
    assert re.findall(r"\[([a-z-]+)\]$", ran.out, re.MULTILINE) == ["stale-acceptance", "bad-number"]
    assert (ran.code, profile.read_bytes()) == (3, before)  # what cannot be read may hold what is accepted
    assert (root.path / OVERLAY).read_text() == NEEDED
    root.add_page("videos", page(CELLS | {"description": "-"}, SIZE))
    assert root.run("scrape", "videos", "--tidy").code == 0
    assert profile.read_bytes() == before  # it is about all pages
    assert root.run("scrape", "--tidy").code == 0
    assert profile.read_text() == f"{text}\n# used\n{USED}"
    assert root.run("scrape", "--check").code == 0


def test_a_record_that_was_saved_by_hand_is_left_with_what_is_read(root: Root) -> None:
    model: Model = {"x": {"type": "number", "description": "So.", "label": "X", "max": 3}}
    root.add_page("videos", write_page(model))
    record = root.path / "specs/videos/one.record.json"
    record.write_text(write_record(model, createdAt="2026-04-22", exampleAssetIds=["asset_1"]))
    assert "[record-unreduced]" in root.run("scrape").out
    before = root.read_json("specs/videos/one.json")
    assert "[record-unreduced]" not in root.run("scrape", "--tidy").out
    assert {"team_x", "2026-04-22", "asset_1"}.isdisjoint(re.findall(r'"([^"]*)"', record.read_text()))
    assert "[record-unreduced]" not in root.run("scrape").out
    assert root.read_json("specs/videos/one.json") == before
