"""How a target spells names: the casings, what is reserved, and names that are composed of others. Pure."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from itertools import count
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from paramsync.config import ConfigTable, KeyMistakeError
from paramsync.rendering.literals import Pattern
from paramsync.rendering.names.slugs import make_slug

RECENT = 4096  # names whose words are known: most targets spell the same ones
# The start of a word in camelCase.
CAMEL_CASE_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
WORD = re.compile(r"[A-Za-z0-9]+")
BETWEEN_DIGITS = re.compile(r"(?<=[0-9])_(?=[0-9])")
KIND = re.compile(r"\{(\w+)\}")
COMPOSED = re.compile(r"[A-Za-z0-9_.-]*")  # what stands around the names that one is composed of


class Escape(ConfigTable):
    r"""A regular expression, and what replaces each match; `\g<0>` is the match itself."""

    match: Pattern
    write: str

    @model_validator(mode="after")
    def _check_write(self) -> Self:
        try:
            re.sub(self.match, self.write, "")
        except (re.error, IndexError) as error:
            raise KeyMistakeError(("write",), f"{self.write!r} is not a valid replacement: {error}") from None
        return self


Of = Literal["page", "model", "provider", "parameter", "choices", "wire", "part", "choice"]


class Naming(ConfigTable):
    """How names of one kind are spelled; names of one kind, and of one `scope`, must be unique.

    A parameter's name that equals the name of its model, spelled as the kind `beside`, gets an underscore.
    """

    # choices: of a parameter with choices; wire: of a parameter, as the API knows it, whatever it is called in code; part: of a nested
    # object, or of one of the alternatives for a value; choice: of one of the choices for a value
    of: Of
    casing: Literal["as-is", "snake", "screaming", "pascal", "camel", "slug"]
    escape: tuple[Escape, ...] = ()  # applied after the casing
    digit: str = ""  # the prefix of a name that begins with a digit
    beside: str = ""
    reserved: frozenset[str] = frozenset()  # names that get an underscore at the end
    scope: str = ""  # kinds of one scope stand beside each other in code

    @property
    def subject(self) -> str:
        """The kind of thing that has such a name: page, model, provider, parameter, part or choice."""
        return find_subject(self.of)

    def spell(self, name: str) -> str:
        """Spell a name: `syncMode` as `sync_mode`, `text-to-image` as `TextToImage`."""
        return self._escape(_CASINGS[self.casing](name))

    def spell_choice(self, name: str) -> str:
        """Spell the name of a choice, which keeps the sign between two numbers: `16_9` is not `169`."""
        return self._escape("_".join(map(_CASINGS[self.casing], BETWEEN_DIGITS.split(name))))

    def _escape(self, spelled: str) -> str:
        for one in self.escape:
            spelled = re.sub(one.match, one.write, spelled)
        if spelled[:1].isdigit():
            spelled = self.digit + spelled
        return spelled + "_" if spelled in self.reserved else spelled


def _check_composed(text: str) -> str:
    around, kinds = KIND.split(text)[::2], KIND.findall(text)
    if not kinds or not all(map(COMPOSED.fullmatch, around)):
        raise ValueError(
            f"{text!r} must be composed of letters, digits, . _ - and kinds of names in braces, such as {{model}}"
        )
    return text


def find_subject(of: str) -> str:
    return "parameter" if of in ("choices", "wire") else of


class Composed(ConfigTable):
    """A name that is composed of others, such as `parse{class}`: of kinds in [names], the last of which says what has the name.

    Before that of a parameter, a part or a choice, that of its model may stand; before that of a choice, that of all choices, too.
    """

    write: Annotated[str, AfterValidator(_check_composed)]
    scope: str = ""  # that of its last kind, if it says none

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(KIND.findall(self.write))


@lru_cache(1024)
def spell_choices(naming: Naming, names: Sequence[str]) -> tuple[str, ...]:
    """Spell the names of all choices for a value: no two differ only in case; the first of two that would be alike has no number."""
    plain = [naming.spell_choice(name) for name in names]
    taken = {one.lower() for one in plain}
    seen: set[str] = set()
    spelled = []
    for name, one in zip(names, plain, strict=True):
        numbered = (naming.spell_choice(f"{name}_{number}") for number in count(2))
        is_first = one.lower() not in seen
        found = one if is_first else next(each for each in numbered if each.lower() not in taken)
        seen.add(one.lower())
        taken.add(found.lower())
        spelled.append(found)
    return tuple(spelled)


@lru_cache(RECENT)
def _snake(name: str) -> str:
    return "_".join(WORD.findall(CAMEL_CASE_BOUNDARY.sub("_", name))).lower() + _trailing_underscores(name)


def _screaming(name: str) -> str:
    return _snake(name).upper()


@lru_cache(RECENT)
def _pascal(name: str) -> str:
    return "".join(run[0].upper() + run[1:] for run in WORD.findall(name)) + _trailing_underscores(name)


def _camel(name: str) -> str:
    pascal = _pascal(name)
    return pascal[:1].lower() + pascal[1:]


def _trailing_underscores(name: str) -> str:
    """Return the underscores at the end of a name, which distinguish it from the name without them."""
    return "_" * (len(name) - len(name.rstrip("_")))


_CASINGS: dict[str, Callable[[str], str]] = {
    "as-is": str,
    "snake": _snake,
    "screaming": _screaming,
    "pascal": _pascal,
    "camel": _camel,
    "slug": make_slug,
}
