"""What no page says yet, in the Python package: parameters on the command line, and requests that travel; by specs written by hand."""

import pickle
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from support.hand_written import HAND_WRITTEN
from support.made_packages import imported
from support.vectors import made_spec


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with imported(HAND_WRITTEN, tmp_path_factory.mktemp("made")) as made:
        yield made


def read(package: ModuleType, model: str, *typed: str) -> Any:
    found, _ = import_module(f"{package.__name__}.command.parameters").read_parameters(
        f"model_{model}", typed
    )
    return found


NEEDED = {"numbers": ["whole=1", "step=0.15"], "types": ["id=1", "limited=2"], "arrays": ["grid=[1]", "given:=[1,2]"],
          "objects": ['camera-control={"mode": "pan"}'], "user": ["id=1"], "message": ['to={"id": 1}'], "lengths": ["name=ab"]}  # fmt: skip
# The model, and what is typed -> what is read.
TYPED: list[tuple[str, list[str], Any]] = [
    ("numbers", ["seed=7"], 7),
    ("numbers", ["seed=7.0"], 7.0),
    ("numbers", ["sizes=512"], 512),
    ("numbers", ["offset=5e0"], 5.0),
    ("numbers", ["weights=0.5", "weights=-1"], [0.5, -1]),
    ("numbers", ["weights:=[0.5]"], [0.5]),
    ("types", ["either=abc"], "abc"),
    ("types", ["either=[1]"], [1]),
    ("types", ["either=12"], "12"),
    ("types", ["flag=true"], True),
    ("types", ["flag=1.5"], 1.5),
    ("types", ["three={}"], {}),
    ("types", ["shape={"], "{"),
    ("types", ['shape={"a": "1"}'], {"a": "1"}),
    ("types", ["anything=12"], 12),
    ("types", ["anything=a b"], "a b"),
    ("types", ["anything=null"], "null"),
    ("types", ["anything:=null"], None),
    ("types", ['anything:="12"'], "12"),
    ("types", ["elements=[3]"], [3]),
    ("types", ["choice=a"], "a"),
    ("types", ["choice=1"], 1),
    ("types", ["choice=0.5"], 0.5),
    ("types", ["list=1", "list=true"], [1, True]),
    ("types", ["free=x", "free=1"], ["x", 1]),
    ("types", ["mixed=auto", "mixed=0", "mixed=false"], ["auto", 0, False]),
    ("arrays", ['cube=[["x"]]'], [[["x"]]]),
    ("arrays", ["points={}", "points={}"], [{}, {}]),
    ("objects", ['class={"foo_bar": "1"}'], {"foo_bar": "1"}),
    ("objects", ['shots={"prompt": "a"}', 'shots={"prompt": "b"}'], [{"prompt": "a"}, {"prompt": "b"}]),
    ("user", ['friend={"id": 2}'], {"id": 2}),
    ("message", ["number-or-text=3"], 3),
    ("message", ["number-or-text=auto"], "auto"),
    ("message", ["markup=abc"], "abc"),
    ("message", ['markup={"id": 1}'], {"id": 1}),
    ("message", ["list=a", "list=[1]"], ["a", [1]]),
    ("message", ["any=5"], 5),
    ("lengths", ["image=@a.png"], Path("a.png")),
]  # fmt: skip


@pytest.mark.parametrize(("model", "typed", "value"), TYPED)
def test_a_parameter_is_read_as_a_value_of_its_type(
    package: ModuleType, model: str, typed: list[str], value: Any
) -> None:
    name = typed[0].split("=")[0].rstrip(":")
    given = [one for one in NEEDED[model] if one.split("=")[0].rstrip(":") != name]
    found = read(package, model, *given, *typed)[name]
    assert (found, type(found)) == (value, type(value))
    if isinstance(value, list):
        assert [*map(type, found)] == [*map(type, value)]


WRONG: list[tuple[str, str, str]] = [
    ("numbers", "seed=1.5", "seed: 1.5 is not an integer"),
    ("numbers", "seed=true", "seed: "),
    ("numbers", "seed=seven", "seed: "),
    ("numbers", "step=0.16", "step: 0.16 is not a multiple of 0.05"),
    ("types", "flag=maybe", "flag: "),
    ("types", "either=a", "either: "),
    ("types", "list=1.5", "list/0: "),
    ("arrays", "grid={}", "grid/0: "),
    ("objects", "camera-control={}", "camera-control/mode: "),
    ("objects", "camera-control=pan", "camera-control: "),
    ("user", "friend=@a.png", "friend: friend does not accept a file"),
    ("message", "markup=@a.png", "markup: a.png cannot be read as text: "),
    ("lengths", "name=@a.png", "name: "),
]  # fmt: skip


@pytest.mark.parametrize(("model", "typed", "said"), WRONG)
def test_a_wrong_value_is_told_with_its_place(package: ModuleType, model: str, typed: str, said: str) -> None:
    name = typed.split("=", maxsplit=1)[0]
    given = [one for one in NEEDED[model] if one.split("=")[0].rstrip(":") != name]
    with pytest.raises(ValueError, match=f"^{said}") as refused:
        read(package, model, *given, typed)
    assert "\n" not in str(refused.value)


