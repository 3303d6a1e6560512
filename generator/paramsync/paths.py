"""The paths of files in a root, and which names are valid on every operating system. Pure."""

import hashlib
import re
from typing import Literal

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")
# Names that Windows reserves.
WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])[._-]*(\.|$)", re.IGNORECASE)
# Of a file below its target's folder: Windows takes 260 characters with all that is above.
MAX_PATH_LENGTH = 200
PAGE_JSON = "page.json"  # in a page's folder: its facts, and its models in order
PROFILE = "specs/profile.toml"
SCHEMA = "specs/spec.schema.json"
HISTORY = "specs/history.jsonl"
RELEASED = "specs/released.jsonl"  # the specs and templates of the newest version in the history
NOTES, APIS = "notes", "apis"  # folders of templates/ that are no targets
VENDOR = "vendor"  # stands beside the paths of templates for what the profile says of the vendor
NOT_TARGETS = (NOTES, APIS)
NOTE_SUFFIX = API_SUFFIX = ".toml"
PAGE_EXTENSIONS = ("md", "html", "txt")  # of a saved page
# What describes a model; a profile may say otherwise, but in this order they decide what holds.
SourceName = Literal["record", "page", "markdown"]
RECORD, LLM_MARKDOWN = ".record.json", ".llm.md"  # how the files end that describe a model beside its page
OVERLAY_SUFFIX = ".overlay.toml"  # and those with corrections of one
MAX_ID_LENGTH = 200  # characters, of a model's id
MAX_NAME_LENGTH = 100  # characters, of a folder or a file
# What only separates words, in an id such as `POST /v1/images/{id}`, and what a name of files does not take.
SEPARATORS = r" /\\{}()\[\]<>:;,._|?=&'\"`-"
LOST = re.compile(f"[^A-Za-z0-9{SEPARATORS}]")
NOT_IN_NAME = re.compile(r"[^a-z0-9._-]+")
DIGEST_LENGTH = 8  # hex digits


def spec_name(model: str, prefix: str) -> str:
    """Return the name of a model's files: its id without the vendor's prefix, if files can have it, or one made from its words.

    `POST /v1/images` has the name `post-v1-images`. A digest of the id stands at the end where more is lost than capitals and what
    separates words. It depends on the id alone, so that no other model changes it.
    """
    own = model.removeprefix(prefix)
    if is_file_name(own):
        return own
    words = NOT_IN_NAME.sub("-", own.lower()).strip("._-")
    if is_file_name(words) and not LOST.search(own):
        return words
    digest = hashlib.sha256(model.encode(errors="surrogatepass")).hexdigest()[:DIGEST_LENGTH]
    start = words.replace(".", "-")[: MAX_NAME_LENGTH - DIGEST_LENGTH - 1].strip("_-")
    return f"{start}-{digest}" if start else f"model-{digest}"


def is_spec_file(file: str) -> bool:
    """Tell whether a file of a page's folder, or its path, is one that `scrape` writes: `page.json`, or a spec."""
    return file.endswith(".json") and not file.endswith(RECORD)


def is_folder_name(name: str) -> bool:
    """Tell whether a page's folder can have this name on every operating system."""
    return bool(SAFE_NAME.fullmatch(name)) and not WINDOWS_DEVICES.match(name)


def is_file_name(name: str) -> bool:
    """Tell whether a spec's file can have this name, without `.json`, on every operating system."""
    reserved = (RECORD.removesuffix(".json"), LLM_MARKDOWN.removesuffix(".md"))
    is_reserved = f"{name.lower()}.json" == PAGE_JSON or name.lower().endswith(reserved)
    return is_folder_name(name) and not is_reserved
