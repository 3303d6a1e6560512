"""Payloads that are wrong in bulk, and what they cost: run with the folder of the packages and the file of junk, it says so as JSON."""

import contextlib
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from support.vectors import made_spec

FEW, MANY = 6, 600  # choices, and a tenth as many parameters
LONG = 50_000  # bytes of a few large mistakes
SLACK = 0.05  # seconds that are forgiven


def junk_spec(name: str, count: int) -> dict[str, Any]:
    """Make a spec of every kind of parameter, with some number of choices."""
    words = [f"{'abcdefgh'[index % 8]}choice{index}" for index in range(count)]
    kinds = {
        "text": {"type": "string"},
        "mode": {"type": "string", "enum": words},
        "scale": {"type": "number", "minimum": 0, "maximum": 1},
        "size": {"type": "number", "enum": [*range(count)]},
        "flag": {"type": "boolean"},
    }
    properties = {key: {**kind, "x-type": kind["type"]} for key, kind in kinds.items()}
    arrays = {**kinds, "point": {"type": "object"}}
    arrays.pop("flag")  # of booleans there are no arrays
    for key, kind in arrays.items():
        properties[f"{key}s"] = {"type": "array", "x-type": f"{kind['type']}_array", "items": kind}
    properties["points"]["x-type"] = "inputs_array"
    # What no page says yet.
    shape = {"type": "object", "properties": {"mode": kinds["mode"]}, "additionalProperties": False}
    other: dict[str, Any] = {"$ref": f"urn:scenario:model_{name}"}
    either = {"anyOf": [{"type": "number", "minimum": 9}, shape, {"type": "array", "items": shape}, other]}
    several = {"type": ["integer", "string"], "maximum": 5, "maxLength": 4}
    inside = {
        "step": {"type": "number", "multipleOf": 0.05},
        "shape": shape,
        "either": either,
        "other": other,
        "several": several,
    }
    properties |= {f"{key}s": {"type": "array", "maxItems": 9, "items": kind} for key, kind in inside.items()}
    properties |= {"title": {"type": "string", "minLength": 2, "maxLength": 9}, "shape": shape}
    properties |= {f"parameterName{index}": properties["text"] for index in range(count // 10)}
    model = f"model_{name}"
    return {**made_spec(properties, ["text"]), "$id": f"urn:scenario:{model}", "x-model": model}


def _names(make: Callable[[int], str]) -> Callable[[int], str]:
    return lambda size: json.dumps({make(index): 0 for index in range(size // len(make(0)))})


def _array(name: str, make: Callable[[int], str]) -> Callable[[int], str]:
    """Make an array of values, given as JSON."""
    return lambda size: f'{{"{name}": [{",".join(map(make, range(size // len(make(0)))))}]}}'


def _one(name: str, part: str) -> Callable[[int], str]:
    """Make one long text, of a part that is repeated, given as JSON."""
    return lambda size: f'{{"{name}": "{part * (size // len(part))}"}}'


LETTERS = "abcdefghijklmnopqrstuvwxyz"
MANY_MISTAKES: dict[str, Callable[[int], str]] = {
    "names of sixty letters": _names(lambda index: f"{index:06}{LETTERS * 2}ab"),
    "names that come near": _names(lambda index: f"parameterNaem{index:07}"),
    "short names": _names(lambda index: f"{index:05x}"),
    "names that differ in case": _names(lambda index: _case("parametername" + LETTERS[:8], index)),
    "names to escape": _names(lambda index: f"~/~/~/{index:06}"),
    "names with signatures": _names(lambda index: f"https://a.b/c?sign={index:06}#x"),
    "wrong choices": _array("modes", lambda index: f'"{index:06}"'),
    "choices that come near": _array("modes", lambda index: f'"{"abcdefgh"[index % 8]}chioce{index:05}"'),
    "empty choices": _array("modes", lambda _: '""'),
    "wrong numbers among choices": _array("sizes", lambda index: str(10_000 + index)),
    "right choices": _array("modes", lambda index: f'"{"abcdef"[index % 6]}choice{index % 6}"'),
    "numbers out of bounds": _array("scales", lambda _: "9"),
    "infinite numbers": _array("scales", lambda _: "1e400"),
    "numbers of many digits": _array("scales", lambda _: "9" * 2000),
    "right numbers": _array("scales", lambda _: "1"),
    "texts for numbers": _array("scales", lambda _: '""'),
    "signatures for numbers": _array("scales", lambda index: f'"https://a.b/c?sign={index:06}"'),
    "addresses in each other for numbers": _array("scales", lambda _: f'"?{"http:" * 180}"'),
    "nulls": _array("scales", lambda _: "null"),
    "arrays in an array": _array("texts", lambda _: "[]"),
    "objects in an array": _array("texts", lambda _: "{}"),
    "arrays of arrays": _array("texts", lambda _: f"[{'[],' * 99}[]]"),
    "numbers off a step": _array("steps", lambda index: f"{index % 1000 + 0.01}"),
    "numbers on a step": _array("steps", lambda index: f"{index % 1000 + 0.15}"),
    "wrong choices in objects": _array("shapes", lambda index: f'{{"mode": "{index:06}"}}'),
    "wrong names in objects": _array("shapes", lambda index: f'{{"modes": 0, "mode{index:06}": 0}}'),
    "no alternatives": _array("eithers", lambda index: f'["{index:06}"]'),
    "objects for alternatives": _array("eithers", lambda index: f'{{"mode": 0, "modes": ["{index:06}"]}}'),
    "objects of a model": _array("others", lambda index: f'{{"text": "", "mode": "{index:06}"}}'),
    "models in each other": _array(
        "others", lambda _: f'{{"others": [{{"others": [{{"others": [{"{}," * 9}0]}}]}}]}}'
    ),
    "wrong values of several types": _array("severals", lambda index: f"{index + 10}"),
    "a deep array": _array("scales", lambda _: "[" * 250 + "]" * 250),
}
LARGE_MISTAKES: dict[str, Callable[[int], str]] = {
    "a name to escape": lambda size: json.dumps({"~/" * (size // 2): 0}),
    "a long name": lambda size: json.dumps({"x" * size: 0, "__proto__": 0}),
    "a long choice": _one("mode", "choice"),
    "a long text": _one("scale", "x"),
    "a text that is too long": _one("title", "\U0001f34c"),
    "wrong names in an object": lambda size: f'{{"shape": {_names(lambda index: f"{index:05x}")(size)}}}',
    "addresses in each other": _one("scale", "http:"),
    "addresses in each other behind a query": _one("scale", "?http:"),
    "quotation marks": _one("scale", '\\"'),
    "halves of pairs": _one("scale", "\\ud800"),
    "an array for a number": _array("scale", lambda _: "0"),
    "an object for a text": lambda size: f'{{"text": {_names(lambda index: f"{index:05x}")(size // 5)}}}',
    "an array for everything": lambda size: f"[{'0,' * (size // 2)}0]",
}


def _case(name: str, number: int) -> str:
    return "".join(
        sign.upper() if number >> place & 1 else sign for place, sign in enumerate(reversed(name))
    )[::-1]


def write_junk(folder: Path, size: int) -> Path:
    """Write all junk as JSON: for each name a text, of a size where the mistakes are many, and one that is four times as long."""
    texts = {name: [make(size), make(size * 4)] for name, make in MANY_MISTAKES.items()}
    texts |= {name: [make(LONG), make(LONG * 4)] for name, make in LARGE_MISTAKES.items()}
    path = folder / "junk.json"
    path.write_text(json.dumps(texts), encoding="utf-8")
    return path


def timed(work: Callable[[], object]) -> float:
    """Give the processor's seconds that a work takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def judge_in_python(model: str, payload: Any) -> None:
    """Do all that one does with a payload: check it, read what is told, make a request of it, and say why that is refused."""
    from scenario_models.factory import from_body
    from scenario_models.validators import validate

    json.dumps(validate(model, payload))
    if isinstance(payload, dict):
        with contextlib.suppress(ValueError):
            from_body(model, payload)


def judge_in_sandbox(model: str, payload: Any) -> None:
    """Find what is wrong with a request, which is an object."""
    from scenario_sandbox.catalogue import load_models

    if isinstance(payload, dict):
        load_models()[model].find_problem(payload)


def main(folder: Path, junk: Path) -> None:
    sys.path[:0] = [str(folder / "python"), str(folder / "sandbox")]
    found: dict[str, list[float]] = {}
    for name, texts in json.loads(junk.read_text(encoding="utf-8")).items():
        payloads = [json.loads(text) for text in texts]
        for judge in (judge_in_python, judge_in_sandbox):
            for model in ("few", "many"):
                times = [timed(partial(judge, f"model_{model}", payload)) for payload in payloads]
                found[f"{judge.__name__}: {name}: {model}"] = times
    print(json.dumps(found))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
