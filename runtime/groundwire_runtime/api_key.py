"""API keys, and names with passwords."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote

from attrs import evolve, field, frozen

from .auth import Bearer, Secret, SecretHolder, checked_token, hidden, with_secrets
from .errors import ArgumentError, AuthError
from .http import Request, Transport
from .parameters import checked_header_name

__all__ = ["ApiKey", "Basic", "Bearer"]


@frozen(repr=False)
class ApiKey(SecretHolder):
    """An API key, or a function that returns the current one, with the header, query parameter or cookie that it travels in.

    In a mapping by scheme the place may be left out: it is the scheme's.
    """

    value: str | Callable[[], str] = field(converter=hidden)
    header: str | None = field(default=None, kw_only=True)
    query: str | None = field(default=None, kw_only=True)
    cookie: str | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if sum(place is not None for place in (self.header, self.query, self.cookie)) > 1:
            raise ArgumentError("ApiKey: it travels in one of header, query and cookie")
        if self.header is not None:
            checked_header_name(self.header)

    @property
    def placed(self) -> bool:
        """Return True if it is known where the key travels."""
        return (self.header or self.query or self.cookie) is not None

    def authorize(self, request: Request, transport: Transport) -> Request:
        """Return the request with the key. Raises AuthError for a key that cannot be sent."""
        del transport
        key = _checked_key(self.value() if callable(self.value) else self.value)
        if self.header is not None:
            return with_secrets(request, {self.header.lower(): key}, key)
        if self.query is None and self.cookie is None:
            raise AuthError("no place for the API key", hint='Name it: ApiKey(key, header="x-api-key").')
        name, encoded = quote(self.query or self.cookie or "", safe=""), Secret(quote(key, safe=""))
        if self.query is not None:
            # A link to another page may repeat the key.
            base, _, query = request.url.partition("?")
            others = [each for each in query.split("&") if each and each.partition("=")[0] != name]
            url = f"{base}?{'&'.join([*others, f'{name}={encoded}'])}"
            return evolve(with_secrets(request, {}, key, encoded), url=url)
        before = request.headers.get("cookie")
        cookie = Secret(f"{before}; {name}={encoded}" if before else f"{name}={encoded}")
        return with_secrets(evolve(request, headers={**request.headers, "cookie": cookie}), {}, key, encoded)

    def renew(self, request: Request, transport: Transport) -> bool:
        """Return True if the function may have another key."""
        del request, transport
        return callable(self.value)


@frozen(repr=False)
class Basic(SecretHolder):
    """A name and a password (RFC 7617)."""

    user: str
    password: str = field(converter=Secret)

    def authorize(self, request: Request, transport: Transport) -> Request:
        """Return the request with both in `authorization`. Raises AuthError for what cannot be sent."""
        del transport
        pair = Secret(f"{self.user}:{self.password}")
        if ":" in self.user or not pair.isprintable():
            raise AuthError(
                "malformed name or password: the name has no colon, and neither has a control character",
                hint="Pass them as the service gave them.",
            )
        token = checked_token(b64encode(pair.encode()).decode("ascii"))
        return with_secrets(request, {"authorization": f"Basic {token}"}, token, self.password)

    def renew(self, request: Request, transport: Transport) -> bool:
        """Return False: there is no other password."""
        del request, transport
        return False


def _checked_key(key: object) -> Secret:
    """Return a key of printable ASCII without spaces at its ends. Raises AuthError for any other."""
    key = Secret(key if isinstance(key, str) else "")
    if key and key.isascii() and key.isprintable() and not (key[0] == " " or key[-1] == " "):
        return key
    raise AuthError(
        "malformed API key: expected printable ASCII", hint="Pass the key alone, without the end of a line."
    )
