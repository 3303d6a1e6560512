"""The models and parameters that templates see, made from specs. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from paramsync.specs.document import NAME_IN_CODE, name_in_code
from paramsync.specs.text_forms import LOCAL, find_forms
from paramsync.text import Json


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a model.

    `type` is the vendor's word for the type; `element` is the JSON type of the value, or of an array's elements. `choices`,
    `minimum` and `maximum` are rules for the same; `shown_minimum` and `shown_maximum` are the bounds of the page, enforced or not.
    """

    model: str  # the name of the model in code
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
    name_in_code: str = ""  # from which code spells it, if an overlay has given it one
    # The choices, for lookup.
    allowed: Mapping[Any, None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "allowed", dict.fromkeys(self.choices))

    @property
    def needs_no_quotes(self) -> bool:
        """True if the name can be an object key without quotes: it has no dot or dash, and no digit first."""
        return self.name.isidentifier()

    @property
    def is_file(self) -> bool:
        """True if it takes local files; one with choices takes only these."""
        return LOCAL in find_forms(self.type, self.choices)

    @property
    def has_default(self) -> bool:
        return self.default is not None

    @property
    def has_literal_choices(self) -> bool:
        """True if there are choices, and none is a float: most languages have no literal types for floats."""
        return bool(self.choices) and not any(isinstance(choice, float) for choice in self.choices)

    @property
    def has_bounds(self) -> bool:
        return self.minimum is not None or self.maximum is not None

    @property
    def example(self) -> Any:
        """A valid value: the default, the first choice within the bounds, or a simple one; a file is a sample of the sandbox."""
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
        if self.is_file:  # the docs do not state the kind of file, but the name may
            return f"asset_sample_{next((word for word in ('video', 'audio') if word in self.name.lower()), 'image')}"
        bounds = [bound for bound in (self.minimum, self.maximum) if bound is not None]
        plain: dict[str, Any] = {"number": bounds[0] if bounds else 1, "boolean": True, "object": {}}
        return plain.get(
            self.element, "model_of-yours" if self.type.startswith("model") else "a red fox in the snow"
        )


@dataclass(frozen=True, slots=True)
class Model:
    """A model, and the spec it comes from; `provider` is the heading above it, `source` the path of the spec."""

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
    spec: dict[str, Any] = field(compare=False, hash=False)
    is_deprecated: bool = False
    deprecated_since: str = ""

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
        return any(one.is_file for one in self.parameters)

    @property
    def required(self) -> tuple[Parameter, ...]:
        return tuple(one for one in self.parameters if one.is_required)

    @property
    def example(self) -> dict[str, Any]:
        """A valid payload with only the required parameters."""
        return {one.name: one.example for one in self.required}


def make_model(spec: dict[str, Any], provider: str = "", anchor: str = "", source: str = "") -> Model:
    """Make a model from a spec; the provider, the anchor and the path of the spec come from its page.

    A choice that the page lists twice is listed once.
    """
    properties = {name: _list_choices_once(rules) for name, rules in spec["properties"].items()}
    spec = spec | {"properties": properties}
    return Model(
        id=spec["x-model"],
        name=name_in_code(spec),
        title=spec["title"],
        description=spec.get("description", ""),
        provider=provider,
        capabilities=tuple(spec["x-capabilities"]),
        markdown=spec.get("x-markdown", ""),
        anchor=anchor,
        source=source,
        parameters=tuple(_load_parameters(spec)),
        spec=spec,
    )


def _list_choices_once(rules: Json) -> Json:
    once: Json = {"enum": [*dict.fromkeys(rules["enum"])]} if "enum" in rules else {}
    return rules | once | ({"items": _list_choices_once(rules["items"])} if "items" in rules else {})


def _load_parameters(spec: dict[str, Any]) -> Iterator[Parameter]:
    required = frozenset(spec["required"])
    for name, rules in spec["properties"].items():
        element = rules.get("items", rules)
        yield Parameter(
            model=name_in_code(spec),
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
            name_in_code=rules.get(NAME_IN_CODE, ""),
        )
