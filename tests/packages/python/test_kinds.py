"""Kinds of files: what a type and a message say, which local file is refused before anything is sent, and how to insist."""

import base64
import io
import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import ValidationError
from scenario_sdk import APIStatusError

from support.clients import both, got, use
from support.hand_written import FILE, FILES, array, text, thing
from support.made_packages import imported
from support.roots import PROJECT
from support.sandboxes import get
from support.vectors import made_spec

MODEL = "model_sync-lipsync-v2"  # which the sandbox has, too
VIDEO, SOUND, PICTURE = b"\0\0\0 ftypisom....", b"RIFF\0\0\0\0WAVEfmt ", b"\x89PNG\r\n\x1a\n"
KINDS = {"video": "video", "audio": "audio", "mesh": "3d", "light": "image-hdr", "scan": 'li\\"""\n{0}', "data": "json", "paper": "document",
         "script": "text", "odd": 3}  # fmt: skip
SPEC = made_spec(
    {
        **{name: text(**FILE, **{"x-kind": kind}) for name, kind in KINDS.items()},
        "images": array(text(), maxItems=3, **FILES, **{"x-kind": "image"}),
        "shots": array(
            thing(
                {
                    "image": text(maxLength=9, **FILE, **{"x-kind": "image"}),
                    "plain": text(**FILE),
                    "note": text(),
                    "free": {},
                },
                "image",
            )
        ),
        "prompt": text(),
        "free": {},
        "any": text(**FILE),
    },
    ["video"],
) | {"x-model": MODEL}
WITH_MODES = made_spec(
    {"video": text(**FILE, **{"x-kind": "video"}), "mode": text(enum=["fast", "slow"])}, ["video", "mode"]
) | {"x-model": "model_with-modes"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with imported({MODEL: SPEC, "model_with-modes": WITH_MODES}, tmp_path_factory.mktemp("kinds")) as made:
        yield made


def make(package: ModuleType, **parameters: Any) -> Any:
    return package.factory.from_body(MODEL, {"video": "asset_sample_video"} | parameters)


def wrong(raised: Any) -> dict[str, str]:
    """Give the problems of an error, by their pointers."""
    assert {one.code for one in raised.value.problems} == {"kind"}
    return {one.pointer: one.message for one in raised.value.problems}


# The parameter, a file that it gets, and what it is if it is refused.
FILES_GIVEN: dict[str, tuple[str, bytes | tuple[str, bytes] | str, str]] = {
    "a path whose name tells it": ("video", ("a.wav", b"?"), "an audio file"),
    "whose name is in capitals": ("video", ("A.JPG", b"?"), "an image"),
    "bytes that tell it": ("audio", PICTURE, "an image"),
    "a data URL": ("video", "data:text/plain,a", "a text file"),
    "a 3D model": ("audio", ("a.glb", b"glTF"), "a 3D model"),
    "no 3D model": ("mesh", ("a.png", PICTURE), "an image"),
    "no HDR image": ("light", ("a.mp4", VIDEO), "a video"),
    "no document": ("paper", ("a.mp3", SOUND), "an audio file"),
    "no text": ("script", ("a.png", PICTURE), "an image"),
    "no JSON": ("data", ("a.png", PICTURE), "an image"),
    "the kind itself": ("audio", ("a.wav", SOUND), ""),
    "what nobody knows": ("video", b"?", ""),
    "a name that nobody knows": ("video", ("a.xyz", b"?"), ""),
    "a container for either": ("audio", ("a.webm", b"?"), ""),
    "the same": ("video", ("a.3gp", b"?"), ""),
    "a text that begins as a picture does": ("script", b"BM is short for benchmark", ""),
    "an ordinary image for an HDR image": ("light", ("a.png", PICTURE), ""),
    "an HDR image": ("light", ("a.exr", b"v/1\1\2\0\0\0"), ""),
    "a text as a document": ("paper", ("a.txt", b"a"), ""),
    "a text as JSON": ("data", ("a.txt", b"{}"), ""),
    "a kind that nobody knows": ("scan", ("a.png", PICTURE), ""),
    "a kind that is no text": ("odd", ("a.png", PICTURE), ""),
    "no kind": ("any", ("a.png", PICTURE), ""),
    "the end of a URL": ("audio", "https://example.com/a.png", ""),
    "an asset": ("audio", "asset_sample_image", ""),
}


@pytest.mark.usefixtures("scenario_sandbox")
def test_a_local_file_is_refused_only_if_it_cannot_be_of_the_kind(
    package: ModuleType, tmp_path: Path
) -> None:
    found = {}
    with package.Client() as client:
        for case, (name, file, _) in FILES_GIVEN.items():
            if isinstance(file, tuple):
                (tmp_path / file[0]).write_bytes(file[1])
            request = make(package, **{name: tmp_path / file[0] if isinstance(file, tuple) else file})
            with suppress(APIStatusError):  # the sandbox's model has other parameters
                try:
                    client.estimate(request)
                except package.InvalidRequest as error:
                    found[case] = {one.pointer: one.message.partition(" is ")[2] for one in error.problems}
    refused = {case: (name, said) for case, (name, _, said) in FILES_GIVEN.items() if said}
    wanted = {name: package.kinds.describe_kind(str(kind)) for name, kind in KINDS.items()}
    assert found == {
        case: {f"/{name}": f"{said}, where {wanted[name]} is wanted"}
        for case, (name, said) in refused.items()
    }


TOLD = json.loads(
    (PROJECT / "tests/packages/files.json").read_text(encoding="utf-8")
)  # which the npm package is asked, too


def test_the_kind_of_a_file_is_what_the_npm_package_tells(package: ModuleType, tmp_path: Path) -> None:
    open_source = import_module(f"{package.__name__}.client.files").open_source
    files = [
        {"name": f"a.{extension}", "begins": "?", "type": mime_type}
        for mime_type, extensions in TOLD["extensions"].items()
        for extension in extensions
    ]
    for one in files:
        first = package.client.mime_types.kind_of_type(one["type"])
        known = [] if first == "asset" else [first]
        one["kinds"] = ["audio", "video"] if one["type"] in TOLD["either"] else known
    for one in [*files, *TOLD["files"]]:
        content = one["begins"].encode("latin-1")
        if "declared" in one and "name" in one:
            continue  # which no file of Python has
        given: Any = content
        if "name" in one:
            (given := tmp_path / one["name"]).write_bytes(content)
        elif "declared" in one:
            given = f"data:{one['declared']};base64,{base64.b64encode(content).decode()}"
        found = open_source(given)
        assert (found.type, [*found.kinds]) == (one["type"], one["kinds"]), one
        refused = [kind for kind in package.kinds.CALLED if package.kinds.is_refused(found.kinds, kind)]
        assert refused == TOLD["refused"][" or ".join(found.kinds)], one


@both
def test_all_files_of_another_kind_are_told_at_once_before_any_is_uploaded(
    package: ModuleType, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    (song := tmp_path / "song.wav").write_bytes(SOUND)
    request = make(
        package,
        video=song,
        images=["asset_1", song, PICTURE],
        audio=SOUND,
        shots=[{"image": PICTURE}, {"image": song}],
    )

    async def run(client: Any) -> None:
        for do in (client.run, client.submit, client.estimate):
            with pytest.raises(package.InvalidRequest) as raised:
                await got(do(request))
            assert wrong(raised) == {
                "/video": "song.wav is an audio file, where a video is wanted",
                "/images/1": "song.wav is an audio file, where an image is wanted",
                "/shots/1/image": "song.wav is an audio file, where an image is wanted",
            }
            assert str(raised.value).endswith("is wanted; to send it all the same: AnyKind(file)")

    before = get(scenario_sandbox, "/v1/assets?pageSize=100")
    use(package, kind, run)
    assert get(scenario_sandbox, "/v1/assets?pageSize=100") == before
    assert scenario_sandbox.ledger == []


@both
def test_who_insists_sends_a_file_as_one_of_the_kind(
    package: ModuleType, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    (song := tmp_path / "song.wav").write_bytes(SOUND)
    given = [song, SOUND, io.BytesIO(SOUND), "data:audio/wav;base64,AAAA"]
    insisted = [make(package, video=package.AnyKind(one), audio=one) for one in given]
    either = make(package, audio=(tmp_path / "a.webm"), video=package.AnyKind("asset_sample_image"))
    (tmp_path / "a.webm").write_bytes(b"?")

    async def run(client: Any) -> None:
        for request in [*insisted, either]:
            await got(client.submit(request))

    use(package, kind, run)
    for entry in scenario_sandbox.ledger[:-1]:
        assets = {
            name: get(scenario_sandbox, f"/v1/assets/{entry.body[name]}")["asset"]
            for name in ("video", "audio")
        }
        assert {name: one["kind"] for name, one in assets.items()} == {"video": "video", "audio": "audio"}
        assert assets["video"]["mimeType"] == "application/octet-stream"
    last = scenario_sandbox.ledger[-1].body
    assert last["video"] == "asset_sample_image"
    assert get(scenario_sandbox, f"/v1/assets/{last['audio']}")["asset"]["kind"] == "audio"


@pytest.mark.usefixtures("scenario_sandbox")
def test_nothing_is_checked_of_what_is_said_not_to_be_checked(package: ModuleType, tmp_path: Path) -> None:
    (song := tmp_path / "song.wav").write_bytes(SOUND)
    with package.Client() as client:
        client.estimate(make(package, audio="asset_sample_audio").unlisted(video=song))
        client.estimate(package.AnyModel(MODEL, {"video": song, "audio": "asset_sample_audio"}))


SECRET = b"a secret of more than a few bytes"


def test_a_file_of_any_kind_is_a_value_that_travels(package: ModuleType) -> None:
    any_kind = package.AnyKind
    request = make(
        package,
        video=any_kind(Path("a.wav")),
        images=[any_kind(SECRET), any_kind("data:audio/wav,secret"), b""],
    )
    for back in (package.from_json(request.to_json()), pickle.loads(pickle.dumps(request))):  # noqa: S301
        assert back == request
        assert back.body() == request.body()
        assert back.body()["images"][:2] == [any_kind(SECRET), any_kind("data:audio/wav,secret")]
    assert request != make(package, video=Path("a.wav"), images=[SECRET, "data:audio/wav,secret", b""])
    assert "secret" not in repr(request)
    assert make(package, video=any_kind("asset_1")).body() == {"video": "asset_1"}
    with pytest.raises(ValueError, match="an open file has no JSON"):
        make(package, video=any_kind(io.BytesIO(b"1"))).to_json()
    unchecked = package.AnyModel("model_new", {"a": [any_kind(SECRET)]})
    assert "secret" not in repr(unchecked)
    assert package.from_json(unchecked.to_json()) == unchecked


def test_what_is_no_file_is_told_when_the_request_is_made(package: ModuleType) -> None:
    path, any_kind, asset = Path("a.png"), package.AnyKind, make_asset(package, "asset_1")
    one = "AnyKind takes one file; in a list, give AnyKind(file) for each"
    shot = {"image": path, "plain": any_kind(path), "free": any_kind(path)}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"video": any_kind(any_kind(path))}, one),
        ({"video": any_kind([path])}, one),
        ({"video": any_kind(None)}, "a video is a Path, bytes"),
        ({"any": any_kind(None)}, "a file is a Path, bytes"),
        ({"images": any_kind([path])}, one),
        ({"images": [any_kind([path])]}, one),
        ({"images": any_kind(path)}, "instance of Sequence"),
        ({"images": path}, "instance of Sequence"),
        ({"prompt": any_kind("x")}, "valid string"),
        ({"prompt": any_kind("asset_1")}, "valid string"),
        ({"prompt": path}, "valid string"),
        ({"shots": [shot | {"note": path}]}, f"shots.0.note\n  {type(path).__name__} is not a string"),
        ({"shots": [shot | {"note": any_kind("x")}]}, "shots.0.note\n  AnyKind is not a string"),
        ({"prompt": asset}, "valid string"),
        ({"shots": [shot | {"note": asset}]}, "shots.0.note\n  AssetFacts is not a string"),
        ({"shots": [{"image": "a.png"}]}, "shots.0.image\n  'a.png' is not an asset id"),
        ({"shots": [{"image": any_kind(any_kind(path))}]}, f"shots.0.image\n  {one}"),
        ({"shots": [{"image": any_kind(None)}]}, "shots.0.image\n  an image is a Path"),
        ({"shots": [{"image": io.StringIO("a")}]}, "shots.0.image\n  a file must be opened in binary mode"),
    ]  # fmt: skip
    for parameters, said in wrong:
        with pytest.raises(ValueError, match="validation error") as raised:
            make(package, **parameters)
        assert said in str(raised.value), parameters
        assert str(raised.value).startswith("1 validation"), str(raised.value)
    assert make(package, shots=[shot], free=path, prompt="a").problems() == []
    info = next(one for one in package.models()[0].parameters if one.name == "shots")
    assert [one.is_file for one in info.items.properties] == [True, True, False, False]


