"""The sources that have a file for each model: where it is fetched, how it is checked, and what it is called."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from paramsync.findings import UsageError
from paramsync.pages.profile import Profile
from paramsync.pages.sources import MarkdownSource, RecordSource
from paramsync.paths import PROFILE, SourceName
from paramsync.site.credentials import Credentials
from paramsync.site.model_checks import CheckedFile, check_markdown, check_record
from paramsync.site.model_files import Endpoint
from paramsync.site.pages import MARKDOWN_TYPES
from paramsync.site.urls import UrlPolicy
from paramsync.specs.sources import READERS

NOUNS: dict[SourceName, str] = {"markdown": "LLM Markdown file", "record": "record"}


@dataclass(frozen=True)
class ModelSource:
    """A source of which each model has a file.

    `form` changes when the profile reads it in another way. If a missing one `means_gone`, the model is, and the saved file goes, too.
    """

    name: SourceName
    form: str
    endpoint: Endpoint
    find_url: Callable[[str, str], str]  # id of a model, URL on its page -> where its file is; or empty
    check: Callable[[bytes, str, str, Profile], CheckedFile]  # raises FetchError where it is another file
    means_gone: bool = False

    @property
    def ending(self) -> str:
        return READERS[self.name][0]

    @property
    def noun(self) -> str:
        return NOUNS[self.name]


def choose_sources(
    profile: Profile, wanted: Collection[SourceName], policy: UrlPolicy, variables: Mapping[str, str]
) -> tuple[list[ModelSource], list[str]]:
    """Choose the sources that are wanted (all, if none is named) and can be fetched; and say why one cannot.

    Raises:
        UsageError: one is named that the profile does not say how to fetch, or only one of two keys is set.
        FetchError: the URL for records is not one that may be requested.

    """
    chosen: list[ModelSource] = []
    markdown, record = profile.sources.markdown, profile.sources.record
    places = {"markdown": ("hosts", markdown and markdown.hosts), "record": ("url", record and record.url)}
    for name, (key, place) in places.items():
        if name in wanted and not place:
            raise UsageError(f"{PROFILE} has no {key} in [sources.{name}], which says where to fetch it")
    if markdown and markdown.hosts and (not wanted or "markdown" in wanted):
        chosen.append(_make_markdown(markdown, policy))
    if record and record.url and (not wanted or "record" in wanted):
        credentials = _read_credentials(record, variables)
        if not credentials.user:
            return chosen, [f"records are not fetched: {record.user} and {record.password} are not set"]
        chosen.append(_make_record(record, record.url, policy, credentials))
    return chosen, []


def _make_markdown(source: MarkdownSource, policy: UrlPolicy) -> ModelSource:
    hosts = policy.for_hosts("[sources.markdown]", source.hosts, source.rate)
    types = ("text/markdown", *sorted(MARKDOWN_TYPES - {"text/markdown"}))
    return ModelSource(
        "markdown",
        source.model_dump_json(),
        Endpoint(hosts, types),
        lambda _, stated: stated,
        check_markdown,
    )


def _make_record(source: RecordSource, url: str, policy: UrlPolicy, credentials: Credentials) -> ModelSource:
    origin = policy.for_origin("[sources.record]", url.replace("{id}", "id"), source.rate)
    refused = f"the keys in {source.user} and {source.password} are not accepted"
    return ModelSource(
        "record",
        source.model_dump_json(),
        Endpoint(origin, ("application/json",), credentials, refused),
        lambda model, _: url.replace("{id}", quote(model, safe="")),
        check_record,
        means_gone=True,
    )


def _read_credentials(source: RecordSource, variables: Mapping[str, str]) -> Credentials:
    user, password = (variables.get(name, "").strip() for name in (source.user, source.password))
    missing = source.password if user and not password else source.user if password and not user else ""
    if missing:
        present = source.user if missing == source.password else source.password
        raise UsageError(f"{present} is set, but {missing} is not: set both for records, or none")
    if ":" in user:
        raise UsageError(f"the key in {source.user} has a colon, which HTTP Basic does not allow in a name")
    return Credentials(user, password)
