"""Read the LLM Markdown of a model into a draft: its facts, with their places. Pure."""

from paramsync.findings import InputError, Place
from paramsync.pages.declared import find_in_sentence
from paramsync.pages.page import Page, Text
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.pages.sources import MarkdownSource
from paramsync.pages.tables import Tables
from paramsync.specs.draft import Draft
from paramsync.specs.headers import is_parameter_table
from paramsync.specs.parameters import read_parameters


def read_llm_markdown(text: str, file: str, profile: Profile) -> Draft:
    """Read the LLM Markdown of a model; its words for types become those of [types].

    Raises:
        InputError: it cannot be read, or has no id, or not one table of parameters.

    """
    source = profile.sources.markdown
    if source is None:
        raise ValueError("the profile has no [sources.markdown]")
    dialect = _make_dialect(profile, source)
    page = read_page(text, file, dialect)
    model, title = _find_id(page, source), page.sections[min(1, len(page.sections) - 1)].heading
    tables = [one for section in page.sections for one in section.tables if is_parameter_table(one, dialect)]
    if len(tables) != 1:
        problem = f"it has {len(tables)} tables with the columns of [sources.markdown.columns], and needs one"
        raise InputError(model.place, problem)
    id_text = find_in_sentence(source.id, "id", model.value, is_whole=True) or ""
    draft = Draft(dialect, id_text, origins={"": {"x-model": model}}, tables="sources.markdown.")
    name = find_in_sentence(source.title, "title", title.prose, is_whole=True)
    if name:
        draft.spec["title"], draft.origins[""]["title"] = name, title
    read_parameters(tables, draft)
    for facts in draft.facts.values():
        facts["type"] = source.types.get(facts["type"], facts["type"])
    return draft


def _make_dialect(profile: Profile, source: MarkdownSource) -> Profile:
    """Return the profile as the page needs it: with its columns and words, and its own words for types."""
    types = {word: profile.types.get(meant, meant) for word, meant in source.types.items()}
    own = {
        "columns": source.columns,
        "possible_columns": {},
        "words": source.words,
        "tables": Tables(),
        "prose": (),
    }
    return profile.replace_tables(**own, types=profile.types | types)


def _find_id(page: Page, source: MarkdownSource) -> Text:
    texts = (text for section in page.sections for text in section.prose)
    for text in texts:
        if find_in_sentence(source.id, "id", text.value, is_whole=True):
            return text
    raise InputError(Place(page.file), f"it does not contain the sentence {source.id!r}")
