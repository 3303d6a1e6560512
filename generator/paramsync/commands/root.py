"""What several verbs do in a root: read its specs and targets, and update its files."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from paramsync.config import read_config, read_toml
from paramsync.findings import InputError
from paramsync.pages.profile import Profile
from paramsync.pages.vendor import UNNAMED
from paramsync.paths import API_SUFFIX, APIS, PROFILE, is_spec_file
from paramsync.rendering.render import FindTemplates
from paramsync.rendering.selection import Selection, check_files, select_templates
from paramsync.rendering.service import Service, read_api
from paramsync.rendering.target import FindTarget, Target
from paramsync.text import Tree, suggest_name
from paramsync.workspace import files
from paramsync.workspace.difference import Difference, compare
from paramsync.workspace.publication import publish
from paramsync.workspace.targets import list_targets, read_apis, read_decoded_templates, read_manifest


@dataclass(frozen=True)
class FileUpdate:
    """What an update did: the differences if it was only a check, and how many files."""

    differences: tuple[Difference, ...]
    changed: int
    unchanged: int
    removed: int  # of those that changed


def read_target(root: Path, name: str, api: str) -> Target:
    """Read a target's target.toml, for a vendor of an API; all is at its default where there is none.

    Raises:
        InputError: it is not TOML, a key is unknown or of the wrong type, or there is no API that it names.

    """
    text, file = read_manifest(root, name), f"templates/{name}/target.toml"
    target = read_config(text, file, Target)
    apis = read_apis(root) if target.files else {}
    for index, one in enumerate(target.files):
        if one.api not in apis:
            raise InputError(
                read_toml(text, file).find(("files", index, "api")),
                f"files.api: {_tell_missing(one.api, apis)}",
            )
    return target.reserve_for(api)


def read_profile(root: Path) -> Profile | None:
    """Read the profile; specs written by hand need none.

    Raises:
        InputError: it cannot be used.

    """
    text = files.read_optional_text(root / PROFILE, root)
    return read_config(text, PROFILE, Profile) if text else None


def read_service(root: Path, profile: Profile | None) -> Service:
    """Read whose API it is, and the data of the API that the vendor names.

    Raises:
        InputError: it cannot be used, or no API has that name.

    """
    vendor, site = (profile.vendor, profile.site) if profile else (UNNAMED, None)
    if not vendor.api:
        return Service(vendor, site=site)
    apis = read_apis(root)
    if vendor.api not in apis:
        toml = read_toml(files.read_text(root / PROFILE, root), PROFILE)
        raise InputError(toml.find(("vendor", "api")), f"vendor.api: {_tell_missing(vendor.api, apis)}")
    file = f"templates/{APIS}/{vendor.api}{API_SUFFIX}"
    return Service(vendor, read_api(vendor.api, apis[vendor.api], file), site)


def read_selection(root: Path, name: str, target: Target, api: str) -> Selection:
    """Read the files of a target, and select those that are made for a vendor of an API.

    Raises:
        InputError: one cannot be read, or target.toml declares files that are not there.

    """
    templates = read_decoded_templates(root, name)
    check_files(templates, target, name)
    return select_templates(templates, target, api)


def make_finder(root: Path, api: str) -> FindTarget:
    """Return what finds the targets of a root by their names, and reads each once."""
    targets = list_targets(root)

    @cache
    def find_target(name: str) -> Target:
        if name not in targets:
            raise LookupError(f"unknown target {name!r}{suggest_name(name, targets)}")
        return read_target(root, name, api)

    return find_target


def make_template_finder(root: Path, api: str, find_target: FindTarget) -> FindTemplates:
    """Return what finds the files of a root's targets that are made for a vendor of an API, by their names."""
    targets = list_targets(root)

    @cache
    def find_templates(name: str) -> Tree:
        return read_selection(root, name, find_target(name), api).templates if name in targets else {}

    return find_templates


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
    removed = sum(one.after is None for one in differences)
    return FileUpdate(differences if check else (), len(differences), unchanged, removed)


def prefix_paths(folder: str, tree: Tree) -> Tree:
    """Return the paths of a folder's tree from the root on."""
    return {f"{folder}/{path}": text for path, text in tree.items()}


def _tell_missing(api: str, apis: Collection[str]) -> str:
    known = ", ".join(sorted(apis))
    return f"there is no templates/{APIS}/{api}{API_SUFFIX} (known: {known}){suggest_name(api, apis)}"