# Where an asset is given, of which kind, and the pointers at which it is refused.
ASSETS: dict[str, tuple[str, Callable[[Any], Any], list[str]]] = {
    "the kind itself": ("video", lambda asset: {"video": asset}, []),
    "another kind": ("audio", lambda asset: {"video": asset}, ["/video"]),
    "no kind": ("", lambda asset: {"video": asset}, []),
    "a kind that is newer": ("hologram", lambda asset: {"video": asset}, []),
    "an HDR image as an image": ("image-hdr", lambda asset: {"images": ["asset_1", asset]}, []),
    "an image as an HDR image": ("image", lambda asset: {"light": asset}, []),
    "a document": ("document", lambda asset: {"mesh": asset}, ["/mesh"]),
    "JSON as text": ("json", lambda asset: {"script": asset}, []),
    "in a list": ("video", lambda asset: {"images": ["asset_1", asset]}, ["/images/1"]),
    "in an object": ("image", lambda asset: {"shots": [{"image": asset, "plain": asset, "free": {"a": [asset]}}]}, []),
    "in an object, of another kind": ("audio", lambda asset: {"shots": [{"image": asset}]}, ["/shots/0/image"]),
    "anywhere": ("audio", lambda asset: {"free": [{"deep": asset}], "any": asset}, []),
    "who insists": ("audio", lambda asset: {"video": kinds_of(asset).AnyKind(asset), "images": [kinds_of(asset).AnyKind(asset)]}, []),
}  # fmt: skip


