"""A response that is not the file of its model, or not all of it, is rejected; and the keys for records go to their API alone.

Modules: credentials, model_checks, model_files, model_sources.
"""

import base64
import json
import re
from collections.abc import Callable

import pytest

from support.roots import Ran, Root
from support.site_failures import BAD
from support.sites import (
    FAILURES,
    FILMS,
    HTML,
    KEYS,
    LOGIN,
    MARKDOWN,
    Failure,
    Request,
    Site,
    body,
    fetch,
    llm_markdown,
    page,
    record,
    redirect,
    rows,
)

JSON = "application/json"
SENT_BACK = "the server sends back the keys, so that nothing of it is used"
SECRETS = [*KEYS.values(), base64.b64encode(":".join(KEYS.values()).encode()).decode()]


def echo(send: Callable[[Request, str], None]) -> Failure:
    """Send back what only the API may know."""
    return lambda request: send(request, base64.b64decode(request.headers["Authorization"][6:]).decode())


def escaped(text: bytes) -> bytes:
    """Escape in JSON what need not be."""
    return text.replace(b"_", b"\\u005f").replace(b"-", b"\\u002D")


def strange(value: object) -> Failure:
    return body(json.dumps(value).encode(), JSON)


def cut(part: Callable[[bytes], bytes]) -> Failure:
    return lambda request: request.send(200, part(request.rest()), MARKDOWN)


