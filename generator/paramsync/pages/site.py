"""Where `paramsync fetch` finds the pages: the table [site] of the profile. Pure."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from paramsync.config import ConfigTable, KeyMistakeError
from paramsync.pages.declared import Host, Positive, Word, check_placeholders
from paramsync.paths import is_folder_name
from paramsync.text import URL
from paramsync.toml_keys import Path

PAGE = "page"  # the placeholder that is the name of a page's folder
Agent = Annotated[str, Field(pattern=r"^[A-Za-z_-]+(/[!-~]+)?( [ -~]*)?$")]


class Site(ConfigTable):
    """Where `paramsync fetch` finds the pages; for them, it sends requests to these hosts only."""

    hosts: Annotated[tuple[Host, ...], Field(min_length=1)]  # with a port if it is not the default one
    # Where the pages are listed: llms.txt, a sitemap, or a page with links; and what their URLs are, with placeholders, of
    # which {page} is the name of the folder.
    indexes: tuple[Word, ...] = ()
    page: str = ""
    pages: Mapping[str, Word] = Field(
        default={}
    )  # name of a folder -> the URL of a page that is fetched as it is
    # Placeholder of `page` -> what it may be: that with which the name of a page begins. Only links to pages need it.
    parts: Mapping[str, tuple[Word, ...]] = Field(default={})
    user_agent: Agent
    rate: Positive = 2  # requests per second
    deadline: Positive = 900  # seconds for one run of fetch

    @field_validator("page")
    @classmethod
    def _check_page(cls, url: str) -> str:
        return check_placeholders(url, PAGE)

    @field_validator("pages")
    @classmethod
    def _check_pages(cls, pages: Mapping[str, str]) -> Mapping[str, str]:
        if len({name.lower() for name in pages}) < len(pages):
            raise ValueError("two names differ only in case, and are one folder on some systems")
        if wrong := [name for name in pages if not is_folder_name(name)]:
            raise ValueError(f"{wrong[0]!r} cannot be the name of a folder; use letters, digits and . _ -")
        return pages

    @model_validator(mode="after")
    def _check_hosts(self) -> "Site":
        if not (self.indexes or self.page or self.pages):
            raise ValueError("name the pages, or indexes that list them and the URL of a page")
        for key, value in {"indexes": self.indexes, "page": self.page}.items():
            if not value and (self.indexes or self.page):
                raise KeyMistakeError((key,), "is missing")
        urls: dict[Path, str] = {("indexes", number): url for number, url in enumerate(self.indexes)}
        urls |= {("pages", name): url for name, url in self.pages.items()}
        urls |= {("page",): self.page} if self.page else {}
        for path, url in urls.items():
            found = re.match(r"https?://([^/]*)/", url)
            if not found or found[1] not in self.hosts:
                raise KeyMistakeError(path, f"{url!r} must begin with https:// and one of the hosts")
        return self

    @model_validator(mode="after")
    def _check_parts(self) -> "Site":
        for name in self.parts:
            if f"{{{name}}}" not in self.page or name == PAGE:
                raise KeyMistakeError(("parts", name), f"site.page has no other placeholder {{{name}}}")
        return self

    def find_url(self, page: str) -> str:
        """Find the URL of a page by the name of its folder; nothing where a part of it is not known."""
        found = {
            name: max((one for one in some if page.startswith(one)), key=len, default="")
            for name, some in self.parts.items()
        }
        url = self.pages.get(page) or self.page.replace(f"{{{PAGE}}}", page)
        for name, part in found.items():
            url = url.replace(f"{{{name}}}", part or f"{{{name}}}")
        return url if URL.fullmatch(url) else ""  # with what stands in braces, it is none
