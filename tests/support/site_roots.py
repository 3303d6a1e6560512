"""Sites of the tests: of the example and all real pages, as they were published date by date."""

import shutil
from pathlib import Path

from support.example import SAVED, SYNC_LABS
from support.roots import CASES, let_all_go, make_root

EXAMPLE_DATE = "2026-04-09"  # of its page

# Of the site of these: a page of each kind, and what stands there.
KINDS = {
    "index.html": "Sync Lipsync v2",
    "models/sync-lipsync-v2.html": "syncMode",
    "models/ideogram-character.html": "aspectRatio",
    "parameters.html": "lipsyncMode",
    "parameters/syncmode.html": "Sync Lipsync v2",
    "providers/synclabs.html": "Sync Lipsync v2",
    "changes.html": "0.6.0",
    "changes/0.5.0.html": "seed",
    "pictures.html": "img2video",
}

# The models that `lipsync bounce` finds there, in their order.
LIPSYNC = ["Sync Lipsync React-1", "Sync Lipsync v2", "SYNC Lipsync v2 Pro", "Sync-3 Lipsync"]


def make_real_site(folder: Path) -> Path:
    """Publish the real pages and that of the example, and release them, on the date of each; give the folder of the site."""
    root = make_root(folder)
    shutil.rmtree(folder / "templates")  # all targets that come with paramsync
    let_all_go(folder)
    for date in sorted({case.name[:10] for case in CASES.iterdir()}):
        for case in CASES.glob(f"{date}-*"):
            root.add_page(case.name.removeprefix(f"{date}-"), (case / "index.md").read_bytes())
        if date == EXAMPLE_DATE:
            root.add_page(SYNC_LABS, (SAVED / SYNC_LABS / "page.txt").read_bytes(), "txt")
        for verb in ("scrape", "release"):
            ran = root.run(verb, "--quiet")
            assert ran.code == 0, f"{date}: {verb}: {ran}"
    ran = root.run_process("generate", "--quiet", "--target", "site")
    assert ran.code == 0, ran.err
    return folder / "generated/site"
