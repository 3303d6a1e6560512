"""Findings about names that are alike, with the overlay that gives the newcomer a name in code. Pure."""

from collections.abc import Collection, Mapping
from itertools import chain, count

from paramsync.findings import Finding, Place
from paramsync.pages.page import Text
from paramsync.paths import OVERLAY_SUFFIX
from paramsync.rendering.clashes import Clash, Spelled, name_on_page
from paramsync.rendering.models import Model, Parameter
from paramsync.specs.corrections import write_naming
from paramsync.specs.document import NAME_IN_CODE
from paramsync.specs.draft import Draft
from paramsync.text import list_words


def report_draft(
    code: str,
    draft: Draft,
    clash: Clash,
    *,
    listed: Collection[str],
    stored: Collection[str],
    overlays: Collection[str],
) -> Finding:
    """Report the newcomer of two names that would be alike, at its place on the page.

    `listed` are the models of all pages, `stored` those that have specs, `overlays` the paths of all overlays, in small letters.
    """
    parameter, other = _parameter_of(clash), name_on_page(clash.other)
    is_unlisted = not parameter and other not in listed
    hint = ", which no page lists any more: paramsync scrape --prune removes it" if is_unlisted else ""
    problem = f"in {list_words(clash.targets)}, its name would equal that of {other} ({clash.spelled}){hint}"
    facts = draft.spec["properties"][parameter] if parameter else draft.spec
    file, model = _find_overlay(draft, clash, {*listed, *stored} - {draft.model}, overlays)
    where = f"{file}, in place of the name_in_code there" if NAME_IN_CODE in facts else file
    text = _find_origin(draft, parameter)["x-type" if parameter else "x-model"]
    lines = write_naming(where, model, parameter, clash.free, other) if clash.free else ""
    return Finding(code, text.place, problem, draft.model, parameter, lines)


def report_spec(model: Model, clash: Clash) -> Finding:
    """Report a model that targets leave out, at its spec: its name, or that of a parameter, is alike to another there."""
    parameter, other = _parameter_of(clash), name_on_page(clash.other)
    name = f"{'the name of the parameter' if parameter else 'its name'} there ({clash.spelled})"
    problem = f"the model is not written for {', '.join(clash.targets)}: {name} equals that of {other}"
    file = model.source.removesuffix(".json") + OVERLAY_SUFFIX
    stated = model.id if model.has_given_name else ""  # then the spec is not named by its id
    is_hopeless = model.is_deprecated or not clash.free
    lines = "" if is_hopeless else write_naming(file, stated, parameter, clash.free, other)
    return Finding("names-alike", Place(model.source), problem, model.id, parameter, lines)


def report_referring(target: str, model: Model, other: Model) -> Finding:
    """Report a model that a target leaves out because it refers to one that is left out."""
    problem = f"the model is not written for {target}: it refers to {other.id}, which is not"
    return Finding("names-alike", Place(model.source), problem, model.id)


def report_double(target: str, model: str, one: Spelled, other: Spelled) -> Finding:
    """Report two names that a target composes alike of different things of one model."""
    problem = f"the model is not written for {target}: of two things in it, {one.kind} and {other.kind} are both {one.name}"
    return Finding("composed-alike", Place(f"templates/{target}/target.toml"), problem, model)


def _parameter_of(clash: Clash) -> str:
    """Return the name of the parameter that a clash is about; empty if it is about a model."""
    return clash.subject.name if isinstance(clash.subject, Parameter) else ""


def _find_origin(draft: Draft, parameter: str) -> Mapping[str, Text]:
    """Find where a parameter stands; one without a row of its own, where the first one inside it does."""
    if parameter in draft.origins:
        return draft.origins[parameter]
    return next(one for path, one in draft.inner.items() if path.startswith(f"{parameter}/"))


def _find_overlay(
    draft: Draft, clash: Clash, others: Collection[str], overlays: Collection[str]
) -> tuple[str, str]:
    """Return the file of a model's overlay, and the id that it must state where its name does not tell."""
    if draft.overlay:
        return draft.overlay, ""
    own, name_of = draft.name, draft.profile.vendor.name_of
    folder = draft.origins[""]["x-model"].place.file.rpartition("/")[0]
    is_unique = all(name_of(one).lower() != own.lower() for one in others)
    first = own if _parameter_of(clash) or is_unique else clash.free
    names = chain([first], (f"{own}-{number}" for number in count(2)))
    paths = (f"{folder}/{name}{OVERLAY_SUFFIX}" for name in names)
    path = next(path for path in paths if path.lower() not in overlays)
    return path, "" if is_unique and path == f"{folder}/{own}{OVERLAY_SUFFIX}" else draft.model
