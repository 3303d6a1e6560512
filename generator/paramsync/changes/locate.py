"""Find the line of a page that each change comes from. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from paramsync.changes.kinds import KEYWORD_KINDS, Change
from paramsync.config import read_config
from paramsync.findings import InputError, Place
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PAGE_EXTENSIONS, PAGE_JSON, PROFILE, is_spec_file
from paramsync.specs.build import build_specs
from paramsync.specs.document import PageDocument, read_folder
from paramsync.specs.draft import Origins
from paramsync.specs.nesting import nest_parameters
from paramsync.specs.sources import add_sources, is_source_file
from paramsync.text import Tree

# Kind of change -> the keyword whose cell is its place; other kinds are placed at the parameter's row or the model's heading.
KEYWORD_OF_KIND = {
    "type": "x-type",
    "default": "default",
    "description": "description",
    "parameter-required": "required",
    "parameter-optional": "required",
    "choice-added": "enum",
    "choice-removed": "enum",
    "choices-introduced": "enum",
    "choices-order": "enum",
    "model-description": "description",
    "name-in-code": "x-model",  # of a model; of a parameter, its row
    "model-markdown": "x-markdown",
    "capability-added": "x-capabilities",
    "capability-removed": "x-capabilities",
    "capabilities-order": "x-capabilities",
    # Where it is said of one of the parameters that the change names.
    "dependent-required": "dependentRequired",
    "dependent-optional": "dependentRequired",
    "alternatives-required": "allOf",
    "alternatives-optional": "allOf",
}


CONDITION_KEYWORDS = ("dependentRequired", "allOf")


def locate(changes: Iterable[Change], old: Tree, new: Tree, prefix: str) -> Iterator[Change]:
    """Set the place of each change: in the new page, or, if that cannot be read, in a file of the new or the old side.

    `prefix` is what the ids of the vendor's models begin with.
    """
    sides = (_Side(new, prefix), _Side(old, prefix))

    @cache
    def origins(page: str) -> dict[str, Origins]:
        return _read_origins(page, sides[0])

    for change in changes:
        yield replace(change, place=_find_place(change, origins(change.page), sides))


class _Side:
    """The files of one side, and what its pages had in their folders."""

    def __init__(self, files: Tree, prefix: str) -> None:
        self.files, self.prefix = files, prefix
        self._pages: dict[str, PageDocument] = {}

    def page(self, name: str) -> PageDocument:
        """Return what the folder of a page says of it."""
        if name not in self._pages:
            folder = f"specs/{name}/"
            inside = {
                path.removeprefix(folder): text
                for path, text in self.files.items()
                if path.startswith(folder)
            }
            specs = {file: text for file, text in inside.items() if is_spec_file(file)}
            self._pages[name] = read_folder(specs, self.prefix).page
        return self._pages[name]

    def find_page_file(self, name: str) -> str:
        """Find the path of a saved page; empty if there is none."""
        paths = (f"specs/{name}/page.{form}" for form in PAGE_EXTENSIONS)
        return next((path for path in paths if path in self.files), "")

    def find_spec(self, change: Change) -> str:
        """Return the path of the file in which a change is to be seen."""
        file = self.page(change.page).spec_file(change.model) if change.model else PAGE_JSON
        return f"specs/{change.page}/{file}"


def _read_origins(page: str, side: _Side) -> dict[str, Origins]:
    """Read the origins of each model of a page; empty if the page cannot be read, which `scrape` reports."""
    file, files = side.find_page_file(page), side.files
    if not {PROFILE, file} <= files.keys():
        return {}
    try:
        profile = read_config(files[PROFILE], PROFILE, Profile)
        built = build_specs(read_page(files[file], file, profile), profile)
    except InputError:
        return {}
    sources = {path: text for path, text in files.items() if is_source_file(path)}
    add_sources(page, built, sources, profile, known=side.page(page))  # scrape reports what is wrong
    for draft in built.drafts:
        nest_parameters(draft)
    return {draft.model: draft.origins | draft.inner for draft in built.drafts}


def _find_place(change: Change, origins: dict[str, Origins], sides: tuple[_Side, _Side]) -> Place:
    if model := origins.get(change.model):
        keyword = _find_keyword(change)
        texts = model.get(change.parameter) or model.get(change.parameter.partition("/")[0], {})
        named = [
            model[name].get(keyword, model[name]["x-type"]) for name in _find_names(change) if name in model
        ]
        found = [
            *named,
            *(texts[key] for key in (keyword, "x-type", "title") if key in texts),
            model[""]["title"],
        ]
        return found[0].place
    for side in sides:
        spec = side.find_spec(change)
        if file := side.find_page_file(change.page) or (spec if spec in side.files else ""):
            return Place(file, 1)
    return Place(sides[0].find_spec(change))


def _find_names(change: Change) -> list[str]:
    """Find the parameters that a change of a condition names."""
    named = (change.new or change.old) if KEYWORD_OF_KIND.get(change.kind) in CONDITION_KEYWORDS else ()
    return [name for one in named for name in (one if isinstance(one, list) else [one])]


def _find_keyword(change: Change) -> str:
    if change.kind in KEYWORD_KINDS:
        return str(next(iter(change.new or change.old)))
    return KEYWORD_OF_KIND.get(change.kind, "")