PLAIN = llm_markdown("x")
# What the Markdown of a model may be, beside what any page may be, and what `fetch` says of it.
BAD_MARKDOWN: dict[str, tuple[Failure, str]] = {
    "login": (FAILURES["login"], "Content-Type is text/html, not text/markdown"),
    "lost": (FAILURES["lost"], "Content-Type is text/html, not text/markdown"),
    "json": (FAILURES["json"], "Content-Type is application/json, not text/markdown"),
    "half": (FAILURES["half"], "truncated: the last row lacks cells"),
    "HTML that says that it is Markdown": (body(LOGIN, MARKDOWN), "the body is HTML, not Markdown"),
    "another model": (body(llm_markdown("other"), MARKDOWN), "it is about 'model_other', not model_m"),
    "no id": (body(PLAIN.replace(b"Model ID", b"Id"), MARKDOWN), "cannot be read: it does not contain"),
    "no table": (body(PLAIN[: PLAIN.index(b"|")], MARKDOWN), "cannot be read: it has 0 tables"),
    "a cut sample": (cut(lambda text: text[:-9]), "the last block of code has no end"),
    "a cut row": (cut(lambda text: text[: text.index(b"How") - 1]), "the last row lacks cells"),
    "nothing": (body(b"", MARKDOWN), "cannot be read: "),
    "no UTF-8": (body(PLAIN + b"\xff", MARKDOWN), "not valid UTF-8"),
    "another encoding": (body(PLAIN, "text/markdown; charset=utf-16"), "charset is 'utf-16'"),
    "a redirect to elsewhere": (
        redirect("https://elsewhere.example/"),
        "host 'elsewhere.example' is not among the hosts of [sources.markdown]",
    ),
}
BAD_RECORDS: dict[str, tuple[Failure, str]] = {
    "login": (FAILURES["login"], "Content-Type is text/html, not application/json"),
    "lost": (FAILURES["lost"], "Content-Type is text/html, not application/json"),
    "json": (FAILURES["json"], "cannot be read: there is no text at 'model.id'"),
    "half": (FAILURES["half"], "cannot be read: not JSON: "),
    "HTML that says that it is JSON": (body(LOGIN, JSON), "cannot be read: not JSON"),
    "another model": (body(record("other"), JSON), "it is about 'model_other', not model_m"),
    "an id that is no text": (strange({"model": {"id": [1], "inputs": []}}), "no text at 'model.id'"),
    "no parameters": (strange({"model": {"id": "model_x"}}), "there is no list at 'model.inputs'"),
    "parameters that are no list": (
        strange({"model": {"id": "model_x", "inputs": {}}}),
        "there is no list at 'model.inputs'",
    ),
    "a name that is a list": (
        strange({"model": {"id": "model_x", "inputs": [{"name": ["a"]}, {"name": {}}, 1]}}),
        "it is about 'model_x'",
    ),
    "a key that is there twice": (body(b'{"model": 1, "model": 2}', JSON), "'model' is there twice"),
    "depth": (body(b"[" * 100_000, JSON), "cannot be read: not JSON"),
    "no number": (body(b'{"model": NaN}', JSON), "cannot be read: not JSON"),
    "nothing": (body(b"", JSON), "cannot be read: not JSON"),
    "no UTF-8": (body(b'"\xff"', JSON), "not valid UTF-8"),
    "a redirect to elsewhere": (
        redirect("https://elsewhere.example/"),
        "host 'elsewhere.example' is not among the hosts of [sources.record]",
    ),
    "a redirect to another port": (
        redirect("http://127.0.0.1:1/"),
        "host '127.0.0.1:1' is not among the hosts of [sources.record]",
    ),
    "the keys in the record": (
        echo(lambda request, keys: request.send(200, record("x", label=keys), JSON)),
        SENT_BACK,
    ),
    "the keys escaped, where a message would show them": (
        echo(lambda request, keys: request.send(200, escaped(record(f"{'x' * 60}{keys}")), JSON)),
        SENT_BACK,
    ),
    "the keys as a validator": (
        echo(lambda request, keys: request.send(200, request.rest(), JSON, ETag=keys)),
        SENT_BACK,
    ),
    "the keys in a redirect": (
        echo(lambda request, keys: request.send(302, Location=f"https://elsewhere.example/?{keys}")),
        SENT_BACK,
    ),
    "the keys as a type": (
        echo(lambda request, keys: request.send(200, b"{}", f"{keys.replace(':', '/')}")),
        SENT_BACK,
    ),
    "the keys where a message is cut": (
        echo(lambda request, keys: request.send_raw(f"HTTP/1.1 {'x' * 32}{keys}\r\n\r\n".encode())),
        f"connection failed: illegal status line: bytearray(b'HTTP/1.1 {'x' * 32}…:…",
    ),
    # The rest of what any response may be is as with pages; these say what was requested or received.
    **{how: (FAILURES[how], BAD[how]) for how in ("206", "circle", "gzip twice", "no http")},
}
# A file that is missing is another matter.
TABLES = {"markdown": BAD_MARKDOWN, "record": BAD_RECORDS}
ENDINGS = {"markdown": ".llm.md", "record": ".record.json"}
PLACES = {"markdown": "/api/models/model_{}/markdown", "record": "/v1/models/model_{}"}


def assert_silent(root: Root, *runs: Ran) -> None:
    """Expect that nothing that was written or said has a key in it."""
    files = {path: path.read_bytes() for path in root.path.rglob("*") if path.is_file()}
    assert any(".paramsync_cache" in str(path) for path in files)
    said = "".join(ran.out + ran.err for ran in runs)
    for secret in SECRETS:
        assert secret not in said
        assert not [path for path, text in files.items() if secret.encode() in text or secret in str(path)]


