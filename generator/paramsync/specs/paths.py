"""Where everything stands in a root, and which names are safe there on any system. Pure."""

import re

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")
# No file names on Windows.
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])[._-]*(\.|$)", re.IGNORECASE)
LONGEST_PATH = 200  # of a file below its target's folder: Windows takes 260 letters with all that is above
MANIFEST = "page"  # `page.json` is taken
PROFILE = "specs/profile.toml"
SCHEMA = "specs/spec.schema.json"
FORMS = ("md", "html", "txt")  # how a saved page's name may end
MODEL_PREFIX = "model_"


def spec_name(model: str) -> str:
    """Name a model's files: its id without `model_`."""
    return model.removeprefix(MODEL_PREFIX)


def is_folder_name(name: str) -> bool:
    """Tell whether a name can be that of a page's folder, on any system."""
    return bool(SAFE_NAME.fullmatch(name)) and not DEVICES.match(name)


def is_file_name(name: str) -> bool:
    """Tell whether a name can be that of a spec's file, on any system."""
    return is_folder_name(name) and name.lower() != MANIFEST
