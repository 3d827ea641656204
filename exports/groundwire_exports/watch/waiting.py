"""Waiting for many exports at once, for asyncio: one look for all of them, in one thread."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from attrs import define, evolve, field, frozen
from groundwire import Operation
from groundwire_runtime.clock import SYSTEM, Clock
from groundwire_runtime.errors import (
    AuthError,
    GroundwireError,
    OperationTimeout,
)
from groundwire_runtime.polling import polling_delay

from ..arguments import ExportClient, check_callback, checked_seconds
from ..export import Export
from ..refusals import is_retryable
from ..states import state_of
from .look import Look, read_states, several

OUTAGE: Final = 3600.0
"""Seconds of looks without an answer after which a wait without a timeout gives up."""


@frozen(kw_only=True)
class WaitProgress:
    """The counts of exports by state after a look, and the operations whose state changed with it.

    `counts` has OperationState's words, and UNKNOWN for operations that were not seen yet.
    """

    counts: Mapping[str, int]
    changed: tuple[Operation, ...] = ()
    name: str = "exports"

    @property
    def total(self) -> int:
        """All exports."""
        return sum(self.counts.values())

    @property
    def unfinished(self) -> int:
        """Exports that have not ended."""
        return self.total - sum(self.counts.get(state, 0) for state in ("SUCCEEDED", "FAILED", "CANCELLED"))

    def __str__(self) -> str:
        return f"{self.name}: {', '.join(f'{count:,} {state.lower()}' for state, count in sorted(self.counts.items()))}"


async def wait_all(
    client: ExportClient,
    exports: Iterable[Export | Operation | str],
    *,
    timeout: float | None = None,
    on_progress: Callable[[WaitProgress], object] | None = None,
) -> tuple[Operation, ...]:
    """Wait until all exports have ended, well or not, and return their operations in the same order.

    An export, an operation or its name. All are looked at together, after 1, 1.5, 2.25 ... up to 20 seconds: 200 exports
    take as many requests as one. The looks run in one thread, one after the other. Cancelling the task takes effect
    between two looks at the latest; the exports continue.

    `on_progress`: called in the event loop after each look that changed something.

    Raises OperationTimeout after `timeout` seconds, NotFound if an operation does not exist, and the errors of looks that
    will not pass. Without a `timeout`, it gives up after an hour without an answer. A failed export is no error: its
    operation's `result` is a Status.
    """
    check_callback(on_progress, "on_progress")
    if timeout is not None:
        timeout = checked_seconds(timeout, "timeout")
    handles = [
        export if isinstance(export, Export) else Export(client, export)
        for export in several(exports, "exports")
    ]
    waiting = _Waiting(client=client, handles=handles, report=on_progress)
    return await waiting.run(timeout)


@define(kw_only=True)
class _Waiting:
    client: ExportClient
    handles: list[Export]
    report: Callable[[WaitProgress], object] | None
    shown: dict[str, str] = field(factory=dict[str, str])

    async def run(self, timeout: float | None) -> tuple[Operation, ...]:
        clock = self.client.clock
        end = math.inf if timeout is None else clock.monotonic() + timeout
        answered = clock.monotonic()
        lost: GroundwireError | None = None
        for number in range(1_000_000_000):
            self._show()
            names = [handle.name for handle in self.handles if not handle.done]
            if not names:
                break
            left = end - clock.monotonic()
            if left <= 0:
                raise self._late(timeout, names) from lost
            await _pause(clock, min(polling_delay(number), left))
            try:
                self._update(await asyncio.to_thread(read_states, self.client, names))
                lost, answered = None, clock.monotonic()
            except GroundwireError as error:
                if not _passes(error) or (timeout is None and clock.monotonic() - answered >= OUTAGE):
                    raise
                lost = error
        return tuple(handle.operation for handle in self.handles)

    def _update(self, result: Look) -> None:
        for handle in self.handles:
            error = result.missing.get(handle.name)
            if error is not None:
                error.add_note(f"{handle.name} does not exist; the other exports continue")
                raise error
            latest = result.operations.get(handle.name)
            if latest is not None:
                # A listing may name the project by its number.
                handle.operation = evolve(latest, name=handle.name)

    def _show(self) -> None:
        changed = [handle for handle in self.handles if self.shown.get(handle.name) != _state(handle)]
        self.shown |= {handle.name: _state(handle) for handle in changed}
        if changed and self.report is not None:
            counts = Counter(_state(handle) for handle in self.handles)
            self.report(WaitProgress(counts=dict(counts), changed=tuple(each.operation for each in changed)))

    def _late(self, timeout: float | None, names: list[str]) -> OperationTimeout:
        unfinished = next(handle.operation for handle in self.handles if handle.name == names[0])
        who = (
            f"{names[0]} and {len(names) - 1} others still run"
            if len(names) > 1
            else f"{names[0]} still runs"
        )
        return OperationTimeout(
            f"{who} after {timeout} s",
            operation=unfinished,
            hint="Wait for them again with a longer timeout, or cancel them.",
        )


def _state(handle: Export) -> str:
    return state_of(handle.operation)


def _passes(error: GroundwireError) -> bool:
    """Return True if the next look may succeed."""
    return is_retryable(error) and (not isinstance(error, AuthError) or error.retryable)


async def _pause(clock: Clock, seconds: float) -> None:
    """Sleep, cancellable at once; a clock of the caller's own sleeps in a thread."""
    if clock.sleep is SYSTEM.sleep:
        await asyncio.sleep(seconds)
    else:
        await asyncio.to_thread(clock.sleep, seconds)
