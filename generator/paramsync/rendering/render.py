"""Render the templates of a target into a tree of files. Pure.

The template tree is the output tree: a path with `{model}` is rendered once per model, with `{page}` once per page, with both once per
model of each page, with `{parameter}` once per name of parameters, with `{provider}` once per provider, with `{release}` once per
release, any other path once; `{package}` in it is the name of the vendor's package in code; `.jinja` is removed from the
name; a file without it is copied. `{{ }}` prints only numbers and the output of
filters (`Markup`), so that no untrusted text gets into a file without a filter.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import jinja2

from paramsync.changes.history import Release, current_version
from paramsync.changes.notes import select_notes
from paramsync.findings import InputError, Place
from paramsync.paths import MAX_PATH_LENGTH, WINDOWS_DEVICES
from paramsync.rendering.environment import ANY_NAME, find_names, make_environment, render_template
from paramsync.rendering.filters import Filters
from paramsync.rendering.models import Model
from paramsync.rendering.names.parameters import Name, collect_names
from paramsync.rendering.names.providers import Provider, collect_providers
from paramsync.rendering.operations import list_paths, make_body
from paramsync.rendering.origins import NO_DRAFTS, Drafts, RowOrigins, make_origins
from paramsync.rendering.pages import Page, all_models
from paramsync.rendering.past.history import Dates, History
from paramsync.rendering.past.releases import PastRelease
from paramsync.rendering.past.timeline import Timeline
from paramsync.rendering.selection import find_api
from paramsync.rendering.service import UNNAMED_SERVICE, Service
from paramsync.rendering.statistics import Statistics
from paramsync.rendering.target import FindTarget, Target, has_slugs, spell
from paramsync.rendering.volumes import Volume, bind_volumes, divide_models
from paramsync.rules import CODES, RULES
from paramsync.text import Tree, quote

Subject = Page | Model | Name | Provider | PastRelease | Volume
Subjects = Mapping[str, Subject]
Visible = dict[str, Callable[[], Any]]  # name -> what gives that which a template sees under it
FindTemplates = Callable[[str], Tree]  # the files of a target by its name; none where there is no such target

NOT_RENDERED = ("target.toml", "macros.jinja")
TEMPLATE_SUFFIX = ".jinja"
PACKAGE, MACROS = "{package}", "macros/"
REFERRED, ORIGINS = "referred", "origins"
# What a path may be rendered for; `{page}` and `{model}` may stand in one path.
KINDS = ("page", "model", "parameter", "provider", "volume", "release")
TOGETHER = (["page", "model"], ["provider", "volume"])
SAFE_PART = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(?<!\.)")


def find_no_templates(_: str) -> Tree:
    """Find no other target: for one that imports and includes its own templates alone."""
    return {}


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a target makes: its path, and the template that is rendered for it, for what its path names, or once."""

    path: str
    template: str
    subjects: Subjects

    @property
    def models(self) -> tuple[Model, ...]:
        """The models that it is about, if it is not about all."""
        return tuple(
            model
            for one in self.subjects.values()
            for model in ((one,) if isinstance(one, Model) else one.models)
        )


