"""Specs written by hand: what a spec can say, and no page says yet. The folder is that of a page, and can stand in any root."""

import json
import shutil
from pathlib import Path
from typing import Any

from paramsync.rendering.models import Model, make_model

FOLDER = Path(__file__).with_suffix("")
SPECS: dict[str, dict[str, Any]] = {
    spec["$id"]: spec
    for spec in (
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.json"))
        if path.name != "page.json"
    )
}
MODELS: list[Model] = [make_model(spec, find_spec=SPECS.__getitem__) for spec in SPECS.values()]


def add_to(root: Path, page: str = "hand-written") -> None:
    """Add them to a root as the specs of a page."""
    shutil.copytree(FOLDER, root / "specs" / page)
