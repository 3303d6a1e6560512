"""Parameters on the command line: `name=value`, `name=@PATH`, `name:=JSON`. Reads the file of a parameter that is a text, and standard input."""

import json
import os
import re
import stat
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..file_parameters import FILE_PARAMETERS
from ..json_pointers import read_pointer
from ..json_types import is_array, is_number, is_object
from ..parameters import list_types
from ..problems import Problem
from ..specs import load_spec
from ..validators import validate
from ..vendor import REMOTE, TEXTS, UPLOADED
from ..vocabulary import fold
from .screen import read_input

TYPED = re.compile(r"(?P<name>[^=:]+)(?P<sign>:=|=@|=)(?P<value>.*)", re.DOTALL)
INPUT = "-"  # in place of a path
NEWER = ("enum", "unknown")  # codes of problems that a newer version may not have
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
    """The arguments are not a valid request to the model. The message has a line for each of the `problems`."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = problems


def read_parameters(
    model_id: str, typed: Sequence[str], *, is_unlisted: bool = False
) -> tuple[dict[str, Any], set[str]]:
    """Read the parameters of a request to a model, and check them; return them under the names of the API, files as paths or bytes.

    With `is_unlisted`, names and choices that the model does not list are let pass. The second value names the parameters that have them.

    Raises:
        UnknownModel: this version of the package has no such model.
        WrongParameters: they break the rules of the model.

    """
    properties = load_spec(model_id)["properties"]
    found = _read(typed, properties)
    misplaced = _find_local_paths(model_id, found, properties)
    told = {problem.pointer for problem in misplaced}
    problems = [one for one in _validate(model_id, found) if _first(one) not in told]
    unlisted = _find_unlisted(model_id, problems)
    if wrong := [*misplaced, *(one for one in problems if not is_unlisted or _first(one) not in unlisted)]:
        lines = [f"{problem.pointer[1:]}: {problem.message}" for problem in wrong]
        hint = (
            ["to send what this version does not list all the same: --unlisted"]
            if unlisted and not is_unlisted
            else []
        )
        raise WrongParameters("\n".join([*lines, *hint]), wrong)
    return found, {read_pointer(pointer)[0] for pointer in unlisted}


def read_unlisted(typed: Sequence[str]) -> dict[str, Any]:
    """Read the parameters of a request to a model that this version does not have."""
    return _read(typed, {})


def _read(typed: Sequence[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Read each parameter by its rule; one that the model does not have as whatever it looks like."""
    found: dict[str, Any] = {}
    given = [(one, TYPED.fullmatch(one)) for one in typed]
    if sum(match is not None and match.group("sign", "value") == ("=@", "-") for _, match in given) > 1:
        raise WrongParameters("standard input can be read for one parameter only")
    for one, match in given:
        if not match:
            raise WrongParameters(f"{one!r}: write name=value, name=@PATH for a file, or name:=JSON")
        name, sign, text = match["name"], match["sign"], match["value"]
        rule = properties.get(name, {})
        value = _read_value(name, sign, text, _element(rule))
        if _is_list(rule) and sign != ":=" and isinstance(found.setdefault(name, []), list):
            found[name].append(value)
        elif name in found and name not in properties and sign != ":=":  # nobody knows whether it is an array
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        elif name in found:
            raise WrongParameters(f"{name} is given twice, but accepts one value")
        else:
            found[name] = value
    return found


def _validate(model_id: str, found: Mapping[str, Any]) -> list[Problem]:
    """Find the problems of a request, to which the service adds its defaults."""
    properties = load_spec(model_id)["properties"]
    sent = {name: rule["default"] for name, rule in properties.items() if "default" in rule}
    return validate(model_id, sent | {name: _as_sent(value) for name, value in found.items()})


def _first(problem: Problem) -> str:
    """Return the pointer of the parameter that has a problem."""
    return f"/{problem.pointer.split('/')[1]}"


def _find_unlisted(model_id: str, problems: Iterable[Problem]) -> set[str]:
    """Find the pointers of the parameters that have no other problems than such as a newer version may not have."""
    known = {fold(name) for name in load_spec(model_id)["properties"]}
    newer, wrong = set[str](), set[str]()
    for problem in problems:
        is_misspelt = problem.code == "unknown" and fold(problem.pointer[1:]) in known
        (newer if problem.code in NEWER and not is_misspelt else wrong).add(_first(problem))
    return newer - wrong


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
        is_text = rule.get("x-type", "string" if "string" in kinds else "") == "string"
        return _read_text(name, text) if is_text else read_file(name, text)
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


def _read_text(name: str, text: str) -> str:
    path = _expand(Path(text))
    try:
        data = _read_input(name) if text == INPUT else path.read_bytes()
        return data.decode().replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        source = "standard input" if text == INPUT else path
        raise WrongParameters(f"{name}: {source} cannot be read as text: {error}") from None


def read_file(name: str, text: str) -> str | bytes | Path:
    """Return a file: what came from standard input, a pipe or a device, a path, or a text that stands for a file, if there is no such path."""
    if text == INPUT:
        return _read_input(name)
    path = _expand(Path(text))
    if UPLOADED and text.startswith(REMOTE) and not os.path.exists(path):  # noqa: PTH110 - of any text it can tell
        return text
    return _read_stream(name, path) if _is_stream(path) else path


def _is_stream(path: Path) -> bool:
    """Tell whether it is a pipe or a device, which can be read once only, such as `/dev/stdin`."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def _read_stream(name: str, path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WrongParameters(f"{name}: {path} cannot be read: {error.strerror}") from None
    if not data:
        raise WrongParameters(f"{name}: {path} is empty")
    return data


def _read_input(name: str) -> bytes:
    try:
        return read_input(f"{name}: type it in, then Ctrl-D on a line of its own")
    except (OSError, ValueError) as error:
        raise WrongParameters(f"{name}: {error}") from None


def _find_local_paths(model_id: str, found: dict[str, Any], known: Container[str]) -> list[Problem]:
    """Find texts that should be files, and files that should not."""
    problems, files = [], FILE_PARAMETERS[model_id]
    for name, value in found.items():
        is_file = name in files
        for one in value if isinstance(value, list) else [value]:
            if is_file and isinstance(one, str) and not one.startswith(REMOTE):
                message = f"{one!r} is not {TEXTS}; for a local file write {name}=@{one}"
                problems.append(Problem(f"/{name}", "type", message))
            if isinstance(one, Path | bytes) and not (UPLOADED and (is_file or name not in known)):
                problems.append(Problem(f"/{name}", "type", f"{name} does not accept a file"))
    return problems


def _as_sent(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_sent(one) for one in value]
    return REMOTE[0] if isinstance(value, Path | bytes) else value
