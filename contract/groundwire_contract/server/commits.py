"""Commits of a state file, shared by the requests that arrive in one turn of the event loop."""

from __future__ import annotations

import asyncio

from attrs import define, field

from ..operations.store import Store
from ..state.problem import StateError


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
            # All requests that are ready now come first.
            loop.call_soon(self._commit, self._next)
        return await asyncio.shield(self._next)

    def _commit(self, waiting: asyncio.Future[StateError | None]) -> None:
        self._next = None
        try:
            self.state.commit()
        except StateError as error:
            waiting.set_result(error)
        else:
            waiting.set_result(None)
