"""What is said of a column, or of a word for a type, that the profile declares as something that there is not.

Modules: acceptances, declared, meanings, removals, site, sources.
"""

import pytest

from paramsync.config import read_config
from paramsync.findings import InputError
from paramsync.pages.profile import Profile
from paramsync.pages.site import Site
from paramsync.paths import PROFILE
from support.example import SAVED

TEXT = (SAVED / "profile.toml").read_text(encoding="utf-8")
RULES = "the rules are minimum, maximum, multipleOf, minLength, "
# What stands below a header of the profile -> what is said of it.
MISTAKES = {
    ("[columns]", '"Step" = "multipleof"'): "'multipleof' is not a meaning of a column; did you mean 'multipleOf'?; there are name, type, ",
    ("[possible_columns]", '"Step" = "step"'): "'step' is not a meaning of a column; there are name, type, required, default, choices, "
    "description, prose, ignored, the rules minimum, maximum, multipleOf, ",
    ("[possible_columns]", '"Step" = "x-Step"'): "'x-Step' is not an annotation: after x- come small letters and digits, in parts between dashes",
    ("[possible_columns]", '"Step" = "x-"'): "'x-' is not an annotation: ",
    ("[possible_columns]", '"Step" = "x-type"'): "'x-type' is written by paramsync itself; write another annotation",
    ("[possible_columns]", '"Step" = "enum"'): "'enum' is not a meaning of a column",
    ("[possible_columns]", '"Step" = 1'): "must be a text in quotes, or an array of rules",
    ("[possible_columns]", '"Step" = []'): "must be a text in quotes, or an array of rules",
    ("[possible_columns]", '"Step" = ["maxLength", "x-step"]'): f"'x-step' is not a rule; {RULES}",
    ("[possible_columns]", '"Step" = ["maxLenght", "maxItems"]'): f"'maxLenght' is not a rule; did you mean 'maxLength'?; {RULES}",
    ("[possible_columns]", '"Step" = ["maxLength", "minLength"]'): "two of these rules are of one type: it does not tell which of them applies",
    ("[possible_columns]", '"type" = "x-step"'): "this header is declared twice",
    ("[types]", 'step = "text"'): "'text' is not a type of JSON; the types are string, number, integer, boolean, array, object, and any",
    ("[types]", 'step = ["interger"]'): "'interger' is not a type of JSON; did you mean 'integer'?",
    ("[types]", "step = []"): "must be a type in quotes, one in brackets for an array of it, { array = ",
    ("[types]", 'step = ["string", "number"]'): "must be a type in quotes, one in brackets for an array of it, { array = ",
    ("[types]", 'step = { any = ["string"] }'): "any takes two or more of the types string, number, ",
    ("[types]", "step = { ref = 1 }"): 'ref takes the id of a model, such as "{T}"',
    ("[types]", 'step = { array = "text" }'): "'text' is not a type of JSON",
    ("[types]", '"list of {T}" = { array = "{U}" }'): "{U} does not stand in the word",
    ("[types]", '"{T} of {T}" = "{T}"'): "each variable may stand once",
    ("[types]", '"{T}{U}" = "{T}"'): "write something between two variables",
    ("[types]", 'step = { all = ["string", "number"] }'): "must be a type in quotes, one in brackets for an array of it, { array = ",
    ("[sources.record.fields]", 'more = "x-Step"'): "'x-Step' is not an annotation: ",
    ("[sources.record.fields]", 'more = "dependent"'): "'dependent' is not a meaning of a column; ",
    ("[sources.record.fields]", '"more..x" = "x-a"'): "'more..x' is not a path: write keys with dots between them",
    ("[sources.record.by_parameter]", 'more = "properties"'): "'properties' is not a meaning of a column; ",
    ("[sources.record.model]", 'more = "maker"'): "must be 'title', 'description' or 'capabilities'",
    ("[sources.markdown.types]", 'more = "colour"'): "'colour' is not a word of [types]",
    ("[sources.markdown]", 'more = "colour"'): "there is no such key; ",
    ("[site]", 'parts.color = ["a"]'): "site.page has no other placeholder {color}",
    ("[site]", 'parts.page = ["a"]'): "site.page has no other placeholder {page}",
    ("[sources]", 'more = "colour"'): "there is no such key; ",
}  # fmt: skip


