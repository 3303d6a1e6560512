"""A request as JSON text, with its files: the format in which it travels through queues and to other languages."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Base64Bytes, BaseModel, ValidationError, model_validator

from .display import show, show_name, without_signatures
from .json_pointers import read_pointer, write_pointer
from .json_tree import is_local, map_leaves, to_builtin, unwrap
from .kinds import AnyKind

MAX_NAMED = 3
INDEX = re.compile("0|[1-9][0-9]{0,9}")


class SerializedFile(BaseModel, extra="forbid", hide_input_in_errors=True):
    """A file in a request: its path, its bytes, or a data URL; with `any_kind` it is sent whatever kind it seems to be."""

    path: Path | None = None
    bytes: Base64Bytes | None = None
    url: str | None = None
    any_kind: bool = False

    @property
    def file(self) -> Any:
        """The file, as a request has it."""
        file = next(one for one in (self.path, self.bytes, self.url) if one is not None)
        return AnyKind(file) if self.any_kind else file

    @model_validator(mode="after")
    def _check(self) -> "SerializedFile":
        if [self.path, self.bytes, self.url].count(None) != 2:  # noqa: PLR2004 - all but one
            raise ValueError("a file has a path, bytes or a URL")
        return self


class SerializedRequest(BaseModel, extra="forbid", hide_input_in_errors=True):
    """A request as JSON.

    `files` maps the JSON Pointer (RFC 6901) of each local file to the file; in its place in `parameters` or `unlisted` stands null.
    Without `parameters` it is an `AnyModel`, in which nothing is checked.
    """

    model_id: str
    parameters: dict[str, Any] | None = None
    unlisted: dict[str, Any] = {}
    files: dict[str, SerializedFile] = {}


def write(request: Mapping[str, Any]) -> str:
    """Write a request, given by the names in `SerializedRequest`, as JSON.

    Raises:
        ValueError: it holds an open file, or a value that JSON cannot express.

    """
    files: dict[str, dict[str, Any]] = {}
    try:
        document = map_leaves(request, partial(_take_file, files))
        return json.dumps(document | ({"files": files} if files else {}), allow_nan=False)
    except TypeError as error:
        raise ValueError(f"{show_name(request['model_id'])}: {error}") from None


def read(text: str | bytes) -> SerializedRequest:
    """Read what `write` wrote, and put its files in their places. Its parameters are not checked.

    Raises:
        ValueError: the text is not a request.

    """
    try:
        document = json.loads(text)
        if isinstance(document, dict) and "model" in document and "model_id" not in document:
            document["model_id"] = document.pop(
                "model"
            )  # as earlier versions of this package wrote it, perhaps into a queue
        request = SerializedRequest.model_validate(document)
    except RecursionError:
        raise ValueError("this is nested too deeply to be a request") from None
    except ValidationError as error:  # names unknown keys, which may be anything
        raise ValueError(without_signatures(str(error))) from None
    whole = {"parameters": request.parameters, "unlisted": request.unlisted}
    if lost := [pointer for pointer, file in request.files.items() if not _put_file(whole, pointer, file)]:
        named = " or ".join(map(show, lost[:MAX_NAMED]))
        raise ValueError(f"{show_name(request.model_id)}: there is no null at {named} for a file to replace")
    return request


def _take_file(files: dict[str, dict[str, Any]], value: Any, path: Sequence[Any]) -> Any:
    """Move a file to `files` and leave null in its place; return every other value as it is."""
    if not is_local(value := unwrap(to_builtin(value))):
        return value
    pointer = write_pointer(path)
    insisted = {"any_kind": True} if isinstance(value, AnyKind) else {}
    file = value.file if isinstance(value, AnyKind) else value
    if isinstance(file, Path):
        files[pointer] = {"path": str(file), **insisted}
    elif isinstance(file, bytes):
        files[pointer] = {"bytes": base64.b64encode(file).decode(), **insisted}
    elif isinstance(file, str):
        files[pointer] = {"url": file, **insisted}
    else:
        raise ValueError(f"{show_name(pointer)}: an open file has no JSON; give its path or its bytes")  # noqa: TRY004
    return None


def _put_file(place: Any, pointer: str, file: SerializedFile) -> bool:
    """Put a file where null stands for it; return False if no null is there."""
    parts = read_pointer(pointer)
    if pointer[:1] != "/" or len(parts) <= len(("parameters",)):
        return False
    try:
        for part in parts[:-1]:
            place = place[_key(place, part)]
        key = _key(place, parts[-1])
        is_free = place[key] is None
    except (LookupError, TypeError, ValueError):
        return False
    if is_free:
        place[key] = file.file
    return is_free


def _key(place: Any, part: str) -> str | int:
    """Return the key that a part of a pointer means: a name, or in an array an index.

    Raises:
        ValueError: it is not an index of an array.

    """
    if not isinstance(place, list):
        return part
    if not INDEX.fullmatch(part):
        raise ValueError("not an index")
    return int(part)
