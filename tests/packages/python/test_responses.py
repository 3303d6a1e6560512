"""What the service says is read, whatever it is, or said to be unreadable."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from support.clients import JSON

NAMES = st.sampled_from(
    ["job", "jobs", "asset", "upload", "jobId", "id", "status", "progress", "metadata", "input", "assetIds", "error",
     "billing", "cuCost", "properties", "size", "url", "parts", "number", "entityId", "creativeUnitsCost", "costDetails"]
)  # fmt: skip
RESPONSES = st.recursive(
    JSON | st.sampled_from(["job_1", "success", "../etc", "https://a.b/c?Signature=x", 1e309, 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(RESPONSES)
def test_any_response_is_read_or_said_to_be_unreadable(data: Any) -> None:
    from scenario_models.client import responses

    for read in (
        responses.read_job,
        responses.read_jobs,
        responses.read_asset,
        responses.read_upload,
        responses.read_estimate,
    ):
        for given_data in (data, {"job": data, "jobs": [data], "asset": data, "upload": data}):
            try:
                found = read(given_data)
            except responses.Unreadable:
                continue
            assert "Signature=" not in repr(found)
            if read in (responses.read_asset, responses.read_upload):
                kept = {name: value for name, value in vars(found).items() if name != "properties"}
                assert "Signature=" not in repr(kept)
            for one in found[0] if isinstance(found, tuple) else [found]:
                assert responses.is_safe(getattr(one, "id", "x"))
                assert 0 <= getattr(one, "progress", 0) <= 1


@settings(max_examples=300, deadline=None)
@given(st.text() | st.sampled_from(["see https://a.b/c?Signature=x\u202e\x1b[31m", "a\r\nb\u2028c"]))
def test_the_words_of_the_service_are_one_plain_line(text: str) -> None:
    from scenario_models.client.responses import plain

    assert plain(text).isprintable()
    assert plain(plain(text)) == plain(text)
    assert "Signature=" not in plain(f"{text} https://a.b/c?Signature=x")
