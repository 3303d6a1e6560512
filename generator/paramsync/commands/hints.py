"""What a verb says when it is done: what it changed, the next command, whole, and the one that starts over. Looks for a repository."""

import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.workspace.revisions import can_stash

# Verb -> what to do once it has written; {options} and {git} name the root, if it is not here.
NEXT = {
    "fetch": "paramsync scrape{options}",
    "scrape": "paramsync generate{options}",
    "generate": "{git} diff, and commit it",
    "release": "commit and merge it, and tag that commit packages-v with this version",
}
IN_FOLDERS = {"scrape": "specs", "generate": "generated"}
# Verb -> the files that it writes, as git takes them; of those that people write, only what was tidied comes to them.
WRITTEN = {"scrape": '"specs/*/*.json"', "generate": '"specs/*/*.json" generated'}


def list_hints(verb: str, root: Path, outcome: Outcome, *, is_check: bool) -> Iterator[str]:
    """Return what to do after a verb; `root` is the folder as it was given."""
    options, git = f" --root {_quote(root)}", f"git -C {_quote(root)}"
    if root == Path():
        options, git = "", "git"
    if outcome.exit_code == DRIFT and outcome.changed:
        yield f"drift: run paramsync {verb}{options}, read the diff, and commit it"
    elif outcome.exit_code == INPUT_ERROR and verb == "scrape" and not is_check:
        yield f"next: mend the errors, and run paramsync scrape{options} again"
    elif outcome.changed and outcome.exit_code == IN_ORDER:
        yield f"next: {NEXT[verb].format(options=options, git=git)}"
    if outcome.changed and not is_check and verb in WRITTEN and can_stash(root.resolve(), IN_FOLDERS[verb]):
        written = " ".join([WRITTEN[verb], *(_quote(Path(file)) for file in outcome.tidied)])
        yield f"undo: {git} stash push --include-untracked -- {written}"


def describe_counts(counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Say in a line for each page what changes on it: `changes: films: 2 new, 1 breaking, 1 held back`."""
    for page, each in counts.items():
        yield f"changes: {page}: {', '.join(f'{number} {label}' for label, number in each.items())}"


def _quote(path: Path) -> str:
    """Quote a path for the shell of the system."""
    return subprocess.list2cmdline([str(path)]) if os.name == "nt" else shlex.quote(str(path))
