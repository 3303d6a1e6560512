"""The verb `verify`: runs the validators of targets against the vectors. Reads `generated/`, and starts processes."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from paramsync.commands.outcome import DRIFT, IN_ORDER, Outcome
from paramsync.commands.root import read_target
from paramsync.findings import Finding, Place, UsageError
from paramsync.progress import Progress
from paramsync.rendering.programs import run_commands
from paramsync.rendering.target import Verification
from paramsync.text import Tree, pluralize, suggest_name
from paramsync.workspace import files
from paramsync.workspace.entries import read_tree
from paramsync.workspace.targets import list_made

VECTORS = "vectors"  # the target that writes them


def verify(root: Path, names: Sequence[str], progress: Progress) -> Outcome:
    """Run the commands of [verify] of the targets named, or of all that have some, on copies of what is generated.

    Raises:
        InputError: a target.toml cannot be used, or a program is not installed.
        UsageError: there is no target of a name, it has no [verify], or nothing is generated.

    """
    chosen = _choose(root, names)
    trees = {name: _read_generated(root, name) for name in (*chosen, VECTORS)}
    tried = [_verify(name, chosen[name], trees) for name in progress([*chosen])]
    findings = [one for one in tried if one]
    agree = f"{len(chosen) - len(findings)} of {pluralize(len(chosen), 'target')} ({', '.join(chosen)})"
    exit_code = DRIFT if findings else IN_ORDER
    return Outcome(results=tuple(findings), subject=f"{agree} agree with the vectors", exit_code=exit_code)


def _choose(root: Path, names: Sequence[str]) -> dict[str, Verification]:
    targets = list_made(root)
    for name in names:
        if name not in targets:
            raise UsageError(f"there is no target {name!r}{suggest_name(name, targets)}")
    found = {name: read_target(root, name, "").verify for name in names or targets}
    for name in names:
        if not found[name]:
            raise UsageError(f"templates/{name}/target.toml has no [verify]; templates/README.md shows one")
    chosen = {name: verification for name, verification in found.items() if verification}
    if not chosen:
        raise UsageError("no target.toml has a [verify]; templates/README.md shows one")
    return chosen


def _read_generated(root: Path, name: str) -> Tree:
    if tree := read_tree(root / "generated" / name, root):
        return tree
    raise UsageError(f"generated/{name} is not there; run paramsync generate --target {name} first")


def _verify(name: str, verification: Verification, trees: dict[str, Tree]) -> Finding | None:
    """Run the commands of a target until one fails, which is reported, in a folder of their own: what they leave is none of ours."""
    place = Place(f"templates/{name}/target.toml")
    with tempfile.TemporaryDirectory(prefix="paramsync-") as temporary:
        folder = Path(temporary).resolve()
        for one in {name, VECTORS}:
            files.write_tree(folder / one, trees[one])
        failed = run_commands(
            verification.commands, folder / name, place, "program", vectors=str(folder / VECTORS)
        )
    return Finding("vectors-disagree", place, failed[0], lines=failed[1]) if failed else None
