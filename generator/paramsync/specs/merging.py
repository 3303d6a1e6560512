"""Merge what several sources say of a model into the draft of its page: fact by fact, each with its place. Pure.

A source is silent on what it cannot state. Of what it can, that it says nothing means that there is nothing; but any source may leave
out what only describes, a condition, and an empty default.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from paramsync.findings import UNREAD_ROWS
from paramsync.pages.meanings import is_annotation
from paramsync.pages.page import Text
from paramsync.pages.sources import CONDITIONS, INSIDE, MODEL_FACTS, SOURCE_TITLES, Sources
from paramsync.paths import SourceName
from paramsync.rules import LIMITS, json_key
from paramsync.specs.conditions import drop_unmatched
from paramsync.specs.document import MODEL_KEYWORDS, order_keywords
from paramsync.specs.draft import Draft, FactKey, Statement
from paramsync.specs.facts import keywords_of
from paramsync.specs.parameters import VALUE_CODES, rewrite_parameters
from paramsync.text import Json, json_line, shorten

# Facts that depend on the type: what a source says of them counts only if it says the same of the type.
OF_TYPE = frozenset({"choices", "default", INSIDE, *LIMITS})
MAY_BE_LEFT_OUT = frozenset({"description", *CONDITIONS, INSIDE})
AS_SETS = frozenset({"choices", "capabilities"})  # whose order says nothing of whether they are the same


def merge_sources(draft: Draft, others: Mapping[SourceName, Draft]) -> None:
    """Merge the drafts of other sources into that of the page; where they contradict each other, the profile's order decides."""
    _Merger(draft, {"page": draft, **others}, draft.profile.sources).merge()


