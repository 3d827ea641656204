"""Authorization: a token on each request, sent only where it may go, and refreshed once for all threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from .clock import SYSTEM, Clock
from .credentials import Anonymous, Credentials, Token, application_default, from_file, place
from .deadline import Deadline
from .errors import AuthError, GroundwireError
from .fork import renew_after_fork
from .http import Request, Response, Transport
from .loopback import is_loopback
from .proxy import METADATA_HOSTS

_OWN_HEADERS: Final = ("user-agent", "x-goog-api-client")


class _Answer:
    """A response as google-auth wants it."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = response.headers
        self.data = response.body


@frozen
class _GoogleRequest:
    """google-auth's `Request` interface over our own transport: same deadline, proxies and bounds."""

    inner: Transport
    deadline: Deadline
    own: Mapping[str, str]
    """The headers that say who calls."""
    tries: Iterator[int] = field(factory=count)

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **options: Any,
    ) -> _Answer:
        del timeout, options
        from google.auth.exceptions import TransportError as GoogleTransportError

        _check_refresh_url(url, method)
        request = Request(
            method_id="token",
            verb=method,
            url=url,
            headers={**self.own, **{name.lower(): str(value) for name, value in (headers or {}).items()}},
            body=body.encode() if isinstance(body, str) else body,
            deadline=self.deadline.at,
        )
        # google-auth may try again, after a wait that knows no deadline: 1 s, doubled each time, give or take 10 %.
        left = self.deadline.left()
        last = left is not None and left < 1.1 * 2.0 ** next(self.tries)
        try:
            response = self.inner.send(request)
        except GroundwireError as error:
            if last:
                raise AuthError("the token could not be fetched in time") from error
            raise GoogleTransportError(error) from error  # type: ignore[no-untyped-call] # google-auth is untyped here
        if last and (response.status >= 500 or response.status in (408, 429)):
            raise AuthError(f"the token endpoint answered {response.status}, with no time left to ask again")
        return _Answer(response)


def _check_refresh_url(url: str, method: str) -> None:
    scheme, host = place(url)
    if host and (scheme == "https" or is_loopback(host)):
        return
    asks_metadata = method == "GET" and host in METADATA_HOSTS
    if host and scheme == "http" and (asks_metadata or host == _metadata_override()):
        return
    raise AuthError(f"refused to send credentials to {scheme}://{host}", hint="Use https.")


def _metadata_override() -> str:
    """The metadata server that the environment names, as google-auth reads it."""
    return os.environ.get("GCE_METADATA_HOST", "").partition(":")[0].lower()


@frozen(eq=False)
class _Scoped:
    """Credentials with one set of scopes, and the lock under which they are refreshed."""

    credentials: Any
    lock: threading.Lock = field(factory=threading.Lock)