def make_asset(package: ModuleType, *facts: str) -> Any:
    return import_module(f"{package.__name__}.client.facts").AssetFacts(*facts)


def kinds_of(asset: Any) -> Any:
    return import_module(type(asset).__module__.partition(".")[0])


@pytest.mark.parametrize("case", ASSETS)
def test_an_asset_is_a_file_and_its_id_is_sent(package: ModuleType, case: str) -> None:
    kind, given, refused = ASSETS[case]
    asset = pickle.loads(pickle.dumps(make_asset(package, "asset_2", kind)))  # noqa: S301
    if refused:
        with pytest.raises(ValidationError) as raised:
            make(package, **given(asset))
        (error,) = raised.value.errors()
        assert "".join(f"/{part}" for part in error["loc"]) == refused[0]
        assert "asset_2 is " in error["msg"]
        assert error["msg"].endswith("is wanted; to send it all the same: AnyKind(asset)")
        return
    request = make(package, **given(asset))
    assert "Facts" not in repr(request)
    assert package.from_json(request.to_json()) == request
    json.dumps(request.body())
    assert "asset_2" in str(request.body())
    newer = request.unlisted(newer=[{"file": asset}])
    json.dumps(newer.body())
    assert newer.body()["newer"] == [{"file": "asset_2"}]
    json.dumps(package.AnyModel("model_x", given(asset)).body())


