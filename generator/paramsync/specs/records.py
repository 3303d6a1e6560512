"""Read a model's record, as the vendor's API sends it, into a draft: its facts, with their places. Pure."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import partial

from paramsync.findings import InputError, LimitError
from paramsync.pages.json_values import JsonValue, read_values
from paramsync.pages.meanings import Meaning, choose_keyword
from paramsync.pages.page import Text
from paramsync.pages.profile import Profile
from paramsync.pages.sources import CONDITIONS, INSIDE, REQUIRED_IF, RecordSource
from paramsync.paths import PROFILE, SAFE_NAME
from paramsync.rules import list_types
from paramsync.specs.document import MODEL_KEYWORDS
from paramsync.specs.draft import Draft
from paramsync.specs.facts import check_invisible, keywords_of
from paramsync.specs.parameters import MAX_PARAMETERS, find_contradictions, make_property
from paramsync.specs.record_fields import UnreadFieldError, read_field, read_model_fact, says_nothing
from paramsync.specs.schema import MAX_DEPTH, find_leaf
from paramsync.text import Json, quote


def read_record(text: str, file: str, profile: Profile) -> Draft:
    """Read a record, whole or reduced to the fields of the profile.

    Raises:
        InputError: it is not JSON, or has no id or no list of parameters where the profile says.

    """
    source = find_source(profile)
    root = read_values(text, file)
    model, parameters = root.find(source.id), root.find(source.parameters)
    if model is None or not isinstance(model.value, str):
        raise InputError((model or root).place, _explain_missing("id", "text", source.id))
    if parameters is None or not isinstance(parameters.value, list):
        raise InputError(
            (parameters or root).place, _explain_missing("parameters", "list", source.parameters)
        )
    if len(parameters.items) > MAX_PARAMETERS:
        raise LimitError(parameters.place, f"the record has more than {MAX_PARAMETERS:,} parameters")
    draft = Draft(profile, model.value, origins={"": {"x-model": model.text}}, can_state=source.keywords)
    _Reader(source, draft).read(root, parameters.items)
    return draft


def _explain_missing(key: str, noun: str, path: str) -> str:
    return f"there is no {noun} at {path!r}, where {key} of [sources.record] in {PROFILE} looks for it"


def find_source(profile: Profile) -> RecordSource:
    """Return how to read a record.

    Raises:
        ValueError: the profile does not say.

    """
    if source := profile.sources.record:
        return source
    raise ValueError("the profile has no [sources.record]")


def find_first(parameter: JsonValue, source: RecordSource, meaning: str) -> JsonValue | None:
    """Find the first field of a parameter that has a meaning."""
    paths = (path for path, one in source.fields.items() if one == meaning)
    return next(filter(None, map(parameter.find, paths)), None)


@dataclass(frozen=True, slots=True)
class _Parameter:
    """The facts of a parameter, or of one inside it, and the text of each; `depth` tells how far inside."""

    name: str  # of the parameter of the model
    facts: Json
    origins: dict[str, Text]
    path: str  # a/b, if it is inside a
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a record into a draft."""

    source: RecordSource
    draft: Draft

    def read(self, root: JsonValue, parameters: Iterable[JsonValue]) -> None:
        for path, meaning in self.source.model.items():
            if found := root.find(path):
                self._read_model_fact(path, found, meaning)
        for value in parameters:
            self._read_parameter(value)
        for path, by_parameter in self.source.by_parameter.items():
            found = root.find(path)
            for name, one in found.members.items() if found else ():
                if facts := self.draft.facts.get(name):  # it may have more than the parameters
                    self._read_fact(
                        _Parameter(name, facts, self.draft.origins[name], name), path, by_parameter, one
                    )

    def _read_model_fact(self, path: str, found: JsonValue, meaning: str) -> None:
        try:
            value = read_model_fact(found, meaning)
        except UnreadFieldError as error:
            self.draft.report_unread("bad-field", found.text, f"{path}: {error}", "", meaning)
            return
        if value:
            self.draft.spec[MODEL_KEYWORDS[meaning]] = value
            self.draft.origins[""][MODEL_KEYWORDS[meaning]] = found.text
            names = value if isinstance(value, list) else [value]
            check_invisible(names if meaning != "description" else (), found.text, self.draft, "", meaning)

    def _read_parameter(self, value: JsonValue) -> None:
        named = find_first(value, self.source, "name")
        try:
            name = _read_name(named, value, self.draft.origins)
        except UnreadFieldError as error:
            self.draft.report(error.code, (named or value).text, str(error))
            return
        origins = self.draft.origins[name] = {}
        if facts := self._read_facts(value, _Parameter(name, {}, origins, name)):
            self.draft.facts[name] = facts

    def _read_facts(self, value: JsonValue, parameter: _Parameter) -> Json:
        """Read the facts of a parameter; none if its type is unknown."""
        kind = find_first(value, self.source, "type")
        text = (kind or value).text
        word = self.source.types.get(str(kind.value), str(kind.value)) if kind else ""
        if self.draft.find_type(word) is None:
            lines = f"# {PROFILE}, below [sources.record.types]\n{text.written} = … # a word of [types]"
            problem = f"{text.written} is not a known type"
            self.draft.report("unknown-type", text, problem, parameter.name, common_lines=lines)
            return {}
        parameter.facts.update({"type": word, "required": False})
        parameter.origins.update(dict.fromkeys(("type", "x-type", "items"), text))
        parameter.origins.update(dict.fromkeys(("required", "description"), value.text))
        for path, meaning in self.source.fields.items():
            found = value.find(path)
            if found and meaning not in ("name", "type", "ignored"):
                self._read_fact(parameter, path, meaning, found)
        return parameter.facts

    def _read_fact(self, parameter: _Parameter, path: str, meaning: Meaning, found: JsonValue) -> None:
        """Read a field into the facts of a parameter; a condition whose meaning is not certain is kept as an annotation."""
        facts, last = parameter.facts, path.rpartition(".")[2]
        schema = self.draft.get_type(facts["type"])
        keyword = choose_keyword(meaning, schema)
        try:
            inside = keyword == INSIDE
            value = (
                self._read_inside(found, parameter, schema) if inside else read_field(keyword, found, schema)
            )
        except UnreadFieldError as error:
            # No overlay corrects what is inside a parameter.
            is_correctable = keyword != INSIDE and not parameter.depth
            report = (
                partial(self.draft.report_unread, column=keyword) if is_correctable else self.draft.report
            )
            report("bad-field", found.text, f"{path}: {error}", parameter.name)
            return
        if says_nothing(keyword, value):
            return
        if keyword in CONDITIONS and (parameter.depth or len(value) > 1):
            keyword = REQUIRED_IF
        facts[keyword] = facts.get(REQUIRED_IF, {}) | {last: value} if keyword == REQUIRED_IF else value
        parameter.origins.update(dict.fromkeys(keywords_of(keyword), found.text))
        if keyword in ("choices", "default") and not parameter.depth:
            values = value if isinstance(value, list) else [value]
            check_invisible(values, found.text, self.draft, parameter.name, keyword)

    def _read_inside(self, found: JsonValue, parameter: _Parameter, schema: Json) -> Json:
        """Read the parameters of the objects in a parameter.

        Raises:
            UnreadFieldError: there is no list of them, or one has no valid name.

        """
        _check_inside(found, parameter, schema)
        inside: Json = {"properties": {}, "required": []}
        for value in found.items:
            name = _read_name(find_first(value, self.source, "name"), value, inside["properties"])
            inner = _Parameter(parameter.name, {}, {}, f"{parameter.path}/{name}", parameter.depth + 1)
            if facts := self._read_facts(value, inner):
                inside["properties"][name] = made = make_property(facts, self.draft)
                inside["required"] += [name] if facts["required"] else []
                self.draft.inner[inner.path] = inner.origins
                for _, keyword, problem in find_contradictions(facts, made):
                    self.draft.report(
                        "bad-field", inner.origins[keyword], f"{name}: {problem}", parameter.name
                    )
        return inside if inside["properties"] else {}


def _check_inside(found: JsonValue, parameter: _Parameter, schema: Json) -> None:
    if "object" not in list_types(find_leaf(schema)):
        raise UnreadFieldError(f"a parameter of type {parameter.facts['type']} has no parameters in it")
    if not isinstance(found.value, list):
        raise UnreadFieldError(f"{found.text.written} is no list of parameters")
    if len(found.items) > MAX_PARAMETERS:
        raise UnreadFieldError(f"there are more than {MAX_PARAMETERS:,} parameters")
    if parameter.depth >= MAX_DEPTH:
        raise UnreadFieldError(f"there are more than {MAX_DEPTH} parameters inside each other")


def _read_name(named: JsonValue | None, parameter: JsonValue, known: Container[str]) -> str:
    """Read the name of a parameter.

    Raises:
        UnreadFieldError: there is none, it is not valid, or another parameter has it.

    """
    name = named.value if named else None
    if not isinstance(name, str) or not SAFE_NAME.fullmatch(name):
        raise UnreadFieldError(
            f"{(named or parameter).text.written} is not a valid parameter name", "unsafe-name"
        )
    if name in known:
        raise UnreadFieldError(f"{quote(name)} is there twice", "duplicate-parameter")
    return name
