"""A request, from what was typed; with what this version does not list, if that was asked for."""

from collections.abc import Container, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from ..any_model import AnyModel
from ..client.errors import InvalidRequest
from ..client.files import find_files, open_source
from ..factory import from_body, model
from ..file_parameters import FILE_PARAMETERS, takes_files
from ..json_pointers import write_pointer
from ..json_tree import map_leaves
from ..kinds import AnyKind, describe_refusal, find_wanted_kind, is_refused
from ..lookup import BY_ID, find, with_prefix
from ..problems import Problem
from ..requests import Request
from ..specs import load_spec
from .parameters import WrongParameters, read_parameters, read_unlisted


def read_request(
    typed: str, parameters: Sequence[str], *, is_unlisted: bool, is_any_kind: bool
) -> Request | AnyModel:
    """Read the id of a model and the parameters of a request.

    Raises:
        UnknownModel: this version of the package has no such model, and `is_unlisted` does not let it pass.
        WrongParameters: they break the rules of the model.

    """
    model_id = with_prefix(typed)
    if is_unlisted and model_id not in BY_ID:
        return AnyModel(model_id, read_unlisted(parameters))
    found, unlisted = read_parameters(find(model_id).id, parameters, is_unlisted=is_unlisted)
    return _make(model_id, _insist(model_id, found) if is_any_kind else found, unlisted)


def _insist(model_id: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Let the files among parameters be of any kind."""
    files = FILE_PARAMETERS[model_id]
    insisted: dict[str, Any] = map_leaves(
        parameters, lambda value, place: AnyKind(value) if place[0] in files else value
    )
    return insisted


def _make(model_id: str, parameters: Mapping[str, Any], unlisted: Container[str]) -> Request | AnyModel:
    """Make a request of parameters that were checked, apart from the kinds of files."""
    listed = {name: value for name, value in parameters.items() if name not in unlisted}
    spec, sent = load_spec(model_id), {name: value for name, value in parameters.items() if name in unlisted}
    defaults = {name: spec["properties"][name]["default"] for name in model(model_id).always_sent}
    if any(
        name in sent for name in {*spec.get("required", ())} - {*defaults}
    ):  # a `Request` needs a listed value
        _check_kinds(model_id, listed)
        return AnyModel(model_id, defaults | dict(parameters))
    request = from_body(model_id, listed)
    try:
        return request.unlisted(**sent) if sent else request
    except TypeError as error:  # a name that is almost that of a parameter, or means the same
        raise WrongParameters(str(error)) from None


def _check_kinds(model_id: str, parameters: Mapping[str, Any]) -> None:
    """Refuse files of other kinds than their parameters take, as a client does unless it is given an `AnyModel`."""
    spec = load_spec(model_id)
    for place, file in find_files(parameters, partial(takes_files, model_id)).items():
        wanted = find_wanted_kind(spec, place)
        with closing(open_source(file, wanted)) as source:
            if is_refused(source.kinds, wanted):
                message = describe_refusal(source.name, source.kind, wanted)
                raise InvalidRequest(model_id, [Problem(write_pointer(place), "kind", message)])
