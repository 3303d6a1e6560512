"""Models are counted by provider and capability, and by what goes into them and comes out.

Modules: media.
"""

from typing import Any

import pytest

from paramsync.pages.vendor import Vendor
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.names.providers import collect_providers
from paramsync.rendering.pages import Group, Page
from paramsync.rendering.service import Service
from paramsync.rendering.statistics import Statistics
from support.spec_pages import spec

TEXT: dict[str, Any] = {"type": "string"}


def choice(*choices: Any, **facts: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [*choices], **facts}


def make_page(*models: Model, name: str = "page") -> Page:
    return Page(name, "P", "image", "2026-01-01", (Group("", "", models),))


def make_provided(*providers: tuple[str, list[str]]) -> list[Model]:
    specs = [spec(f"model_{index}", x_capabilities=own) for index, (_, own) in enumerate(providers)]
    return [make_model(one, provider) for one, (provider, _) in zip(specs, providers, strict=True)]


def test_models_are_counted_by_provider_and_capability() -> None:
    models = make_provided(
        ("Luma Labs", ["txt2img", "img2img"]),
        ("Acme", ["txt2img"]),
        ("Lumalabs", []),
        ("Luma Labs", ["img2img"]),
    )
    pages = [make_page(*models[:2]), make_page(*models[2:], name="other")]
    providers = collect_providers(pages)
    assert [(one.slug, one.name, len(one.models), len(one.pages)) for one in providers] == [
        ("acme", "Acme", 1, 1),
        ("lumalabs", "Luma Labs", 3, 2),
    ]
    found = Statistics(tuple(models), providers, ())
    assert [(one.name, len(one.models)) for one in found.capabilities] == [("img2img", 2), ("txt2img", 2)]
    assert [(one.provider.name, one.models, one.with_capability) for one in found.counts] == [
        ("Luma Labs", 3, (2, 1)),
        ("Acme", 1, (0, 1)),
    ]
    assert (found.most_of_one, found.growth, found.most_models) == (2, (), 0)


# Media: capabilities and parameters -> what goes in, what comes out.

FILE = {"type": "string", "x-type": "file"}
MEDIA: list[tuple[list[str], dict[str, Any], tuple[str, ...], tuple[str, ...]]] = [
    (["img2video", "txt2video"], {}, ("image", "text"), ("video",)),
    (["img2img_ip_adapter", "controlnet_video23d"], {}, ("image", "video"), ("image", "3d")),
    (["3d23d"], {}, ("3d",), ("3d",)),
    (["inpaint", "img2", "ximg2img", "img2imgx"], {}, (), ()),
    ([], {"videoUrl": FILE, "lastFrame": FILE, "other": FILE}, ("image", "video"), ()),
    ([], {"voice": FILE | {"x-kind": "audio"}}, ("audio",), ()),
    ([], {"prompt": TEXT, "frame": TEXT, "promptStyle": choice("a", "b")}, ("text",), ()),
    ([], {"inputs": {"type": "array", "items": {"type": "object", "properties": {"image": FILE}}}}, ("image",), ()),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(MEDIA)))
def test_what_goes_in_and_comes_out_is_read_as_the_profile_says(case: int) -> None:
    capabilities, parameters, inputs, outputs = MEDIA[case]
    words = {"img": "image", "txt": "text", "frame": "image"}
    kinds = ("image", "video", "audio", "3d", "text")
    media = {"capability": "{input}2{output}", "words": words, "texts": {"prompt": "text"}}
    for facts, expected in (({"kinds": kinds, "media": media}, (inputs, outputs)), ({}, ((), ()))):
        vendor = Vendor.model_validate({"name": "Acme", "files": ["file"], **facts})
        made = make_model(spec(x_capabilities=capabilities, **parameters), service=Service(vendor))
        assert (made.inputs, made.outputs) == expected
