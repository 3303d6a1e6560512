"""Find the models of a page: which sections belong to one, where its id stands, and which tables are its parameters. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from paramsync.pages.endpoints import find_section_endpoint
from paramsync.pages.page import Page, Section, Table, Text
from paramsync.pages.profile import Profile
from paramsync.paths import MAX_ID_LENGTH
from paramsync.specs import cells
from paramsync.specs.headers import is_parameter_table

BOTH = "endpoint or heading"
Opened = Sequence[tuple[int, Section]]  # a section and the headings that it is below, the outermost first


@dataclass(frozen=True, slots=True)
class ModelSection:
    """The sections that may describe one model.

    `id_text` states its id, if there is one; `id` is empty where that text is none. `own` has the model's heading; `parts` are `own`
    and what is below it, `tables` their tables of parameters, and `above` the sections whose headings it is below.
    """

    id: str
    id_text: Text | None
    own: Section
    parts: tuple[Section, ...]
    tables: tuple[Table, ...]
    above: tuple[Section, ...] = ()
    is_labelled: bool = False  # its id is at a label, which makes it a model with or without a table

    @property
    def is_model(self) -> bool:
        return 0 < len(self.id) <= MAX_ID_LENGTH and (self.is_labelled or bool(self.tables))

    @property
    def stray_rows(self) -> list[tuple[Text, ...]]:
        return [row for part in self.parts for row in part.stray_rows]


def find_sections(page: Page, profile: Profile) -> tuple[ModelSection, ...]:
    """Find the sections that may describe a model, in the order of the page."""
    return tuple(FINDERS[profile.tables.id](page, profile, [*_open_sections(page, profile)]))


def find_label(section: Section, label: str) -> Text | None:
    return next((text for name, text in section.labels if name == label), None)


def _open_sections(page: Page, profile: Profile) -> Iterator[Opened]:
    opened: list[tuple[int, Section]] = []
    for index, section in enumerate(page.sections):
        opened = [one for one in opened if one[1].level < section.level]
        opened.append((index, section))
        if not profile.tables.ignored or not any(
            profile.tables.is_ignored(one.heading.value) for _, one in opened
        ):
            yield tuple(opened)


def _find_labelled(_page: Page, profile: Profile, sections: Sequence[Opened]) -> Iterator[ModelSection]:
    """Give each section, with its id if it has the label for it."""
    for *above, (_, section) in sections:
        text = find_label(section, profile.labels.id)
        is_id = text is not None and cells.is_alone(text) and " " not in text.value
        id_ = (text.codes or (text.value,))[0] if text and is_id else ""
        others = tuple(one for _, one in above if one.level > 1 and not find_label(one, profile.labels.id))
        tables = _find_tables([section], profile)
        yield ModelSection(id_, text, section, (section,), tables, others, is_labelled=text is not None)


def _find_below_headings(_page: Page, profile: Profile, sections: Sequence[Opened]) -> Iterator[ModelSection]:
    """Give what is below each heading of the level of models, or each section."""
    level = profile.tables.level
    for owner, group in groupby(sections, key=lambda one: _find_owner(one, level)):
        own, parts, above = _divide(owner, [*group])
        is_right = not level or own.level == level
        id_ = profile.tables.find_id(own.heading.plain) if is_right else ""
        yield ModelSection(id_, own.heading if id_ else None, own, parts, _find_tables(parts, profile), above)


def _find_below_endpoints(
    _page: Page, profile: Profile, sections: Sequence[Opened]
) -> Iterator[ModelSection]:
    """Give what is below each heading of the level of models, or below each section that states an endpoint."""
    endpoints = {index: find_section_endpoint(one) for *_, (index, one) in sections}

    def find_owner(opened: Opened) -> int:
        if profile.tables.level:
            return _find_owner(opened, profile.tables.level)
        return next((index for index, _ in reversed(opened) if endpoints.get(index)), opened[-1][0])

    for owner, group in groupby(sections, key=find_owner):
        inside = [*group]
        own, parts, above = _divide(owner, inside)
        indexes = (owner, *(opened[-1][0] for opened in inside))
        id_, text = next(filter(None, map(endpoints.get, indexes)), ("", None))
        if not id_ and profile.tables.id == BOTH and (id_ := profile.tables.find_id(own.heading.plain)):
            text = own.heading
        yield ModelSection(id_, text, own, parts, _find_tables(parts, profile), above)


def _find_whole(page: Page, profile: Profile, sections: Sequence[Opened]) -> Iterator[ModelSection]:
    """Give the whole page, which has the id of its folder."""
    parts = tuple(opened[-1][1] for opened in sections)
    own = next((one for one in parts if one.level == 1), page.sections[0])
    id_ = page.file.rpartition("/")[0].rpartition("/")[2]
    yield ModelSection(id_, own.heading, own, parts, _find_tables(parts, profile))


# Where the id of a model is -> how its sections are found.
FINDERS: dict[str, Callable[[Page, Profile, Sequence[Opened]], Iterator[ModelSection]]] = {
    "label": _find_labelled,
    "heading": _find_below_headings,
    "endpoint": _find_below_endpoints,
    BOTH: _find_below_endpoints,
    "page": _find_whole,
}


def _find_owner(opened: Opened, level: int | None) -> int:
    """Find the section whose heading is that of the model: its index on the page."""
    nearest = opened[0 if level else -1][0]
    return next((index for index, one in opened if one.level == level), nearest)


def _divide(owner: int, group: Sequence[Opened]) -> tuple[Section, tuple[Section, ...], tuple[Section, ...]]:
    """Divide the sections of one owner into its own, all of them, and those whose headings it is below."""
    parts = tuple(opened[-1][1] for opened in group)
    own = next((one for index, one in group[0] if index == owner), parts[0])
    return own, parts, tuple(one for index, one in group[0] if index < owner and one.level > 1)


def _find_tables(sections: Sequence[Section], profile: Profile) -> tuple[Table, ...]:
    tables = (table for section in sections for table in section.tables)
    return tuple(table for table in tables if is_parameter_table(table, profile))
