"""The models and parameters that templates see, made from specs. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from paramsync.pages.meanings import RESERVED
from paramsync.pages.vendor import Run, Vendor
from paramsync.rendering.examples import make_example
from paramsync.rendering.media import Taken, find_inputs, find_outputs
from paramsync.rendering.remarks import make_remarks
from paramsync.rendering.rows import Columns, Row, list_rows, list_rules
from paramsync.rendering.samples import NO_CONTEXT, Context
from paramsync.rendering.service import UNNAMED_SERVICE, Service
from paramsync.rendering.values import (
    Names,
    Part,
    Shape,
    Value,
    describe_type,
    find_parts,
    find_properties,
    find_shapes,
    find_text,
    find_values,
    fold,
    make_value,
)
from paramsync.rules import list_once
from paramsync.specs.document import NAME_IN_CODE, find_references, name_in_code
from paramsync.specs.problems import FindSpec, find_no_spec, list_missing
from paramsync.text import Json


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a model; `type` is the vendor's word for the type, `value` what it may be.

    It is also required with any of the parameters `required_with`, and where, of one of `required_unless`, no alternative is there
    whole: each is a list of parameters. `schema` is the part of the spec.
    """

    model: str  # the name of the model in code
    name: str
    type: str
    value: Value
    is_required: bool
    description: str = ""
    default: Any = None
    name_in_code: str = ""  # from which code spells it, if an overlay has given it one
    required_with: tuple[str, ...] = ()
    required_unless: tuple[tuple[tuple[str, ...], ...], ...] = ()
    schema: Json = field(default_factory=dict, compare=False, hash=False)
    context: Context = field(default=NO_CONTEXT, compare=False, hash=False, repr=False)

    @property
    def needs_no_quotes(self) -> bool:
        """True if the name can be an object key without quotes: it has no dot or dash, and no digit first."""
        return self.name.isidentifier()

    @property
    def choices(self) -> tuple[Any, ...]:
        """The choices of the value, or of an array's elements."""
        return self.value.leaf.choices

    @property
    def is_file(self) -> bool:
        """True if it takes local files; one with choices takes only these."""
        return self.value.leaf.is_file

    @property
    def has_default(self) -> bool:
        return self.default is not None

    @property
    def example(self) -> Any:
        """A valid value: the default, the first choice that breaks no rule, or a simple one; a file is a sample of the sandbox."""
        return (
            self.default
            if self.has_default and not self.is_file
            else make_example(self.schema, self.context, self.name)
        )

    @property
    def remarks(self) -> str:
        """What is said of it for people beside its description and its rules, in sentences; `annotations` has the rest."""
        return " ".join(make_remarks(self.schema, self.name).words)

    @property
    def annotations(self) -> Mapping[str, str]:
        """What else is said beside the rules: a heading such as Unit -> the value as a text."""
        return make_remarks(self.schema, self.name).annotations

    @property
    def kind(self) -> str:
        """The kind of file that it takes, in the vendor's words, such as `video`; empty if nothing says so."""
        return find_text(self.schema, "x-kind")

    @property
    def group(self) -> str:
        """The heading below which the vendor's own form shows it."""
        return find_text(self.schema, "x-group")

    @property
    def has_conditions(self) -> bool:
        """True if it is required only with, or without, others."""
        return bool(self.required_with or self.required_unless)

    @property
    def has_one_condition(self) -> bool:
        return len(self.required_with) + len(self.required_unless) == 1


