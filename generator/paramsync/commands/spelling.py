"""Find the names that would be alike, in the files of specs or as a target writes them: in the models of pages, and in specs that stand."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from paramsync.commands.naming_findings import report_double, report_draft, report_referring, report_spec
from paramsync.commands.root import read_target
from paramsync.findings import Finding
from paramsync.pages.acceptances import Acceptance
from paramsync.pages.vendor import Vendor
from paramsync.rendering.clashes import SPECS, Clash, find_clashes, find_doubles, list_spellings, name_on_page
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.pages import Page
from paramsync.rendering.selection import is_for_vendor
from paramsync.rendering.service import Service
from paramsync.rendering.target import Target
from paramsync.specs.document import NAME_IN_CODE, name_in_code
from paramsync.specs.draft import Draft
from paramsync.text import Json
from paramsync.workspace.targets import list_made


def read_targets(root: Path, api: str) -> dict[str, Target]:
    """Read all targets that a root makes, without those that are made for another API than that of the vendor.

    Raises:
        InputError: a target.toml cannot be used.

    """
    targets = {name: read_target(root, name, api) for name in list_made(root)}
    return {name: target for name, target in targets.items() if is_for_vendor(target, api)}


def check_spelling(
    drafts: Mapping[str, Draft],
    last: Mapping[str, Json],
    released: Mapping[str, Json],
    *,
    listed: Collection[str],
    overlays: Iterable[str],
    targets: Mapping[str, Target],
    vendor: Vendor,
) -> Iterator[Finding]:
    """Find names that would be alike: once for each pair, at the newcomer.

    One whose spec would have the file of another keeps its last spec; one that a target would write like another is left out there.
    `drafts` are the models without errors; `last` are the specs that stand so far, by model, `released` those of the newest version;
    `listed` are the models of all pages, `overlays` the overlays of all models.
    """
    before, told = {**last, **released}, set[tuple[str, str]]()
    left, paths = dict(drafts), {path.lower() for path in overlays}
    service = Service(vendor)
    specs = {**last, **{model: draft.spec for model, draft in drafts.items()}}
    made = {model: make_model(spec, service=service) for model, spec in specs.items()}
    is_settled = False
    # A model that keeps its last spec keeps the name in it, with which another may then be alike.
    while not is_settled:
        is_settled = True
        models = [made[model] for model in (*(one for one in last if one not in left), *left)]
        for draft, clash in _find_model_clashes(left, models, before, {**SPECS, **targets}, vendor):
            code = "left-out" if SPECS.keys().isdisjoint(clash.targets) else "names-alike"
            if code == "names-alike":
                left.pop(draft.model)
                is_settled = False
                if draft.model in last:
                    made[draft.model] = make_model(last[draft.model], service=service)
            if (draft.model, code) not in told:
                yield report_draft(code, draft, clash, listed=listed, stored=last, overlays=paths)
            told.add((draft.model, code))
    # Its overlay may get a name first.
    for draft in (one for model, one in left.items() if (model, "left-out") not in told):
        for clash in _compare_parameters(made[draft.model], before.get(draft.model, {}), targets):
            yield report_draft("left-out", draft, clash, listed=listed, stored=last, overlays=paths)


def keeps_names(
    drafts: Mapping[str, Draft], last: Mapping[str, Json], targets: Mapping[str, Target], vendor: Vendor
) -> bool:
    """Tell whether models are called as in their last specs wherever names of models are compared."""
    service = Service(vendor)
    return all(
        list_spellings(make_model(draft.spec, service=service), targets)
        == list_spellings(make_model(last[model], service=service), targets)
        for model, draft in drafts.items()
    )


def _find_model_clashes(
    drafts: Mapping[str, Draft],
    models: list[Model],
    before: Mapping[str, Json],
    targets: Mapping[str, Target],
    vendor: Vendor,
) -> list[tuple[Draft, Clash]]:
    """Find the drafts whose models have the name of one before them; `models` are theirs, and those that stand without a draft.

    `before` are the specs by which a name is an old or a new one.
    """
    models.sort(key=lambda model: _rank(model.spec, before.get(model.id)))
    former = {model: name_in_code(spec, vendor.prefix) for model, spec in before.items()}
    found = [(name_on_page(clash.subject), clash) for clash in find_clashes(models, targets, former)]
    return [(drafts[model], clash) for model, clash in found if model in drafts]


def find_unwritable(
    pages: Iterable[Page],
    targets: Mapping[str, Target],
    released: Mapping[str, Json],
    acceptances: Iterable[Acceptance],
    vendor: Vendor,
) -> tuple[list[Finding], dict[str, frozenset[str]]]:
    """Find the models that each target must leave out, since it would write a name like another or they refer to such a model.

    The findings say which; those that the profile accepts, as what `scrape` warns of, are not among them.
    """
    models = [model for page in pages for model in page.models]
    models.sort(key=lambda model: (*_rank(model.spec, released.get(model.id)), not model.is_deprecated))
    alike = find_clashes(models, targets, {})
    found = [(clash.subject, clash) for clash in alike if isinstance(clash.subject, Model)]
    found += [
        (model, clash)
        for model in models
        for clash in _compare_parameters(model, released.get(model.id, {}), targets)
    ]
    findings = [report_spec(model, clash) for model, clash in found]
    left_out = {name: {model.id for model, clash in found if name in clash.targets} for name in targets}
    for name, target in targets.items():
        doubles = {model.id: pair for model in models for pair in find_doubles(model, target)}
        findings += [report_double(name, model, *pair) for model, pair in doubles.items()]
        left_out[name].update(doubles)
        for model, other in _find_referring(models, left_out[name]):
            findings.append(report_referring(name, model, other))
    accepted = [one for one in acceptances if one.code == "left-out"]
    findings = [
        one
        for one in findings
        if not any(each.accepts(replace(one, code="left-out"), vendor.prefix) for each in accepted)
    ]
    return findings, {name: frozenset(ids) for name, ids in left_out.items()}


def _find_referring(models: Sequence[Model], left_out: set[str]) -> Iterator[tuple[Model, Model]]:
    """Find the models that refer to one that is left out, and add them to these."""
    by_id = {model.spec["$id"]: model for model in models}
    left = [model for model in models if model.id not in left_out]
    is_done = False
    while not is_done:
        is_done = True
        for model in left:
            others = [by_id[one] for one in model.references if by_id[one].id in left_out]
            if others and model.id not in left_out:
                is_done = False
                left_out.add(model.id)
                yield model, others[0]


def _compare_parameters(model: Model, before: Json, targets: Mapping[str, Target]) -> Iterator[Clash]:
    rules, was = model.spec["properties"], before.get("properties", {})
    ranked = sorted(model.parameters, key=lambda one: _rank(rules[one.name], was.get(one.name)))
    former = {name: facts.get(NAME_IN_CODE, name) for name, facts in was.items()}
    return find_clashes(ranked, targets, former, (model,))


def _rank(facts: Json, last: Json | None) -> tuple[bool, bool]:
    """Rank what stood with the same name in code before what is new, and what has been given one before what has not."""
    given = facts.get(NAME_IN_CODE)
    return last is None or last.get(NAME_IN_CODE) != given, given is None
