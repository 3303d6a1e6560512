"""The command line: arguments in, text and an exit code out. The only module that prints or exits."""

import argparse
import os
import platform
import shutil
import signal
import sys
import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from paramsync.arguments import AnsweredAtOnceError, make_parser
from paramsync.commands.completion import offer, write_script
from paramsync.commands.formats import FORMATS
from paramsync.commands.hints import describe_counts, list_hints
from paramsync.commands.messages import list_all_items, list_changes, list_items, write_item
from paramsync.commands.numbers import check_history
from paramsync.commands.outcome import IN_ORDER, INPUT_ERROR, WRONG_USAGE, Outcome
from paramsync.commands.stamps import Stamp, digest_inputs, read_stamp, write_stamp
from paramsync.findings import InputError, Place, UsageError, one_line
from paramsync.progress import progress_of
from paramsync.text import escape_unsafe, pluralize
from paramsync.workspace.files import FOLDER, expect, kind_of
from paramsync.workspace.pending import check_finished, finish, is_pending, lock

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
    """Run one command; return its exit code: 0 in order, 1 drift, 2 wrong usage, 3 the input has errors."""
    parser = make_parser()
    if "_ARGCOMPLETE" in os.environ:
        offer(parser)
    try:
        options = parser.parse_args(arguments)
    except AnsweredAtOnceError as asked:
        option, value = asked.args
        print(write_script(value) if option == "completion" else _describe_version())
        return IN_ORDER
    if options.verb is None:
        parser.error("say what to do, for example paramsync scrape; paramsync --help names all verbs")
    if options.quiet:
        _silence_warnings()
    try:
        outcome = _run_verb(options)
    except UsageError as error:
        _say(f"paramsync: {error}", sys.stderr)
        return WRONG_USAGE
    except InputError as error:
        outcome = Outcome((error,), exit_code=INPUT_ERROR)
    except OSError as error:
        place = Place(_where(error, options.root))
        outcome = Outcome((InputError(place, error.strerror or str(error)),), exit_code=INPUT_ERROR)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses Ctrl-C again sees nothing of it
        return 130  # 128 + SIGINT
    _print(options, outcome)
    return outcome.exit_code


def _describe_version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # not for a run without changes

    try:
        found = version("paramsync")
    except PackageNotFoundError:
        found = "of unknown version, not installed"
    from paramsync.workspace.targets import TEMPLATES, find_supplied

    return f"paramsync {found}, Python {platform.python_version()}, targets in {find_supplied() / TEMPLATES}"


def _silence_warnings() -> None:
    import logging  # not for a run without changes

    logging.getLogger("paramsync").setLevel(logging.ERROR)


def _where(error: OSError, root: Path) -> str:
    """Name the path of an error of the system, below the root if it is there."""
    path = Path(error.filename or root)
    return str(path.relative_to(root.resolve()) if root.resolve() in path.parents else path)


def _run_verb(options: argparse.Namespace) -> Outcome:
    root = options.root.resolve()
    if options.verb != "init":
        _prepare(root, options)
    if options.verb in UNSTAMPED:
        return UNSTAMPED[options.verb](root, options)
    if options.verb == "scrape" and (
        options.names or options.prune or options.accept_removals or options.tidy
    ):
        return _scrape(root, options)
    if options.verb == "generate" and options.names:
        return _generate(root, options)
    return _run_unless_unchanged(root, options)


def _prepare(root: Path, options: argparse.Namespace) -> None:
    """Check that a folder is a root, and finish what a run has left half done there."""
    if not (root / "specs").is_dir():
        raise UsageError(
            f"{root} has no specs/; run this where specs/ is, give --root, or begin with paramsync init"
        )
    for folder in filter(kind_of, (root / "specs", root / "templates")):
        expect(folder, root, FOLDER)
    if is_pending(root):
        check_finished(root) if options.check else finish(root)
    if options.verb in ("generate", "release"):
        check_history(root)


# A verb is imported when it runs: `--help` and a run without changes load no pydantic and no Jinja.


