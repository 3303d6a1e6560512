"""The floor: validators of the models of `models.py` as one would write them by hand, for nothing but these and JSON."""

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
NAMES = {"6": NAMES_6, "12": NAMES_12, "20": NAMES_20}  # by the number of parameters


def check(payload: Any, names: set[str]) -> Problems:  # noqa: C901, PLR0912, PLR0915
    """Find the problems of a payload for a model with these names, in one function, as a call costs as much as a check."""
    problems: Problems = []
    if "prompt" not in payload:
        problems.append(("/prompt", "prompt is required"))
    elif type(value := payload["prompt"]) is not str or not 1 <= len(value) <= 2000:
        problems.append(("/prompt", "must be a text of 1 to 2000 characters"))
    if "image" not in payload:
        problems.append(("/image", "image is required"))
    elif type(value := payload["image"]) is not str:
        problems.append(("/image", "must be a text"))
    if "mode" in payload and (type(value := payload["mode"]) is not str or value not in MODES):
        problems.append(("/mode", "must be one of the modes"))
    if "strength" in payload and (
        ((kind := type(value := payload["strength"])) is not float and kind is not int) or not 0 <= value <= 1
    ):
        problems.append(("/strength", "must be between 0 and 1"))
    if "tile" in payload and type(value := payload["tile"]) is not bool:
        problems.append(("/tile", "must be a boolean"))
    if "references" in payload:
        value = payload["references"]
        if type(value) is not list or not 1 <= len(value) <= 4:
            problems.append(("/references", "must be an array of 1 to 4 elements"))
        else:
            for element in value:
                if type(element) is not str:
                    problems += texts("/references", value)
                    break
    if names is not NAMES_6:
        if "negativePrompt" in payload and (
            type(value := payload["negativePrompt"]) is not str or len(value) > 2000
        ):
            problems.append(("/negativePrompt", "must be a text of up to 2000 characters"))
        if "width" in payload and (
            ((kind := type(value := payload["width"])) is not float and kind is not int)
            or not 256 <= value <= 2048
        ):
            problems.append(("/width", "must be between 256 and 2048"))
        if "height" in payload and (
            ((kind := type(value := payload["height"])) is not float and kind is not int)
            or not 256 <= value <= 2048
        ):
            problems.append(("/height", "must be between 256 and 2048"))
        if "style" in payload and (type(value := payload["style"]) is not str or value not in STYLES):
            problems.append(("/style", "must be one of the styles"))
        if "seed" in payload and (
            ((kind := type(value := payload["seed"])) is not float and kind is not int)
            or not 0 <= value <= 2147483647
        ):
            problems.append(("/seed", "must be between 0 and 2147483647"))
        if "guidance" in payload and (
            ((kind := type(value := payload["guidance"])) is not float and kind is not int)
            or not 1 <= value <= 20
        ):
            problems.append(("/guidance", "must be between 1 and 20"))
    if names is NAMES_20:
        if "scheduler" in payload and (
            type(value := payload["scheduler"]) is not str or value not in SCHEDULERS
        ):
            problems.append(("/scheduler", "must be one of the schedulers"))
        if "steps" in payload and (
            ((kind := type(value := payload["steps"])) is not float and kind is not int)
            or not 1 <= value <= 50
        ):
            problems.append(("/steps", "must be between 1 and 50"))
        if "mask" in payload and type(value := payload["mask"]) is not str:
            problems.append(("/mask", "must be a text"))
        if "maskStrength" in payload and (
            ((kind := type(value := payload["maskStrength"])) is not float and kind is not int)
            or not 0 <= value <= 1
        ):
            problems.append(("/maskStrength", "must be between 0 and 1"))
        if "outputFormat" in payload and (
            type(value := payload["outputFormat"]) is not str or value not in FORMATS
        ):
            problems.append(("/outputFormat", "must be one of the formats"))
        if "upscale" in payload and type(value := payload["upscale"]) is not bool:
            problems.append(("/upscale", "must be a boolean"))
        if "webhook" in payload and (type(value := payload["webhook"]) is not str or len(value) > 200):
            problems.append(("/webhook", "must be a text of up to 200 characters"))
        if "tags" in payload:
            value = payload["tags"]
            if type(value) is not list or len(value) > 8:
                problems.append(("/tags", "must be an array of up to 8 elements"))
            else:
                for element in value:
                    if type(element) is not str:
                        problems += texts("/tags", value)
                        break
    if not names.issuperset(payload):
        problems += [(f"/{name}", "is unknown") for name in payload if name not in names]
    return problems


def texts(at: str, values: list[Any]) -> Problems:
    """Find the elements that are no texts, of which there is one."""
    return [
        (f"{at}/{index}", "must be a text") for index, value in enumerate(values) if type(value) is not str
    ]
