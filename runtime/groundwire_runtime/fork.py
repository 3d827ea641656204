"""What a forked process must not share with its parent: sockets in use, and locks that nobody there will open."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """What has locks or sockets of its own."""

    def after_fork(self) -> None:
        """Start anew, in the child."""
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
