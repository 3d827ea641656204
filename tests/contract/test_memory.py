"""What the memory of a contract keeps of the requests it answered."""

from __future__ import annotations

from groundwire_contract.exchange import Recorded
from groundwire_contract.state.memory import MAX_BYTES, Memory


def recorded(number: int, size: int = 0) -> Recorded:
    return Recorded(
        method=None,
        verb="POST",
        path=f"/{number}",
        query=(),
        headers={},
        sent=b"1" * size,
        status=200,
        verdict="accepted",
    )


def test_the_oldest_requests_are_forgotten_first() -> None:
    memory = Memory(remembered=3)
    for number in range(5):
        memory.record(recorded(number))
    assert [found.path for found in memory.requests] == ["/2", "/3", "/4"]


def test_bodies_are_kept_within_a_bound() -> None:
    memory = Memory()
    for number in range(5):
        memory.record(recorded(number, MAX_BYTES // 2))
    assert [found.path for found in memory.requests] == ["/3", "/4"]
    memory.record(recorded(5))
    assert len(memory.requests) == 3
    memory.record(recorded(6, MAX_BYTES + 1))
    assert list(memory.requests) == []
    memory.record(recorded(7, 1))
    assert memory.requests[0].body == 1
