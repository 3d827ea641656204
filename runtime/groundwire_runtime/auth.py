"""Authorization: a token on each request, sent only where it may go, and refreshed once for all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from attrs import define, evolve, field

from .clock import SYSTEM, Clock
from .credentials import Anonymous, Credentials, Token, application_default, from_file, scoped
from .deadline import Deadline
from .errors import ApiError, AuthError, GroundwireError
from .fork import renew_after_fork
from .http import Request, Response, Transport
from .loopback import is_loopback
from .retry import next_delay
from .secret import Secret, without_frames
from .status import api_error
from .subject_token import bounded
from .token_endpoints import TokenEndpoints, place
from .tokens import TokenRequest, fetched, universe_of
from .universe import check_universe

T = TypeVar("T")

_OWN_HEADERS: Final = ("user-agent", "x-goog-api-client")
_API_KEY: Final = "x-goog-api-key"
_SHORTEST: Final = 8
"""Characters of a secret below which it is no secret, and would be found in any text."""


@define(eq=False)
class _Scoped:
    """Credentials with one set of scopes, and the lock under which they are refreshed."""

    credentials: Any = field(repr=False)
    lock: threading.Lock = field(factory=threading.Lock)
    failures: int = 0
    failure: AuthError | None = None
    """The latest refresh that failed for good."""

    def refresh(self, request: TokenRequest) -> None:
        """Fetch a new token."""
        bounded(self.credentials).refresh(request)


class AuthTransport:
    """Adds a token to each request; on 401, one refresh and one resend, then AuthError.

    `credential_hosts`: hosts that credentials may use besides Google's token endpoints, metadata servers and loopback.
    """

    def __init__(
        self,
        inner: Transport,
        credentials: Credentials,
        *,
        clock: Clock = SYSTEM,
        credential_hosts: Sequence[str] = (),
    ) -> None:
        self._inner = inner
        self._credentials = credentials
        self._endpoints = TokenEndpoints(tuple(credential_hosts))
        self._clock = clock
        self._lock = threading.Lock()
        self._loaded: Any = None
        self._universe = ""
        self._scoped: dict[tuple[str, ...], _Scoped] = {}
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Use new locks: a thread that held one of these is not in the child."""
        self._lock = threading.Lock()
        renewed = {id(each): _Scoped(each.credentials) for each in self._scoped.values()}
        self._scoped = {scopes: renewed[id(each)] for scopes, each in self._scoped.items()}

    def send(self, request: Request) -> Response:
        """Send with credentials. Raises AuthError."""
        if self._is_anonymous(request):
            return self._inner.send(request)
        _check_destination(request)
        if isinstance(self._credentials, Token):
            token = _checked(self._credentials, "value")
            applied = {"authorization": Secret(f"Bearer {token}")}
            response = self._send_with(token, applied, request)
            return response if response.status != 401 else self._refused(response, request, applied)
        found = self._for_scopes(request)
        self._check_universe(request)
        token, applied = self._token(found, request, refused=None)
        response = self._send_with(token, applied, request)
        if response.status != 401:
            return response
        if _API_KEY in applied:
            return self._refused(response, request, applied)
        token, applied = self._token(found, request, refused=token)
        if request.trace is not None:
            request.trace.retrying(request, self._error(response, request), 0.0)
        response = self._send_with(token, applied, request)
        return response if response.status != 401 else self._refused(response, request, applied)

    def _is_anonymous(self, request: Request) -> bool:
        """Whether no credentials are wanted: by the caller, on loopback, or by a method that has no scopes."""
        if self._credentials is None:
            return not request.scopes or is_loopback(urlsplit(request.url).hostname or "")
        return isinstance(self._credentials, Anonymous)

    def _send_with(self, token: Secret, applied: dict[str, Secret], request: Request) -> Response:
        """Send with a token, and with what else the credentials add where the request says nothing."""
        try:
            response = self._inner.send(evolve(request, headers={**applied, **request.headers}))
        except GroundwireError as error:
            _forget(token, error)
            # What is below holds the bytes of the request, and of an answer that may repeat them.
            raise without_frames(error) from error.__cause__
        return response if response.status < 300 else _without(token, response)

    def _for_scopes(self, request: Request) -> _Scoped:
        """The credentials for a call's scopes; the same object for all of them where scopes cannot be narrowed."""
        found = self._scoped.get(request.scopes)
        if found is not None:
            return found
        with self._held(self._lock, request):
            if self._loaded is None:
                self._loaded = self._load(request)
            credentials = scoped(self._loaded, request.scopes)
            known = (each for each in self._scoped.values() if each.credentials is credentials)
            return self._scoped.setdefault(request.scopes, next(known, None) or _Scoped(credentials))

    def _load(self, request: Request) -> Any:
        hosts = self._endpoints.hosts
        if self._credentials is None:
            asking = self._token_request(request, probing=True)
            return application_default(request=asking, credential_hosts=hosts)
        if isinstance(self._credentials, (str, Path)):
            return from_file(self._credentials, credential_hosts=hosts)
        return self._credentials

    def _check_universe(self, request: Request) -> None:
        host = place(request.url)[1]
        if is_loopback(host):
            return
        if not self._universe:
            with self._held(self._lock, request):
                if not self._universe:
                    self._universe = self._persistently(
                        lambda asking: universe_of(self._loaded, asking), request
                    )
        check_universe(self._universe, host, self._endpoints.universe)

    def _token(
        self, found: _Scoped, request: Request, refused: Secret | None
    ) -> tuple[Secret, dict[str, Secret]]:
        """A token that is not `refused`, and further headers: one refresh for all who wait."""
        failures = found.failures
        if _is_stale(found, refused):
            with self._held(found.lock, request):
                if _is_stale(found, refused):
                    self._refresh(found, request, failures)
        token = _checked(found.credentials, "token")
        applied: dict[str, Any] = {}
        found.credentials.apply(applied)
        return token, {name.lower(): Secret(value) for name, value in applied.items()}

    def _refresh(self, found: _Scoped, request: Request, failures: int) -> None:
        """Refresh, unless another thread did and failed for good while this one, which saw `failures` before, waited."""
        if found.failure is not None and found.failures != failures:
            raise _copy(found.failure)
        try:
            self._persistently(found.refresh, request)
        except AuthError as error:
            if not error.retryable:
                found.failures, found.failure = found.failures + 1, _copy(error)
            raise

    def _persistently(self, ask: Callable[[TokenRequest], T], request: Request) -> T:
        """Ask a source of tokens, and ask again after what may pass, as the call's policy says, within its deadline."""
        asking = self._token_request(request)
        attempt = 0
        while True:
            attempt += 1
            try:
                return fetched(ask, asking)
            except AuthError as error:
                delay = next_delay(attempt, error, request, self._clock)
                if delay is None:
                    raise
                if request.trace is not None:
                    request.trace.retrying(request, error, delay)
            self._clock.sleep(delay)

    def _token_request(self, request: Request, *, probing: bool = False) -> TokenRequest:
        return TokenRequest(
            self._inner,
            Deadline(request.deadline, self._clock.monotonic),
            own={name: request.headers[name] for name in _OWN_HEADERS if name in request.headers},
            endpoints=self._endpoints,
            probing=probing,
            unix=self._clock.unix,
        )

    @contextmanager
    def _held(self, lock: threading.Lock, request: Request) -> Generator[None, None, None]:
        """Hold a lock, waiting for it no longer than the call may take."""
        left = Deadline(request.deadline, self._clock.monotonic).left()
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

    def _refused(self, response: Response, request: Request, applied: dict[str, Secret]) -> Response:
        error = self._error(response, request)
        reason = f" {error.reason}" if error.reason.isidentifier() else ""
        if _API_KEY in applied:
            raise AuthError(
                f"the service refused the API key (401{reason})",
                hint="Check the key and its restrictions; most methods need credentials with a scope instead.",
            ) from error
        again = "" if isinstance(self._credentials, Token) else ", also after a refresh"
        raise AuthError(
            f"the service refused the credentials (401{reason}){again}",
            hint="Sign in again, and check the clock and the scopes.",
        ) from error

    def _error(self, response: Response, request: Request) -> ApiError:
        attempts = 1 if request.trace is None else request.trace.attempts
        return api_error(
            response,
            method_id=request.method_id,
            attempts=attempts,
            now=self._clock.unix(),
            scopes=request.method_scopes,
        )


