"""From a page to specs: one JSON Schema per model, the cell behind each keyword, and what was found. Pure."""

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from generator import cells
from generator.errors import Finding, InputError, Place
from generator.profile import Acceptance, Column, JsonType, Profile
from generator.reading.page import Page, Section, Table, Text
from generator.texts import Tree, fold, json_text, quote, read_json, shorten

Json = dict[str, Any]
Origins = dict[str, dict[str, Text]]  # parameter ("" for the model itself) -> keyword -> where it comes from

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")
DEVICES = re.compile(
    r"(con|prn|aux|nul|com[0-9]|lpt[0-9])[._-]*(\.|$)", re.IGNORECASE
)  # no file names on Windows
MANIFEST = "page"  # `page.json` is taken
ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
MODEL_PREFIX = "model_"


@dataclass
class Draft:
    """One model while it is built: its spec so far, the cell behind each keyword, and what was found."""

    profile: Profile
    model: str
    spec: Json = field(default_factory=dict)
    origins: Origins = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def report(self, code: str, text: Text, problem: str, parameter: str = "") -> None:
        """File a finding about a piece of the page."""
        self.findings.append(Finding(code, text.place, problem, self.model, parameter))


@dataclass(frozen=True)
class Built:
    """What a page gives: its manifest (`page.json`), its models, and the findings that belong to none of them."""

    manifest: Json
    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]


def read_schema(text: str, place: Place) -> Json:
    """Read the schema for specs.

    Raises:
        InputError: it is not JSON, or no JSON Schema 2020-12.

    """
    schema: Json = read_json(text, place)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise InputError(place, f"not a JSON Schema: {error.json_path}: {error.message}") from None
    return schema


def spec_name(model: str) -> str:
    """Say under which name a model's files stand: its id without `model_`."""
    return model.removeprefix(MODEL_PREFIX)


def build_specs(page: Page, profile: Profile, schema: Json) -> Built:
    """Build the spec of every model of a page, and check each against the schema for specs."""
    drafts: list[Draft] = []
    providers: dict[str, str] = {}
    findings = [
        Finding("unclear-heading", text.place, "it is not clear where headings end") for text in page.unclear
    ]
    above: list[Section] = []  # the headings that the section stands below
    for section in page.sections:
        above = [heading for heading in above if heading.level < section.level]
        id_text = _label(section, profile.labels.id)
        if id_text is None:
            above.append(section)
            findings += _check_table_without_id(section, profile)
        elif len(id_text.codes) > 1 or not id_text.value or " " in id_text.value:
            findings.append(
                Finding("bad-model-id", id_text.place, f"{quote(id_text.written)} is not a model id")
            )
        else:
            draft = _build_spec(section, Draft(profile, id_text.value), schema)
            drafts.append(draft)
            if above:
                providers[draft.model] = above[-1].heading.value
    if not drafts and not findings:
        findings.append(
            Finding("no-models", Place(page.file), "no section has a model id and a parameter table")
        )
    return Built(_manifest(page, drafts, providers), tuple(drafts), tuple(findings))


def check_across(drafts: Iterable[Draft]) -> Iterator[Finding]:
    """Check models against each other: an id stands once, and file names differ by more than case."""
    seen: dict[str, Draft] = {}
    for draft in drafts:
        other = seen.setdefault(spec_name(draft.model).lower(), draft)
        if other is draft:
            continue
        code = "duplicate-model" if other.model == draft.model else "names-alike"
        for one, another in ((draft, other), (other, draft)):
            text, elsewhere = one.origins[""]["x-model"], another.origins[""]["x-model"]
            problem = f"{quote(another.model)} stands at {elsewhere.place} too"
            yield Finding(code, text.place, problem, one.model)


