"""Specs written by hand, for what no page says: every type, rule, reference and condition, and payloads that are hard to judge."""

import json
from collections.abc import Mapping
from typing import Any

from support.vectors import made_spec

Json = dict[str, Any]
Specs = Mapping[str, Mapping[str, Any]]  # model -> spec


def number(**rules: Any) -> Json:
    return {"type": "number", **rules}


def integer(**rules: Any) -> Json:
    return {"type": "integer", **rules}


def text(**rules: Any) -> Json:
    return {"type": "string", **rules}


def array(items: Json | None = None, **rules: Any) -> Json:
    return {"type": "array", **({} if items is None else {"items": items}), **rules}


def thing(properties: Json, *required: str, is_open: bool = False, **rules: Any) -> Json:
    """Make a nested object."""
    needed: Json = {"required": list(required)} if required else {}
    closed: Json = {} if is_open else {"additionalProperties": False}
    return {"type": "object", "properties": properties, **needed, **closed, **rules}


def refer(name: str) -> Json:
    return {"$ref": f"urn:scenario:model_{name}"}


def any_of(*schemas: Json) -> Json:
    return {"anyOf": list(schemas)}


def together(*groups: list[list[str]]) -> Json:
    """Make conditions: of each group, one of its lists of parameters must be there whole."""
    return {"allOf": [{"anyOf": [{"required": names} for names in group]} for group in groups]}