@both
def test_the_result_of_one_request_is_a_file_of_the_next(
    package: ModuleType, kind: str, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        first = await got(client.run(make(package, audio="asset_sample_audio")))
        (asset,) = first.assets
        for request in (
            make(package, video=asset, audio="asset_sample_audio"),
            package.AnyModel(MODEL, {"video": asset, "audio": "asset_sample_audio"}),
        ):
            job = await got(client.submit(request))
            assert job.input["video"] == asset.id
        for wrong in (first, first.job):
            with pytest.raises(ValidationError, match=r"is not a file; .*result.assets\[0\]"):
                make(package, video=wrong)
            with pytest.raises(package.InvalidRequest, match=r"/shots/0/image: .*result.assets\[0\]"):
                await got(client.submit(package.AnyModel(MODEL, {"shots": [{"image": wrong}]})))

    use(package, kind, run)


def test_types_and_messages_tell_the_kind(package: ModuleType) -> None:
    hints = package.model(MODEL).__annotations__
    assert hints["video"] is package.VideoFile
    assert hints["audio"] == package.AudioFile | None
    assert hints["mesh"] == package.ThreeDFile | None
    assert hints["any"] == hints["odd"] == package.File | None
    wanted = {
        "video": "a video",
        "mesh": "a 3D model",
        "scan": r'a file of the kind "li\\\"\"\"\n{0}"',
        "odd": "a file",
        "any": "a file",
    }
    for name, said in wanted.items():
        for value in (1, package.AnyKind(1)):
            with pytest.raises(ValueError, match="is a Path") as raised:
                make(package, **{name: value})
            assert f"{said} is a Path, bytes" in str(raised.value)
    with pytest.raises(ValueError, match=r"use Path\('a.mp4'\)"):
        make(package, video=package.AnyKind("a.mp4"))


def test_the_command_refuses_too_and_shows_how_to_insist(
    package: ModuleType, scenario_sandbox: Any, tmp_path: Path
) -> None:
    (song := tmp_path / "song.wav").write_bytes(SOUND)

    def run(*arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = import_module(f"{package.__name__}.command.main").main(arguments)
        return code, out.getvalue(), err.getvalue()

    typed = ("run", "sync-lipsync-v2", f"video=@{song}", "audio=asset_sample_audio", "--quiet")
    code, _, said = run(*typed)
    assert code == 2
    assert (
        said
        == f"scenario-models: {MODEL}: /video: song.wav is an audio file, where a video is wanted; to send it all the same: --any-kind\n"
    )
    assert scenario_sandbox.ledger == []
    assert run(*typed, "--any-kind")[0] == 0
    sent = scenario_sandbox.ledger[0].body
    assert get(scenario_sandbox, f"/v1/assets/{sent['video']}")["asset"]["kind"] == "video"
    assert sent["audio"] == "asset_sample_audio"
    shown = run("show", "sync-lipsync-v2")[1].splitlines()
    assert shown[1].split("\t")[:2] == ["video", "file (video)"]


def test_the_kinds_of_files_are_checked_beside_a_required_choice_that_is_not_listed(
    package: ModuleType, tmp_path: Path
) -> None:
    read_request = import_module(f"{package.__name__}.command.requests").read_request
    (tmp_path / "a.wav").write_bytes(SOUND)
    (tmp_path / "a.mp4").write_bytes(VIDEO)
    read = lambda name, **insisted: read_request(  # noqa: E731
        "model_with-modes", [f"video=@{tmp_path / name}", "mode=new"], is_unlisted=True, **insisted
    )
    with pytest.raises(ValueError, match="a.wav is an audio file, where a video is wanted") as raised:
        read("a.wav", is_any_kind=False)
    assert [*wrong(raised)] == ["/video"]
    for request in (read("a.mp4", is_any_kind=False), read("a.wav", is_any_kind=True)):
        assert request.body()["mode"] == "new"
