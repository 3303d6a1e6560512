"""What can be said on the command line: verbs, arguments and options."""

import argparse
from argparse import RawDescriptionHelpFormatter
from functools import cache
from pathlib import Path
from typing import Any, get_args

from paramsync.commands.completion import (
    SHELLS,
    complete_with,
    find_models,
    find_pages,
    find_parameters,
    find_targets,
)
from paramsync.commands.manual import DESCRIPTION, MANUALS, ORDER, write_epilog
from paramsync.paths import SourceName


class AnsweredAtOnceError(Exception):
    """Say that an argument is answered at once, whatever else is said; its arguments are the option's name and value."""


@cache
def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line: a subparser per verb, whose name is `verb` in what is parsed."""
    parser = argparse.ArgumentParser(
        "paramsync", description=DESCRIPTION, epilog=ORDER, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--version", action=_AnswerAtOnce, nargs=0, help="say which version this is, and of which Python"
    )
    parser.add_argument(
        "--completion",
        action=_AnswerAtOnce,
        choices=SHELLS,
        help="write what lets a shell complete names and options",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    shared, checked = _make_shared(), _make_checked()
    _add_init(_add_verb(verbs, "init", shared))
    _add_fetch(_add_verb(verbs, "fetch", shared, checked))
    _add_scrape(_add_verb(verbs, "scrape", shared, checked))
    _add_generate(_add_verb(verbs, "generate", shared, checked))
    _add_verify(_add_verb(verbs, "verify", shared))
    _add_verb(verbs, "release", shared, checked)
    _add_diff(_add_verb(verbs, "diff", shared))
    _add_explain(_add_verb(verbs, "explain", shared))
    return parser


class _AnswerAtOnce(argparse.Action):
    """Stop at an option that asks for something else than a verb."""

    def __call__(self, *given: Any, **_: Any) -> None:
        _parser, _namespace, values, *_others = given
        raise AnsweredAtOnceError(self.dest, values)


def _add_verb(verbs: Any, name: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
    manual = MANUALS[name]
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        parents=parents,
        help=manual.summary,
        description=f"{manual.summary[0].upper()}{manual.summary[1:]}.",
        epilog=write_epilog(manual),
        formatter_class=RawDescriptionHelpFormatter,
    )
    return parser


def _make_shared() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--root", type=Path, default=Path(), help="the folder with specs/ (default: here)")
    shared.add_argument("--quiet", action="store_true", help="show no progress and no summary")
    shared.set_defaults(format="text", check=False, verbose=False)
    return shared


def _make_checked() -> argparse.ArgumentParser:
    checked = argparse.ArgumentParser(add_help=False)
    checked.add_argument(
        "--check", action="store_true", help="write nothing; show what differs and exit 1 if anything does"
    )
    return checked


def _add_init(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "page",
        nargs="?",
        default="",
        metavar="URL",
        help="the URL of a page with tables of parameters, or a file with one (default: none)",
    )
    _add_allow_loopback(verb)


def _add_fetch(verb: argparse.ArgumentParser) -> None:
    page = verb.add_argument(
        "names",
        nargs="*",
        metavar="PAGE",
        help="the name of a page, the last segment of its URL (default: all that the site lists)",
    )
    complete_with(page, find_pages)
    verb.add_argument(
        "--source",
        action="append",
        default=[],
        choices=get_args(SourceName),
        help="fetch only this; may be given several times (default: all that the profile says how to fetch)",
    )
    _add_allow_loopback(verb)


def _add_allow_loopback(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--allow-loopback",
        action="store_true",
        help="let hosts be this machine, and http be used for them; for tests",
    )


def _add_scrape(verb: argparse.ArgumentParser) -> None:
    page = verb.add_argument(
        "names", nargs="*", metavar="PAGE", help="the name of a folder in specs/ (default: all)"
    )
    complete_with(page, find_pages)
    _add_verbose(verb)
    verb.add_argument(
        "--accept-removals",
        action="extend",
        default=[],
        nargs="+",
        metavar="PAGE_OR_MODEL",
        help="write the specs of these pages and models even if many models of them, or parameters, disappear at once",
    )
    verb.add_argument(
        "--prune",
        action="store_true",
        help="remove the deprecated models, which their pages no longer list",
    )
    verb.add_argument(
        "--tidy",
        action="store_true",
        help="take the obsolete corrections out of overlays, the stale [[accept]] out of profile.toml, and what is not read out of records",
    )
    _add_format(verb, "text", "json", "github", "sarif")


def _add_generate(verb: argparse.ArgumentParser) -> None:
    _add_target(verb, "all")
    _add_verbose(verb)
    _add_format(verb, "text", "json", "github", "sarif")


def _add_verify(verb: argparse.ArgumentParser) -> None:
    _add_target(verb, "all that have [verify]")
    _add_format(verb, "text", "json", "github", "sarif")


def _add_target(verb: argparse.ArgumentParser, default: str) -> None:
    target = verb.add_argument(
        "--target",
        action="append",
        default=[],
        dest="names",
        help=f"the name of a target (default: {default})",
    )
    complete_with(target, find_targets)


def _add_diff(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "old",
        nargs="?",
        default="HEAD",
        metavar="OLD",
        help="a root folder or a git revision (default: HEAD)",
    )
    verb.add_argument(
        "new", nargs="?", metavar="NEW", help="a root folder or a git revision (default: --root as it stands)"
    )
    _add_format(verb, "text", "json", "markdown", "github")
    verb.add_argument("--fail-on", choices=("breaking", "any"), help="exit 1 if there is such a change")


def _add_explain(verb: argparse.ArgumentParser) -> None:
    model = verb.add_argument("model", metavar="MODEL", help="a model's id, or the name of its spec")
    complete_with(model, find_models)
    parameter = verb.add_argument(
        "parameter", nargs="?", metavar="PARAMETER", help="one of its parameters (default: all)"
    )
    complete_with(parameter, find_parameters)


def _add_verbose(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--verbose", action="store_true", help="show all that is found, and not each cause with one example"
    )


def _add_format(verb: argparse.ArgumentParser, *formats: str) -> None:
    verb.add_argument(
        "--format", choices=formats, default="text", help="how to write what is found (default: text)"
    )
