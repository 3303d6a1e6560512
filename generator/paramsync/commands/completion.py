"""What the tab key offers: names of pages, models, parameters and targets, as they stand in the root. Reads files."""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from paramsync.paths import PAGE_JSON, is_spec_file
from paramsync.workspace.targets import list_targets

SHELLS = ("bash", "zsh", "fish")


def write_script(shell: str) -> str:
    """Write the lines with which a shell asks this command what to offer."""
    from argcomplete.shell_integration import shellcode  # for this alone

    return shellcode(["paramsync"], shell=shell)


def offer(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks what to offer, and exit."""
    from argcomplete import autocomplete  # a shell asks seldom

    autocomplete(parser, always_complete_options=False)


def complete_with(action: argparse.Action, find: Callable[[argparse.Namespace], Iterator[str]]) -> None:
    """Let an argument complete to the names that are found; what cannot be read has none."""

    def completer(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
        with suppress(OSError, ValueError):
            return [name for name in find(parsed_args) if name.startswith(prefix)]
        return []

    action.completer = completer  # type: ignore[attr-defined] # where argcomplete looks for it


def find_pages(parsed: argparse.Namespace) -> Iterator[str]:
    return _folders(parsed.root / "specs")


def find_targets(parsed: argparse.Namespace) -> Iterator[str]:
    return iter(list_targets(parsed.root.resolve()))


def find_models(parsed: argparse.Namespace) -> Iterator[str]:
    for path in sorted((parsed.root / "specs").glob("*/*.json")):
        if path.name != PAGE_JSON and is_spec_file(path.name):
            yield path.stem


def find_parameters(parsed: argparse.Namespace) -> Iterator[str]:
    """Find the parameters of the model before them, given its id or the name of its spec."""
    for path in (parsed.root / "specs").glob("*/*.json"):
        with suppress(ValueError):  # a damaged one
            spec = json.loads(path.read_text(encoding="utf-8"))
            if parsed.model in (path.stem, spec.get("x-model")):
                yield from spec.get("properties", ())


def _folders(folder: Path) -> Iterator[str]:
    return (one.name for one in sorted(folder.iterdir()) if one.is_dir())