@dataclass(frozen=True, eq=False)
class Model:
    """A model, and the spec it comes from; `provider` is the heading above it, `source` the path of the spec.

    What templates ask for again and again, it keeps.
    """

    id: str
    name: str  # in code
    title: str
    description: str
    provider: str
    capabilities: tuple[str, ...]
    markdown: str
    anchor: str
    source: str
    parameters: tuple[Parameter, ...]
    spec: Json
    context: Context = field(repr=False)
    references: tuple[str, ...] = ()  # the `$id`s of the specs that it refers to
    is_deprecated: bool = False
    deprecated_since: str = ""
    page_url: str = ""  # of the vendor's page that lists it, where that is known
    is_referred: bool = False  # whether another model, or itself, refers to it

    @property
    def find_spec(self) -> FindSpec:
        """What gives the specs that it refers to, by `$id`."""
        return self.context.find_spec

    @property
    def vendor(self) -> Vendor:
        return self.context.service.vendor

    @property
    def run(self) -> Run | None:
        """How the API runs it: method and path; None if that is not known."""
        return self.vendor.find_run(self.id)

    @property
    def has_given_name(self) -> bool:
        """True if an overlay has given it a name in code."""
        return NAME_IN_CODE in self.spec

    @property
    def deprecation(self) -> str:
        """A sentence that says that the docs no longer list the model, and since when; empty if they list it."""
        since = f" since {self.deprecated_since}" if self.deprecated_since else ""
        return (
            f"The docs no longer list {self.title}{since}: it may stop working." if self.is_deprecated else ""
        )

    @property
    def always_sent(self) -> tuple[Parameter, ...]:
        return tuple(one for one in self.parameters if one.is_required and one.has_default)

    @property
    def has_files(self) -> bool:
        """True if files stand anywhere in a request."""
        return any(one.is_file for one in self.used)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The kinds of media that go into it, as far as the profile says how to tell."""
        return find_inputs(self.capabilities, _list_taken(self), self.vendor)

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The kinds of media that it makes, as far as the profile says how to tell."""
        return find_outputs(self.capabilities, self.vendor)

    @property
    def smallest(self) -> tuple[Parameter, ...]:
        """The parameters of the smallest valid payload: the required ones, and what is required with or without others."""
        example = self.example
        return tuple(one for one in self.parameters if one.name in example)

    @property
    def example(self) -> Json:
        """A valid payload with only what is required."""
        return {**self._example}

    @cached_property
    def _example(self) -> Json:
        examples = {one.name: one.example for one in self.parameters}
        found: Json = {}
        while missing := list_missing(self.spec, found):
            found |= {name: examples[name] for name in missing}
        return {name: found[name] for name in examples if name in found}

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The nested objects of its parameters, each after those inside it."""
        return tuple(shape for one in self.parameters for shape in find_shapes(one.value))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The alternatives for values of its parameters, each after those inside it."""
        return tuple(part for one in self.parameters for part in find_parts(one.value))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of its table: a row for each parameter, and for what is inside one."""
        return tuple(list_rows(self.spec))

    @cached_property
    def columns(self) -> Columns:
        """The columns that its table has on a page of its own, below which its remarks stand."""
        return Columns(list_rules(self.rows))

    @property
    def remarks(self) -> Sequence[tuple[Sequence[str], str, Sequence[str]]]:
        """What has no place in its table: the names of rows, and the label and the sentences that are said of each of them."""
        found: defaultdict[tuple[str, Sequence[str]], list[str]] = defaultdict(list)
        for row in self.rows:
            found[row.remarks.label, row.remarks.details].append(row.name)
        return [(names, label, details) for (label, details), names in found.items() if label or details]

    @property
    def form_groups(self) -> Mapping[str, Sequence[str]]:
        """The headings of the vendor's own form, each with the parameters below it."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one in self.parameters:
            found[one.group].append(one.name)
        return {group: names for group, names in found.items() if group.strip()}

    @property
    def changes_price(self) -> bool:
        """True if a parameter, or what is inside one, changes the price."""
        return any(row.remarks.changes_price for row in self.rows)

    @property
    def dependent(self) -> Mapping[str, Sequence[str]]:
        """Parameter -> the parameters that are required with it."""
        found: Mapping[str, Sequence[str]] = self.spec.get("dependentRequired", {})
        return found

    @property
    def alternatives(self) -> tuple[tuple[Sequence[str], ...], ...]:
        """Groups of lists of parameters: of each group, one list must be there whole."""
        return tuple(tuple(one["required"] for one in each["anyOf"]) for each in self.spec.get("allOf", ()))

    @property
    def annotations(self) -> Json:
        """What is said of the model beside the rules, but for what paramsync writes itself."""
        return {key: one for key, one in self.spec.items() if key.startswith("x-") and key not in RESERVED}

    @property
    def with_choices(self) -> tuple[Value, ...]:
        """The values that have choices."""
        return tuple(one for one in self.used if one.choices)

    @property
    def used(self) -> tuple[Value, ...]:
        """All values: those of its parameters, and all inside them."""
        return tuple(value for one in self.parameters for value in find_values(one.value))


