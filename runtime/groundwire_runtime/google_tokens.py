"""Fetch tokens over our own transport; errors never include secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final, TypeVar

from attrs import define, field

from .auth import without_frames
from .clock import LOWEST, SYSTEM, Deadline
from .errors import AuthError, DeadlineReached, GroundwireError, TransportError
from .events import listeners, observed_send
from .http import CallState, Request, Response, Transport, place
from .retry import retry_after
from .token_endpoints import TokenEndpoints
from .token_refresh import SIGN_IN, code_of, hint_of, may_pass
from .universe import GOOGLE

_SLOW: Final = "Check the network and the source of tokens, or give the call more time: timeout=..."


class _Answer:
    """A response as google-auth wants it."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = response.headers
        self.data = response.body


@define
class TokenRequest:
    """google-auth's `Request` interface over our own transport: same deadline, proxies and bounds.

    A failure that may pass is raised at once as a retryable AuthError, so that the call's policy decides about another
    attempt. `probing`: google-auth looks for a metadata server, and asks again by itself while there is time.
    """

    inner: Transport
    deadline: Deadline
    said: str = ""
    """The last answer, in words that hold no secret."""
    hint: str = SIGN_IN
    own: Mapping[str, str] = field(factory=dict[str, str])
    """The headers that say who calls."""
    endpoints: TokenEndpoints = field(factory=TokenEndpoints)
    probing: bool = False
    unix: Callable[[], float] = SYSTEM.unix
    _tries: count[int] = field(factory=count)
    _call: CallState = field(factory=lambda: CallState(listeners()))

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        timeout: float | None = None,
        **options: Any,
    ) -> _Answer:
        """Send one request for google-auth. Raises AuthError, or google-auth's TransportError while probing."""
        del options
        self.endpoints.check_request(url, method)
        request = Request(
            method_id="token",
            verb=method,
            url=url,
            headers={**self.own, **{name.lower(): _text(value) for name, value in (headers or {}).items()}},
            body=body.encode() if isinstance(body, str) else body,
            deadline=self._until(timeout),
            call=self._call,
        )
        final = self._is_final()
        try:
            self._call.attempts += 1
            response = observed_send(self.inner, request, self.deadline.now)
        except GroundwireError as error:
            raise self._unanswered(error, final) from error
        self._note(request, response)
        if final and may_pass(response):
            late = ", with no time left to ask again" if self.probing else ""
            raise AuthError(
                f"the token could not be refreshed: {self.said}{late}",
                hint=_SLOW if self.probing else self.hint,
                retryable=True,
                retry_after=retry_after(response.headers.get("retry-after"), self.unix()),
            )
        return _Answer(response)

    def _is_final(self) -> bool:
        """Return True if google-auth will not try again in time. It waits 1 s, doubled each time, within 10 %."""
        left = self.deadline.left()
        return not self.probing or (left is not None and left < 1.1 * 2.0 ** next(self._tries))

    def _unanswered(self, error: GroundwireError, final: bool) -> Exception:
        """The error for a request that got no answer."""
        if isinstance(error, TransportError) and error.sent:
            # What lies below may quote an answer that is no HTTP, and that may repeat what was sent.
            error.__cause__ = error.__context__ = None
        if not final:
            from google.auth.exceptions import TransportError as GoogleTransportError

            return GoogleTransportError(error)  # type: ignore[no-untyped-call] # google-auth is untyped here
        left = self.deadline.left()
        if isinstance(error, TransportError) and left is not None and (self.probing or left < LOWEST):
            said = f": {self.said}" if self.said else ""
            return AuthError(f"the token could not be fetched in time{said}", hint=_SLOW, retryable=True)
        return AuthError(
            f"the token could not be refreshed: {error.message}",
            hint=error.own_hint or SIGN_IN,
            retryable=isinstance(error, TransportError)
            and (error.retryable or isinstance(error, DeadlineReached)),
        )

    def _until(self, timeout: float | None) -> float | None:
        """The deadline of one request: google-auth's own timeout, within what the call has left."""
        at = self.deadline.at
        if not isinstance(timeout, (int, float)):
            return at
        own = self.deadline.now() + timeout
        return own if at is None else min(at, own)

    def _note(self, request: Request, response: Response) -> None:
        code = code_of(response)
        self.said = f"{place(request.url)[1]} answered {response.status}{f' {code}' if code else ''}"
        self.hint = hint_of(response)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


T = TypeVar("T")


def fetched(ask: Callable[[TokenRequest], T], request: TokenRequest) -> T:
    """Return the result of `ask`. Raises AuthError without any secret."""
    try:
        return ask(request)
    except Exception as error:  # noqa: BLE001 - google-auth has many, credentials of a caller's own have any
        failure = _failure(error, request)
    raise without_frames(failure)


def universe_of(credentials: Any, request: TokenRequest) -> str:
    """The universe of credentials; that of a machine in the cloud is asked of its metadata server."""
    if getattr(credentials, "_universe_domain_cached", True):
        found = getattr(credentials, "universe_domain", GOOGLE)
    else:
        # The property would ask by itself: past our transport, its deadline and its bounds.
        from google.auth.compute_engine import _metadata

        untyped: Any = _metadata
        # google-auth 2.35's own function asks another path, which no machine has.
        found = untyped.get(request, "universe/universe-domain", return_none_for_not_found_error=True)
    return found if isinstance(found, str) and found else GOOGLE


def _failure(error: Exception, request: TokenRequest) -> GroundwireError:
    """The AuthError for a fault: from ours below it, or from google-auth's own without its words."""
    if isinstance(error, GroundwireError):
        return error
    own = _own(error)
    if own is None:
        error.args = ()
        error.__cause__ = error.__context__ = None
    why = own.message if own is not None else request.said
    failure = AuthError(
        f"the token could not be refreshed: {type(error).__name__}{f', {why}' if why else ''}",
        hint=request.hint,
        retryable=own.retryable if isinstance(own, (AuthError, TransportError)) else _is_passing(error),
    )
    failure.__cause__ = own or error
    return failure


def _is_passing(error: Exception) -> bool:
    """Return True if a fault of credentials that do not use our transport may pass."""
    from google.auth.exceptions import TransportError as GoogleTransportError

    passing = (ConnectionError, TimeoutError, GoogleTransportError)
    return isinstance(error, passing) or getattr(error, "retryable", False) is True


def _own(error: BaseException | None) -> GroundwireError | None:
    """The error of ours that google-auth wrapped, if any."""
    while error is not None and not isinstance(error, GroundwireError):
        error = error.__cause__ or error.__context__
    return error
