"""Authorization: add a credential to each request, send it only where it may go, and redact it from what comes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NoReturn, Protocol, TypeGuard, TypeVar

from attrs import evolve, field, frozen

from .clock import SYSTEM, Clock
from .errors import ApiError, AuthError, GroundwireError
from .events import emit_retry, observed_send
from .http import Request, Response, Transport, is_loopback, place
from .parameters import call_headers
from .redaction import Secrets, credentials_in, redact_error, redacted_bytes, redacted_text, repeats

ErrorT = TypeVar("ErrorT", bound=BaseException)
_ORIGIN: Final = re.compile(r"[^/]*//[^/]*")
_SAID: Final = 300
"""Characters of what a service says about refused credentials."""


class Secret(str):
    """Text with a silent `repr`. Text made of it is plain again: wrap that as well."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'...'"


def without_frames(error: ErrorT) -> ErrorT:
    """Drop the tracebacks of an error and of its whole chain, whose frames hold secrets. Return the error."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        if current is not None and id(current) not in seen:
            seen.add(id(current))
            current.__traceback__ = None
            pending += [current.__cause__, current.__context__]
    return error


class Authorizer(Protocol):
    """A source of credentials. Thread-safe."""

    def authorize(self, request: Request, transport: Transport) -> Request:
        """Return the request with a credential, or as it is where none is wanted. Raises AuthError.

        `transport` sends what it takes to fetch one. The credential is listed in `Request.secrets`.
        """
        ...

    def renew(self, request: Request, transport: Transport) -> bool:
        """Replace the credential that `request` was refused with (401); False where there is no other."""
        ...


def is_authorizer(value: object) -> TypeGuard[Authorizer]:
    """Return True for an object that has the methods of an authorizer."""
    return hasattr(value, "authorize") and hasattr(value, "renew")


@frozen
class Anonymous:
    """No credentials at all."""

    def authorize(self, request: Request, transport: Transport) -> Request:
        """Return the request as it is."""
        del transport
        return request

    def renew(self, request: Request, transport: Transport) -> bool:
        """Return False."""
        del request, transport
        return False


def hidden(value: str | Callable[[], str]) -> str | Callable[[], str]:
    """Return a text as a Secret, and a function as it is."""
    return Secret(value) if isinstance(value, str) else value


class SecretHolder:
    """An object whose secret neither its repr shows nor a pickle carries."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} is not pickled: it is a secret")


@frozen(repr=False)
class Bearer(SecretHolder):
    """An access token, or a function that returns the current one (RFC 6750)."""

    value: str | Callable[[], str] = field(converter=hidden)

    def authorize(self, request: Request, transport: Transport) -> Request:
        """Return the request with the token in `authorization`. Raises AuthError for a malformed one."""
        del transport
        token = checked_token(self.value() if callable(self.value) else self.value)
        return with_secrets(request, {"authorization": f"Bearer {token}"}, token)

    def renew(self, request: Request, transport: Transport) -> bool:
        """Return True if the function may have another token."""
        del request, transport
        return callable(self.value)


def with_secrets(request: Request, headers: Mapping[str, str], *secrets: str) -> Request:
    """Add headers that hold secrets; a header that the request has already stays."""
    silent = {name: Secret(value) for name, value in headers.items()}
    return evolve(request, headers={**silent, **request.headers}, secrets=(*request.secrets, *secrets))


def with_headers(request: Request, stated: object) -> Request:
    """Return the request with headers of a caller besides its own. Raises ArgumentError."""
    headers, secrets = call_headers(stated, request.headers)
    return with_secrets(request, headers, *secrets)


def checked_token(token: object, name: str = "token") -> Secret:
    """Return a token of printable ASCII without spaces. Raises AuthError for any other."""
    # A traceback shows the values of a frame: keep no plain token in this one.
    token = Secret(token if isinstance(token, str) else "")
    if token and token.isascii() and token.isprintable() and " " not in token:
        return token
    raise AuthError(
        f"malformed {name}: expected printable ASCII without spaces",
        hint=f"Pass the {name} alone, without a prefix or the end of a line.",
    )


