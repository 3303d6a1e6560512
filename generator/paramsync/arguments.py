"""What can be said on the command line: verbs, arguments and options."""

import argparse
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any


@cache
def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line: a subparser per verb, whose name is `verb` in what is parsed."""
    parser = argparse.ArgumentParser(
        prog="paramsync",
        description="Turn documentation tables into specs, and specs into typed code and docs.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--root", type=Path, default=Path(), help="the folder with specs/ and templates/ (default: here)"
    )
    shared.set_defaults(format="text", check=False)
    shared.add_argument("--quiet", action="store_true", help="show no progress and no summary")
    checked = argparse.ArgumentParser(add_help=False)
    checked.add_argument(
        "--check", action="store_true", help="write nothing; show what differs and exit 1 if anything does"
    )
    _add_fetch(verbs.add_parser("fetch", parents=[shared, checked], help="the site's pages to saved pages"))
    _add_scrape(verbs.add_parser("scrape", parents=[shared, checked], help="saved pages to specs"))
    _add_generate(verbs.add_parser("generate", parents=[shared, checked], help="specs to generated/"))
    verbs.add_parser(
        "release", parents=[shared, checked], help="the pending version of the packages to the history"
    )
    _add_diff(
        verbs.add_parser("diff", parents=[shared], help="what changed in the specs, and whom it breaks")
    )
    _add_explain(
        verbs.add_parser("explain", parents=[shared], help="where each keyword of a spec comes from")
    )
    return parser


def _add_fetch(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "names",
        nargs="*",
        metavar="PAGE",
        help="the name of a page, the last segment of its URL (default: all that the site lists)",
    )
    verb.add_argument(
        "--allow-loopback",
        action="store_true",
        help="let the profile name hosts of this machine, and http for them; for tests",
    )


def _add_scrape(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "names", nargs="*", metavar="PAGE", help="the name of a folder in specs/ (default: all)"
    )
    verb.add_argument(
        "--accept-removals",
        action=_Names,
        default=(),
        nargs="*",
        metavar="NAME",
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
        help="take the obsolete corrections out of overlays, and the stale [[accept]] out of profile.toml",
    )
    _add_format(verb, "text", "json", "github", "sarif")


class _Names(argparse.Action):
    """Collect the names behind an option that may be given several times, but not without a name."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        if not values:
            parser.error(
                f"{option_string} needs the pages or models that the finding names: {parser.prog} {option_string} NAME ..."
            )
        setattr(namespace, self.dest, (*getattr(namespace, self.dest), *values))


def _add_generate(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--target",
        action="append",
        default=[],
        dest="names",
        help="the name of a folder in templates/ (default: all)",
    )
    _add_format(verb, "text", "json", "github", "sarif")


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
    verb.add_argument("model", metavar="MODEL", help="a model's id, with or without model_")
    verb.add_argument(
        "parameter", nargs="?", metavar="PARAMETER", help="one of its parameters (default: all)"
    )


def _add_format(verb: argparse.ArgumentParser, *formats: str) -> None:
    verb.add_argument(
        "--format", choices=formats, default="text", help="how to write what is found (default: text)"
    )
