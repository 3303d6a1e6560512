"""MIME types and kinds of files, by their names or first bytes. No table of the machine is asked: the npm package tells the same. Pure."""

import re

UNKNOWN = "application/octet-stream"
EXTENSIONS = {  # the first one is written where a type is known and no name
    "image/png": "png",
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic heif",
    "image/bmp": "bmp",
    "image/tiff": "tif tiff",
    "image/svg+xml": "svg",
    "audio/mpeg": "mp3",
    "audio/x-wav": "wav",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/ogg": "ogg oga opus",
    "audio/x-aiff": "aiff aif",
    "video/mp4": "mp4 m4v",
    "video/quicktime": "mov qt",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
    "video/mpeg": "mpg mpeg",
    "video/ogg": "ogv",
    "video/3gpp": "3gp",
    "video/3gpp2": "3g2",
    "model/gltf-binary": "glb",
    "model/gltf+json": "gltf",
    "model/obj": "obj",
    "model/stl": "stl",
    "model/fbx": "fbx",
    "model/ply": "ply",
    "model/vnd.usdz+zip": "usdz",
    "text/plain": "txt log srt",
    "text/csv": "csv",
    "text/markdown": "md",
    "text/html": "html htm",
    "text/vtt": "vtt",
    "application/json": "json",
    "application/pdf": "pdf",
    "application/zip": "zip",
}
ALIASES = {"audio/mp3": "audio/mpeg", "audio/vnd.wave": "audio/x-wav", "audio/wav": "audio/x-wav", "audio/x-m4a": "audio/mp4", "audio/opus": "audio/ogg"}
TYPES = {extension: mime_type for mime_type, extensions in EXTENSIONS.items() for extension in extensions.split()}
BEGINNINGS = [  # what begins so, and long enough that no text does by accident
    (re.compile(pattern, re.DOTALL), extension)
    for pattern, extension in (
        (rb"\x89PNG", "png"), (rb"\xff\xd8\xff", "jpg"), (rb"GIF8[79]a", "gif"), (rb"RIFF.{4}WEBP", "webp"), (rb"\0.{3}ftypavi[fs]", "avif"),
        (rb"\0.{3}ftyp(hei|hev|mif1|msf1)", "heic"), (rb"BM.{4}\0{4}", "bmp"), (rb"II\*\0|MM\0\*", "tif"), (rb"(\xef\xbb\xbf|\s|<[?!][^>]*>)*<svg[\s>]", "svg"),
        (rb"ID3[\2-\4]|\xff[\xf2\xf3\xfa\xfb]", "mp3"), (rb"RIFF.{4}WAVE", "wav"), (rb"\0.{3}ftypM4[AB]", "m4a"), (rb"\xff[\xf1\xf9]", "aac"), (rb"fLaC[\0\x80]", "flac"),
        (rb"OggS\0", "ogg"), (rb"FORM.{4}AIF[FC]", "aiff"), (rb"\0.{3}ftypqt", "mov"), (rb"\0.{3}ftyp3g2", "3g2"), (rb"\0.{3}ftyp3g", "3gp"),
        (rb"\0.{3}ftyp", "mp4"), (rb"\x1aE\xdf\xa3.{0,60}matroska", "mkv"), (rb"\x1aE\xdf\xa3", "webm"), (rb"RIFF.{4}AVI ", "avi"),
        (rb"glTF[\1\2]\0", "glb"), (rb"Kaydara FBX", "fbx"), (rb"ply\r?\nformat ", "ply"), (rb"%PDF-", "pdf"),
    )
]  # fmt: skip
AUDIO_OR_VIDEO = {  # what may hold either
    "application/ogg", "audio/3gpp", "audio/3gpp2", "audio/ogg", "audio/opus", "audio/webm",
    "video/3gpp", "video/3gpp2", "video/ogg", "video/webm",
}  # fmt: skip
MAY_BE_AUDIO = {"video/mp4", "video/x-matroska"}  # where no name says that it is video
KINDS = {"audio": "audio", "image": "image", "model": "3d", "text": "text", "video": "video"}


def type_of(name: str) -> str:
    """Return the MIME type of a file by the extension of its name; empty if that is unknown."""
    return TYPES.get(name.rpartition(".")[2].lower(), "") if "." in name else ""


def extension_of(mime_type: str) -> str:
    """Return the extension of files of a MIME type, with its dot; empty if that is unknown."""
    extensions = EXTENSIONS.get(ALIASES.get(mime_type, mime_type), "").split()
    return f".{extensions[0]}" if extensions else ""


def type_by_content(beginning: bytes) -> str:
    """Return the MIME type of a file by its first bytes; empty if these are unknown."""
    return next((TYPES[extension] for pattern, extension in BEGINNINGS if pattern.match(beginning)), "")


def kind_of(mime_type: str) -> str:
    """Return the service's word for files of a MIME type."""
    return KINDS.get(mime_type.partition("/")[0], "asset")


def kinds_of(mime_type: str, *, is_by_content: bool = False) -> tuple[str, ...]:
    """Return the service's words for what a file of a MIME type may be; none if that is unknown."""
    if mime_type in AUDIO_OR_VIDEO or (is_by_content and mime_type in MAY_BE_AUDIO):
        return "audio", "video"
    kind = kind_of(mime_type)
    return () if kind == "asset" else (kind,)
