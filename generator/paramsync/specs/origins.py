"""Where each fact of a model comes from: what its sources say of it, where, as written, and what an overlay has corrected. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from paramsync.findings import Place
from paramsync.pages.page import Text
from paramsync.pages.sources import CONDITIONS
from paramsync.paths import LLM_MARKDOWN, OVERLAY_SUFFIX, RECORD, SourceName
from paramsync.rules import RULES, json_key
from paramsync.specs.document import MODEL_KEYWORDS
from paramsync.specs.draft import Corrected, Draft, Statement
from paramsync.specs.facts import KEYWORDS, keywords_of
from paramsync.specs.merging import agree, states
from paramsync.specs.nesting import list_paths
from paramsync.text import Json

Path = tuple[str, ...]  # the names of a parameter and of what is inside it; (): the model
Origin = SourceName | Literal["overlay"]
Judgement = Literal["decides", "agrees", "differs"]
# What is no fact of a model, or of a value, by itself.
STRUCTURE = frozenset({"$schema", "$id", "type", "properties", "required", "additionalProperties"})
OF_SEVERAL = frozenset({"dependentRequired", "allOf"})  # told with each parameter
INSIDE = frozenset({"properties", "required", "additionalProperties"})
UNENFORCED = {rule.unenforced: rule.keyword for rule in RULES}
OF_MODEL = {keyword: fact for fact, keyword in MODEL_KEYWORDS.items()}
OF_PARAMETER = {keyword: fact for fact, keywords in KEYWORDS.items() for keyword in keywords} | UNENFORCED
DOCUMENTATION = frozenset[str]({"page", "markdown"})


@dataclass(frozen=True, slots=True)
class Quotation:
    """What a source, or an overlay, says of a fact: as written, where, and whether that decides it, agrees with it, or differs.

    `row` is the name of the parameter in whose row, or record, it stands; empty if it is about the model.
    """

    source: Origin
    place: Place
    written: str
    judgement: Judgement
    row: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A keyword of a spec, and what is said of it, first what decides it; none where nothing says so.

    `name` is that of the fact from which the keyword follows, perhaps with others; `elements` tells of how many arrays the elements are
    meant. `reason` is that of the overlay which has corrected it, or has confirmed it.
    """

    name: str
    keyword: str
    value: Any
    quotations: tuple[Quotation, ...] = ()
    elements: int = 0
    reason: str = ""
    is_corrected: bool = False
    is_disputed: bool = False

    @property
    def is_known(self) -> bool:
        """True if it is known where it comes from."""
        return any(one.judgement != "differs" for one in self.quotations)

    @property
    def is_told_differently(self) -> bool:
        """True if some source says something else."""
        return any(one.judgement == "differs" for one in self.quotations)

    @property
    def is_documented(self) -> bool:
        """True if the vendor's documentation says something of it, and not its API or an overlay alone."""
        return any(one.source in DOCUMENTATION for one in self.quotations)


@dataclass(frozen=True, slots=True)
class _Schema:
    """What a spec says of the model, of a parameter, or of what is inside one, and whether it is required there."""

    path: Path
    place: str  # as the tables of docs call it
    rules: Json
    is_required: bool


NOTHING = _Schema((), "", {}, is_required=False)


@dataclass(frozen=True, slots=True)
class _Owner:
    """What a draft knows of the model, of a parameter, or of what is inside one, which has no name of its own among the parameters."""

    draft: Draft
    name: str | None
    row: str
    texts: Mapping[str, Text]
    seen: set[str] = field(default_factory=set)  # the facts that were told with an earlier keyword

    def tell(self, keyword: str, value: Any, elements: int = 0) -> Fact | None:
        """Tell a fact, if a text says so; what several sources say stands with the first of its keywords."""
        text, name = self.texts.get(keyword), _name_fact(keyword, is_of_model=not self.row)
        if text is None:
            return None
        key = (self.name or "", name)
        is_of_draft = self.name is not None and name not in self.seen
        statements = self.draft.statements.get(key, []) if is_of_draft else []
        corrected = self.draft.corrected.get(key) if is_of_draft else None
        self.seen.add(name)
        fact = Fact(name, keyword, value, (_quote(text, "decides", self.row),), elements)
        if corrected and _find_source(text) == "overlay":
            return self._tell_correction(fact, corrected, statements)
        others = ((one.text, agree(statements[0], one, name)) for one in statements[1:])
        told = self._add(fact, others)
        may_differ = name in self.draft.profile.sources.may_differ
        return replace(told, is_disputed=told.is_told_differently and not may_differ)

    def _tell_correction(self, fact: Fact, corrected: Corrected, statements: Iterable[Statement]) -> Fact:
        if statements:
            others = [(one.text, states(one, corrected.right, fact.name)) for one in statements]
        else:
            others = [(corrected.text, corrected.is_confirmation)] if corrected.text else []
        is_corrected = not corrected.is_confirmation
        return replace(self._add(fact, others), reason=corrected.reason, is_corrected=is_corrected)

    def _add(self, fact: Fact, others: Iterable[tuple[Text, bool]]) -> Fact:
        """Add to a fact what else is said of it: texts, each with whether it says the same."""
        added = (_quote(text, "agrees" if is_same else "differs", self.row) for text, is_same in others)
        return replace(fact, quotations=(*fact.quotations, *added))


