"""Memory for answers: a budget for the calls of one client, and the buffer that a body grows in."""

from __future__ import annotations

import mmap
import threading
from math import inf
from typing import Final, Self

from attrs import define, field

from .fork import renew_after_fork

BLOCK: Final = 1024 * 1024
"""Bytes of a buffer that are asked of the system at a time."""


@define(eq=False)
class Budget:
    """`most` bytes for the calls of one client together. Thread-safe, and empty after a fork."""

    most: float
    held: int = field(default=0, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        renew_after_fork(self)

    def take(self, size: int) -> bool:
        """Take so many bytes; return False, and take none, where they do not fit."""
        with self._lock:
            if self.held + size > self.most:
                return False
            self.held += size
            return True

    def give_back(self, size: int) -> None:
        """Give bytes back that were taken."""
        with self._lock:
            # After a fork, a call of the forking thread gives back what is no longer counted.
            self.held = max(0, self.held - size)

    def after_fork(self) -> None:
        """Forget what the parent's threads hold."""
        self.held, self._lock = 0, threading.Lock()


UNBOUNDED: Final = Budget(inf)


@define(eq=False)
class Reservation:
    """The bytes of a budget that one call holds. For one thread."""

    budget: Budget = UNBOUNDED
    held: int = field(default=0, init=False)

    def grow(self, size: int) -> bool:
        """Hold so many bytes more; return False, and hold no more than before, where they do not fit."""
        fits = self.budget.take(size)
        if fits:
            self.held += size
        return fits

    def release(self) -> None:
        """Give all back."""
        size, self.held = self.held, 0
        if size:
            self.budget.give_back(size)


class Buffer:
    """Bytes that grow, in memory that goes back to the system when the buffer is closed.

    What threads give back to malloc, it keeps for each of them: many large answers would cost a multiple of the budget.
    """

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[bytes] = []
        self._blocks: list[mmap.mmap] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pieces.clear()
        while self._blocks:
            self._blocks.pop().close()

    def write(self, data: bytes) -> None:
        """Add bytes at the end."""
        self.size += len(data)
        self._pieces.append(data)
        if self.size > BLOCK:
            for piece in self._pieces:
                self._fill(memoryview(piece))
            self._pieces.clear()

    def getvalue(self) -> bytes:
        """All bytes, as a copy when there are many."""
        if not self._blocks:
            return b"".join(self._pieces)
        last = self._blocks[-1]
        return b"".join([*self._blocks[:-1], last[: last.tell()]])

    def _fill(self, data: memoryview) -> None:
        while data:
            if not self._blocks or self._blocks[-1].tell() == BLOCK:
                self._blocks.append(mmap.mmap(-1, BLOCK))
            block = self._blocks[-1]
            room = BLOCK - block.tell()
            block.write(data[:room])
            data = data[room:]
