"""Run the vectors in a folder against the validators of the installed Python package; exit with 1 where they disagree."""

import json
import sys
from pathlib import Path

from scenario_models.validators import validate

vectors = [
    (file["model"], vector)
    for file in (json.loads(path.read_text(encoding="utf-8")) for path in Path(sys.argv[1]).glob("*.json"))
    for vector in file["vectors"]
    if "instead" not in vector  # what JSON cannot hold
]
wrong = [
    f"{model}: {vector['name']}"
    for model, vector in vectors
    if [{"pointer": one.pointer, "code": one.code} for one in validate(model, vector["payload"])]
    != vector["problems"]
]
print("\n".join(wrong) or f"validate: {len(vectors)} payloads judged as expected")
sys.exit(bool(wrong or not vectors))
