"""A choice that a page lists twice is listed once, by every target and in what is told of a change."""

import json
from typing import Any

import pytest

from paramsync.changes.models import compare_models
from paramsync.changes.pairs import Sides
from paramsync.commands.root import prefix_paths
from paramsync.rendering.pages import load_pages
from paramsync.specs.problems import find_no_spec, find_value_problems
from paramsync.specs.values import Models
from paramsync.workspace.entries import read_tree
from support.names import TARGETS
from support.rendering import render
from support.roots import PROJECT
from support.services import SERVICE, find_templates
from support.vectors import made_spec

CHOICES: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "texts": ({"type": "string", "x-type": "string"}, ["a", "b", "a", "c", "b", "a"]),
    "fileChoice": ({"type": "string", "x-type": "file"}, ["asset_1", "asset_1"]),
    "numbers": ({"type": "number", "x-type": "number"}, [2, 1, 2, 1.0]),
    "fractions": ({"type": "number", "x-type": "number", "default": 0.5}, [0.5, 1, 0.5]),
    "switch": ({"type": "boolean", "x-type": "boolean"}, [True, True]),
    "list": ({"type": "array", "x-type": "string_array", "items": {"type": "string"}}, ["x", "x", "y"]),
}


def spec(*, once: bool) -> dict[str, Any]:
    made = {}
    for name, (rules, choices) in CHOICES.items():
        listed = [*dict.fromkeys(choices)] if once else choices
        element = rules.get("items", rules)
        with_choices = {"type": element["type"], "enum": listed}
        made[name] = rules | ({"items": with_choices} if "items" in rules else with_choices)
    return made_spec(made, ["texts", "list"])


def written(target: str, one: dict[str, Any]) -> dict[str, str]:
    files = {
        "page.json": json.dumps({"title": "Made", "models": ["model_made"]}),
        "made.json": json.dumps(one),
    }
    folder = PROJECT / "templates" / target
    pages = load_pages(prefix_paths("page", files), SERVICE)
    templates = read_tree(folder, folder)
    find_target = TARGETS.__getitem__
    return render(target, templates, find_target, pages, service=SERVICE, find_templates=find_templates)


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_writes_the_same_as_if_each_choice_were_listed_once(target: str) -> None:
    assert written(target, spec(once=False)) == written(target, spec(once=True))


def test_a_change_and_a_finding_list_each_choice_once() -> None:
    plain = made_spec({name: rules for name, (rules, _) in CHOICES.items()}, ["texts", "list"])
    for told in (
        [*compare_models("page", "model_made", *pair, Sides(Models({}), Models({})), names=("made", "made"))]
        for pair in ((plain, spec(once=False)), (spec(once=False), plain))
    ):
        listed = [one.new or one.old for one in told if one.kind.startswith("choices-")]
        assert listed == [[*dict.fromkeys(choices)] for _, choices in CHOICES.values()]
    rules = {"type": "string", "enum": ["a", "b", "a"]}
    [found] = find_value_problems(rules, "c", find_no_spec)
    assert found.message == '"c" is none of "a", "b"'
