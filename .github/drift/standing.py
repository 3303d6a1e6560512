"""How the pull requests and the issue stand: opened, closed, or to be updated once all numbers are known."""

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
class Standing:
    """What has happened so far, as a text, and the number of what is open, or 0.

    `there` is what is open and to be updated, as GitHub has it, with `write`, which makes its texts from all numbers.
    """

    text: str
    number: int = 0
    there: Any = None
    write: Callable[[Links], dict[str, str]] = lambda _: {}


@dataclass(frozen=True)
class Desk:
    """Where a kind of proposal is brought: its pull request is from the branch of the repository, into `base`."""

    github: GitHub
    repository: Repository
    kind: str
    base: str

    @property
    def head(self) -> str:
        """What a line of output begins with."""
        return "" if self.kind == "review" else f"{self.kind}: "


def stand_pull(desk: Desk, proposals: Mapping[str, Proposal], links: Links) -> Standing:
    """Bring a branch up to date, and open its pull request, or close it where nothing is left to merge."""
    proposal, repository = proposals[desk.kind], desk.repository
    if desk.kind == "wording":
        check_wording(proposal, read_base(repository))
    made = make_commits(repository, proposal)
    pulls = desk.github.list_pulls(repository.branch, "open")
    if made:
        return _offer(desk, proposal, links, made, pulls)
    number = pulls[0]["number"] if pulls else 0
    if (
        number
        and any(proposal.codes.values())
        and _others(desk, proposals).isdisjoint(find_pages(repository))
    ):
        text = "pull request: left as it is, since not all could be read; no change in the rest"
        return Standing(desk.head + text, number)
    return _withdraw(desk, number)


def _others(desk: Desk, proposals: Mapping[str, Proposal]) -> set[str]:
    """Return the pages that the other kind proposes: they have changed their kind, if this branch has them."""
    others = [one for kind, one in proposals.items() if kind != desk.kind]
    return page_folders(path for one in others for path in (*one.files, *one.removed))


def stand_issue(github: GitHub, proposal: Proposal, links: Links) -> Standing:
    """Open the issue if there were problems, or close it."""
    issues = github.list_issues()
    if not issue_body(proposal):
        for issue in issues:
            github.comment(issue["number"], ISSUE_RESOLVED)
            github.update_issue(issue["number"], {"state": "closed"})
        return Standing(f"issue: no problems; {len(issues)} closed")
    there = issues[0] if issues else github.open_issue(ISSUE_TITLE, issue_body(proposal, links))
    text = "issue" if issues else "issue: opened"
    return Standing(text, there["number"], there, lambda links: {"body": issue_body(proposal, links)})


def update(github: GitHub, standing: Standing, links: Links) -> Standing:
    """Update the texts of what is open; say so, unless it has just been opened."""
    if not standing.there:
        return standing
    changes = _find_changes(standing.there, standing.write(links))
    is_pull = "head" in standing.there
    if changes:
        (github.update_pull if is_pull else github.update_issue)(standing.number, changes)
    if standing.text.endswith("opened"):
        return standing
    return replace(standing, text=f"{standing.text}: {'updated' if changes else 'unchanged'}")


def read_hosts(repository: Repository) -> tuple[str, ...]:
    """Return the hosts of the vendor's site, as the profile has them; none where it cannot be read."""
    try:
        profile = tomllib.loads(read_base(repository)("specs/profile.toml"))
        return tuple(map(str, profile["site"]["hosts"]))
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError, TypeError):
        return ()


def _offer(desk: Desk, proposal: Proposal, links: Links, made: str, pulls: list[Any]) -> Standing:
    """Push commits, and open the pull request where none is."""
    branch = desk.repository.branch
    happened, commit = push_commits(desk.repository, made)
    if happened == "taken":
        taken = f"Somebody has added commits to {branch}: branch and pull request are left as they are"
        return Standing(f"::warning::{taken}", pulls[0]["number"] if pulls else 0)

    def write(links: Links) -> dict[str, str]:
        body = pull_body(proposal.report, links, desk.kind, branch, commit)
        return {"title": pull_title(desk.kind, proposal.severity), "body": body}

    text = f"{desk.head}branch: {happened}; pull request"
    if pulls:
        return Standing(text, pulls[0]["number"], pulls[0], write)
    if happened == "same" and _was_closed(desk):
        return Standing(f"{text}: closed by somebody, and unchanged since")
    opened = desk.github.open_pull(branch, desk.base, **write(links))
    if desk.kind == "wording":
        desk.github.add_label(opened["number"], WORDING_LABEL)
    return Standing(f"{text}: opened", opened["number"], opened, write)


def _withdraw(desk: Desk, number: int) -> Standing:
    """Close a pull request, if it is open: nothing is left to merge."""
    if not number:
        return Standing(f"{desk.head}pull request: none is open, and nothing has changed")
    if is_taken(desk.repository):
        branch = desk.repository.branch
        told = (
            f"Nothing has changed; but somebody has added commits to {branch}: its pull request is left open"
        )
        return Standing(f"::warning::{told}", number)
    desk.github.comment(number, PULL_RESOLVED[desk.kind])
    desk.github.update_pull(number, {"state": "closed"})
    remove_branch(desk.repository)
    return Standing(f"{desk.head}pull request: closed, as nothing is left to merge")


def _find_changes(there: Any, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that differ from the present ones in more than the number of the run."""
    return {key: text for key, text in wanted.items() if _plain(there.get(key) or "") != _plain(text)}


def _plain(text: str) -> str:
    """Leave out what GitHub changes, line ends and the last of them, and what alone is not worth an update."""
    return RUN.sub("", text.replace("\r\n", "\n").strip())


def _was_closed(desk: Desk) -> bool:
    tip = fetch_branch(desk.repository)
    closed = desk.github.list_pulls(desk.repository.branch, "closed")
    return any(pull["head"].get("sha") == tip for pull in closed)
