"""From specs to the frozen pages, models and parameters that templates see. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from paramsync.findings import InputError, Place
from paramsync.pages.prose import unfence
from paramsync.specs.paths import MANIFEST, SAFE_NAME, is_file_name, is_folder_name, spec_name
from paramsync.specs.schema import check_spec
from paramsync.text import Json, Tree, fold, quote, read_json

SLUG_DROPS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `element` is the JSON type of the value, or of an array's elements, which `choices` and bounds rule.

    `shown_minimum` and `shown_maximum` are the bounds that the page gives, enforced or not.
    """

    model: str  # its name
    name: str
    type: str
    element: str
    is_array: bool
    is_required: bool
    description: str = ""
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    shown_minimum: float | None = None
    shown_maximum: float | None = None
    default: Any = None
    allowed: Mapping[Any, None] = field(init=False, repr=False, compare=False)  # the choices, each once

    def __post_init__(self) -> None:
        object.__setattr__(self, "allowed", dict.fromkeys(self.choices))

    @property
    def needs_no_quotes(self) -> bool:
        """Whether the name can stand as a key without quotes: no dot, no dash, no digit first."""
        return self.name.isidentifier()

    @property
    def is_file(self) -> bool:
        """Whether it takes a file, or files."""
        return self.type.removesuffix("_array") == "file"

    @property
    def has_default(self) -> bool:
        """Whether the page gives a default: no value of a page is null, so None means none."""
        return self.default is not None

    @property
    def has_literal_choices(self) -> bool:
        """Whether there are choices and none is a float, of which most languages have no literal type."""
        return bool(self.choices) and not any(isinstance(choice, float) for choice in self.choices)

    @property
    def has_bounds(self) -> bool:
        """Whether there is a minimum or a maximum that is enforced."""
        return self.minimum is not None or self.maximum is not None

    @property
    def example(self) -> Any:
        """A value that it takes: its default, its first choice, or a plain one; a file is one that the sandbox has."""
        if self.has_default and not self.is_file:
            return self.default
        value = next((one for one in self.choices if self._is_within(one)), None)
        value = self._plain_value if value is None else value
        return [value] if self.is_array else value

    def _is_within(self, value: Any) -> bool:
        return (self.minimum is None or value >= self.minimum) and (
            self.maximum is None or value <= self.maximum
        )

    @property
    def _plain_value(self) -> Any:
        if self.is_file:  # the docs do not say of what kind, but the name may
            return f"asset_sample_{next((word for word in ('video', 'audio') if word in self.name.lower()), 'image')}"
        bounds = [bound for bound in (self.minimum, self.maximum) if bound is not None]
        plain: dict[str, Any] = {"number": bounds[0] if bounds else 1, "boolean": True, "object": {}}
        return plain.get(
            self.element, "model_of-yours" if self.type.startswith("model") else "a red fox in the snow"
        )

    @property
    def distinct_choices(self) -> tuple[Any, ...]:
        """The choices without those that repeat an earlier one."""
        return tuple(self.allowed)


@dataclass(frozen=True, slots=True)
class Model:
    """One model, and the spec it comes from."""

    id: str
    name: str
    title: str
    description: str
    provider: str
    capabilities: tuple[str, ...]
    markdown: str
    anchor: str
    source: str
    parameters: tuple[Parameter, ...]
    spec: dict[str, Any] = field(compare=False, hash=False)
    is_deprecated: bool = False
    deprecated_since: str = ""

    @property
    def deprecation(self) -> str:
        """Say that the docs no longer list the model, and since when; empty where they do."""
        since = f" since {self.deprecated_since}" if self.deprecated_since else ""
        return (
            f"The docs no longer list {self.title}{since}: it may stop working." if self.is_deprecated else ""
        )

    @property
    def always_sent(self) -> tuple[Parameter, ...]:
        """The parameters that are required and have a default."""
        return tuple(one for one in self.parameters if one.is_required and one.has_default)

    @property
    def has_files(self) -> bool:
        """Whether one of its parameters takes files."""
        return any(one.is_file for one in self.parameters)

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters that are required."""
        return tuple(one for one in self.parameters if one.is_required)

    @property
    def example(self) -> dict[str, Any]:
        """The smallest payload that is right: what is required."""
        return {one.name: one.example for one in self.required}


@dataclass(frozen=True, slots=True)
class Group:
    """Models below one provider's heading; the heading is empty where the page is the provider's own."""

    heading: str
    anchor: str
    models: tuple[Model, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and its models in their order; `deprecated` are those that it no longer has."""

    name: str
    title: str
    kind: str
    updated: str
    groups: tuple[Group, ...]
    deprecated: tuple[Model, ...] = ()

    @property
    def models(self) -> tuple[Model, ...]:
        """The models of all groups, and the deprecated ones."""
        return (*(model for group in self.groups for model in group.models), *self.deprecated)


def load_pages(specs: Tree, schema: Json) -> tuple[Page, ...]:
    """Load every page from the JSON files of `specs/`; each is checked against the schema for specs.

    Raises:
        InputError: a file is not JSON, not a spec, not named by its page, or named and not there.

    """
    names = sorted({path.split("/")[0] for path in specs if path.endswith(f"/{MANIFEST}.json")})
    return tuple(_load_page(name, specs, schema) for name in names)


