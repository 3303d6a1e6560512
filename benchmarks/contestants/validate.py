"""Validate payloads by the validators of one contestant in Python: which places they name, or how long they take.

It runs in the environment of the peers, and has the parameters of `models.py` once more where a contestant takes no JSON Schema.
"""

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

import fastjsonschema
import jsonschema_rs
from floor import NAMES, check
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

BATCHES = 5
COPIES = 16  # of a payload, so that it is not one object that is always in the processor's cache
LARGE = 100_000  # characters: of such a payload there is one, since whether sixteen are in the cache would depend on how many names it has


# By the number of parameters. A parameter that may be left out may not be null, as in the specs.
STRICT = ConfigDict(strict=True, extra="forbid")
Strength = Annotated[float, Field(ge=0, le=1)]
Side = Annotated[float, Field(ge=256, le=2048)]


@with_config(STRICT)
class Measured6(TypedDict):
    prompt: Annotated[str, Field(min_length=1, max_length=2000)]
    image: str
    mode: NotRequired[Literal["fast", "balanced", "best"]]
    strength: NotRequired[Strength]
    tile: NotRequired[bool]
    references: NotRequired[Annotated[list[str], Field(min_length=1, max_length=4)]]


@with_config(STRICT)
class Measured12(Measured6):
    negativePrompt: NotRequired[Annotated[str, Field(max_length=2000)]]
    width: NotRequired[Side]
    height: NotRequired[Side]
    style: NotRequired[
        Literal["photo", "drawing", "painting", "pixels", "comic", "render", "sketch", "poster"]
    ]
    seed: NotRequired[Annotated[float, Field(ge=0, le=2147483647)]]
    guidance: NotRequired[Annotated[float, Field(ge=1, le=20)]]


@with_config(STRICT)
class Measured20(Measured12):
    scheduler: NotRequired[Literal["ddim", "euler", "euler-a", "heun", "lms", "pndm"]]
    steps: NotRequired[Annotated[float, Field(ge=1, le=50)]]
    mask: NotRequired[str]
    maskStrength: NotRequired[Strength]
    outputFormat: NotRequired[Literal["png", "jpeg", "webp"]]
    upscale: NotRequired[bool]
    webhook: NotRequired[Annotated[str, Field(max_length=200)]]
    tags: NotRequired[Annotated[list[str], Field(max_length=8)]]


PYDANTIC: dict[str, type[Any]] = {"6": Measured6, "12": Measured12, "20": Measured20}


