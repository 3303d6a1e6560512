"""The API that templates see where a test renders them itself: that of the example, and one without an API."""

from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.pages.vendor import Vendor
from paramsync.paths import PROFILE
from paramsync.rendering.apis import Service, read_api
from support.example import PROJECT, SAVED

VENDOR = read_config((SAVED / "profile.toml").read_text(encoding="utf-8"), PROFILE, Profile).vendor
FILE = f"templates/apis/{VENDOR.api}.toml"
EXAMPLE = Service(VENDOR, read_api(VENDOR.api, (PROJECT / FILE).read_text(encoding="utf-8"), FILE))
ACME = Service(Vendor(name="Acme", base_url="https://api.acme.com/v1", run="POST /run/{id}"))
