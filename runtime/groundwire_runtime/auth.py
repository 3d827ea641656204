"""Authorization: a token on each request, sent only where it may go, and refreshed once for all threads."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from .clock import SYSTEM, Clock
from .credentials import Anonymous, Credentials, Token, application_default, from_file, place, scoped
from .deadline import Deadline
from .errors import ApiError, AuthError, GroundwireError
from .fork import renew_after_fork
from .http import Request, Response, Transport
from .loopback import is_loopback
from .status import api_error
from .tokens import TokenRequest, refresh

_OWN_HEADERS: Final = ("user-agent", "x-goog-api-client")
_SHORTEST: Final = 8
"""Characters of a secret below which it is no secret, and would be found in any text."""


@frozen(eq=False)
class _Scoped:
    """Credentials with one set of scopes, and the lock under which they are refreshed."""

    credentials: Any
    lock: threading.Lock = field(factory=threading.Lock)


class AuthTransport:
    """Adds a token to each request; on 401, one refresh and one resend, then AuthError."""

    def __init__(self, inner: Transport, credentials: Credentials, *, clock: Clock = SYSTEM) -> None:
        self._inner = inner
        self._credentials = credentials
        self._clock = clock
        self._lock = threading.Lock()
        self._loaded: Any = None
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
            token = self._credentials.value
            _check_token(token)
            response = self._send_with(token, {"authorization": f"Bearer {token}"}, request)
            return response if response.status != 401 else self._refused(response, request)
        found = self._for_scopes(request)
        token, applied = self._token(found, request, refused=None)
        response = self._send_with(token, applied, request)
        if response.status != 401:
            return response
        token, applied = self._token(found, request, refused=token)
        if request.trace is not None:
            request.trace.retrying(request, self._error(response, request), 0.0)
        response = self._send_with(token, applied, request)
        return response if response.status != 401 else self._refused(response, request)

    def _is_anonymous(self, request: Request) -> bool:
        if self._credentials is None:
            return is_loopback(urlsplit(request.url).hostname or "")
        return isinstance(self._credentials, Anonymous)

    def _send_with(self, token: str, applied: dict[str, str], request: Request) -> Response:
        """Send with a token, and with what else the credentials add where the request says nothing."""
        try:
            response = self._inner.send(evolve(request, headers={**applied, **request.headers}))
        except GroundwireError as error:
            _forget(token, error)
            raise
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
        given = self._credentials
        if given is None:
            return application_default(request=self._token_request(request))
        return from_file(given) if isinstance(given, (str, Path)) else given

    def _token(self, found: _Scoped, request: Request, refused: str | None) -> tuple[str, dict[str, str]]:
        """A token that is not `refused`, and further headers: one refresh for all who wait."""
        credentials = found.credentials
        if not credentials.valid or credentials.token == refused:
            with self._held(found.lock, request):
                if not credentials.valid or credentials.token == refused:
                    refresh(credentials, self._token_request(request))
        token = credentials.token
        _check_token(token)
        applied: dict[str, str] = {}
        credentials.apply(applied)
        return token, {name.lower(): value for name, value in applied.items()}

    def _token_request(self, request: Request) -> TokenRequest:
        own = {name: request.headers[name] for name in _OWN_HEADERS if name in request.headers}
        return TokenRequest(self._inner, Deadline(request.deadline, self._clock.monotonic), own=own)

    @contextmanager
    def _held(self, lock: threading.Lock, request: Request) -> Generator[None, None, None]:
        """Hold a lock, waiting for it no longer than the call may take."""
        left = Deadline(request.deadline, self._clock.monotonic).left()
        if not lock.acquire(timeout=-1.0 if left is None else left):
            raise AuthError(
                "no time left to wait for a token that another thread is fetching",
                hint="Give the call more time: timeout=...",
            )
        try:
            yield
        finally:
            lock.release()

    def _refused(self, response: Response, request: Request) -> Response:
        error = self._error(response, request)
        reason = f" {error.reason}" if error.reason.isidentifier() else ""
        fetched = "" if isinstance(self._credentials, Token) else ", also after a refresh"
        raise AuthError(
            f"the service refused the credentials (401{reason}){fetched}",
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


def _check_token(token: object) -> None:
    if not isinstance(token, str) or not token or any(not "!" <= character <= "~" for character in token):
        raise AuthError(
            "malformed token: expected printable ASCII without spaces",
            hint="Pass the token alone, without a prefix or the end of a line.",
        )
