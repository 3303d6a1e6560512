"""Find what is the same under another name: parameters of a model, and models. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping

from paramsync.specs.document import NAME_IN_CODE
from paramsync.text import Json, json_line

ITSELF = "$ref"  # a model may refer to itself, whatever it is called


def find_renamed_parameters(old: Json, new: Json) -> dict[str, str]:
    """Find the parameters, or the properties of an object, of `new` that `old` has under another name: new -> old name."""
    return dict(_pair_renamed(_sign_parameters(old, new), _sign_parameters(new, old)))


def find_renamed_models(removed: Mapping[str, Json], added: Mapping[str, Json]) -> dict[str, str]:
    """Find the added models that are removed ones under another id, given the specs of both: new -> old id."""
    old, new = ({model: _sign_model(spec) for model, spec in specs.items()} for specs in (removed, added))
    return dict(_pair_renamed(old, new))


def without_name(rules: Json) -> Json:
    """Return the rules of a parameter without the name that code has for it."""
    return {key: rule for key, rule in rules.items() if key != NAME_IN_CODE}


def _pair_renamed(removed: Mapping[str, str], added: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Find the renamed items, as pairs of new and old name, given the signature of each removed and added name.

    Two names are a pair if they have the same signature, and no other name has it.
    """
    old_names = {signature: name for name, signature in removed.items()}
    before, after = Counter(removed.values()), Counter(added.values())
    for name, signature in added.items():
        if before[signature] == after[signature] == 1:
            yield name, old_names[signature]


def _sign_parameters(one: Json, other: Json) -> dict[str, str]:
    """Compute the signature of each parameter that only `one` has: its rules, and whether it is required."""
    properties, others = (each.get("properties", {}) for each in (one, other))
    properties = {name: rules for name, rules in properties.items() if name not in others}
    required = frozenset(one.get("required", ()))
    return {name: json_line([without_name(rules), name in required]) for name, rules in properties.items()}


def _sign_model(spec: Json) -> str:
    """Compute what stays the same when a model is renamed: its parameters and capabilities, whatever code calls them."""
    properties = {name: without_name(rules) for name, rules in spec["properties"].items()}
    facts = [spec.get(key) for key in ("required", "dependentRequired", "allOf", "x-capabilities")]
    return json_line([properties, *facts]).replace(json_line({"$ref": spec["$id"]}), ITSELF)
