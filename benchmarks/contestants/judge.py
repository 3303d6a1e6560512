"""Judge the payloads of vectors by generated models: say which of them is judged otherwise.

Only what each of the generators can say is asked for: what is missing, unknown, too small or too large, and no choice.

python judge.py OUTPUT VECTORS
"""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

COMMON = {"required", "unknown", "minimum", "maximum", "enum"}


def find_differences(output: Path, vectors: Path) -> Iterator[str]:
    paths = sorted(vectors.glob("*.json"))
    for path in paths:
        known = json.loads(path.read_text(encoding="utf-8"))
        judge = find_judge(output, path.stem, known["model"])
        for vector in known["vectors"]:
            codes = {problem["code"] for problem in vector["problems"]}
            is_whole = "instead" not in vector  # a huge part stands there as how to make it
            if is_whole and codes <= COMMON and judge(vector["payload"]) != (not codes):
                yield f"{path.stem}: {vector['name']}"
    if not paths:
        yield "there are no vectors"


def find_judge(output: Path, stem: str, model: str) -> Callable[[Any], bool]:
    """Give what tells whether a payload is valid: our validator, or the class in the module of a model."""
    if (output / "scenario_models").exists():
        validate = importlib.import_module("scenario_models.validators").validate
        return lambda payload: not validate(model, payload)
    name = stem.replace("-", "_").replace(".", "_")
    [path] = [*output.rglob(f"{name}.py"), *output.rglob(f"m_{name}.py")]
    module = importlib.import_module(".".join(path.relative_to(output).with_suffix("").parts))
    [found] = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, BaseModel) and one.__module__ == module.__name__
    ]

    def judge(payload: Any) -> bool:
        try:
            found.model_validate(payload)
        except ValidationError:
            return False
        return True

    return judge


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    print(json.dumps([*find_differences(Path(sys.argv[1]), Path(sys.argv[2]))]))