@dataclass(frozen=True)
class Contestant:
    """Statements, as timeit has them, that find all problems in `found`, and read each message; and the places of what was found."""

    names: Callable[[str, Mapping[str, Any]], dict[str, Any]]  # which the statements use, for a model
    find: str
    read: str
    places: Callable[[Any], list[str]]

    def make_names(self, task: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Make the names of each model once: one validator gets all payloads, as where it is in use."""
        return {model: self.names(model, task) for model in NAMES}

    def compile(self, names: Mapping[str, Any], *, is_read: bool) -> Callable[[list[Any]], Any]:
        lines = (self.find + (self.read if is_read else "")).splitlines()
        body = "".join(f"\n        {line}" for line in lines)
        scope = {**names}
        source = f"def run(payloads):\n    for payload in payloads:{body}\n    return found"
        exec(source, scope)  # noqa: S102
        run: Callable[[list[Any]], Any] = scope["run"]
        return run


def model_of(payload: str) -> str:
    """Give the model that the name of a payload begins with."""
    return payload.partition(",")[0]


def schema_of(model: str, task: Mapping[str, Any]) -> Any:
    return json.loads(Path(task["specs"], f"measured-{model}.json").read_text(encoding="utf-8"))


def validator_of(model: str, task: Mapping[str, Any]) -> dict[str, Any]:
    sys.path.insert(0, task["python"])
    validators = importlib.import_module("scenario_models.validators")
    return {"validate": validators.validate, "model": f"model_measured-{model}"}


def compile_rust(model: str, task: Mapping[str, Any]) -> dict[str, Any]:
    validator = jsonschema_rs.validator_for(schema_of(model, task))
    return {"is_valid": validator.is_valid, "iter_errors": validator.iter_errors}


def place_of(error: Any) -> list[str]:
    """Give the places of an error of jsonschema-rs, which tells of parameters that are missing or unknown at their object."""
    kind, at = error.kind, "".join(f"/{part}" for part in error.instance_path)
    if kind.name == "required":
        return [f"{at}/{kind.property}"]
    if kind.name == "additionalProperties":
        return [f"{at}/{name}" for name in kind.unexpected]
    return [at]


def first_place(error: Any) -> list[str]:
    """Give the place of an error of fastjsonschema, which names parameters that are missing or unknown in its message."""
    names = error.message.partition(" must contain ")[2] or error.message.partition("properties")[2]
    name = names.partition("'")[2].partition("'")[0]
    return ["/" + (name or error.name.partition(".")[2].replace(".", "/"))]


CONTESTANTS = {
    "paramsync": Contestant(
        validator_of,
        "found = validate(model, payload)\n",
        "for one in found: one.message",
        lambda found: [one.pointer for one in found],
    ),
    "jsonschema-rs": Contestant(
        compile_rust,
        "found = [] if is_valid(payload) else list(iter_errors(payload))\n",
        "for one in found: one.message",
        lambda found: [place for one in found for place in place_of(one)],
    ),
    "jsonschema-rs iter_errors": Contestant(
        compile_rust,
        "found = list(iter_errors(payload))\n",
        "for one in found: one.message",
        lambda found: [place for one in found for place in place_of(one)],
    ),
    "pydantic": Contestant(
        lambda model, _: {
            "validate": TypeAdapter(PYDANTIC[model]).validator.validate_python,
            "ValidationError": ValidationError,
        },
        "found = []\ntry: validate(payload)\n"
        "except ValidationError as error: found = error.errors(include_url=False, include_context=False, include_input=False)\n",
        "for one in found: one['msg']",
        lambda found: ["".join(f"/{part}" for part in one["loc"]) for one in found],
    ),
    "fastjsonschema (first only)": Contestant(
        lambda model, task: {
            "validate": fastjsonschema.compile(schema_of(model, task)),
            "Error": fastjsonschema.JsonSchemaValueException,
        },
        "found = None\ntry: validate(payload)\nexcept Error as error: found = error\n",
        "if found: found.message",
        lambda found: first_place(found) if found else [],
    ),
    "by hand": Contestant(
        lambda model, _: {"check": check, "names": NAMES[model]},
        "found = check(payload, names)\n",
        "for one in found: one[1]",
        lambda found: [one[0] for one in found],
    ),
}


def find_places(name: str, task: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give the places that a contestant names, by payload."""
    contestant = CONTESTANTS[name]
    runs = {
        model: contestant.compile(names, is_read=True) for model, names in contestant.make_names(task).items()
    }
    payloads = task["payloads"] | task["verdicts"]
    return {
        payload: contestant.places(runs[model_of(payload)]([value])) for payload, value in payloads.items()
    }


def measure(name: str, task: Mapping[str, Any]) -> dict[str, float]:
    """Give the nanoseconds that a payload takes: to find its problems, and to read each message, too."""
    contestant, times = CONTESTANTS[name], {}
    names = contestant.make_names(task)
    for payload, value in task["payloads"].items():
        for how in ("found",) if payload.endswith("valid") else ("found", "read"):
            run = contestant.compile(names[model_of(payload)], is_read=how == "read")
            times[f"{payload}, {how}"] = _time(run, value, task["seconds"])
    return times


def _time(run: Callable[[list[Any]], Any], payload: Any, seconds: float) -> float:
    text = json.dumps(payload)
    run([payload])
    once = _clock(run, [payload], 1)
    copies = [json.loads(text) for _ in range(1 if once > seconds or len(text) > LARGE else COPIES)]
    times = max(1, round(seconds / max(once, 1e-7) / len(copies)))
    _clock(run, copies * times, 1)
    return statistics.median(_clock(run, copies * times, len(copies) * times) for _ in range(BATCHES)) * 1e9


def _clock(run: Callable[[list[Any]], Any], payloads: list[Any], calls: int) -> float:
    begin = time.perf_counter()
    run(payloads)
    return (time.perf_counter() - begin) / calls


if __name__ == "__main__":
    said = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    if sys.argv[1] == "places":
        print(json.dumps({name: find_places(name, said) for name in CONTESTANTS}))
    else:
        print(json.dumps(measure(sys.argv[1], said)))
