"""A response that is no whole page of models is rejected: the saved page stays, and the others are fetched.

Modules: pages.
"""

import gzip

import pytest

from support.cells import html_page
from support.roots import Root
from support.site_failures import BAD, SLOW
from support.sites import (
    FAILURES,
    FILMS,
    HTML,
    LOGIN,
    MARKDOWN,
    PHOTOS,
    SONGS,
    Failure,
    Request,
    Site,
    body,
    compressed,
    fetch,
    page,
    redirect,
    rows,
    saved,
    without_length,
)

OLD = page("film", "clip", default="`2`")
CUT = page("film", "clip")


def refresh_to_itself(request: Request) -> None:
    name = request.path.split("/")[-2]
    meta = f"<html><meta http-equiv=refresh content='0; url=/get-started/generation/x/{name}/'></html>"
    request.send(200, meta.encode(), HTML)


ENDS = ("```json\n{}\n```\n", "- one\n- two\n", "![a](b.png)\n", "~~~\nx\n~~~", "<p>Text</p>\n")


def test_a_page_may_end_with_anything_below_its_last_heading(root: Root, site: Site) -> None:
    names = [f"video-generation-{number}" for number in range(len(ENDS))]
    site.pages = {
        name: page(f"m{name[-1]}") + f"## Response\n\n{end}".encode()
        for name, end in zip(names, ENDS, strict=True)
    }
    assert rows(fetch(root)) == dict.fromkeys(names, "new")


BAD_BODIES: dict[str, tuple[Failure, str]] = {
    "another page": (body(page("song", "tune"), MARKDOWN), f"all its models belong to the page {SONGS}"),
    "a type that it is not": (body(CUT, "image/png"), "Content-Type is image/png"),
    "no type": (body(CUT, ""), "Content-Type is missing"),
    "Markdown as HTML": (body(CUT, HTML), "Content-Type is HTML, but the body is not"),
    "another encoding": (body(CUT, "text/markdown; charset=utf-16"), "charset is 'utf-16'"),
    "no UTF-8": (body(CUT + b"\xff", MARKDOWN), "not valid UTF-8"),
    "nothing": (body(b"", MARKDOWN), "no model has a table"),
    "an error in Markdown": (body(b"# 500\n\nSorry.\n", MARKDOWN), "no model has a table"),
    "a guide where models were": (
        body(b"---\ntitle: Films | Scenario Docs\n---\n\nSoon.\n", MARKDOWN),
        "no model has a table any more",
    ),
    "a row cut in a cell": (body(CUT.rstrip()[:-4], MARKDOWN), "truncated: the last row has no end"),
    "a row cut at a bar": (
        body(CUT[: CUT.rindex(b" How strong")], MARKDOWN),
        "truncated: the last row lacks cells",
    ),
    "a row cut, and ended": (
        body(CUT[: CUT.rindex(b" How strong")] + b"\n", MARKDOWN),
        "truncated: the last row lacks cells",
    ),
    "a heading alone": (
        body(CUT[: CUT.index(b"**Model ID:** `model_clip`")], MARKDOWN),
        "nothing follows the last heading, 'Clip'",
    ),
    "no table": (body(CUT[: CUT.rindex(b"| Parameter")], MARKDOWN), "the last model, 'Clip', has no table"),
    "tables in HTML within Markdown": (
        body(
            CUT[: CUT.index(b"## ")]
            + html_page([{}]).partition("</p><table>")[2].join(("<table>", "")).encode(),
            MARKDOWN,
        ),
        "not read: a parameter table in HTML stands within Markdown",
    ),
    "a page in a code block": (
        body(b"---\ntitle: Films | Scenario Docs\n---\n\n```\n" + CUT + b"```\n", MARKDOWN),
        "not read: the page gives no model, and its parameter tables are hidden, or in code blocks or comments",
    ),
    "half of HTML": (
        body(
            b"<html><title>Films | Scenario Docs</title><body><h2>Film</h2><table><tr><td>1</td></tr></table>"
        ),
        "truncated: no </html> at the end",
    ),
    "HTML that cannot be read": (
        body(b"<html><title>x</title>" + b"<i>" * 300 + b"</html>"),
        "cannot be parsed: elements are nested more than 200 levels deep",
    ),
    "Markdown cut at the end of a row, with no length": (
        without_length(lambda content: content[: content.rindex(b"\n|") + 1]),
        "neither Content-Length nor chunked encoding",
    ),
    "a part of it, as the whole": (
        body(CUT, MARKDOWN, Content_Range="bytes 0-99/9999"),
        "partial response: Content-Range",
    ),
    "gzip cut between two members": (
        compressed(lambda content: gzip.compress(content[:600]) + gzip.compress(content[600:])[:9]),
        "truncated gzip",
    ),
    "gzip, and something behind it": (
        compressed(lambda content: gzip.compress(content) + b"oh"),
        "invalid gzip: ",
    ),
    "gzip whose sum is wrong": (
        compressed(lambda content: gzip.compress(content)[:-5] + b"\0\0\0\0\0"),
        "invalid gzip: Error -3 while decompressing data: incorrect data check",
    ),
    "gzip, and zeros behind it": (
        compressed(lambda content: gzip.compress(content) + bytes(9)),
        "invalid gzip: ",
    ),
    "gzip of very many members": (
        compressed(lambda content: gzip.compress(b"") * 50_000 + gzip.compress(content)),
        "gzip with more than 1,000 members",
    ),
    "a redirect to no page": (redirect("/login?next=films"), "which is not the URL of a page"),
    "a redirect to elsewhere": (
        redirect("https://elsewhere.example/"),
        "host 'elsewhere.example' is not among the hosts of [site]",
    ),
    "a redirect to nowhere": (lambda request: request.send(307), "status 307 without a Location"),
    "a redirect with a user": (redirect("http://x@127.0.0.1/"), "is not a plain http or https URL"),
    "a redirect to no web": (redirect("file:///etc/passwd"), "is not a plain http or https URL"),
    "a refresh to elsewhere": (
        body(b"<html><meta http-equiv=refresh content='0; url=https://elsewhere.example/'></html>"),
        "host 'elsewhere.example' is not among the hosts of [site]",
    ),
    "a refresh in a circle": (refresh_to_itself, "the page moves more than 3 times"),
    "what would act on a terminal": (
        body(b"<html><title>\x1b[2J\xe2\x80\xae</title></html>"),
        r"the title is '\x1b[2J\u202e'",
    ),
}
FAILING = {**{how: (FAILURES[how], said) for how, said in BAD.items()}, **BAD_BODIES}


