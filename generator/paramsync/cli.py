"""The command line: arguments in, text and an exit code out. The only module that prints or exits."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from pathlib import Path

from paramsync.commands.formats import FORMATS
from paramsync.commands.outcome import IN_ORDER, INPUT_ERROR, WRONG_USAGE, Outcome
from paramsync.commands.stamps import digest_inputs, read_stamp, write_stamp
from paramsync.findings import InputError, Place, UsageError
from paramsync.progress import progress_of
from paramsync.text import escape_unsafe, pluralize
from paramsync.workspace.files import FOLDER, expect
from paramsync.workspace.publication import check_finished, exclusive, is_pending

NEXT = {
    "fetch": "paramsync scrape",
    "scrape": "paramsync generate",
    "generate": "git diff, and commit it",
}
MACHINE_FORMATS = ("json", "sarif")  # one document, and nothing beside it


def run() -> None:
    """Run the command line, and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show a letter shows its number.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = main(sys.argv[1:])
        if sys.stdout:  # none where the caller has closed it
            sys.stdout.flush()
    except BrokenPipeError:  # who reads us has had enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141  # 128 + SIGPIPE
    except OSError as error:
        print(f"cannot write the output: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = INPUT_ERROR
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command; give its exit code: 0 in order, 1 drift, 2 wrong usage, 3 the input has errors."""
    options = _parser().parse_args(arguments)
    try:
        outcome = _run_verb(options)
    except UsageError as error:
        print(escape_unsafe(f"paramsync: {error}"), file=sys.stderr)
        return WRONG_USAGE
    except InputError as error:
        outcome = Outcome((error,), exit_code=INPUT_ERROR)
    except OSError as error:
        place = Place(_where(error, options.root))
        outcome = Outcome((InputError(place, error.strerror or str(error)),), exit_code=INPUT_ERROR)
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT
    _print(options, outcome)
    return outcome.exit_code


def _where(error: OSError, root: Path) -> str:
    """Name the path of an error of the system, below the root if it is there."""
    path = Path(error.filename or root)
    return str(path.relative_to(root.resolve()) if root.resolve() in path.parents else path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="paramsync",
        description="Turn documentation tables into specs, and specs into typed code and docs.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--root", type=Path, default=Path(), help="the folder with specs/ and templates/ (default: here)"
    )
    shared.set_defaults(format="text")
    shared.add_argument("--quiet", action="store_true", help="show no progress bar and no summary")
    checked = argparse.ArgumentParser(add_help=False)
    checked.add_argument(
        "--check", action="store_true", help="write nothing; show what differs and exit 1 if anything does"
    )
    _add_fetch(verbs.add_parser("fetch", parents=[shared, checked], help="the site's pages to saved pages"))
    _add_scrape(verbs.add_parser("scrape", parents=[shared, checked], help="saved pages to specs"))
    _add_generate(verbs.add_parser("generate", parents=[shared, checked], help="specs to generated/"))
    _add_diff(verbs.add_parser("diff", parents=[shared], help="what changed in the specs, for whom, how bad"))
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
        "--accept-removals", action="store_true", help="write specs even where much vanishes at once"
    )
    verb.add_argument(
        "--prune",
        action="store_true",
        help="remove the deprecated models, which their pages no longer list",
    )
    _add_format(verb, "text", "json", "github", "sarif")


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


def _run_verb(options: argparse.Namespace) -> Outcome:
    root = options.root.resolve()
    for folder in ("specs", "templates"):
        if not (root / folder).is_dir():
            raise UsageError(
                f"{root} has no {folder}/; run this where specs/ and templates/ are, or give --root"
            )
        expect(root / folder, root, FOLDER)
    if is_pending(root):
        if getattr(options, "check", False):
            check_finished(root)
        else:
            with exclusive(root):
                pass
    # A verb is imported when it runs: `--help` and a run without changes load no pydantic and no Jinja.
    if options.verb == "explain":
        from paramsync.commands.explain import explain

        return explain(root, options.model, options.parameter)
    if options.verb == "diff":
        from paramsync.commands.diff import diff

        return diff(root, options.old, options.new, format_name=options.format, fail_on=options.fail_on)
    if options.verb == "fetch":
        return _fetch(root, options)
    if options.verb == "scrape" and (options.names or options.prune or options.accept_removals):
        return _scrape(root, options)
    if options.verb == "generate" and options.names:
        return _generate(root, options)
    return _run_unless_unchanged(root, options)


def _fetch(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.fetch import fetch

    progress = progress_of(options.verb, quiet=options.quiet)
    loopback = options.allow_loopback
    return fetch(root, options.names, check=options.check, allow_loopback=loopback, progress=progress)


def _scrape(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.scrape import scrape

    with _exclusive(root, options):
        return scrape(
            root,
            options.names,
            check=options.check,
            prune=options.prune,
            accept_removals=options.accept_removals,
            progress=progress_of(options.verb, quiet=options.quiet),
        )


def _generate(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.generate import generate

    progress = progress_of(options.verb, quiet=options.quiet)
    with _exclusive(root, options):
        return generate(root, options.names, check=options.check, progress=progress)


def _exclusive(root: Path, options: argparse.Namespace) -> AbstractContextManager[None]:
    """Let one run write at a time. A read-only root is not locked: a run without changes must succeed there."""
    return nullcontext() if options.check or not os.access(root, os.W_OK) else exclusive(root)


def _run_unless_unchanged(root: Path, options: argparse.Namespace) -> Outcome:
    """Do nothing, quickly, where nothing has changed since the last run that was in order."""
    if stamped := read_stamp(root, options.verb):
        return stamped
    inputs = digest_inputs(root, options.verb)
    outcome = _scrape(root, options) if options.verb == "scrape" else _generate(root, options)
    if outcome.exit_code == IN_ORDER:
        write_stamp(root, options.verb, outcome, inputs)
    return outcome


def _print(options: argparse.Namespace, outcome: Outcome) -> None:
    is_refused = any(isinstance(one, InputError) for one in outcome.results)
    is_report = options.verb == "diff" and not is_refused  # in the format that was asked for
    style = "text" if is_report or options.format not in FORMATS else options.format
    if written := FORMATS[style](options.verb, outcome, _prefix(options.root, style)):
        print(escape_unsafe(written), file=sys.stderr if is_refused and style == "text" else sys.stdout)
    if outcome.subject and not options.quiet and style not in MACHINE_FORMATS:
        _print_summary(options, outcome)


def _prefix(root: Path, style: str) -> str:
    """Give the path of the root below its repository, for the formats that name files from there."""
    if style not in ("github", "sarif"):
        return ""
    from paramsync.workspace.revisions import prefix

    try:
        return prefix(root) or ""
    except UsageError:  # git is not installed
        return ""


def _print_summary(options: argparse.Namespace, outcome: Outcome) -> None:
    if options.verb == "diff":
        print(f"diff: {outcome.subject}")
        return
    happened = "out of date" if options.check else "written"
    files = f"{pluralize(outcome.changed, 'file')} {happened}, {outcome.unchanged} unchanged"
    print(f"{options.verb}: {outcome.subject}; {files}")
    if outcome.exit_code == 1:
        print(f"drift: run paramsync {options.verb}, read the diff, and commit it")
    elif outcome.changed and outcome.exit_code == IN_ORDER:
        print(f"next: {NEXT[options.verb]}")
