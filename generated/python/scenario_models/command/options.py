"""The arguments and options of each verb, and how a shell completes them."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..vendor import KINDS, OVER, RUN_TIMEOUT, RUNNING, WAITING
from .completion import (
    SHELLS,
    Completer,
    find_capabilities,
    find_folders,
    find_models,
    find_nothing,
    find_parameters,
    find_providers,
    find_versions,
    offer_words,
)
from .manual import TAKE_PARAMETERS


class Option(NamedTuple):
    """An argument or option of some verbs; `facts` are what argparse is told of it besides its help."""

    verbs: Sequence[str]
    name: str
    help: str
    complete: Completer | None
    facts: Mapping[str, Any]


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


SWITCH = {"action": "store_true"}
OPTIONS = (
    Option(("show", *TAKE_PARAMETERS), "model", "its id", find_models, {"metavar": "MODEL"}),
    Option(
        TAKE_PARAMETERS, "parameters", "see below", find_parameters, {"metavar": "name=value", "nargs": "*"}
    ),
    Option(
        TAKE_PARAMETERS,
        "--unlisted",
        "send models, parameters and choices that this version does not list, unchecked",
        None,
        SWITCH,
    ),
    Option(
        ("list",),
        "words",
        "only models with these words in their id, title or provider",
        find_nothing,
        {"metavar": "TEXT", "nargs": "*"},
    ),
    Option(
        ("list",),
        "--capability",
        "only models that do this, such as video2video",
        find_capabilities,
        {"metavar": "C"},
    ),
    Option(
        ("list",),
        "--provider",
        "only models of this provider, such as 'Sync Labs'",
        find_providers,
        {"metavar": "P"},
    ),
    Option(("job",), "job", "its id", find_nothing, {"metavar": "ID"}),
    Option(("job",), "--wait", "wait for its result", None, SWITCH),
    Option(("job",), "--cancel", "cancel it", None, SWITCH),
    Option(
        ("jobs",),
        "--most",
        "how many (default: 20)",
        find_nothing,
        {"metavar": "N", "type": _count, "default": 20},
    ),
    Option(
        ("jobs",),
        "--status",
        "only jobs with this status, such as in-progress, success or failure",
        offer_words((*WAITING, *RUNNING, *OVER)),
        {"metavar": "STATUS"},
    ),
    Option(("jobs",), "--model", "only jobs of this model", find_models, {"metavar": "MODEL"}),
    Option(("upload",), "file", "its path or URL; - for standard input", None, {"metavar": "FILE"}),
    Option(
        ("upload",),
        "--kind",
        "of which kind it is, such as video (default: by its name or first bytes)",
        offer_words(KINDS.values()),
        {"metavar": "KIND", "default": ""},
    ),
    Option(
        ("run", "job"),
        "--download",
        "write the files that it makes into this folder, which is made if need be",
        find_folders,
        {"metavar": "DIR", "type": Path},
    ),
    Option(
        ("run", "job"),
        "--timeout",
        f"seconds to wait (default: {RUN_TIMEOUT:g})",
        find_nothing,
        {"metavar": "S", "type": _seconds, "default": RUN_TIMEOUT},
    ),
    Option(
        ("run",),
        "--cancel-if-interrupted",
        "cancel the job on Ctrl-C; otherwise it keeps running",
        None,
        SWITCH,
    ),
    Option(
        ("run", "estimate"),
        "--any-kind",
        "upload files even if they seem to be of another kind than their parameter takes",
        None,
        SWITCH,
    ),
    Option(("run", "estimate", "job", "upload"), "--quiet", "do not show progress", None, SWITCH),
    Option(
        ("upgrade-check",),
        "what",
        "your code, or ids of models (default: this folder)",
        None,
        {"metavar": "PATH|MODEL", "nargs": "*"},
    ),
    Option(
        ("upgrade-check",),
        "--from",
        "the version that you use now",
        find_versions,
        {"metavar": "VERSION", "dest": "since", "required": True},
    ),
    Option(("completion",), "shell", "whose script", None, {"choices": SHELLS}),
    Option(
        ("list", "show", "run", "estimate", "jobs", "job", "upload", "upgrade-check"),
        "--json",
        "print JSON, also of what goes wrong",
        None,
        SWITCH,
    ),
)
