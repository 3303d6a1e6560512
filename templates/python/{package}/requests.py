"""Typed requests: checked, frozen values that know the JSON to send."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from inspect import iscoroutinefunction
from io import TextIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SerializationInfo,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from .any_request import describe_any, read_request, write_request
from .display import show, show_name, show_value, without_signatures
from .file_parameters import INNER_FILES, takes_files
from .given_names import IN_PYTHON, call_as_given, find_meant, rename, wire_name
from .json_tree import MAX_DEPTH, as_array, is_local, put_ids, to_builtin, unwrap
from .json_values import Kept, keep_value
from .json_types import is_choice
from .kinds import AnyKind, Readable, WebUpload, call, explain, find_kind, find_kinds, find_schema, is_refused
from .lookup import BY_ID
from .problems import Problem, write_pointer
from .rules import BROKEN
from .specs import load_spec
from .stored_file import StoredFile
from .validators import validate
from .vendor import FORMS, REMOTE, TEXTS
from .vocabulary import fold

Place = tuple[str | int, ...]
MAX_SHOWN = 60
PIECE = 20  # elements of an array that are checked at once, and problems of a request: no more are reported


def check_file(value: object, *, kind: str = "") -> object:
    """Accept what can be sent as a file, of a kind perhaps; for anything else, say what to write instead."""
    if isinstance(value, AnyKind):
        if isinstance(value.file, AnyKind | list | tuple):
            raise PydanticCustomError("file", "AnyKind takes one file; in a list, give AnyKind(file) for each")
        if not isinstance(value.file, StoredFile):
            check_file(value.file, kind=kind)
        return value
    if isinstance(value, StoredFile):
        _check_kind(value, kind)
        return value
    if isinstance(value, Path | bytes) or (isinstance(value, str) and value.startswith(REMOTE)):
        return value
    if not isinstance(value, str) and callable(getattr(value, "read", None)):
        _check_readable(value)
        return value
    if isinstance(value, str):
        # After a question mark, and in a URL after a hash, may be a signature.
        cut = without_signatures(value).partition("?")[0][:MAX_SHOWN]
        shown = repr(value if value == cut else cut + "…")
        raise PydanticCustomError(
            "file",
            "{shown} is not {texts}; for a local file use Path({shown})",
            {"shown": shown, "texts": TEXTS},
        )
    hint = explain(value) or f"{call(kind)} is {FORMS}"
    raise PydanticCustomError("file", "{hint}", {"hint": hint})


def _check_readable(value: Any) -> None:
    """Refuse an open file whose bytes cannot be read, or not without awaiting."""
    if iscoroutinefunction(value.read) and not hasattr(value, "file"):
        raise PydanticCustomError("file", "a file that must be awaited cannot be sent: give its bytes")
    if hasattr(value, "status_code") and hasattr(value, "content"):  # of httpx, whose `read` takes no size
        raise PydanticCustomError("file", "a response is not a file: give its bytes, response.content")
    if isinstance(value, TextIOBase) or isinstance(getattr(value, "encoding", None), str):
        raise PydanticCustomError("file", "a file must be opened in binary mode: mode 'rb'")


def _check_kind(stored: StoredFile, kind: str) -> None:
    """Refuse a file of the service that cannot be of the kind that is wanted."""
    if is_refused(find_kinds(stored), kind):
        said = {"id": show_name(stored.id), "called": call(stored.kind), "wanted": call(kind)}
        message = "{id} is {called}, where {wanted} is wanted; to send it all the same: AnyKind(asset)"
        raise PydanticCustomError("kind", message, said)


class FileType:
    """How pydantic checks a file that may be of a kind, writes it as JSON, and describes it."""

    def __init__(self, kind: str = "") -> None:
        self.kind: str = kind

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return keep_value(partial(check_file, kind=self.kind))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        from .json_schema import describe_file

        return describe_file(self.kind)


def of_kind(kind: str) -> FileType:
    """Make a `File` one of a kind, in the words of the service: what it accepts is the same, only who sends it looks at the file."""
    return FileType(kind)


File = Annotated[Path | bytes | BinaryIO | Readable | WebUpload | str | AnyKind | StoredFile, FileType()]
"""A file to send: a `Path`, bytes, an open binary file, a stream or an upload to a web server, which is uploaded first; an asset; or a text
that stands for one: an id or a URL.

