"""Read a parameter table: each row becomes the rules of a parameter, with findings for what is wrong. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from paramsync.pages.meanings import choose_keyword, list_keywords
from paramsync.pages.page import Piece, Table, Text
from paramsync.pages.statements import read_cell, remove_emphasis
from paramsync.pages.types import list_references
from paramsync.rules import TYPES, Rule, find_limited, find_rules, json_key, list_once, list_types
from paramsync.specs import cells
from paramsync.specs.conditions import set_conditions
from paramsync.specs.document import NAME_IN_CODE
from paramsync.specs.draft import Draft, Row
from paramsync.specs.facts import keywords_of, read_facts
from paramsync.specs.headers import read_columns
from paramsync.specs.limits import find_crossed
from paramsync.specs.nesting import is_parameter_name
from paramsync.specs.problems import find_any_object, find_value_problems
from paramsync.specs.schema import find_leaf
from paramsync.specs.sentences import read_mark
from paramsync.text import MAX_LENGTH, UNSAFE, Json, json_line, quote, shorten, suggest_name

# Findings about values that could be read; a correction may resolve them.
VALUE_CODES = {
    "single-choice",
    "duplicate-choice",
    "bounds-without-meaning",
    "bounds-crossed",
    "choice-outside",
    "default-outside",
    "empty-description",
    "required-with-default",
}
MAX_PARAMETERS = 1000  # of a model; the size of the generated code grows with their square


def read_parameters(tables: Sequence[Table], draft: Draft) -> None:
    """Read every row of the parameter tables of a model into the draft's spec."""
    draft.spec |= {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    for table in tables:
        _read_table(table, draft)


def _read_table(table: Table, draft: Draft) -> None:
    columns = read_columns(table, draft)
    if columns is None:
        return
    in_columns = frozenset(keyword for column in columns for keyword in list_keywords(column))
    in_sentences = frozenset(keyword for one in draft.profile.prose for keyword in one.keywords)
    draft.can_state |= in_columns | in_sentences
    draft.may_leave_out |= in_sentences - in_columns
    if len(table.rows) + len(draft.origins) > MAX_PARAMETERS + 1:
        first = (*table.rows[max(0, MAX_PARAMETERS + 1 - len(draft.origins))], table.header[0])[0]
        draft.report("over-limit", first, f"the table has more than {MAX_PARAMETERS:,} rows")
        return
    for row in table.rows:
        if len(row) == len(table.header):
            _read_parameter({column: row[index] for column, index in columns.items()}, draft)
        else:
            place = row[0] if row else table.header[0]
            draft.report("cell-count", place, f"the row has {len(row)} cells for {len(table.header)} columns")


def _read_parameter(row: Row, draft: Draft) -> None:
    row = {**row, **{column: row[column].without_links() for column in ("name", "type") if column in row}}
    written = row["name"]
    if written.is_struck_out:
        row = {column: cell.without_strikes() for column, cell in row.items()}
    row, marks = _read_marks(row, draft)
    written = written if written.is_struck_out else row["name"]
    codes = row["name"].codes
    name = codes[0] if len(codes) == 1 else row["name"].value.removeprefix("**").removesuffix("**")
    if not is_parameter_name(name, draft.profile.tables.nested):
        draft.report("unsafe-name", row["name"], f"{quote(name)} is not a valid parameter name")
    if name in draft.origins:
        draft.report("duplicate-parameter", row["name"], f"{quote(name)} has two rows", name)
        return
    draft.origins.setdefault(name, {})
    draft.marks[name] = {key: value for key, value in marks.items() if value is not None}
    for key in marks.keys() - draft.marks[name].keys():
        problem = f"{quote(written.value)}, {quote(row['type'].value if 'type' in row else '')} state no {key} that can be read"
        draft.doubt("unread-sentence", written, problem, name, key)
    is_untyped = "type" not in row
    row = {**row, "type": replace(row["name"], pieces=())} if is_untyped else row
    if is_untyped or draft.find_type(row["type"].plain) is not None:
        _read_row(row, draft, name, written)
    else:
        draft.untyped[name] = row, written
        problem = f"{quote(row['type'].value)} is not a known type"
        common = _write_type(row["type"], draft.tables)
        draft.report_unread("unknown-type", row["type"], problem, name, "type", common_lines=common)


def _read_marks(row: Row, draft: Draft) -> tuple[Row, Json]:
    """Read what stands beside a name and a type, by the sentences of the profile: the row with these alone, and the facts."""
    marks: Json = {}
    for column in ("name", "type"):
        cell = row.get(column)
        said = read_cell(column, remove_emphasis(cell.value), draft.profile.prose) if cell else []
        facts = {one.keyword: read_mark(one, draft) for one in said}
        for key in ("name", "type"):
            if cell and key in facts and (key == column or key not in row):
                row = {**row, key: replace(cell, pieces=(Piece(facts[key]),))}
            facts.pop(key, None)
        marks = facts | marks
    return row, marks


def _write_type(text: Text, tables: str) -> str:
    """Write the line of the profile that declares an unknown type; what it is, only people know."""
    if len(text.plain) > MAX_LENGTH or UNSAFE.search(text.plain):
        return ""
    types = f'{", ".join(json_line(one) for one in TYPES)} or "any"; in brackets, an array of it'
    meant = "a word of [types]" if tables else types
    return f"# specs/profile.toml, below [{tables}types]\n{json_line(text.plain)} = … # {meant}"


def read_untyped(name: str, kind: str, draft: Draft) -> None:
    """Read the row of a parameter whose type is unknown as one of a known type; its place among the others is that of its row."""
    row, written = draft.untyped.pop(name)
    _read_row({**row, "type": replace(row["type"], pieces=(Piece(kind),))}, draft, name, written)
    properties = draft.spec["properties"]
    draft.facts = {one: draft.facts[one] for one in draft.origins if one in draft.facts}
    draft.spec["properties"] = {one: properties[one] for one in draft.origins if one in properties}


def _read_row(row: Row, draft: Draft, name: str, written: Text) -> None:
    """Read the facts of a row whose type is known; `written` is the cell of its name, with what strikes it out."""
    origins = draft.origins[name]
    origins |= dict.fromkeys(keywords_of("type"), row["type"])
    draft.facts[name] = facts = read_facts(row, draft.get_type(row["type"].plain), draft, name)
    _check_references(row["type"], draft, name)
    if written.is_struck_out:
        problem = f"the row is struck out: {quote(written.prose)}"
        draft.report_unread("struck-out", written, problem, name, "name")
    elif is_parameter_name(name, draft.profile.tables.nested) and not cells.is_alone(written):
        problem = f"the cell of the name holds more than the name: {quote(written.prose)}"
        draft.report_unread("text-beside-name", written, problem, name, "name")
    draft.spec["properties"][name] = make_property(facts, draft)
    draft.spec["required"] += [name] if facts["required"] else []
    _check_values(name, facts, draft)


def _check_references(cell: Text, draft: Draft, name: str) -> None:
    """Report models to which a type refers and which are not there: any object is taken for one of them."""
    found = list_references(draft.profile.find_type(cell.plain) or {}) if draft.profile.has_references else ()
    if missing := [one for one in dict.fromkeys(found) if one not in draft.references]:
        near = suggest_name(missing[0], draft.references)
        problem = f"no page has a model {', '.join(map(quote, missing))}{near}: any object is taken"
        draft.doubt("unknown-reference", cell, problem, name, "type")


def rename_limits(name: str, right: Json, draft: Draft) -> None:
    """Give limits whose column depends on the type of a parameter to the rules of its right type, if nothing else is right for them."""
    schema = draft.get_type(right["type"])
    facts, origins = draft.facts[name], draft.origins[name]
    for column in draft.profile.meanings.values():
        found = [key for key in list_keywords(column) if key in facts]
        key = choose_keyword(column, schema)
        if len(found) == 1 and key not in found and found[0] not in right:
            facts[key] = facts.pop(found[0])
            origins |= dict.fromkeys(keywords_of(key), origins[found[0]])


def rewrite_parameters(names: Collection[str], draft: Draft) -> None:
    """Rebuild the rules of parameters after their facts have changed, and check their values again."""
    properties = draft.spec["properties"]
    properties |= {name: make_property(draft.facts[name], draft) for name in names}
    draft.spec["required"] = [one for one, known in draft.facts.items() if known.get("required")]
    set_conditions(draft)
    draft.findings[:] = [
        one for one in draft.findings if one.parameter not in names or one.code not in VALUE_CODES
    ]
    for name in names:
        _check_values(name, draft.facts[name], draft)


def make_property(facts: Json, draft: Draft) -> Json:
    """Make the schema of a parameter from its facts; in an array, choices and rules of other types are those of its elements."""
    values = _copy(draft.get_type(facts["type"])) or _infer_type(facts)
    kind = {"type": values.pop("type")} if "type" in values else {}
    schema = {**kind, **({"x-type": facts["type"]} if facts["type"] else {})}
    schema |= {NAME_IN_CODE: facts["name_in_code"]} if "name_in_code" in facts else {}
    schema |= values
    if "choices" in facts:
        find_leaf(schema)["enum"] = facts["choices"]
    if "properties" in facts and "object" in list_types(find_leaf(schema)):
        find_leaf(schema).update(facts["properties"])
    for rule in find_rules(facts):
        limited = find_limited(rule, schema)
        if limited is not None:
            limited[rule.keyword] = rule.read_limit(facts)
    schema |= {rule.unenforced: rule.read_limit(facts) for rule in _find_unenforced(facts, schema)}
    annotations = (*draft.profile.annotations, *sorted(key for key in facts if key.startswith("x-")))
    return schema | {key: facts[key] for key in (*annotations, "default", "description") if key in facts}


def _infer_type(facts: Json) -> Json:
    """Return the type of a parameter whose page states none: a text, if its default or choices are."""
    stated = facts.get("choices") or [facts.get("default")]
    is_text = not facts["type"] and all(isinstance(one, str) and one for one in stated)
    return {"type": "string"} if is_text else {}


def _copy(schema: Json) -> Json:
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in schema.items()}


