"""What specs say and a target has no line for: rules and types. Pure."""

from collections.abc import Iterable, Iterator

from paramsync.findings import Finding, Place
from paramsync.rendering.models import Model
from paramsync.rendering.target import Target
from paramsync.rendering.values import Value, find_values
from paramsync.rules import BY_KEYWORD, Rule
from paramsync.text import pluralize

Lacking = tuple[str, str]  # a table of target.toml, and the key that it lacks


def find_lacking(name: str, target: Target, models: Iterable[Model]) -> Iterator[Finding]:
    """Report each rule and type of specs for which a target has no line, at the first parameter that has it.

    A target that has no such table asks for none of its lines.
    """
    found: dict[Lacking, list[tuple[Model, str]]] = {}
    has_tables = target.rules or target.checks or target.types
    for model in models if has_tables else ():
        for parameter in model.parameters:
            for value in find_values(parameter.value):
                for each in _list_lacking(target, value):
                    found.setdefault(each, []).append((model, parameter.name))
    for (table, key), users in found.items():
        model, name_of_parameter = users[0]
        others = len({other.id for other, _ in users}) - 1
        more = f" (and {pluralize(others, 'more spec')})" if others else ""
        noun = "rule" if table == "rules" else "type"
        problem = f"{model.source}{more} has the {noun} {key}, for which {name} has no line under [{table}]"
        place = Place(f"templates/{name}/target.toml")
        lines = f"# {place}, below [{table}]\n{_write_line(target, table, key)}"
        yield Finding("target-lacks-line", place, problem, model.id, name_of_parameter, lines)


def _write_line(target: Target, table: str, key: str) -> str:
    """Write the line to complete: of a rule with the names that another has which limits from the same side."""
    if table != "rules":
        return f'{key} = "…"'
    rule = BY_KEYWORD[key]
    like = max(target.rules, key=lambda one: _is_like(BY_KEYWORD[one], rule))
    fields = ", ".join(f'{name} = "…"' for name in target.rules[like])
    return f"{key} = {{ {fields} }} # compare {like}"


def _is_like(one: Rule, other: Rule) -> tuple[bool, bool]:
    return one.side == other.side, one.is_count == other.is_count


def _list_lacking(target: Target, value: Value) -> Iterator[Lacking]:
    limited = [limit.keyword for limit in value.limits]
    yield from (("rules", key) for key in limited if target.rules and key not in target.rules)
    tested = [*value.types, *(limit.type for limit in value.limits if limit.is_guarded)]
    yield from (("checks", key) for key in tested if target.checks and key not in target.checks)
    written = ["file"] if value.is_file else [] if value.alternatives else value.types or ["any"]
    yield from (("types", key) for key in written if target.types and key not in target.types)
