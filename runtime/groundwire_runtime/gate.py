"""The order of calls that wait for one of the connections to a host."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager

from .clock import Deadline


class ConnectionWaitError(TimeoutError):
    """A call's time ran out while it waited for a connection. The text says how long, and for which host."""


class Gate:
    """Admits `places` calls at a time to the connections of a host, first come, first served. Thread-safe.

    The pool behind it would prefer the thread that has just returned a connection.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._free = places
        # None is free while one waits: who leaves hands the place to who waits longest.
        self._waiting: deque[threading.Lock] = deque()
        # Garbage collection may end an open body, and leave, in a thread that is just here.
        self._lock = threading.RLock()

    @contextmanager
    def turn(self, deadline: Deadline, host: str) -> Generator[None]:
        """Wait for a place, and hold it. Raises ConnectionWaitError past the deadline."""
        with self._lock:
            turn = None if self._free else threading.Lock()
            if turn is None:
                self._free -= 1
            else:
                turn.acquire()
                self._waiting.append(turn)
        if turn is not None:
            self._wait(turn, deadline, host)
        try:
            yield
        finally:
            self._leave()

    def _wait(self, turn: threading.Lock, deadline: Deadline, host: str) -> None:
        try:
            begun, left = deadline.now(), deadline.left()
            came = turn.acquire(timeout=-1 if left is None else left)
        except BaseException:
            self._give_up(turn)
            raise
        if not came:
            position, waiting = self._give_up(turn)
            raise ConnectionWaitError(
                f"after {deadline.now() - begun:.1f} s of waiting for one of the {self._places} connections to "
                f"{host}, as number {position} of {waiting} in the queue"
            )

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def _give_up(self, turn: threading.Lock) -> tuple[int, int]:
        """Leave the queue; return the position that was held, from 1, and the length of the queue."""
        with self._lock:
            waiting = len(self._waiting)
            if turn in self._waiting:
                position = self._waiting.index(turn) + 1
                self._waiting.remove(turn)
                return position, waiting
        # The turn came at this moment: pass it on.
        self._leave()
        return 1, waiting + 1
