"""Which files a target makes: a path for each thing for which its templates are rendered. Pure.

The template tree is the output tree: a path with `{model}` is rendered once per model, with `{page}` once per page, with both once per
model of each page, with `{parameter}` once per name of parameters, with `{provider}` once per provider, with `{release}` once per
release, any other path once; `{package}` in it is the name of the vendor's package in code; `.jinja` is removed from the
name; a file without it is copied.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from paramsync.findings import InputError, Place
from paramsync.paths import MAX_PATH_LENGTH, WINDOWS_DEVICES
from paramsync.rendering.catalogue import Catalogue
from paramsync.rendering.models import Model
from paramsync.rendering.names.parameters import Name
from paramsync.rendering.names.providers import Provider
from paramsync.rendering.pages import Page
from paramsync.rendering.past.releases import PastRelease
from paramsync.rendering.target import Target, has_slugs, spell
from paramsync.rendering.volumes import Volume
from paramsync.text import Tree, quote

Subject = Page | Model | Name | Provider | PastRelease | Volume
Subjects = Mapping[str, Subject]
FindVolumes = Callable[[Provider], Sequence[Volume]]

NOT_RENDERED = ("target.toml", "macros.jinja")
TEMPLATE_SUFFIX = ".jinja"
PACKAGE, MACROS = "{package}", "macros/"
# What a path may be rendered for; two of these stand in one path only if they are named together.
KINDS = ("page", "model", "parameter", "provider", "volume", "release")
TOGETHER = (["page", "model"], ["provider", "volume"])
SAFE_PART = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(?<!\.)")


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


@dataclass(frozen=True, slots=True)
class Lister:
    """Lists the files that the target `name` makes, given what finds the volumes about a provider."""

    name: str
    target: Target
    catalogue: Catalogue
    find_volumes: FindVolumes

    def list_outputs(self, templates: Tree) -> list[Output]:
        """List the files, template by template.

        Raises:
            InputError: an output path is unsafe or already taken.

        """
        found: list[Output] = []
        places: dict[str, Place] = {}
        for template in sorted(filter(is_rendered, templates)):
            place = Place(f"templates/{self.name}/{template}")
            in_package = template.replace(PACKAGE, self.catalogue.vendor.module)
            for path, subjects in self._find_outputs(in_package, place):
                if path in places:
                    raise InputError(place, f"{path!r} is also written by {places[path]}; rename one of them")
                places[path] = place
                found.append(Output(path, template, subjects))
        _check_paths(places)
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

    def _list_subjects(self, kinds: Sequence[str]) -> Iterable[Subjects]:
        """List for what a template is rendered."""
        of_all = self.catalogue
        match kinds:
            case []:
                return [{}]
            case ["page", "model"]:
                return [{"page": page, "model": model} for page in of_all.pages for model in page.models]
            case ["provider", "volume"]:
                pairs = ((each, one) for each in of_all.providers for one in self.find_volumes(each))
                return [{"provider": provider, "volume": volume} for provider, volume in pairs]
        (kind,) = kinds
        return ({kind: one} for one in self._list_alone(kind))

    def _list_alone(self, kind: str) -> Iterable[Subject]:
        """List what a path of one kind alone may be about."""
        of_all = self.catalogue
        match kind:
            case "page":
                return of_all.pages
            case "model":
                return of_all.models
            case "parameter":
                return of_all.names
            case "provider":
                return of_all.providers
        return of_all.timeline.releases


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
