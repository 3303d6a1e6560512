"""Models that are described as by the vendor's records, in the npm package: real ones, and two that are made up."""

import shutil
from pathlib import Path

from paramsync.workspace import files
from support.hand_written import FILE, FILES, array, integer, make_spec, text, thing, to_tree, together
from support.records import MADE_UP, read_records, spec_of
from support.roots import Root, Silence

# fmt: off
PARAMETERS = {
    "video": text(**FILE, **{"x-kind": "video", "x-label": "Source clip", "x-group": "Basics", "x-cost": True}),
    "images": array(text(), maxItems=10, **FILES, **{"x-kind": "image"}),
    "mask": text(**FILE, **{"x-kind": "image", "x-mask-from": "images"}),
    "mesh": text(**FILE, **{"x-kind": "3d"}),
    "light": text(**FILE, **{"x-kind": "image-hdr"}),
    "voice": text(**FILE, **{"x-kind": "audio"}),
    "scan": text(**FILE, **{"x-kind": 'li"dar*/ @x'}),
    "any": text(**FILE),
    "prompt": text(maxLength=32000, description="What it shows.", **{"x-label": "Prompt", "x-hint": "Be brief.", "x-placeholder": "A cat"}),
    "quality": text(enum=["standard", "detailed"], default="standard", **{"x-label": "Level of detail", "x-labels": {"standard": "Standard", "detailed": "HD */"}, "x-cost": True}),
    "seconds": integer(enum=[-1, 4, 8], default=-1, **{"x-labels": {"-1": "Auto"}}),
    "steps": integer(minimum=1, maximum=50, default=28, **{"x-step": 1, "x-group": "Advanced"}),
    "sizes": {"enum": [1e20, 1.0, 1e21, 1e-6, 1e-7], "x-labels": {"100000000000000000000": "Big", "1": "One", "1e+21": "Huge", "0.000001": "Small", "1e-7": "Tiny"}},
    "tiled": {"type": "boolean", "default": False, "x-labels": {"true": "Yes", "no": "No"}},
    "flags": array({"type": "boolean"}, **{"x-labels": {"false": "No"}}),
    "named": text(**{"x-labels": {"a": "A 1"}}),
    "shots": array(thing({"prompt": text(minLength=1, **{"x-label": "Line"}), "constructor": integer(), "frames": array(text(), **FILES, **{"x-kind": "image"}), "any": text(**FILE)}, "prompt"), **{"x-required-if": {"ifDefined": ["images", "mask"]}}),
    "odd": text(**{"x-kind": 3, "x-label": ["a"], "x-labels": "text", "x-cost": "yes", "x-group": False, "x-model-types": ["a", 1, None], "x-more": {"__proto__": {"a": [None]}}}),
}
# fmt: on
CONDITIONS = {"dependentRequired": {"mask": ["images"]}, **together([["images"], ["prompt"]])}


def generate_described(root: Path, folder: Path) -> Path:
    """Generate the npm package of the models of a root, and of those that are described and have no page there; give where."""
    for name in ("specs", "templates"):
        shutil.copytree(root / name, folder / name)
    made = make_spec("described", PARAMETERS, ["video", "quality"], CONDITIONS)
    paged = {f"model_{path.stem}" for path in folder.glob("specs/*/*.json")}
    records = [one for one in (*read_records().values(), MADE_UP) if one["id"] not in paged]
    specs = {one["id"]: spec_of(one) for one in records}
    files.write_tree(folder / "specs", to_tree({"model_described": made, **specs}, "described"))
    ran = Root(folder, Silence()).run_process("generate", "--target", "typescript")
    assert ran.code == 0, ran.err
    return folder / "generated/typescript"