def _explain(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.explain import explain

    return explain(root, options.model, options.parameter)


def _diff(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.diff import diff

    return diff(root, options.old, options.new, format_name=options.format, fail_on=options.fail_on)


def _init(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.init import init

    return init(root, options.page, allow_loopback=options.allow_loopback)


def _fetch(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.fetch import fetch

    progress = progress_of(options.verb, quiet=options.quiet)
    loopback = options.allow_loopback
    wanted = options.source
    return fetch(root, options.names, wanted, check=options.check, allow_loopback=loopback, progress=progress)


def _scrape(root: Path, options: argparse.Namespace, stamp: Stamp | None = None) -> Outcome:
    from paramsync.commands.scrape import ScrapeOptions, scrape

    given_root = "" if options.root == Path() else str(options.root)
    wanted = ScrapeOptions(
        names=options.names,
        check=options.check,
        prune=options.prune,
        tidy=options.tidy,
        accept_removals=options.accept_removals,
        given_root=given_root,
    )
    progress, settled = progress_of(options.verb, quiet=options.quiet), stamp.settled if stamp else {}
    with _lock(root, options):
        return scrape(root, wanted, progress, settled)


def _generate(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.generate import generate

    progress = progress_of(options.verb, quiet=options.quiet)
    with _lock(root, options):
        return generate(root, options.names, check=options.check, progress=progress)


def _verify(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.verify import verify

    return verify(root, options.names, progress_of(options.verb, quiet=options.quiet))


def _release(root: Path, options: argparse.Namespace) -> Outcome:
    from paramsync.commands.release import release

    with _lock(root, options):
        return release(root, check=options.check)


# The verbs that run each time, whatever has changed.
UNSTAMPED = {
    "init": _init,
    "explain": _explain,
    "diff": _diff,
    "fetch": _fetch,
    "release": _release,
    "verify": _verify,
}


def _lock(root: Path, options: argparse.Namespace) -> AbstractContextManager[None]:
    """Lock the root, unless it is only checked or cannot be written: a run without changes must succeed there."""
    return nullcontext() if options.check or not os.access(root, os.W_OK) else lock(root)


def _run_unless_unchanged(root: Path, options: argparse.Namespace) -> Outcome:
    """Do nothing, quickly, where nothing has changed since the last run that was in order."""
    inputs = digest_inputs(root, options.verb)
    stamp = read_stamp(root, options.verb, inputs)
    if stamp and not stamp.changed:
        return stamp.outcome
    outcome = _scrape(root, options, stamp) if options.verb == "scrape" else _generate(root, options)
    if outcome.exit_code == IN_ORDER and outcome.is_lasting:
        write_stamp(root, options.verb, outcome, inputs)
    return outcome


def _print(options: argparse.Namespace, outcome: Outcome) -> None:
    is_refused = any(isinstance(one, InputError) for one in outcome.results)
    is_report = options.verb == "diff" and not is_refused  # in the format that was asked for
    format_name = "text" if is_report else options.format
    if format_name not in FORMATS:
        _print_text(outcome, sys.stderr if is_refused else sys.stdout, is_verbose=options.verbose)
    elif written := FORMATS[format_name](options.verb, outcome, _find_root_path(options.root, format_name)):
        print(escape_unsafe(written))
    if outcome.subject and not options.quiet and format_name not in MACHINE_FORMATS:
        _print_summary(options, outcome)


def _print_text(outcome: Outcome, stream: TextIO | None, *, is_verbose: bool) -> None:
    items = (list_all_items if is_verbose else list_items)(outcome.results)
    if stream and (outcome.results or outcome.changes) and _is_styled(stream):
        from paramsync.commands.terminal import show  # loads what only a terminal needs

        show((*items, *list_changes(outcome.changes)), stream)
        if outcome.changes:
            return
    else:
        for item in items:
            print(escape_unsafe(write_item(item)), file=stream)
    for line in outcome.lines:
        print(escape_unsafe(line), file=stream)


def _is_styled(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal, or colours are asked for where it is none."""
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _find_root_path(root: Path, format_name: str) -> str:
    """Return the path of the root below its repository, for the formats that name files from there."""
    if format_name not in ("github", "sarif"):
        return ""
    from paramsync.workspace.revisions import find_root_path

    try:
        return find_root_path(root.resolve())
    except UsageError as error:  # what is found is shown nevertheless
        problem = f"the paths below start at the root folder, because git cannot tell where it is in its repository: {error}"
        _say(f"paramsync: {problem}", sys.stderr)
        return ""


def _print_summary(options: argparse.Namespace, outcome: Outcome) -> None:
    if options.verb in ("diff", "verify"):  # which write nothing
        _say(f"{options.verb}: {outcome.subject}")
        return
    happened = "out of date" if options.check else "written"
    files = f"{pluralize(outcome.changed, 'file')} {happened}, {outcome.unchanged} unchanged"
    for line in describe_counts(outcome.counts):
        _say(line)
    _say(f"{options.verb}: {outcome.subject}; {files}")
    for hint in list_hints(options, outcome):
        print(hint)


def _say(text: str, stream: TextIO | None = None) -> None:
    """Print a line; on a terminal, break it between words."""
    line, stream = escape_unsafe(one_line(text)), stream or sys.stdout
    if stream and stream.isatty():
        width = shutil.get_terminal_size().columns
        line = textwrap.fill(
            line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    print(line, file=stream)
