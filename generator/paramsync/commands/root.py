"""What several verbs do in a root: read its specs and targets, and update its files."""

from dataclasses import dataclass
from pathlib import Path

from paramsync.config import read_config, read_toml
from paramsync.findings import InputError
from paramsync.pages.profile import Acceptance, Profile
from paramsync.pages.vendor import UNNAMED, Vendor
from paramsync.paths import API_SUFFIX, APIS, PROFILE, is_spec_file
from paramsync.rendering.service import Service, read_api
from paramsync.rendering.target import Target
from paramsync.text import Tree, suggest_name
from paramsync.workspace import files
from paramsync.workspace.difference import Difference, compare
from paramsync.workspace.publication import publish
from paramsync.workspace.targets import read_apis, read_manifest


@dataclass(frozen=True)
class FileUpdate:
    """What an update did: the differences if it was only a check, and how many files."""

    differences: tuple[Difference, ...]
    changed: int
    unchanged: int


def read_target(root: Path, name: str, api: str) -> Target:
    """Read a target's target.toml, for a vendor of an API; all is at its default where there is none.

    Raises:
        InputError: it is not TOML, or a key is unknown or of the wrong type.

    """
    target = read_config(read_manifest(root, name), f"templates/{name}/target.toml", Target)
    return target.reserve_for(api)


def read_vendor(root: Path) -> Vendor:
    """Read the table [vendor] of the profile; specs written by hand need no profile.

    Raises:
        InputError: the profile cannot be used.

    """
    text = files.read_optional_text(root / PROFILE, root)
    return read_config(text, PROFILE, Profile).vendor if text else UNNAMED


def read_service(root: Path) -> Service:
    """Read whose API it is, and the data of the API that the profile names.

    Raises:
        InputError: one of them cannot be used, or no API has that name.

    """
    vendor = read_vendor(root)
    if not vendor.api:
        return Service(vendor)
    apis = read_apis(root)
    if vendor.api not in apis:
        near = suggest_name(vendor.api, apis)
        problem = f"vendor.api: there is no templates/{APIS}/{vendor.api}{API_SUFFIX}{near}"
        profile = read_toml(files.read_text(root / PROFILE, root), PROFILE)
        raise InputError(profile.find(("vendor", "api")), problem)
    file = f"templates/{APIS}/{vendor.api}{API_SUFFIX}"
    return Service(vendor, read_api(vendor.api, apis[vendor.api], file))


def read_acceptances(root: Path) -> tuple[Acceptance, ...]:
    """Read what the profile accepts; specs written by hand need no profile.

    Raises:
        InputError: it cannot be used.

    """
    text = files.read_optional_text(root / PROFILE, root)
    return read_config(text, PROFILE, Profile).accept if text else ()


def read_json_files(folder: Path, root: Path) -> Tree:
    """Read the files of a page's folder that `scrape` writes."""
    return files.read_files(folder, root, is_spec_file)


def read_all_specs(root: Path) -> Tree:
    """Read the JSON files of all pages, by their paths below `specs/`."""
    return {
        f"{name}/{path.name}": files.read_text(path, root)
        for name in files.list_folders(root / "specs", root)
        for path in files.list_entries(root / "specs" / name, root)
        if is_spec_file(path.name)
    }


def update_files(root: Path, expected: Tree, actual: Tree, *, check: bool) -> FileUpdate:
    """Compare the expected files with the actual ones, by their paths below the root; write them unless this is a check.

    Raises:
        InputError: a file was changed meanwhile, or cannot be written; all others are in place.
        OSError: nothing can be written.

    """
    differences = compare(expected, actual)
    if differences and not check:
        publish(root, differences)
    unchanged = len(expected.keys() - {one.path for one in differences})
    return FileUpdate(differences if check else (), len(differences), unchanged)


def prefix_paths(folder: str, tree: Tree) -> Tree:
    """Return the paths of a folder's tree from the root on."""
    return {f"{folder}/{path}": text for path, text in tree.items()}
