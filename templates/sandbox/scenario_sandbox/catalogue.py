"""The models, from the specs that are packed as data: what they take, what they give, and what is wrong with a request."""

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
from .wording import cut

OUTPUT = re.compile(r"[a-z0-9]+2(3d|audio|img|txt|video)")
KINDS: dict[str, AssetKind] = {"3d": "3d", "audio": "audio", "img": "image", "txt": "text", "video": "video"}
# Made up, and as fractional as real ones.
COSTS = {"3d": 20.0, "audio": 2.25, "image": 1.5, "text": 0.5, "video": 10.75}
PLAIN = {"boolean": (bool,), "number": (int, float), "object": (dict,), "string": (str,)}
UNDERSTOOD = {"type", "enum", "minimum", "maximum"}


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

    def find_problem(self, body: Mapping[str, Any]) -> str:
        """Say what is wrong with a request first, in the order of the docs; empty when nothing is."""
        for name, rules in self.spec["properties"].items():
            problem = _judge(rules, body[name]) if name in body else self._judge_missing(name)
            if problem:
                return f"Input {name} {problem}"
        unknown = (name for name in body if name not in self.spec["properties"])
        return next((f"Input {cut(name)} is unknown" for name in unknown), "")

    def _judge_missing(self, name: str) -> str:
        return "is required" if name in self.spec["required"] else ""

    def references(self, body: dict[str, Any], to: Literal["file", "model"]) -> list[str]:
        """Give the files or models that a request refers to, each once."""
        values = [
            body[name]
            for name, rules in self.spec["properties"].items()
            if rules["x-type"] in (to, f"{to}_array") and name in body
        ]
        items = [item for value in values for item in (value if isinstance(value, list) else [value])]
        return [*dict.fromkeys(item for item in items if isinstance(item, str))]


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


def _judge(rules: Mapping[str, Any], value: Any) -> str:
    """Say what is wrong with a value first, in the API's words; empty when nothing is."""
    element = rules.get("items")
    if element is None or not isinstance(value, list):
        return _find_first_problem(rules, value, "of type ")
    whole = {keyword: rule for keyword, rule in rules.items() if keyword != "items"}
    doubtful = filterfalse(_make_quick_test(element), value)  # the reference validator takes long for a long array
    problems = (_find_first_problem(element, one, "an array of ") for one in doubtful)
    return _find_first_problem(whole, value, "of type ") or next(filter(None, problems), "")


def _find_first_problem(rules: Mapping[str, Any], value: Any, what: str) -> str:
    """Say what the reference validator finds wrong first with a value, in the API's words; empty when nothing is."""
    error = next(Draft202012Validator(rules).iter_errors(value), None)
    if error is None:
        return ""
    rule, expected = str(error.validator), cast("Any", error.validator_value)
    said = {
        "type": f"must be {what}{expected}",
        "enum": f"must be one of {json.dumps(expected, ensure_ascii=False)[1:-1]}",
        "minimum": f"must be at least {expected}",
        "maximum": f"must be at most {expected}",
    }
    return said[rule]


def _make_quick_test(rules: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Make a test that is quick, and that only right values pass, though perhaps not all of them."""
    kinds = PLAIN if rules.keys() <= UNDERSTOOD else {}
    kind = kinds.get(rules["type"], ())
    choices = frozenset(rules["enum"]) if "enum" in rules else None
    least, most = rules.get("minimum", -math.inf), rules.get("maximum", math.inf)

    def is_plainly_right(value: Any) -> bool:
        if type(value) not in kind or (choices is not None and value not in choices):
            return False
        return rules["type"] != "number" or bool(least <= value <= most)

    return is_plainly_right


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
