"""The verb `explain`: where each keyword of a spec comes from. Reads `specs/`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from paramsync.commands.outcome import IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.project import Project, read_project
from paramsync.findings import MAX_NAME_LENGTH, Place, UsageError
from paramsync.pages.page import Text
from paramsync.pages.sources import CONDITIONS
from paramsync.specs.document import MODEL_KEYWORDS
from paramsync.specs.draft import Draft, Origins
from paramsync.specs.facts import KEYWORDS, keywords_of
from paramsync.specs.merging import agree
from paramsync.specs.spec_checks import check_spec
from paramsync.text import Json, shorten, suggest_name

MAX_SHOWN = 60
Said = tuple[str, Any, Text]  # a keyword, its value, and the text that says so


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
    rows = [
        row for key, value, text in _rules_of(draft, name) for row in _rows(draft, name, key, value, text)
    ]
    widths = [max(map(len, column)) for column in zip(*(cells for cells, _ in rows), strict=True)]
    yield ": ".join(shorten(one, MAX_NAME_LENGTH) for one in (draft.model, name) if one)
    for cells, place in rows:
        aligned = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield f"  {aligned}  {place}"


def _rules_of(draft: Draft, name: str) -> Iterator[Said]:
    """Find the keywords of a parameter, or of the model, and those of the model that are about the parameter."""
    origins = draft.origins.get(name, {})
    yield from _keywords(draft.parameters[name] if name else draft.spec, origins)
    is_required, statements = (
        bool(draft.facts[name].get("required"))
        if name in draft.nested
        else name in draft.spec.get("required", ()),
        draft.statements.get((name, "required"), []),
    )
    if is_required or any(not agree(statements[0], one, "required") for one in statements):
        yield "required", is_required, origins["required"]
    for condition in CONDITIONS:
        if others := draft.facts.get(name, {}).get(condition):
            keyword = keywords_of(condition)[0]
            yield keyword, others, origins[keyword]


def _rows(
    draft: Draft, name: str, key: str, value: Any, text: Text
) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Write the row of a keyword, and below it what sources say that do not decide it."""
    yield (key, _show(json.dumps(value, ensure_ascii=False)), _show(text.written)), text.place
    fact = _fact_of(key, is_of_model=not name)
    statements = draft.statements.get((name, fact), [])
    for one in statements[1:]:
        judgement = "says the same" if agree(statements[0], one, fact) else "differs"
        yield (f"  {one.source}", judgement, _show(one.text.written)), one.text.place


def _fact_of(keyword: str, *, is_of_model: bool) -> str:
    """Return the fact that determines a keyword, once for several."""
    if is_of_model:
        return next((fact for fact, one in MODEL_KEYWORDS.items() if one == keyword), "")
    inner = keyword.removeprefix("items.")
    fact = next((fact for fact in KEYWORDS if keywords_of(fact)[:1] == (inner,)), inner)
    return "" if fact == "type" and inner != keyword else fact


def _show(text: str) -> str:
    return shorten(text, MAX_SHOWN)


def _keywords(rules: dict[str, Any], origins: dict[str, Text]) -> Iterator[Said]:
    for key, value in rules.items():
        if key == "items":
            yield from ((f"items.{inner}", *said) for inner, *said in _keywords(value, origins))
        elif key in origins:
            yield key, value, origins[key]
