"""The JSON files of a page's folder: `page.json`, and a spec for each model that it names. Pure.

Nothing else reads or writes them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from paramsync.findings import InputError, Place
from paramsync.specs.paths import PAGE_JSON, SAFE_NAME, is_file_name, spec_name
from paramsync.specs.schema import check_spec
from paramsync.text import Json, Tree, json_text, quote, read_json

REMEDY = "restore it from git, or run paramsync scrape"
# JSON type -> the types of its choices; a parameter of another type has none.
CHOICE_TYPES: dict[str, Any] = {"string": str, "number": (int, float), "boolean": bool}


@dataclass(frozen=True)
class PageDocument:
    """What `page.json` says: the facts of a page, its models in their order, and the models that it has lost.

    `deprecated` gives for each lost model the date of the page that no longer listed it, empty where the page has no date;
    `providers` gives the heading above a model, for those that have one.
    """

    title: str = ""
    kind: str = ""
    updated: str = ""
    models: tuple[str, ...] = ()
    deprecated: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_models(self) -> tuple[str, ...]:
        """The models of the page, and then those that it has lost."""
        return (*self.models, *self.deprecated)


@dataclass(frozen=True)
class Folder:
    """What a page's folder holds: its JSON files, and its `page.json`, or what the specs say where that is damaged."""

    files: Tree
    page: PageDocument

    def spec(self, model: str) -> Json:
        """Give the spec of a model; empty if there is none that can be read."""
        spec = _read_object(self.files.get(spec_file(model), ""))
        return spec if spec.get("x-model") == model and isinstance(spec.get("properties"), dict) else {}


def spec_file(model: str) -> str:
    """Name the file of a model's spec."""
    return f"{spec_name(model)}.json"


def read_page(text: str, place: Place) -> PageDocument:
    """Read a `page.json`.

    Raises:
        InputError: it is not JSON, a fact is not text, or a model cannot have a file of its own.

    """
    value = read_json(text, place)
    if problem := _check_page(value):
        raise InputError(place, f"{problem}; {REMEDY}")
    facts = {key: value.get(key, "") for key in ("title", "kind", "updated")}
    named = {key: value.get(key, {}) for key in ("deprecated", "providers")}
    return PageDocument(**facts, models=tuple(value["models"]), **named)


def write_page(page: PageDocument) -> str:
    """Write a `page.json`; facts that are empty are left out."""
    facts = {"title": page.title, "kind": page.kind, "updated": page.updated}
    value: Json = {key: fact for key, fact in facts.items() if fact} | {"models": page.models}
    named = {"deprecated": page.deprecated, "providers": page.providers}
    return json_text(value | {key: facts for key, facts in named.items() if facts}) + "\n"


def read_spec(text: str, place: Place, model: str, schema: Json | None = None) -> Json:
    """Read the spec of a model; it is checked against the schema for specs if that is given.

    Without it, only what comparing specs rests on is checked: an older spec may follow an older schema.

    Raises:
        InputError: it is not JSON, not a spec, or the spec of another model.

    """
    spec: Json = read_json(text, place)
    if schema is not None and (problem := check_spec(spec, schema)):
        raise InputError(place, f"{problem}; {REMEDY}, or see specs/spec.schema.json")
    if not _is_spec(spec) or spec["x-model"] != model:
        raise InputError(place, f"is not the spec of {model!r}; {REMEDY}")
    for name in spec["properties"]:
        if not SAFE_NAME.fullmatch(name):
            raise InputError(place, f"{model}: {quote(name)} cannot be the name of a parameter; {REMEDY}")
    return spec


def write_spec(spec: Json) -> str:
    """Write a spec."""
    return json_text(spec) + "\n"


