"""Write a guess as a profile, with comments that say what each table is for and what people may have to fill in. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from paramsync.guessing.guess import Guess
from paramsync.guessing.ids import FoundIds
from paramsync.text import toml_text

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
MAX_UNKNOWN = 20  # words that are named in a comment
USER_AGENT = "paramsync"

TOP = """\
# How to read the pages of {vendor}. paramsync init has guessed it{from_page}; `paramsync scrape` says what it cannot read,
# and what to write here. What each key means: README.md in this folder.
"""
VENDOR = """\
[vendor] # whose API it is: the names of packages and titles follow from it
name = {name}
# package = "acme-models"              # of the packages; their import name is acme_models
{prefix}{docs}
# base_url = "https://api.example.com" # of the API
{run}
"""
SITE = """\
[site] # where `paramsync fetch` finds the pages; it sends requests to these hosts only
hosts = [{host}]
user_agent = {agent}
pages = {{ {page} = {url} }} # name of a folder in specs/ -> URL
# indexes = ["https://{bare_host}/llms.txt"]  # if there are many pages: where they are listed,
# page = "https://{bare_host}/docs/{{page}}"    # and what their URLs are; {{page}} is the name of the folder
"""
NO_SITE = """\
# [site] # where `paramsync fetch` finds the pages; it sends requests to these hosts only
# hosts = ["docs.example.com"]
# user_agent = "paramsync"
# pages = { NAME = "https://docs.example.com/PAGE" } # name of a folder in specs/ -> URL
"""
NO_COLUMNS = """\
[columns] # header of a column that each table of parameters has -> its meaning: no such table was found; change these
"Name" = "name"
# "Type" = "type"
# "Required" = "required"
# "Default" = "default"
# "Allowed values" = "choices"
# "Min" = "minimum"     # or any other rule, such as maxLength
# "Unit" = "x-unit"     # or any other annotation, which nothing enforces
"Description" = "description"
"""


@dataclass(frozen=True)
class Origin:
    """Where a page is from: its vendor, the name of its folder, and its URL with the host, if it has one."""

    vendor: str
    page: str = ""
    url: str = ""

    @property
    def host(self) -> str:
        """The host, with the port if there is one."""
        return self.url.split("/")[2].lower() if self.url else ""


def write_profile(guess: Guess, origin: Origin) -> str:
    """Write a profile."""
    parts = [
        TOP.format(
            vendor=_comment(origin.vendor), from_page=f" from {_comment(origin.page)}" if origin.page else ""
        ),
        _write_vendor(guess.place, origin),
        _write_site(origin),
        _write_page(guess),
        _write_labels(guess.place),
        _write_tables(guess),
        _write_columns(guess),
        _write_types(guess),
        *map(_write_sentence, guess.prose),
        _write_words(guess),
    ]
    return "\n".join(filter(None, parts))


def _write_vendor(place: FoundIds, origin: Origin) -> str:
    docs = (
        f"docs = {toml_text(f'https://{origin.host}')}"
        if origin.host
        else '# docs = "https://docs.example.com"'
    )
    run = (
        'run = "{id}"                           # how a model is run: its id is method and path'
        if place.id == "endpoint"
        else '# run = "POST /run/{id}"               # how a model is run: method and path below base_url'
    )
    prefix = f"prefix = {toml_text(place.prefix)} # of ids: left out of names\n" if place.prefix else ""
    return VENDOR.format(name=toml_text(origin.vendor), prefix=prefix, docs=docs, run=run)


def _write_site(origin: Origin) -> str:
    if not origin.host:
        return NO_SITE
    return SITE.format(
        host=toml_text(origin.host),
        bare_host=origin.host,
        agent=toml_text(USER_AGENT),
        page=_key(origin.page),
        url=toml_text(origin.url),
    )


def _write_page(guess: Guess) -> str:
    lines = [f"{key} = {toml_text(sentence)}" for key, sentence in guess.sentences_of_page.items()]
    return (
        _join(["[page] # the sentences in which a page states its title and date", *lines]) if lines else ""
    )


def _write_labels(place: FoundIds) -> str:
    lines = [f"{key} = {toml_text(label)}" for key, label in place.labels.items()]
    return _join(["[labels] # **Label:** before a model's facts", *lines]) if lines else ""


def _write_tables(guess: Guess) -> str:
    place = guess.place
    lines = [
        "[tables]",
        f'id = "{place.id}" # where the id of a model is: label, heading, endpoint (method and path) or page (the name of its folder)',
    ]
    lines += [f"level = {place.level} # of the heading that begins a model"] if place.level else []
    lines += ["joined = true # several tables are one model"] if place.joined else []
    if guess.needs:
        lines.append(f"needs = {_list(guess.needs)} # meanings without which a table is of something else")
    if guess.ignored:
        lines.append(f"ignored = {_list(guess.ignored)} # headings below which tables are of something else")
    if guess.required:
        lines.append("required = true # what is not said to be optional")
    elif guess.columns and "required" not in guess.meanings and not guess.prose_states_required:
        lines.append(
            "# required = true # nothing was found that says what is required; so all may be left out"
        )
    if guess.values != "code":
        how = "as JSON" if guess.values == "json" else "as text"
        lines.append(f'values = "{guess.values}" # defaults are written {how}; "code": in code spans')
    lines += (
        [f"nested = {toml_text(guess.nested)} # between the names of objects inside each other"]
        if guess.nested
        else []
    )
    return _join(lines)


def _write_columns(guess: Guess) -> str:
    if not guess.columns:
        return NO_COLUMNS
    lines = ["[columns] # header of a column that each table has -> its meaning"]
    lines += _pairs(guess.columns)
    if guess.possible_columns:
        lines += [
            "",
            "[possible_columns] # of columns that a table may lack",
            *_pairs(guess.possible_columns),
        ]
    return _join(lines)


def _write_types(guess: Guess) -> str:
    lines = [*_pairs(guess.types.all)]
    if unknown := [*guess.types.unknown][:MAX_UNKNOWN]:
        lines.append("# Say what these are: string, number, integer, boolean, array, object, or any.")
        lines += _pairs(dict.fromkeys(unknown, "any"))
    return (
        _join(["[types] # word of the page -> JSON type; {T} stands for another word", *lines])
        if lines
        else ""
    )


def _write_sentence(sentence: Mapping[str, Any]) -> str:
    lines = [
        "[[prose]] # a sentence of descriptions, and what it states",
        f"match = {toml_text(sentence['match'])}",
    ]
    lines += [f"states = {_value(sentence['states'])}"] if "states" in sentence else []
    return _join(lines)


def _write_words(guess: Guess) -> str:
    lines = [f"{name} = {_list(words)}" for name, words in guess.words.items()]
    if guess.unknown_words:
        lines.append(f"# Add these to yes or no: {_comment(_list(guess.unknown_words[:MAX_UNKNOWN]))}")
    return _join(["[words] # in cells: for yes and no, and for no value", *lines]) if lines else ""


def _join(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{toml_text(key)} = {_value(value)}" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(one)}' for key, one in value.items())} }}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return toml_text(value) if isinstance(value, str) else _list(value)


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(toml_text, texts))}]"


def _key(name: str) -> str:
    return name if BARE_KEY.fullmatch(name) else toml_text(name)


def _comment(text: str) -> str:
    """Write a text of a page into a comment, which ends with its line."""
    return " ".join(toml_text(text)[1:-1].split())
