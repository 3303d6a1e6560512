"""The files beside the profile with which a root begins: for git, and for CI on GitHub. Reads files."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from paramsync.workspace import files
from paramsync.workspace.revisions import find_repository
from paramsync.workspace.targets import MANUAL, read_manual

FOLDER = Path(__file__).parents[1] / "starter"  # where these files are, but for what is filled in
WORKFLOW = ".github/workflows/paramsync.yml"
REQUIREMENT = "REQUIREMENT"  # in the workflow: what pip installs


def list_starter_files(root: Path) -> dict[str, str]:
    """List the files by their paths below the root; a workflow does nothing but at the top of a repository."""
    found = {MANUAL: read_manual(), ".gitattributes": _read("gitattributes")}
    if find_repository(root) in (None, root):
        found[WORKFLOW] = _read("workflow.yml").replace(REQUIREMENT, json.dumps(find_requirement()))
    return found


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


def _read(name: str) -> str:
    return files.read_text(FOLDER / name, FOLDER)
