"""Effects that a client takes from its process: time, sleep, random, request ids, forks; and deadlines."""

from __future__ import annotations

import os
import random
import socket
import time
import uuid
from collections.abc import Callable
from typing import Final, Protocol
from weakref import WeakSet

from attrs import frozen

LOWEST: Final = 0.001
"""Seconds below which waiting is not worth a system call."""
LONGEST: Final = 1_000_000.0
"""Seconds of a single wait, a little below the system's limit."""


@frozen(kw_only=True)
class Clock:
    """Effects as functions: seconds of a monotonic clock, Unix time, sleep, a number in [0, 1), a new request id.

    A request id is a UUID: 36 hex digits and hyphens. An overlay states the alphabet that an API accepts.
    """

    monotonic: Callable[[], float] = time.monotonic
    unix: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())


SYSTEM = Clock()


@frozen
class Deadline:
    """An instant of a clock, or none. `silence`: the longest single wait in seconds."""

    at: float | None
    now: Callable[[], float]
    silence: float | None = None

    def left(self) -> float | None:
        """Return the seconds until then, from 0 to `LONGEST`; None without a deadline."""
        return None if self.at is None else min(max(0.0, self.at - self.now()), LONGEST)

    def within(self, seconds: float | None) -> Deadline:
        """Return this deadline or one in `seconds`, the earlier of both, without a limit of silence."""
        if seconds is None:
            return Deadline(self.at, self.now)
        end = self.now() + seconds
        return Deadline(end if self.at is None else min(self.at, end), self.now)

    def check(self) -> float | None:
        """Return the seconds left, as `left` does. Raises TimeoutError when they are not worth a wait."""
        left = self.left()
        if left is not None and left < LOWEST:
            raise TimeoutError("the call's deadline is reached")
        return left

    def arm(self, sock: socket.socket) -> None:
        """Give the socket's next operation the time left. Raises TimeoutError when there is none."""
        left = self.check()
        if self.silence is not None:
            left = self.silence if left is None else min(left, self.silence)
        sock.settimeout(left)


class Forkable(Protocol):
    """An object that owns locks or sockets."""

    def after_fork(self) -> None:
        """Replace locks and leave sockets to the parent; runs in the child."""
        ...


_LIVE: WeakSet[Forkable] = WeakSet()


def renew_after_fork(owner: Forkable) -> None:
    """Call `owner.after_fork()` in every child process, for as long as `owner` lives."""
    _LIVE.add(owner)


def _renew() -> None:
    for owner in list(_LIVE):
        owner.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
