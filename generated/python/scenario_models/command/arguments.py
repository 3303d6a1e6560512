"""The verbs, options and help of the command line."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..vendor import NAME, PACKAGE, RUN_TIMEOUT, VARIABLES
from .jobs import estimate, list_jobs, run_model, show_job
from .verbs import check_upgrade, list_models, show_model

VERBS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "list": list_models,
    "show": show_model,
    "run": run_model,
    "estimate": estimate,
    "jobs": list_jobs,
    "job": show_job,
    "upgrade-check": check_upgrade,
}
EPILOG = f"""\
the parameters of a model (`show MODEL` lists them):
  name=value    text, a number, true or false; for an array, once for each element
  name=@PATH    a file to upload; where text is wanted, the text of a file
  name:=JSON    any JSON

exit codes:
  0 done; 1 failed, or an upgrade breaks something; 2 wrong usage or request, nothing was submitted; 3 timed out;
  4 it is unknown whether the request was submitted; 130 interrupted

The keys come from {VARIABLES["api_key"]} and {VARIABLES["api_secret"]}.
"""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; parameters may also come after options."""
    parser = _make_parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and (not hasattr(options, "parameters") or any(one.startswith("-") for one in rest)):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    if rest:
        options.parameters += rest
    return options


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PACKAGE,
        description=f"Run the models of {NAME}.",
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
    add(
        "run job",
        "--download",
        type=Path,
        metavar="DIR",
        help="write the files that it makes into this folder",
    )
    waiting = f"seconds to wait (default: {RUN_TIMEOUT:g})"
    add("run job", "--timeout", type=_seconds, default=RUN_TIMEOUT, metavar="S", help=waiting)
    interrupting = "cancel the job on Ctrl-C; otherwise it keeps running"
    add("run", "--cancel-if-interrupted", action="store_true", help=interrupting)
    insisting = "upload files even if they seem to be of another kind than their parameter takes"
    add("run estimate", "--any-kind", action="store_true", help=insisting)
    add("run estimate job", "--quiet", action="store_true", help="do not show progress")
    add(
        "upgrade-check",
        "what",
        nargs="*",
        metavar="PATH|MODEL",
        help="your code, or ids of models (default: this folder)",
    )
    add(
        "upgrade-check",
        "--from",
        required=True,
        dest="since",
        metavar="VERSION",
        help="the version that you use now",
    )
    add("list show run estimate jobs job upgrade-check", "--json", action="store_true", help="print JSON")


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
