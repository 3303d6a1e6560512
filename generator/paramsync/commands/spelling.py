"""Find the names that a target would spell alike, and show the overlay that gives the newcomer a name in code."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from paramsync.commands.root import read_target
from paramsync.findings import Finding, Place
from paramsync.paths import spec_name
from paramsync.rendering.clashes import SPECS, Clash, Named, find_clashes
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.pages import Page
from paramsync.rendering.target import Target
from paramsync.specs.corrections import write_naming
from paramsync.specs.document import NAME_IN_CODE, name_in_code
from paramsync.specs.draft import Draft
from paramsync.specs.overlays import OVERLAY_SUFFIX
from paramsync.text import Json
from paramsync.workspace import files


def read_targets(root: Path) -> dict[str, Target]:
    """Read all targets of a root, and the one that each root has: the names of its specs.

    Raises:
        InputError: a target.toml cannot be used.

    """
    return {name: read_target(root, name) for name in files.list_folders(root / "templates", root)} | SPECS


def check_spelling(
    drafts: Mapping[str, Draft],
    last: Mapping[str, Json],
    listed: Collection[str],
    overlays: Iterable[str],
    targets: Mapping[str, Target],
) -> Iterator[Finding]:
    """Find names that a target would spell alike: once for each pair, at the newcomer, whose model keeps its last spec.

    `drafts` are the models without errors; `last` are the specs that stand so far, by model; `listed` are the models of all pages,
    `overlays` the overlays of all models.
    """
    check = _Check(dict(drafts), last, listed, {path.lower() for path in overlays}, targets)
    found = [*check.find_models(), *check.find_parameters()]
    yield from found
    yield from check.find_models() if found else ()  # a model that keeps its last spec keeps the name in it


def check_specs(
    pages: Iterable[Page], targets: Mapping[str, Target]
) -> Iterator[tuple[Finding, tuple[str, ...]]]:
    """Find what targets would spell alike in specs that stand, with the targets that must leave the model out.

    There is none where `scrape` has written them for the same targets.
    """
    models = [model for page in pages for model in page.models]
    models.sort(key=lambda model: model.is_deprecated)
    for clash in find_clashes(models, targets, {}):
        if isinstance(clash.subject, Model):
            yield _report_spec(clash, clash.subject), clash.targets
    for model in models:
        for clash in find_clashes(model.parameters, targets, {}):
            yield _report_spec(clash, model), clash.targets


@dataclass(frozen=True)
class _Check:
    """What there is to compare; a model with a finding leaves `drafts`, and so its last spec counts."""

    drafts: dict[str, Draft]
    last: Mapping[str, Json]
    listed: Collection[str]
    overlays: Collection[str]
    targets: Mapping[str, Target]

    def find_models(self) -> Iterator[Finding]:
        former = {model: name_in_code(spec) for model, spec in self.last.items()}
        while clashes := [
            one for one in self._compare_models(former) if _name_of(one.subject) in self.drafts
        ]:
            for clash in clashes:
                yield self._report(clash, self.drafts.pop(_name_of(clash.subject)), "")

    def _compare_models(self, former: Mapping[str, str]) -> Iterator[Clash]:
        kept = [make_model(spec) for model, spec in self.last.items() if model not in self.drafts]
        drafted = sorted(
            self.drafts.values(), key=lambda draft: _rank(draft.spec, self.last.get(draft.model))
        )
        return find_clashes([*kept, *(make_model(draft.spec) for draft in drafted)], self.targets, former)

    def find_parameters(self) -> Iterator[Finding]:
        for draft in [*self.drafts.values()]:
            before = self.last.get(draft.model, {}).get("properties", {})
            former = {name: rules.get(NAME_IN_CODE, name) for name, rules in before.items()}
            rules = draft.spec["properties"]
            ranked = sorted(
                make_model(draft.spec).parameters,
                key=lambda one: _rank(rules[one.name], before.get(one.name)),
            )
            for clash in find_clashes(ranked, self.targets, former):
                self.drafts.pop(draft.model, None)
                yield self._report(clash, draft, clash.subject.name)

    def _report(self, clash: Clash, draft: Draft, parameter: str) -> Finding:
        other = _name_of(clash.other)
        is_unlisted = not parameter and other not in self.listed
        hint = ", which no page lists any more: paramsync scrape --prune removes it" if is_unlisted else ""
        problem = f"{clash.targets[0]} would spell it like {other} ({clash.spelled}){hint}"
        text = draft.origins[parameter]["x-type" if parameter else "x-model"]
        file, model = self._find_overlay(clash, draft, parameter)
        facts = draft.spec["properties"][parameter] if parameter else draft.spec
        where = f"{file}, in place of the name_in_code there" if NAME_IN_CODE in facts else file
        overlay = write_naming(where, model, parameter, clash.free, other)
        return Finding("names-alike", text.place, problem, draft.model, parameter, overlay)

    def _find_overlay(self, clash: Clash, draft: Draft, parameter: str) -> tuple[str, str]:
        """Return the file of a model's overlay, and the id that it must state where its name does not tell."""
        if draft.overlay:
            return draft.overlay, ""
        own = spec_name(draft.model)
        folder = draft.origins[""]["x-model"].place.file.rpartition("/")[0]
        others = {*self.listed, *self.last} - {draft.model}
        is_unique = all(spec_name(one).lower() != own.lower() for one in others)
        first = own if parameter or is_unique else clash.free
        names = chain([first], (f"{own}-{number}" for number in count(2)))
        paths = (f"{folder}/{name}{OVERLAY_SUFFIX}" for name in names)
        path = next(path for path in paths if path.lower() not in self.overlays)
        return path, "" if is_unique and path == f"{folder}/{own}{OVERLAY_SUFFIX}" else draft.model


def _rank(facts: Json, last: Json | None) -> tuple[bool, bool]:
    """Rank what stood with the same name in code before what is new, and what has been given one before what has not."""
    given = facts.get(NAME_IN_CODE)
    return last is None or last.get(NAME_IN_CODE) != given, given is None


def _report_spec(clash: Clash, model: Model) -> Finding:
    parameter, other = clash.subject.name if clash.subject is not model else "", _name_of(clash.other)
    file = model.source.removesuffix(".json") + OVERLAY_SUFFIX
    named = model.id if NAME_IN_CODE in model.spec else ""  # then the spec is not named by its id
    lines = "" if model.is_deprecated else write_naming(file, named, parameter, clash.free, other)
    problem = (
        f"{', '.join(clash.targets)} would spell it like {other} ({clash.spelled}) and leave the model out"
    )
    return Finding("names-alike", Place(model.source), problem, model.id, parameter, lines)


def _name_of(subject: Named) -> str:
    return subject.id if isinstance(subject, Model) else subject.name