FILE, FILES = {"x-type": "file"}, {"x-type": "file_array"}
# fmt: off
MODELS: dict[str, tuple[Json, list[str], Json]] = {  # name -> parameters, those that are required, conditions
    "numbers": ({
        "whole": integer(),
        "seed": integer(minimum=0, maximum=2**31 - 1, default=7),
        "between": integer(minimum=0.5, maximum=2.5),
        "sizes": integer(enum=[256, 512.0, 1024]),
        "even": integer(multipleOf=2, minimum=-3),
        "mixed": integer(multipleOf=1.5),
        "step": number(multipleOf=0.05, minimum=0.1, maximum=1, default=0.15),
        "tenths": number(multipleOf=0.1),
        "offset": number(multipleOf=2.5, minimum=1, maximum=8),
        "tiny": number(multipleOf=1e-7, maximum=1),
        "large": number(multipleOf=1e21),
        "odd-choices": number(enum=[0.1, 0.25, 0.3, 5], multipleOf=0.1, maximum=4),
        "weights": array(number(multipleOf=0.25, minimum=-1), maxItems=3),
        "exact": integer(minimum=2**53 - 8, maximum=2**53 - 1),
    }, ["whole", "step"], {}),
    "types": ({
        "id": {"type": ["integer", "string"], "minimum": 1, "maxLength": 3},
        "either": {"type": ["string", "array"], "minLength": 2, "items": integer(), "maxItems": 2},
        "flag": {"type": ["boolean", "number"], "enum": [True, 1.5, 0]},
        "three": {"type": ["object", "boolean", "number"], "multipleOf": 0.5},
        "shape": {**thing({"a": text()}, "a"), "type": ["object", "string"], "maxLength": 2},
        "anything": {},
        "limited": {"minimum": 2, "multipleOf": 0.5, "maxLength": 2, "minItems": 1},
        "elements": {"items": integer(maximum=3)},
        "choice": {"enum": [1, "a", True, 0.5]},
        "list": array({"type": ["integer", "boolean"], "maximum": 3}),
        "free": array({}),
        "mixed": array({"enum": ["auto", 0, False]}),
        "inside": {"type": ["string", "array"], "enum": ["a", "b"]},
        "choice-inside": {"type": ["string", "array"], "enum": ["a", "b"], "items": {"enum": ["c"]}},
        "nested-choice": {"type": ["string", "array"], "items": {"items": {"enum": ["a", 1]}}},
    }, ["id", "limited"], {}),
    "lengths": ({
        "name": text(minLength=2, maxLength=4),
        "short": text(maxLength=1),
        "long": text(minLength=1500, default="x" * 1500),
        "words": array(text(minLength=1, maxLength=3), minItems=1, maxItems=2),
        "code": text(enum=["a", "ab", "abc", "abcd", "🍌🍌"], minLength=2, maxLength=3),
        "image": text(maxLength=12, **FILE),
        "images": array(text(minLength=8, maxLength=12), minItems=1, maxItems=2, **FILES),
        "base": text(maxLength=20, default="asset_1", **FILE),
    }, ["name", "base"], {}),
    "arrays": ({
        "loose": array(minItems=1, maxItems=2),
        "grid": array(array(integer(minimum=0, maximum=9), minItems=1, maxItems=2), maxItems=3),
        "cube": array(array(array(text(enum=["x", "y"])))),
        "points": array({"type": "object"}, minItems=2),
        "flags": array({"type": "boolean"}, maxItems=1),
        "none": array(number(), maxItems=0),
        "lists": array(array()),
        "sets": array(any_of(array(text(enum=["a", "b"])), array(text(enum=["a", "b"]), maxItems=1))),
        "given": array(integer(), minItems=2, default=[1, 2]),
    }, ["grid", "given"], {}),
    "objects": ({
        "camera-control": thing({
            "mode": text(enum=["pan", "tilt"]),
            "class": integer(minimum=1),
            "a.b": thing({"deep": array(thing({"x": text(maxLength=2)}, "x"), maxItems=2)}, "deep", is_open=True),
            "toString": {"type": "boolean"},
        }, "mode"),
        "camera": thing({"control": thing({"mode": text()}, "mode", is_open=True), "any": {}}, "any"),
        "class": thing({"fooBar": integer(), "foo_bar": text(), "foo-bar": text(enum=["a", "b"]), "constructor": number(multipleOf=0.05), "list": array(text(enum=["a", "b"]))}, "foo_bar"),
        "class-2": {"type": "boolean"},
        "a.b": thing({}),
        "ab": {"type": "object"},
        "shots": array(thing({"prompt": text(minLength=1), "seconds": integer(minimum=1, maximum=5)}, "prompt"), minItems=1, maxItems=2),
    }, ["camera-control"], {}),
    "user": ({"id": integer(minimum=0), "is-bot": {"type": "boolean"}, "friend": refer("user"), "pet": refer("pet")}, ["id"], {}),
    "pet": ({"owner": refer("user"), "kin": array(refer("pet"), maxItems=2), "age": number()}, ["owner"], {}),
    "endless": ({"next": refer("endless")}, ["next"], {}),
    "message": ({
        "to": refer("user"),
        "entities": array(refer("user"), minItems=1, maxItems=2),
        "markup": any_of(text(maxLength=3), refer("user"), thing({"a": number(multipleOf=0.05)}, "a")),
        "number-or-text": any_of(integer(minimum=3), text(enum=["auto", "none"]), number(maximum=-1)),
        "either": any_of(refer("pet"), refer("user")),
        "user": text(enum=["anyone", "no one"]),
        "list": array(any_of(refer("user"), text(), array(integer()))),
        "inner": any_of(any_of(integer(), {"type": "boolean"}), array(any_of(text(minLength=2), number()), maxItems=1)),
        "any": any_of(text(maxLength=1), {"minimum": 5}),
        "media": thing({"file": any_of(text(), refer("pet"))}, "file"),
    }, ["to"], {}),
    "conditions": ({
        "a": text(), "b": text(), "c": integer(), "d": {}, "e": {"type": "boolean", "default": True},
        "image": text(**FILE), "video": text(**FILE), "mask": text(**FILE), "step": number(multipleOf=0.1),
    }, ["e"], {
        "dependentRequired": {"a": ["b"], "b": ["c"], "c": ["a"], "mask": ["image", "step"], "d": ["d", "e"]},
        **together([["image"], ["video", "step"]], [["a"], ["mask"]], [["d", "a"], ["step"], ["video"]]),
    }),
}
# fmt: on


def make_spec(name: str, properties: Json, required: list[str], conditions: Json) -> Json:
    """Make a spec of parameters."""
    model = f"model_{name}"
    spec = made_spec(properties, required) | conditions
    return spec | {"$id": f"urn:scenario:{model}", "title": name.title(), "x-model": model}


HAND_WRITTEN: dict[str, Json] = {f"model_{name}": make_spec(name, *said) for name, said in MODELS.items()}


def to_tree(specs: Specs, page: str = "made") -> dict[str, str]:
    """Give the JSON files of a page of specs, by their paths below `specs/`."""
    named = {model.removeprefix("model_"): spec for model, spec in specs.items()}
    manifest = {"title": page.title(), "kind": page, "updated": "2026-01-01", "models": [*specs]}
    return {f"{page}/{name}.json": json.dumps(one) for name, one in {**named, "page": manifest}.items()}


