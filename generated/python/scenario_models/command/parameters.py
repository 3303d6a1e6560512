"""Parameters on the command line: `name=value`, `name=@PATH`, `name:=JSON`. Reads the file of a parameter that is a text."""

import json
import re
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any

from ..file_parameters import FILE_PARAMETERS
from ..json_types import is_array, is_number, is_object
from ..lookup import BY_ID
from ..parameters import list_types
from ..problems import Problem
from ..specs import load_spec
from ..validators import validate
from ..vendor import PREFIX, REMOTE, TEXTS

TYPED = re.compile(r"(?P<name>[^=:]+)(?P<sign>:=|=@|=)(?P<value>.*)", re.DOTALL)
UNKNOWN: dict[str, Any] = {
    "type": "string"
}  # of a parameter that the model does not have: the validator says so
# JSON type -> whether a value that was read as JSON may have it.
TESTS: dict[str, Callable[[object], bool]] = {
    "string": lambda _: False,
    "number": is_number,
    "integer": is_number,
    "boolean": lambda value: isinstance(value, bool),
    "array": is_array,
    "object": is_object,
}


class WrongParameters(ValueError):
    """The arguments are not a valid request to the model. The message has a line for each problem."""


def model_id_of(typed: str) -> str:
    """Return the id of a model, which may be typed without the prefix that all ids have."""
    return PREFIX + typed if typed not in BY_ID and PREFIX + typed in BY_ID else typed


def read_parameters(model_id: str, typed: Sequence[str]) -> dict[str, Any]:
    """Read the parameters of a request to a model, and check them; return them under the names of the API, files as paths.

    Raises:
        UnknownModel: this version of the package has no such model.
        WrongParameters: they break the rules of the model.

    """
    properties = load_spec(model_id)["properties"]
    found: dict[str, Any] = {}
    for one in typed:
        match = TYPED.fullmatch(one)
        if not match:
            raise WrongParameters(f"{one!r}: write name=value, name=@PATH for a file, or name:=JSON")
        name, sign, text = match["name"], match["sign"], match["value"]
        rule = properties.get(name, UNKNOWN)
        value = _read_value(name, sign, text, _element(rule))
        if _is_list(rule) and sign != ":=" and isinstance(found.setdefault(name, []), list):
            found[name].append(value)
        elif name in found:
            raise WrongParameters(f"{name} is given twice, but accepts one value")
        else:
            found[name] = value
    sent = {name: rule["default"] for name, rule in properties.items() if "default" in rule}
    misplaced = _find_local_paths(model_id, found, properties)
    told = {problem.pointer for problem in misplaced}
    problems = validate(model_id, sent | {name: _as_sent(value) for name, value in found.items()})
    if wrong := [*misplaced, *(one for one in problems if f"/{one.pointer.split('/')[1]}" not in told)]:
        raise WrongParameters("\n".join(f"{problem.pointer[1:]}: {problem.message}" for problem in wrong))
    return found


def _is_list(rule: dict[str, Any]) -> bool:
    return list_types(rule) == ["array"]


def _element(rule: dict[str, Any]) -> dict[str, Any]:
    """Return the rule for one value of a parameter, or for one element of an array."""
    if not _is_list(rule):
        return rule
    word = {"x-type": rule["x-type"].removesuffix("_array")} if "x-type" in rule else {}
    return {**rule.get("items", {}), **word}


def _read_value(name: str, sign: str, text: str, rule: dict[str, Any]) -> Any:
    """Read one value. What is no JSON of one of its types stays a text, which the validator may refuse later."""
    kinds = list_types(rule)
    if sign == ":=":
        return _read_json(name, text)
    if sign == "=@":
        return _read_path(name, _expand(Path(text)), rule)
    if kinds == ["string"] or text in rule.get("enum", ()):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if any(TESTS[kind](value) for kind in kinds or TESTS) else text


def _expand(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # `~name` of an unknown user
        return path


def _read_json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongParameters(f"{name}:= takes JSON: {error}") from None


def _read_path(name: str, path: Path, rule: dict[str, Any]) -> Any:
    if rule.get("x-type", "string" if "string" in list_types(rule) else "") != "string":
        return path
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongParameters(f"{name}: {path} cannot be read as text: {error}") from None


def _find_local_paths(model_id: str, found: dict[str, Any], known: Container[str]) -> list[Problem]:
    """Find texts that should be files, and files that should not."""
    problems, files = [], FILE_PARAMETERS[model_id]
    for name, value in found.items():
        is_file = name in files
        for one in value if isinstance(value, list) else [value]:
            if is_file and isinstance(one, str) and not one.startswith(REMOTE):
                message = f"{one!r} is not {TEXTS}; for a local file write {name}=@{one}"
                problems.append(Problem(f"/{name}", "type", message))
            if not is_file and isinstance(one, Path) and name in known:
                problems.append(Problem(f"/{name}", "type", f"{name} does not accept a file"))
    return problems


def _as_sent(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_sent(one) for one in value]
    return REMOTE[0] if isinstance(value, Path) else value