def explain_parameter(draft: Draft, name: str) -> Iterator[Fact]:
    """Tell the keywords of a parameter, or of the model, that some text states, and those of the model that are about the parameter."""
    owner = _Owner(draft, name, name, draft.origins.get(name, {}))
    schema = draft.parameters[name] if name else draft.spec
    for said in _list_keywords(schema, INSIDE if name else STRUCTURE):
        if fact := owner.tell(*said):
            yield fact
    if name:
        of_model = name in draft.spec.get("required", ())
        is_required = bool(draft.facts[name].get("required")) if name in draft.nested else of_model
        yield from _tell_conditions(owner, is_required=is_required)


def find_facts(draft: Draft, spec: Json) -> dict[str, list[Fact]]:
    """Find where the facts of a spec come from: of the model (""), of each parameter, and of what is inside one (`images[].tag`).

    Of a fact that the draft has with another value, all quotations differ; one that it does not have, has none.
    """
    owners, found = _list_owners(draft), dict[str, list[Fact]]()
    now = {one.path: one for one in _list_schemas(draft.spec)}
    holders = {path[:end] for path in owners for end in range(1, len(path))} - owners.keys()
    for one in _list_schemas(spec):
        owner = owners.get(one.path, _Owner(draft, None, "", {}))
        if one.path not in holders:  # what only the names of others imply is no fact
            found[one.place] = [*_compare(owner, one, now.get(one.path, NOTHING))]
    return found


def _compare(owner: _Owner, one: _Schema, now: _Schema) -> Iterator[Fact]:
    """Tell the facts of a schema of a spec, with what is said of those that the draft has, too."""
    omitted = INSIDE if one.path else STRUCTURE | OF_SEVERAL
    values = {(key, elements): json_key(value) for key, value, elements in _list_keywords(now.rules, omitted)}
    for keyword, value, elements in _list_keywords(one.rules, omitted):
        is_there, is_same = (keyword, elements) in values, values.get((keyword, elements)) == json_key(value)
        fact = owner.tell(keyword, value, elements) if is_there else None
        fact = fact or Fact(_name_fact(keyword, is_of_model=not one.path), keyword, value, elements=elements)
        yield fact if is_same else _contradict(fact)
    if one.path:
        facts = [*_tell_conditions(owner, is_required=one.is_required)] or [
            Fact("required", "required", one.is_required)
        ]
        yield from facts if one.is_required == now.is_required else map(_contradict, facts)


def _contradict(fact: Fact) -> Fact:
    """Turn what is said of a fact into what differs from it: the spec has another value, which it has kept."""
    differing = tuple(replace(one, judgement="differs") for one in fact.quotations)
    return replace(fact, quotations=differing, is_corrected=False, is_disputed=False)


def _tell_conditions(owner: _Owner, *, is_required: bool) -> Iterator[Fact]:
    """Tell whether a parameter is required, and when."""
    if fact := owner.tell("required", is_required):
        yield fact
    for condition in CONDITIONS:
        others = owner.draft.facts.get(owner.name or "", {}).get(condition)
        if others and (fact := owner.tell(keywords_of(condition)[0], others)):
            yield fact


def _list_owners(draft: Draft) -> dict[Path, _Owner]:
    names = list_paths(draft) if draft.nested else {(name,): name for name in draft.facts}
    inner = {tuple(path.split("/")): texts for path, texts in draft.inner.items()}
    return {
        **{path: _Owner(draft, None, ".".join(path), texts) for path, texts in inner.items()},
        **{path: _Owner(draft, name, name, draft.origins.get(name, {})) for path, name in names.items()},
        (): _Owner(draft, "", "", draft.origins.get("", {})),
    }


def _list_schemas(spec: Json) -> Iterator[_Schema]:
    """List the model, its parameters and all that is inside them."""
    left = [_Schema((), "", spec, is_required=False)]
    while left:
        yield (one := left.pop())
        rules, around = one.rules, one.place
        while "properties" not in rules and "items" in rules:
            rules, around = rules["items"], f"{around}[]"
        around = f"{around}." if around else ""
        required = frozenset(rules.get("required", ()))
        for name, inner in rules.get("properties", {}).items():
            left.append(_Schema((*one.path, name), around + name, inner, is_required=name in required))


def _list_keywords(
    schema: Json, omitted: frozenset[str], elements: int = 0
) -> Iterator[tuple[str, Any, int]]:
    for key, value in schema.items():
        if key == "items":
            yield from _list_keywords(value, INSIDE, elements + 1)
        elif key not in omitted:
            yield key, value, elements


def _name_fact(keyword: str, *, is_of_model: bool) -> str:
    return (OF_MODEL if is_of_model else OF_PARAMETER).get(keyword, keyword)


def _quote(text: Text, judgement: Judgement, row: str) -> Quotation:
    return Quotation(_find_source(text), text.place, text.written, judgement, row)


def _find_source(text: Text) -> Origin:
    file = text.place.file
    if file.endswith(OVERLAY_SUFFIX):
        return "overlay"
    return "record" if file.endswith(RECORD) else "markdown" if file.endswith(LLM_MARKDOWN) else "page"