def test_each_failure_of_a_site_is_in_the_table() -> None:
    assert BAD.keys() == FAILURES.keys() - {"429"}  # which is tried again until it is served


@pytest.mark.parametrize(
    ("deadline", "cases"),
    [(6, SLOW), (60, FAILING.keys() - SLOW)],
    ids=["slow", "quick"],
)
def test_a_bad_response_is_rejected_the_saved_page_stays_and_the_others_are_fetched(
    root: Root, site: Site, deadline: int, cases: set[str]
) -> None:
    names = {f"video-generation-{number}": how for number, how in enumerate(FAILING) if how in cases}
    old = {name: page(f"film{name[17:]}", f"clip{name[17:]}", default="`2`") for name in names}
    site.connect(root, deadline=deadline)
    del site.pages[FILMS]
    site.pages |= old
    fetch(root, SONGS, *(name for name, how in names.items() if how != "304"))
    root.run("scrape")
    for name, how in names.items():
        root.add_page(name, old[name])  # also the one that was not fetched before, so that a 304 is wrong
        site.pages[name] = page(f"film{name[17:]}", f"clip{name[17:]}", "reel")
        site.fail(name, FAILING[how][0])
    site.files["/login"] = LOGIN, HTML
    ran = fetch(root)
    assert ran.code == 3
    for name, how in names.items():
        row = rows(ran)[name]
        assert FAILING[how][1] in row, how
        assert row.startswith(("rejected  http", "failed  http")), how
        assert row.endswith("; the saved page stays"), how
        assert saved(root)[f"{name}/page.md"] == old[name], how
    assert (rows(ran)[SONGS], rows(ran)[PHOTOS]) == ("unchanged", "new")
    total, failed = len(names) + 2, len(names)
    assert (
        f"fetch: {total} pages, {failed} of them failed or rejected; 1 file written, 1 unchanged\n" in ran.out
    )
    assert "\x1b" not in ran.out + ran.err
    site.mend()
    again = rows(fetch(root))
    assert {how: again[name] for name, how in names.items()} == dict.fromkeys(cases, "changed")
