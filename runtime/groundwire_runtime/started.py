"""The operations that the starts of a client got, to find an answer that went astray."""

from __future__ import annotations

import threading
from typing import Final, TypeVar

from .clock import renew_after_fork
from .errors import OutcomeUnknown
from .http import Request

T = TypeVar("T")
MAX_STARTED: Final = 10_000
"""Names of operations that a client remembers."""


class StartedOperations:
    """The operations that the starts of one client got: the newest names, each with the request id of its start.

    Two starts never get one operation, so a name that comes back for another request id is an answer that went
    astray. Thread-safe.
    """

    def __init__(self, most: int = MAX_STARTED) -> None:
        self._most = most
        self._ids: dict[str, str] = {}
        self.after_fork()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Make a new lock, in the child."""
        self._lock = threading.Lock()

    def claim(self, name: str, request_id: str) -> bool:
        """Remember an operation and its start; False if a start with another request id got it before."""
        with self._lock:
            known = self._ids.setdefault(name, request_id)
            if len(self._ids) > self._most:
                del self._ids[next(iter(self._ids))]
            return known == request_id

    def check(self, answer: T, request: Request) -> T:
        """Return an answer; claim the operation that a start got (AIP-151: it has `name`, `done` and `metadata`).

        Raises OutcomeUnknown if another start got it before.
        """
        if not request.request_id:
            return answer
        name = getattr(answer, "name", None)
        is_operation = (
            hasattr(answer, "done") and hasattr(answer, "metadata") and isinstance(name, str) and name
        )
        if not is_operation or self.claim(str(name), request.request_id):
            return answer
        raise OutcomeUnknown(
            f"{request.method_id}: the outcome is unknown: it was answered with {str(name)[:200]}, "
            "which another start got",
            request_id=request.request_id,
            hint=f"Make the same call with request id {request.request_id} again, or look for what it starts.",
        )

    def clear(self) -> None:
        """Forget all, as after a reset of a test server that gives names again."""
        with self._lock:
            self._ids.clear()
