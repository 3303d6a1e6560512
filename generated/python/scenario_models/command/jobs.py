"""The verbs of the command line that speak to the API: they run models, and show jobs."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..any_model import AnyModel
from ..client.clients import Client, Job, Result
from ..client.errors import JobNote
from ..client.progress import OnProgress
from ..lookup import BY_ID, with_prefix
from ..requests import Request
from .bars import showing_progress
from .parameters import WrongParameters, read_file
from .requests import read_request
from .screen import flush_output, show_error, show_json, show_line, show_table


def run_model(options: argparse.Namespace) -> None:
    """Run a model, and download the files that it makes."""
    request = _read_request(options)
    _make_folder(options.download)
    with Client() as client, showing_progress(is_quiet=options.quiet) as on_progress:
        result = client.run(
            request,
            timeout=options.timeout,
            on_progress=on_progress,
            cancel_if_interrupted=options.cancel_if_interrupted,
        )
        paths = _download(result, options, on_progress)
    _show_result(result, paths, is_json=options.json)


def estimate(options: argparse.Namespace) -> None:
    """Show what a request would cost."""
    request = _read_request(options)
    with Client() as client, showing_progress(is_quiet=options.quiet) as on_progress:
        found = client.estimate(request, on_progress=on_progress)
    if options.json:
        show_json(found.to_dict())
    else:
        show_line(str(found))


def list_jobs(options: argparse.Namespace) -> None:
    """List jobs."""
    with Client() as client:
        jobs = client.jobs(options.most, status=options.status, model_id=options.model)
    if options.json:
        show_json([job.to_dict() for job in jobs])
    else:
        show_table(("Job", "Status", "Model", "Created", "Cost"), [_row(job) for job in jobs])


def upload_file(options: argparse.Namespace) -> None:
    """Upload a file; show the id of its asset."""
    file = read_file("FILE", options.file)
    with Client() as client, showing_progress(is_quiet=options.quiet) as on_progress:
        asset_id = client.upload(file, kind=options.kind, on_progress=on_progress)
    if options.json:
        show_json({"id": asset_id})
    else:
        show_line(asset_id)


def show_job(options: argparse.Namespace) -> None:
    """Show a job; wait for its result, download it, or cancel the job."""
    _make_folder(options.download)
    with Client() as client, showing_progress(is_quiet=options.quiet) as on_progress:
        job = client.job(options.job)
        if options.cancel:
            job = job.cancel()
        result = None
        if options.wait or options.download:
            result = job.wait(timeout=options.timeout, on_progress=on_progress)
            paths = _download(result, options, on_progress)
    if result:
        _show_result(result, paths, is_json=options.json)
    elif options.json:
        show_json(job.to_dict())
    else:
        show_table(("Job", "Status", "Model", "Created", "Cost"), [_row(job)])
        for text in filter(None, (job.reason, job.hint)):
            show_line(text)


def _read_request(options: argparse.Namespace) -> Request | AnyModel:
    info = BY_ID.get(with_prefix(options.model))
    if info and info.deprecation and not options.quiet:
        show_error(info.deprecation)
    return read_request(
        options.model, options.parameters, is_unlisted=options.unlisted, is_any_kind=options.any_kind
    )


def _make_folder(folder: Path | None) -> None:
    """Make the folder for what is downloaded, before anything is sent."""
    if not folder:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        said = "is not a folder" if folder.exists() else f"cannot be made: {error.strerror}"
        raise WrongParameters(f"--download: {folder} {said}") from None
    if not os.access(folder, os.W_OK):
        raise WrongParameters(f"--download: {folder} is not writable")


def _download(result: Result, options: argparse.Namespace, on_progress: OnProgress | None) -> list[Path]:
    if not options.download:
        return []
    with _noting(result):
        return [asset.download(options.download, on_progress=on_progress) for asset in result.assets]


@contextmanager
def _noting(result: Result) -> Iterator[None]:
    """Note on an error that the job has succeeded."""
    try:
        yield
    except BaseException as error:
        error.add_note(JobNote(result.job.id, f"job {result.job.id} has succeeded"))
        raise


def _show_result(result: Result, paths: list[Path], *, is_json: bool) -> None:
    with _noting(result):
        if is_json:
            show_json({**result.to_dict(), "files": [str(path) for path in paths]})
        else:
            _show_assets(result, paths)
        flush_output()


def _show_assets(result: Result, paths: list[Path]) -> None:
    for asset in result.assets:
        size = "" if asset.size is None else f"{asset.size} bytes"
        show_line(" ".join(filter(None, (asset.id, asset.mime_type, size))))
    for path in paths:
        show_line(str(path))
    if result.job.output:
        show_json(result.job.output)


def _row(job: Job) -> tuple[str, ...]:
    return job.id, job.status, job.model_id, job.created_at, "" if job.cost is None else f"{job.cost:g}"