def _find_unenforced(facts: Json, schema: Json) -> list[Rule]:
    """Find the rules of a parameter none of whose values they limit."""
    return [rule for rule in find_rules(facts) if find_limited(rule, schema) is None]


def _check_values(name: str, facts: Json, draft: Draft) -> None:
    """Report contradictions and omissions among facts that could be read."""
    schema, origins = draft.spec["properties"][name], draft.origins[name]
    choices = facts.get("choices", ())
    if len(choices) == 1:
        draft.report("single-choice", origins["enum"], f"the only choice is {quote(str(choices[0]))}", name)
    for choice in _find_repeated(choices):
        problem = f"the choice {quote(str(choice))} is listed twice"
        draft.report("duplicate-choice", origins["enum"], problem, name)
    if unenforced := _find_unenforced(facts, schema):
        problem = f"limits have no defined meaning for the type {facts['type']}"
        draft.report("bounds-without-meaning", origins[unenforced[0].keyword], problem, name)
    for code, keyword, problem in find_contradictions(facts, schema):
        draft.report(code, origins[keyword], shorten(problem), name)
    if not facts.get("description") and "description" in draft.profile.meanings.values():
        draft.report("empty-description", origins["description"], "the description is empty", name)
    if facts.get("required") and "default" in facts:
        problem = "the parameter is required and has a default"
        draft.report("required-with-default", origins["default"], problem, name)


