"""Who documents, and what is made of it: the table [vendor] of the profile. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self
from urllib.parse import quote as quote_url

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from paramsync.config import ConfigTable, KeyMistakeError
from paramsync.pages.declared import Word
from paramsync.pages.endpoints import METHODS
from paramsync.paths import spec_name
from paramsync.text import URL, quote, suggest_name

NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
PACKAGE = re.compile(
    r"[a-z][a-z0-9]*([._-][a-z0-9]+)+"
)  # one word may be a package or a keyword of a language
MAX_URN, MAX_PACKAGE = 32, 60  # characters of what follows from a name
URN = re.compile(r"[a-z0-9][a-z0-9-]{0,30}[a-z0-9]")
REQUEST = re.compile(rf"({'|'.join(METHODS)}) (/\S*)")
ID = "{id}"


def _check_url(url: str) -> str:
    if not URL.fullmatch(url) or url.endswith("/"):
        raise ValueError(
            f"{quote(url)} must be a URL that begins with https:// and does not end with a slash"
        )
    return url


def _check_package(name: str) -> str:
    if not PACKAGE.fullmatch(name):
        problem = (
            "write two or more words of small letters and digits with - . _ between them, such as acme-models"
        )
        raise ValueError(f"{quote(name)} may be the name of another package, or of none: {problem}")
    return name


def _check_urn(name: str) -> str:
    if not URN.fullmatch(name):
        raise ValueError(f"{quote(name)} must be 2 to 32 small letters, digits and dashes")
    return name


Url = Annotated[str, AfterValidator(_check_url)]
SmallWord = Annotated[str, Field(pattern=r"^[a-z0-9]+$")]
INPUT, OUTPUT = "{input}", "{output}"


def _check_capability(pattern: str) -> str:
    if pattern.count(INPUT) != 1 or pattern.count(OUTPUT) != 1:
        raise ValueError(f"{quote(pattern)} must have {INPUT} and {OUTPUT} once, such as {INPUT}-to-{OUTPUT}")
    return pattern


class Media(ConfigTable):
    """What goes into models and comes out, in the vendor's words for kinds."""

    # How a capability says it, or a part of one between underscores: `{input}2{output}`.
    capability: Annotated[str, AfterValidator(_check_capability)] = ""
    words: Mapping[SmallWord, Word] = Field(
        default_factory=dict
    )  # other words for kinds, there and in names of files
    texts: Mapping[SmallWord, Word] = Field(
        default_factory=dict
    )  # words in names of parameters that take a text -> kind


@dataclass(frozen=True, slots=True)
class Run:
    """How models are run, or one is: the method, and the path below the API's base URL, in which `{…}` are parameters.

    `{id}` stands for the id of a model; if that is method and path itself, it is the path, and there is no method.
    """

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}".lstrip()


def read_run(pattern: Any) -> Run:
    """Read how models are run, as the profile writes it.

    Raises:
        ValueError: it is not written so.

    """
    if isinstance(pattern, Run):
        return pattern
    is_whole = pattern == ID
    text = pattern if isinstance(pattern, str) else ""
    if text.count(ID) != 1 or not (is_whole or REQUEST.fullmatch(text.replace(ID, "/id"))):
        raise ValueError(
            f"{quote(str(pattern))} must be a method and a path such as POST /generate/{ID}, with {ID} once, or {ID} alone"
        )
    return Run(*text.rpartition(" ")[::2])


class Vendor(ConfigTable):
    """Whose API it is; what is empty is not known."""

    name: Word
    package: Annotated[str, AfterValidator(_check_package)] = ""  # which follow from the name
    urn: Annotated[str, AfterValidator(_check_urn)] = ""
    prefix: str = ""  # of ids: left out of names of files and of names in code
    docs: Url = ""
    base_url: Url = ""
    run: Annotated[Run | None, BeforeValidator(read_run), PlainSerializer(str)] = None
    api: Annotated[str, Field(pattern=r"^[a-z0-9-]*$")] = ""  # the name of a file in templates/apis/
    files: frozenset[Word] = frozenset()  # the words of [types] that stand for files
    kinds: tuple[Word, ...] = ()  # of files, of which there are samples; the first is the most likely one
    samples: Mapping[Word, Word] = Field(default_factory=dict)  # word of [types] -> text of an example
    media: Media = Media()

    @model_validator(mode="before")
    @classmethod
    def _name_the_rest(cls, data: Any) -> Any:
        """Derive the names that are not given from that of the vendor."""
        if not isinstance(data, dict) or not isinstance(data.get("name"), str) or not data["name"]:
            return data
        slug = NOT_IN_SLUG.sub("-", data["name"].lower()).strip("-")
        urn = slug[:MAX_URN].strip("-")
        package = f"{slug[:MAX_PACKAGE].strip('-')}-models"
        derived = {"package": package, "urn": urn if len(urn) > 1 else package}
        patterns = {"package": PACKAGE, "urn": URN}
        if wrong := [
            key for key, one in patterns.items() if key not in data and not one.fullmatch(derived[key])
        ]:
            example = {"package": "acme-models", "urn": "acme"}[wrong[0]]
            problem = f'no {wrong[0]} follows from {quote(data["name"])}; write one, such as {wrong[0]} = "{example}"'
            raise KeyMistakeError(("name",), problem)
        return derived | data

    @model_validator(mode="after")
    def _check_media(self) -> Self:
        for table in ("words", "texts"):
            for word, kind in getattr(self.media, table).items():
                if kind not in self.kinds:
                    problem = f"{quote(kind)} is none of the kinds{suggest_name(kind, self.kinds)}"
                    raise KeyMistakeError(("media", table, word), problem)
        return self

    @model_validator(mode="after")
    def _check_api(self) -> Self:
        """Check that clients of the API know where it is and how it runs a model."""
        if self.api and not (self.base_url and self.run):
            missing, example = (
                ("base_url", "https://api.acme.com/v1")
                if not self.base_url
                else ("run", f"POST /generate/{ID}")
            )
            raise KeyMistakeError(
                ("api",), f'an API needs {missing}, too; write one, such as {missing} = "{example}"'
            )
        return self

    @property
    def module(self) -> str:
        """The name under which Python imports the package."""
        return re.sub(r"[.-]", "_", self.package)

    @property
    def uploaded(self) -> frozenset[str]:
        """The words for types of which clients upload local files; none where there is no client."""
        return self.files if self.api else frozenset()

    def name_of(self, model: str) -> str:
        """Return the name of a model's files, from which code spells it, too, given its id."""
        return spec_name(model, self.prefix)

    def urn_of(self, model: str) -> str:
        """Return the `$id` of a model's spec, given its id; no two have one."""
        return f"urn:{self.urn}:{quote_url(model, safe='')}"

    def find_run(self, model: str) -> Run | None:
        """Return how a model is run, given its id; None if it is not known."""
        found = REQUEST.fullmatch(str(self.run).replace(ID, model)) if self.run else None
        return Run(found[1], found[2]) if found else None


UNNAMED = Vendor(name="Vendor")  # where a profile does not say whose pages it reads
