"""An authorizer for google-auth's credentials, which are loaded lazily and refreshed once for all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from attrs import define, field

from .auth import Secret, check_destination, checked_token, with_secrets
from .clock import SYSTEM, Clock, Deadline, renew_after_fork
from .credential_files import bounded
from .credentials import application_default, from_file, scoped
from .google_tokens import TokenRequest, fetched, universe_of
from .http import Request, Transport, is_loopback, place
from .token_endpoints import TokenEndpoints
from .token_refresh import SharedRefresh, held, persistently
from .universe import check_universe

T = TypeVar("T")

_OWN_HEADERS: Final = ("user-agent", "x-goog-api-client")
_API_KEY: Final = "x-goog-api-key"


@define(eq=False)
class _Scoped:
    """Credentials with one set of scopes, and their refresh."""

    credentials: Any = field(repr=False)
    refresh: SharedRefresh = field(factory=SharedRefresh)

    def is_stale(self, refused: str | None = None) -> bool:
        """Return True for no valid token, or the refused one."""
        return not self.credentials.valid or (refused is not None and self.credentials.token == refused)


class GoogleAuth:
    """Authorizes requests with google-auth's credentials, a file of them, or the environment's own for None.

    `credential_hosts`: hosts that credentials may use besides Google's token endpoints, metadata servers and loopback.
    """

    def __init__(
        self, credentials: Any = None, *, credential_hosts: Sequence[str] = (), clock: Clock = SYSTEM
    ) -> None:
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

    def authorize(self, request: Request, transport: Transport) -> Request:
        """Return the request with a valid token, and with what else the credentials add. Raises AuthError.

        Without credentials of its own, a method without scopes and a request to loopback stay as they are.
        """
        if self._credentials is None and (not request.scopes or is_loopback(place(request.url)[1])):
            return request
        check_destination(request)
        source = self._for_scopes(request, transport)
        self._check_universe(request, transport)
        self._refresh_once(source, request, transport, refused=None)
        token = checked_token(source.credentials.token)
        applied: dict[str, Any] = {}
        source.credentials.apply(applied)
        return with_secrets(request, {name.lower(): value for name, value in applied.items()}, token)

    def renew(self, request: Request, transport: Transport) -> bool:
        """Fetch a token that is not the refused one: one refresh for all threads. False for an API key."""
        refused = Secret(request.headers.get("authorization", "").rpartition(" ")[2])
        if not refused or _API_KEY in request.headers:
            return False
        source = self._scoped[request.scopes]
        self._refresh_once(source, request, transport, refused=refused)
        return True

    def _for_scopes(self, request: Request, transport: Transport) -> _Scoped:
        """Return the credentials for a call's scopes; one object for all of them where scopes cannot be narrowed."""
        source = self._scoped.get(request.scopes)
        if source is not None:
            return source
        with held(self._lock, request, self._clock):
            if self._loaded is None:
                self._loaded = self._load(request, transport)
            credentials = scoped(self._loaded, request.scopes)
            known = (each for each in self._scoped.values() if each.credentials is credentials)
            return self._scoped.setdefault(request.scopes, next(known, None) or _Scoped(credentials))

    def _load(self, request: Request, transport: Transport) -> Any:
        hosts = self._endpoints.hosts
        if self._credentials is None:
            asking = self._token_request(request, transport, probing=True)
            return application_default(request=asking, credential_hosts=hosts)
        if isinstance(self._credentials, (str, Path)):
            return from_file(self._credentials, credential_hosts=hosts)
        return self._credentials

    def _check_universe(self, request: Request, transport: Transport) -> None:
        host = place(request.url)[1]
        if is_loopback(host):
            return
        if not self._universe:
            with held(self._lock, request, self._clock):
                if not self._universe:
                    self._universe = self._persistently(
                        lambda asking: universe_of(self._loaded, asking), request, transport
                    )
        check_universe(self._universe, host, self._endpoints.universe)

    def _refresh_once(
        self, source: _Scoped, request: Request, transport: Transport, refused: str | None
    ) -> None:
        """Refresh a stale token, unless another thread did, or failed for good, while this one waited."""

        def refresh() -> None:
            self._persistently(bounded(source.credentials).refresh, request, transport)

        source.refresh.run(lambda: source.is_stale(refused), refresh, request, self._clock)

    def _persistently(self, ask: Callable[[TokenRequest], T], request: Request, transport: Transport) -> T:
        """Ask a source of tokens, and again after a transient failure, by the call's policy and deadline."""
        asking = self._token_request(request, transport)
        return persistently(lambda: fetched(ask, asking), request, self._clock)

    def _token_request(
        self, request: Request, transport: Transport, *, probing: bool = False
    ) -> TokenRequest:
        return TokenRequest(
            transport,
            Deadline(request.deadline, self._clock.monotonic),
            own={name: request.headers[name] for name in _OWN_HEADERS if name in request.headers},
            endpoints=self._endpoints,
            probing=probing,
            unix=self._clock.unix,
        )