def find_contradictions(facts: Json, schema: Json) -> list[tuple[str, str, str]]:
    """Find limits that cross, else choices that break a rule, else a default that does: code, keyword, problem."""

    def find_broken(
        code: str, keyword: str, limited: Json, values: Iterable[Any]
    ) -> list[tuple[str, str, str]]:
        problems = (one for value in values for one in find_value_problems(limited, value, find_any_object))
        return [(code, keyword, one.message) for one in problems]

    crossed = [("bounds-crossed", *one) for one in find_crossed(facts, schema)]
    # Each choice is one of the choices, and to look for it would take long.
    elements = {key: value for key, value in find_leaf(schema).items() if key != "enum"}
    choices = find_broken("choice-outside", "enum", elements, list_once(facts.get("choices", ())))
    defaults = [facts["default"]] if "default" in facts else []
    outside = find_broken("default-outside", "default", schema, defaults)
    return crossed or choices or [(code, key, f"the default: {problem}") for code, key, problem in outside]


def _find_repeated(choices: Iterable[Any]) -> Iterable[Any]:
    """Find the choices that repeat an earlier one; `1` and `1.0` are equal, and both are returned."""
    seen: set[Any] = set()
    again: dict[str, Any] = {}
    for choice in choices:
        if json_key(choice) in seen:
            again[repr(choice)] = choice
        seen.add(json_key(choice))
    return again.values()
