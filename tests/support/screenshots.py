"""Pictures of the site of the tests' pages, in all its looks: `make screenshots` writes them into `.venv/screenshots`.

Those that the README shows go into `screenshots/`, too; they depend on the fonts of the machine, and no test compares them.
"""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from support.example import PROJECT
from support.site_roots import make_real_site
from support.tabs import PHONE, WIDE, chromium, tab

FOLDER = PROJECT / ".venv/screenshots"
SHOWN = PROJECT / "screenshots"
IN_README = ("catalogue-light", "catalogue-dark", "model-light", "model-dark")
TODAY = datetime(2026, 7, 10, 12, tzinfo=UTC)  # soon after the last of the pages
MOST = 150_000  # bytes of a picture that is committed
PAGES = {
    "catalogue": "index.html?q=lipsync+bounce",
    "model": "models/sync-lipsync-v2.html",
    "parameter": "parameters/syncmode.html",
    "timeline": "changes.html",
    "pictures": "pictures.html",
}
LOOKS = {
    "light": {"color_scheme": "light", "viewport": WIDE},
    "dark": {"color_scheme": "dark", "viewport": WIDE},
    "phone": {
        "color_scheme": "light",
        "viewport": PHONE,
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}


def take(site: Path, folder: Path) -> None:
    """Take a picture of each page in each look, as one sees it without scrolling."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with chromium() as browser:
        for look, settings in LOOKS.items():
            with tab(browser, site.as_uri(), reduced_motion="reduce", **settings) as opened:
                opened.page.clock.set_fixed_time(TODAY)
                for name, path in PAGES.items():
                    page = opened.open(path)
                    page.screenshot(path=folder / f"{name}-{look}.png", animations="disabled", caret="hide")


def publish(folder: Path) -> None:
    """Copy the pictures that the README shows to where it finds them."""
    SHOWN.mkdir(exist_ok=True)
    for name in IN_README:
        picture = folder / f"{name}.png"
        if picture.stat().st_size > MOST:
            raise RuntimeError(f"{picture} has more than {MOST:,} bytes: show less of the page")
        shutil.copy(picture, SHOWN)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        take(make_real_site(Path(name) / "root"), FOLDER)
    publish(FOLDER)
    print(f"{FOLDER} has the pictures, and {SHOWN} those of the README")
