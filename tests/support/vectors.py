"""The vectors as whoever reads their files has them."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Read:
    """A vector with what is meant in its place; `is_json` unless that is a number that JSON cannot hold."""

    name: str
    payload: Any
    problems: tuple[tuple[str, str], ...]
    is_json: bool


def read_vectors(folder: Path) -> dict[str, list[Read]]:
    """Read the vectors of every model."""
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return {file["model"]: [restore(vector) for vector in file["vectors"]] for file in files}


def restore(vector: Mapping[str, Any]) -> Read:
    payload = copy.deepcopy(vector["payload"])
    instead = vector.get("instead", {})
    for pointer, said in instead.items():
        *parents, last = keys_of(pointer)
        place = payload
        for key in parents:
            place = place[_key(place, key)]
        last = _key(place, last)
        assert place[last] is None
        place[last] = _meant(said)
    problems = tuple((problem["pointer"], problem["code"]) for problem in vector["problems"])
    return Read(vector["name"], payload, problems, not any("number" in said for said in instead.values()))


def made_spec(properties: Mapping[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
    """Make a spec that has these parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:scenario:model_made",
        "title": "Made",
        "x-model": "model_made",
        "x-capabilities": [],
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def keys_of(pointer: str) -> list[str]:
    """Take a JSON Pointer apart."""
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]


def values_of(name: str, vectors: list[Read], *, inside: bool = False) -> Iterator[tuple[Any, str]]:
    """Give each value that is tried for a parameter, or each element of an array, and the rule that it breaks itself."""
    for vector in vectors:
        problems = dict(reversed(vector.problems))
        if not isinstance(vector.payload, dict) or name not in vector.payload:
            continue
        value = vector.payload[name]
        if not inside:
            yield value, problems.get(f"/{name}", "")
        elif isinstance(value, list):
            yield from ((one, problems.get(f"/{name}/{index}", "")) for index, one in enumerate(value))


def _key(place: Any, key: str) -> Any:
    return int(key) if isinstance(place, list) else key


def _meant(said: Mapping[str, Any]) -> Any:
    if "number" in said:
        return float(said["number"])
    return (said["text"] if "text" in said else [said["item"]]) * said["times"]
