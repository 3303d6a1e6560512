"""The verbs of the command line, and their exit codes."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..catalogue import ModelInfo
from ..client.facts import AssetFacts, JobFacts
from ..client.clients import Client, Job, Result
from ..client.errors import (
    ClientError,
    JobTimeout,
    NoKey,
    NotSubmitted,
    SubmissionUnknown,
)
from ..client.lazy import RUN_TIMEOUT
from ..client.progress import OnProgress
from ..factory import make_request
from ..lookup import UnknownModel, find, models
from ..problems import nearest
from ..requests import Request
from ..specs import load_spec
from .arguments import WrongParameters, model_id_of, read_parameters
from .screen import show_error, show_json, show_line, show_table, showing_progress

DONE, FAILED = 0, 1
CODES: dict[tuple[type[BaseException], ...], int] = {
    (UnknownModel, ValueError, NoKey, RecursionError): 2,
    (JobTimeout, NotSubmitted): 3,
    (SubmissionUnknown,): 4,
    (KeyboardInterrupt,): 130,
}
EPILOG = """\
the parameters of a model (`show MODEL` lists them):
  name=value    text, a number, true or false; for an array, once for each element
  name=@PATH    a file to upload; where text is wanted, the text of a file
  name:=JSON    any JSON

exit codes:
  0 done; 1 failed; 2 wrong usage or request, nothing was submitted; 3 timed out;
  4 it is unknown whether the request was submitted; 130 interrupted

The keys come from SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET.
"""


def main(arguments: Sequence[str]) -> int:
    """Run the command; give its exit code."""
    options = _parse(_make_parser(), arguments)
    try:
        options.do(options)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if (told := _describe(error)) is None:
            raise
        show_error("\n".join([told, *getattr(error, "__notes__", [])]))
        return next((code for kinds, code in CODES.items() if isinstance(error, kinds)), FAILED)
    return DONE


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
    spec = load_spec(info.id)
    if options.json:
        show_json(spec)
        return
    rows = [
        (
            name,
            rule["x-type"],
            "yes" if name in spec["required"] else "",
            "" if "default" not in rule else str(rule["default"]),
            _show_values({**rule, **rule.get("items", {})}),
            rule.get("description", ""),
        )
        for name, rule in spec["properties"].items()
    ]
    show_line(f"{spec['title']} ({spec['x-model']})")
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


def _read_request(options: argparse.Namespace) -> Request:
    info = find(model_id_of(options.model))
    if info.deprecation and not options.quiet:
        show_error(info.deprecation)
    return make_request(info.id, read_parameters(info.id, options.parameters))


def _title(info: ModelInfo) -> str:
    return f"{info.title} (deprecated)" if info.deprecation else info.title


def _check_folder(folder: Path | None) -> None:
    if folder and not folder.is_dir():
        raise WrongParameters(f"--download: {folder} is not a folder")
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


def _show_values(rule: dict[str, Any]) -> str:
    if "enum" in rule:
        return ", ".join(str(choice) for choice in rule["enum"])
    bounds = [f"from {rule['minimum']}"] if "minimum" in rule else []
    bounds += [f"to {rule['maximum']}"] if "maximum" in rule else []
    return " ".join(bounds)


def _describe(error: BaseException) -> str | None:
    """Describe an error of the user, the service or the machine; None for a bug of this package."""
    from scenario_sdk import APIConnectionError, APIStatusError

    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, RecursionError):
        return "the input is nested too deeply"
    if isinstance(error, JobTimeout):
        return f"timed out; the job is still running and may be billed: scenario-models job {error.job_id} --wait"
    if isinstance(error, APIStatusError):
        body = error.body if isinstance(error.body, dict) else {}
        reason = next((body[name] for name in ("reason", "message", "error") if body.get(name)), "")
        return f"the service responded with status {error.status_code}{': ' if reason else ''}{reason}"
    if isinstance(error, APIConnectionError):
        return f"the service at {error.request.url.host} cannot be reached: {error.__cause__ or error}"
    return str(error) if isinstance(error, ClientError | LookupError | OSError | ValueError) else None


def _parse(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; parameters may also come after options."""
    options, rest = parser.parse_known_args(arguments)
    if rest and (not hasattr(options, "parameters") or any(one.startswith("-") for one in rest)):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    if rest:
        options.parameters += rest
    return options


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scenario-models",
        description="Run the models of Scenario.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    _add_options(
        {
            name: verbs.add_parser(
                name,
                help=do.__doc__,
                description=do.__doc__,
                epilog=EPILOG,
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
            for name, do in VERBS.items()
        }
    )
    return parser


def _add_options(verbs: dict[str, argparse.ArgumentParser]) -> None:
    """Add each option to the verbs that have it."""

    def add(names: str, *flags: str, **facts: Any) -> None:
        for name in names.split():
            verbs[name].add_argument(*flags, **facts)

    for name, do in VERBS.items():
        verbs[name].set_defaults(do=do)
    add("show run estimate", "model", metavar="MODEL", help="its id")
    add("run estimate", "parameters", metavar="name=value", nargs="*", help="see below")
    add("job", "job", metavar="ID", help="its id")
    add("list", "--capability", metavar="C", help="only models that do this, such as video2video")
    add("list", "--provider", metavar="P", help="only models of this provider, such as 'Sync Labs'")
    add("jobs", "--most", type=_count, default=20, metavar="N", help="how many (default: 20)")
    add("job", "--wait", action="store_true", help="wait for its result")
    add("job", "--cancel", action="store_true", help="cancel it")
    add("run job", "--download", type=Path, metavar="DIR", help="write the files that it makes into this folder")
    waiting = f"seconds to wait (default: {RUN_TIMEOUT:g})"
    add("run job", "--timeout", type=_seconds, default=RUN_TIMEOUT, metavar="S", help=waiting)
    interrupting = "cancel the job on Ctrl-C; otherwise it keeps running"
    add("run", "--cancel-if-interrupted", action="store_true", help=interrupting)
    add("run estimate job", "--quiet", action="store_true", help="do not show progress")
    add("list show run estimate jobs job", "--json", action="store_true", help="print JSON")


VERBS = {
    "list": list_models,
    "show": show_model,
    "run": run_model,
    "estimate": estimate,
    "jobs": list_jobs,
    "job": show_job,
}


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds
