"""Read and write the JSON files of a page's folder: `page.json`, and the spec of each model that it names. Pure.

No other module reads or writes them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from paramsync.findings import InputError, Place
from paramsync.paths import PAGE_JSON, is_file_name, spec_name
from paramsync.specs.schema import list_inner
from paramsync.specs.spec_checks import check_spec
from paramsync.text import Json, Tree, json_text, quote, read_json

REMEDY = "restore it from git, or run paramsync scrape"
NAMED = ("deprecated", "providers", "names")  # what `page.json` says of single models
NAME_IN_CODE = "x-name-in-code"  # of a model or a parameter that an overlay has given one

MODEL_KEYWORDS = {  # fact of a model -> keyword of its spec
    "title": "title",
    "description": "description",
    "capabilities": "x-capabilities",
    "markdown": "x-markdown",
    "name_in_code": NAME_IN_CODE,
}
# The order of the keywords of a model in a spec.
KEYWORD_ORDER = (
    "$schema",
    "$id",
    "title",
    "description",
    "x-model",
    NAME_IN_CODE,
    "x-capabilities",
    "x-markdown",
)


@dataclass(frozen=True)
class PageDocument:
    """The content of `page.json`: the facts of a page, and its models in order.

    `deprecated`: model that the page no longer lists -> the date of the page that first did not list it (empty if unknown).
    `providers`: model -> the heading above it. `names`: model -> its name in code, if it has been given one. What the file does not
    hold: `prefix`, of the ids of the vendor's models, and `found`: model -> the name of the file that has its spec, where that is
    another one, as under a prefix that has changed.
    """

    title: str = ""
    kind: str = ""
    updated: str = ""
    models: tuple[str, ...] = ()
    deprecated: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    prefix: str = field(kw_only=True)
    found: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_models(self) -> tuple[str, ...]:
        """The models that the page lists, followed by the deprecated ones."""
        return (*self.models, *self.deprecated)

    def name_of(self, model: str) -> str:
        """Return the name of a model in code, which is that of its files."""
        return self.names.get(model) or self.found.get(model) or spec_name(model, self.prefix)

    def spec_file(self, model: str) -> str:
        """Return the name of the file of a model's spec."""
        return spec_file(self.name_of(model))


@dataclass(frozen=True)
class Folder:
    """A page's folder: its JSON files, and the content of its `page.json`."""

    files: Tree
    page: PageDocument
    read: dict[str, Json] = field(
        default_factory=dict, compare=False, repr=False
    )  # the specs so far asked for

    def has_spec(self, model: str) -> bool:
        """Tell whether the file of a model's spec is there, damaged or not, unless it is another model's."""
        text = self.files.get(self.page.spec_file(model))
        is_listed = model in self.page.all_models
        return text is not None and (is_listed or _read_object(text).get("x-model", model) == model)

    def spec(self, model: str) -> Json:
        """Return the spec of a model; empty if it is missing or damaged."""
        if model not in self.read:
            spec = _read_object(self.files.get(self.page.spec_file(model), ""))
            self.read[model] = spec if not check_spec(spec) and spec["x-model"] == model else {}
        return self.read[model]


def read_reference(reference: str) -> str:
    """Read the id of the model that a `$ref` means."""
    return unquote(reference.rpartition(":")[2])


def order_keywords(spec: Json) -> Json:
    """Return a spec with the keywords of its model in their order."""
    return {key: spec[key] for key in (*KEYWORD_ORDER, *spec) if key in spec}


def spec_file(name: str) -> str:
    """Return the name of the file of a spec, from the name of its model in code."""
    return f"{name}.json"


def name_in_code(spec: Json, prefix: str) -> str:
    """Return the name from which code spells a model: that which it has been given, or the one that follows from its id."""
    return str(spec.get(NAME_IN_CODE) or spec_name(spec["x-model"], prefix))


def read_page_json(text: str, place: Place, prefix: str) -> PageDocument:
    """Read a `page.json` of a vendor whose ids have a prefix.

    Raises:
        InputError: it is not JSON, a fact is not a string, or a model's name is not a valid file name.

    """
    value = read_json(text, place)
    if problem := _check_page(value, prefix):
        raise InputError(place, problem, REMEDY)
    facts = {key: value.get(key, "") for key in ("title", "kind", "updated")}
    named = {key: value.get(key, {}) for key in NAMED}
    return PageDocument(**facts, models=tuple(value["models"]), **named, prefix=prefix)


def write_page_json(page: PageDocument) -> str:
    """Write a `page.json`, without facts that are empty."""
    facts = {"title": page.title, "kind": page.kind, "updated": page.updated}
    value: Json = {key: fact for key, fact in facts.items() if fact} | {"models": page.models}
    named = {key: getattr(page, key) for key in NAMED}
    return json_text(value | {key: facts for key, facts in named.items() if facts}) + "\n"


def read_spec(text: str, place: Place, model: str) -> Json:
    """Read the spec of a model, and check it against the schema for specs.

    Raises:
        InputError: it is not JSON, not a spec, or the spec of another model.

    """
    spec: Json = read_json(text, place)
    if problem := check_spec(spec):
        raise InputError(place, problem, f"{REMEDY}, or see specs/spec.schema.json")
    if spec["x-model"] != model:
        raise InputError(place, f"not the spec of {model!r}", REMEDY)
    if unknown := next(_find_unknown(spec), ""):
        raise InputError(place, f"{quote(unknown)} is required, but is not a parameter", REMEDY)
    return spec


def write_spec(spec: Json) -> str:
    return json_text(spec) + "\n"


