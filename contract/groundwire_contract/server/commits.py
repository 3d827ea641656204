"""Commits of a state file, shared by the requests that arrive in one turn of the event loop."""

from __future__ import annotations

import asyncio
from typing import Final

from attrs import define, field

from ..operations.store import Store
from ..state.problem import StateError

_TURNS: Final = 2
"""Turns of the loop in which requests may join: one reads them, one handles them. A turn without them takes microseconds."""


@define
class Commits:
    """Commits what was gathered, once for all that wait."""

    state: Store
    _next: asyncio.Future[StateError | None] | None = field(default=None, init=False)

    async def done(self) -> StateError | None:
        """Wait until everything that was gathered is durable, or return why it is not; it is undone then."""
        if self._next is None:
            loop = asyncio.get_running_loop()
            self._next = loop.create_future()
            loop.call_soon(self._turn, loop, self._next, _TURNS)
        return await asyncio.shield(self._next)

    def _turn(
        self, loop: asyncio.AbstractEventLoop, waiting: asyncio.Future[StateError | None], left: int
    ) -> None:
        """Commit, after the requests that arrive in the next turns of the loop: their clients were answered together."""
        if left:
            loop.call_soon(self._turn, loop, waiting, left - 1)
        else:
            self._commit(waiting)

    def _commit(self, waiting: asyncio.Future[StateError | None]) -> None:
        self._next = None
        try:
            self.state.commit()
        except StateError as error:
            waiting.set_result(error)
        else:
            waiting.set_result(None)
