"""Bearer tokens that are fetched: kept until shortly before they expire, renewed after a 401, fetched once for all threads."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import field, frozen

from .api_key import ApiKey, Basic, Bearer
from .auth import Secret, SecretHolder, check_destination, checked_token, with_secrets, without_frames
from .clock import SYSTEM, Clock, renew_after_fork
from .errors import ArgumentError, AuthError, GroundwireError, shortened
from .http import Request, Transport
from .options import is_seconds
from .token_refresh import SharedRefresh, persistently

__all__ = ["ApiKey", "Basic", "Bearer", "TokenProvider"]

LEEWAY: Final = 60.0
"""Seconds before its end from which a token is not used; half of a shorter life."""
Provided: TypeAlias = str | tuple[str, float]
"""A token, or a token and the seconds that it lasts."""


@frozen
class Token:
    """A token, and the instant of the clock from which another one is fetched."""

    value: Secret
    stale_at: float = field(default=math.inf)


class TokenSource(SecretHolder):
    """An authorizer with a token that it fetches. Thread-safe."""

    def __init__(self, *, leeway: float, clock: Clock) -> None:
        if leeway != 0 and not is_seconds(leeway):
            raise ArgumentError(f"leeway: expected finite seconds from 0, got {shortened(leeway)}")
        self._leeway = leeway
        self._clock = clock
        self._token: Token | None = None
        self._refresh = SharedRefresh()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Use a new lock: a thread that held this one is not in the child."""
        self._refresh = SharedRefresh()

    def authorize(self, request: Request, transport: Transport) -> Request:
        """Return the request with a valid token. Raises AuthError."""
        check_destination(request)
        token = self._valid(request, transport)
        return with_secrets(request, {"authorization": f"Bearer {token}"}, token)

    def renew(self, request: Request, transport: Transport) -> bool:
        """Fetch a token in place of the one that was refused: one fetch for all threads. Return False for none of ours."""
        refused = self._token
        if not any(request.headers.get("authorization") == f"Bearer {each}" for each in request.secrets):
            return False
        if refused is not None and refused.value in request.secrets:
            self._valid(request, transport, refused=request.secrets)
        return True

    def _valid(self, request: Request, transport: Transport, refused: tuple[str, ...] = ()) -> Secret:
        """Return a token that is not among the refused ones."""

        def is_stale() -> bool:
            held = self._token
            return held is None or self._clock.monotonic() >= held.stale_at or held.value in refused

        def fetch() -> None:
            self._token = persistently(lambda: self._fetched(request, transport), request, self._clock)

        self._refresh.run(is_stale, fetch, request, self._clock)
        token = self._token
        if token is None:  # pragma: no cover - a refresh that did not raise left one
            raise AuthError("no token was fetched")
        return token.value

    def _fetched(self, request: Request, transport: Transport) -> Token:
        """Fetch a token. Raises AuthError without the frames that met a secret."""
        try:
            value, lasts = self._fetch(request, transport)
            token = checked_token(value)
        except AuthError as error:
            failure = error
        else:
            life = math.inf if lasts is None else max(0.0, lasts - min(self._leeway, lasts / 2))
            return Token(token, self._clock.monotonic() + life)
        raise without_frames(failure)

    @abstractmethod
    def _fetch(self, request: Request, transport: Transport) -> tuple[str, float | None]:
        """Return a new token, and the seconds that it lasts. Raises AuthError."""


class TokenProvider(TokenSource):
    """Tokens of a function of one's own, which returns a token, or a token and the seconds that it lasts.

    The function is called once for all threads: at the first call, `leeway` seconds before the token ends, and after a 401,
    when the call is made once more. A `Bearer` with a function calls it at each send instead.
    """

    def __init__(
        self, function: Callable[[], Provided], *, leeway: float = LEEWAY, clock: Clock = SYSTEM
    ) -> None:
        super().__init__(leeway=leeway, clock=clock)
        if not callable(function):
            raise ArgumentError(f"TokenProvider: expected a function, got {type(function).__name__}")
        self._function = function

    def _fetch(self, request: Request, transport: Transport) -> tuple[str, float | None]:
        del request, transport
        try:
            provided = self._function()
        except GroundwireError as error:
            if isinstance(error, AuthError):
                raise
            failure = AuthError(f"the token provider failed: {error.message}", hint=error.own_hint)
            raise failure from error
        except Exception as error:
            raise AuthError(
                f"the token provider failed: {type(error).__name__}", hint="See the cause of this error."
            ) from error
        if not isinstance(provided, tuple):
            return provided, None
        token, lasts = provided if len(provided) == 2 else (None, None)
        if token is None or not is_seconds(lasts):
            raise AuthError("the token provider gave no seconds that its token lasts")
        return token, lasts
