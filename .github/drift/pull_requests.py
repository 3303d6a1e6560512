"""The pull requests and the issue: opened, closed, or to be updated once all numbers are known."""

import re
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from branch import (
    Repository,
    fetch_branch,
    find_pages,
    is_taken,
    make_commits,
    page_folders,
    push_commits,
    read_base,
    remove_branch,
)
from github import WORDING_LABEL, GitHub
from messages import ISSUE_RESOLVED, ISSUE_TITLE, PULL_RESOLVED, Links, issue_body, pull_body, pull_title
from proposal import Proposal
from wording import check_wording

RUN = re.compile(r"/actions/runs/[0-9]+")


@dataclass(frozen=True)
class Outcome:
    """What has happened so far, as a text, and the number of what is open, or 0.

    `there` is what is open and to be updated, as GitHub has it, with `write`, which makes its texts from all numbers.
    """

    text: str
    number: int = 0
    there: Any = None
    write: Callable[[Links], dict[str, str]] = lambda _: {}


@dataclass(frozen=True)
class Destination:
    """Where a kind of proposal is brought: its pull request is from the branch of the repository, into `base`."""

    github: GitHub
    repository: Repository
    kind: str
    base: str

    @property
    def head(self) -> str:
        """What a line of output begins with."""
        return "" if self.kind == "review" else f"{self.kind}: "


def open_or_close_pull(destination: Destination, proposals: Mapping[str, Proposal], links: Links) -> Outcome:
    """Bring a branch up to date, and open its pull request, or close it where nothing is left to merge."""
    proposal, repository = proposals[destination.kind], destination.repository
    if destination.kind == "wording":
        check_wording(proposal, read_base(repository))
    made = make_commits(repository, proposal)
    pulls = destination.github.list_pulls(repository.branch, "open")
    if made:
        return _offer(destination, proposal, links, made, pulls)
    number = pulls[0]["number"] if pulls else 0
    if (
        number
        and any(proposal.codes.values())
        and _others(destination, proposals).isdisjoint(find_pages(repository))
    ):
        text = "pull request: left as it is, since not all could be read; no change in the rest"
        return Outcome(destination.head + text, number)
    return _withdraw(destination, number)


def _others(destination: Destination, proposals: Mapping[str, Proposal]) -> set[str]:
    """Return the pages that the other kind proposes: they have changed their kind, if this branch has them."""
    others = [one for kind, one in proposals.items() if kind != destination.kind]
    return page_folders(path for one in others for path in (*one.files, *one.removed))


def open_or_close_issue(github: GitHub, proposal: Proposal, links: Links) -> Outcome:
    """Open the issue if there were problems, or close it."""
    issues = github.list_issues()
    if not issue_body(proposal):
        for issue in issues:
            github.comment(issue["number"], ISSUE_RESOLVED)
            github.update_issue(issue["number"], {"state": "closed"})
        return Outcome(f"issue: no problems; {len(issues)} closed")
    there = issues[0] if issues else github.open_issue(ISSUE_TITLE, issue_body(proposal, links))
    text = "issue" if issues else "issue: opened"
    return Outcome(text, there["number"], there, lambda links: {"body": issue_body(proposal, links)})


def update(github: GitHub, outcome: Outcome, links: Links) -> Outcome:
    """Update the texts of what is open; say so, unless it has just been opened."""
    if not outcome.there:
        return outcome
    changes = _find_changes(outcome.there, outcome.write(links))
    is_pull = "head" in outcome.there
    if changes:
        (github.update_pull if is_pull else github.update_issue)(outcome.number, changes)
    if outcome.text.endswith("opened"):
        return outcome
    return replace(outcome, text=f"{outcome.text}: {'updated' if changes else 'unchanged'}")


def read_hosts(repository: Repository) -> tuple[str, ...]:
    """Return the hosts of the vendor's site, as the profile has them; none where it cannot be read."""
    try:
        profile = tomllib.loads(read_base(repository)("specs/profile.toml"))
        return tuple(map(str, profile["site"]["hosts"]))
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError, TypeError):
        return ()


def _offer(
    destination: Destination, proposal: Proposal, links: Links, made: str, pulls: list[Any]
) -> Outcome:
    """Push commits, and open the pull request where none is."""
    branch = destination.repository.branch
    happened, commit = push_commits(destination.repository, made)
    if happened == "taken":
        taken = f"Somebody has added commits to {branch}: branch and pull request are left as they are"
        return Outcome(f"::warning::{taken}", pulls[0]["number"] if pulls else 0)

    def write(links: Links) -> dict[str, str]:
        body = pull_body(proposal.report, links, destination.kind, branch, commit)
        return {"title": pull_title(destination.kind, proposal.severity), "body": body}

    text = f"{destination.head}branch: {happened}; pull request"
    if pulls:
        return Outcome(text, pulls[0]["number"], pulls[0], write)
    if happened == "same" and _was_closed(destination):
        return Outcome(f"{text}: closed by somebody, and unchanged since")
    opened = destination.github.open_pull(branch, destination.base, **write(links))
    if destination.kind == "wording":
        destination.github.add_label(opened["number"], WORDING_LABEL)
    return Outcome(f"{text}: opened", opened["number"], opened, write)


def _withdraw(destination: Destination, number: int) -> Outcome:
    """Close a pull request, if it is open: nothing is left to merge."""
    if not number:
        return Outcome(f"{destination.head}pull request: none is open, and nothing has changed")
    if is_taken(destination.repository):
        branch = destination.repository.branch
        told = (
            f"Nothing has changed; but somebody has added commits to {branch}: its pull request is left open"
        )
        return Outcome(f"::warning::{told}", number)
    destination.github.comment(number, PULL_RESOLVED[destination.kind])
    destination.github.update_pull(number, {"state": "closed"})
    remove_branch(destination.repository)
    return Outcome(f"{destination.head}pull request: closed, as nothing is left to merge")


def _find_changes(there: Any, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that differ from the present ones in more than the number of the run."""
    return {key: text for key, text in wanted.items() if _plain(there.get(key) or "") != _plain(text)}


def _plain(text: str) -> str:
    """Leave out what GitHub changes, line ends and the last of them, and what alone is not worth an update."""
    return RUN.sub("", text.replace("\r\n", "\n").strip())


def _was_closed(destination: Destination) -> bool:
    tip = fetch_branch(destination.repository)
    closed = destination.github.list_pulls(destination.repository.branch, "closed")
    return any(pull["head"].get("sha") == tip for pull in closed)
