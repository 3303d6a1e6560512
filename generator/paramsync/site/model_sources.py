"""The sources that have a file for each model: where it is fetched, how it is checked, and what it is called."""

import base64
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from paramsync.findings import UsageError
from paramsync.pages.profile import Profile
from paramsync.pages.sources import MarkdownSource, RecordSource
from paramsync.paths import LLM_MARKDOWN, RECORD
from paramsync.site.model_checks import CheckedFile, check_markdown, check_record
from paramsync.site.model_files import Endpoint, FetchedFile
from paramsync.site.pages import MARKDOWN_TYPES
from paramsync.site.responses import FetchError
from paramsync.site.urls import UrlPolicy

NOUNS = {LLM_MARKDOWN: "Markdown file", RECORD: "record"}
MIN_SECRET = 8  # characters; anything shorter stands in many texts by chance


@dataclass(frozen=True)
class Keys:
    """The name and the password for an API, which go into its requests and nowhere else."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Basic {self._encoded}"} if self.user else {}

    def redact(self, text: str) -> str:
        """Remove the keys from what is shown: a server may send back what it was sent."""
        for secret in self._secrets:
            text = re.sub(re.escape(secret), "…", text, flags=re.IGNORECASE)
        return text

    def are_in(self, fetched: FetchedFile) -> bool:
        texts = ((fetched.body or b"").decode(errors="replace"), *fetched.validators.headers.values())
        return any(secret in text for secret in self._secrets for text in texts)

    @property
    def _encoded(self) -> str:
        return base64.b64encode(f"{self.user}:{self.password}".encode(errors="surrogateescape")).decode()

    @property
    def _secrets(self) -> list[str]:
        return [
            one for one in (self._encoded, self.password, self.user) if len(one) >= MIN_SECRET and self.user
        ]


@dataclass(frozen=True)
class ModelSource:
    """A source of which each model has a file, `<model><ending>`.

    `form` changes when the profile reads it in another way. If a missing one `means_gone`, the model is, and the saved file goes, too.
    """

    ending: str
    form: str
    endpoint: Endpoint
    find_url: Callable[[str, str], str]  # id of a model, URL on its page -> where its file is; or empty
    check_body: Callable[[bytes, str, str, Profile], CheckedFile]
    means_gone: bool = False
    keys: Keys = Keys()

    @property
    def noun(self) -> str:
        return NOUNS[self.ending]

    def check(self, fetched: FetchedFile, model: str, file: str, profile: Profile) -> CheckedFile:
        """Check a file that was fetched with a body.

        Raises:
            FetchError: it is not this model's, not complete, or has the keys in it.

        """
        if self.keys.are_in(fetched):
            raise FetchError("the server sends back the keys, so that nothing of it is saved", fetched.url)
        return self.check_body(fetched.body or b"", model, file, profile)


def choose_sources(
    profile: Profile, wanted: Collection[str], policy: UrlPolicy, variables: Mapping[str, str]
) -> tuple[list[ModelSource], list[str]]:
    """Choose the sources that are wanted (all, if none is named) and can be fetched; and say why one cannot.

    Raises:
        UsageError: one is named that the profile does not say how to fetch, or only one of two keys is set.
        FetchError: the URL for records is not one that may be requested.

    """
    chosen, notes = [], []
    markdown, record = profile.sources.markdown, profile.sources.record
    if "markdown" in wanted and not (markdown and markdown.hosts):
        raise UsageError(
            "specs/profile.toml has no hosts in [sources.markdown], so there is no Markdown to fetch"
        )
    if "record" in wanted and not (record and record.url):
        raise UsageError(
            "specs/profile.toml has no url in [sources.record], so there are no records to fetch"
        )
    if markdown and markdown.hosts and (not wanted or "markdown" in wanted):
        chosen.append(_make_markdown(markdown, policy))
    if record and record.url and (not wanted or "record" in wanted):
        keys = _read_keys(record, variables)
        if keys.user:
            chosen.append(_make_record(record, record.url, policy, keys))
        else:
            notes.append(f"records are not fetched: {record.user} and {record.password} are not set")
    return chosen, notes


def _make_markdown(source: MarkdownSource, policy: UrlPolicy) -> ModelSource:
    hosts = policy.for_source("[sources.markdown]", source.hosts, source.rate)
    types = ("text/markdown", *sorted(MARKDOWN_TYPES - {"text/markdown"}))
    return ModelSource(
        LLM_MARKDOWN,
        source.model_dump_json(),
        Endpoint(hosts, types),
        lambda _, stated: stated,
        check_markdown,
    )


def _make_record(source: RecordSource, url: str, policy: UrlPolicy, keys: Keys) -> ModelSource:
    host = url.split("/")[2].lower()
    own = policy.for_source("[sources.record]", (host,), source.rate, is_alone=url.replace("{id}", "id"))
    refused = f"the keys in {source.user} and {source.password} are not accepted"
    return ModelSource(
        RECORD,
        source.model_dump_json(),
        Endpoint(own, ("application/json",), keys.headers, refused),
        lambda model, _: url.replace("{id}", quote(model, safe="")),
        check_record,
        means_gone=True,
        keys=keys,
    )


def _read_keys(source: RecordSource, variables: Mapping[str, str]) -> Keys:
    user, password = (variables.get(name, "").strip() for name in (source.user, source.password))
    missing = source.password if user and not password else source.user if password and not user else ""
    if missing:
        present = source.user if missing == source.password else source.password
        raise UsageError(f"{present} is set, but {missing} is not: set both for records, or none")
    if ":" in user:
        raise UsageError(f"the key in {source.user} has a colon, which HTTP Basic does not allow in a name")
    return Keys(user, password)
