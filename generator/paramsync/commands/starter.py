"""The files beside the profile with which a root begins: for git, and for CI on GitHub."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from paramsync.workspace.revisions import find_repository
from paramsync.workspace.targets import MANUAL, read_manual

GIT_ATTRIBUTES = """\
# The same bytes on every system: checks compare them.
* -text
# What machines write, folded in pull requests.
generated/** linguist-generated
specs/*/*.json linguist-generated
specs/spec.schema.json linguist-generated
specs/history.jsonl linguist-generated
specs/released.jsonl linguist-generated
"""
WORKFLOW_FILE = ".github/workflows/paramsync.yml"
WORKFLOW = """\
# Fails where pages, specs and generated files disagree, and each week where a page has changed.
name: paramsync

on:
  push:
    branches: [main]
  pull_request:
  schedule:
    - cron: "23 5 * * 1"
  workflow_dispatch:

permissions: {}

concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: true

jobs:
  check:
    name: specs and generated files are up to date
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read # to check the repository out
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0
        with:
          python-version: "3.13"
      - name: install paramsync
        run: python -m pip install "$PARAMSYNC"
        env:
          PARAMSYNC: REQUIREMENT # what pip installs: change it if yours is from elsewhere
      - run: paramsync scrape --check --format github
      - run: paramsync generate --check --format github
        if: ${{ !cancelled() }}
      - run: paramsync fetch --check
        if: ${{ github.event_name == 'schedule' || github.event_name == 'workflow_dispatch' }}
"""


def list_starter_files(root: Path) -> dict[str, str]:
    """List the files by their paths below the root; a workflow does nothing but at the top of a repository."""
    files = {MANUAL: read_manual(), ".gitattributes": GIT_ATTRIBUTES}
    if find_repository(root) in (None, root):
        files[WORKFLOW_FILE] = WORKFLOW.replace("REQUIREMENT", json.dumps(find_requirement()))
    return files


def find_requirement() -> str:
    """Return what pip needs to install this paramsync elsewhere: the commit that it is from, or else its version."""
    try:
        installed = distribution("paramsync")
    except PackageNotFoundError:
        return "paramsync"
    source = json.loads(installed.read_text("direct_url.json") or "{}")
    if commit := source.get("vcs_info", {}).get("commit_id"):
        return f"paramsync @ {source['vcs_info']['vcs']}+{source['url']}@{commit}"
    return f"paramsync=={installed.version}"
