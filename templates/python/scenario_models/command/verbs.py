"""What each verb of the command line does."""

import argparse
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..catalogue import ModelInfo
from ..client.clients import Client, Job, Result
from ..client.facts import AssetFacts, JobFacts
from ..client.progress import OnProgress
from ..factory import make_request
from ..file_parameters import FILE_PARAMETERS
from ..json_tree import map_leaves
from ..kinds import AnyKind
from ..lookup import find, models
from ..parameters import ParameterInfo
from ..problems import nearest
from ..requests import Request
from ..rules import SHOWN
from ..specs import load_spec
from ..version import __version__
from .parameters import WrongParameters, model_id_of, read_parameters
from .screen import show_error, show_json, show_line, show_table, showing_progress
from .upgrade import SEVERITIES, find_effects


def list_models(options: argparse.Namespace) -> None:
    """List all models, or those with a capability or of a provider."""
    found = [
        info
        for info in models()
        if options.capability in (None, *info.capabilities)
        and (options.provider or "").lower() in ("", info.provider.lower())
    ]
    if options.json:
        show_json([info._asdict() for info in found])
    elif found:
        rows = [(info.id, _title(info), info.provider, ", ".join(info.capabilities)) for info in found]
        show_table(("Model", "Title", "Provider", "Capabilities"), rows)
    else:
        capabilities = sorted({one for info in models() for one in info.capabilities})
        providers = sorted({info.provider for info in models()})
        hint = nearest(options.capability, capabilities) or nearest(options.provider, providers)
        raise WrongParameters(f"there are no such models{hint}")


def show_model(options: argparse.Namespace) -> None:
    """Show the parameters of a model."""
    info = find(model_id_of(options.model))
    if options.json:
        show_json(load_spec(info.id))
        return
    rows = [
        (
            one.name,
            f"{one.type} ({one.kind})" if one.kind else one.type,
            "yes" if one.required else "",
            "" if one.default is None else str(one.default),
            _show_values(one),
            f"{one.description} Changes the price.".strip() if one.changes_price else one.description,
        )
        for one in info.parameters
    ]
    show_line(f"{info.title} ({info.id})")
    if info.deprecation:
        show_line(info.deprecation)
    show_table(("Parameter", "Type", "Required", "Default", "Values", "Description"), rows)


def run_model(options: argparse.Namespace) -> None:
    """Run a model, and download the files that it makes."""
    request = _read_request(options)
    _check_folder(options.download)
    with Client() as client, showing_progress(is_quiet=options.quiet) as on_progress:
        result = client.run(
            request,
            timeout=options.timeout,
            on_progress=on_progress,
            cancel_if_interrupted=options.cancel_if_interrupted,
        )
        paths = _download(result, options.download, on_progress)
    _show_result(result, paths, is_json=options.json)


def estimate(options: argparse.Namespace) -> None:
    """Show what a request would cost."""
    request = _read_request(options)
    with Client() as client, showing_progress(is_quiet=options.quiet) as on_progress:
        found = client.estimate(request, on_progress=on_progress)
    if options.json:
        show_json(asdict(found))
    else:
        show_line(str(found))


def list_jobs(options: argparse.Namespace) -> None:
    """List jobs."""
    with Client() as client:
        jobs = client.jobs(options.most)
    if options.json:
        show_json([_job_as_json(job) for job in jobs])
    else:
        show_table(("Job", "Status", "Model", "Created", "Cost"), [_row(job) for job in jobs])


def show_job(options: argparse.Namespace) -> None:
    """Show a job; wait for its result, download it, or cancel the job."""
    _check_folder(options.download)
    with Client() as client, showing_progress(is_quiet=options.quiet) as on_progress:
        job = client.job(options.job)
        if options.cancel:
            job = job.cancel()
        result = None
        if options.wait or options.download:
            result = job.wait(timeout=options.timeout, on_progress=on_progress)
            paths = _download(result, options.download, on_progress)
    if result:
        _show_result(result, paths, is_json=options.json)
    elif options.json:
        show_json(_job_as_json(job))
    else:
        show_table(("Job", "Status", "Model", "Created", "Cost"), [_row(job)])
        for text in filter(None, (job.reason, job.hint)):
            show_line(text)


