"""The models, from the specs in `models/`: what they take, the kind of their results, and the check of a request."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from .assets import AssetKind
from .inputs import find_annotations, show_inputs, show_selects
from .problems import find_problem

OUTPUT = re.compile(r"[a-z0-9]+2(3d|audio|img|txt|video)")
KINDS: dict[str, AssetKind] = {"3d": "3d", "audio": "audio", "img": "image", "txt": "text", "video": "video"}
TYPE = "custom"  # of all models of the docs
# Made up, and as fractional as real ones.
COSTS = {"3d": 20.0, "audio": 2.25, "image": 1.5, "text": 0.5, "video": 10.75}


@dataclass(frozen=True)
class Model:
    """One model and its spec."""

    spec: Mapping[str, Any]

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
        return show_inputs(self.spec)

    @property
    def selects(self) -> dict[str, dict[str, str]]:
        """What forms call the choices of its parameters."""
        return show_selects(self.spec)

    def find_problem(self, body: Mapping[str, Any]) -> str:
        """Describe the first problem of a request, in the order of the docs; empty if there is none."""
        return find_problem(self.spec, body, _specs_by_reference().__getitem__)

    def references(self, body: Mapping[str, Any], to: Literal["file", "model"]) -> list[tuple[str, str]]:
        """Return the files or models that a request names, each below the name of its parameter."""
        values = [
            (name, body[name])
            for name, rules in self.spec["properties"].items()
            if rules.get("x-type") in (to, f"{to}_array") and name in body
        ]
        items = [
            (name, one) for name, value in values for one in (value if isinstance(value, list) else [value])
        ]
        return [*dict.fromkeys((name, one) for name, one in items if isinstance(one, str))]

    def find_file_problem(self, name: str, size: int) -> str:
        """Say that a parameter takes no file of so many bytes; empty if it does."""
        limit = self._says(name).get("maxSize")
        return f"Input {name} must be at most {limit} bytes" if limit is not None and size > limit else ""

    def find_model_problem(self, name: str, other: str) -> str:
        """Say that a parameter does not take a model of the docs; empty if it does."""
        allowed = self._says(name).get("modelTypes") or [TYPE]
        return (
            ""
            if TYPE in allowed
            else f"Invalid model(s): {other}.\nAllowed model types: {', '.join(allowed)}"
        )

    def _says(self, name: str) -> dict[str, Any]:
        return find_annotations(self.spec["properties"][name])


@cache
def load_models() -> Mapping[str, Model]:
    """Read the specs of all models, by id; once in a process."""
    folder = files(__package__) / "models"
    paths = [path for path in folder.iterdir() if path.name.endswith(".json")] if folder.is_dir() else []
    models = (Model(json.loads(path.read_text("utf-8"))) for path in paths)
    return {model.id: model for model in sorted(models, key=lambda model: model.id)}


@cache
def _specs_by_reference() -> Mapping[str, Mapping[str, Any]]:
    return {model.spec["$id"]: model.spec for model in load_models().values()}
