"""Typed requests: checked, frozen values that know the JSON to send."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from .display import show_value
from .given_names import IN_PYTHON, call_as_given, find_meant, python_names, rename, under_python_names, under_wire_names, wire_names
from .given_values import check_value
from .json_pointers import read_pointer
from .json_tree import PLAIN, put_ids
from .json_values import is_chosen, keep_value
from .lookup import BY_ID
from .problems import Problem
from .request_files import find_problems
from .runnable import Runnable

MAX_PROBLEMS = 20  # of a request: no more are reported


class Request(
    BaseModel,
    Runnable,
    frozen=True,
    extra="forbid",
    strict=True,
    allow_inf_nan=False,
    protected_namespaces=(),
    hide_input_in_errors=True,
):
    """A request to a model: its parameters, checked when it is made. No network is needed.

    It is also a type of pydantic's: that of a field, or of a body in FastAPI. There, parameters may have their names in Python or in the
    API; and what is of this class itself is a request to any model, as `{"model_id": "…", "parameters": {…}}`, with `unlisted` perhaps.

    Raises:
        pydantic.ValidationError: a parameter breaks the rules of the model. It is a ValueError.

    """

    model_id: ClassVar[str]
    """The id of the model in the API."""

    always_sent: ClassVar[tuple[str, ...]] = ()
    """The required parameters that have a default, which is sent if no value is given."""

    __read_any__: ClassVar[Callable[[Any], Any] | None] = None  # which is registered where all models can be found

    _unlisted: dict[str, Any] = PrivateAttr(default_factory=dict)

    if not TYPE_CHECKING:  # type checkers see that of each model

        def __init__(self, /, **parameters):  # noqa: ANN003, ANN204
            """Make a request of parameters under their names in Python."""
            __tracebackhide__ = True
            made = self.__pydantic_validator__.validate_python(parameters, self_instance=self, context=IN_PYTHON)
            if made is not self:
                raise TypeError("this is the base of all requests: make one of the class of a model, or by from_body(id, {…})")

        __init__.__pydantic_base_init__ = True  # it does what pydantic's does, and need not be called for each body

    def body(self) -> dict[str, Any]:
        """Return the JSON to send, under the names of the API: what was set, and the defaults of required parameters.

        Local files are in it as they were given: to send it yourself, upload each, and put its id in its place.
        """
        return self._listed() | self._unlisted

    def problems(self) -> list[Problem]:
        """Check it again, except for unlisted parameters: unpickling, or changing a value inside, may have made it wrong."""
        return find_problems(self.model_id, self._listed())

    @property
    def unlisted_parameters(self) -> dict[str, Any]:
        """What `unlisted` has added, under the names of the API: nothing checks it."""
        return dict(self._unlisted)

    def to_json(self) -> str:
        """Write it as JSON, for queues and other languages; `from_json` reads it back. Of a `Path` only the path is written.

        Raises:
            ValueError: it holds an open file.

        """
        from .serialization import write  # its models take pydantic some time

        return write(self._with_id())

    def _with_id(self) -> dict[str, Any]:
        """Write it with the id of its model: what `from_json` reads, and a field of the type `Request`."""
        unlisted = {"unlisted": self._unlisted} if self._unlisted else {}
        return {"model_id": self.model_id, "parameters": self._listed(), **unlisted}

    def _listed(self) -> dict[str, Any]:
        """Return what is sent under names of the model; a parameter that is None counts as not given."""
        sent: dict[str, Any] = {}
        values, given, always_sent = self.__dict__, self.model_fields_set, self.always_sent
        for name, wire in wire_names(type(self)).items():
            value = values.get(name) if name in given else None
            if value is None and name in always_sent:
                value = type(self).model_fields[name].default
            if value is not None:
                sent[wire] = list(value) if isinstance(value, list | tuple) else value
        return sent

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy this request, with other values, which are checked; their names may be those in Python or in the API.

        Raises:
            pydantic.ValidationError: a parameter breaks the rules of the model. It is a ValueError.

        """
        copied = super().model_copy(deep=deep)
        if not update:
            return copied
        python, named = python_names(type(self)), under_python_names(type(self), update)
        given = {name: getattr(copied, name) for name in self.model_fields_set}
        made = type(self).model_validate({**given, **named})
        made.__pydantic_private__ = {"_unlisted": {name: one for name, one in self._unlisted.items() if python.get(name) not in named}}
        return made

    def unlisted(self, /, **parameters: Any) -> Self:
        """Copy this request, with values added that are not checked: for a choice or a parameter that is newer than this package.

        A parameter that this package has may be called as here or as in the API; a new one has the name of the API.

        Raises:
            TypeError: a name differs from a parameter only in capitals or underscores, or is given twice.

        """
        copied = super().model_copy()
        added = under_wire_names(type(self), parameters)
        copied.__pydantic_private__ = {"_unlisted": self._unlisted | put_ids(added)}  # to checkers, attributes are frozen
        return copied

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name in type(self).model_fields:
            if name in self.model_fields_set:
                yield name, show_value(getattr(self, name))
        if self._unlisted:
            yield "unlisted", show_value(self._unlisted)

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        from .html_table import write_request

        return write_request(f"{type(self).__name__} {self.model_id}", self.__repr_args__())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Request) and type(self) is type(other) and self.body() == other.body()

    def __hash__(self) -> int:
        return hash((type(self), *self.body()))  # the names only: a value may not be hashable

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        kept = keep_value(lambda value: value)
        if hasattr(cls, "model_id"):
            schema = handler(source)
            # As `model_serializer` does, whose module takes more time to import than this one.
            written = core_schema.plain_serializer_function_ser_schema(cls._write, info_arg=True, return_schema=kept)
            resolved: Any = handler.resolve_ref_schema(schema)
            resolved["serialization"] = written
            return schema
        written = core_schema.plain_serializer_function_ser_schema(cls._with_id, return_schema=kept)
        return core_schema.no_info_plain_validator_function(cls._read, serialization=written)

    @classmethod
    def _read(cls, given: Any) -> Any:
        """Return what is a request already, or read one to any model."""
        if isinstance(given, cls):
            return given
        if not cls.__read_any__:
            raise TypeError("to read a request to any model, import Request from the package itself, not from a module in it")
        return cls.__read_any__(given)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        from . import json_schema

        if not hasattr(cls, "model_id"):
            return json_schema.describe_any()
        return json_schema.describe_request(cls, cls.model_id, handler) if cls.model_id in BY_ID else handler(schema)

    def _write(self, info: core_schema.SerializationInfo) -> dict[str, Any]:
        """Write what was set, so that what is read again says the same; with what is unlisted, which is refused then."""
        written: dict[str, Any] = {}
        for name, wire in wire_names(type(self)).items():
            value = getattr(self, name)
            is_left_out = (info.exclude_none and value is None) or (info.exclude_defaults and value == type(self).model_fields[name].default)
            if name in self.model_fields_set and not is_left_out and is_chosen(name, info):
                written[wire if info.by_alias else name] = list(value) if isinstance(value, tuple) else value
        return written | {name: value for name, value in self._unlisted.items() if is_chosen(name, info)}

    @model_validator(mode="wrap")
    @classmethod
    def _check(cls, given: Any, check: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Take parameters under their names in Python or in the API, check them, and let errors call them as they were given."""
        if not isinstance(given, dict) or (info.context is IN_PYTHON and given.keys() <= wire_names(cls).keys()):
            return cls._check_rules(check(given))
        meant = find_meant(cls, given, info.context)
        named = {meant[name]: value for name, value in given.items()}
        try:
            return cls._check_rules(check(named))
        except ValidationError as error:
            raise rename(cls.__name__, error, call_as_given(cls, given, meant, info.context), (named, given)) from None

    def _check_rules(self) -> Self:
        """Check every rule on the JSON that is sent: the types of the fields state only some."""
        if problems := self.problems():
            raise ValidationError.from_exception_data(type(self).__name__, [self._describe(one) for one in problems[:MAX_PROBLEMS]])
        for name, value in self.__dict__.items():  # only now: the kinds of assets inside objects were checked with the rules
            if type(value) not in PLAIN and isinstance(value[0] if isinstance(value, tuple) and value else value, dict | list | tuple):
                self.__dict__[name] = tuple(map(put_ids, value)) if isinstance(value, tuple) else put_ids(value)
        return self

    def _describe(self, problem: Problem) -> InitErrorDetails:
        """Describe a problem as pydantic does, with the parameter's name in Python."""
        names = python_names(type(self))
        parts = read_pointer(problem.pointer)
        place = (*(names.get(part, part) for part in parts[:1]), *(int(part) if part.isdecimal() else part for part in parts[1:]))
        said = PydanticCustomError(problem.code, "{message}", {"message": problem.message})
        return InitErrorDetails(type=said, loc=place, input=None)

    @field_validator("*", mode="wrap")
    @classmethod
    def _check_value(cls, value: Any, check: ValidatorFunctionWrapHandler) -> Any:
        return check_value(value, check)
