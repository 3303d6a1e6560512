"""Render the templates of a target, file by file. Pure.

`{{ }}` prints only numbers and the output of filters (`Markup`), so that no untrusted text gets into a file without a filter.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import Any

import jinja2

from paramsync.changes.history import Release, current_version
from paramsync.changes.notes import select_notes
from paramsync.findings import Place
from paramsync.rendering.catalogue import Catalogue
from paramsync.rendering.environment import Uses, find_uses, make_environment, render_template
from paramsync.rendering.filters import Filters
from paramsync.rendering.models import Model
from paramsync.rendering.names.parameters import Name
from paramsync.rendering.names.providers import Provider
from paramsync.rendering.operations import list_paths, make_body
from paramsync.rendering.origins import ReadDrafts, RowOrigins, make_origins
from paramsync.rendering.outputs import TEMPLATE_SUFFIX, Lister, Output
from paramsync.rendering.pages import Page
from paramsync.rendering.past.history import Dates, History
from paramsync.rendering.past.releases import PastRelease
from paramsync.rendering.selection import find_api
from paramsync.rendering.service import Service
from paramsync.rendering.target import FindTarget
from paramsync.rendering.volumes import Volume, bind_volumes, count_models
from paramsync.rules import CODES, RULES
from paramsync.text import Tree

Visible = dict[str, Callable[[], Any]]  # name -> what gives that which a template sees under it
FindTemplates = Callable[[str], Tree]  # the files of a target by its name; none where there is no such target

REFERRED, ORIGINS = "referred", "origins"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all targets of a root share.

    `find_target` returns a target and those that it spells like; `find_templates` the files of those whose templates another one imports
    or includes; `read_drafts` reads pages anew. `releases` are all versions, the newest first, each with the notes for all targets.
    """

    find_target: FindTarget
    find_templates: FindTemplates
    releases: tuple[Release, ...]
    service: Service
    read_drafts: ReadDrafts


