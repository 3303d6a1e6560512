"""Make what the first job has packed a pull request, and its problems an issue.

Runs with write rights, in a clone of the commit that the first job looked at, by the standard library alone. No text of
a page gets into a command, a path or a name here: it is content of files, of the body of the pull request and of the issue.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from archive import Refused, quote
from branch import BRANCH, Repository, fetch_branch, is_taken, make_commits, push_commits, remove_branch
from hub import Hub, HubError, said
from received import Received, receive
from wording import ISSUE_OVER, ISSUE_TITLE, PULL_OVER, issue_body, pull_body, pull_title


def main(archive: str, environment: Mapping[str, str]) -> int:
    """Do it, say what was done, and give the exit code."""
    token = environment["GITHUB_TOKEN"]
    repository = Repository(Path.cwd(), token, environment["GITHUB_SERVER_URL"])
    hub = Hub(environment["GITHUB_API_URL"], environment["GITHUB_REPOSITORY"], token)
    try:
        received = receive(Path(archive))
    except Refused as refused:
        print(f"refused: {refused}")
        return 1
    to_do = (
        partial(propose, repository, hub, received, environment["GITHUB_REF_NAME"]),
        partial(report, hub, received),
    )
    return max([_attempt(step) for step in to_do])  # the issue is written where the pull request cannot be


def _attempt(step: Callable[[], str]) -> int:
    try:
        print(step())
    except Refused as refused:
        print(f"refused: {refused}")
    except subprocess.CalledProcessError as error:
        print(f"git {error.cmd[3]} ended with {error.returncode}")
    except HTTPError as error:
        print(f"GitHub answers {error.code}: {quote(said(error))}")
    except HubError as error:
        print(f"unexpected response from GitHub: {quote(str(error))}")
    except OSError as error:
        print(f"GitHub does not answer: {quote(str(error))}")
    else:
        return 0
    return 1


def propose(repository: Repository, hub: Hub, received: Received, base: str) -> str:
    """Bring branch and pull request to what came; say what happened."""
    if made := make_commits(repository, received):
        return offer(repository, hub, received, made, base)
    if any(received.codes.values()):
        return "pull request: nothing has changed as far as can be seen; left as it is"
    return withdraw(repository, hub)


def offer(repository: Repository, hub: Hub, received: Received, made: str, base: str) -> str:
    """Push what was made, and open or update the pull request; say what happened."""
    happened = push_commits(repository, made)
    if happened == "taken":
        return (
            f"::warning::Somebody has added commits to {BRANCH}: branch and pull request are left as they are"
        )
    title, body = pull_title(received.severity), pull_body(received.report)
    if pulls := hub.pulls(BRANCH, "open"):
        changes = _changes(pulls[0], title=title, body=body)
        if changes:
            hub.update_pull(pulls[0]["number"], changes)
        return f"branch: {happened}; pull request: {'updated' if changes else 'the same'}"
    if happened == "same" and _was_closed(repository, hub):
        return "branch: same; pull request: somebody has closed it, and nothing is new since"
    hub.open_pull(BRANCH, base, title, body)
    return f"branch: {happened}; pull request: opened"


def withdraw(repository: Repository, hub: Hub) -> str:
    """Close the pull request, if there is one: there is nothing to merge any more."""
    pulls = hub.pulls(BRANCH, "open")
    if not pulls:
        return "pull request: nothing has changed, none is open"
    if is_taken(repository):
        return f"::warning::Nothing has changed; {BRANCH} has commits of somebody, and its pull request is left open"
    hub.comment(pulls[0]["number"], PULL_OVER)
    hub.update_pull(pulls[0]["number"], {"state": "closed"})
    remove_branch(repository)
    return "pull request: nothing has changed any more; closed"


def report(hub: Hub, received: Received) -> str:
    """Open or update the issue if there were problems, or close it; say what happened."""
    body = issue_body(received)
    issues = hub.issues()
    if not body:
        for issue in issues:
            hub.comment(issue["number"], ISSUE_OVER)
            hub.update_issue(issue["number"], {"state": "closed"})
        return f"issue: all in order; {len(issues)} closed"
    if not issues:
        hub.open_issue(ISSUE_TITLE, body)
        return "issue: opened"
    changes = _changes(issues[0], body=body)
    if changes:
        hub.update_issue(issues[0]["number"], changes)
    return f"issue: {'updated' if changes else 'the same'}"


def _changes(there: Any, **wanted: str) -> dict[str, str]:
    """Give what differs from what is there. GitHub keeps line ends and the last ones as it likes."""
    return {key: text for key, text in wanted.items() if _plain(there.get(key) or "") != _plain(text)}


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _was_closed(repository: Repository, hub: Hub) -> bool:
    tip = fetch_branch(repository)
    return any(pull["head"].get("sha") == tip for pull in hub.pulls(BRANCH, "closed"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.environ))
