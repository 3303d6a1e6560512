"""The routes of models."""

from typing import Annotated, Any

from pydantic import BaseModel, FailFast
from starlette.requests import Request
from starlette.responses import Response

from ..catalogue import TYPE, Model
from ..facts import MAX_MODELS_PAGE, MODELS_PAGE
from ..requests import (
    check_query_names,
    read_as,
    read_choice,
    read_page_size,
    read_token,
    read_types,
    split_page,
)
from ..responses import json_response
from ..service import service_of

FILTERS = ("pageSize", "paginationToken", "privacy", "type", "types")
DATE = "2026-01-01T00:00:00.000Z"  # the docs do not have the date of a model


class ModelIds(BaseModel, frozen=True):
    """Which models to show; `minimal` for few fields."""

    modelIds: Annotated[list[str], FailFast()]
    minimal: bool = False


async def list_models(request: Request) -> Response:
    """List models by id, without their inputs: with `privacy=public` those of the docs, otherwise none."""
    check_query_names(request, FILTERS)
    service, types = service_of(request), read_types(request)
    size, token = (
        read_page_size(request, MODELS_PAGE, MAX_MODELS_PAGE),
        read_token(request, service.models.get),
    )
    privacy = read_choice(request, "privacy", ("private", "public"))
    is_shown = privacy == "public" and (not types or TYPE in types)
    models = (model for model in service.models.values() if is_shown and model.id > token)
    found, more = split_page(models, size)
    return json_response({"models": [_show(model) for model in found], **more})


async def get_model(request: Request) -> Response:
    """Show a model with its inputs."""
    model = service_of(request).find_model(request.path_params["modelId"])
    return json_response(
        {"model": {**_show(model), "inputs": model.inputs, "uiConfig": {"selects": model.selects}}}
    )


async def get_models(request: Request) -> Response:
    """Show several models, without their inputs; unknown ids are left out."""
    wanted = await read_as(ModelIds, request)
    models = service_of(request).models
    found = [
        _show(models[identifier]) for identifier in dict.fromkeys(wanted.modelIds) if identifier in models
    ]
    brief = ("id", "name", "type", "privacy")
    return json_response(
        {"models": [{key: one[key] for key in brief} for one in found] if wanted.minimal else found}
    )


def _show(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": model.spec["title"],
        "shortDescription": model.spec.get("description", ""),
        "type": TYPE,
        "privacy": "public",
        "capabilities": model.spec["x-capabilities"],
        "source": "other",
        "status": "trained",
        "custom": True,
        "tags": [],
        "collectionIds": [],
        "exampleAssetIds": [],
        "trainingImagesNumber": 0,
        "trainingImagePairs": [],
        "parameters": {},
        "accessRestrictions": 0,
        "createdAt": DATE,
        "updatedAt": DATE,
    }
