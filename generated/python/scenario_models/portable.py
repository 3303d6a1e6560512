"""Requests as JSON text and back: a request is a value, and travels through any queue."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Base64Bytes, BaseModel, ValidationError, model_validator

from .leaves import is_local, map_leaves
from .lookup import model
from .problems import show, show_name, without_signatures
from .requests import AnyModel, Request

MOST_NAMED = 3
INDEX = re.compile("0|[1-9][0-9]{0,9}")


class PortableFile(BaseModel, extra="forbid", hide_input_in_errors=True):
    """A file in a request: its path, or its bytes."""

    path: Path | None = None
    bytes: Base64Bytes | None = None

    @model_validator(mode="after")
    def _check(self) -> "PortableFile":
        if (self.path is None) is (self.bytes is None):
            raise ValueError("a file has a path or bytes")
        return self


class PortableRequest(BaseModel, extra="forbid", hide_input_in_errors=True):
    """A request as JSON.

    `files` are the local files, by the JSON Pointer (RFC 6901) of the place where they belong, at which stands null.
    Without `parameters` nothing is checked: it is an `AnyModel`.
    """

    model: str
    parameters: dict[str, Any] | None = None
    unlisted: dict[str, Any] = {}
    files: dict[str, PortableFile] = {}


def write(model_id: str, parameters: Mapping[str, Any] | None, unlisted: Mapping[str, Any]) -> str:
    """Write a request as JSON.

    Raises:
        ValueError: it holds an open file, or what is no JSON.

    """
    files: dict[str, dict[str, str]] = {}
    given = {"parameters": parameters, "unlisted": unlisted or None}
    try:
        document = map_leaves(
            {name: one for name, one in given.items() if one is not None}, partial(_take_file, files)
        )
        return json.dumps(
            {"model": model_id, **document} | ({"files": files} if files else {}), allow_nan=False
        )
    except TypeError as error:
        raise ValueError(f"{show_name(model_id)}: {error}") from None


def from_json(text: str | bytes) -> Request | AnyModel:
    """Read a request that `to_json` wrote, and check it.

    It may name any file of this machine for upload: take it only from those whom you trust that far.

    Raises:
        UnknownModel: this version of the package does not know its model.
        ValueError: it is none, or it breaks the rules of its model.

    """
    try:
        read = PortableRequest.model_validate(json.loads(text))
    except RecursionError:
        raise ValueError("this is nested too deeply to be a request") from None
    except ValidationError as error:  # names what is unknown, whatever that is
        raise ValueError(without_signatures(str(error))) from None
    whole = {"parameters": read.parameters, "unlisted": read.unlisted}
    if lost := [pointer for pointer, file in read.files.items() if not _put_file(whole, pointer, file)]:
        named = " and no ".join(map(show, lost[:MOST_NAMED]))
        raise ValueError(f"{show_name(read.model)}: there is no {named} for a file to stand at")
    if read.parameters is None:
        return AnyModel(read.model, read.unlisted)
    request = make_request(read.model, read.parameters)
    return request.unlisted(**read.unlisted) if read.unlisted else request


def make_request(model_id: str, parameters: Mapping[str, Any]) -> Request:
    """Make a request of parameters that have the wire's names.

    Raises:
        UnknownModel: there is no such model.
        ValueError: they break its rules.

    """
    made = model(model_id)
    names = {field.serialization_alias or name: name for name, field in made.model_fields.items()}
    return made(**{names.get(name, name): value for name, value in parameters.items()})


def _take_file(files: dict[str, dict[str, str]], value: Any, path: Sequence[Any]) -> Any:
    """Give null for a file, which goes to `files`, and whatever else as it is."""
    if not is_local(value):
        return value
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
    if isinstance(value, Path):
        files[pointer] = {"path": str(value)}
    elif isinstance(value, bytes):
        files[pointer] = {"bytes": base64.b64encode(value).decode()}
    else:
        raise ValueError(f"{show_name(pointer)}: an open file does not travel; give its path, or its bytes")  # noqa: TRY004
    return None


def _put_file(place: Any, pointer: str, file: PortableFile) -> bool:
    """Put a file where null stands for it; tell whether that is there."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")]
    if parts[0] or len(parts) <= len(("", "parameters")):
        return False
    try:
        for part in parts[1:-1]:
            place = place[_key(place, part)]
        key = _key(place, parts[-1])
        is_free = place[key] is None
    except (LookupError, TypeError, ValueError):
        return False
    if is_free:
        place[key] = file.bytes if file.path is None else file.path
    return is_free


def _key(place: Any, part: str) -> str | int:
    """Give what a part of a pointer stands for.

    Raises:
        ValueError: it is no index of an array.

    """
    if not isinstance(place, list):
        return part
    if not INDEX.fullmatch(part):
        raise ValueError("that is no index")
    return int(part)
