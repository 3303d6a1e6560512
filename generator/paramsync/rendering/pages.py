"""The pages that templates see, with their models, made from specs. Pure."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from paramsync.findings import InputError, Place
from paramsync.pages.prose import remove_backticks
from paramsync.paths import PAGE_JSON, is_folder_name
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.rows import Columns, list_columns
from paramsync.rendering.service import UNNAMED_SERVICE, Service
from paramsync.specs.document import PageDocument, find_references, read_specs, split_folders
from paramsync.text import Json, Tree, collapse_whitespace, quote

Specs = Mapping[str, Json]
NOT_IN_SLUG = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Group:
    """The models below one provider's heading; the heading is empty if all models are of one provider."""

    heading: str
    anchor: str
    models: tuple[Model, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and its models in order; `deprecated` are the models that it no longer lists. `url` is empty where it is not known."""

    name: str
    title: str
    kind: str
    updated: str
    groups: tuple[Group, ...]
    deprecated: tuple[Model, ...] = ()
    url: str = ""

    @property
    def models(self) -> tuple[Model, ...]:
        return (*self.listed, *self.deprecated)

    @property
    def listed(self) -> tuple[Model, ...]:
        """The models that it lists."""
        return tuple(model for group in self.groups for model in group.models)

    @property
    def columns(self) -> Columns:
        """The columns that the tables of the models have that it lists."""
        return list_columns(row for model in self.listed for row in model.rows)


def load_pages(specs: Tree, service: Service = UNNAMED_SERVICE) -> tuple[Page, ...]:
    """Load every page of a vendor from the JSON files of `specs/`, and check each spec against the schema for specs.

    Raises:
        InputError: a file is not JSON, not a spec, missing, or not listed in its `page.json`.

    """
    folders = split_folders(specs)
    for path in sorted(specs):
        if (name := path.split("/")[0]) not in folders:
            problem = "is not there, and specs of its page are; restore it from git, or run paramsync scrape"
            raise InputError(Place(f"specs/{name}/{PAGE_JSON}"), problem)
    read = {name: _read_folder(name, files, service.vendor.prefix) for name, files in folders.items()}
    by_id = {spec["$id"]: spec for _, specs in read.values() for spec in specs.values()}
    referred = frozenset(one for spec in by_id.values() for one in find_references(spec))
    around = _Around(by_id, referred, service)
    pages = tuple(_make_page(name, page, specs, around) for name, (page, specs) in read.items())
    for model in all_models(pages):
        if lost := [one for one in find_references(model.spec) if one not in by_id]:
            raise InputError(Place(model.source), f"no spec has the $id {quote(lost[0])}; correct the $ref")
    return pages


@dataclass(frozen=True, slots=True)
class _Around:
    """What models are made from beside their specs: all specs, by `$id`, those that others refer to, and whose they are."""

    by_id: Specs
    referred: Container[str]
    service: Service


def _read_folder(name: str, files: Tree, prefix: str) -> tuple[PageDocument, Specs]:
    if not is_folder_name(name):
        problem = "rename the folder: use only letters, digits and . _ -, and no name that Windows reserves"
        raise InputError(Place(f"specs/{name}"), problem)
    page, specs = read_specs(name, files, prefix)
    if unnamed := files.keys() - {PAGE_JSON, *map(page.spec_file, specs)}:
        place = Place(f"specs/{name}/{min(unnamed)}")
        raise InputError(place, "page.json does not list this spec; run paramsync scrape")
    return page, specs


def _make_page(name: str, page: PageDocument, specs: Specs, around: _Around) -> Page:
    # Bold text in Markdown may not begin or end with any space, such as one that does not break.
    title, anchors = collapse_whitespace(page.title).strip() or name, _Anchors()
    url = around.service.site.find_url(name) if around.service.site else ""

    def load(model: str) -> Model:
        anchor = anchors.take(specs[model]["title"])
        source = f"specs/{name}/{page.spec_file(model)}"
        provider, find_spec = page.providers.get(model, title), around.by_id.__getitem__
        loaded = make_model(
            specs[model],
            provider,
            anchor,
            source,
            find_spec,
            service=around.service,
            name=page.name_of(model),
        )
        since = page.deprecated.get(model, "")
        return replace(
            loaded,
            is_deprecated=model in page.deprecated,
            deprecated_since=since,
            page_url=url,
            is_referred=specs[model]["$id"] in around.referred,
        )

    groups: list[Group] = []
    for heading, members in groupby(page.models, key=lambda model: page.providers.get(model, "")):
        anchor = anchors.take(heading) if heading else ""
        groups.append(Group(heading, anchor, tuple(map(load, members))))
    deprecated = tuple(map(load, page.deprecated))
    return Page(name, title, page.kind, page.updated, tuple(groups), deprecated, url)


class _Anchors:
    """Make the anchors of a page's headings as the vendor's site does: a repeated anchor gets a number."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}

    def take(self, heading: str) -> str:
        slug = anchor = NOT_IN_SLUG.sub("", remove_backticks(collapse_whitespace(heading)).lower()).replace(
            " ", "-"
        )
        while anchor in self.taken:
            self.taken[slug] += 1
            anchor = f"{slug}-{self.taken[slug]}"
        self.taken[anchor] = 0
        return anchor


def all_models(pages: Iterable[Page]) -> tuple[Model, ...]:
    """Return the models of all pages, sorted by id."""
    return tuple(sorted((model for page in pages for model in page.models), key=lambda model: model.id))


def leave_out(pages: Iterable[Page], models: Container[str]) -> tuple[Page, ...]:
    """Return the pages without some of their models, by id."""

    def keep(those: tuple[Model, ...]) -> tuple[Model, ...]:
        return tuple(model for model in those if model.id not in models)

    return tuple(
        replace(
            page,
            groups=tuple(
                replace(group, models=kept) for group in page.groups if (kept := keep(group.models))
            ),
            deprecated=keep(page.deprecated),
        )
        for page in pages
    )