def test_a_bad_response_is_rejected_the_saved_file_stays_and_the_others_are_fetched(
    root: Root, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [(source, how) for source, table in TABLES.items() for how in table]
    names = {f"m{number:02}": case for number, case in enumerate(cases)}
    sound = [f"a{number:02}" for number in range(8)]
    listed = [*sound]
    for number, name in enumerate(names):
        listed.append(name)
        if number % 4 == 3:  # so that the source does not fail as a whole
            sound.append(f"b{number:02}")
            listed.append(sound[-1])
    site.pages = {FILMS: site.link(page(*listed))}
    site.serve_models(*listed)
    site.connect_markdown(root)
    site.connect_records(root)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    first = fetch(root)
    assert first.code == 0
    paths = {
        name: root.path / "specs" / FILMS / f"{name}{ENDINGS[source]}" for name, (source, _) in names.items()
    }
    for name, (source, how) in names.items():
        paths[name].write_text("old\n")  # a 304 is wrong, then
        site.fail(PLACES[source].format(name), TABLES[source][how][0])
    for name in sound:
        site.files[PLACES["markdown"].format(name)] = llm_markdown(name, "`2`"), MARKDOWN
        site.files[PLACES["record"].format(name)] = record(name, default=2), JSON
    site.files["/login"] = LOGIN, HTML
    ran = fetch(root)
    assert ran.code == 3
    told = [line for line in ran.out.splitlines() if " stays" in line]
    for name, (source, how) in names.items():
        said = TABLES[source][how][1]
        assert paths[name].read_text() == "old\n", how
        rows_of = [row for row in told if paths[name].name in row or re.search(r" and \d+ more$", row)]
        row = next((row for row in rows_of if said in row), f"{how}: {told}")
        assert said in row
        assert re.search("  (rejected|failed) +http.*; the saved file stays", row), how
    [row] = [row for row in told if SENT_BACK in row]
    assert row.startswith(f"{sum(said == SENT_BACK for _, said in BAD_RECORDS.values())} records ")
    for noun in ("LLM Markdown files", "records"):
        assert f"{len(sound)} changed {noun}" in rows(ran)[FILMS]
    site.mend()
    again = fetch(root)
    assert again.code == 0
    assert "old\n" not in {path.read_text() for path in paths.values()}
    assert_silent(root, first, ran, again)


def test_the_keys_go_to_the_origin_of_the_api_alone(
    root: Root, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages = {FILMS: site.link(page("film", "clip"))}
    site.serve_models("film", "clip")
    site.files["/v2/film"] = record("film"), JSON
    site.fail("/v1/models/model_film", redirect("/v2/film"))
    site.connect_markdown(root)
    site.connect_records(root)
    site.robots = "User-agent: *\nAllow: /\n"
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    ran = fetch(root)
    assert ran.code == 0, ran.out
    sent = {path for path, headers, _ in site.requests if "Authorization" in headers}
    assert sent == {"/v1/models/model_film", "/v1/models/model_clip", "/v2/film"}
    [header] = {headers["Authorization"] for path, headers, _ in site.requests if path in sent}
    assert header == f"Basic {SECRETS[2]}"
    assert not [path for path in site.paths if any(secret in path for secret in SECRETS)]
    assert_silent(root, ran)


@pytest.mark.parametrize(("status", "most"), [(401, 4), (403, 6)])
def test_keys_that_are_not_accepted_are_told_once_and_not_sent_again(
    root: Root, site: Site, monkeypatch: pytest.MonkeyPatch, status: int, most: int
) -> None:
    models = [f"m{number:02}" for number in range(30)]
    site.pages = {FILMS: page(*models)}
    site.serve_models(*models)
    site.connect_records(root)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    assert fetch(root).code == 0
    before = root.tree("specs")
    site.fail("v1", str(status))
    site.requests.clear()
    ran = fetch(root, "--source", "record")
    assert ran.code == 3
    said = f"status {status}: the keys in SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET are not accepted"
    assert ran.out.count(said) == 1
    assert len(ran.out.splitlines()) <= 3
    assert len([path for path in site.paths if "/v1/" in path]) <= most
    assert root.tree("specs") == before
    assert_silent(root, ran)


def test_a_source_that_fails_as_a_whole_is_left_alone(root: Root, site: Site) -> None:
    models = [f"m{number:02}" for number in range(40)]
    site.pages = {FILMS: site.link(page(*models))}
    site.connect_markdown(root)
    site.fail("api", "400")
    ran = fetch(root)
    assert ran.code == 3
    assert len([path for path in site.paths if "/api/" in path]) <= 14
    assert ran.out.count("failures one after the other") == 1
    assert len(ran.out.splitlines()) == 4
    site.mend()
    site.robots = "User-agent: *\nDisallow: /api/\n"
    ran = fetch(root)
    assert "disallowed by " in ran.out
    assert not [path for path in site.paths[-3:] if "/api/" in path]