class Renderer:
    """Renders the target `name` from its files that are made for the vendor, file by file.

    `find_target` returns this target and those that it spells like; `find_templates` the files of those whose templates it imports or
    includes. `drafts` are the pages, read anew; `divisions` how many models of a provider each volume about them has, where that is known
    already. `releases` are all versions, the newest first, each with the notes for all targets.
    """

    def __init__(
        self,
        name: str,
        templates: Tree,
        find_target: FindTarget,
        pages: Sequence[Page],
        releases: Sequence[Release] = (),
        *,
        service: Service = UNNAMED_SERVICE,
        find_templates: FindTemplates = find_no_templates,
        drafts: Drafts = NO_DRAFTS,
    ) -> None:
        self.name, self.templates, self.pages = name, templates, tuple(pages)
        self.target, self.vendor = find_target(name), service.vendor
        self.releases = tuple(replace(one, notes=select_notes(one.notes, name)) for one in releases)
        self.find_templates, self.drafts = find_templates, drafts

        @cache
        def find_other(other: str) -> jinja2.Environment | None:
            if found := find_templates(other):
                return make_environment(other, found, Filters(find_target(other), find_target), find_other)
            return None

        self._environment = make_environment(name, templates, Filters(self.target, find_target), find_other)
        self._page_of = {model.id: page for page in self.pages for model in page.models}
        self._by_id = {model.spec["$id"]: model for model in all_models(self.pages)}
        self._names: dict[str, frozenset[str]] = {}
        self._find_names = cache(lambda: collect_names(all_models(self.pages)))
        self._find_providers = cache(lambda: collect_providers(self.pages))
        self.divisions: dict[str, Sequence[int]] = {}
        self._timeline = Timeline(self.releases, all_models(self.pages), self.vendor)
        self._shared = _list_shared(self.pages, self.releases)
        self._shared |= {
            "parameters": self._find_names,
            "providers": self._find_providers,
            "all_volumes": lambda: {one.slug: self._bind_volumes(one) for one in self._find_providers()},
            "statistics": cache(
                lambda: Statistics(all_models(self.pages), self._find_providers(), self.releases)
            ),
        }
        self._shared |= {
            "vendor": lambda: service.vendor,
            "api": lambda: find_api(self.target, service.api),
        }

    def list_outputs(self) -> list[Output]:
        """List the files that the target makes, template by template.

        Raises:
            InputError: an output path is unsafe or already taken.

        """
        found: list[Output] = []
        places: dict[str, Place] = {}
        for template in sorted(filter(is_rendered, self.templates)):
            place = self._place(template)
            in_package = template.replace(PACKAGE, self.vendor.module)
            for path, subjects in self._find_outputs(in_package, place):
                if path in places:
                    raise InputError(place, f"{path!r} is also written by {places[path]}; rename one of them")
                places[path] = place
                found.append(Output(path, template, subjects))
        _check_paths(places)
        return found

    def render(self, output: Output) -> str:
        """Render a file. What its template does not name, it does not see.

        Raises:
            InputError: the template has an error (with its line), or prints text without a filter.

        """
        if not output.template.endswith(TEMPLATE_SUFFIX):
            return self.templates[output.template]
        return self._render(output, {})

    def _render(self, output: Output, more: Visible) -> str:
        named = self.find_names(output.template)
        visible = self._shared | self._list_about(output) | more
        seen = {name: see() for name, see in visible.items() if not named.isdisjoint((name, ANY_NAME))}
        subject = "".join(f" (for {one.name})" for one in output.subjects.values())
        place = self._place(output.template)
        return render_template(self._environment, output.template, place, seen, subject)

    @property
    def providers(self) -> Sequence[Provider]:
        """All providers."""
        return self._find_providers()

    def prepare(self, outputs: Iterable[Output]) -> None:
        """Read once what several files need, before they are rendered one by one."""
        pages = (self.find_page(one) for one in outputs if self.sees_origins(one))
        self.drafts.prepare(page.name for page in pages if page)

    def sees_origins(self, output: Output) -> bool:
        """Tell whether the template of a file for a model asks where facts come from."""
        names = self.find_names(output.template)
        return "model" in output.subjects and not names.isdisjoint((ORIGINS, ANY_NAME))

    def find_names(self, template: str) -> frozenset[str]:
        """Find what a template names of what it could see; `ANY_NAME` is all of it. Other targets from which it takes templates end in a slash.

        Raises:
            InputError: it is no template.

        """
        if not template.endswith(TEMPLATE_SUFFIX):
            return frozenset()
        if template not in self._names:
            self._names[template] = find_names(self._environment, template, self._place(template))
        return self._names[template]

    def find_page(self, output: Output) -> Page | None:
        """Find the page of a file: that for which it is rendered, or that of its model."""
        page, model = output.subjects.get("page"), output.subjects.get("model")
        if isinstance(page, Page):
            return page
        return self._page_of[model.id] if isinstance(model, Model) else None

    def find_referred(self, models: Iterable[Model]) -> Mapping[str, Model]:
        """Find the models that some refer to, and so on, by `$id`."""
        found: dict[str, Model] = {}
        left = [*models]
        while left:
            for one in left.pop().references:
                if one not in found:
                    found[one] = self._by_id[one]
                    left.append(found[one])
        return found

    def _find_outputs(self, path: str, place: Place) -> Iterator[tuple[str, Subjects]]:
        """Return each output path of a template, and what it is rendered for."""
        output = path.removesuffix(TEMPLATE_SUFFIX)
        kinds = [kind for kind in KINDS if f"{{{kind}}}" in output]
        _check_kinds(kinds, self.target, place)
        for subjects in self._list_subjects(kinds):
            written = output
            for kind, subject in subjects.items():
                written = written.replace(f"{{{kind}}}", self._spell(subject, kind))
            yield _safe_path(written, place), subjects

    def _spell(self, subject: Subject, kind: str) -> str:
        """Spell the name of what a file is rendered for; that of a release is its version, and the first volume has none."""
        if isinstance(subject, Volume):
            return subject.suffix
        return subject.name if isinstance(subject, PastRelease) else spell(subject, kind, self.target)

    def _list_subjects(self, kinds: Sequence[str]) -> Iterator[Subjects]:
        """List for what a template is rendered: for each page, model, parameter, provider or release, for each model of each page, or once."""
        match kinds:
            case []:
                yield {}
            case ["page"]:
                yield from ({"page": page} for page in self.pages)
            case ["model"]:
                yield from ({"model": model} for model in all_models(self.pages))
            case ["parameter"]:
                yield from ({"parameter": name} for name in self._find_names())
            case ["provider"]:
                yield from ({"provider": provider} for provider in self._find_providers())
            case ["provider", "volume"]:
                pairs = ((each, one) for each in self._find_providers() for one in self._bind_volumes(each))
                for provider, volume in pairs:
                    yield {"provider": provider, "volume": volume}
            case ["release"]:
                yield from ({"release": release} for release in self._timeline.releases)
            case _:
                of_page: Iterator[Subjects] = (
                    {"page": page, "model": model} for page in self.pages for model in page.models
                )
                yield from of_page

    def find_history(self, output: Output) -> History:
        """Find the changes of that for which a file is rendered; of all, if that is nothing."""
        match [*output.subjects.values()]:
            case [*_, Model(id=model)]:
                return self._timeline.of_model(model)
            case [Page(name=page)]:
                return self._timeline.of_page(page, [one.id for one in output.models])
            case [Name(slug=slug)]:
                return self._timeline.of_parameter(slug)
            case [Provider(slug=slug)]:
                return self._timeline.of_provider(slug)
            case [PastRelease(name=version)]:
                return self._timeline.of_release(version)
        return self._timeline.all

    def find_dates(self, output: Output) -> Mapping[str, Dates]:
        """Find the dates of the models for which a file is rendered; of all, if that is nothing."""
        models = output.models if output.subjects else all_models(self.pages)
        return self._timeline.dates_of([model.id for model in models])

    def _list_about(self, output: Output) -> Visible:
        """List what the template of a file may see of that for which it is rendered."""
        about: Visible = {
            REFERRED: lambda: self.find_referred(output.models) if output.subjects else self._by_id,
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

    def _bind_volumes(self, provider: Provider) -> Sequence[Volume]:
        """Bind the volumes about the models of a provider; none where the target does not say how."""
        if not (volumes := self.target.volumes):
            return ()
        if provider.slug not in self.divisions:
            self.divisions[provider.slug] = divide_models(provider.models, self._write_section, volumes.bytes)
        numbers = self.divisions[provider.slug]
        return [*bind_volumes(provider.models, numbers, self._write_section)]

    def _write_section(self, model: Model) -> str:
        """Write what stands about a model in a volume: in short where it would be longer than a volume by itself."""
        if (volumes := self.target.volumes) is None:
            raise ValueError("the target has no [volumes]")
        output = Output("", volumes.template, {"model": model})
        text = self._render(output, {"is_whole": lambda: True})
        fits = len(text.encode()) < volumes.bytes
        return text if fits else self._render(output, {"is_whole": lambda: False})

    def _find_origins(self, model: Model) -> Mapping[str, RowOrigins]:
        return make_origins(model, self.drafts.find(self._page_of[model.id].name, model.id))

    def _place(self, template: str) -> Place:
        return Place(f"templates/{self.name}/{template}")


def _list_shared(pages: Sequence[Page], releases: Sequence[Release]) -> Visible:
    """List what each template may see of all models, and of the versions."""
    return {
        "pages": lambda: pages,
        "models": cache(lambda: all_models(pages)),
        "paths": cache(lambda: list_paths(pages)),
        "bodies": cache(lambda: {model.id: make_body(model) for model in all_models(pages)}),
        "rules": lambda: RULES,
        "codes": lambda: CODES,
        "releases": cache(lambda: [*map(_leave_out_rows, releases)]),
        "version": lambda: current_version(releases),
    }


def _leave_out_rows(release: Release) -> Release:
    """Leave out what no key of a file that names `releases` has; `changes` has it."""
    return replace(release, changes=tuple(one.without_rows for one in release.changes))


def is_rendered(path: str) -> bool:
    """Tell whether a file of a target's folder is written to the output: not its `target.toml`, and no macros."""
    is_for_import = path.startswith(MACROS) and path.endswith(TEMPLATE_SUFFIX)
    return path not in NOT_RENDERED and not is_for_import


def _check_paths(places: Mapping[str, Place]) -> None:
    """Reject paths that some file systems treat as the same path, or that are both a file and a folder."""
    lower = Counter(path.lower() for path in places)
    folders = {path[:end] for path in lower for end, sign in enumerate(path) if sign == "/"}
    for path, place in places.items():
        if lower[path.lower()] > 1:
            raise InputError(
                place, f"{path!r} differs from another output path only in case; rename one of them"
            )
        if path.lower() in folders:
            raise InputError(
                place, f"{path!r} is both a file and the folder of other files; rename one of them"
            )


def _check_kinds(kinds: Sequence[str], target: Target, place: Place) -> None:
    """Check that a path can name things of these kinds together, and that the target spells them."""
    if "volume" in kinds and not target.volumes:
        raise InputError(place, "target.toml has no [volumes], which {volume} needs")
    if lost := next((kind for kind in kinds if kind not in (*target.names, "release", "volume")), ""):
        problem = f"target.toml has no names.{lost}, which {{{lost}}} needs; add it under [names]"
        raise InputError(place, problem)
    if len(kinds) > 1 and kinds not in TOGETHER:
        written = " and ".join(f"{{{kind}}}" for kind in kinds)
        raise InputError(
            place,
            f"{written} cannot stand in one path; only {{page}} and {{model}} can, or {{provider}} and {{volume}}",
        )
    for kind in {*kinds} & {"parameter", "provider"}:
        if not has_slugs(target.names[kind]):
            of = "wire" if kind == "parameter" else kind
            problem = f'{{{kind}}} needs names.{kind} with of = "{of}" and casing = "slug", which all its spellings share'
            raise InputError(place, problem)


def _safe_path(path: str, place: Place) -> str:
    is_safe = all(SAFE_PART.fullmatch(part) and not WINDOWS_DEVICES.match(part) for part in path.split("/"))
    if not is_safe or len(path) > MAX_PATH_LENGTH:
        rule = (
            "use characters, digits and . _ -, {model}, {page}, {parameter}, {provider} or {release}, and no name that Windows reserves; "
            f"at most {MAX_PATH_LENGTH} characters"
        )
        raise InputError(place, f"{quote(path)} is not a safe path; {rule}")
    return path
