"""One refresh of a token for all threads, within the deadline of each call that waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from attrs import define, field

from .clock import Clock, Deadline
from .errors import AuthError
from .events import emit_retry
from .http import Request
from .retry import next_delay

T = TypeVar("T")


@define(eq=False)
class SharedRefresh:
    """The lock under which a token is refreshed, and how the latest refresh failed for good."""

    lock: threading.Lock = field(factory=threading.Lock)
    failures: int = 0
    failure: AuthError | None = None

    def run(
        self, is_stale: Callable[[], bool], refresh: Callable[[], object], request: Request, clock: Clock
    ) -> None:
        """Refresh what is stale, unless another thread did, or failed for good, while this one waited. Raises AuthError."""
        failures = self.failures
        if not is_stale():
            return
        with held(self.lock, request, clock):
            if not is_stale():
                return
            if self.failure is not None and self.failures != failures:
                raise _copy(self.failure)
            try:
                refresh()
            except AuthError as error:
                if not error.retryable:
                    self.failures, self.failure = self.failures + 1, _copy(error)
                raise


def persistently(ask: Callable[[], T], request: Request, clock: Clock) -> T:
    """Ask a source of tokens, and again after a transient failure, by the call's policy and deadline. Raises AuthError."""
    attempt = 0
    while True:
        attempt += 1
        try:
            return ask()
        except AuthError as error:
            delay = next_delay(attempt, error, request, clock)
            if delay is None:
                raise
            emit_retry(request, error, delay)
        clock.sleep(delay)


@contextmanager
def held(lock: threading.Lock, request: Request, clock: Clock) -> Generator[None, None, None]:
    """Hold a lock, waiting for it no longer than the call may take. Raises AuthError."""
    left = Deadline(request.deadline, clock.monotonic).left()
    if not lock.acquire(timeout=-1.0 if left is None else left):
        raise AuthError(
            "no time left to wait for a token that another thread is fetching",
            hint="Give the call more time: timeout=...",
            retryable=True,
        )
    try:
        yield
    finally:
        lock.release()


def _copy(error: AuthError) -> AuthError:
    """Copy an error without the frames of the thread that met it."""
    copy = AuthError(error.message, hint=error.hint)
    copy.__cause__ = error.__cause__
    return copy
