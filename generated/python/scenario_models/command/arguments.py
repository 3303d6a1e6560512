"""The verbs of the command line, and what is typed after them. Loads none of what does the work: a shell that completes a word does not wait for it."""

import argparse
from collections.abc import Sequence
from typing import NoReturn

from ..vendor import NAME, PACKAGE
from ..version import __version__
from .manual import MANUALS, write_epilog
from .options import OPTIONS
from .screen import flush_output, show_script

VERBS = {  # where the function stands that does it
    "list": ("verbs", "list_models"),
    "show": ("verbs", "show_model"),
    "run": ("jobs", "run_model"),
    "estimate": ("jobs", "estimate"),
    "jobs": ("jobs", "list_jobs"),
    "job": ("jobs", "show_job"),
    "upload": ("jobs", "upload_file"),
    "upgrade-check": ("verbs", "check_upgrade"),
    "completion": ("verbs", "print_completion"),
}
TRAILING = ("parameters", "words", "what")  # arguments of which several may come, also after options


class WrongUsage(ValueError):
    """The command cannot be understood. `usage`: how it is used."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """A parser that raises an error, and does not exit."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong."""
        raise WrongUsage(message, self.format_usage())

    def _print_message(self, message: str, file: object = None) -> None:  # noqa: ARG002 - argparse's own hides that nothing could be written
        """Print the help, or the version."""
        show_script(message.rstrip("\n"))
        flush_output()


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; parameters may also come after options.

    Raises:
        WrongUsage: there is no such verb or option.

    """
    parser = make_parser()
    options, rest = parser.parse_known_args(arguments)
    trailing = next((name for name in TRAILING if hasattr(options, name)), "")
    if rest and (not trailing or any(one.startswith("-") for one in rest)):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    if rest:
        getattr(options, trailing).extend(rest)
    return options


def make_parser() -> Parser:
    """Make the parser of the command line."""
    parser = Parser(
        prog=PACKAGE,
        description=f"Run the models of {NAME}.",
        epilog=write_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # what is typed in full means the same in each version
    )
    parser.add_argument(
        "--version", action="version", version=f"{PACKAGE} {__version__}", help="say which version this is"
    )
    verbs = parser.add_subparsers(required=True, dest="verb", metavar="VERB")
    parsers = {verb: _add_verb(verbs, verb) for verb in VERBS}
    for option in OPTIONS:
        for verb in option.verbs:
            action = parsers[verb].add_argument(option.name, help=option.help, **option.facts)
            action.completer = option.complete  # type: ignore[attr-defined] # where argcomplete looks for it
    return parser


def _add_verb(verbs: "argparse._SubParsersAction[Parser]", verb: str) -> Parser:
    return verbs.add_parser(
        verb,
        help=MANUALS[verb].summary,
        description=MANUALS[verb].summary,
        epilog=write_epilog(verb),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