def check_upgrade(options: argparse.Namespace) -> int:
    """Say what an upgrade to this version changes in the models that you use; exit with 1 if it breaks something."""
    effects = find_effects(options.since, options.what or ["."], show_error)
    if options.json:
        show_json([one.json for one in effects])
    else:
        for one in effects:
            show_line(str(one))
        counts = Counter(one.severity for one in effects)
        counted = ", ".join(f"{counts[one]} {one}" for one in SEVERITIES)
        show_line(f"upgrade-check: {options.since} to {__version__}: {counted}")
    return int(any(one.severity == "breaking" for one in effects))


def _read_request(options: argparse.Namespace) -> Request:
    info = find(model_id_of(options.model))
    if info.deprecation and not options.quiet:
        show_error(info.deprecation)
    parameters = read_parameters(info.id, options.parameters)
    return make_request(info.id, _insist(info.id, parameters) if options.any_kind else parameters)


def _insist(model_id: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Let the files among parameters be of any kind."""
    files = FILE_PARAMETERS[model_id]
    insisted: dict[str, Any] = map_leaves(parameters, lambda value, place: AnyKind(value) if place[0] in files else value)
    return insisted


def _title(info: ModelInfo) -> str:
    return f"{info.title} (deprecated)" if info.deprecation else info.title


def _check_folder(folder: Path | None) -> None:
    if folder and not folder.is_dir():
        raise WrongParameters(f"--download: {folder} {'is not a folder' if folder.exists() else 'does not exist'}")
    if folder and not os.access(folder, os.W_OK):
        raise WrongParameters(f"--download: {folder} is not writable")


def _download(result: Result, folder: Path | None, on_progress: OnProgress | None) -> list[Path]:
    if not folder:
        return []
    try:
        return [asset.download(folder, on_progress=on_progress) for asset in result.assets]
    except BaseException as error:
        error.add_note(f"the job has succeeded: scenario-models job {result.job.id} --download {folder}")
        raise


def _show_result(result: Result, paths: list[Path], *, is_json: bool) -> None:
    if is_json:
        assets = [_asset_as_json(asset) for asset in result.assets]
        show_json({"job": _job_as_json(result.job), "assets": assets, "files": [str(path) for path in paths]})
        return
    for asset in result.assets:
        size = "" if asset.size is None else f"{asset.size} bytes"
        show_line(" ".join(filter(None, (asset.id, asset.mime_type, size))))
    for path in paths:
        show_line(str(path))
    if result.job.output:
        show_json(result.job.output)


def _job_as_json(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in JobFacts.__dataclass_fields__}


def _asset_as_json(asset: AssetFacts) -> dict[str, Any]:
    return {name: getattr(asset, name) for name in AssetFacts.__dataclass_fields__}


def _row(job: Job) -> tuple[str, ...]:
    return job.id, job.status, job.model_id, job.created_at, "" if job.cost is None else f"{job.cost:g}"


def _show_values(one: ParameterInfo) -> str:
    """Show the choices of a parameter, or the limits of its values and of their elements."""
    choices = one.items.choices if one.items and one.items.choices else one.choices
    if choices:
        return ", ".join(str(choice.value) for choice in choices)
    limits = {**(one.items.rules if one.items else {}), **one.rules}
    return ", ".join(f"{name.lower()} {limits[key]}" for key, name in SHOWN.items() if key in limits)


VERBS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "list": list_models,
    "show": show_model,
    "run": run_model,
    "estimate": estimate,
    "jobs": list_jobs,
    "job": show_job,
    "upgrade-check": check_upgrade,
}
