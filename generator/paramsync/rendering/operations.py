"""The requests that run models, by path and method: several models may share one. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
    in_path: frozenset[str] = frozenset()

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
    placeholders: tuple[str, ...]  # the names in the path
    models: tuple[Model, ...]
    page: Page

    @property
    def model(self) -> Model:
        """The first of its models."""
        return self.models[0]

    @property
    def is_deprecated(self) -> bool:
        return all(one.is_deprecated for one in self.models)

    @property
    def has_body(self) -> bool:
        return self.method not in BODILESS

    @property
    def in_path(self) -> tuple[tuple[str, Parameter | None], ...]:
        """The names in the path, each with the parameter of this name, if there is one."""
        known = {one.name: one for model in reversed(self.models) for one in model.parameters}
        return tuple((name, known.get(name)) for name in self.placeholders)

    @property
    def in_query(self) -> tuple[tuple[Parameter, bool], ...]:
        """The parameters that stand in the query, where there is no body, and whether each model requires it."""
        known = {one.name: one for model in reversed(self.models) for one in model.parameters}
        names = dict.fromkeys(one.name for model in self.models for one in model.parameters)
        needed = [{*model.spec["required"]} for model in self.models]
        shown = [known[name] for name in names if name not in self.placeholders]
        return (
            () if self.has_body else tuple((one, all(one.name in each for each in needed)) for one in shown)
        )


@dataclass(frozen=True, slots=True)
class ApiPath:
    """A path of the API, in which names in braces are placeholders, and its operations."""

    path: str
    operations: tuple[Operation, ...]


def list_paths(pages: Iterable[Page]) -> tuple[ApiPath, ...]:
    """List the paths by which models are run, in the order of the models; one of which that is not known has none."""
    found: dict[str, tuple[str, dict[str, list[tuple[Page, Model]]]]] = {}
    for page in pages:
        for model in page.models:
            if model.run:
                path, _ = _read_path(model.run)
                _, methods = found.setdefault(PLACEHOLDER.sub("{}", path), (path, {}))
                methods.setdefault(model.run.method.lower(), []).append((page, model))
    return tuple(ApiPath(path, tuple(_make_operations(path, methods))) for path, methods in found.values())


def make_body(model: Model) -> Body:
    """Make the body of a model's request."""
    return Body(model, frozenset(_read_path(model.run)[1]) if model.run else frozenset())


def _read_path(run: Run) -> tuple[str, tuple[str, ...]]:
    """Read the path of a request: with braces around its placeholders, and without a query; and their names."""
    path = PLACEHOLDER.sub(
        lambda found: f"{{{found[1] or found[2] or found[3]}}}", re.split("[?#]", run.path)[0]
    )
    return path, tuple(dict.fromkeys(found[3] for found in PLACEHOLDER.finditer(path) if found[3]))


def _make_operations(path: str, methods: dict[str, list[tuple[Page, Model]]]) -> Iterator[Operation]:
    names = tuple(dict.fromkeys(found[3] for found in PLACEHOLDER.finditer(path)))
    for method, placed in methods.items():
        yield Operation(method, names, tuple(model for _, model in placed), placed[0][0])