class Renderer:
    """Renders the target `name` from its files that are made for the vendor, and the pages whose models it can write.

    `volume_counts` tells by the slug of a provider how many models each volume about it has, where that is known already.
    """

    def __init__(self, name: str, templates: Tree, pages: Sequence[Page], shared: Shared) -> None:
        self.name, self.templates, self.shared = name, templates, shared
        self.target = shared.find_target(name)
        releases = tuple(replace(one, notes=select_notes(one.notes, name)) for one in shared.releases)
        self.catalogue = Catalogue(tuple(pages), releases, shared.service.vendor)
        self.volume_counts: dict[str, Sequence[int]] = {}
        self._uses: dict[str, Uses] = {}
        self._write_section = cache(self._render_section)  # to measure it, and then in a volume

    def list_outputs(self) -> list[Output]:
        """List the files that the target makes, template by template.

        Raises:
            InputError: an output path is unsafe or already taken.

        """
        return Lister(self.name, self.target, self.catalogue, self._bind_volumes).list_outputs(self.templates)

    def render(self, output: Output) -> str:
        """Render a file. What its template does not name, it does not see.

        Raises:
            InputError: the template has an error (with its line), or prints text without a filter.

        """
        if not output.template.endswith(TEMPLATE_SUFFIX):
            return self.templates[output.template]
        return self._render(output, {})

    def _render(self, output: Output, more: Visible) -> str:
        uses = self.find_uses(output.template)
        visible = self._visible | self._list_about(output) | more
        seen = {name: see() for name, see in visible.items() if uses.any_of(name)}
        subject = "".join(f" (for {one.name})" for one in output.subjects.values())
        place = self._place(output.template)
        return render_template(self._environment, output.template, place, seen, subject)

    def prepare(self, outputs: Iterable[Output]) -> None:
        """Read once what several files need, before they are rendered one by one."""
        pages = (self.find_page(one) for one in outputs if self.sees_origins(one))
        self.shared.read_drafts(page.name for page in pages if page)

    def sees_origins(self, output: Output) -> bool:
        """Tell whether the template of a file for a model asks where facts come from."""
        return "model" in output.subjects and self.find_uses(output.template).any_of(ORIGINS)

    def find_uses(self, template: str) -> Uses:
        """Find what a template uses of what it could.

        Raises:
            InputError: it is no template.

        """
        if not template.endswith(TEMPLATE_SUFFIX):
            return Uses()
        if template not in self._uses:
            self._uses[template] = find_uses(self._environment, template, self._place(template))
        return self._uses[template]

    def find_page(self, output: Output) -> Page | None:
        """Find the page of a file: that for which it is rendered, or that of its model."""
        page, model = output.subjects.get("page"), output.subjects.get("model")
        if isinstance(page, Page):
            return page
        return self.catalogue.find_page(model) if isinstance(model, Model) else None

    def find_history(self, output: Output) -> History:
        """Find the changes of that for which a file is rendered; of all, if that is nothing."""
        match [*output.subjects.values()]:
            case [*_, Model(id=model)]:
                return self.catalogue.timeline.of_model(model)
            case [Page(name=page)]:
                return self.catalogue.timeline.of_page(page, [one.id for one in output.models])
            case [Name(slug=slug)]:
                return self.catalogue.timeline.of_parameter(slug)
            case [Provider(slug=slug)]:
                return self.catalogue.timeline.of_provider(slug)
            case [PastRelease(name=version)]:
                return self.catalogue.timeline.of_release(version)
        return self.catalogue.timeline.all

    def find_dates(self, output: Output) -> Mapping[str, Dates]:
        """Find the dates of the models for which a file is rendered; of all, if that is nothing."""
        models = output.models if output.subjects else self.catalogue.models
        return self.catalogue.timeline.dates_of([model.id for model in models])

    def _list_about(self, output: Output) -> Visible:
        """List what the template of a file may see of that for which it is rendered."""
        about: Visible = {
            REFERRED: partial(self._find_referred, output),
            "changes": partial(self.find_history, output),
            "dates": partial(self.find_dates, output),
        }
        if isinstance(model := output.subjects.get("model"), Model):
            about |= {
                "page": partial(self.find_page, output),
                "body": partial(make_body, model),
                ORIGINS: partial(self._find_origins, model),
            }
        if isinstance(provider := output.subjects.get("provider"), Provider):
            about["volumes"] = partial(self._bind_volumes, provider)
        return about | {kind: partial(output.subjects.__getitem__, kind) for kind in output.subjects}

    def _find_referred(self, output: Output) -> Mapping[str, Model]:
        """Find the models to which those of a file refer; all, if it is about all."""
        return self.catalogue.find_referred(output.models) if output.subjects else self.catalogue.by_reference

    def _bind_volumes(self, provider: Provider) -> Sequence[Volume]:
        """Bind the volumes about the models of a provider; none where the target does not say how."""
        if not (volumes := self.target.volumes):
            return ()
        counts = self.volume_counts.get(provider.slug)
        if counts is None:
            counts = count_models(provider.models, self._write_section, volumes.bytes)
            self.volume_counts[provider.slug] = counts
        return [*bind_volumes(provider.models, counts, self._write_section)]

    def _render_section(self, model: Model) -> str:
        """Render what stands about a model in a volume: in short where it would be longer than a volume by itself."""
        if (volumes := self.target.volumes) is None:
            raise ValueError("the target has no [volumes]")
        output = Output("", volumes.template, {"model": model})
        text = self._render(output, {"is_whole": lambda: True})
        fits = len(text.encode()) < volumes.bytes
        return text if fits else self._render(output, {"is_whole": lambda: False})

    def _find_origins(self, model: Model) -> Mapping[str, RowOrigins]:
        page = self.catalogue.find_page(model).name
        return make_origins(model, self.shared.read_drafts([page]).get(model.id))

    @cached_property
    def _environment(self) -> jinja2.Environment:
        find_target, find_templates = self.shared.find_target, self.shared.find_templates

        @cache
        def find_other(other: str) -> jinja2.Environment | None:
            if found := find_templates(other):
                return make_environment(other, found, Filters(find_target(other), find_target), find_other)
            return None

        return make_environment(self.name, self.templates, Filters(self.target, find_target), find_other)

    @cached_property
    def _visible(self) -> Visible:
        """What each template may see, whatever it is rendered for."""
        of_all, service = self.catalogue, self.shared.service
        return {
            "pages": lambda: of_all.pages,
            "models": lambda: of_all.models,
            "paths": cache(lambda: list_paths(of_all.pages)),
            "bodies": cache(lambda: {model.id: make_body(model) for model in of_all.models}),
            "parameters": lambda: of_all.names,
            "providers": lambda: of_all.providers,
            "all_volumes": lambda: {one.slug: self._bind_volumes(one) for one in of_all.providers},
            "statistics": lambda: of_all.statistics,
            "releases": cache(lambda: [*map(_leave_out_rows, of_all.releases)]),
            "version": lambda: current_version(of_all.releases),
            "rules": lambda: RULES,
            "codes": lambda: CODES,
            "vendor": lambda: service.vendor,
            "api": lambda: find_api(self.target, service.api),
        }

    def _place(self, template: str) -> Place:
        return Place(f"templates/{self.name}/{template}")


def _leave_out_rows(release: Release) -> Release:
    """Leave out what no key of a file that names `releases` has; `changes` has it."""
    return replace(release, changes=tuple(one.without_rows for one in release.changes))
