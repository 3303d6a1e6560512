"""Find the models of a page: which sections belong to one, where its id stands, and which tables are its parameters. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from paramsync.pages.page import Page, Section, Table, Text
from paramsync.pages.profile import Profile
from paramsync.pages.tables import METHOD, find_endpoint, join_endpoint, read_path
from paramsync.specs import cells
from paramsync.specs.headers import is_parameter_table

Opened = tuple[tuple[int, Section], ...]  # a section and the headings that it is below, the outermost first
Endpoints = Mapping[int, tuple[str, Text] | None]  # by the index of a section


@dataclass(frozen=True, slots=True)
class ModelSection:
    """The sections that may describe one model.

    `id_text` states its id, if there is one; `id` is empty where that text is none. `own` has the model's heading; `parts` are `own` and what is below it.
    """

    id: str
    id_text: Text | None
    own: Section
    parts: tuple[Section, ...]
    providers: tuple[Section, ...] = ()  # the sections whose headings it is below

    def find_tables(self, profile: Profile) -> list[Table]:
        """Find its tables of parameters."""
        tables = (table for part in self.parts for table in part.tables)
        return [table for table in tables if is_parameter_table(table, profile)]

    @property
    def stray_rows(self) -> list[tuple[Text, ...]]:
        return [row for part in self.parts for row in part.stray_rows]


def find_models(page: Page, profile: Profile) -> Iterator[ModelSection]:
    """Find the sections that may describe a model, in the order of the page."""
    if profile.tables.id == "label":
        yield from _find_labelled(page, profile)
        return
    opened = [one for one in _open_sections(page) if not _is_ignored(one, profile)]
    endpoints = (
        {opened[-1][0]: find_section_endpoint(opened[-1][1]) for opened in opened}
        if profile.tables.id == "endpoint"
        else {}
    )
    for owner, group in groupby(opened, key=lambda one: _find_owner(one, profile, endpoints)):
        yield _make_model(owner, [*group], page, profile, endpoints)


def find_label(section: Section, label: str) -> Text | None:
    return next((text for name, text in section.labels if name == label), None)


def _find_labelled(page: Page, profile: Profile) -> Iterator[ModelSection]:
    """Give each section, with its id if it has the label for it."""
    for opened in _open_sections(page):
        if _is_ignored(opened, profile):
            continue
        *above, (_, section) = opened
        text = find_label(section, profile.labels.id)
        is_id = text is not None and cells.is_alone(text) and " " not in text.value
        id_ = (text.codes or (text.value,))[0] if text and is_id else ""
        without_id = tuple(
            one for _, one in above if one.level > 1 and not find_label(one, profile.labels.id)
        )
        yield ModelSection(id_, text, section, (section,), without_id)


def _open_sections(page: Page) -> Iterator[Opened]:
    opened: list[tuple[int, Section]] = []
    for index, section in enumerate(page.sections):
        opened = [one for one in opened if one[1].level < section.level]
        opened.append((index, section))
        yield tuple(opened)


def _is_ignored(opened: Opened, profile: Profile) -> bool:
    return bool(profile.tables.ignored) and any(
        profile.tables.is_ignored(one.heading.value) for _, one in opened
    )


def _find_owner(opened: Opened, profile: Profile, endpoints: Endpoints) -> int:
    """Find the section whose heading is that of the model: its index on the page."""
    tables = profile.tables
    if tables.id == "page":
        return 0
    if tables.level:
        return next((index for index, one in opened if one.level == tables.level), opened[0][0])
    with_endpoint = (index for index, _ in reversed(opened) if endpoints.get(index))
    return next(with_endpoint, opened[-1][0])


def _make_model(
    owner: int, group: list[Opened], page: Page, profile: Profile, endpoints: Endpoints
) -> ModelSection:
    """Make the model of the sections that have one owner."""
    parts = tuple(opened[-1][1] for opened in group)
    own = next((one for index, one in group[0] if index == owner), parts[0])
    above = tuple(one for index, one in group[0] if index < owner and one.level > 1)
    if profile.tables.id == "page":
        own = next((one for one in parts if one.level == 1), own)
        return ModelSection(page.file.rpartition("/")[0].rpartition("/")[2], own.heading, own, parts)
    if profile.tables.id == "endpoint":
        indexes = (owner, *(opened[-1][0] for opened in group))
        id_, text = next(filter(None, map(endpoints.get, indexes)), ("", None))
        return ModelSection(id_, text, own, parts, above)
    is_right = not profile.tables.level or own.level == profile.tables.level
    id_ = profile.tables.find_id(own.heading.plain) if is_right else ""
    return ModelSection(id_, own.heading if id_ else None, own, parts, above)


def find_section_endpoint(section: Section) -> tuple[str, Text] | None:
    """Find the endpoint that a section states: method and path, with the text of the path."""
    for text in (section.heading, *section.prose, *section.code):
        if endpoint := find_endpoint(text.value):
            return endpoint, text
    for table in section.tables:
        cells_of_table = [cell for row in (table.header, *table.rows) for cell in row]
        methods = [cell for cell in cells_of_table if METHOD.fullmatch(cell.value)]
        paths = {path: cell for cell in cells_of_table if (path := read_path(cell.value))}
        if len(methods) == len(paths) == 1:
            [(path, cell)] = paths.items()
            return join_endpoint(methods[0].value, path), cell
    return None