class AuthTransport:
    """Adds a token to each request; on 401, one refresh and one resend, then AuthError."""

    def __init__(
        self,
        inner: Transport,
        credentials: Credentials,
        *,
        quota_project: str | None = None,
        clock: Clock = SYSTEM,
    ) -> None:
        self._inner = inner
        self._credentials = credentials
        self._quota_project = quota_project or os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT") or None
        self._clock = clock
        self._lock = threading.Lock()
        self._scoped: dict[tuple[str, ...], _Scoped] = {}
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Use new locks: a thread that held one of these is not in the child."""
        self._lock = threading.Lock()
        self._scoped = {scopes: _Scoped(each.credentials) for scopes, each in self._scoped.items()}

    def send(self, request: Request) -> Response:
        """Send with credentials. Raises AuthError."""
        headers = dict(request.headers)
        if self._quota_project:
            headers["x-goog-user-project"] = self._quota_project
        if self._is_anonymous(request):
            return self._inner.send(evolve(request, headers=headers) if self._quota_project else request)
        _check_destination(request)
        if isinstance(self._credentials, Token):
            return self._with_token(request, headers)
        scoped = self._for_scopes(request.scopes)
        used = self._apply(scoped, headers, request, refused=None)
        response = self._inner.send(evolve(request, headers=dict(headers)))
        if response.status != 401:
            return response
        self._apply(scoped, headers, request, refused=used)
        response = self._inner.send(evolve(request, headers=headers))
        return response if response.status != 401 else _refused()

    def _is_anonymous(self, request: Request) -> bool:
        if self._credentials is None:
            return is_loopback(urlsplit(request.url).hostname or "")
        return isinstance(self._credentials, Anonymous)

    def _with_token(self, request: Request, headers: dict[str, str]) -> Response:
        token = self._credentials.value if isinstance(self._credentials, Token) else ""
        _check_token(token)
        headers["authorization"] = f"Bearer {token}"
        response = self._inner.send(evolve(request, headers=headers))
        return response if response.status != 401 else _refused()

    def _for_scopes(self, scopes: tuple[str, ...]) -> _Scoped:
        with self._lock:
            if scopes not in self._scoped:
                self._scoped[scopes] = _Scoped(self._load(scopes))
            return self._scoped[scopes]

    def _load(self, scopes: tuple[str, ...]) -> Any:
        given = self._credentials
        if given is None:
            return application_default(scopes or None)
        credentials: Any = from_file(given) if isinstance(given, (str, Path)) else given
        import google.auth.credentials as google_credentials

        untyped: Any = google_credentials
        return untyped.with_scopes_if_required(credentials, list(scopes)) if scopes else credentials

    def _apply(self, scoped: _Scoped, headers: dict[str, str], request: Request, refused: str | None) -> str:
        """Put a token that is not `refused` into the headers, and return it: one refresh for all who wait."""
        credentials = scoped.credentials
        if not credentials.valid or credentials.token == refused:
            left = Deadline(request.deadline, self._clock.monotonic).left()
            if not scoped.lock.acquire(timeout=-1.0 if left is None else left):
                raise AuthError("no time left to wait for a token that another thread is fetching")
            try:
                if not credentials.valid or credentials.token == refused:
                    self._refresh(credentials, request)
            finally:
                scoped.lock.release()
        token = credentials.token
        _check_token(token)
        applied: dict[str, str] = {}
        credentials.apply(applied)
        for name, value in applied.items():
            if name.lower() != "x-goog-user-project" or "x-goog-user-project" not in headers:
                headers[name.lower()] = value
        return str(token)

    def _refresh(self, credentials: Any, request: Request) -> None:
        from google.auth.exceptions import GoogleAuthError

        deadline = Deadline(request.deadline, self._clock.monotonic)
        own = {name: request.headers[name] for name in _OWN_HEADERS if name in request.headers}
        try:
            credentials.refresh(_GoogleRequest(self._inner, deadline, own))
        except (GoogleAuthError, ValueError, TypeError, LookupError, AttributeError) as error:
            # Besides its own errors, google-auth has those of an answer that it did not expect. The first argument
            # tells what happened; a further one is the answer, which may hold a token.
            error.args = error.args[:1] if isinstance(error, GoogleAuthError) else ()
            raise AuthError(
                f"the token could not be refreshed: {type(error).__name__}",
                hint="Sign in again, or check the key, the clock and the network.",
            ) from error


def _check_destination(request: Request) -> None:
    scheme, host = place(request.url)
    if not host or (scheme != "https" and not is_loopback(host)):
        raise AuthError(
            f"refused to send credentials to {scheme}://{host}",
            hint="Use https, or loopback.",
        )


def _check_token(token: object) -> None:
    if not isinstance(token, str) or not token or any(not "!" <= character <= "~" for character in token):
        raise AuthError("malformed token: expected printable ASCII without spaces")


def _refused() -> Response:
    raise AuthError(
        "the service refused the credentials (401), also after a refresh",
        hint="Sign in again, and check the clock and the scopes.",
    )