def check_destination(request: Request) -> None:
    """Raise AuthError unless the request goes over TLS, or to loopback."""
    origin = _ORIGIN.match(request.url)
    scheme, host, is_safe = _destination(origin[0] if origin else request.url)
    if not is_safe:
        raise AuthError(f"refused to send credentials to {scheme}://{host}", hint="Use https, or loopback.")


@lru_cache(256)
def _destination(origin: str) -> tuple[str, str, bool]:
    """Return the scheme and the host of an origin, and True if secrets may go there."""
    scheme, host = place(origin)
    return scheme, host, bool(host) and (scheme == "https" or is_loopback(host))


@frozen
class AuthTransport:
    """Authorizes each request; a 401 is answered with one renewal and one more send, then AuthError."""

    inner: Transport
    authorizer: Authorizer = field(repr=False)
    error_of: Callable[[Response, Request, Clock], ApiError]
    clock: Clock = SYSTEM
    secrets: Secrets = field(factory=Secrets)
    """Gets the credentials that are sent."""

    def send(self, request: Request) -> Response:
        """Send with credentials. Raises AuthError."""
        authorized = self.authorizer.authorize(request, self.inner)
        response = self._exchange(authorized)
        if response.status != 401 or not authorized.secrets:
            return response
        renewed = request.repeatable and self.authorizer.renew(authorized, self.inner)
        if renewed:
            emit_retry(request, self.error_of(response, request, self.clock), 0.0)
            authorized = self.authorizer.authorize(request, self.inner)
            response = self._exchange(authorized)
        return response if response.status != 401 else self._refused(response, authorized, renewed)

    def _exchange(self, request: Request) -> Response:
        """Send, and keep the secrets of the request out of the response and of errors."""
        if request.secrets:
            check_destination(request)
        secrets = tuple(map(Secret, (*request.secrets, *credentials_in(request.headers))))
        self.secrets.add(*secrets)
        request.call.attempts += 1
        try:
            if request.call.listeners:
                response = observed_send(self.inner, request, self.clock.monotonic)
            else:
                response = self.inner.send(request)
        except GroundwireError as error:
            if not secrets:
                raise
            _drop_cause_with(secrets, error)
            redact_error(error, lambda text: redacted_text(text, secrets))
            # The frames below hold the bytes of the request, and of a response that may repeat them.
            raise without_frames(error) from error.__cause__
        return response if response.status < 300 else _redacted(response, secrets)

    def _refused(self, response: Response, request: Request, renewed: bool) -> NoReturn:
        error = self.error_of(response, request, self.clock)
        reason = f" {error.reason}" if error.reason.isidentifier() else ""
        if "authorization" not in request.headers:
            raise AuthError(
                f"the service refused the API key (401{reason})",
                hint="Check the key and its restrictions; most methods need credentials with a scope instead.",
            ) from error
        said = f": {error.message[:_SAID]}" if not reason and error.message else ""
        raise AuthError(
            f"the service refused the credentials (401{reason}){', also after a refresh' if renewed else ''}{said}",
            hint="Sign in again, and check the clock and the scopes.",
        ) from error


def _redacted(response: Response, secrets: tuple[str, ...]) -> Response:
    """Replace secrets in a response: an error quotes what the service said."""

    def redact(text: str) -> str:
        return redacted_text(text, secrets)

    headers = {name: redact(value) for name, value in response.headers.items()}
    return evolve(response, headers=headers, body=redacted_bytes(response.body, redact))


def _drop_cause_with(secrets: tuple[str, ...], error: BaseException) -> None:
    """Drop the exception chain of an error if it contains a secret: what is not HTTP may be quoted there."""
    below = error.__cause__
    while below is not None and not repeats(f"{below} {below!r}", secrets):
        below = below.__cause__ or below.__context__
    if below is not None:
        error.__cause__ = error.__context__ = None
