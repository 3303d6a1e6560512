"""The requests that run models, by path and method: several models may share one. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from paramsync.pages.vendor import Run
from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.pages import Page
from paramsync.text import Json

BODILESS = ("get", "head", "delete")
# `/users/:id` and `/users/<id>` mean what `/users/{id}` does.
PLACEHOLDER = re.compile(r"(?<=/):(\w+)|<(\w+)>|\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Body:
    """What of a model is sent in the body of its request: what does not stand in the path."""

    model: Model
    path: str = ""  # of the request, with braces around its placeholders; empty where it is not known
    in_path: frozenset[str] = frozenset()

    @property
    def is_sent(self) -> bool:
        """True if its request has a body."""
        run = self.model.run
        return run is not None and has_body(run.method.lower())

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(one for one in self.model.parameters if one.name not in self.in_path)

    @property
    def required(self) -> list[str]:
        return [name for name in self.model.spec["required"] if name not in self.in_path]

    @property
    def example(self) -> Json:
        return {name: value for name, value in self.model.example.items() if name not in self.in_path}


@dataclass(frozen=True, slots=True)
class Operation:
    """A request with one method to one path, and the models that it runs, each with the page that has it."""

    method: str  # in small letters
    models: tuple[Model, ...]
    page: Page
    in_path: Mapping[
        str, Parameter | None
    ]  # the names in the path, each with the parameter of this name, if there is one
    in_query: tuple[Parameter, ...]  # where there is no body, all others
    needed: frozenset[str]  # the parameters that each of the models requires

    @property
    def model(self) -> Model:
        """The first of its models."""
        return self.models[0]

    @property
    def is_deprecated(self) -> bool:
        return all(one.is_deprecated for one in self.models)

    @property
    def has_body(self) -> bool:
        return has_body(self.method)


@dataclass(frozen=True, slots=True)
class ApiPath:
    """A path of the API, in which names in braces are placeholders, and its operations."""

    path: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A path, the names in it, and what runs by each of its methods."""

    path: str
    names: tuple[str, ...]
    methods: dict[str, list[tuple[Page, Model]]] = field(default_factory=dict)

    def make_operations(self) -> Iterator[Operation]:
        return (_make_operation(method, self.names, placed) for method, placed in self.methods.items())


def list_paths(pages: Iterable[Page]) -> tuple[ApiPath, ...]:
    """List the paths by which models are run, in the order of the models; one of which that is not known has none."""
    found: dict[str, _Found] = {}
    for page in pages:
        for model in page.models:
            if model.run:
                path, names = _read_path(model.run)
                one = found.setdefault(PLACEHOLDER.sub("{}", path), _Found(path, names))
                one.methods.setdefault(model.run.method.lower(), []).append((page, model))
    return tuple(ApiPath(one.path, tuple(one.make_operations())) for one in found.values())


def has_body(method: str) -> bool:
    """Tell whether a request with a method, in small letters, has a body."""
    return method not in BODILESS


def make_body(model: Model) -> Body:
    """Make the body of a model's request."""
    if not model.run:
        return Body(model)
    path, names = _read_path(model.run)
    return Body(model, path, frozenset(names))


def _read_path(run: Run) -> tuple[str, tuple[str, ...]]:
    """Read the path of a request: with braces around its placeholders, and without a query; and their names."""
    path = PLACEHOLDER.sub(
        lambda found: f"{{{found[1] or found[2] or found[3]}}}", re.split("[?#]", run.path)[0]
    )
    return path, tuple(dict.fromkeys(found[3] for found in PLACEHOLDER.finditer(path) if found[3]))


def _make_operation(method: str, names: Iterable[str], placed: Sequence[tuple[Page, Model]]) -> Operation:
    models = tuple(model for _, model in placed)
    # Of several models' parameters of one name, the first counts.
    known = {one.name: one for model in reversed(models) for one in model.parameters}
    ordered = dict.fromkeys(one.name for model in models for one in model.parameters)
    in_path = {name: known.get(name) for name in names}
    in_query = () if has_body(method) else tuple(known[name] for name in ordered if name not in in_path)
    needed = frozenset.intersection(*(frozenset(model.spec["required"]) for model in models))
    return Operation(method, models, placed[0][0], in_path, in_query, needed)
