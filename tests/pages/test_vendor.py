"""What the profile says of the vendor: the names that follow from its own, and how a model is run."""

import pytest

from paramsync.config import read_config
from paramsync.findings import InputError
from paramsync.pages.profile import Profile
from paramsync.pages.vendor import Run, Vendor, read_run
from paramsync.paths import PROFILE
from support.example import SAVED

NAMES = {
    "Scenario": ("scenario-models", "scenario_models", "scenario"),
    "X": ("x-models", "x_models", "x-models"),
    "Sync Labs (v2)": ("sync-labs-v2-models", "sync_labs_v2_models", "sync-labs-v2"),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_names_of_packages_and_ids_follow_from_that_of_the_vendor(name: str) -> None:
    vendor = Vendor(name=name)
    assert (vendor.package, vendor.module, vendor.urn) == NAMES[name]


RUNS = [
    ("POST /generate/custom/{id}", "model_x", Run("POST", "/generate/custom/model_x")),
    ("POST /{id}", "sendMessage", Run("POST", "/sendMessage")),
    ("{id}", "GET /v1/images/{id}", Run("GET", "/v1/images/{id}")),
    ("POST {id}", "/v1/images", Run("POST", "/v1/images")),
    ("{id}", "FETCH /v1/images", None),
    ("{id}", "a guide to images", None),
    ("POST /{id}", "two words", None),
]


@pytest.mark.parametrize(("run", "model", "expected"), RUNS)
def test_how_a_model_is_run_follows_from_its_id_where_that_is_known(
    run: str, model: str, expected: Run | None
) -> None:
    assert Vendor(name="Acme", run=read_run(run)).find_run(model) == expected
    assert Vendor(name="Acme").find_run(model) is None


# Lines of [vendor] -> the key at fault, and what is said of it.
MISTAKES = {
    'name = ""': ("name", "must not be empty"),
    'urn = "acme"': ("name", "is missing"),
    'name = "可灵"': ("name", "no package follows from '可灵'; write one, such as package = \"acme-models\""),
    'name = "可灵"\npackage = "kling-models"': ("name", "no urn follows from '可灵'; write one, such as urn"),
    'name = "3D"': ("name", "no package follows from '3D'; write one"),
    'name = "A"\npackage = "Acme"\nurn = "ab"': ("package", "'Acme' may be the name of another package, or of none: write two or more words of small letters"),
    'name = "Acme"\nurn = "a:b"': ("urn", "'a:b' must be 2 to 32 small letters, digits and dashes"),
    'name = "Acme"\ndocs = "docs.acme.com"': ("docs", "'docs.acme.com' must be a URL that begins with https://"),
    'name = "Acme"\nbase_url = "https://acme.com/"': ("base_url", "'https://acme.com/' must be a URL"),
    'name = "Acme"\nrun = "/generate/{id}"': ("run", "'/generate/{id}' must be a method and a path such as POST /generate/{id}"),
    'name = "Acme"\nrun = "POST /generate"': ("run", "'POST /generate' must be a method and a path"),
    'name = "Acme"\nrun = 1': ("run", "'1' must be a method and a path"),
    'name = "Acme"\napi = "acme"': ("api", 'an API needs base_url, too; write one, such as base_url = "https://api.acme.com/v1"'),
    'name = "Acme"\nbase_url = "https://acme.com"\napi = "acme"': ("api", 'an API needs run, too; write one, such as run = "POST /generate/{id}"'),
    'name = "Acme"\nfiles = ["flie"]': ("files", "'flie' is not a word of [types]; did you mean 'file'?"),
    'name = "Acme"\nsamples = { strin = "x" }': ("samples", "'strin' is not a word of [types]; did you mean 'string'?"),
    'name = "Acme"\nmedia = { capability = "{input}" }': ("media.capability", "'{input}' must have {input} and {output} once, such as {input}-to-{output}"),
    'name = "Acme"\nkinds = ["image"]\nmedia = { words = { img = "imag" } }': ("media.words.img", "'imag' is none of the kinds; did you mean 'image'?"),
    'name = "Acme"\nmedia = { texts = { prompt = "text" } }': ("media.texts.prompt", "'text' is none of the kinds"),
    'name = "Acme"\nprefx = "x"': ("prefx", "there is no such key; did you mean 'prefix'?"),
}  # fmt: skip


@pytest.mark.parametrize("lines", MISTAKES)
def test_a_mistake_is_said_at_its_key(lines: str) -> None:
    before, rest = (SAVED / "profile.toml").read_text(encoding="utf-8").split("[vendor]", 1)
    text = f"{before}[vendor]\n{lines}\n[site]{rest.split('[site]', 1)[1]}"
    key, said = MISTAKES[lines]
    with pytest.raises(InputError) as told:
        read_config(text, PROFILE, Profile)
    assert f": error: vendor.{key}: {said}" in str(told.value)
