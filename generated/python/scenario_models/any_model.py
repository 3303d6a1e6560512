"""A request to a model that this package does not have: nothing in it is checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .display import show_value
from .json_tree import put_ids
from .json_values import Kept
from .runnable import Runnable


@dataclass(frozen=True, repr=False)
class AnyModel(Runnable):
    """A request to a model that this version of the package does not have. Its parameters are not checked.

    As a type of pydantic's, it takes any request that is written as JSON: what is `unlisted` there is among its parameters.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    model_id: str
    parameters: Mapping[str, Annotated[Any, Kept]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.model_id, str) or not isinstance(self.parameters, Mapping):
            raise TypeError(
                'AnyModel takes the id of a model and a dict: AnyModel("the-id", {"name": "value"})'
            )
        object.__setattr__(self, "parameters", dict(put_ids(dict(self.parameters))))

    def __repr__(self) -> str:
        return f"AnyModel({show_value(self.model_id)!r}, {show_value(self.parameters)!r})"

    def __hash__(self) -> int:
        return hash((self.model_id, *self.parameters))  # the names only: a value may not be hashable

    def _repr_html_(self) -> str:
        from .html_table import write_request

        return write_request(f"AnyModel {self.model_id}", show_value(self.parameters).items())

    def body(self) -> dict[str, Any]:
        """Return the JSON to send."""
        return dict(self.parameters)

    def to_json(self) -> str:
        """Write it as JSON; `from_json` reads it back.

        Raises:
            ValueError: it holds an open file, or a value that JSON cannot express.

        """
        from .serialization import write  # its models take pydantic some time

        return write({"model_id": self.model_id, "unlisted": self.body()})

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_merge_unlisted, handler(source))


def _merge_unlisted(given: Any) -> Any:
    """Put what is unlisted in a request as JSON among its parameters."""
    if not isinstance(given, dict) or not isinstance(given.get("unlisted"), dict):
        return given
    parameters = given.get("parameters", {})
    if not isinstance(parameters, dict):
        return given
    merged = {name: value for name, value in given.items() if name != "unlisted"}
    return merged | {"parameters": parameters | given["unlisted"]}
