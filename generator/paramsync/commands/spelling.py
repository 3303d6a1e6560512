"""Find the names that a target would write alike: in the models of pages, and in specs that stand."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from paramsync.commands.naming_findings import report_draft, report_spec
from paramsync.commands.root import read_target
from paramsync.findings import Finding
from paramsync.pages.vendor import Vendor
from paramsync.rendering.clashes import SPECS, Clash, find_clashes, name_on_page
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.pages import Page
from paramsync.rendering.service import Service
from paramsync.rendering.target import Target
from paramsync.specs.document import NAME_IN_CODE, name_in_code
from paramsync.specs.draft import Draft
from paramsync.text import Json
from paramsync.workspace.targets import list_made


def read_targets(root: Path) -> dict[str, Target]:
    """Read all targets that a root makes, and the one that each root has: the names of its specs.

    Raises:
        InputError: a target.toml cannot be used.

    """
    return {name: read_target(root, name) for name in list_made(root)} | SPECS


def check_spelling(
    drafts: Mapping[str, Draft],
    last: Mapping[str, Json],
    listed: Collection[str],
    overlays: Iterable[str],
    targets: Mapping[str, Target],
    *,
    vendor: Vendor,
) -> Iterator[Finding]:
    """Find names that a target would write alike: once for each pair, at the newcomer, whose model keeps its last spec.

    `drafts` are the models without errors; `last` are the specs that stand so far, by model; `listed` are the models of all pages,
    `overlays` the overlays of all models.
    """
    left, paths = dict(drafts), {path.lower() for path in overlays}
    # A model that keeps its last spec keeps the name in it, with which another may then be alike.
    while found := find_model_clashes(left, last, targets, vendor) or find_parameter_clashes(
        left, last, targets, vendor
    ):
        for draft, clash in found:
            left.pop(draft.model, None)
            yield report_draft(draft, clash, listed, last, paths)


def find_model_clashes(
    drafts: Mapping[str, Draft], last: Mapping[str, Json], targets: Mapping[str, Target], vendor: Vendor
) -> list[tuple[Draft, Clash]]:
    """Find the drafts whose models have the name of one before them; of a model without a draft, the last spec counts."""
    kept = [make_model(spec, service=Service(vendor)) for model, spec in last.items() if model not in drafts]
    ranked = sorted(drafts.values(), key=lambda draft: _rank(draft.spec, last.get(draft.model)))
    models = [*kept, *(make_model(draft.spec, service=Service(vendor)) for draft in ranked)]
    former = {model: name_in_code(spec, vendor.prefix) for model, spec in last.items()}
    found = [(name_on_page(clash.subject), clash) for clash in find_clashes(models, targets, former)]
    return [(drafts[model], clash) for model, clash in found if model in drafts]


def find_parameter_clashes(
    drafts: Mapping[str, Draft], last: Mapping[str, Json], targets: Mapping[str, Target], vendor: Vendor
) -> list[tuple[Draft, Clash]]:
    """Find the parameters of drafts that have the name of one before them in the same model."""
    return [
        (draft, clash)
        for draft in drafts.values()
        for clash in _compare_parameters(draft.spec, last.get(draft.model, {}), targets, vendor)
    ]


def find_unwritable(
    pages: Iterable[Page], targets: Mapping[str, Target]
) -> tuple[list[Finding], dict[str, frozenset[str]]]:
    """Find the names that targets would write alike in specs that stand, and the models that each target must leave out.

    There are none where `scrape` has written the specs for the same targets.
    """
    models = [model for page in pages for model in page.models]
    models.sort(key=lambda model: model.is_deprecated)
    alike = find_clashes(models, targets, {})
    found = [(clash.subject, clash) for clash in alike if isinstance(clash.subject, Model)]
    found += [(model, clash) for model in models for clash in find_clashes(model.parameters, targets, {})]
    left_out = {
        name: frozenset(model.id for model, clash in found if name in clash.targets) for name in targets
    }
    return [report_spec(model, clash) for model, clash in found], left_out


def _compare_parameters(
    spec: Json, last: Json, targets: Mapping[str, Target], vendor: Vendor
) -> Iterator[Clash]:
    rules, before = spec["properties"], last.get("properties", {})
    parameters = make_model(spec, service=Service(vendor)).parameters
    ranked = sorted(parameters, key=lambda one: _rank(rules[one.name], before.get(one.name)))
    return find_clashes(ranked, targets, {name: was.get(NAME_IN_CODE, name) for name, was in before.items()})


def _rank(facts: Json, last: Json | None) -> tuple[bool, bool]:
    """Rank what stood with the same name in code before what is new, and what has been given one before what has not."""
    given = facts.get(NAME_IN_CODE)
    return last is None or last.get(NAME_IN_CODE) != given, given is None
