"""Waiting for the operations of another API."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen
from groundwire import Expression
from groundwire_runtime.errors import OperationError, ProtocolError
from groundwire_runtime.operations import OperationView, Waiter

from .doubles import Time


@frozen
class Job:
    """An operation of another API: its end is in two fields, and its error has neither code nor message."""

    name: str = "jobs/A"
    done: bool = True
    metadata: Any = None
    error: ValueError | None = None
    response: str | None = None


def end(job: Job, told: list[Any] | None = None) -> Job:
    view = OperationView[Job](error=("error", ValueError), response=("response", str))
    waiter = Waiter(view=view, poll=lambda name, timeout: job, clock=Time().clock())
    return waiter.wait(job, timeout=1, on_progress=None if told is None else told.append)


def test_an_operation_with_both_ends_contradicts_itself() -> None:
    with pytest.raises(ProtocolError, match="jobs/A has both an error and a response"):
        end(Job(error=ValueError(), response="b"))


def test_a_failure_without_a_word_is_a_failure() -> None:
    with pytest.raises(OperationError, match="jobs/A failed: no message") as caught:
        end(Job(error=ValueError()))
    assert caught.value.code is None


@pytest.mark.parametrize("told", [Expression(result="0"), "half way", 5])
def test_metadata_of_any_kind_is_told(told: Any) -> None:
    heard: list[Any] = []
    assert end(Job(metadata=told, response="b"), heard).response == "b"
    assert heard == [told]
