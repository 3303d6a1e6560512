"""What a verb says when it is done: what it changed, the next command, whole, and the one that starts over. Looks for a repository."""

import argparse
import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.paths import RECORD
from paramsync.workspace.revisions import can_stash

# Verb -> what to do once it has written; {options} and {git} name the root, if it is not here.
NEXT = {
    "init": "paramsync scrape{options}",
    "fetch": "paramsync scrape{options}",
    "scrape": "paramsync generate{options}",
    "generate": "{git} diff, and commit it",
    "release": "commit and merge it, and tag that commit packages-v with this version",
}
FILL_IN = "fill in specs/profile.toml, save a page as specs/NAME/page.md or page.html, and run paramsync scrape{options}"
IN_FOLDERS = {"scrape": "specs", "generate": "generated"}
# Verb -> the files that it writes, for git, to which `*` is any text, even with slashes. Files that people write are not among them.
WRITTEN = {"scrape": '"specs/*.json"', "generate": '"specs/*.json" generated'}
KEPT = f'":^specs/*{RECORD}"'  # which `fetch` has written
FLAGS = ("allow_loopback", "prune", "tidy")  # that decide what a verb writes


def list_hints(given: argparse.Namespace, outcome: Outcome) -> Iterator[str]:
    """Return what to do after a verb, given what was said on the command line."""
    verb, root, is_check = given.verb, given.root, given.check
    options, git = ("", "git") if root == Path() else (f" --root {_quote(root)}", f"git -C {_quote(root)}")
    again = _quote("paramsync", verb, *_list_arguments(vars(given)))
    if outcome.exit_code == DRIFT and outcome.changed:
        yield f"drift: run {again}, read the diff, and commit it"
    elif outcome.exit_code == INPUT_ERROR and verb == "scrape" and not is_check:
        yield f"next: mend the errors, and run {again} again"
    elif outcome.changed and outcome.exit_code == IN_ORDER:
        following = FILL_IN if verb == "init" and not given.page else NEXT[verb]
        yield f"next: {following.format(options=options, git=git)}"
    if outcome.changed and not is_check and verb in WRITTEN and can_stash(root.resolve(), IN_FOLDERS[verb]):
        tidied = (
            _quote(Path(file)) for file in outcome.tidied
        )  # people wrote these, and --tidy changed them
        has_others = any(root.glob(f"specs/*/*{RECORD}")) and not any(
            file.endswith(RECORD) for file in outcome.tidied
        )
        kept = [KEPT] if has_others else []
        written = " ".join([WRITTEN[verb], *kept, *tidied])
        yield f"undo: {git} stash push --include-untracked -- {written}"


def describe_counts(counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Say in a line for each page what changes on it: `changes: films: 2 new, 1 breaking, 1 held back`."""
    for page, each in counts.items():
        yield f"changes: {page}: {', '.join(f'{number} {label}' for label, number in each.items())}"


def _list_arguments(given: Mapping[str, Any]) -> Iterator[str]:
    """Return the arguments that decide what a verb writes; last those of which there may be many."""
    for name in given.get("names", ()):
        yield from ("--target", name) if given["verb"] == "generate" else (name,)
    if given["root"] != Path():
        yield from ("--root", str(given["root"]))
    for source in given.get("source", ()):
        yield from ("--source", source)
    yield from (f"--{flag.replace('_', '-')}" for flag in FLAGS if given.get(flag))
    if accepted := given.get("accept_removals"):
        yield from ("--accept-removals", *accepted)


def _quote(*words: object) -> str:
    """Quote a path, or the words of a command, for the shell of the system."""
    return (subprocess.list2cmdline if os.name == "nt" else shlex.join)([str(word) for word in words])
