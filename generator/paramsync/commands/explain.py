"""The verb `explain`: where each keyword of a spec comes from. Reads `specs/`."""

import json
from collections.abc import Iterator
from pathlib import Path

from paramsync.commands.outcome import IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.project import Project, read_project
from paramsync.findings import MAX_NAME_LENGTH, Place, UsageError
from paramsync.pages.page import Text
from paramsync.specs.draft import Draft, Origins
from paramsync.specs.facts import KEYWORDS
from paramsync.specs.origins import Fact, explain_parameter
from paramsync.specs.spec_checks import check_spec
from paramsync.text import Json, shorten, suggest_name

MAX_SHOWN = 60
JUDGEMENTS = {"agrees": "says the same", "differs": "differs"}


def explain(root: Path, model: str, parameter: str | None) -> Outcome:
    """Show each keyword of a model's spec, or of one parameter, beside the cell it comes from.

    Raises:
        InputError: `specs/profile.toml` cannot be used.
        UsageError: there is no such model or parameter, and each page could be read.

    """
    project = read_project(root, iter)
    drafts = {draft.model: draft for draft in _retained_drafts(project)}
    drafts |= {draft.model: draft for built in project.pages.values() for draft in built.drafts}
    by_name = {project.profile.vendor.name_of(name): draft for name, draft in drafts.items()} | drafts
    draft = by_name.get(model)
    if draft is None:
        problem = f"no page has a model {model!r}{suggest_name(model, by_name)}"
        unread = [str(one) for one in project.findings if one.is_error and not one.model]
        if not unread:
            raise UsageError(problem)
        return Outcome(lines=(*unread, f"of what could be read, {problem}"), exit_code=INPUT_ERROR)
    properties = draft.parameters
    if parameter is not None and parameter not in properties:
        raise UsageError(f"{draft.model} has no parameter {parameter!r}{suggest_name(parameter, properties)}")
    chosen = [parameter] if parameter is not None else ["", *properties]
    lines = [line for name in chosen for line in _explain(draft, name)]
    lines += [line for name, line in draft.corrections if name in ("", *chosen)]
    findings = [
        one for one in project.findings if one.model == draft.model and one.parameter in ("", *chosen)
    ]
    exit_code = INPUT_ERROR if any(one.is_error for one in findings) else IN_ORDER
    return Outcome(lines=(*lines, *map(str, findings)), exit_code=exit_code)


def _retained_drafts(project: Project) -> Iterator[Draft]:
    """Return the models that no page lists any more; the place of each keyword is the file of the last spec."""
    for page, folder in project.folders.items():
        for model, date in folder.page.deprecated.items():
            spec, file = folder.spec(model), f"specs/{page}/{folder.page.spec_file(model)}"
            if spec and not check_spec(spec):
                since = f" since {date}" if date else ""
                note = f"{model}: its page no longer lists it{since}; its last spec is kept in {file}"
                yield Draft(
                    project.profile, model, spec, _retained_origins(spec, file), corrections=[("", note)]
                )


def _retained_origins(spec: Json, file: str) -> Origins:
    text = Text(Place(file), "", ())
    known = {key for column in KEYWORDS.values() for key in column}
    model = dict.fromkeys(spec.keys() - {"$schema", "$id", "type", "properties", "required"}, text)
    model.pop("additionalProperties", None)
    return {"": model} | {
        name: dict.fromkeys(known.union(rules), text) for name, rules in spec["properties"].items()
    }


def _explain(draft: Draft, name: str) -> Iterator[str]:
    """Return a heading and a line for each keyword: keyword, value, cell as written, place."""
    rows = [row for fact in explain_parameter(draft, name) if _is_told(fact) for row in _rows(fact)]
    widths = [max(map(len, column)) for column in zip(*(cells for cells, _ in rows), strict=True)]
    yield ": ".join(shorten(one, MAX_NAME_LENGTH) for one in (draft.model, name) if one)
    for cells, place in rows:
        aligned = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield f"  {aligned}  {place}"


def _is_told(fact: Fact) -> bool:
    """Tell whether there is something to say: that a parameter is optional goes without saying."""
    return fact.keyword != "required" or fact.value or fact.is_told_differently


def _rows(fact: Fact) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Write the row of a keyword, and below it what sources say that do not decide it."""
    first, *others = fact.quotations
    key, value = "items." * fact.elements + fact.keyword, json.dumps(fact.value, ensure_ascii=False)
    yield (key, _show(value), _show(first.written)), first.place
    for one in others:
        yield (f"  {one.source}", JUDGEMENTS[one.judgement], _show(one.written)), one.place


def _show(text: str) -> str:
    return shorten(text, MAX_SHOWN)
