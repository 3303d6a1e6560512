"""The models, from the specs that are packed as data: what they take, what they give, and what is wrong with a request."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from .assets import AssetKind

OUTPUT = re.compile(r"[a-z0-9]+2(3d|audio|img|txt|video)")
KINDS: dict[str, AssetKind] = {"3d": "3d", "audio": "audio", "img": "image", "txt": "text", "video": "video"}
# Made up, and as fractional as real ones.
COSTS = {"3d": 20.0, "audio": 2.25, "image": 1.5, "text": 0.5, "video": 10.75}


@dataclass(frozen=True)
class Model:
    """One model and its spec."""

    spec: dict[str, Any]

    @property
    def id(self) -> str:
        """The id, as in addresses."""
        return str(self.spec["x-model"])

    @property
    def capability(self) -> str:
        """The first capability that tells what comes of what; empty where the docs name none."""
        return next(filter(OUTPUT.fullmatch, self.spec["x-capabilities"]), "")

    @property
    def kind(self) -> AssetKind:
        """The kind of asset it gives: that of its capability; else images."""
        found = OUTPUT.fullmatch(self.capability)
        return KINDS[found[1]] if found else "image"

    @property
    def cost(self) -> float:
        """What a run costs, in creative units."""
        return COSTS[self.kind]

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """The parameters, as the API describes them."""
        return [_input(name, rules, self.spec["required"]) for name, rules in self.spec["properties"].items()]

    @cached_property
    def validator(self) -> Draft202012Validator:
        """The reference validator of the spec."""
        return Draft202012Validator(self.spec)

    def find_problem(self, body: Any) -> str:
        """Say what is wrong with a request first, in the order of the docs; empty when nothing is."""
        names = list(self.spec["properties"])
        problems = [problem for error in self.validator.iter_errors(body) for problem in _explain(error)]
        return min(
            problems,
            key=lambda found: names.index(found[0]) if found[0] in names else len(names),
            default=("", ""),
        )[1]

    def references(self, body: dict[str, Any], to: Literal["file", "model"]) -> list[str]:
        """Give the files or models that a request refers to, one by one."""
        values = [
            body[name]
            for name, rules in self.spec["properties"].items()
            if rules["x-type"] in (to, f"{to}_array") and name in body
        ]
        items = [item for value in values for item in (value if isinstance(value, list) else [value])]
        return [item for item in items if isinstance(item, str)]


@cache
def load_models() -> Mapping[str, Model]:
    """Read the specs of all models, by id; once, for all sandboxes of a process."""
    folder = files(__package__) / "models"
    specs = (
        [json.loads(path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith(".json")]
        if folder.is_dir()
        else []
    )
    return {spec["x-model"]: Model(spec) for spec in sorted(specs, key=lambda spec: str(spec["x-model"]))}


def _explain(error: ValidationError) -> list[tuple[str, str]]:
    """Give the parameters that an error is about, and what is wrong with each, in the API's words."""
    rule, expected, found = (
        str(error.validator),
        cast("Any", error.validator_value),
        cast("Any", error.instance),
    )
    if rule == "required":
        return [(name, f"Input {name} is required") for name in expected if name not in found]
    if rule == "additionalProperties":
        known = cast("Any", error.schema)["properties"]
        return [(name, f"Input {name} is unknown") for name in found if name not in known]
    name = str(error.absolute_path[0])
    what = "an array of " if len(error.absolute_path) > 1 else "of type "
    said = {
        "type": f"must be {what}{expected}",
        "enum": f"must be one of {json.dumps(expected, ensure_ascii=False)[1:-1]}",
        "minimum": f"must be at least {expected}",
        "maximum": f"must be at most {expected}",
    }
    return [(name, f"Input {name} {said[rule]}")]


def _input(name: str, rules: dict[str, Any], required: list[str]) -> dict[str, Any]:
    element = rules.get("items", rules)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ")
    shown = {
        "name": name,
        "type": rules["x-type"],
        "label": words[:1].upper() + words[1:],
        "description": rules.get("description"),
        "default": rules.get("default"),
        "allowedValues": element.get("enum"),
        "min": element.get("minimum", rules.get("x-min")),
        "max": element.get("maximum", rules.get("x-max")),
        "required": {"always": True} if name in required else None,
    }
    if rules["x-type"] in ("file", "file_array"):
        # The docs do not say the kind, and the API always does: the name tells.
        shown["kind"] = next((kind for kind in ("video", "audio") if kind in name.lower()), "image")
    if rules["x-type"] == "inputs_array":
        shown["inputs"] = []
    return {key: value for key, value in shown.items() if value is not None}
