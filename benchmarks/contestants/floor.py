"""The floor: validators of the models of `models.py` as one would write them by hand, for nothing but these."""

from collections.abc import Callable
from typing import Any

Problems = list[tuple[str, str]]  # pointers and messages
MODES = {"fast", "balanced", "best"}
STYLES = {"photo", "drawing", "painting", "pixels", "comic", "render", "sketch", "poster"}
SCHEDULERS = {"ddim", "euler", "euler-a", "heun", "lms", "pndm"}
FORMATS = {"png", "jpeg", "webp"}
NAMES_6 = {"prompt", "image", "mode", "strength", "tile", "references"}
NAMES_12 = NAMES_6 | {"negativePrompt", "width", "height", "style", "seed", "guidance"}
NAMES_20 = NAMES_12 | {
    *("scheduler", "steps", "mask", "maskStrength", "outputFormat", "upscale", "webhook", "tags")
}


def check_6(payload: Any) -> Problems:
    problems: Problems = []
    first(payload, problems)
    unknown(payload, NAMES_6, problems)
    return problems


def check_12(payload: Any) -> Problems:
    problems: Problems = []
    first(payload, problems)
    second(payload, problems)
    unknown(payload, NAMES_12, problems)
    return problems


def check_20(payload: Any) -> Problems:
    problems: Problems = []
    first(payload, problems)
    second(payload, problems)
    third(payload, problems)
    unknown(payload, NAMES_20, problems)
    return problems


def first(payload: Any, problems: Problems) -> None:
    if "prompt" not in payload:
        problems.append(("/prompt", "prompt is required"))
    elif not isinstance(value := payload["prompt"], str) or not 1 <= len(value) <= 2000:
        problems.append(("/prompt", f"{value!r} is no text of 1 to 2000 characters"))
    if "image" not in payload:
        problems.append(("/image", "image is required"))
    elif not isinstance(value := payload["image"], str):
        problems.append(("/image", f"{value!r} is no text"))
    if "mode" in payload and (not isinstance(value := payload["mode"], str) or value not in MODES):
        problems.append(("/mode", f"{value!r} is none of the modes"))
    if "strength" in payload and (not is_number(value := payload["strength"]) or not 0 <= value <= 1):
        problems.append(("/strength", f"{value!r} is not between 0 and 1"))
    if "tile" in payload and not isinstance(value := payload["tile"], bool):
        problems.append(("/tile", f"{value!r} is no boolean"))
    if "references" in payload:
        value = payload["references"]
        if not isinstance(value, list) or not 1 <= len(value) <= 4:
            problems.append(("/references", "is no array of 1 to 4 elements"))
        else:
            texts("/references", value, problems)


def second(payload: Any, problems: Problems) -> None:
    if "negativePrompt" in payload and (
        not isinstance(value := payload["negativePrompt"], str) or len(value) > 2000
    ):
        problems.append(("/negativePrompt", f"{value!r} is no text of up to 2000 characters"))
    if "width" in payload and (not is_number(value := payload["width"]) or not 256 <= value <= 2048):
        problems.append(("/width", f"{value!r} is not between 256 and 2048"))
    if "height" in payload and (not is_number(value := payload["height"]) or not 256 <= value <= 2048):
        problems.append(("/height", f"{value!r} is not between 256 and 2048"))
    if "style" in payload and (not isinstance(value := payload["style"], str) or value not in STYLES):
        problems.append(("/style", f"{value!r} is none of the styles"))
    if "seed" in payload and (not is_number(value := payload["seed"]) or not 0 <= value <= 2147483647):
        problems.append(("/seed", f"{value!r} is not between 0 and 2147483647"))
    if "guidance" in payload and (not is_number(value := payload["guidance"]) or not 1 <= value <= 20):
        problems.append(("/guidance", f"{value!r} is not between 1 and 20"))


def third(payload: Any, problems: Problems) -> None:
    if "scheduler" in payload and (
        not isinstance(value := payload["scheduler"], str) or value not in SCHEDULERS
    ):
        problems.append(("/scheduler", f"{value!r} is none of the schedulers"))
    if "steps" in payload and (not is_number(value := payload["steps"]) or not 1 <= value <= 50):
        problems.append(("/steps", f"{value!r} is not between 1 and 50"))
    if "mask" in payload and not isinstance(value := payload["mask"], str):
        problems.append(("/mask", f"{value!r} is no text"))
    if "maskStrength" in payload and (not is_number(value := payload["maskStrength"]) or not 0 <= value <= 1):
        problems.append(("/maskStrength", f"{value!r} is not between 0 and 1"))
    if "outputFormat" in payload and (
        not isinstance(value := payload["outputFormat"], str) or value not in FORMATS
    ):
        problems.append(("/outputFormat", f"{value!r} is none of the formats"))
    if "upscale" in payload and not isinstance(value := payload["upscale"], bool):
        problems.append(("/upscale", f"{value!r} is no boolean"))
    if "webhook" in payload and (not isinstance(value := payload["webhook"], str) or len(value) > 200):
        problems.append(("/webhook", f"{value!r} is no text of up to 200 characters"))
    if "tags" in payload:
        value = payload["tags"]
        if not isinstance(value, list) or len(value) > 8:
            problems.append(("/tags", "is no array of up to 8 elements"))
        else:
            texts("/tags", value, problems)


def texts(at: str, values: list[Any], problems: Problems) -> None:
    for index, value in enumerate(values):
        if not isinstance(value, str):
            problems.append((f"{at}/{index}", f"{value!r} is no text"))


def unknown(payload: Any, names: set[str], problems: Problems) -> None:
    if not payload.keys() <= names:
        problems += [(f"/{name}", f"{name} is unknown") for name in payload if name not in names]


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


CHECKS: dict[str, Callable[[Any], Problems]] = {"6": check_6, "12": check_12, "20": check_20}