def read_folder(files: Tree) -> Folder:
    """Read the JSON files of a page's folder, whatever state they are in.

    Where `page.json` is damaged or missing, its models are those of the specs that can be read.
    """
    try:
        return Folder(files, read_page(files.get(PAGE_JSON, ""), Place(PAGE_JSON)))
    except InputError:
        found = (_read_object(text).get("x-model") for text in files.values())
        return Folder(files, PageDocument(models=tuple(one for one in found if isinstance(one, str))))


def read_specs(name: str, files: Tree, schema: Json | None = None) -> tuple[PageDocument, dict[str, Json]]:
    """Read a page's folder strictly: its `page.json`, and the spec of each model that this names.

    Raises:
        InputError: a file is damaged, or not there.

    """
    page = read_page(files[PAGE_JSON], Place(f"specs/{name}/{PAGE_JSON}"))
    specs: dict[str, Json] = {}
    for model in page.all_models:
        place = Place(f"specs/{name}/{spec_file(model)}")
        if spec_file(model) not in files:
            raise InputError(place, f"page.json names this spec, and it is not there; {REMEDY}")
        specs[model] = read_spec(files[spec_file(model)], place, model, schema)
    return page, specs


def split_folders(tree: Tree) -> dict[str, Tree]:
    """Split the JSON files of `specs/`, by their paths below it, into those of each page's folder; sorted by name."""
    folders: dict[str, Tree] = {}
    for path, text in sorted(tree.items()):
        name, _, file = path.partition("/")
        folders.setdefault(name, {})[file] = text
    return {name: files for name, files in folders.items() if PAGE_JSON in files}


def _check_page(value: Any) -> str:
    """Say why a JSON value is no `page.json`; empty when it is one."""
    if not isinstance(value, dict):
        return "is not an object"
    models, named = value.get("models"), [value.get(key, {}) for key in ("deprecated", "providers")]
    if not isinstance(models, list) or not all(isinstance(one, dict) for one in named):
        return "needs 'models', a list, and 'providers' and 'deprecated', objects, if any"
    facts = [*models, *(value.get(key, "") for key in ("title", "kind", "updated"))]
    facts += [fact for one in named for pair in one.items() for fact in pair]
    if not all(isinstance(fact, str) for fact in facts):
        return "holds something that is not text"
    return next(_find_bad_names((*models, *named[0])), "")


def _find_bad_names(models: tuple[str, ...]) -> Iterator[str]:
    seen = set[str]()
    for name in map(spec_name, models):
        if not is_file_name(name):
            yield f"{quote(name)} cannot be the name of a file"
        if name.lower() in seen:
            yield f"names the model {quote(name.lower())} twice"
        seen.add(name.lower())


def _is_spec(spec: Any) -> bool:
    """Tell whether a JSON value has the shape on which the comparison of specs rests."""
    return (
        isinstance(spec, dict)
        and isinstance(spec.get("x-model"), str)
        and _are_strings(spec.get("x-capabilities"))
        and _are_strings(spec.get("required"))
        and isinstance(spec.get("properties"), dict)
        and set(spec["required"]) <= set(spec["properties"])
        and all(isinstance(one, dict) and "x-type" in one for one in spec["properties"].values())
        and all(map(_are_rules, spec["properties"].values()))
    )


def _are_rules(rules: Any) -> bool:
    if not isinstance(rules, dict) or rules.get("type") not in (*CHOICE_TYPES, "object", "array"):
        return False
    if rules["type"] == "array":
        return _are_rules(rules.get("items"))
    bounds = [rules[key] for key in ("minimum", "maximum") if key in rules]
    choices = rules.get("enum", [])
    return all(isinstance(bound, int | float) for bound in bounds) and (
        isinstance(choices, list)
        and all(isinstance(choice, CHOICE_TYPES.get(rules["type"], ())) for choice in choices)
    )


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _read_object(text: str) -> Json:
    """Read a JSON object; empty where there is none."""
    try:
        value = read_json(text, Place(""))
    except InputError:
        return {}
    return value if isinstance(value, dict) else {}
