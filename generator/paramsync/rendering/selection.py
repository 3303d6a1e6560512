"""Select the files of a target: those that are made for one API are left out for a vendor without it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from paramsync.config import read_toml
from paramsync.findings import InputError
from paramsync.rendering.service import Api
from paramsync.rendering.target import Target
from paramsync.text import Tree, pluralize

PATTERN = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
TARGET = "target.toml"


@dataclass(frozen=True)
class Selection:
    """A target, its templates that are rendered for a vendor, and those that are left out, by the API they are made for."""

    target: Target
    templates: Tree
    left_out: Mapping[str, str]

    @property
    def is_made(self) -> bool:
        """True unless all of it is made for another API."""
        return TARGET not in self.left_out


def select_templates(templates: Tree, target: Target, api: str) -> Selection:
    """Leave out what `[[files]]` declares for another API than that of the vendor; all of a target whose target.toml is among it."""
    whole = _find_other_api(TARGET, target, api)
    apis = {path: whole or _find_other_api(path, target, api) for path in templates}
    made = {path: text for path, text in templates.items() if not apis[path]}
    return Selection(target, made, {path: one for path, one in apis.items() if one})


def is_for_vendor(target: Target, api: str) -> bool:
    """Tell whether a target is made for a vendor of an API, or all of it is made for another one."""
    return not _find_other_api(TARGET, target, api)


def describe_left_out(selections: Mapping[str, Selection]) -> tuple[str, ...]:
    """Say what is left out of some targets, in a line for each API that it is made for."""
    found: dict[str, list[str]] = {}
    for name, one in selections.items():
        for api in dict.fromkeys(one.left_out.values()):
            number = [*one.left_out.values()].count(api)
            part = pluralize(number, "template") if one.is_made else "all"
            found.setdefault(api, []).append(f"{part} of {name}")
    return tuple(
        f"left out, as made for the API {api} alone: {', '.join(parts)}" for api, parts in found.items()
    )


def find_api(target: Target, api: Api | None) -> Api | None:
    """Return what a target sees of the vendor's API: nothing where it does not name that API, of which it then knows no key."""
    return api if api and api["name"] in target.apis.union(one.api for one in target.files) else None


def check_files(templates: Tree, target: Target, name: str) -> None:
    """Check that each pattern of `[[files]]` matches a file; a folder with a `target.toml` alone only lends its spelling.

    Raises:
        InputError: one matches none.

    """
    for index, one in enumerate(target.files if len(templates) > 1 else ()):
        if not any(map(_compile(one.match).fullmatch, templates)):
            file = f"templates/{name}/{TARGET}"
            place = read_toml(templates[TARGET], file).find(("files", index, "match"))
            raise InputError(place, f"files.match: no file of this target matches {one.match!r}")


def _find_other_api(path: str, target: Target, api: str) -> str:
    """Find the API for which a file is made instead of the vendor's; empty if it is made for the vendor."""
    found = (one.api for one in target.files if one.api != api and _compile(one.match).fullmatch(path))
    return next(found, "")


def _compile(pattern: str) -> re.Pattern[str]:
    """Compile a glob: `*` and `?` stand for what is in one folder, `**` for any folders; all else for itself."""
    parts = re.split(r"(\*\*|\*|\?)", pattern)
    return re.compile("".join(PATTERN.get(part) or re.escape(part) for part in parts), re.DOTALL)
