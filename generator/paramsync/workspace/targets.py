"""Where a root's targets are: in its own templates/, or else among those that come with paramsync. Reads files."""

from functools import cache
from pathlib import Path

from paramsync.paths import API_SUFFIX, APIS, NOT_TARGETS
from paramsync.text import Tree
from paramsync.workspace import files
from paramsync.workspace.entries import read_tree

TEMPLATES = "templates"
MANUAL = "specs/README.md"


@cache
def find_supplied() -> Path:
    """Find the folder with the `templates/` that come with paramsync: beside its modules in a wheel, beside `generator/` in a checkout."""
    package = Path(__file__).resolve().parents[1]
    return package if (package / TEMPLATES).is_dir() else package.parents[1]


def list_targets(root: Path) -> list[str]:
    """List the names of all targets that a root can make: its own, and those that come with paramsync."""
    return sorted({*list_own(root), *list_own(find_supplied())})


def list_made(root: Path) -> list[str]:
    """List the names of the targets that a root makes: its own, and those that it has in generated/; all where it has neither.

    Raises:
        InputError: something else is in the place of one of these folders.

    """
    known, own = list_targets(root), list_own(root)
    made = {*own, *files.list_folders(root / "generated", root)} & {*known}
    return sorted(made) if made or files.kind_of(root / TEMPLATES) else known


def list_stale(root: Path) -> list[str]:
    """List the folders of generated/ whose target is gone; none without templates/, because then they may be anybody's.

    Raises:
        InputError: something else is in the place of one of these folders.

    """
    known = list_targets(root)
    found = files.list_folders(root / "generated", root) if files.kind_of(root / TEMPLATES) else []
    return [name for name in found if name not in known]


def list_own(base: Path) -> list[str]:
    """List the names of the targets in the templates/ of a folder."""
    return [name for name in files.list_folders(base / TEMPLATES, base) if name not in NOT_TARGETS]


def is_own(root: Path, name: str) -> bool:
    """Tell whether a root has a target of its own of a name, which then counts."""
    return bool(files.kind_of(root / TEMPLATES / name))


def read_manifest(root: Path, name: str) -> str:
    """Read a target's target.toml; empty where there is none."""
    base = _find_base(root, name)
    return files.read_optional_text(base / TEMPLATES / name / "target.toml", base)


def read_templates(root: Path, name: str) -> Tree:
    """Read the files of a target, by their paths below its folder.

    Raises:
        InputError: something there is neither a regular file nor a real folder.

    """
    base = _find_base(root, name)
    return read_tree(base / TEMPLATES / name, base)


def read_decoded_templates(root: Path, name: str) -> Tree:
    """Read the files of a target, what is rendered as text.

    Raises:
        InputError: something there is neither a regular file nor a real folder, or a template is not UTF-8.

    """
    base, tree = _find_base(root, name), read_templates(root, name)
    folder = base / TEMPLATES / name
    return tree | {path: files.read_text(folder / path, base) for path in tree if path.endswith(".jinja")}


def read_apis(root: Path) -> Tree:
    """Read what is known of APIs, by their names: what comes with paramsync, and in its place what a root has of its own.

    Raises:
        InputError: something there is not a regular file, or not UTF-8.

    """
    found = (
        (path, base)
        for base in (find_supplied(), root)
        for path in files.list_entries(base / TEMPLATES / APIS, base)
        if path.suffix == API_SUFFIX
    )
    return {path.stem: files.read_text(path, base) for path, base in found}


def read_manual() -> str:
    """Read the page about what is in specs/, which messages name, and which comes with paramsync as well."""
    base = find_supplied()
    return files.read_text(base / MANUAL, base)


def _find_base(root: Path, name: str) -> Path:
    """Return the folder in whose templates/ a target is."""
    return root if is_own(root, name) else find_supplied()
