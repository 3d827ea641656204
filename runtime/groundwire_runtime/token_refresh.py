"""Refresh a token once for all threads, within the deadline of each call, and read the errors of token endpoints."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast

from attrs import define, field

from .clock import Clock, Deadline
from .error_messages import BY_STATUS
from .errors import AuthError
from .events import emit_retry
from .http import Request, Response
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


SIGN_IN: Final = "Sign in again, or check the key, the clock and the network."
HINTS: Final[Mapping[str, str]] = {
    "invalid_grant": "Sign in again, or check the key and the clock: the grant is expired, revoked or for another client.",
    "invalid_rapt": "Sign in again: the organisation asks for a new sign-in from time to time.",
    "invalid_client": "Check the client's id and secret.",
    "deleted_client": "Check the client's id: it was deleted.",
    "disabled_client": "Check the client's id: it is disabled.",
    "unauthorized_client": "Check the client, and that it may ask for these scopes.",
    "invalid_scope": "Ask for other scopes: Client(scopes=[...]).",
    "invalid_target": "Check the audience of the workload identity pool.",
    "invalid_request": SIGN_IN,
    "unsupported_grant_type": SIGN_IN,
    "access_denied": "Ask the administrator: a policy refuses.",
    "admin_policy_enforced": "Ask the administrator: a policy refuses.",
    "org_internal": "Sign in with an account of the client's organisation.",
    "server_error": "Try again later.",
    "temporarily_unavailable": "Try again later.",
    "internal_failure": "Try again later.",
    "PERMISSION_DENIED": "Grant the caller roles/iam.serviceAccountTokenCreator on the service account, or access to it.",
}
"""Hints for the error codes of a token endpoint (RFC 6749 5.2, RFC 8693 2.2.2, and Google's own).

No other text of an answer is shown: it may repeat what was sent.
"""

_PASSING: Final = ("server_error", "temporarily_unavailable", "internal_failure")
"""Codes that say, with any status, that asking again may help. Source: google-auth."""


def may_pass(response: Response) -> bool:
    """Return True if an answer of a token endpoint says that asking again may help."""
    status = response.status
    return status >= 500 or status in (408, 429) or code_of(response) in _PASSING


def hint_of(response: Response) -> str:
    """Return what to do about an answer of a token endpoint that is no token."""
    return HINTS.get(code_of(response), "Try again later." if response.status >= 500 else SIGN_IN)


def code_of(response: Response) -> str:
    """Return the code of an error, "" for one that is not known."""
    if response.status < 400:
        return ""
    try:
        found: Any = json.loads(response.body)
    except (ValueError, RecursionError):
        return ""
    error = cast("dict[str, Any]", found).get("error") if isinstance(found, dict) else None
    if isinstance(error, dict):
        error = cast("dict[str, Any]", error).get("status")
    return error if isinstance(error, str) and (error in HINTS or error in BY_STATUS) else ""