A local file of another kind than its parameter takes is refused when it is sent; `AnyKind(file)` sends it all the same.
"""

ImageFile = Annotated[File, of_kind("image")]
"""An image to send, given as any `File`."""

VideoFile = Annotated[File, of_kind("video")]
"""A video to send, given as any `File`."""

AudioFile = Annotated[File, of_kind("audio")]
"""An audio file to send, given as any `File`."""

ThreeDFile = Annotated[File, of_kind("3d")]
"""A 3D model to send, given as any `File`."""


def _as_integer(value: object) -> object:
    """Take a whole number however it is written: in JSON, 1.0 is 1."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer = Annotated[int, BeforeValidator(_as_integer)]
"""A whole number."""


def one_of(*choices: object) -> AfterValidator:
    """Allow only these values; a `Literal` cannot, since it allows no floats."""
    allowed = " or ".join(map(show, choices))

    def check(value: object) -> object:
        if not is_choice(value, choices):
            raise PydanticCustomError("one_of", "Input should be {allowed}", {"allowed": allowed})
        return value

    return AfterValidator(check)


class Runnable:
    """What a client runs: a `Request`, or an `AnyModel`, which is not checked."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def model_id(self) -> str:
            """The id of the model in the API."""

    def body(self) -> dict[str, Any]:
        """Return the JSON to send."""
        raise NotImplementedError

    def to_json(self) -> str:
        """Write it as JSON; `from_json` reads it back."""
        raise NotImplementedError


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
    API; and what is of this class itself is a request to any model, as `{"model_id": "…", "parameters": {…}}`.

    Raises:
        pydantic.ValidationError: a parameter breaks the rules of the model. It is a ValueError.

    """

    model_id: ClassVar[str]
    """The id of the model in the API."""

    always_sent: ClassVar[tuple[str, ...]] = ()
    """The required parameters that have a default, which is sent if no value is given."""

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
        listed, model_id = self._listed(), self.model_id
        found = validate(model_id, {name: _as_sent(model_id, value, (name,)) for name, value in listed.items()})
        local = set(_find_local(listed, "")) if found else ()
        wrong = _find_wrong_files(model_id, listed, ()) if model_id in INNER_FILES else ()
        return [*wrong, *(one for one in found if one.code not in BROKEN or one.pointer not in local)]

    def to_json(self) -> str:
        """Write it as JSON, for queues and other languages; `from_json` reads it back. Of a `Path` only the path is written.

        Raises:
            ValueError: it holds an open file.

        """
        from .serialization import write  # its models take pydantic some time

        return write(self.model_id, self._listed(), self._unlisted)

    def _listed(self) -> dict[str, Any]:
        """Return what is sent under names of the model; a parameter that is None counts as not given."""
        sent: dict[str, Any] = {}
        for name, facts in type(self).model_fields.items():
            value = getattr(self, name) if name in self.model_fields_set else None
            if value is None and name in self.always_sent:
                value = facts.default
            if value is not None:
                sent[wire_name(name, facts)] = list(value) if isinstance(value, list | tuple) else value
        return sent

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy this request, with other values, which are checked; their names may be those in Python or in the API.

        Raises:
            pydantic.ValidationError: a parameter breaks the rules of the model. It is a ValueError.

        """
        copied = super().model_copy(deep=deep)
        if not update:
            return copied
        wire = {wire_name(name, facts): name for name, facts in type(self).model_fields.items()}
        named = {name if name in wire.values() else wire.get(name, name): value for name, value in update.items()}
        given = {name: getattr(copied, name) for name in self.model_fields_set}
        made = type(self).model_validate(given | (named if len(named) == len(update) else dict(update)))
        made.__pydantic_private__ = {"_unlisted": {name: one for name, one in self._unlisted.items() if wire.get(name) not in named}}
        return made

    def unlisted(self, /, **parameters: Any) -> Self:
        """Copy this request, with values added that are not checked: for a choice or a parameter that is newer than this package.

        A parameter that this package has may be called as here or as in the API; a new one has the name of the API.

        Raises:
            TypeError: a name differs from a parameter only in capitals or underscores, or is given twice.

        """
        copied = self.model_copy()
        copied.__pydantic_private__ = {"_unlisted": self._unlisted | put_ids(self._under_wire_names(parameters))}
        return copied

    def _under_wire_names(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameters under the names of the API."""
        wire = {name: wire_name(name, facts) for name, facts in type(self).model_fields.items()}
        folded = {fold(one): name for name, other in wire.items() for one in (name, other)}
        found: dict[str, Any] = {}
        for given, value in parameters.items():
            name = given if given in wire.values() else wire.get(given, given)
            if name in found:
                raise TypeError(f"unlisted: {show(name)} is given twice, under two names")
            if name not in wire.values() and (meant := folded.get(fold(name))):
                raise TypeError(f"unlisted: {type(self).__name__} has no parameter {show(given)}; did you mean {show(meant)}?")
            found[name] = value
        return found

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
        if hasattr(cls, "model_id"):
            return handler(source)
        kept = keep_value(lambda value: value)
        written = core_schema.plain_serializer_function_ser_schema(write_request, return_schema=kept)
        return core_schema.no_info_plain_validator_function(partial(read_request, cls), serialization=written)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        if not hasattr(cls, "model_id"):
            return describe_any()
        from .json_schema import describe_request

        return describe_request(cls, cls.model_id, handler) if cls.model_id in BY_ID else handler(schema)

    @model_serializer(return_type=Annotated[Any, Kept])
    def _write(self, info: SerializationInfo) -> dict[str, Any]:
        """Write what was set, so that what is read again says the same; with what is unlisted, which is not read again."""
        written: dict[str, Any] = {}
        for name, facts in type(self).model_fields.items():
            value = getattr(self, name)
            is_left_out = (info.exclude_none and value is None) or (info.exclude_defaults and value == facts.default)
            if name in self.model_fields_set and not is_left_out and _is_chosen(name, info):
                key = wire_name(name, facts) if info.by_alias else name
                written[key] = list(value) if isinstance(value, tuple) else value
        return written | {name: value for name, value in self._unlisted.items() if _is_chosen(name, info)}

    @model_validator(mode="wrap")
    @classmethod
    def _check(cls, given: Any, check: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Take parameters under their names in Python or in the API, check them, and let errors call them as they were given."""
        fields = cls.model_fields
        if not isinstance(given, dict) or (info.context is IN_PYTHON and given.keys() <= fields.keys()):
            return cls._check_rules(check(given))
        meant = find_meant(cls.__name__, fields, given, info.context)
        named = {meant[name]: value for name, value in given.items()}
        try:
            return cls._check_rules(check(named))
        except ValidationError as error:
            raise rename(cls.__name__, error, call_as_given(fields, meant, info.context), (named, given)) from None

    def _check_rules(self) -> Self:
        """Check every rule on the JSON that is sent: the types of the fields state only some."""
        if problems := self.problems():
            raise ValidationError.from_exception_data(type(self).__name__, [self._describe(one) for one in problems[:PIECE]])
        for name, value in self.__dict__.items():  # only now: the kinds of assets inside objects were checked with the rules
            if isinstance(value[0] if isinstance(value, tuple) and value else value, dict | list | tuple):
                self.__dict__[name] = tuple(map(put_ids, value)) if isinstance(value, tuple) else put_ids(value)
        return self

    def _describe(self, problem: Problem) -> InitErrorDetails:
        """Describe a problem as pydantic does, with the parameter's name in Python."""
        names = {wire_name(name, facts): name for name, facts in type(self).model_fields.items()}
        first, *others = (part.replace("~1", "/").replace("~0", "~") for part in problem.pointer.split("/")[1:])
        place = (names.get(first, first), *(int(part) if part.isdecimal() else part for part in others))
        said = PydanticCustomError(problem.code, "{message}", {"message": problem.message})
        return InitErrorDetails(type=said, loc=place, input=None)

    @field_validator("*", mode="wrap")
    @classmethod
    def _check_value(cls, value: Any, check: ValidatorFunctionWrapHandler) -> Any:
        """Check a value; return it, and not what pydantic makes of it: 42 stays 42, and does not become 42.0.

        What another library has for a number, an array, a path or bytes becomes Python's own.
        """
        if isinstance(value, AnyKind) and isinstance(value.file, list | tuple):
            check_file(value)  # which tells what to write instead
        is_array = isinstance(value := as_array(value), list | tuple)
        value = [to_builtin(element) for element in value] if is_array else to_builtin(value)
        _check_array(value, check) if is_array else check(value)
        return tuple(map(unwrap, value)) if is_array else unwrap(value)


@dataclass(frozen=True)
class AnyModel(Runnable):
    """A request to a model that this version of the package does not have. Its parameters are not checked."""

    model_id: str
    parameters: Mapping[str, Annotated[Any, Kept]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.model_id, str) or not isinstance(self.parameters, Mapping):
            raise TypeError('AnyModel takes the id of a model and a dict: AnyModel("the-id", {"name": "value"})')
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

        return write(self.model_id, None, self.body())


def _check_array(values: Sequence[Any], check: ValidatorFunctionWrapHandler) -> list[Any]:
    """Check an array piece by piece, up to the first wrong piece: nobody reads a million errors."""
    checked: list[Any] = []
    for begin in range(0, max(len(values), 1), PIECE):
        try:
            checked += check(values[begin : begin + PIECE])
        except ValidationError:
            check(values[: begin + PIECE])  # again, for the right indexes
            raise
    return checked


def _is_chosen(name: Any, info: SerializationInfo) -> bool:
    """Tell whether a parameter is among those that are to be written."""
    chosen, excluded = info.include, info.exclude
    is_excluded = name in (excluded or ()) and not (isinstance(excluded, Mapping) and isinstance(excluded[name], Mapping | AbstractSet))
    return (chosen is None or name in chosen) and not is_excluded


def _find_local(value: Any, pointer: str) -> Iterator[str]:
    """Find the pointers of local files in a value: how long the text is that is sent for one, nobody knows yet."""
    if pointer.count("/") < MAX_DEPTH and isinstance(value, dict | list | tuple):
        for part, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _find_local(inner, pointer + write_pointer([part]))
    elif is_local(value):
        yield pointer


def _as_sent(model_id: str, value: Any, place: Place) -> Any:
    """Return a value as it will be sent: a text in place of each local file, but where something else is wanted."""
    if len(place) <= MAX_DEPTH and isinstance(value, list | tuple):
        return [_as_sent(model_id, item, (*place, index)) for index, item in enumerate(value)]
    if len(place) <= MAX_DEPTH and isinstance(value, dict):
        return {name: _as_sent(model_id, inner, (*place, name)) for name, inner in value.items()}
    is_file = isinstance(value, AnyKind | StoredFile) or is_local(value)
    if not is_file or not _may_take_files(model_id, place):
        return value
    return value.id if isinstance(value, StoredFile) else REMOTE[0]


def _may_take_files(model_id: str, place: Place) -> bool:
    """Tell whether a file may stand at a place: in an object, not where its spec wants something else."""
    is_inner = any(isinstance(part, str) for part in place[1:])
    return not is_inner or takes_files(model_id, place) or "type" not in find_schema(load_spec(model_id), place)


def _find_wrong_files(model_id: str, value: Any, place: Place) -> Iterator[Problem]:
    """Find the texts and files inside objects that cannot be sent as the files that are wanted there."""
    if len(place) <= MAX_DEPTH and isinstance(value, list | tuple | dict):
        for part, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _find_wrong_files(model_id, inner, (*place, part))
    elif len(place) > 1 and (isinstance(value, str | AnyKind | StoredFile) or is_local(value)) and takes_files(model_id, place):
        try:
            check_file(value, kind=find_kind(load_spec(model_id), place))
        except PydanticCustomError as error:
            yield Problem(write_pointer(place), "kind" if error.type == "kind" else "type", error.message())
