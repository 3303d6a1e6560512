"""Select the files of a target: those that are made for one API are left out for a vendor without it. Pure."""

import re
from dataclasses import dataclass

from paramsync.config import read_toml
from paramsync.findings import InputError
from paramsync.rendering.service import Api
from paramsync.rendering.target import Target
from paramsync.text import Tree, pluralize

PATTERN = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True)
class Selection:
    """The templates of a target that are rendered for a vendor, and those that are left out, by the API they are made for."""

    templates: Tree
    left_out: dict[str, str]

    def describe(self, target: str) -> str:
        """Say in one line what is left out, and why; nothing if it is nothing."""
        if not self.left_out:
            return ""
        number, apis = len(self.left_out), " or ".join(sorted({*self.left_out.values()}))
        whole = "all of it" if not self.templates else pluralize(number, "template")
        return f"{target}: {whole} left out: made for the API {apis}, which the profile does not name ([vendor] api)"


def select_templates(templates: Tree, target: Target, api: Api | None) -> Selection:
    """Leave out what `[[files]]` declares for an API that is not the vendor's."""
    name = api["name"] if api else ""
    left_out = {
        path: one.api
        for path in templates
        for one in target.files
        if one.api != name and _compile(one.match).fullmatch(path)
    }
    return Selection({path: text for path, text in templates.items() if path not in left_out}, left_out)


def find_api(target: Target, api: Api | None) -> Api | None:
    """Return what a target sees of the vendor's API: nothing where no file of it is made for that API, of which it then knows no key."""
    return api if api and any(one.api == api["name"] for one in target.files) else None


def check_files(templates: Tree, target: Target, name: str) -> None:
    """Check that each pattern of `[[files]]` matches a file; a folder with a `target.toml` alone only lends its spelling.

    Raises:
        InputError: one matches none.

    """
    for index, one in enumerate(target.files if len(templates) > 1 else ()):
        if not any(map(_compile(one.match).fullmatch, templates)):
            file = f"templates/{name}/target.toml"
            place = read_toml(templates["target.toml"], file).find(("files", index, "match"))
            raise InputError(place, f"files.match: no file of this target matches {one.match!r}")


def _compile(pattern: str) -> re.Pattern[str]:
    """Compile a glob: `*` and `?` stand for what is in one folder, `**` for any folders; all else for itself."""
    parts = re.split(r"(\*\*|\*|\?)", pattern)
    return re.compile("".join(PATTERN.get(part) or re.escape(part) for part in parts), re.DOTALL)