def accept(findings: Iterable[Finding], acceptances: Mapping[Place, Acceptance]) -> list[Finding]:
    """Leave out the findings that the profile accepts, and report the acceptances that match none."""
    left: list[Finding] = []
    unused = {_accepted(acceptance): place for place, acceptance in acceptances.items()}
    known = frozenset(unused)
    for finding in findings:
        key = (finding.code, finding.model, finding.parameter)
        unused.pop(key, None)
        if key not in known:
            left.append(finding)
    for (code, model, parameter), place in unused.items():
        problem = f"nothing is left of {quote(code)}"
        left.append(Finding("stale-acceptance", place, problem, model, parameter))
    return left


def page_tree(built: Built, failed: Container[str], previous: Tree) -> Tree:
    """Give the files of a page's folder: a model that failed keeps its last good spec, if it has one.

    While a finding belongs to no model, a spec that has vanished may be that model's, and is kept too.
    """
    sound = [draft for draft in built.drafts if draft.model not in failed]
    tree = {f"{spec_name(draft.model)}.json": json_text(draft.spec) + "\n" for draft in sound}
    names = [draft.model for draft in built.drafts]
    if any(finding.severity == "error" for finding in built.findings):
        names += _known_models(previous)
    kept = {model: f"{spec_name(model)}.json" for model in names}
    tree |= {path: previous[path] for path in kept.values() if path not in tree and path in previous}
    manifest = built.manifest | {"models": [model for model, path in kept.items() if path in tree]}
    return tree | {f"{MANIFEST}.json": json_text(manifest) + "\n"}


def check_spec(spec: Json, schema: Json) -> str:
    """Say what makes a JSON value no spec; empty when it is one."""
    error = next(iter(Draft202012Validator(schema).iter_errors(spec)), None)
    return f"{shorten(error.json_path)}: {shorten(error.message)}" if error else ""


def _known_models(previous: Tree) -> list[str]:
    """Name the models of a page's files, in the order of its manifest if that can be read."""
    values = {path: _json_object(text) for path, text in previous.items()}
    listed = values.pop(f"{MANIFEST}.json", {}).get("models", [])
    found = [
        *(listed if isinstance(listed, list) else ()),
        *(spec.get("x-model") for spec in values.values()),
    ]
    return [model for model in found if isinstance(model, str)]


def _json_object(text: str) -> Json:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}  # what cannot be read names no model
    return value if isinstance(value, dict) else {}


def _accepted(acceptance: Acceptance) -> tuple[str, str, str]:
    return acceptance.code, acceptance.model, acceptance.parameter


def _manifest(page: Page, drafts: Iterable[Draft], providers: dict[str, str]) -> Json:
    facts = {"title": page.title, "kind": page.kind, "updated": page.updated}
    manifest: Json = {key: fact for key, fact in facts.items() if fact}
    manifest["models"] = [draft.model for draft in drafts]
    return manifest | ({"providers": providers} if providers else {})


def _label(section: Section, label: str) -> Text | None:
    return next((text for name, text in section.labels if name == label), None)


def _check_table_without_id(section: Section, profile: Profile) -> Iterator[Finding]:
    known = {header.casefold() for header, column in profile.columns.items() if column != "ignored"}
    for table in section.tables:
        if known <= {text.value.casefold() for text in table.header}:
            problem = f"{quote(section.heading.value)} has a parameter table and no {profile.labels.id!r}"
            yield Finding("no-model-id", section.heading.place, problem)


def _build_spec(section: Section, draft: Draft, schema: Json) -> Draft:
    _read_facts(section, draft)
    tables = [
        table for table in section.tables if _columns_by_header(table, draft.profile).get("name") is not None
    ]
    if len(tables) == 1:
        _read_parameters(tables[0], draft)
    else:
        draft.report("table-count", section.heading, f"the section has {len(tables)} parameter tables")
    if not any(finding.severity == "error" for finding in draft.findings) and (
        problem := check_spec(draft.spec, schema)
    ):
        draft.report("invalid-spec", section.heading, problem)
    return draft