@dataclass(frozen=True, slots=True)
class _Merger:
    """Merges the drafts of a model, by source, into that of the page."""

    draft: Draft
    drafts: Mapping[SourceName, Draft]
    sources: Sources

    def merge(self) -> None:
        names = self._list_parameters()
        said = {key: found for key in self._list_keys(names) if (found := self._find_said(*key))}
        self._settle_doubts(said)
        draft, drafts = self.draft, [self.drafts[source] for source in self._rank("name")]
        draft.findings[:] = [one for each in drafts for one in each.findings if one.code not in VALUE_CODES]
        draft.doubts = {key: doubts for each in reversed(drafts) for key, doubts in each.doubts.items()}
        draft.unread = {key: text for each in reversed(drafts) for key, text in each.unread.items()}
        lost = self._find_lost(names)
        draft.inner = {path: texts for each in reversed(drafts) for path, texts in each.inner.items()}
        draft.statements = said
        self._write(names, said)
        for (name, fact), (first, *others) in said.items():
            self._compare(name, fact, first, others)
        for name in lost:
            self._report_lost(name)
        drop_unmatched(draft)
        rewrite_parameters(names, draft)

    def _rank(self, fact: str) -> list[SourceName]:
        """List the sources, first the one that decides a fact if it can state it."""
        return sorted(self.drafts, key=lambda source: self.sources.rank(source, fact))

    def _list_parameters(self) -> list[str]:
        """List the parameters of all sources, in the order of the first one."""
        return [*dict.fromkeys(name for source in self._rank("name") for name in self.drafts[source].facts)]

    def _list_keys(self, names: Iterable[str]) -> Iterator[FactKey]:
        """List the facts of the model, and of each parameter those that some source states, or tries to."""
        yield from (("", fact) for fact in MODEL_FACTS)
        for name in names:
            stated = [fact for one in self.drafts.values() for fact in one.facts.get(name, ())]
            unread = [fact for one in self.drafts.values() for owner, fact in one.unread if owner == name]
            yield from ((name, fact) for fact in dict.fromkeys((*stated, *unread)))

    def _find_said(self, name: str, fact: str) -> list[Statement]:
        """Find what is said of a fact; that there is no default does not deny an empty one."""
        found = [said for source in self._rank(fact) if (said := self._say(source, name, fact))]
        values = [one.value for one in found if one.value is not None]
        is_empty_default = fact == "default" and values and all(one in ("", []) for one in values)
        return [one for one in found if one.says_something] if is_empty_default else found

    def _say(self, source: SourceName, name: str, fact: str) -> Statement | None:
        """Return what a source says of a fact; None where it is silent."""
        draft = self.drafts[source]
        if (name, fact) in draft.unread:
            return Statement(source, None, draft.unread[name, fact], is_unread=True)
        origins = draft.origins.get(name, {})
        if not name:
            value = draft.spec.get(MODEL_KEYWORDS[fact])
            return Statement(source, value, origins[MODEL_KEYWORDS[fact]]) if value else None
        if name not in draft.facts or fact not in draft.can_state:
            return None
        facts = draft.facts[name]
        value = facts.get(fact)
        may_be_left_out = fact in MAY_BE_LEFT_OUT | draft.may_leave_out or is_annotation(fact)
        if (value is None and may_be_left_out) or (fact in OF_TYPE and not self._has_right_type(facts, name)):
            return None
        text = next((origins[key] for key in keywords_of(fact) if key in origins), origins["type"])
        return Statement(source, value, text)

    def _has_right_type(self, facts: Json, name: str) -> bool:
        """Tell whether a source has the type of a parameter from which its values follow."""
        decider = next(one for one in self._rank("type") if name in self.drafts[one].facts)
        stated = self.drafts[decider].facts[name]["type"]
        return self.draft.find_type(facts["type"]) == self.draft.find_type(stated)

    def _write(self, names: list[str], said: dict[FactKey, list[Statement]]) -> None:
        """Write the facts that count, and where they come from."""
        draft, keywords = self.draft, MODEL_KEYWORDS
        model = {fact: said["", fact][0].value for fact in MODEL_FACTS if ("", fact) in said}
        spec = {keywords[fact]: value for fact, value in model.items() if value is not None}
        draft.spec = order_keywords(draft.spec | spec | {"properties": {name: {} for name in names}})
        origins = {name: self._merge_origins(name) for name in ("", *names)}
        draft.facts = {name: {} for name in names}
        for (name, fact), (first, *_) in said.items():
            keys = keywords_of(fact) if name else (keywords[fact],)
            origins[name] |= dict.fromkeys(keys, first.text)
            if name and first.value is not None:
                draft.facts[name][fact] = first.value
        draft.origins = origins | {name: one for name, one in draft.origins.items() if name not in origins}

    def _merge_origins(self, name: str) -> dict[str, Text]:
        merged: dict[str, Text] = {}
        for source in reversed(self._rank("name")):
            merged |= self.drafts[source].origins.get(name, {})
        return merged | (self.draft.origins[""] if not name else {})

    def _compare(self, name: str, fact: str, first: Statement, others: Iterable[Statement]) -> None:
        """Report what contradicts the statement that counts."""
        if first.is_unread or fact in self.sources.may_differ:
            return
        for other in others:
            if not agree(first, other, fact):
                here = (
                    f"{other.text.written}, which cannot be read," if other.is_unread else _show(other.value)
                )
                problem = (
                    f"{fact}: {_show(first.value)} in {SOURCE_TITLES[first.source]} ({first.text.place}), which counts, "
                    f"but {here} in {SOURCE_TITLES[other.source]}"
                )
                self.draft.doubt("sources-differ", other.text, problem, name, fact)

    def _find_lost(self, names: Iterable[str]) -> list[str]:
        """Find the parameters that the source lacks which decides what there is, if it could be read."""
        decider = self.drafts[self._rank("name")[0]]
        is_read = decider.facts and not any(one.code in UNREAD_ROWS for one in decider.findings)
        return [name for name in names if name not in decider.facts] if is_read else []

    def _report_lost(self, name: str) -> None:
        first = self._rank("name")[0]
        file = self.drafts[first].origins[""]["x-model"].place.file
        problem = f"{SOURCE_TITLES[first]} ({file}) has no such parameter"
        self.draft.report("parameter-in-doubt", self.draft.origins[name]["type"], problem, name)

    def _settle_doubts(self, said: dict[FactKey, list[Statement]]) -> None:
        """Remove the findings about facts that another source decides, or confirms."""
        for source, draft in self.drafts.items():
            for name, fact in [*draft.doubts]:
                first, *others = said.get((name, fact), (None,))
                if first and (first.source != source or any(agree(first, one, fact) for one in others)):
                    draft.settle(name, (fact,))


def agree(one: Statement, other: Statement, fact: str) -> bool:
    """Tell whether two sources say the same of a fact."""
    return not one.is_unread and states(other, one.value, fact)


def states(one: Statement, value: Any, fact: str) -> bool:
    """Tell whether a source says that a fact has a value."""
    if one.is_unread:
        return False
    if fact in AS_SETS and isinstance(one.value, list) and isinstance(value, list):
        return {*map(json_key, one.value)} == {*map(json_key, value)}
    return bool(json_key(one.value) == json_key(value))


def _show(value: Any) -> str:
    return "nothing" if value is None else shorten(json_line(value))