def read_folder(files: Tree, prefix: str) -> Folder:
    """Read a page's folder, even if files are damaged.

    If `page.json` is damaged or missing, the models are those of the specs that can be read.
    """
    try:
        page = read_page_json(files.get(PAGE_JSON, ""), Place(PAGE_JSON), prefix)
        return Folder(files, replace(page, found=_find_files(page, files)))
    except InputError:
        specs = _read_all(files)
        models = {spec["x-model"]: name for name, spec in specs.items()}
        names = given_names(specs.values())
        return Folder(files, PageDocument(models=(*models,), names=names, prefix=prefix, found=models))


def given_names(specs: Iterable[Json]) -> dict[str, str]:
    """Return the names in code that models have been given, by id."""
    return {spec["x-model"]: name for spec in specs if isinstance(name := spec.get(NAME_IN_CODE), str)}


def read_specs(name: str, files: Tree, prefix: str) -> tuple[PageDocument, dict[str, Json]]:
    """Read a page's folder: its `page.json`, and the spec of each model that it names.

    Raises:
        InputError: a file is damaged or missing.

    """
    page = read_page_json(files[PAGE_JSON], Place(f"specs/{name}/{PAGE_JSON}"), prefix)
    page = replace(page, found=_find_files(page, files))
    specs: dict[str, Json] = {}
    for model in page.all_models:
        file = page.spec_file(model)
        place = Place(f"specs/{name}/{file}")
        if file not in files:
            _check_others(name, files, model)
            raise InputError(place, "page.json lists this spec, but it is missing", REMEDY)
        specs[model] = read_spec(files[file], place, model)
        if specs[model].get(NAME_IN_CODE) != page.names.get(model):
            raise InputError(place, f"its {NAME_IN_CODE} is not its name in page.json", REMEDY)
    return page, specs


def _check_others(name: str, files: Tree, model: str) -> None:
    """Look for a missing spec in a file that is not one of any model.

    Raises:
        InputError: there is such a file, which says why.

    """
    for file in sorted(files.keys() - {PAGE_JSON, *map(spec_file, _read_all(files))}):
        read_spec(files[file], Place(f"specs/{name}/{file}"), model)


def find_references(schema: Json) -> Iterator[str]:
    """Find the `$id`s of the specs that a spec, or a schema in it, refers to."""
    if "$ref" in schema:
        yield schema["$ref"]
    for inner in list_inner(schema):
        yield from find_references(inner)


def split_folders(tree: Tree) -> dict[str, Tree]:
    """Group the JSON files of `specs/` (relative path -> text) by page folder: name -> its files; sorted by name."""
    folders: dict[str, Tree] = {}
    for path, text in sorted(tree.items()):
        name, _, file = path.partition("/")
        folders.setdefault(name, {})[file] = text
    return {name: files for name, files in folders.items() if PAGE_JSON in files}


def _check_page(value: Any, prefix: str) -> str:
    """Return why a JSON value is not a valid `page.json`, or an empty string."""
    if not isinstance(value, dict):
        return "not a JSON object"
    models, named = value.get("models"), [value.get(key, {}) for key in NAMED]
    if not isinstance(models, list) or not all(isinstance(one, dict) for one in named):
        return f"'models' must be an array; {', '.join(map(repr, NAMED))}, if present, must be objects"
    facts = [*models, *(value.get(key, "") for key in ("title", "kind", "updated"))]
    facts += [fact for one in named for pair in one.items() for fact in pair]
    if not all(isinstance(fact, str) for fact in facts):
        return "titles, dates and names must be strings"
    names = value.get("names", {})
    of_files = (names.get(model) or spec_name(model, prefix) for model in (*models, *named[0]))
    return next(_find_bad_names(of_files), "")


def _find_bad_names(names: Iterable[str]) -> Iterator[str]:
    seen = set[str]()
    for name in names:
        if not is_file_name(name):
            yield f"{quote(name)} is not a valid file name"
        if name.lower() in seen:
            yield f"two models have the file name {quote(name)}, or names that differ only in case"
        seen.add(name.lower())


def _find_unknown(schema: Json) -> Iterator[str]:
    """Find the names that a spec, or a schema in it, requires and has no property for, which no schema can compare."""
    properties = schema.get("properties", {})
    yield from (name for name in _find_names(schema) if name not in properties)
    for inner in list_inner(schema):
        yield from _find_unknown(inner)


def _find_names(schema: Json) -> Iterator[str]:
    yield from schema.get("required", ())
    for name, others in schema.get("dependentRequired", {}).items():
        yield from (name, *others)
    for group in schema.get("allOf", ()):
        yield from (name for alternative in group["anyOf"] for name in alternative["required"])


def _find_files(page: PageDocument, files: Tree) -> dict[str, str]:
    """Find the specs of models that are not in the files which follow from their ids: model -> name of the file."""
    if all(page.spec_file(model) in files for model in page.all_models):
        return {}
    found = {spec["x-model"]: name for name, spec in _read_all(files).items()}
    return {model: name for model, name in found.items() if page.spec_file(model) not in files}


def _read_all(files: Tree) -> dict[str, Json]:
    """Read the specs among files, by their names without the ending; what cannot be read, or so named anywhere, is none."""
    found = {path.removesuffix(".json"): _read_object(text) for path, text in files.items()}
    return {
        name: spec
        for name, spec in found.items()
        if is_file_name(name) and isinstance(spec.get("x-model"), str)
    }


def _read_object(text: str) -> Json:
    """Read a JSON object; empty if the text is not one."""
    try:
        value = read_json(text, Place(""))
    except InputError:
        return {}
    return value if isinstance(value, dict) else {}
