"""Three models with the usual mix of parameters, as a page that paramsync reads, and payloads for them."""

from pathlib import Path
from typing import Any

PROFILE = Path(__file__).parents[1] / "tests/example/specs/profile.toml"
LENGTHS = '"Min Length" = ["minLength", "minItems"]\n"Max Length" = ["maxLength", "maxItems"]\n\n[types]'
TOP = """---
title: Measured | Scenario Docs
---

> This page is auto-generated from model configurations. Last updated: 2026-07-01.

This reference lists all available **Measured** image generation models and their parameters.

"""
HEADER = """| Parameter | Type | Required | Default | Min | Max | Min Length | Max Length | Allowed Values | Description |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
# Each model has the first so many of these.
ROWS = """
| `prompt` | string | Yes | - | - | - | 1 | 2000 | - | What the picture shows. |
| `image` | file | Yes | - | - | - | - | - | - | The picture to begin with. |
| `mode` | string | No | `fast` | - | - | - | - | `fast`, `balanced`, `best` | How much time it may take. |
| `strength` | number | No | `0.5` | 0 | 1 | - | - | - | How much of the picture is painted anew. |
| `tile` | boolean | No | `false` | - | - | - | - | - | Whether its edges fit each other. |
| `references` | file\\_array | No | - | - | - | 1 | 4 | - | Pictures in whose style it is painted. |
| `negativePrompt` | string | No | - | - | - | - | 2000 | - | What the picture does not show. |
| `width` | number | No | `1024` | 256 | 2048 | - | - | - | Its width in pixels. |
| `height` | number | No | `1024` | 256 | 2048 | - | - | - | Its height in pixels. |
| `style` | string | No | `photo` | - | - | - | - | `photo`, `drawing`, `painting`, `pixels`, `comic`, `render`, `sketch`, `poster` | The style. |
| `seed` | number | No | - | 0 | 2147483647 | - | - | - | The same seed gives the same picture. |
| `guidance` | number | No | `7.5` | 1 | 20 | - | - | - | How closely it follows the prompt. |
| `scheduler` | string | No | `ddim` | - | - | - | - | `ddim`, `euler`, `euler-a`, `heun`, `lms`, `pndm` | The scheduler. |
| `steps` | number | No | `30` | 1 | 50 | - | - | - | The number of steps. |
| `mask` | file | No | - | - | - | - | - | - | Where it is painted anew. |
| `maskStrength` | number | No | `1` | 0 | 1 | - | - | - | How much is painted anew there. |
| `outputFormat` | string | No | `png` | - | - | - | - | `png`, `jpeg`, `webp` | The format of the file. |
| `upscale` | boolean | No | `false` | - | - | - | - | - | Whether it is made larger. |
| `webhook` | string | No | - | - | - | - | 200 | - | Where to send the result. |
| `tags` | string\\_array | No | - | - | - | - | 8 | - | Tags of the picture. |
""".strip().splitlines(keepends=True)
COUNTS = {"measured-6": 6, "measured-12": 12, "measured-20": 20}  # by the name of a model: its parameters

VALID: dict[str, Any] = {
    "prompt": "a red fox in the snow, at dawn",
    "image": "asset_a1b2c3d4e5f6",
    "mode": "balanced",
    "strength": 0.35,
    "tile": False,
    "references": ["asset_a", "asset_b", "asset_c"],
    "negativePrompt": "people, houses",
    "width": 1024,
    "height": 768,
    "style": "painting",
    "seed": 424242,
    "guidance": 7.5,
    "scheduler": "euler-a",
    "steps": 28,
    "mask": "asset_m1n2o3",
    "maskStrength": 0.8,
    "outputFormat": "webp",
    "upscale": True,
    "webhook": "https://example.com/hook",
    "tags": ["fox", "snow"],
}
WRONG = {"mode": "bset", "strength": 2, "tile": "yes", "promt": "a red fox"}
# The problems of a payload by their places; its name begins with the number of the model's parameters, and says how many problems there are.
PLACES = {
    "6, valid": set[str](),
    "6, 3 problems": {"/prompt", "/mode", "/strength"},
    "6, 4 problems": {"/prompt", "/mode", "/strength", "/tile"},
    "12, valid": set[str](),
    "12, 5 problems": {"/prompt", "/mode", "/strength", "/width", "/promt"},
    "20, valid": set[str](),
    "20, 6 problems": {"/prompt", "/mode", "/strength", "/tile", "/steps", "/promt"},
}
# What is judged and not measured: no parameter may be null, and 2,000 characters beyond U+FFFF are 2,000 code points, but 4,000 units of UTF-16.
ASTRAL = "6, 2000 astral characters"
VERDICTS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "6, 3 nulls": (
        {"strength": None, "tile": None, "references": None},
        {"/strength", "/tile", "/references"},
    ),
    ASTRAL: ({"prompt": "\N{FOX FACE}" * 2000}, set[str]()),
    "6, 2001 astral characters": ({"prompt": "\N{FOX FACE}" * 2001}, {"/prompt"}),
}
MANY = 16_000  # unknown names in a megabyte
LESS = MANY // 4  # to see that four times as many take four times as long


def write_root(root: Path) -> None:
    """Write the profile and the page into a new folder."""
    folder = root / "specs/image-generation-measured"
    folder.mkdir(parents=True)
    profile = PROFILE.read_text(encoding="utf-8").replace("[types]", LENGTHS, 1)
    (root / "specs/profile.toml").write_text(profile, encoding="utf-8")
    sections = [
        f"## Measured {count}\n\n**Model ID:** `model_{name}`\n\n{HEADER}{''.join(ROWS[:count])}\n"
        for name, count in COUNTS.items()
    ]
    (folder / "page.md").write_text(TOP + "".join(sections), encoding="utf-8")


def make_payloads() -> dict[str, dict[str, Any]]:
    """Make the payloads by their names."""
    found = {name: _make(int(name.partition(",")[0]), places) for name, places in PLACES.items()}
    return found | {f"6, {count} unknown": _with_unknown(count) for count in (LESS, MANY)}


def make_verdicts() -> dict[str, dict[str, Any]]:
    """Make the payloads that are judged only, by their names."""
    return {name: _take(int(name.partition(",")[0])) | other for name, (other, _) in VERDICTS.items()}


def _take(count: int) -> dict[str, Any]:
    """Take a valid payload for a model of so many parameters."""
    return dict([*VALID.items()][:count])


def _make(count: int, places: set[str]) -> dict[str, Any]:
    payload = _take(count)
    for name in sorted(place.removeprefix("/") for place in places):
        if name == "prompt":
            del payload[name]
        else:
            payload[name] = WRONG.get(name, 0)
    return payload


def _with_unknown(count: int) -> dict[str, Any]:
    return _take(6) | {f"a name that no model has, {index:05} {'of many':.>26}": 1 for index in range(count)}