def _read_facts(section: Section, draft: Draft) -> None:
    labels = draft.profile.labels
    origins = draft.origins.setdefault("", {"title": section.heading})
    for name in dict.fromkeys(name for name, _ in section.labels):
        if len(found := [text for label, text in section.labels if label == name]) > 1:
            draft.report("duplicate-label", found[1], f"{name!r} stands twice in one section")
    id_text = origins["x-model"] = next(text for name, text in section.labels if name == labels.id)
    _check_name(spec_name(draft.model), draft, id_text)
    draft.spec |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:scenario:{draft.model}",
        "title": section.heading.prose,
    }
    prose = [text for text in section.prose if text.place < id_text.place]
    if description := fold(" ".join(text.prose for text in prose)):
        draft.spec["description"] = description
        origins["description"] = prose[0]
    draft.spec["x-model"] = draft.model
    draft.spec["x-capabilities"] = []
    if (text := _label(section, labels.capabilities)) and not cells.is_nothing(text, draft.profile.words):
        draft.spec["x-capabilities"] = cells.read_items(text, draft.profile.words) or []
        origins["x-capabilities"] = text
    if (text := _label(section, labels.markdown)) and ADDRESS.fullmatch(text.value):
        draft.spec["x-markdown"] = text.value
        origins["x-markdown"] = text
    elif text and text.value:
        draft.report("bad-address", text, f"{quote(text.value)} is not a web address")


def _check_name(name: str, draft: Draft, text: Text, parameter: str = "") -> None:
    is_taken = not parameter and (name.lower() == MANIFEST or bool(DEVICES.match(name)))
    if is_taken or not SAFE_NAME.fullmatch(name):
        problem = f"{quote(name)} cannot be the name of a {'parameter' if parameter else 'file'}"
        draft.report("unsafe-name", text, problem, parameter if SAFE_NAME.fullmatch(parameter) else "")


def _columns_by_header(table: Table, profile: Profile) -> dict[Column | None, int]:
    by_header = {header.casefold(): column for header, column in profile.columns.items()}
    return {by_header.get(text.value.casefold()): index for index, text in enumerate(table.header)}


