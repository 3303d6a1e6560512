"""What changed between two sets of specs: a table of every kind, and the proof that breaking means breaking: on the wire, and in Python.

Modules: kinds, models, specs.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from paramsync.changes.kinds import KINDS, Change, make_change, suggest_step
from paramsync.findings import InputError
from paramsync.rendering.pages import load_pages
from paramsync.specs.problems import find_no_spec, find_value_problems
from support.names import TARGETS
from support.random_specs import some_rules
from support.rendering import render
from support.roots import PROJECT
from support.services import SERVICE, compare
from support.spec_pages import page, spec
from support.verdicts import find_problems

Json = dict[str, Any]
NUMBER = {"type": "number", "x-type": "number"}
STRING = {"type": "string", "x-type": "string"}
FILE = {"type": "string", "x-type": "file"}
WORDS = {"type": "array", "x-type": "string_array", "items": {"type": "string"}}


def number(**rules: Any) -> Json:
    return NUMBER | rules


def words(*choices: str) -> Json:
    return STRING | {"enum": [*choices]}


def one(old: Json, new: Json, *expected: str) -> tuple[dict[str, str], dict[str, str], list[str]]:
    return page(old), page(new), [*expected]


def one_of(*alternatives: list[str]) -> Json:
    return {"anyOf": [{"required": names} for names in alternatives]}


NAMED = {"x-name-in-code": "other"}
SIZE = {"type": "object", "properties": {"w": NUMBER, "h": NUMBER}, "additionalProperties": False}
CLOSED = [
    "breaking model_a: p/w: parameter-added",
    "breaking model_a: p/h: parameter-added",
    "breaking model_a: p: names-closed",
]
OPENED = [
    "compatible model_a: p/w: parameter-removed",
    "compatible model_a: p/h: parameter-removed",
    "compatible model_a: p: names-opened",
]
TAKES_B = {"$ref": "urn:scenario:model_b"}
A, B = spec("model_a", p=NUMBER), spec("model_b", q=NUMBER)
TABLE = {
    # the model
    "nothing": one(spec(p=NUMBER), spec(p=NUMBER)),
    "only the date": (page(A), page(A, updated="2026-02-01"), []),
    "a title": one(spec(), spec(title="B"), "prose model_a: model-title 'A' 'B'"),
    "a description comes": one(
        spec(), spec(description="New"), "prose model_a: model-description None 'New'"
    ),
    "a description goes": one(spec(description="Old"), spec(), "prose model_a: model-description 'Old' None"),
    "an address": one(
        spec(), spec(x_markdown="https://x.y"), "prose model_a: model-markdown None 'https://x.y'"
    ),
    "capabilities": one(
        spec(x_capabilities=["a", "b"]),
        spec(x_capabilities=["b", "c"]),
        "behaviour model_a: capability-removed 'a' None",
        "compatible model_a: capability-added None 'c'",
    ),
    "the order of capabilities": one(
        spec(x_capabilities=["a", "b"]), spec(x_capabilities=["b", "a"]), "prose model_a: capabilities-order"
    ),
    # which parameters
    "a parameter comes": one(spec(), spec(p=NUMBER), "compatible model_a: p: parameter-added"),
    "a required one comes": one(
        spec(),
        spec(required=("p",), p=NUMBER),
        "breaking model_a: p: parameter-added",
    ),
    "a parameter goes": one(spec(p=NUMBER), spec(), "breaking model_a: p: parameter-removed"),
    "one that took nothing but None goes": one(
        spec(p=number(minimum=2, maximum=1)), spec(), "breaking model_a: p: parameter-removed"
    ),
    "a parameter has another name": one(
        spec(p=number(default=1)), spec(q=number(default=1)), "breaking model_a: q: parameter-renamed 'p' 'q'"
    ),
    "two of the same rules go": one(
        spec(p=NUMBER, q=NUMBER),
        spec(r=NUMBER),
        "breaking model_a: p: parameter-removed",
        "breaking model_a: q: parameter-removed",
        "compatible model_a: r: parameter-added",
    ),
    "another name and another rule": one(
        spec(p=NUMBER),
        spec(q=number(default=1)),
        "breaking model_a: p: parameter-removed",
        "compatible model_a: q: parameter-added",
    ),
    "required": one(
        spec(p=NUMBER), spec(required=("p",), p=NUMBER), "breaking model_a: p: parameter-required"
    ),
    "not required": one(
        spec(required=("p",), p=NUMBER), spec(p=NUMBER), "compatible model_a: p: parameter-optional"
    ),
    "the order": one(spec(p=NUMBER, q=STRING), spec(q=STRING, p=NUMBER), "prose model_a: parameters-order"),
    # what code calls them
    "a name in code comes": one(
        spec(p=NUMBER), spec(p=NUMBER | NAMED), "breaking model_a: p: name-in-code 'p' 'other'"
    ),
    "it changes, and a rule with it": one(
        spec(p=NUMBER | {"x-name-in-code": "some"}),
        spec(p=number(default=1) | NAMED),
        "breaking model_a: p: name-in-code 'some' 'other'",
        "behaviour model_a: p: default None 1",
    ),
    "it goes": one(spec(p=STRING | NAMED), spec(p=STRING), "breaking model_a: p: name-in-code 'other' 'p'"),
    "it comes with its parameter": one(
        spec(), spec(p=STRING | NAMED), "compatible model_a: p: parameter-added"
    ),
    "it comes where a parameter has another name": one(
        spec(p=number(default=1)),
        spec(q=number(default=1) | NAMED),
        "breaking model_a: q: parameter-renamed 'p' 'q'",
    ),
    "the name in code of a model comes": one(
        spec(), spec(x_name_in_code="other"), "breaking model_a: name-in-code 'a' 'other'"
    ),
    "that of a model changes": one(
        spec(x_name_in_code="some"),
        spec(x_name_in_code="other"),
        "breaking model_a: name-in-code 'some' 'other'",
    ),
    "that of a model goes": one(
        spec(x_name_in_code="other"), spec(), "breaking model_a: name-in-code 'other' 'a'"
    ),
    "it comes with its model": (
        page(A),
        page(A, spec("model_b", x_name_in_code="other", q=NUMBER)),
        ["compatible model_b: model-added"],
    ),
    "it comes where a model has another name": (
        page(A, B),
        page(A, spec("model_c", x_name_in_code="b", q=NUMBER | NAMED)),
        [
            "breaking model_c: model-renamed 'model_b' 'model_c'",
            "breaking model_c: q: name-in-code 'q' 'other'",
        ],
    ),
    # the rules of a parameter
    "a type": one(spec(p=NUMBER), spec(p=STRING), "breaking model_a: p: type 'number' 'string'"),
    "a word for the same type": one(
        spec(p=STRING), spec(p=STRING | {"x-type": "model"}), "behaviour model_a: p: type 'string' 'model'"
    ),
    "a file instead of a text": one(
        spec(p=STRING), spec(p=FILE), "breaking model_a: p: type 'string' 'file'"
    ),
    "a text instead of a file": one(
        spec(p=FILE), spec(p=STRING), "breaking model_a: p: type 'file' 'string'"
    ),
    "a list of files instead of texts": one(
        spec(p=WORDS),
        spec(p=WORDS | {"x-type": "file_array"}),
        "breaking model_a: p: type 'string_array' 'file_array'",
    ),
    "a file instead of a text, with the same choices": one(
        spec(p=words("a")), spec(p=words("a") | FILE), "behaviour model_a: p: type 'string' 'file'"
    ),
    "any text instead of a few files": one(
        spec(p=words("a") | FILE),
        spec(p=STRING),
        "behaviour model_a: p: type 'file' 'string'",
        "breaking model_a: p: choices-lifted ['a'] None",
    ),
    "a file, which had no other choice than some texts": one(
        spec(p=words("a")),
        spec(p=FILE),
        "breaking model_a: p: type 'string' 'file'",
        "breaking model_a: p: choices-lifted ['a'] None",
    ),
    "choices of files": one(
        spec(p=FILE), spec(p=words("a") | FILE), "breaking model_a: p: choices-introduced None ['a']"
    ),
    "a list instead of one": one(
        spec(p=STRING), spec(p=WORDS), "breaking model_a: p: type 'string' 'string_array'"
    ),
    "a list of others": one(
        spec(p=WORDS),
        spec(p={"type": "array", "x-type": "number_array", "items": {"type": "number"}}),
        "breaking model_a: p: type 'string_array' 'number_array'",
    ),
    "a wider type of the same word": one(
        spec(p={"type": "integer", "x-type": "int"}),
        spec(p={"type": ["number", "string"], "x-type": "int"}),
        "compatible model_a: p: type 'integer' 'string or number'",
    ),
    "a narrower type, and another bound": one(
        spec(p={"type": "number", "maximum": 4.5}),
        spec(p={"type": "integer", "maximum": 4}),
        "breaking model_a: p: type 'number' 'integer'",
        "breaking model_a: p: bounds-narrowed {'maximum': 4.5} {'maximum': 4}",
    ),
    "what a list holds is said": one(
        spec(p={"type": "array"}),
        spec(p={"type": "array", "items": {"type": "string", "maxLength": 3}}),
        "breaking model_a: p: type 'array' 'array of string'",
        "breaking model_a: p/*: bounds-narrowed None {'maxLength': 3}",
    ),
    "a bound that changes nothing for whole numbers": one(
        spec(p={"type": "integer", "minimum": 0.5}),
        spec(p={"type": "integer", "minimum": 1}),
        "compatible model_a: p: bounds-narrowed {'minimum': 0.5} {'minimum': 1}",
    ),
    "a step that is a multiple of the other": one(
        spec(p=number(multipleOf=0.1)),
        spec(p=number(multipleOf=0.05)),
        "compatible model_a: p: bounds-widened {'multipleOf': 0.1} {'multipleOf': 0.05}",
    ),
    "a step that is not": one(
        spec(p=number(multipleOf=2)),
        spec(p=number(multipleOf=3)),
        "breaking model_a: p: bounds-narrowed {'multipleOf': 2} {'multipleOf': 3}",
    ),
    "a step between the bounds": one(
        spec(p=number(minimum=1, maximum=5, multipleOf=3)),
        spec(p=number(minimum=3, maximum=3)),
        "compatible model_a: p: bounds-narrowed {'minimum': 1} {'minimum': 3}",
        "compatible model_a: p: bounds-narrowed {'maximum': 5} {'maximum': 3}",
        "compatible model_a: p: bounds-widened {'multipleOf': 3} None",
    ),
    "how long a list and its texts are": one(
        spec(p=WORDS | {"maxItems": 4}),
        spec(p=WORDS | {"maxItems": 3, "items": {"type": "string", "minLength": 1}}),
        "breaking model_a: p: bounds-narrowed {'maxItems': 4} {'maxItems': 3}",
        "breaking model_a: p: bounds-narrowed None {'minLength': 1}",
    ),
    "how long a list of lists is": one(
        spec(p={"type": "array", "items": {"type": "array", "minItems": 1}}),
        spec(p={"type": "array", "minItems": 1, "items": {"type": "array"}}),
        "breaking model_a: p: bounds-narrowed None {'minItems': 1}",
        "compatible model_a: p/*: bounds-widened {'minItems': 1} None",
    ),
    "texts of a list that must be empty": one(
        spec(p=WORDS | {"maxItems": 0}),
        spec(p=WORDS | {"maxItems": 0, "items": {"type": "string", "maxLength": 5}}),
        "compatible model_a: p: bounds-narrowed None {'maxLength': 5}",
    ),
    # objects in objects
    "properties": one(
        spec(p=SIZE),
        spec(p=SIZE | {"properties": {"w": NUMBER | {"maximum": 9}, "d": NUMBER}, "required": ["d"]}),
        "breaking model_a: p/h: parameter-removed",
        "breaking model_a: p/w: bounds-narrowed None {'maximum': 9}",
        "breaking model_a: p/d: parameter-added",
    ),
    "a property is optional, and has another name and order": one(
        spec(p=SIZE | {"required": ["w"]}),
        spec(p=SIZE | {"properties": {"high": NUMBER, "w": NUMBER}}),
        "breaking model_a: p/high: parameter-renamed 'h' 'high'",
        "compatible model_a: p/w: parameter-optional",
    ),
    "only the listed properties": one(spec(p={"type": "object", "properties": {}}), spec(p=SIZE), *CLOSED),
    "all properties": one(spec(p=SIZE), spec(p={"type": "object", "properties": {}}), *OPENED),
    "a property that was anything": one(
        spec(p={"type": "object"}),
        spec(p={"type": "object", "properties": {"w": NUMBER}}),
        "breaking model_a: p/w: parameter-added",
    ),
    "choices of a property, which have no name": one(
        spec(p=SIZE | {"properties": {"w": words("a")}}),
        spec(p=SIZE | {"properties": {"w": STRING}}),
        "compatible model_a: p/w: choices-lifted ['a'] None",
    ),
    "a property of what a list holds": one(
        spec(p={"type": "array", "items": SIZE}),
        spec(p={"type": "array", "items": SIZE | {"required": ["h"]}}),
        "breaking model_a: p/h: parameter-required",
    ),
    # what is required with others
    "what must be given with it": one(
        spec(p=NUMBER, q=NUMBER, r=NUMBER, dependentRequired={"p": ["q"]}),
        spec(p=NUMBER, q=NUMBER, r=NUMBER, dependentRequired={"p": ["r"]}),
        "breaking model_a: p: dependent-required None ['r']",
        "compatible model_a: p: dependent-optional ['q'] None",
    ),
    "what had to be given with it anyway": one(
        spec(p=NUMBER, q=NUMBER, r=NUMBER, dependentRequired={"p": ["q"], "q": ["r"]}),
        spec(p=NUMBER, q=NUMBER, r=NUMBER, dependentRequired={"p": ["q", "r"], "q": ["r"]}),
        "compatible model_a: p: dependent-required None ['r']",
    ),
    "one of some": one(
        spec(p=NUMBER, q=NUMBER, allOf=[one_of(["p"], ["q"])]),
        spec(p=NUMBER, q=NUMBER, allOf=[one_of(["p", "q"])]),
        "breaking model_a: alternatives-required None [['p', 'q']]",
        "compatible model_a: alternatives-optional [['p'], ['q']] None",
    ),
    "one of more": one(
        spec(p=NUMBER, q=NUMBER, allOf=[one_of(["p"])]),
        spec(p=NUMBER, q=NUMBER, allOf=[one_of(["p"], ["q"])]),
        "compatible model_a: alternatives-required None [['p'], ['q']]",
        "compatible model_a: alternatives-optional [['p']] None",
    ),
    "what can never be given": one(
        spec(p=NUMBER, q=number(minimum=2, maximum=1), dependentRequired={"p": ["q"]}),
        spec(p=number(maximum=1), q=number(minimum=2, maximum=1), dependentRequired={"p": ["q"]}),
        "compatible model_a: p: bounds-narrowed None {'maximum': 1}",
    ),
    # models in models, and one of several types
    "another model": (
        page(spec("model_a", p=TAKES_B), B, spec("model_c")),
        page(spec("model_a", p={"$ref": "urn:scenario:model_c"}), B, spec("model_c")),
        ["breaking model_a: p: type 'model_b' 'model_c'"],
    ),
    "a model that others take": (
        page(spec("model_a", p=TAKES_B, q={"type": "array", "items": TAKES_B}), spec("model_b", r=NUMBER)),
        page(
            spec("model_a", p=TAKES_B, q={"type": "array", "items": TAKES_B}),
            spec("model_b", r=number(maximum=1)),
        ),
        [
            "breaking model_a: p: reference-narrowed None 'model_b'",
            "breaking model_a: q/*: reference-narrowed None 'model_b'",
            "breaking model_b: r: bounds-narrowed None {'maximum': 1}",
        ],
    ),
    "a model that takes more, and itself": (
        page(spec("model_a", p=TAKES_B), spec("model_b", p=TAKES_B)),
        page(spec("model_a", p=TAKES_B), spec("model_b", p=TAKES_B, q=NUMBER)),
        ["compatible model_b: q: parameter-added"],
    ),
    "another id of a model that takes itself": (
        page(A, spec("model_b", p=TAKES_B, q=NUMBER)),
        page(A, spec("model_c", p={"$ref": "urn:scenario:model_c"}, q=NUMBER)),
        [
            "breaking model_c: model-renamed 'model_b' 'model_c'",
            "compatible model_c: p: type 'model_b' 'model_c'",
        ],
    ),
    "one of more types": one(
        spec(p={"anyOf": [NUMBER, words("a")]}),
        spec(p={"anyOf": [NUMBER, words("a"), FILE]}),
        "compatible model_a: p: type 'number (number) or string (string)'"
        " 'number (number) or string (string) or string (file)'",
    ),
    "a rule of one of two types": one(
        spec(p={"anyOf": [NUMBER, words("a", "b")]}),
        spec(p={"anyOf": [NUMBER, words("a")]}),
        "breaking model_a: p: choice-removed 'b' None",
    ),
    "bounds": one(
        spec(p=number(minimum=0, maximum=5)),
        spec(p=number(minimum=1, maximum=9)),
        "breaking model_a: p: bounds-narrowed {'minimum': 0} {'minimum': 1}",
        "compatible model_a: p: bounds-widened {'maximum': 5} {'maximum': 9}",
    ),
    "a bound comes": one(
        spec(p=NUMBER), spec(p=number(maximum=9)), "breaking model_a: p: bounds-narrowed None {'maximum': 9}"
    ),
    "a bound goes": one(
        spec(p=number(minimum=0)), spec(p=NUMBER), "compatible model_a: p: bounds-widened {'minimum': 0} None"
    ),
    "a bound that excludes no choice": one(
        spec(p=number(enum=[1, 2])),
        spec(p=number(enum=[1, 2], maximum=5)),
        "compatible model_a: p: bounds-narrowed None {'maximum': 5}",
    ),
    "a bound of what a list holds": one(
        spec(p=WORDS | {"items": {"type": "number", "maximum": 5}}),
        spec(p=WORDS | {"items": {"type": "number", "maximum": 4}}),
        "breaking model_a: p: bounds-narrowed {'maximum': 5} {'maximum': 4}",
    ),
    "a bound of no meaning": one(
        spec(p=STRING | {"x-min": 1}),
        spec(p=STRING | {"x-min": 2}),
        "prose model_a: p: bounds-unenforced {'x-min': 1} {'x-min': 2}",
    ),
    "choices": one(
        spec(p=words("a", "b")),
        spec(p=words("b", "c")),
        "breaking model_a: p: choice-removed 'a' None",
        "compatible model_a: p: choice-added None 'c'",
    ),
    "the order of choices": one(
        spec(p=words("a", "b")), spec(p=words("b", "a")), "prose model_a: p: choices-order"
    ),
    "choices come": one(
        spec(p=STRING), spec(p=words("a")), "breaking model_a: p: choices-introduced None ['a']"
    ),
    "choices that are all there is": one(
        spec(p={"type": "boolean", "x-type": "boolean"}),
        spec(p={"type": "boolean", "x-type": "boolean", "enum": [True, False]}),
        "compatible model_a: p: choices-introduced None [True, False]",
    ),
    "one of two choices that are all there is": one(
        spec(p={"type": "boolean", "x-type": "boolean"}),
        spec(p={"type": "boolean", "x-type": "boolean", "enum": [True]}),
        "breaking model_a: p: choices-introduced None [True]",
    ),
    "the other of them": one(
        spec(p={"type": "boolean", "x-type": "boolean"}),
        spec(p={"type": "boolean", "x-type": "boolean", "enum": [False]}),
        "breaking model_a: p: choices-introduced None [False]",
    ),
    "choices give way to bounds that hold them": one(
        spec(p=number(enum=[1, 2])),
        spec(p=number(minimum=1, maximum=2)),
        "compatible model_a: p: bounds-narrowed None {'minimum': 1}",
        "compatible model_a: p: bounds-narrowed None {'maximum': 2}",
        "breaking model_a: p: choices-lifted [1, 2] None",
    ),
    "choices go, and with them the name of their type": one(
        spec(p=words("a")), spec(p=STRING), "breaking model_a: p: choices-lifted ['a'] None"
    ),
    "a default": one(
        spec(p=number(default=1)), spec(p=number(default=2)), "behaviour model_a: p: default 1 2"
    ),
    "a default comes": one(spec(p=NUMBER), spec(p=number(default=0)), "behaviour model_a: p: default None 0"),
    "a default of what is required comes": one(
        spec(required=("p",), p=NUMBER),
        spec(required=("p",), p=number(default=0)),
        "behaviour model_a: p: default None 0",
    ),
    "a default of what is required changes": one(
        spec(required=("p",), p=number(default=1)),
        spec(required=("p",), p=number(default=0)),
        "behaviour model_a: p: default 1 0",
    ),
    "a default goes that was sent for what is required": one(
        spec(required=("p",), p=number(default=0)),
        spec(required=("p",), p=NUMBER),
        "breaking model_a: p: default 0 None",
    ),
    "a default goes with the requirement": one(
        spec(required=("p",), p=number(default=0)),
        spec(p=NUMBER),
        "compatible model_a: p: parameter-optional",
        "behaviour model_a: p: default 0 None",
    ),
    "a default goes": one(spec(p=number(default=0)), spec(p=NUMBER), "behaviour model_a: p: default 0 None"),
    "a text": one(spec(p=NUMBER), spec(p=number(description="x")), "prose model_a: p: description None 'x'"),
    "another notation": one(
        spec(p=number(default=1)), spec(p=number(default=1.0)), "prose model_a: p: notation"
    ),
    "another notation of the model": one(
        spec(required=("p", "q"), p=NUMBER, q=NUMBER),
        spec(required=("q", "p"), p=NUMBER, q=NUMBER),
        "prose model_a: notation",
    ),
    "an annotation of the model": one(
        spec(p=NUMBER), spec(p=NUMBER) | {"x-note": 1}, "prose model_a: annotation None {'x-note': 1}"
    ),
    "an annotation": one(
        spec(p=number(**{"x-step": 1})),
        spec(p=number(**{"x-step": 0.5})),
        "prose model_a: p: annotation {'x-step': 1} {'x-step': 0.5}",
    ),
    "an annotation that users notice": one(
        spec(p=number(**{"x-kind": "image", "x-label": "A"})),
        spec(p=number(**{"x-kind": "video", "x-label": "B", "x-cost": True})),
        "breaking model_a: p: annotation {'x-kind': 'image'} {'x-kind': 'video'}",
        "prose model_a: p: annotation {'x-label': 'A'} {'x-label': 'B'}",
        "behaviour model_a: p: annotation None {'x-cost': True}",
    ),
    "a choice twice": one(spec(p=words("a")), spec(p=words("a", "a")), "prose model_a: p: notation"),
    "what nobody could call": one(
        spec(required=("r",), r=number(minimum=2, maximum=1), p=NUMBER),
        spec(required=("r",), r=number(minimum=2, maximum=1)),
        "compatible model_a: p: parameter-removed",
    ),
    # which models
    "a model comes": (page(A), page(A, B), ["compatible model_b: model-added"]),
    "a model goes": (page(A, B), page(A), ["breaking model_b: model-removed"]),
    "a model vanishes": (
        page(A, B),
        page(A, B, deprecated={"model_b": ""}),
        ["behaviour model_b: model-deprecated"],
    ),
    "it stays away": (page(A, B, deprecated={"model_b": ""}), page(A, B, deprecated={"model_b": "2026"}), []),
    "it returns": (
        page(A, B, deprecated={"model_b": ""}),
        page(A, B),
        ["compatible model_b: model-returned"],
    ),
    "it returns, and differs": (
        page(A, B, deprecated={"model_b": ""}),
        page(A, spec("model_b")),
        ["compatible model_b: model-returned", "breaking model_b: q: parameter-removed"],
    ),
    "it is let go": (page(A, B, deprecated={"model_b": ""}), page(A), ["breaking model_b: model-removed"]),
    "a model has another id": (
        page(A, B),
        page(A, spec("model_c", q=NUMBER)),
        ["breaking model_c: model-renamed 'model_b' 'model_c'"],
    ),
    "another id and title": (
        page(A, B),
        page(A, spec("model_c", q=NUMBER, title="C")),
        ["breaking model_c: model-renamed 'model_b' 'model_c'", "prose model_c: model-title 'A' 'C'"],
    ),
    "the old id stays": (
        page(A, B),
        page(A, B, spec("model_c", q=NUMBER), deprecated={"model_b": ""}),
        ["behaviour model_c: model-renamed 'model_b' 'model_c'"],
    ),
    "two might be the other": (
        page(A, B, spec("model_c", q=NUMBER)),
        page(A, spec("model_d", q=NUMBER)),
        [
            "breaking model_b: model-removed",
            "breaking model_c: model-removed",
            "compatible model_d: model-added",
        ],
    ),
    "the order of models": (page(A, B), page(B, A), ["prose page: models-order"]),
    "a provider": (
        page(A),
        page(A, providers={"model_a": "Acme"}),
        ["prose model_a: provider None 'Acme'"],
    ),
    # pages
    "a page comes": (
        page(A),
        page(A) | page(B, name="other"),
        ["compatible other: page-added", "compatible model_b: model-added"],
    ),
    "a page goes": (
        page(A) | page(B, name="other"),
        page(A),
        ["prose other: page-removed", "breaking model_b: model-removed"],
    ),
    "a page's title": (page(A), page(A, title="Q"), ["prose page: page-title 'P' 'Q'"]),
    "a page's kind": (page(A), page(A, kind="video"), ["prose page: page-kind None 'video'"]),
    "a page moves": (page(A, B), page(A, B, name="moved"), ["prose moved: page-moved 'page' 'moved'"]),
    "a page moves, and a model is new": (
        page(A),
        page(A, B, name="moved"),
        ["prose moved: page-moved 'page' 'moved'", "compatible model_b: model-added"],
    ),
    "a page moves, and a model differs": (
        page(A),
        page(spec("model_a", p=STRING), name="moved"),
        ["prose moved: page-moved 'page' 'moved'", "breaking model_a: p: type 'number' 'string'"],
    ),
    "two pages become one": (
        page(A) | page(B, name="other"),
        page(A, B, name="both"),
        ["prose both: page-moved 'other' 'both'", "prose both: page-moved 'page' 'both'"],
    ),
    "a page is taken into another": (
        page(A) | page(B, name="other"),
        page(A, B),
        ["prose other: page-removed", "prose model_b: model-moved 'other' 'page'"],
    ),
    "a model moves": (
        page(A, B) | page(spec("model_c"), name="other"),
        page(A) | page(spec("model_c"), B, name="other"),
        ["prose model_b: model-moved 'page' 'other'"],
    ),
    "a page splits": (
        page(A, B),
        page(A, name="one") | page(B, name="two"),
        [
            "prose page: page-removed",
            "compatible one: page-added",
            "compatible two: page-added",
            "prose model_a: model-moved 'page' 'one'",
            "prose model_b: model-moved 'page' 'two'",
        ],
    ),
}


def told(change: Change) -> str:
    subject = ": ".join(filter(None, (change.model or change.page, change.parameter)))
    values = "" if change.old is None and change.new is None else f" {change.old!r} {change.new!r}"
    return f"{change.severity} {subject}: {change.kind}{values}"


@pytest.mark.parametrize("case", TABLE)
def test_what_changed_is_told_once_and_as_bad_as_it_is(case: str) -> None:
    old, new, expected = TABLE[case]
    assert [told(change) for change in compare(old, new)] == expected


def test_the_table_holds_every_kind() -> None:
    kinds = {change.kind for old, new, _ in TABLE.values() for change in compare(old, new)}
    assert kinds == set(KINDS)


def test_each_change_says_in_one_line_what_it_is() -> None:
    changes = [change for old, new, _ in TABLE.values() for change in compare(old, new)]
    assert len(changes) > 70
    for change in changes:
        assert "\n" not in change.sentence
        assert "{" not in change.sentence
        assert len(change.sentence) < 300
        for value in (change.old, change.new):
            if isinstance(value, str) and not change.kind.endswith("-renamed"):
                assert value in change.sentence


def test_fingerprints_tell_changes_apart_wherever_they_stand() -> None:
    for old, new, _ in TABLE.values():
        changes = compare(old, new)
        assert len({change.fingerprint for change in changes}) == len(changes)
    here = compare(page(A), page(spec("model_a", p=STRING)))
    there = compare(page(A, name="there"), page(spec("model_a", p=STRING), name="there"))
    assert (
        [change.fingerprint for change in here]
        == [change.fingerprint for change in there]
        == ["9ff9ec45dcba"]
    )


# The proof

CHOICES = {
    "number": st.sampled_from([0, 1, 1.5, 2, 3]),
    "integer": st.sampled_from([0, 1, 2, 3]),
    "string": st.sampled_from("abc"),
    "boolean": st.booleans(),
}
WORDS_OF = {
    "number": ["number"],
    "integer": ["number"],
    "string": ["string", "model", "file"],
    "boolean": ["boolean"],
    "object": ["inputs"],
}


@st.composite
def rules(draw: st.DrawFn) -> Json:
    """Draw the rules of a parameter; a default keeps them, or `scrape` would have reported it."""
    kind = draw(st.sampled_from([*WORDS_OF]))
    word = draw(st.sampled_from(WORDS_OF[kind]))
    element: Json = {"type": kind}
    if kind in CHOICES and draw(st.booleans()):
        element["enum"] = draw(st.lists(CHOICES[kind], min_size=1, max_size=3))
    if word != "file":  # of which no reference and no asset is as short as these limits
        element |= draw(some_rules((kind,)))
    is_array = kind == "object" or (kind != "boolean" and draw(st.integers(0, 3)) == 0)
    made = (
        {"type": "array", "x-type": f"{word}_array", "items": element} | draw(some_rules(("array",)))
        if is_array
        else element | {"x-type": word}
    )
    made |= draw(st.sampled_from([{}, {}, {"description": "x"}, {"description": "y"}]))
    values = valid(made)
    return made | ({"default": draw(st.sampled_from(values))} if values and draw(st.booleans()) else {})


PLAIN = [
    *(-9, 9, *range(-3, 7), *(half / 2 for half in range(-5, 12))),
    *("", *"abcd", "aa", "aaa", "aaaa", "aaaaa", "asset_1", True, False, {}),
]
VALUES = [*PLAIN, [], *([value] * length for value in PLAIN for length in (1, 2, 3, 4, 5))]
# What Python code may give beside what JSON can express.
FILES = [Path("a.png"), b"a", BytesIO(b"a"), "https://example.com/a", "data:,a"]
INPUTS = [
    *VALUES,
    *FILES,
    *([value] for value in FILES),
    ("a",),
    *((Path("a.png"),) * length for length in (1, 2, 3, 4)),
    (1,),
    None,
    [None],
    Decimal(1),
]
NO_INPUT = object()


def valid(made: Json) -> list[Any]:
    """Give the values that rules allow."""
    return _valid(json.dumps(made))


@cache
def _valid(made: str) -> list[Any]:
    schema = json.loads(made)
    return [value for value in VALUES if not [*find_value_problems(schema, value, find_no_spec)]]


def is_valid(one: Json, payload: Json) -> bool:
    return not [*find_problems(one, payload, find_no_spec)]


@st.composite
def specs(draw: st.DrawFn) -> Json:
    parameters = draw(st.dictionaries(st.sampled_from("pqr"), rules(), max_size=3))
    required = [name for name in parameters if draw(st.booleans())]
    return spec(
        required=tuple(required),
        x_capabilities=draw(st.lists(st.sampled_from("ab"), max_size=2)),
        **parameters,
    )


def edit(old: Json, made: Json) -> Iterator[Json]:
    """Give specs that differ from another in one thing, or in a parameter that has these rules instead."""
    for name, was in old["properties"].items():
        others = [name_ for name_ in old["required"] if name_ != name]
        yield old | {"required": others if name in old["required"] else [*others, name]}
        without = {key: one for key, one in old["properties"].items() if key != name}
        yield old | {"properties": without, "required": others}
        word, end = was["x-type"].removesuffix("_array"), was["x-type"].endswith("_array") * "_array"
        words = WORDS_OF["string"] if word in WORDS_OF["string"] else ()
        changed = [was | {"x-type": one + end} for one in words]
        changed += [{key: one for key, one in was.items() if key != left} for left in was.keys() - NEEDED]
        element = was.get("items", {})
        changed += [was | {"items": {"type": element["type"]}}] if element else []
        changed += [was | {"default": value} for value in valid(was)[:2]]
        yield from (old | {"properties": old["properties"] | {name: one}} for one in (*changed, made))


NEEDED = {"type", "x-type", "items"}


def payloads(old: Json) -> Iterator[Json]:
    """Give payloads that are right: each value that a parameter might take, beside the first ones for all that is required."""
    rights = {name: valid(made) for name, made in old["properties"].items()}
    if all(rights[name] for name in old["required"]):
        base = {name: rights[name][0] for name in old["required"]}
        yield base
        yield from (base | {name: value} for name, values in rights.items() for value in values)


def is_breaking(old: Json, new: Json) -> bool:
    return any(change.severity == "breaking" for change in compare(page(old), page(new)))


TEMPLATES = {
    path: (PROJECT / "templates/python" / path).read_text(encoding="utf-8")
    for path in (
        "target.toml",
        "macros.jinja",
        "{package}/typed/{model}.py.jinja",
        "{package}/validators/{model}.py.jinja",
    )
}


@cache
def write_module(text: str) -> dict[str, Any]:
    """Run the modules of a model, as the Python package has them; give the names of the typed one."""
    tree = render(
        "python", TEMPLATES, TARGETS.__getitem__, load_pages(page(json.loads(text)), SERVICE), service=SERVICE
    )
    modules = {}
    for room in ("validators", "typed"):
        modules[room] = {"__name__": f"scenario_models.{room}.a", "__package__": f"scenario_models.{room}"}
        exec(tree[f"scenario_models/{room}/a.py"], modules[room])  # noqa: S102 - as an import does
    typed, validate = modules["typed"], modules["validators"]["validate"]
    files = [*typed["A"].__mro__][1].problems.__globals__["find_problems"].__globals__

    class Checked(typed["A"]):  # type: ignore[misc] # the package finds the validator by the id, which all of these share
        def problems(self) -> Any:
            return validate(files["map_leaves"](self._listed(), partial(files["_as_sent"], self.model_id)))

    return typed | {"A": Checked}


def find_base(request: Any) -> Json | None:
    """Find arguments that a request takes, no more than it needs; None if there are none."""
    left = {name: iter(INPUTS) for name in refused(request)}
    base = {name: next(values) for name, values in left.items()}
    while wrong := refused(request, **base):
        for name in wrong:
            value = next(left.get(name, iter(())), NO_INPUT)
            if value is NO_INPUT:
                return None
            base[name] = value
    return base


def sent(body: Any) -> Any:
    """Give what is sent: an asset in place of a file, as after its upload."""
    if isinstance(body, dict | list):
        return (
            {name: sent(one) for name, one in body.items()} if isinstance(body, dict) else [*map(sent, body)]
        )
    return "asset_" if isinstance(body, bytes | BytesIO | Path) else body


def refused(request: Any, **given: Any) -> set[Any]:
    """Give the parameters that a request refuses; an empty one for the request as such."""
    try:
        request(**given)
    except ValidationError as error:
        return {(*one["loc"], "")[0] for one in error.errors()}
    return set()


def find_lost(old: Json, new: Json) -> Iterator[Any]:
    """Give what was right and is not: payloads, what the Python package takes, and names that can be imported from it."""
    yield from (payload for payload in payloads(old) if not is_valid(new, payload))
    before, after = write_module(json.dumps(old)), write_module(json.dumps(new))
    for arguments in right_arguments(json.dumps(old)):
        if refused(after["A"], **arguments):
            yield arguments
    if right_arguments(json.dumps(old)):
        yield from before.keys() - after.keys()


@cache
def right_arguments(text: str) -> list[Json]:
    """Give what the request of a model takes, each value beside the first ones of the others; nothing if none can be made."""
    old = json.loads(text)
    request = write_module(text)["A"]
    if (base := find_base(request)) is None:
        return []
    each = [base, *(base | {name: value} for name in request.model_fields for value in INPUTS)]
    found = [one for one in each if not refused(request, **one)]
    assert all(is_valid(old, sent(request(**one).body())) for one in found)
    return found


@given(old=specs().filter(lambda one: one["properties"]), other=specs(), made=rules())
@settings(max_examples=30, deadline=None)
def test_a_change_is_breaking_exactly_if_a_payload_an_input_or_a_name_is_lost(
    old: Json, other: Json, made: Json
) -> None:
    for new in (other, *edit(old, made)):
        lost = [*islice(find_lost(old, new), 3)]
        told_of = [told(change) for change in compare(page(old), page(new))]
        assert is_breaking(old, new) == bool(lost), (lost, told_of, old, new)


@given(old=specs(), new=specs())
def test_only_equal_specs_have_no_changes_and_there_is_a_way_back(old: Json, new: Json) -> None:
    there, back = compare(page(old), page(new)), compare(page(new), page(old))
    assert bool(there) == bool(back) == (json.dumps(old) != json.dumps(new))
    assert compare(page(old), page(old)) == ()


def test_severities_suggest_a_step() -> None:
    old = spec(p=NUMBER)
    steps = {
        "minor": spec(),
        "patch": spec(p=number(description="x")),
        None: old,
    }
    assert {suggest_step(compare(page(old), page(new))): new for new in steps.values()} == steps
    assert suggest_step(compare(page(old), page(spec(p=number(default=1))))) == "minor"


# What is not a spec

DAMAGED = {
    "no JSON": ("page/a.json", "{", "specs/page/a.json:1:2: error: not JSON"),
    "another JSON": ("page/a.json", "[]", "specs/page/a.json: error: $: [] is not of type 'object'"),
    "another model": ("page/a.json", json.dumps(B), "specs/page/a.json: error: not the spec of 'model_a'"),
    "an unknown keyword": (
        "page/a.json",
        json.dumps(spec(p={"format": "uri"})),
        "specs/page/a.json: error: $.prop",
    ),
    "a bound that is a word": (
        "page/a.json",
        json.dumps(spec(p=number(minimum="1"))),
        "minimum: '1' is not of",
    ),
    "a choice of another type": (
        "page/a.json",
        json.dumps(spec(p=number(enum=["1"]))),
        "enum[0]: '1' is not of",
    ),
    "required, and not there": (
        "page/a.json",
        json.dumps(spec(required=("p",))),
        "'p' is required, but is not",
    ),
    "no manifest": ("page/page.json", "[]", "specs/page/page.json: error: not a JSON object; restore it"),
    "no list": ("page/page.json", '{"models": 1}', "'models' must be an array"),
    "what is not there": (
        "page/page.json",
        '{"models": ["model_x"]}',
        "specs/page/x.json: error: page.json lists",
    ),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_what_is_not_a_spec_is_named(case: str) -> None:
    path, text, said = DAMAGED[case]
    for old, new in ((page(A), page(A) | {path: text}), (page(A) | {path: text}, page(A))):
        with pytest.raises(InputError, match=re.escape(said)):
            compare(old, new)


def test_what_must_be_given_together_is_joined_outside_of_its_quotes() -> None:
    change = make_change("alternatives-required", new=[["image"], ["mask", "prompt"]])
    assert change.sentence == 'one of these must now be given: "image", "mask" and "prompt"'