# Two models of which either may be in either: what looks at an object by both, again and again, takes twice as long at each depth.
EITHER = {"x": {"anyOf": [refer("p"), refer("q")]}, "y": integer()}
TWICE: dict[str, Json] = {
    f"model_{name}": made_spec(EITHER) | {"$id": f"urn:scenario:model_{name}", "x-model": f"model_{name}"}
    for name in "pq"
}


class CountedSpecs:
    """Find the specs of `TWICE`, and count how often one is asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, reference: str) -> Json:
        self.asked += 1
        return TWICE[reference.rpartition(":")[2]]


def nest(name: str, depth: int, last: Any) -> Any:
    """Put a value into objects inside each other."""
    for _ in range(depth):
        last = {name: last}
    return last


def kin(depth: int, last: Any) -> Any:
    """Put a value into pets inside each other."""
    for _ in range(depth):
        last = {"owner": {"id": 1}, "kin": [last]}
    return last


def lengths(name: str) -> str:
    return f'{{"name": "{name}", "base": "asset_1"}}'


USER = {"id": 1}
NUMBERS = (
    *("-0.0", "1e0", "3.0", "0.15", "0.1500000000000001", "0.3", "5e-324", "1e300", "1e21", "2e21", "-6"),
    *("256.0", "0.30000000000000004", "9007199254740994", "-9007199254740992", "1e-7", "3e-7", "0.00000025"),
    "123456789.1",
)
# Model -> payloads that are hard to judge, as JSON.
HARD_PAYLOADS: dict[str, dict[str, str]] = {
    "model_lengths": {
        "half a pair is a character": lengths("\\ud83d"),
        "two halves of pairs are two characters": lengths("\\ud83d\\ud83d"),
        "a pair, escaped, is a character": lengths("\\ud83d\\ude00"),
        "the halves of a pair the other way round are two": lengths("\\ude00\\ud83d"),
        "a half before a pair": lengths("\\ud83d\\ud83d\\ude00abc"),
        "a letter and its accent are two characters": lengths("e\u0301"),
        "a letter with its accent is one": lengths("\u00e9"),
        "a family is five characters": lengths("\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        "a flag is two characters": lengths("\U0001f1e9\U0001f1ea"),
        "zeros are characters": lengths("\\u0000\\u0000"),
    },
    "model_numbers": {
        f"{name}: {number}": f'{{"whole": 1, "step": 0.1, "{name}": {number}}}'
        for name in ("whole", "even", "mixed", "step", "tenths", "offset", "tiny", "large", "exact", "sizes")
        for number in NUMBERS
    },
    "model_user": {
        f"{depth} friends": json.dumps(USER | {"friend": nest("friend", depth, "x")})
        for depth in (98, 99, 100, 101, 400)
    },
    "model_pet": {f"{depth} of kin": json.dumps(kin(depth, USER)) for depth in (2, 49, 50, 51, 52)},
    "model_endless": {
        f"{depth} steps": json.dumps(nest("next", depth, {})) for depth in (5, 100, 101, 102, 150)
    },
    "model_message": {
        f"{name}: {text}": f'{{"to": {{"id": 1}}, "{name}": {text}}}'
        for name, text in (
            ("markup", '{"id": 1, "a": 0.15}'),
            ("markup", '{"a": 0.15}'),
            ("markup", '{"a": 0.16, "b": 1}'),
            ("markup", '"\U0001f34c\U0001f34c\U0001f34c"'),
            ("number-or-text", "2"),
            ("number-or-text", "-1.5"),
            ("number-or-text", "1.5"),
            ("either", '{"owner": {"id": "x"}}'),
            ("either", '{"id": 1, "pet": {"owner": {}}}'),
            ("list", '[1, {"id": 1}, [1.5, "a"], {"__proto__": 1}]'),
            ("inner", "[[1]]"),
            ("inner", '["a", 1]'),
            ("any", "5"),
            ("any", '"ab"'),
            ("any", "4"),
            ("media", '{"file": {"owner": 1}}'),
        )
    },
    "model_objects": {
        "names that every object has": '{"camera-control": {"mode": "pan", "__proto__": 1, "constructor": 2, "toString": true}}',
        "inherited, and not there": '{"camera-control": {"mode": "pan", "toString": null}, "class": {"__proto__": {"foo_bar": "a"}}}',
        "names with signs": '{"camera-control": {"mode": "pan", "a/b~c": 1, "": 2}, "ab": {"__proto__": 1}}',
    },
}