def _read_parameters(table: Table, draft: Draft) -> None:
    profile = draft.profile
    known = {header.casefold() for header in profile.columns}
    columns = _columns_by_header(table, profile)
    for text in table.header:
        if text.value.casefold() not in known:
            draft.report("unknown-column", text, f"no column is called {quote(text.value)}")
        elif table.header.index(text) != [other.value for other in table.header].index(text.value):
            draft.report("duplicate-column", text, f"the column {quote(text.value)} stands twice")
    for header, column in profile.columns.items():
        if column != "ignored" and column not in columns:
            draft.report("missing-column", table.header[0], f"the column {header!r} is not there")
    draft.spec |= {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    if draft.findings and any(finding.code.endswith("-column") for finding in draft.findings):
        return
    for row in table.rows:
        if len(row) == len(table.header):
            _read_parameter({column: row[index] for column, index in columns.items() if column}, draft)
        else:
            place = row[0] if row else table.header[0]
            draft.report("cell-count", place, f"the row has {len(row)} cells for {len(table.header)} columns")


def _read_parameter(row: Mapping[Column, Text], draft: Draft) -> None:
    words = draft.profile.words
    name = row["name"].value
    _check_name(name, draft, row["name"], name)
    if name in draft.spec["properties"]:
        draft.report("duplicate-parameter", row["name"], f"{quote(name)} stands twice in one table", name)
        return
    origins = draft.origins.setdefault(name, {})
    json_type = draft.profile.types.get(row["type"].value)
    if json_type is None:
        draft.report("unknown-type", row["type"], f"{quote(row['type'].value)} is not a known type", name)
        return
    parameter = draft.spec["properties"][name] = _read_rules(row, json_type, draft, name)
    origins |= {"type": row["type"], "x-type": row["type"], "items": row["type"]}
    if row["description"].pieces and not cells.is_nothing(row["description"], words):
        parameter["description"] = row["description"].prose
        origins["description"] = row["description"]
    else:
        draft.report("empty-description", row["description"], "the description is empty", name)
    is_required = row["required"].value in words.yes
    if is_required:
        draft.spec["required"].append(name)
        origins["required"] = row["required"]
    elif row["required"].value not in words.no:
        draft.report(
            "unknown-word", row["required"], f"{quote(row['required'].value)} is neither yes nor no", name
        )
    if is_required and "default" in parameter:
        draft.report(
            "required-with-default", row["default"], "the parameter is required and has a default", name
        )


def _read_rules(
    row: Mapping[Column, Text], json_type: JsonType | list[JsonType], draft: Draft, name: str
) -> Json:
    """Read type, choices, bounds and default, in this order; an array's elements carry choices and bounds."""
    words = draft.profile.words
    parameter: Json = {
        "type": "array" if isinstance(json_type, list) else json_type,
        "x-type": row["type"].value,
    }
    element = parameter
    if isinstance(json_type, list):
        element = parameter["items"] = {"type": json_type[0]}
    element_type: JsonType = element["type"]
    if not cells.is_nothing(row["choices"], words):
        _read_choices(row["choices"], element, draft, name)
    bounds: dict[str, tuple[Text, float]] = {}
    for column in ("minimum", "maximum"):
        if not cells.is_nothing(row[column], words):
            _read_bound(row[column], column, bounds, draft, name)
    if element_type == "number":
        element |= {column: bound for column, (_, bound) in bounds.items()}
    elif bounds:
        parameter |= {f"x-{column[:3]}": bound for column, (_, bound) in bounds.items()}
        text = next(iter(bounds.values()))[0]
        draft.report("bounds-without-meaning", text, f"a {parameter['x-type']} has bounds", name)
    if len(bounds) > 1 and bounds["minimum"][1] > bounds["maximum"][1]:
        problem = (
            f"the minimum {bounds['minimum'][0].value} is above the maximum {bounds['maximum'][0].value}"
        )
        draft.report("bounds-crossed", bounds["minimum"][0], problem, name)
    elif not cells.is_nothing(row["default"], words):
        _read_default(row["default"], json_type, parameter, draft, name)
    return parameter


def _read_choices(cell: Text, element: Json, draft: Draft, name: str) -> None:
    words = draft.profile.words
    items = cells.read_items(cell, words)
    choices = cells.read_values(items, element["type"], words) if items else None
    if not choices:
        draft.report(
            "bad-choices",
            cell,
            f"{quote(cell.written)} cannot be read as choices of type {element['type']}",
            name,
        )
        return
    element["enum"] = choices
    draft.origins[name]["enum"] = cell
    if len(choices) == 1:
        draft.report("single-choice", cell, f"the only choice is {quote(cell.value)}", name)
    for choice in {
        repr(choice): choice for index, choice in enumerate(choices) if choice in choices[:index]
    }.values():
        draft.report("duplicate-choice", cell, f"the choice {quote(str(choice))} stands twice", name)


def _read_bound(
    cell: Text, column: str, bounds: dict[str, tuple[Text, float]], draft: Draft, name: str
) -> None:
    bound = None if len(cell.pieces) > 1 else cells.read_number(cell.value)
    if bound is None:
        draft.report("bad-number", cell, f"{quote(cell.written)} is not a number", name)
        return
    bounds[column] = (cell, bound)
    draft.origins[name][column] = draft.origins[name][f"x-{column[:3]}"] = cell


def _read_default(
    cell: Text, json_type: JsonType | list[JsonType], parameter: Json, draft: Draft, name: str
) -> None:
    default = cells.read_default(cell, json_type, draft.profile.words)
    if default is None:
        draft.report(
            "bad-default", cell, f"{quote(cell.written)} cannot be read as {parameter['x-type']}", name
        )
        return
    for error in Draft202012Validator(parameter).iter_errors(default):
        draft.report("default-outside", cell, shorten(error.message), name)
    parameter["default"] = default
    draft.origins[name]["default"] = cell
