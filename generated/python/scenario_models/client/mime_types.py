"""MIME types of files, from their names or their first bytes."""

from mimetypes import MimeTypes
from pathlib import Path

UNKNOWN = "application/octet-stream"
TYPES = MimeTypes(filenames=())
THREE_D = {  # what the standard library does not know yet
    ".fbx": "model/fbx", ".glb": "model/gltf-binary", ".gltf": "model/gltf+json", ".obj": "model/obj",
    ".ply": "model/ply", ".stl": "model/stl", ".usdz": "model/vnd.usdz+zip",
}  # fmt: skip
AUDIO_OR_VIDEO = {  # what may hold either
    "application/ogg", "audio/3gpp", "audio/3gpp2", "audio/ogg", "audio/opus", "audio/webm",
    "video/3gpp", "video/3gpp2", "video/ogg", "video/webm",
}  # fmt: skip
SURE = 0.3  # how sure, of 1, must be what the first bytes of a file suggest: a text, too, may begin with two letters that mean a picture
KINDS = {"audio": "audio", "image": "image", "model": "3d", "text": "text", "video": "video"}


def type_of(name: str) -> str:
    """Return the MIME type of a file by the extension of its name; empty if that is unknown."""
    return THREE_D.get(Path(name).suffix.lower()) or TYPES.guess_type(name)[0] or ""


def extension_of(mime_type: str) -> str:
    """Return the extension of files of a MIME type, with its dot; empty if that is unknown."""
    ours = {kind: extension for extension, kind in THREE_D.items()}
    return ours.get(mime_type) or TYPES.guess_extension(mime_type) or ""


def kind_of(mime_type: str) -> str:
    """Return the service's word for files of a MIME type."""
    return KINDS.get(mime_type.partition("/")[0], "asset")


def kinds_of(mime_type: str, sure: float) -> tuple[str, ...]:
    """Return the service's words for what a file may be whose MIME type is as sure as that, of 1; none if that is unknown."""
    if mime_type in AUDIO_OR_VIDEO or (mime_type == "video/mp4" and sure < 1):
        return "audio", "video"
    kind = kind_of(mime_type)
    return () if sure < SURE or kind == "asset" else (kind,)


def extension_by_content(beginning: bytes) -> tuple[str, float]:
    """Return the extension, with its dot, that the first bytes of a file suggest, and how sure it is, of 1; empty if it is unknown."""
    import puremagic

    if beginning.startswith(b"glTF"):
        return ".glb", SURE
    try:
        found = puremagic.magic_string(beginning)
        return puremagic.from_string(beginning), min(found[0].confidence, SURE) if found else 0
    except (puremagic.PureError, ValueError):
        return "", 0
