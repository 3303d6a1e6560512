"""What the service says is read, whatever it is, or said to be unreadable."""

from collections import Counter
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from support.clients import JSON

ANY = JSON | st.sampled_from(["job_1", "success", "../etc", "https://a.b/c?Signature=x", 1e309, 10**400])


def mostly(found: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Give what is due, or now and then anything else."""
    return st.sampled_from([found, found, found, ANY]).flatmap(lambda one: one)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return mostly(st.fixed_dictionaries({}, optional=fields))


ID = mostly(st.just("job_1"))
NUMBER = mostly(st.sampled_from([0, 1, 0.5, -1, 1e15, 1e309, 10**400, True]))
INPUT = some(modelId=ANY, video=ANY)
METADATA = some(input=INPUT, assetIds=mostly(st.lists(ID, max_size=3)), error=ANY, hint=ANY, output=ANY)
JOB = some(
    jobId=ID,
    id=ID,
    status=ANY,
    progress=NUMBER,
    createdAt=ANY,
    metadata=METADATA,
    billing=some(cuCost=NUMBER),
)
PARTS = mostly(st.lists(some(number=mostly(st.integers(1, 3)), url=ANY), max_size=3))
RESPONSES = mostly(
    st.fixed_dictionaries(
        {
            "job": JOB,
            "jobs": mostly(st.lists(JOB, max_size=3)),
            "asset": some(id=ID, kind=ANY, mimeType=ANY, properties=some(size=NUMBER, a=NUMBER), url=ANY),
            "upload": some(id=ID, status=ANY, entityId=ID, errorMessage=ANY, parts=PARTS),
        },
        optional={
            "nextPaginationToken": ANY,
            "creativeUnitsCost": NUMBER,
            "creativeUnitsDiscount": NUMBER,
            "costDetails": some(a=NUMBER, b=NUMBER),
        },
    )
)
TYPES = {"status": str, "model_id": str, "reason": str, "kind": str, "mime_type": str, "asset_id": str, "input": dict | None, "output": dict, "size": int | None}  # fmt: skip


def test_any_response_is_read_or_said_to_be_unreadable() -> None:
    from scenario_models.client import responses

    readers = [getattr(responses, f"read_{what}") for what in ("job", "jobs", "asset", "upload", "estimate")]
    have_read = Counter[Any]()

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(RESPONSES)
    def check(data: Any) -> None:
        with suppress(responses.Unreadable):
            assert isinstance(responses.read_file_url(data).reveal(), str)
        for read in readers:
            try:
                found = read(data)
            except responses.Unreadable:
                continue
            have_read[read] += 1
            each = found[0] if isinstance(found, tuple) else [found]
            assert all(map(is_plain, each)), each

    def is_plain(found: Any) -> bool:
        facts = {
            name: value
            for name, value in vars(found).items()
            if name not in ("properties", "input", "output")
        }
        assert "Signature=" not in repr(found) + repr(facts)
        assert responses.is_safe(getattr(found, "id", "x"))
        assert 0 <= getattr(found, "progress", 0) <= 1
        assert all(map(responses.is_safe, getattr(found, "asset_ids", ())))
        numbers = [getattr(found, name, None) or 0 for name in ("cost", "discount")]
        assert all(type(number) in (int, float) and abs(number) < 1e15 for number in numbers)
        return all(isinstance(value, TYPES.get(name, object)) for name, value in vars(found).items())

    check()
    assert min(have_read[read] for read in readers) > 5, have_read


@settings(max_examples=300, deadline=None)
@given(st.text() | st.sampled_from(["see https://a.b/c?Signature=x\u202e\x1b[31m", "a\r\nb\u2028c"]))
def test_the_words_of_the_service_are_one_plain_line(text: str) -> None:
    from scenario_models.client.responses import plain

    assert plain(text).isprintable()
    assert plain(plain(text)) == plain(text)
    assert "Signature=" not in plain(f"{text} https://a.b/c?Signature=x")