def model_of(spec: dict[str, Any], provider: str = "", anchor: str = "", source: str = "") -> Model:
    """Make the model of a spec; where it stands is known to its page alone."""
    return Model(
        id=spec["x-model"],
        name=spec_name(spec["x-model"]),
        title=spec["title"],
        description=spec.get("description", ""),
        provider=provider,
        capabilities=tuple(spec["x-capabilities"]),
        markdown=spec.get("x-markdown", ""),
        anchor=anchor,
        source=source,
        parameters=tuple(_parameters(spec)),
        spec=spec,
    )


def _load_page(name: str, specs: Tree, schema: Json) -> Page:
    place = Place(f"specs/{name}/{MANIFEST}.json")
    if not is_folder_name(name):
        problem = "the folder's name needs letters, digits and . _ - only, and none that Windows reserves; rename it"
        raise InputError(Place(f"specs/{name}"), problem)
    manifest = read_json(specs[f"{name}/{MANIFEST}.json"], place)
    problem = _check_manifest(manifest)
    if problem:
        raise InputError(place, f"{problem}; run paramsync scrape")
    since: dict[str, str] = manifest.get("deprecated", {})
    paths = {f"{name}/{spec_name(model)}.json": model for model in [*manifest["models"], *since]}
    for path in sorted(path for path in specs if path.startswith(f"{name}/") and path.endswith(".json")):
        if path not in paths and path != f"{name}/{MANIFEST}.json":
            raise InputError(
                Place(f"specs/{path}"), "page.json does not name this spec; run paramsync scrape"
            )
    title = fold(manifest.get("title", "")) or name
    providers = {path: manifest.get("providers", {}).get(model, "") for path, model in paths.items()}
    anchors = _Anchors()

    def load(path: str) -> Model:
        spec = _load_spec(path, paths[path], specs, schema)
        model = model_of(spec, providers[path] or title, anchors.take(spec["title"]), f"specs/{path}")
        return replace(model, is_deprecated=model.id in since, deprecated_since=since.get(model.id, ""))

    groups: list[Group] = []
    listed = [path for path, model in paths.items() if model not in since]
    for heading, members in groupby(listed, key=lambda path: providers[path]):
        anchor = anchors.take(heading) if heading else ""
        groups.append(Group(heading, anchor, tuple(map(load, members))))
    deprecated = tuple(load(path) for path, model in paths.items() if model in since)
    return Page(name, title, manifest.get("kind", ""), manifest.get("updated", ""), tuple(groups), deprecated)


def _load_spec(path: str, model: str, specs: Tree, schema: Json) -> Any:
    place = Place(f"specs/{path}")
    if path not in specs:
        raise InputError(place, "page.json names this spec, and it is not there; run paramsync scrape")
    spec = read_json(specs[path], place)
    if problem := check_spec(spec, schema):
        raise InputError(place, f"{problem}; run paramsync scrape, or see specs/spec.schema.json")
    if spec["x-model"] != model:
        raise InputError(place, f"is not the spec of {model!r}; run paramsync scrape")
    for name in spec["properties"]:
        if not SAFE_NAME.fullmatch(name):
            problem = f"{model}: {quote(name)} cannot be the name of a parameter; run paramsync scrape"
            raise InputError(place, problem)
    return spec


def _check_manifest(manifest: Any) -> str:
    """Say what makes a JSON value no `page.json`; empty when it is one."""
    if not isinstance(manifest, dict):
        return "is not an object"
    texts = [manifest.get(key, "") for key in ("title", "kind", "updated")]
    models, providers = manifest.get("models"), manifest.get("providers", {})
    deprecated = manifest.get("deprecated", {})
    if not isinstance(models, list) or not isinstance(providers, dict) or not isinstance(deprecated, dict):
        return "needs 'models', a list, and 'providers' and 'deprecated', objects, if any"
    facts = [*texts, *models, *providers, *providers.values(), *deprecated, *deprecated.values()]
    if not all(isinstance(fact, str) for fact in facts):
        return "holds something that is not text"
    seen = set[str]()
    for name in map(spec_name, (*models, *deprecated)):
        if not is_file_name(name):
            return f"{quote(name)} cannot be the name of a file"
        if name.lower() in seen:
            return f"names the model {quote(name.lower())} twice"
        seen.add(name.lower())
    return ""


def _parameters(spec: dict[str, Any]) -> Iterator[Parameter]:
    required = frozenset(spec["required"])
    for name, rules in spec["properties"].items():
        element = rules.get("items", rules)
        yield Parameter(
            model=spec_name(spec["x-model"]),
            name=name,
            type=rules["x-type"],
            element=element["type"],
            is_array=rules["type"] == "array",
            is_required=name in required,
            description=rules.get("description", ""),
            choices=tuple(element.get("enum", ())),
            minimum=element.get("minimum"),
            maximum=element.get("maximum"),
            shown_minimum=element.get("minimum", rules.get("x-min")),
            shown_maximum=element.get("maximum", rules.get("x-max")),
            default=rules.get("default"),
        )


class _Anchors:
    """Make the anchors of a page's headings as the site does: a repeated one gets a number."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}

    def take(self, heading: str) -> str:
        slug = anchor = SLUG_DROPS.sub("", unfence(fold(heading)).lower()).replace(" ", "-")
        while anchor in self.taken:
            self.taken[slug] += 1
            anchor = f"{slug}-{self.taken[slug]}"
        self.taken[anchor] = 0
        return anchor


def all_models(pages: Iterable[Page]) -> tuple[Model, ...]:
    """All models of all pages, sorted by id: a list over pages has no order of its own."""
    return tuple(sorted((model for page in pages for model in page.models), key=lambda model: model.id))
