"""Commits of a state file, shared by the requests that arrive together.

A commit waits for the disk. Requests that arrive meanwhile are the next group; so that clients do not take turns in
small groups, each group waits a moment for as many requests as the last one had.
"""

from __future__ import annotations

import asyncio
from typing import Final

from attrs import define, field

from ..operations.store import Store
from ..state.problem import StateError

_MOMENT: Final = 0.001
"""A disk takes longer to write."""
_FRESH: Final = 2
"""Turns of the loop after a commit in which requests are handled that arrived while it was written."""


@define
class Commits:
    """Commits what was gathered, once for all that wait. `moment` is the seconds that a group waits at most."""

    state: Store
    moment: float = _MOMENT
    _next: asyncio.Future[StateError | None] | None = field(default=None, init=False)
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)
    _size: int = field(default=0, init=False)
    """Requests of this group."""
    _expected: int = field(default=1, init=False)
    _fresh: int = field(default=0, init=False)
    """Turns that are left in which another request shows that more clients are there than the last group had."""

    async def done(self) -> StateError | None:
        """Wait until everything that was gathered is durable, or return why it is not; it is undone then."""
        if self._next is None:
            loop = asyncio.get_running_loop()
            self._next = loop.create_future()
            self._timer = loop.call_later(self.moment, self._commit)
            self._expected += self._fresh > 0
        self._size += 1
        if self._size == self._expected:
            asyncio.get_running_loop().call_soon(self._commit)
        return await asyncio.shield(self._next)

    def _commit(self) -> None:
        waiting, timer = self._next, self._timer
        if waiting is None:
            return  # It was committed before the moment was over.
        if timer is not None:
            timer.cancel()
        self._next, self._timer = None, None
        self._size, self._expected = 0, self._size
        try:
            self.state.commit()
        except StateError as error:
            waiting.set_result(error)
        else:
            waiting.set_result(None)
        self._fresh = _FRESH + 1
        self._age()

    def _age(self) -> None:
        self._fresh -= 1
        if self._fresh:
            asyncio.get_running_loop().call_soon(self._age)