# The model, and what is typed that its spec does not list -> what of it is sent.
UNLISTED: list[tuple[str, list[str], dict[str, Any]]] = [
    ("numbers", ["sizes=300"], {"sizes": 300}),
    ("numbers", ["later=5", "tags=a", "tags=true"], {"later": 5, "tags": ["a", True]}),
    ("types", ["mixed=0", "mixed=new"], {"mixed": [0, "new"]}),
    ("objects", ['camera-control={"mode": "roll", "later": 1}'], {"camera-control": {"mode": "roll", "later": 1}}),
    ("lengths", ["later=@a.png", "image=@a.png"], {"later": Path("a.png"), "image": Path("a.png")}),
    ("none", ["prompt=a cat", "n=3", "x:=null"], {"prompt": "a cat", "n": 3, "x": None}),
]  # fmt: skip


@pytest.mark.parametrize(("model", "typed", "sent"), UNLISTED)
def test_what_a_spec_does_not_list_is_sent_if_one_insists(
    package: ModuleType, model: str, typed: list[str], sent: dict[str, Any]
) -> None:
    read_request = import_module(f"{package.__name__}.command.requests").read_request
    given = [one for one in NEEDED.get(model, ()) if one.split("=")[0].rstrip(":") != typed[0].split("=")[0]]
    request = read_request(f"model_{model}", [*given, *typed], is_unlisted=True, is_any_kind=False)
    assert request.model_id == f"model_{model}"
    assert {name: request.body()[name] for name in sent} == sent
    if model in NEEDED:
        with pytest.raises(
            ValueError, match="to send what this version does not list all the same: --unlisted"
        ):
            read(package, model, *given, *typed)
        with pytest.raises(ValueError, match="is required"):
            read_request(f"model_{model}", typed[:0], is_unlisted=True, is_any_kind=False)


TRAVELLERS: list[tuple[str, dict[str, Any]]] = [
    ("numbers", {"whole": 2.0, "step": 0.15, "seed": 2**31 - 1, "sizes": 512.0, "weights": [0.25, -1]}),
    ("types", {"id": "ab", "limited": [1], "three": {"x": [True, 1.0]}, "shape": {"a": "b"}, "free": [None, {}], "flag": True}),
    ("objects", {"camera-control": {"mode": "pan", "class": 2, "a.b": {"deep": [{"x": "é"}], "__proto__": 1}}, "ab": {"": 0}}),
    ("message", {"to": {"id": 1, "friend": {"id": 2}}, "list": [{"id": 1.0}, "a", [1]], "number-or-text": "auto"}),
    ("lengths", {"name": "🍌🍌", "image": Path("a.png"), "images": [b"\0", "asset_12"]}),
]  # fmt: skip


@pytest.mark.parametrize(("model", "parameters"), TRAVELLERS)
def test_a_request_travels_as_json_and_by_pickle_and_is_as_it_was(
    package: ModuleType, model: str, parameters: dict[str, Any]
) -> None:
    request = package.factory.from_body(f"model_{model}", parameters)
    sent = {name: request.body()[name] for name in parameters}
    assert repr(sent) == repr(parameters)  # 1.0 is still 1.0, and True no 1
    with_more = request.unlisted(next_size=2**60, extra={"a": [1.0, True, {"b": "🍌"}]})
    for one in (request, with_more):
        for back in (package.factory.from_json(one.to_json()), pickle.loads(pickle.dumps(one))):  # noqa: S301
            assert back == one
            assert type(back) is type(one)
            assert back.problems() == []
            assert repr(back.body()) == repr(one.body())


def test_what_is_wrong_in_a_request_is_refused_on_its_way(package: ModuleType) -> None:
    request = package.factory.from_body("model_numbers", {"whole": 1, "step": 0.15})
    for name, value in (("whole", 1.5), ("step", 0.16), ("whole", True)):
        text = request.to_json().replace(
            f'"{name}": {request.body()[name]}', f'"{name}": {str(value).lower()}'
        )
        with pytest.raises(ValueError, match=name):
            package.factory.from_json(text)
    assert request.unlisted(new=1.5).body()["new"] == 1.5
    for name in ("Whole", "wh_ole"):
        with pytest.raises(TypeError, match='did you mean "whole"'):
            request.unlisted(**{name: 1.5})
    nested = package.factory.from_body("model_objects", {"camera-control": {"mode": "pan"}})
    nested.camera_control["mode"] = "up"  # as nobody should
    for one in (nested, pickle.loads(pickle.dumps(nested))):  # noqa: S301
        assert [(each.pointer, each.code) for each in one.problems()] == [("/camera-control/mode", "enum")]


def test_a_limit_that_no_float_is_equal_to_is_kept_to_the_last_digit(tmp_path: Path) -> None:
    numbers = {"number": {"type": "number", "x-type": "number", "maximum": 2**53 + 3}}
    with imported({"model_made": made_spec(numbers)}, tmp_path) as package:
        validate = import_module(f"{package.__name__}.validators").validate
        found = {
            value: validate("model_made", {"number": value})
            for value in (2**53 + 3, 2.0**53 + 2, 2.0**53 + 4)
        }
    assert [value for value, problems in found.items() if problems] == [2.0**53 + 4]
