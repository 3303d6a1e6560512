"""Split what `make drift` has left: what needs eyes, and the pages of which only wording and order changed.

A page belongs to one of them as a whole. Where there are both, each is made in a working tree of its own, from the commit and its
own pages alone, by `scrape` and `generate`, so that it can be merged without the other; and what is taken for wording is looked at
again there. The trees are named in `.paramsync_cache/drift/proposals.json`. A date alone is not proposed; it comes with the next change.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from working_tree import git, list_changed

FOLDER = Path(".paramsync_cache/drift")
FETCHED = Path(".paramsync_cache/fetch.json")  # where each page is at the vendor's
MOVES = {
    "page-moved",
    "page-removed",
    "model-moved",
}  # prose to those who use a model, but not to those who keep its page
IN_ORDER = (0,)  # exit codes of paramsync
COMPLETED = (0, 1, 3)  # also with differences, or with findings that are errors
Finding = tuple[str, ...]


class SplitError(Exception):
    """What was taken for wording is more, or cannot be made alone."""


def main() -> None:
    """Write which tree is proposed as what; where that is not certain, all needs eyes."""
    try:
        trees = split(json.loads((FOLDER / "outcome.json").read_text(encoding="utf-8")))
    except (subprocess.CalledProcessError, OSError, ValueError, KeyError, TypeError, SplitError) as error:
        print(f"not split, so that all needs eyes: {type(error).__name__}: {ascii(str(error))[:300]}")
        trees = {"review": "."}
    (FOLDER / "proposals.json").write_text(json.dumps(trees), encoding="utf-8")
    print(f"proposals: {', '.join(trees) or 'none'}")


def split(outcome: Any) -> dict[str, str]:
    """Return the working tree of each kind of proposal, as far as there is one.

    Raises:
        SplitError: it cannot be said what is wording alone.

    """
    changed = _changed_pages()
    if not changed:
        return {}
    codes = outcome["codes"]
    if codes["generate"] or codes["diff"]:
        raise SplitError("not all could be generated or compared")
    changes = _read_json(FOLDER / "report.json")["changes"]
    found = _find(Path())
    known = _find(_make_tree("unchanged", ())) if found else set()
    review, wording = sort_pages(changes, {finding[0] for finding in found ^ known} & changed)
    if not (review and wording):
        return {"review": "."} if review else {"wording": "."} if wording else {}
    dates = changed - review - wording
    _make("review", review, outcome)
    _make("wording", wording | dates, outcome)
    _check_wording(known)
    return {kind: str(FOLDER / kind) for kind in ("review", "wording")}


def sort_pages(changes: Iterable[Any], doubtful: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the pages that need eyes, the doubtful ones included, and those with changes of wording and order alone."""
    listed = [*changes]
    review = {*doubtful}
    for one in listed:
        if one["severity"] != "prose" or one["kind"] in MOVES:
            review.add(one["page"])
        if one["kind"] in MOVES:
            review |= {one[side] for side in ("old", "new") if side in one}
    return review, {one["page"] for one in listed} - review


def _changed_pages() -> set[str]:
    """Return the folders in specs/ in which anything differs from the commit."""
    return {path.split("/")[1] for path in list_changed("specs") if path.count("/") > 1}


def _find(tree: Path) -> set[Finding]:
    """Return the findings in a working tree, each by its page and what it says."""
    said = _run(tree, "scrape", "--check", "--format", "json")
    results = [one for one in json.loads(said)["results"] if not one["code"].startswith("file-")]
    keys = ("code", "model", "parameter", "message")
    return {(f"{one['file']}//".split("/")[1], *(one.get(key, "") for key in keys)) for one in results}


def _make(kind: str, pages: Iterable[str], outcome: Any) -> None:
    """Make the working tree of a proposal."""
    tree = _make_tree(kind, pages)
    options = outcome["options"]
    _run(tree, "scrape", *options["scrape"])
    said = {"generate.txt": _run(tree, "generate", *options["generate"], codes=IN_ORDER)}
    for style, file in {"markdown": "report.md", "json": "report.json"}.items():
        said[file] = _run(tree, "diff", "--format", style, codes=IN_ORDER)
    (tree / FOLDER).mkdir(parents=True, exist_ok=True)
    for file, text in said.items():
        (tree / FOLDER / file).write_text(text, encoding="utf-8")


def _make_tree(kind: str, pages: Iterable[str]) -> Path:
    """Make a working tree of the commit, in which some pages are as they are here."""
    tree = FOLDER / kind
    shutil.rmtree(tree, ignore_errors=True)
    git("worktree", "prune")
    git("worktree", "add", "--quiet", "--force", "--detach", str(tree), "HEAD")
    for page in pages:
        shutil.rmtree(tree / "specs" / page, ignore_errors=True)
        if (Path("specs") / page).is_dir():
            shutil.copytree(Path("specs") / page, tree / "specs" / page, symlinks=True)
    if FETCHED.is_file():
        (tree / FETCHED).parent.mkdir(exist_ok=True)
        shutil.copy(FETCHED, tree / FETCHED)
    return tree


def _check_wording(known: set[Finding]) -> None:
    tree = FOLDER / "wording"
    needs_eyes, _ = sort_pages(_read_json(tree / FOLDER / "report.json")["changes"], ())
    if needs_eyes or _find(tree) - known:
        raise SplitError("without the pages that need eyes, the others need them, too")


def _run(tree: Path, *arguments: str, codes: Collection[int] = COMPLETED) -> str:
    """Run a verb of paramsync in a working tree; return what it says.

    Raises:
        SplitError: its exit code is none of these.

    """
    done = subprocess.run(
        [sys.executable, "-m", "paramsync", *arguments],
        cwd=tree,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="backslashreplace",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    if done.returncode not in codes:
        raise SplitError(f"paramsync {arguments[0]} ended with {done.returncode}")
    return done.stdout


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