def make_model(
    spec: Json,
    provider: str = "",
    anchor: str = "",
    source: str = "",
    find_spec: FindSpec = find_no_spec,
    *,
    service: Service = UNNAMED_SERVICE,
    name: str = "",
) -> Model:
    """Make a model from a spec; the provider, the anchor and the path of the spec come from its page.

    `find_spec` gives the specs that it refers to, by `$id`; `name` is its name in code, where it does not follow from its id. A choice
    that the page lists twice is listed once.
    """
    name = name or name_in_code(spec, service.vendor.prefix)
    context = Context(find_spec, service)
    spec = spec | {"properties": {name: _list_choices_once(one) for name, one in spec["properties"].items()}}
    return Model(
        id=spec["x-model"],
        name=name,
        title=spec["title"],
        description=spec.get("description", ""),
        provider=provider,
        capabilities=tuple(spec.get("x-capabilities", ())),
        markdown=spec.get("x-markdown", ""),
        anchor=anchor,
        source=source,
        parameters=tuple(_load_parameters(spec, name, context)),
        spec=spec,
        context=context,
        references=tuple(dict.fromkeys(find_references(spec))),
    )


def _list_taken(model: Model) -> Iterator[Taken]:
    """List what may take media: the parameters, and the properties inside them."""
    for one in model.parameters:
        yield Taken(one.name, one.value, one.kind)
        for _, inner in find_properties(one.value, one.name):
            yield Taken(inner.name, inner.value, inner.kind)


def _list_choices_once(schema: Json) -> Json:
    once: Json = {"enum": list_once(schema["enum"])} if "enum" in schema else {}
    inner = {"items": _list_choices_once(schema["items"])} if "items" in schema else {}
    return schema | once | inner


def _load_parameters(spec: Json, model: str, context: Context) -> Iterator[Parameter]:
    required, names = (
        frozenset(spec["required"]),
        Names(
            model,
            properties={fold(name) for name in spec["properties"]},
            files=context.service.vendor.uploaded,
        ),
    )
    dependents = _find_dependents(spec.get("dependentRequired", {}))
    groups = [[tuple(one["required"]) for one in group["anyOf"]] for group in spec.get("allOf", ())]
    for name, schema in spec["properties"].items():
        in_code = schema.get(NAME_IN_CODE, name)
        yield Parameter(
            model=model,
            name=name,
            type=schema.get("x-type") or describe_type(schema),
            value=make_value(schema, in_code, names, schema.get("x-type", "")),
            is_required=name in required,
            description=schema.get("description", ""),
            default=schema.get("default"),
            name_in_code=schema.get(NAME_IN_CODE, ""),
            required_with=tuple(dependents[name]),
            required_unless=tuple(tuple(others) for first, *others in groups if name in first),
            schema=schema,
            context=context,
        )


def _find_dependents(dependent: Mapping[str, Sequence[str]]) -> Mapping[str, list[str]]:
    """Find with which parameters each is required; that one is required with itself says nothing."""
    found = defaultdict[str, list[str]](list)
    for name, others in dependent.items():
        for other in others:
            found[other] += [name] if name != other else []
    return found
