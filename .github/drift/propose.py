"""Open, update or close the pull request with what the first job has packed, and the issue with its problems.

Runs with write rights, in a clone of the commit that the first job ran on, with the standard library only. No text of a
page gets into a command, a path or a name here: it is content of files, and of the bodies of pull request and issue.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from archive import ArchiveError, quote
from branch import BRANCH, Repository, fetch_branch, is_taken, make_commits, push_commits, remove_branch
from github import GitHub, ResponseError, read_body
from messages import ISSUE_RESOLVED, ISSUE_TITLE, PULL_RESOLVED, issue_body, pull_body, pull_title
from proposal import Proposal, read_proposal


def main(archive: str, environment: Mapping[str, str]) -> int:
    """Print what was done or why not; return the exit code."""
    token = environment["GITHUB_TOKEN"]
    repository = Repository(Path.cwd(), token, environment["GITHUB_SERVER_URL"])
    github = GitHub(environment["GITHUB_API_URL"], environment["GITHUB_REPOSITORY"], token)
    try:
        proposal = read_proposal(Path(archive))
    except ArchiveError as error:
        print(f"archive rejected: {error}")
        return 1
    to_do = (
        partial(propose, repository, github, proposal, environment["GITHUB_REF_NAME"]),
        partial(report, github, proposal),
    )
    return max([_attempt(step) for step in to_do])  # the issue is written where the pull request cannot be


def _attempt(step: Callable[[], str]) -> int:
    try:
        print(step())
    except ArchiveError as error:
        print(f"archive rejected: {error}")
    except subprocess.CalledProcessError as error:
        print(f"git {error.cmd[3]} ended with {error.returncode}")
    except HTTPError as error:
        print(f"GitHub responded with {error.code}: {quote(read_body(error))}")
    except ResponseError as error:
        print(f"unexpected response from GitHub: {quote(str(error))}")
    except (FileNotFoundError, PermissionError) as error:
        print(f"git cannot be run: {error.strerror}")
    except OSError as error:
        print(f"no response from GitHub: {quote(str(error))}")
    else:
        return 0
    return 1


def propose(repository: Repository, github: GitHub, proposal: Proposal, base: str) -> str:
    """Bring the branch and the pull request up to date; return what happened."""
    if made := make_commits(repository, proposal):
        return offer(repository, github, proposal, made, base)
    if any(proposal.codes.values()):
        return "pull request: left as it is, since not all could be read; no change in the rest"
    return withdraw(repository, github)


def offer(repository: Repository, github: GitHub, proposal: Proposal, made: str, base: str) -> str:
    """Push commits, and open or update the pull request; return what happened."""
    happened = push_commits(repository, made)
    if happened == "taken":
        return (
            f"::warning::Somebody has added commits to {BRANCH}: branch and pull request are left as they are"
        )
    title, body = pull_title(proposal.version_step), pull_body(proposal.report)
    if pulls := github.list_pulls(BRANCH, "open"):
        changes = _changes(pulls[0], title=title, body=body)
        if changes:
            github.update_pull(pulls[0]["number"], changes)
        return f"branch: {happened}; pull request: {'updated' if changes else 'unchanged'}"
    if happened == "same" and _was_closed(repository, github):
        return "branch: same; pull request: closed by somebody, and unchanged since"
    github.open_pull(BRANCH, base, title, body)
    return f"branch: {happened}; pull request: opened"


def withdraw(repository: Repository, github: GitHub) -> str:
    """Close the pull request, if one is open: nothing is left to merge."""
    pulls = github.list_pulls(BRANCH, "open")
    if not pulls:
        return "pull request: none is open, and nothing has changed"
    if is_taken(repository):
        return f"::warning::Nothing has changed; but somebody has added commits to {BRANCH}: its pull request is left open"
    github.comment(pulls[0]["number"], PULL_RESOLVED)
    github.update_pull(pulls[0]["number"], {"state": "closed"})
    remove_branch(repository)
    return "pull request: closed, as nothing is left to merge"


def report(github: GitHub, proposal: Proposal) -> str:
    """Open or update the issue if there were problems, or close it; return what happened."""
    body = issue_body(proposal)
    issues = github.list_issues()
    if not body:
        for issue in issues:
            github.comment(issue["number"], ISSUE_RESOLVED)
            github.update_issue(issue["number"], {"state": "closed"})
        return f"issue: no problems; {len(issues)} closed"
    if not issues:
        github.open_issue(ISSUE_TITLE, body)
        return "issue: opened"
    changes = _changes(issues[0], body=body)
    if changes:
        github.update_issue(issues[0]["number"], changes)
    return f"issue: {'updated' if changes else 'unchanged'}"


def _changes(there: Any, **wanted: str) -> dict[str, str]:
    """Return the texts that differ from the present ones; GitHub changes line ends, and drops the last ones."""
    return {key: text for key, text in wanted.items() if _plain(there.get(key) or "") != _plain(text)}


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _was_closed(repository: Repository, github: GitHub) -> bool:
    tip = fetch_branch(repository)
    return any(pull["head"].get("sha") == tip for pull in github.list_pulls(BRANCH, "closed"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.environ))
