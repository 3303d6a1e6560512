"""MIME types and kinds of files, by their names or first bytes. No table of the machine is asked: the npm package tells the same. Pure."""

import re

from ..vendor import AUDIO_OR_VIDEO, BEGINNINGS, EXTENSIONS, KINDS, MAY_BE_AUDIO, UNKNOWN_KIND

ALIASES = {
    "audio/mp3": "audio/mpeg",
    "audio/vnd.wave": "audio/x-wav",
    "audio/wav": "audio/x-wav",
    "audio/x-m4a": "audio/mp4",
    "audio/opus": "audio/ogg",
}
TYPES = {extension: mime_type for mime_type, extensions in EXTENSIONS.items() for extension in extensions}
FORMATS = [(re.compile(beginning.encode(), re.DOTALL), TYPES[extension]) for extension, beginning in BEGINNINGS]


def type_of(name: str) -> str:
    """Return the MIME type of a file by the extension of its name; empty if that is unknown."""
    return TYPES.get(name.rpartition(".")[2].lower(), "") if "." in name else ""


def extension_of(mime_type: str) -> str:
    """Return the extension of files of a MIME type, with its dot; empty if that is unknown."""
    extensions = EXTENSIONS.get(main_name(mime_type))
    return f".{extensions[0]}" if extensions else ""


def main_name(mime_type: str) -> str:
    """Return the name of a MIME type under which it is known here, if it has several."""
    return ALIASES.get(mime_type, mime_type)


def type_by_content(beginning: bytes) -> str:
    """Return the MIME type of a file by its first bytes; empty if these are unknown."""
    return next((mime_type for format_, mime_type in FORMATS if format_.match(beginning)), "")


def kind_of_type(mime_type: str) -> str:
    """Return the service's word for files of a MIME type."""
    return KINDS.get(mime_type.partition("/")[0], UNKNOWN_KIND)


def possible_kinds(mime_type: str, *, is_by_content: bool = False) -> tuple[str, ...]:
    """Return the service's words for what a file of a MIME type may be; none if that is unknown."""
    if mime_type in AUDIO_OR_VIDEO or (is_by_content and mime_type in MAY_BE_AUDIO):
        return "audio", "video"
    kind = kind_of_type(mime_type)
    return () if kind == UNKNOWN_KIND else (kind,)
