"""Open, update or close the pull requests with what the first job has packed, and the issue with its problems.

Runs with write rights, in a clone of the commit that the first job ran on, with the standard library only. No text of a
page gets into a command, a path or a name here: it is content of files, and of the bodies of pull requests and issue.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.error import HTTPError

from archive import ArchiveError, quote
from branch import BRANCHES, Repository
from github import GitHub, ResponseError, read_body
from messages import Links
from proposal import KINDS, Proposal, read_proposal
from pull_requests import Destination, Outcome, open_or_close_issue, open_or_close_pull, read_hosts, update


def main(folder: str, environment: Mapping[str, str]) -> int:
    """Print what was done or why not; return the exit code."""
    token = environment["GITHUB_TOKEN"]
    server, name = environment["GITHUB_SERVER_URL"], environment["GITHUB_REPOSITORY"]
    run = environment.get("GITHUB_RUN_ID", "")
    url = f"{server}/{name}"
    links = Links(url, f"{url}/actions/runs/{run}" if run else "")
    github = GitHub(environment["GITHUB_API_URL"], name, token)
    try:
        proposals = {kind: read_proposal(Path(folder) / f"{kind}.pack") for kind in KINDS}
    except ArchiveError as error:
        print(f"archive rejected: {error}")
        return 1
    destinations = {
        kind: Destination(
            github,
            Repository(Path.cwd(), BRANCHES[kind], token, server),
            kind,
            environment["GITHUB_REF_NAME"],
        )
        for kind in KINDS
    }
    summary = environment.get("GITHUB_STEP_SUMMARY")
    return propose(destinations, proposals, links, Path(summary) if summary else None)


def propose(
    destinations: Mapping[str, Destination],
    proposals: Mapping[str, Proposal],
    links: Links,
    summary: Path | None,
) -> int:
    """Bring everything up to date; first what has to exist, then the bodies, which name each other; return the exit code."""
    github, repository = destinations["review"].github, destinations["review"].repository
    issue = _attempt(partial(open_or_close_issue, github, proposals["review"], links))
    links = replace(links, issue=issue.number if issue else 0, hosts=read_hosts(repository))
    found: list[Outcome | None] = []
    for kind in KINDS:
        outcome = _attempt(partial(open_or_close_pull, destinations[kind], proposals, links))
        links = replace(links, pulls={**links.pulls, kind: outcome.number if outcome else 0})
        found.append(outcome)
    found.append(issue)
    updated = [_attempt(partial(update, github, one, links)) for one in found if one]
    for one in updated:
        if one:
            print(one.text)
    if summary:
        bodies = [one.write(links)["body"] for one in found if one and one.there]
        with summary.open("a", encoding="utf-8") as file:
            file.write("\n\n---\n\n".join(bodies) or "Nothing to merge, and no problems.\n")
    return int(None in found or None in updated)


def _attempt(step: Callable[[], Outcome]) -> Outcome | None:
    """Do a step; print why it failed, if it did."""
    try:
        return step()
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
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.environ))
