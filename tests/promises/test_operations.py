"""Rows 31 to 33: operations and pages."""

from __future__ import annotations

import pytest
from groundwire import Operation
from groundwire_runtime.errors import DecodeError, GroundwireError, ProtocolError

from ..runtime.doubles import Script, Time, answer
from .plugin import Measured
from .shop import NAME, client

DONE = {"@type": "type.googleapis.com/google.protobuf.Empty"}
PAUSES = [1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, 17.0859375, 20, 20, 20]


@pytest.mark.promise(31)
def test_polls_follow_one_sequence(measured: Measured) -> None:
    time, running = Time(), answer({"name": NAME})
    script = Script([*[running] * (len(PAUSES) - 1), answer({"name": NAME, "done": True, "response": DONE})])
    one = client("https://shop.test", transport=script, clock=time.clock())
    assert one.wait(Operation(name=NAME)).done
    assert time.sleeps == PAUSES
    assert script.urls == [f"https://shop.test/v1beta/{NAME}"] * len(PAUSES)
    measured("1, 1.5, 2.25 ... 17.09, then 20 s for good: exact")


SHAPES = {
    "done without a result": [{"name": NAME, "done": True}],
    "done with both": [{"name": NAME, "done": True, "response": DONE, "error": {"code": 3}}],
    "a result, but not done": [{"name": NAME, "response": DONE}],
    "an error, but not done": [{"name": NAME, "error": {"code": 3}}],
    "another name": [{"name": NAME}, {"name": f"{NAME}B"}],
    "another name when done": [{"name": f"{NAME}B", "done": True, "response": DONE}],
    "no name": [{"name": NAME}, {}],
}


@pytest.mark.promise(32)
def test_an_operation_of_the_wrong_shape_is_a_typed_error(measured: Measured) -> None:
    kinds = set()
    for name, polls in SHAPES.items():
        script = Script([answer(poll) for poll in polls])
        one = client("https://shop.test", transport=script, clock=Time().clock())
        with pytest.raises(GroundwireError) as caught:
            one.wait(Operation(name=NAME))
        assert isinstance(caught.value, (ProtocolError, DecodeError)), name
        assert script.answers == []
        kinds.add(type(caught.value).__name__)
    measured(f"{len(SHAPES)} of {len(SHAPES)} shapes: {', '.join(sorted(kinds))}")


@pytest.mark.promise(32)
def test_what_is_done_stays_done(measured: Measured) -> None:
    script = Script([answer({"name": NAME, "done": True, "response": DONE}), answer({"name": NAME})])
    one = client("https://shop.test", transport=script, clock=Time().clock())
    done = one.wait(Operation(name=NAME))
    assert one.wait(done) is done
    assert len(script.requests) == 1
    measured("done, then not done: the end is kept, no further poll")


@pytest.mark.promise(33)
def test_a_page_token_that_repeats_ends_the_listing(measured: Measured) -> None:
    fetched = []
    for tokens in (["a", "a"], ["a", "b", "a"], ["a", "b", "c", "b"]):
        script = Script([answer({"nextPageToken": token}) for token in tokens])
        one = client("https://shop.test", transport=script)
        with pytest.raises(ProtocolError, match="repeats"):
            list(one.projects.operations.list())
        assert len(script.requests) == len(tokens)
        fetched.append(len(tokens))
    measured(f"loops of 1, 2 and 2 pages: stopped after {', '.join(map(str, fetched))} pages, ProtocolError")
