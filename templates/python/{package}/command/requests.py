"""A request, from what was typed; with what this version does not list, if that was asked for."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from ..factory import from_body, model
from ..file_parameters import FILE_PARAMETERS
from ..json_tree import map_leaves
from ..kinds import AnyKind
from ..lookup import BY_ID, find
from ..requests import Request
from ..any_model import AnyModel
from ..specs import load_spec
from ..validators import validate
from .parameters import WrongParameters, find_unlisted, model_id_of, read_parameters, read_unlisted


def read_request(typed: str, parameters: Sequence[str], *, is_unlisted: bool, is_any_kind: bool) -> Request | AnyModel:
    """Read the id of a model and the parameters of a request.

    Raises:
        UnknownModel: this version of the package has no such model, and `is_unlisted` does not let it pass.
        WrongParameters: they break the rules of the model.

    """
    model_id = model_id_of(typed)
    if is_unlisted and model_id not in BY_ID:
        return AnyModel(model_id, read_unlisted(parameters))
    found = read_parameters(find(model_id).id, parameters, is_unlisted=is_unlisted)
    unlisted = find_unlisted(model_id, found) if is_unlisted else set[str]()
    return _make(model_id, _insist(model_id, found) if is_any_kind else found, unlisted)


def _insist(model_id: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Let the files among parameters be of any kind."""
    files = FILE_PARAMETERS[model_id]
    insisted: dict[str, Any] = map_leaves(parameters, lambda value, place: AnyKind(value) if place[0] in files else value)
    return insisted


def _make(model_id: str, parameters: Mapping[str, Any], unlisted: Container[str]) -> Request | AnyModel:
    """Make a request. What is unlisted may be required: meanwhile something that is listed stands in its place."""
    rules = load_spec(model_id)["properties"]
    sent = {name: value for name, value in parameters.items() if name in unlisted}
    places = {name: _choose(model_id, name, rules[name]) for name in sent if name in rules}
    if None in places.values():  # in an object, say: all else was checked, too
        defaults = {name: rules[name]["default"] for name in model(model_id).always_sent}
        return AnyModel(model_id, defaults | dict(parameters))
    request = from_body(model_id, {name: value for name, value in parameters.items() if name not in sent} | places)
    try:
        return request.unlisted(**sent) if sent else request
    except TypeError as error:  # a name that is almost that of a parameter, or means the same
        raise WrongParameters(str(error)) from None


def _choose(model_id: str, name: str, rule: Mapping[str, Any]) -> Any:
    """Choose a value that is listed for a parameter; None if there is no list of choices."""
    inner = rule.get("items", {}).get("enum", ())
    choices = [*rule.get("enum", ()), *([one] * rule.get("minItems", 1) for one in inner)]
    return next((one for one in choices if not any(wrong.pointer.startswith(f"/{name}") for wrong in validate(model_id, {name: one}))), None)
