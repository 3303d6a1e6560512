"""Requests as JSON text and back: a request is a value, and travels through any queue."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Base64Bytes, BaseModel, model_validator

from .lookup import model
from .requests import AnyModel, Request


class PortableFile(BaseModel, extra="forbid"):
    """A file in a request: its path, or its bytes."""

    path: Path | None = None
    bytes: Base64Bytes | None = None

    @model_validator(mode="after")
    def _check(self) -> "PortableFile":
        if (self.path is None) is (self.bytes is None):
            raise ValueError("a file has a path or bytes")
        return self


class PortableRequest(BaseModel, extra="forbid"):
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
    document: dict[str, Any] = {"model": model_id}
    if parameters is not None:
        document["parameters"] = _take_files(parameters, "/parameters", files)
    if unlisted:
        document["unlisted"] = _take_files(unlisted, "/unlisted", files)
    if files:
        document["files"] = files
    try:
        return json.dumps(document, allow_nan=False)
    except TypeError as error:
        raise ValueError(f"{model_id}: {error}") from None


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
    files = dict(read.files)
    unlisted = _put_files(read.unlisted, "/unlisted", files)
    parameters = _put_files(read.parameters, "/parameters", files)
    if files:
        raise ValueError(f"{read.model}: there is no {' and no '.join(map(repr, files))} for a file to stand at")
    if read.parameters is None:
        return AnyModel(read.model, unlisted)
    request = make_request(read.model, parameters)
    return request.unlisted(**unlisted) if unlisted else request


def make_request(model_id: str, parameters: Mapping[str, Any]) -> Request:
    """Make a request of parameters that have the wire's names.

    Raises:
        UnknownModel: there is no such model.
        ValueError: they break its rules.

    """
    made = model(model_id)
    names = {field.serialization_alias or name: name for name, field in made.model_fields.items()}
    return made(**{names.get(name, name): value for name, value in parameters.items()})


def _take_files(value: Any, pointer: str, files: dict[str, dict[str, str]]) -> Any:
    """Give a value without its files, which go to `files`."""
    if isinstance(value, Mapping):
        return {name: _take_files(inner, _below(pointer, name), files) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_take_files(inner, _below(pointer, index), files) for index, inner in enumerate(value)]
    if isinstance(value, Path):
        files[pointer] = {"path": str(value)}
    elif isinstance(value, bytes):
        files[pointer] = {"bytes": base64.b64encode(value).decode()}
    elif callable(getattr(value, "read", None)):
        raise ValueError(f"{pointer}: an open file does not travel; give its path, or its bytes")  # noqa: TRY004
    else:
        return value
    return None


def _put_files(value: Any, pointer: str, files: dict[str, PortableFile]) -> Any:
    """Give a value with the files that belong there, which are taken from `files`."""
    if value is None and pointer in files:
        file = files.pop(pointer)
        return file.bytes if file.path is None else file.path
    if isinstance(value, dict):
        return {name: _put_files(inner, _below(pointer, name), files) for name, inner in value.items()}
    if isinstance(value, list):
        return [_put_files(inner, _below(pointer, index), files) for index, inner in enumerate(value)]
    return value


def _below(pointer: str, name: object) -> str:
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
