"""What specs say and a target has no line for: rules and types. Pure."""

from collections.abc import Iterable, Iterator

from paramsync.findings import Finding, Place
from paramsync.rendering.models import Model
from paramsync.rendering.target import Target
from paramsync.rendering.values import Value, find_values
from paramsync.text import pluralize

Lacking = tuple[str, str]  # a table of target.toml, and the key that it lacks


def find_lacking(name: str, target: Target, models: Iterable[Model]) -> Iterator[Finding]:
    """Report each rule and type of specs for which a target has no line, at the first parameter that has it.

    A target that has no such table asks for none of its lines.
    """
    found: dict[Lacking, list[tuple[Model, str]]] = {}
    for model in models:
        for parameter in model.parameters:
            for value in find_values(parameter.value):
                for each in _list_lacking(target, value):
                    found.setdefault(each, []).append((model, parameter.name))
    for (table, key), users in found.items():
        model, name_of_parameter = users[0]
        others = len({other.id for other, _ in users}) - 1
        more = f" (and {pluralize(others, 'more spec')})" if others else ""
        noun = "rule" if table == "rules" else "type"
        problem = (
            f"{model.source}{more} has the {noun} {key}, for which this target has no line under [{table}]"
        )
        yield Finding(
            "target-lacks-line", Place(f"templates/{name}/target.toml"), problem, model.id, name_of_parameter
        )


def _list_lacking(target: Target, value: Value) -> Iterator[Lacking]:
    limited = [limit.keyword for limit in value.limits]
    yield from (("rules", key) for key in limited if target.rules and key not in target.rules)
    tested = [*value.types, *(limit.type for limit in value.limits if limit.is_guarded)]
    yield from (("checks", key) for key in tested if target.checks and key not in target.checks)
    written = ["file"] if value.is_file else [] if value.alternatives else value.types or ["any"]
    yield from (("types", key) for key in written if target.types and key not in target.types)
