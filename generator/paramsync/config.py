"""Read the TOML files that people write into frozen, typed values; an error names the file, the line and the key. Pure."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from paramsync.findings import InputError, Place
from paramsync.text import Json, suggest_name
from paramsync.toml_keys import Keys, Path, find_keys

MAX_PROBLEMS = 5  # shown of one file
NOUNS = {  # in the types of pydantic's errors
    "string": "a text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "an array",
    "tuple": "an array",
    "frozen_set": "an array",
    "dict": "a table",
    "mapping": "a table",
    "model": "a table",
}
WRONG_TYPE = re.compile(rf"(?:model_attributes|({'|'.join(NOUNS)}))_(?:type|parsing|from_float)")


class ConfigTable(BaseModel):
    """A TOML table: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)  # a run reads few tables


M = TypeVar("M", bound=ConfigTable)


class KeyMistakeError(ValueError):
    """What a validator of a table finds wrong at one of the keys below it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self.path = path


@dataclass(frozen=True)
class TomlFile:
    """A TOML file: its text, and what that holds."""

    name: str
    text: str
    data: Json

    def read(self, kind: type[M]) -> M:
        """Check the file against a type of table.

        Raises:
            InputError: a key is missing, unknown or of the wrong type.

        """
        try:
            return kind.model_validate(self.data)
        except ValidationError as error:
            problems = sorted(_describe(error.errors(), kind, self))
        (place, first), *others = problems
        shown = [first, *(f"line {at.line}: {problem}" if at.line else problem for at, problem in others)]
        more = f"; and {len(problems) - MAX_PROBLEMS} more" if len(problems) > MAX_PROBLEMS else ""
        raise InputError(place, "; ".join(shown[:MAX_PROBLEMS]) + more)

    def find(self, path: Path) -> Place:
        """Return the place of a key, a table or an item of an array; that of the nearest table around it if it is not there."""
        for length in range(len(path), 0, -1):
            if (start := self._keys.starts.get(path[:length])) is not None:
                column = start - (self.text.rfind("\n", 0, start) + 1) + 1
                return Place(self.name, self.text.count("\n", 0, start) + 1, column)
        return Place(self.name)

    def find_lines(self, path: Path) -> range:
        """Return the lines, from 1, of a table that has a header, and of the comment directly above; none of one that is written inline."""
        if path not in self._keys.comments:
            return range(0)
        start, end = self._keys.comments[path], self._keys.ends[path]
        return range(self.text.count("\n", 0, start) + 1, self.text.count("\n", 0, end) + 2)

    @cached_property
    def _keys(self) -> Keys:
        try:
            return find_keys(self.text)
        except RecursionError:
            return Keys()


def read_toml(text: str, file: str) -> TomlFile:
    """Parse TOML text.

    Raises:
        InputError: the text is not TOML (with line and column).

    """
    text = text.removeprefix("\ufeff")
    try:
        return TomlFile(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
        place = Place(file, int(found[2]), int(found[3])) if found else Place(file)
        raise InputError(place, f"not TOML: {found[1] if found else error}") from None
    except (ValueError, RecursionError) as error:  # too many digits, or tables nested too deeply
        raise InputError(Place(file), f"not TOML: {error}") from None


def read_config(text: str, file: str, kind: type[M]) -> M:
    """Parse TOML text and check it against a type of table.

    Raises:
        InputError: the text is not TOML (with line and column), or a key is missing, unknown or of the wrong type.

    """
    return read_toml(text, file).read(kind)


def _describe(
    errors: Sequence[ErrorDetails], kind: type[BaseModel], file: TomlFile
) -> set[tuple[Place, str]]:
    """Describe each mistake at its key; of a value that may be of several types, what is wrong for all of them."""
    by_path: dict[Path, list[ErrorDetails]] = {}
    for error in errors:
        if error["type"] != "too_short" or error["ctx"]["actual_length"] >= len(error["input"]):
            by_path.setdefault(_path_of(error, file.data), []).append(error)
    inner = {path[:length] for path in by_path for length in range(len(path))}
    unions = {path for path, found in by_path.items() if path in inner and all(map(_is_wrong_type, found))}
    return {
        (
            file.find(path),
            f"{'.'.join(one for one in path if isinstance(one, str)) or 'file'}: {_say(found, path, kind)}",
        )
        for path, found in by_path.items()
        if path not in unions
    }


def _path_of(error: ErrorDetails, data: Any) -> Path:
    """Return where an error is, without the types that pydantic puts between the keys."""
    path: Path = ()
    for part in error["loc"]:
        is_index = isinstance(data, list) and isinstance(part, int)
        if is_index or (isinstance(data, dict) and part in data):
            data, path = data[part], (*path, part)
    is_missing = error["type"] == "missing"
    problem = error.get("ctx", {}).get("error")
    return (
        *path,
        *(problem.path if isinstance(problem, KeyMistakeError) else error["loc"][-1:] if is_missing else ()),
    )


def _is_wrong_type(error: ErrorDetails) -> bool:
    return WRONG_TYPE.fullmatch(error["type"]) is not None


def _say(errors: Sequence[ErrorDetails], path: Path, kind: type[BaseModel]) -> str:
    """Say what is wrong at one key."""
    others = [error for error in errors if not _is_wrong_type(error)]
    if not others:
        found = [WRONG_TYPE.fullmatch(error["type"]) for error in errors]
        nouns = dict.fromkeys(NOUNS.get(one[1] or "", "a table") for one in found if one)
        if "a number" in nouns:  # a whole one, too
            nouns.pop(NOUNS["int"], None)
        return f"must be {' or '.join(nouns)}"
    error = others[0]
    message = error["msg"].removeprefix("Value error, ")
    match error["type"]:
        case "value_error":  # ours, which may quote what people wrote
            return message
        case "missing":
            return "is missing"
        case "extra_forbidden":
            known = _keys_of(kind, path[:-1])
            return f"there is no such key{suggest_name(str(path[-1]), known)}; there are {', '.join(known)}"
        case "string_too_short" | "too_short":
            return "must not be empty"
    return re.sub(r"^(?:Input|String|Value|List|Tuple) should ", "must ", message).replace(" valid ", " ")


def _keys_of(kind: Any, path: Path) -> list[str]:
    """Return the keys that a table may have, given the type of the file and the path of the table."""
    for part in (one for one in path if isinstance(one, str)):
        tables = [*_tables_in(kind.model_fields[part].annotation)] if part in kind.model_fields else []
        kind = tables[0] if tables else kind
    return list(kind.model_fields)


def _tables_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [table for one in get_args(annotation) for table in _tables_in(one)]
