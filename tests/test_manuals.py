"""The manuals of people who write profiles, overlays and templates tell all that may stand there, and nothing else."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import get_args

import pytest
from jinja2 import Environment, nodes

from paramsync.config import ConfigTable, read_config
from paramsync.findings import CODES
from paramsync.pages.meanings import FIXED
from paramsync.pages.page import Form
from paramsync.pages.profile import Profile
from paramsync.pages.sources import CONDITIONS
from paramsync.pages.tables import IdPlace, ValueForm
from paramsync.pages.vendor import Vendor
from paramsync.rendering.environment import FILTER_NAMES
from paramsync.rendering.literals import Literals
from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.names.parameters import Name
from paramsync.rendering.names.providers import Provider
from paramsync.rendering.names.twins import Reason
from paramsync.rendering.names.variants import Variant
from paramsync.rendering.naming import Composed, Escape, Naming
from paramsync.rendering.operations import ApiPath, Operation
from paramsync.rendering.origins import FactOrigins, RowOrigins, Statement
from paramsync.rendering.pages import Page
from paramsync.rendering.past.changes import PastChange
from paramsync.rendering.past.comparison import Comparison, Line
from paramsync.rendering.past.history import History, Moment
from paramsync.rendering.past.releases import Entry, PastRelease, Section
from paramsync.rendering.rows import Row
from paramsync.rendering.statistics import Statistics
from paramsync.rendering.target import FilesOfApi, Prose, Target, Verification, Volumes
from paramsync.rendering.values import Property, Value
from paramsync.rendering.volumes import Volume
from paramsync.rules import BY_KEYWORD, TYPES, Rule
from paramsync.specs.corrections import Correction, Overlay
from paramsync.specs.document import MODEL_KEYWORDS
from support.roots import PROJECT

PROFILES, TEMPLATES = (PROJECT / name / "README.md" for name in ("specs", "templates"))
BLOCK = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
OF_JINJA = {"caller", "loop"}


def read_blocks(*, overlays: bool) -> list[str]:
    blocks = BLOCK.findall(PROFILES.read_text(encoding="utf-8"))
    return [one for one in blocks if ("[[correct]]" in one) is overlays]


def collect(value: object, found: defaultdict[type, set[str]]) -> defaultdict[type, set[str]]:
    """Collect the keys that are given in each kind of table."""
    if isinstance(value, ConfigTable):
        found[type(value)] |= value.model_fields_set
        for name in type(value).model_fields:
            collect(getattr(value, name), found)
    for one in value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ():
        collect(one, found)
    return found


def test_the_profile_of_the_manual_has_each_key_that_a_profile_can_have() -> None:
    profile = read_config("\n".join(read_blocks(overlays=False)), "specs/README.md", Profile)
    given = collect(profile, defaultdict(set))
    assert {kind.__name__ for kind in given} >= {"Vendor", "Site", "Tables", "Sentence", "RecordSource"}
    assert {kind.__name__: {*kind.model_fields} - keys for kind, keys in given.items()} == {
        kind.__name__: set() for kind in given
    }


def test_the_overlays_of_the_manual_are_read_and_have_each_key() -> None:
    overlays = [read_config(one, "specs/README.md", Overlay) for one in read_blocks(overlays=True)]
    given = {key for overlay in overlays for one in overlay.correct for key in one.model_fields_set}
    assert given | {"model"} == {*Correction.model_fields}
    assert "`model = " in PROFILES.read_text(encoding="utf-8")


def test_the_manual_of_profiles_tells_what_there_is_now() -> None:
    text = PROFILES.read_text(encoding="utf-8")
    assert "[vendor]" in text
    # Nothing makes pydantic tell whether these two were given, or follow from the name.
    assert all(re.search(rf"^{key} = ", text, re.MULTILINE) for key in ("package", "urn"))
    told = list_words(text) | {*re.findall(r"[\w-]+", " ".join(BLOCK.findall(text)))}
    known = [FIXED, CONDITIONS, MODEL_KEYWORDS, BY_KEYWORD, TYPES, *map(get_args, (Form, IdPlace, ValueForm))]
    assert {word for words in known for name in words for word in name.split(" ")} - told == set()
    codes = {span for span in CODE_SPAN.findall(text) if re.fullmatch(r"[a-z]{2,}(-[a-z]+)+", span)}
    assert codes
    assert codes - {*CODES} == set()


def test_the_manual_of_templates_has_all_that_ours_use() -> None:
    told = list_words(TEMPLATES.read_text(encoding="utf-8").partition("## What templates see")[2])
    used = {*FILTER_NAMES}
    environment = Environment(autoescape=True)
    environment.filters |= dict.fromkeys(FILTER_NAMES, str)
    for path in (PROJECT / "templates").rglob("*.jinja"):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        imported = {node.target for node in tree.find_all(nodes.Import)}
        attributes = tree.find_all(nodes.Getattr)
        used |= {one.attr for one in attributes if find_root(one) not in imported | OF_JINJA}
        names = [*tree.find_all(nodes.Name)]
        made = {
            one.name for one in (*names, *tree.find_all(nodes.Macro)) if getattr(one, "ctx", "") != "load"
        }
        used |= {one.name for one in names} - made - imported
    apis = (path.read_text(encoding="utf-8") for path in (PROJECT / "templates/apis").iterdir())
    of_apis = {key for text in apis for key in list_keys(tomllib.loads(text))}
    assert used - told - of_apis - OF_JINJA == set()


OF_TARGETS = (Target, Naming, Composed, Escape, Literals, Prose, FilesOfApi, Verification, Volumes)


@pytest.mark.parametrize("kind", OF_TARGETS)
def test_the_manual_of_templates_has_each_key_of_a_target(kind: type[ConfigTable]) -> None:
    text = TEMPLATES.read_text(encoding="utf-8").partition("## What target.toml says")[2]
    told = {*re.findall(r"\w+", " ".join(BLOCK.findall(text.partition("## What templates see")[0])))}
    assert {*kind.model_fields} - told == set()


# Below the title of each table, what templates see of such things.
SEEN = {
    "of the vendor": [Vendor],
    "of a page": [Page],
    "of a model": [Model],
    "of a parameter, or a property of a shape": [Parameter, Property],
    "of a parameter alone": [Parameter],
    "of a value": [Value],
    "of a rule": [Rule],
    "of a row": [Row],
    "of the origins of a row": [RowOrigins],
    "of the origins of a fact": [FactOrigins],
    "of a statement": [Statement],
    "of a name of parameters": [Name],
    "of a variant": [Variant],
    "of a reason": [Reason],
    "of a provider": [Provider],
    "of `changes`": [History],
    "of a moment": [Moment],
    "of a release": [PastRelease],
    "of a section": [Section],
    "of an entry": [Entry],
    "of a change": [PastChange],
    "of a comparison": [Comparison],
    "of a line": [Line],
    "of a volume": [Volume],
    "of statistics": [Statistics],
    "of a path": [ApiPath],
    "of an operation": [Operation],
}


@pytest.mark.parametrize("title", SEEN)
def test_what_the_manual_of_templates_says_of_a_thing_is_there(title: str) -> None:
    table = TEMPLATES.read_text(encoding="utf-8").partition(f"\n| {title} |")[2].partition("\n\n")[0]
    told = {word for line in table.splitlines()[2:] for word in list_words(line.split(" | ")[0])}
    assert told
    for kind in SEEN[title]:
        given = {*getattr(kind, "model_fields", ()), *getattr(kind, "__dataclass_fields__", ())}
        assert told - {*dir(kind)} - given == set()


def list_words(text: str) -> set[str]:
    """List the names in code spans."""
    return {word for span in CODE_SPAN.findall(text) for word in re.findall(r"\w+", span)}


def find_root(node: nodes.Node) -> str:
    """Find the name of that whose attribute, or whose attribute's attribute, a node is."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""


def list_keys(data: object) -> Iterator[str]:
    """List the keys of all tables."""
    for one in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from list_keys(one)
    yield from data if isinstance(data, dict) else ()