@pytest.mark.parametrize(("table", "line"), MISTAKES)
def test_what_is_declared_wrongly_is_said_at_its_line(table: str, line: str) -> None:
    before, _, after = TEXT.partition(table)
    text = f"{before}{table}\n{line} #{after}"
    with pytest.raises(InputError) as told:
        read_config(text, PROFILE, Profile)
    key = line.partition(" = ")[0].strip('"')
    place = f"{PROFILE}:{before.count(chr(10)) + 2}:1: error: {table[1:-1]}.{key}: "
    assert str(told.value).startswith(place + MISTAKES[table, line])


@pytest.mark.parametrize(
    ("site", "page", "url"),
    [
        ('page = "https://docs.acme.com/{page}"', "videos", "https://docs.acme.com/videos"),
        ('page = "https://docs.acme.com/{kind}/{page}"', "videos", ""),
        ('page = "https://docs.acme.com/{kind}/{page}"\nparts.kind = ["video", "videos"]', "videos-acme", "https://docs.acme.com/videos/videos-acme"),
        ('page = "https://docs.acme.com/{kind}/{page}"\nparts.kind = ["image"]', "videos", ""),
        ('pages = { videos = "https://docs.acme.com/all" }', "videos", "https://docs.acme.com/all"),
        ('pages = { videos = "https://docs.acme.com/all" }', "images", ""),
        ('pages = { videos = "https://docs.acme.com/a b" }', "videos", ""),
    ],
)  # fmt: skip
def test_the_url_of_a_page_follows_from_its_name_where_the_profile_tells_it(
    site: str, page: str, url: str
) -> None:
    indexes = 'indexes = ["https://docs.acme.com/llms.txt"]' if site.startswith("page ") else ""
    text = f'hosts = ["docs.acme.com"]\nuser_agent = "acme"\n{indexes}\n{site}\n'
    assert read_config(text, PROFILE, Site).find_url(page) == url


def test_a_profile_declares_a_column_for_the_name_and_needs_no_other() -> None:
    without = [line for line in TEXT.split("\n") if not line.endswith(('= "minimum"', '= "maximum"'))]
    read_config("\n".join(without), PROFILE, Profile)
    fewer = [line for line in without if not line.endswith('= "name"')]
    with pytest.raises(InputError, match="columns: no column is declared for name"):
        read_config("\n".join(fewer), PROFILE, Profile)


VALUES = {  # what stands in the profile -> what is written instead -> what is said
    'order = ["record", "page", "markdown"]': {
        'order = ["record", "page"]': "sources.order: must have each of record, page, markdown once",
        'order = ["record", "page", "page"]': "sources.order: must have each of record, page, markdown once",
    },
    'decides = { title = "page" }': {
        'decides = { titel = "page" }': "sources.decides.titel: 'titel' is no fact; did you mean 'title'?"
    },
    'may_differ = ["title", "description"]': {
        'may_differ = ["describtion"]': "sources.may_differ: 'describtion' is no fact; did you"
    },
    'label = "x-label"': {'label = "name"': "sources.record.fields.label: 'name' means name, too"},
    'user = "SCENARIO_SDK_API_KEY"': {
        'user = "api_s3cr3t"': "sources.record.user: 'api_s3cr3t' is not the name of a variable"
    },
    '/models/{id}"': {'/models/id"': "sources.record.url: ", '/{id}/{id}"': "sources.record.url: "},
    'name = "name"': {'name = "ignored"': "sources.record.fields: no field is declared for name"},
    '"Type" = "type"\n"Required" = "required"\n"Default" = "default"\n"Description"': {
        '"Required" = "required"\n"Description"': "sources.markdown.columns: no column is declared for type"
    },
    'title = "{title} — API Reference"': {'title = "API Reference"': "sources.markdown.title: "},
}


@pytest.mark.parametrize(
    ("line", "wrong"), [(line, wrong) for line, ones in VALUES.items() for wrong in ones]
)
def test_what_is_declared_wrongly_of_sources_is_said_at_its_key(line: str, wrong: str) -> None:
    assert TEXT.count(line) == 1
    with pytest.raises(InputError) as told:
        read_config(TEXT.replace(line, wrong), PROFILE, Profile)
    assert VALUES[line][wrong] in str(told.value)
    assert told.value.place.line > 0
