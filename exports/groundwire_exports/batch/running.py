"""Runs of a batch: steps and the pauses between them, with a thread of the caller's or beside asyncio."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, Protocol, TypeVar

from groundwire_runtime.clock import Clock

from ..arguments import check_callback, checked_seconds
from .report import Progress, Report

T = TypeVar("T")
_STEP: Final = 20.0
"""Seconds of starts in one step beside asyncio, so that a cancellation does not wait long."""


class Steps(Protocol):
    """A batch, as far as a run needs it."""

    def step(self, *, timeout: float | None = None) -> Progress:
        """Look if a look is due, and start what there is room for."""
        ...

    def pause_after(self) -> float | None:
        """Return the seconds until the next step; None if there is nothing to wait for."""
        ...

    def result(self) -> Report:
        """Return the report of a run that has ended."""
        ...


OnProgress = Callable[[Progress], object] | None


def run(batch: Steps, clock: Clock, *, on_progress: OnProgress, timeout: float | None) -> Report:
    """Take steps until the batch has ended, or nothing is left to wait for, or `timeout` seconds have passed."""
    check_callback(on_progress, "on_progress")
    end = math.inf if timeout is None else clock.monotonic() + checked_seconds(timeout, "timeout")
    while True:
        left = end - clock.monotonic()
        progress = batch.step(timeout=max(0.001, left) if left < math.inf else None)
        if on_progress is not None:
            on_progress(progress)
        pause = batch.pause_after()
        if pause is None or clock.monotonic() + pause >= end:
            return batch.result()
        clock.sleep(pause)


@asynccontextmanager
async def running(
    batch: Steps,
    *,
    on_progress: OnProgress = None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncGenerator[asyncio.Task[Report], None]:
    """Run a batch in a thread beside the body of `async with`, whose value is the task; awaiting it gives the report.

    The block ends when the batch has. An error in the body, and a cancellation, end the run after its current step.
    """
    check_callback(on_progress, "on_progress")
    task = asyncio.create_task(_run(batch, on_progress, sleep))
    try:
        yield task
        await task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _run(batch: Steps, on_progress: OnProgress, sleep: Callable[[float], Awaitable[object]]) -> Report:
    while True:
        progress = await _in_thread(partial(batch.step, timeout=_STEP))
        if on_progress is not None:
            on_progress(progress)
        pause = await _in_thread(batch.pause_after)
        if pause is None:
            return await _in_thread(batch.result)
        await sleep(pause)


async def _in_thread(work: Callable[[], T]) -> T:
    """Return the result of work in a thread. A cancellation waits for its end: the ledger may be closed then."""
    future = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        raise
