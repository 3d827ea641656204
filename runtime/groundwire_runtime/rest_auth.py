"""Credentials by what a method requires: alternatives, each of which is one or more security schemes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any, Final, Literal, Protocol, TypeAlias, cast, runtime_checkable
from urllib.parse import urljoin

from attrs import evolve, field, frozen

from .api_key import ApiKey, Basic, Bearer
from .auth import Authorizer, is_authorizer
from .errors import ArgumentError, AuthError
from .http import Request, Transport, split_url

Security: TypeAlias = tuple[tuple[str, ...], ...]
"""Alternatives, each of which is all of its schemes by name; an empty one needs none, and () is: none is needed."""
Credential: TypeAlias = Authorizer | str | Callable[[], str] | tuple[str, str]
"""A source of credentials; or a token or a key, or a function that returns one; or a name and a password."""
Auth: TypeAlias = Authorizer | Mapping[str, Credential]
"""One source of credentials for all that a method may require, or one for each scheme by its name."""
_PORTS: Final = {"https": 443, "http": 80}


@runtime_checkable
class Placeable(Protocol):
    """A source of credentials whose token endpoint a security scheme may name."""

    def at_scheme(self, kind: str, url: str | None) -> Authorizer:
        """Return the source for a scheme. Raises ArgumentError where no endpoint is known."""
        ...


@frozen(kw_only=True)
class RestScheme:
    """A security scheme of the document.

    `location` and `name` are those of an API key; `url` is the token endpoint of client credentials (oauth2), or the
    discovery document (openIdConnect).
    """

    kind: Literal["google", "bearer", "basic", "apiKey", "oauth2", "openIdConnect", "mutualTLS"]
    location: str | None = None
    name: str | None = None
    url: str | None = None

    def authorizer(self, credential: Credential, base_url: str) -> Authorizer:
        """Return the authorizer of a credential for this scheme. Raises ArgumentError for one that is of another kind."""
        if isinstance(credential, Placeable):
            return credential.at_scheme(self.kind, None if self.url is None else urljoin(base_url, self.url))
        if isinstance(credential, ApiKey) and not credential.placed:
            return self._key(credential.value)
        if is_authorizer(credential):
            return credential
        if self.kind == "basic":
            pair = cast("tuple[str, ...]", credential) if isinstance(credential, tuple) else ()
            if len(pair) == 2:
                return Basic(*pair)
            raise ArgumentError("auth: basic takes Basic(name, password), or a pair of both")
        if isinstance(credential, str) or callable(credential):
            value: Any = credential
            return self._key(value) if self.kind == "apiKey" else Bearer(value)
        raise ArgumentError("auth: expected a token, a key, or a source of credentials")

    def _key(self, value: str | Callable[[], str]) -> ApiKey:
        place = {self.location or "header": self.name}
        return ApiKey(value, header=place.get("header"), query=place.get("query"), cookie=place.get("cookie"))


@frozen(repr=False)
class SchemeAuth:
    """Authorizes each request by what its method requires, and only requests to the client's own origin."""

    origin: tuple[str, str, int | None]
    security_of: Callable[[str], Security | None]
    """Returns what a method requires, by its id; None where the document does not state it."""
    every: Authorizer | None = None
    """Stands for any scheme."""
    by_scheme: Mapping[str, Authorizer] = field(factory=dict[str, Authorizer])
    certified: frozenset[str] = frozenset()
    """Schemes that the client's certificate satisfies."""

    @property
    def holds_any(self) -> bool:
        """True with `auth` for anything, which a method may not require; a certificate is no `auth`."""
        return self.every is not None or bool(self.by_scheme)

    def authorize(self, request: Request, transport: Transport) -> Request:
        """Return the request with what its method requires. Raises AuthError where that is not all held."""
        if origin_of(request.url) != self.origin:
            return request
        for each in self._chosen(request.method_id):
            request = each.authorize(request, transport)
        return request

    def renew(self, request: Request, transport: Transport) -> bool:
        """Return True if one of the credentials was replaced."""
        renewed = [each.renew(request, transport) for each in self._chosen(request.method_id)]
        return any(renewed)

    def _chosen(self, method_id: str) -> tuple[Authorizer, ...]:
        security = self.security_of(method_id)
        if self.every is not None:
            return () if security is not None and not any(security) else (self.every,)
        if security is None:
            return tuple(self.by_scheme.values())
        held = self.by_scheme.keys() | self.certified
        for schemes in security:
            if schemes and held.issuperset(schemes):
                return tuple(self.by_scheme[each] for each in schemes if each in self.by_scheme)
        if not self.by_scheme or not security or () in security:
            return ()
        needs = " or ".join(" and ".join(schemes) for schemes in security)
        raise AuthError(
            f"{method_id} needs credentials for {needs}; the client has some for {', '.join(self.by_scheme)}",
            hint="Pass them: Client(auth={...}).",
        )


def scheme_auth(
    auth: Auth | None,
    schemes: Mapping[str, RestScheme],
    *,
    base_url: str,
    security_of: Callable[[str], Security | None],
    has_certificate: bool,
) -> SchemeAuth:
    """Return the authorizer of a client. Raises ArgumentError for a scheme that the document lacks."""
    certified = frozenset(
        name for name, each in schemes.items() if has_certificate and each.kind == "mutualTLS"
    )
    empty = SchemeAuth(origin_of(base_url), security_of, certified=certified)
    if auth is None:
        return empty
    if is_authorizer(auth):
        if isinstance(auth, ApiKey) and not auth.placed:
            raise ArgumentError(
                "auth: an API key alone needs its place", hint='For example ApiKey(key, header="x-api-key").'
            )
        return evolve(empty, every=_placed(auth, schemes, base_url))
    if not isinstance(auth, Mapping):
        raise ArgumentError(
            "auth: expected a source of credentials, or a mapping by scheme",
            hint="For example auth.Bearer(token), or {scheme: token}.",
        )
    for name in auth:
        if name not in schemes:
            near = get_close_matches(str(name), schemes, cutoff=0.5) or sorted(schemes)[:10]
            raise ArgumentError(
                f"auth: the API has no scheme {str(name)[:80]!r}", hint=f"It has {', '.join(near) or 'none'}."
            )
    return evolve(
        empty, by_scheme={name: schemes[name].authorizer(each, base_url) for name, each in auth.items()}
    )


def _placed(auth: Authorizer, schemes: Mapping[str, RestScheme], base_url: str) -> Authorizer:
    """Return a source for any scheme. Raises ArgumentError where it has no token endpoint, and not one scheme states it."""
    if not isinstance(auth, Placeable):
        return auth
    try:
        return auth.at_scheme("", None)
    except ArgumentError as error:
        missing = error
    placed: list[Authorizer] = []
    for scheme in {each.url: each for each in schemes.values() if each.url is not None}.values():
        with suppress(ArgumentError):
            placed.append(scheme.authorizer(auth, base_url))
    if len(placed) != 1:
        raise missing
    return placed[0]


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return the scheme, the host and the port of a URL (RFC 6454)."""
    parts = split_url(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme)
