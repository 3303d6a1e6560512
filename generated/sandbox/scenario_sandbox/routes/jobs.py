"""The routes that run models, and those of jobs."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from ..assets import SAMPLES, Asset
from ..catalogue import Model
from ..clock import now_in_milliseconds
from ..error_messages import shorten
from ..facts import ASSET_IDS, AUTHOR, DRY_RUN, JOB_IDS, MAX_PAGE, PAGE, PROJECT
from ..faults import Fault
from ..ids import new_id
from ..jobs import STATUSES, Ending, Job
from ..requests import (
    ApiError,
    check_query_names,
    is_dry_run,
    read_as,
    read_choice,
    read_date,
    read_json,
    read_page_size,
    read_token,
    read_types,
    split_page,
)
from ..responses import error_response, json_response
from ..service import Service, service_of

URL = re.compile(r"https?://|data:[^,]*,")
FILTERS = (
    "authorId", "createdAfter", "pageSize", "paginationToken", "projectId", "status", "type", "types", "updatedAfter",
    "workflowId",
)  # fmt: skip
NO_CREDITS = 402
ENDINGS: dict[str, Ending] = {"job-fails": "fails", "job-hangs": "hangs"}


class JobAction(BaseModel, frozen=True):
    """An action on a job."""

    action: Literal["cancel"]


async def run_model(request: Request) -> Response:
    """Submit a request, or (`dryRun`) only give its price."""
    service = service_of(request)
    model = service.find_model(request.path_params["id"])
    check_query_names(request, ("dryRun", "ipDetection", "projectId"))
    read_choice(request, "ipDetection", ("true", "false"))
    dry_run, body = is_dry_run(request), await read_json(request)
    _check(model, body, service)
    price = {
        "creativeUnitsCost": model.cost,
        "creativeUnitsDiscount": 0,
        "costDetails": {"custom-generation": model.cost},
    }
    if dry_run:
        return json_response(price, DRY_RUN)
    if fault := service.strike(request.scope, "no-credits"):
        return _refuse(request, fault)
    return json_response({"job": service.show(_submit(model, body, request)), **price})


async def list_jobs(request: Request) -> Response:
    """List jobs, the newest first."""
    check_query_names(request, FILTERS)
    service, size = service_of(request), read_page_size(request, PAGE, MAX_PAGE)
    token = read_token(request, lambda token: service.store.get(Job, token))
    matches = _read_filters(request)
    jobs = (job for job in service.store.newest(Job, token) if matches(job))
    found, more = split_page(jobs, size)
    return json_response({"jobs": [service.show(job) for job in found], **more})


async def get_job(request: Request) -> Response:
    service = service_of(request)
    return json_response({"job": service.show(service.find(Job, request.path_params["jobId"]))})


async def act_on_job(request: Request) -> Response:
    await read_as(JobAction, request)  # first: the job may change while the body is read
    service = service_of(request)
    job, now = service.find(Job, request.path_params["jobId"]), service.clock.now()
    if job.has_ended(now):
        raise ApiError(f"Job {job.id} has ended: its status is {job.lifecycle.step(now).status}")
    job = replace(job, canceled=now, canceled_at=now_in_milliseconds())
    with service.store.transaction():
        service.store.put(job)
        service.store.delete(job.asset)
    service.outbox.announce_end(job)
    return json_response({"job": service.show(job)})


def _read_filters(request: Request) -> Callable[[Job], bool]:
    """Make a filter of jobs from a query.

    Raises:
        ApiError: the query is invalid.

    """
    service, query, types = service_of(request), request.query_params, read_types(request)
    created, updated = read_date(request, "createdAfter"), read_date(request, "updatedAfter")
    status, workflow = read_choice(request, "status", STATUSES), query.get("workflowId")
    if created is not None and (status or types or workflow):
        raise ApiError(
            "Query createdAfter cannot be combined with status, type, types or workflowId: use updatedAfter"
        )
    now = service.clock.now()

    def matches(job: Job) -> bool:
        step = job.lifecycle.step(now)
        return (
            not workflow
            and query.get("authorId", AUTHOR) == AUTHOR
            and query.get("projectId", job.project) == job.project
            and (not types or "custom" in types)
            and (not status or step.status == status)
            and (created is None or job.created > created)
            and (updated is None or service.time_of(step) > updated)
        )

    return matches


def _check(model: Model, body: dict[str, Any], service: Service) -> None:
    """Check a request against the spec, and that the assets and models it names exist, and are not too large or of a wrong type."""
    if problem := model.find_problem(body):
        raise ApiError(problem)
    for name, file in model.references(body, "file"):
        asset = None if URL.match(file) else service.find_asset(file)
        if asset and asset.privacy != "public" and (problem := model.find_file_problem(name, asset.size)):
            raise ApiError(problem)  # a sample stands for any file
    for name, other in model.references(body, "model"):
        if not other.startswith("model_"):  # LoRAs are models, too, and not in the docs
            raise ApiError(f"Model {shorten(other)} not found", 404)
        if other in service.models and (problem := model.find_model_problem(name, other)):
            raise ApiError(problem)


def _refuse(request: Request, fault: Fault) -> Response:
    """Respond that there are not enough creative units. No documentation shows such a response: by default it is invented."""
    status = fault.status or NO_CREDITS
    if fault.body is None:
        return error_response(request.scope, "Not enough creative units", status)
    return json_response(fault.body, status)


def _submit(model: Model, body: dict[str, Any], request: Request) -> Job:
    service = service_of(request)
    fault = service.strike(request.scope, "job-fails", "job-hangs")
    job = Job(
        id=new_id(JOB_IDS),
        created=now_in_milliseconds(),
        model=model.id,
        body=body,
        project=request.query_params.get("projectId", PROJECT),
        cost=model.cost,
        submitted=service.clock.now(),
        asset="" if model.kind == "text" else new_id(ASSET_IDS),
        output={"text": f"The sandbox's response from {model.spec['title']}"} if model.kind == "text" else {},
        ending=ENDINGS[fault.kind] if fault else "succeeds",
        is_strange=service.strike(request.scope, "job-strange") is not None,
    )
    with service.store.transaction():
        service.store.put(job)
        if job.asset and job.ending == "succeeds":
            service.store.put(_make_result(job, model))
    service.outbox.announce(job)
    return job


def _make_result(job: Job, model: Model) -> Asset:
    sample = SAMPLES[model.kind]
    return Asset(
        id=job.asset,
        created=job.created,
        kind=model.kind,
        mime_type=sample.mime_type,
        size=len(sample.content),
        file=sample.file,
        name=sample.file,
        source=model.capability or "unknown",
        ready=job.lifecycle.steps[-1].age,
        project=job.project,
        job=job.id,
        model=job.model,
        properties=sample.properties,
    )