def _copy(error: AuthError) -> AuthError:
    """The same error without the frames of the thread that met it."""
    copy = AuthError(error.message, hint=error.hint)
    copy.__cause__ = error.__cause__
    return copy


def _is_stale(found: _Scoped, refused: Secret | None) -> bool:
    return not found.credentials.valid or (refused is not None and found.credentials.token == refused)


def _without(token: str, response: Response) -> Response:
    """An answer that does not repeat the token: an error shows what the service said."""
    if len(token) < _SHORTEST:
        return response
    headers = {name: value.replace(token, "...") for name, value in response.headers.items()}
    return evolve(response, headers=headers, body=response.body.replace(token.encode(), b"..."))


def _forget(token: str, error: BaseException) -> None:
    """Let go of what lies below an error if it repeats the token, as an answer that is no HTTP may do."""
    below = error.__cause__
    while below is not None and token not in f"{below} {below!r}":
        below = below.__cause__ or below.__context__
    if below is not None:
        error.__cause__ = error.__context__ = None


def _check_destination(request: Request) -> None:
    scheme, host = place(request.url)
    if not host or (scheme != "https" and not is_loopback(host)):
        raise AuthError(
            f"refused to send credentials to {scheme}://{host}",
            hint="Use https, or loopback.",
        )


def _checked(holder: object, attribute: str) -> Secret:
    """The token that an object holds. Raises AuthError."""
    if not _is_token(getattr(holder, attribute)):
        raise AuthError(
            "malformed token: expected printable ASCII without spaces",
            hint="Pass the token alone, without a prefix or the end of a line.",
        )
    return Secret(getattr(holder, attribute))


def _is_token(value: object) -> bool:
    return isinstance(value, str) and value != "" and all("!" <= character <= "~" for character in value)
