"""The models, from the specs in `models/`: their inputs, the kind of their results, and the check of a request."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import filterfalse
from typing import Any, Literal, cast

from jsonschema import Draft202012Validator

from .assets import AssetKind
from .error_messages import shorten

OUTPUT = re.compile(r"[a-z0-9]+2(3d|audio|img|txt|video)")
KINDS: dict[str, AssetKind] = {"3d": "3d", "audio": "audio", "img": "image", "txt": "text", "video": "video"}
# Made up, and as fractional as real ones.
COSTS = {"3d": 20.0, "audio": 2.25, "image": 1.5, "text": 0.5, "video": 10.75}
PYTHON_TYPES = {"boolean": (bool,), "number": (int, float), "object": (dict,), "string": (str,)}
QUICK_KEYWORDS = {"type", "enum", "minimum", "maximum"}


@dataclass(frozen=True)
class Model:
    """One model and its spec."""

    spec: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.spec["x-model"])

    @property
    def capability(self) -> str:
        """The first capability such as `img2video`; empty if the docs have none."""
        return next(filter(OUTPUT.fullmatch, self.spec["x-capabilities"]), "")

    @property
    def kind(self) -> AssetKind:
        """The kind of its results, from its capability; image by default."""
        found = OUTPUT.fullmatch(self.capability)
        return KINDS[found[1]] if found else "image"

    @property
    def cost(self) -> float:
        """The price of a run, in creative units."""
        return COSTS[self.kind]

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """The parameters as the API shows them."""
        return [_input(name, rules, self.spec["required"]) for name, rules in self.spec["properties"].items()]

    def find_problem(self, body: Mapping[str, Any]) -> str:
        """Describe the first problem of a request, in the order of the docs; empty if there is none."""
        for name, rules in self.spec["properties"].items():
            problem = _find_value_problem(rules, body[name]) if name in body else self._find_missing(name)
            if problem:
                return f"Input {name} {problem}"
        unknown = (name for name in body if name not in self.spec["properties"])
        return next((f"Input {shorten(name)} is unknown" for name in unknown), "")

    def _find_missing(self, name: str) -> str:
        return "is required" if name in self.spec["required"] else ""

    def references(self, body: dict[str, Any], to: Literal["file", "model"]) -> list[str]:
        """Return the files or models that a request names, each once."""
        values = [
            body[name]
            for name, rules in self.spec["properties"].items()
            if rules["x-type"] in (to, f"{to}_array") and name in body
        ]
        items = [item for value in values for item in (value if isinstance(value, list) else [value])]
        return [*dict.fromkeys(item for item in items if isinstance(item, str))]


@cache
def load_models() -> Mapping[str, Model]:
    """Read the specs of all models, by id; once in a process."""
    folder = files(__package__) / "models"
    specs = (
        [json.loads(path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith(".json")]
        if folder.is_dir()
        else []
    )
    return {spec["x-model"]: Model(spec) for spec in sorted(specs, key=lambda spec: str(spec["x-model"]))}


def _find_value_problem(rules: Mapping[str, Any], value: Any) -> str:
    """Describe the first problem of a value in the API's words; empty if there is none."""
    element = rules.get("items")
    if element is None or not isinstance(value, list):
        return _find_first_problem(rules, value, "of type ")
    whole = {keyword: rule for keyword, rule in rules.items() if keyword != "items"}
    others = filterfalse(_make_quick_test(element), value)  # the reference validator is slow for long arrays
    problems = (_find_first_problem(element, one, "an array of ") for one in others)
    return _find_first_problem(whole, value, "of type ") or next(filter(None, problems), "")


def _find_first_problem(rules: Mapping[str, Any], value: Any, what: str) -> str:
    """Describe the first problem that the reference validator finds in a value; empty if there is none."""
    error = next(Draft202012Validator(rules).iter_errors(value), None)
    if error is None:
        return ""
    rule, expected = str(error.validator), cast("Any", error.validator_value)
    messages = {
        "type": f"must be {what}{expected}",
        "enum": f"must be one of {json.dumps(expected, ensure_ascii=False)[1:-1]}",
        "minimum": f"must be at least {expected}",
        "maximum": f"must be at most {expected}",
    }
    return messages[rule]


def _make_quick_test(rules: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Make a quick test that no invalid value passes, though perhaps not every valid one."""
    types = PYTHON_TYPES if rules.keys() <= QUICK_KEYWORDS else {}
    accepted = types.get(rules["type"], ())
    choices = frozenset(rules["enum"]) if "enum" in rules else None
    least, most = rules.get("minimum", -math.inf), rules.get("maximum", math.inf)

    def is_surely_valid(value: Any) -> bool:
        if type(value) not in accepted or (choices is not None and value not in choices):
            return False
        return rules["type"] != "number" or bool(least <= value <= most)

    return is_surely_valid


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
        # The API always shows the kind, which the docs do not have: guess it from the name.
        shown["kind"] = next((kind for kind in ("video", "audio") if kind in name.lower()), "image")
    if rules["x-type"] == "inputs_array":
        shown["inputs"] = []
    return {key: value for key, value in shown.items() if value is not None}
