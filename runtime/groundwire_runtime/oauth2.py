"""OAuth 2.0 client credentials (RFC 6749 4.4), with the token endpoint stated or discovered by OpenID Connect."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, Self, cast
from urllib.parse import quote_plus, urlencode

from .api_key import ApiKey, Basic, Bearer
from .auth import Secret, check_destination, hidden, with_secrets
from .clock import SYSTEM, Clock, renew_after_fork
from .errors import ArgumentError, AuthError, DeadlineReached, GroundwireError, TransportError
from .events import listeners, observed_send
from .http import CallState, Request, Response, Transport, is_loopback, place, split_url
from .options import checked_scopes
from .retry import retry_after
from .token_refresh import SIGN_IN, SharedRefresh, code_of, hint_of, may_pass
from .token_source import LEEWAY, TokenProvider, TokenSource

__all__ = ["ApiKey", "Basic", "Bearer", "ClientCredentials", "OpenIdConnect", "TokenProvider"]

_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_OWN: Final = frozenset({"grant_type", "scope", "client_id", "client_secret"})
_METHODS: Final = ("basic", "post")


class ClientCredentials(TokenSource):
    """Tokens for a client's own id and secret, fetched from a token endpoint: https, or loopback.

    `token_url`: the endpoint; None: the security scheme's own. `scopes`: those to ask for; `parameters`: further ones of the
    request, such as `audience`. `secret_by`: "basic" sends id and secret as Basic authentication, "post" in the form.
    `client_secret` may be a function that returns the current one. `leeway`: seconds before its end from which a token is not
    used.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | Callable[[], str],
        *,
        token_url: str | None = None,
        scopes: Sequence[str] = (),
        parameters: Mapping[str, str] | None = None,
        secret_by: Literal["basic", "post"] | None = None,
        leeway: float = LEEWAY,
        clock: Clock = SYSTEM,
    ) -> None:
        super().__init__(leeway=leeway, clock=clock)
        if not (client_id and client_id.isprintable()):
            raise ArgumentError("client_id: expected printable text")
        self._id = client_id
        self._secret = hidden(client_secret)
        self._url = None if token_url is None else checked_url(token_url, "token_url")
        self._scopes = checked_scopes(scopes)
        self._parameters = dict(parameters or {})
        self._secret_by = secret_by
        if secret_by not in (None, *_METHODS):
            raise ArgumentError('secret_by: expected "basic" or "post"')
        if self._parameters.keys() & _OWN:
            raise ArgumentError(
                f"parameters: {min(self._parameters.keys() & _OWN)} has an argument of its own"
            )

    def at_scheme(self, kind: str, url: str | None) -> Self:
        """Return the source with the endpoint of a security scheme, unless it has its own. Raises ArgumentError for none."""
        if self._url is not None:
            return self
        if kind != "oauth2" or url is None:
            raise ArgumentError(
                f"{type(self).__name__}: the description states no token endpoint for client credentials",
                hint="Name it: ClientCredentials(..., token_url=...).",
            )
        return self._with_url(url, "the token endpoint of the description")

    def _with_url(self, url: str, name: str) -> Self:
        placed = object.__new__(type(self))
        placed.__dict__.update(self.__dict__, _url=checked_url(url, name), _refresh=SharedRefresh())
        renew_after_fork(placed)
        return placed

    def _fetch(self, request: Request, transport: Transport) -> tuple[str, float | None]:
        if self._url is None:
            raise AuthError("no token endpoint", hint="Name it: ClientCredentials(..., token_url=...).")
        return self._asked(self._url, self._secret_by or "basic", request, transport)

    def _asked(
        self, url: str, secret_by: str, request: Request, transport: Transport
    ) -> tuple[str, float | None]:
        """Ask a token endpoint. Raises AuthError."""
        stated: Any = self._secret() if callable(self._secret) else self._secret
        secret = Secret(stated if isinstance(stated, str) else "")
        if not (secret and secret.isprintable()):
            raise AuthError(
                "malformed client secret: expected printable text", hint="Pass it without the end of a line."
            )
        form = {"grant_type": "client_credentials", **self._parameters}
        if self._scopes:
            form["scope"] = " ".join(self._scopes)
        headers: dict[str, str] = {}
        secrets: tuple[str, ...] = (secret, Secret(quote_plus(secret)))
        if secret_by == _METHODS[1]:
            form |= {"client_id": self._id, "client_secret": secret}
        else:
            pair = Secret(f"{quote_plus(self._id)}:{quote_plus(secret)}")
            encoded = Secret(b64encode(pair.encode()).decode("ascii"))
            headers, secrets = {"authorization": f"Basic {encoded}"}, (*secrets, encoded)
        asking = Request(
            method_id="token",
            verb="POST",
            url=url,
            headers={**_common(request), "content-type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
            deadline=request.deadline,
            call=CallState(listeners()),
        )
        response = self._exchange(with_secrets(asking, headers, *secrets), transport)
        return _token_in(response, place(url)[1])

    def _exchange(self, request: Request, transport: Transport) -> Response:
        """Send a request for a token, or for where tokens are. Raises AuthError, which shows no text of the answer."""
        check_destination(request)
        request.call.attempts += 1
        try:
            response = observed_send(transport, request, self._clock.monotonic)
        except GroundwireError as error:
            failure = _unanswered(error, place(request.url)[1])
        else:
            if response.status == 200:
                return response
            code = code_of(response)
            said = f"{place(request.url)[1]} answered {response.status}{f' {code}' if code else ''}"
            failure = AuthError(
                f"the token could not be fetched: {said}",
                hint=hint_of(response),
                retryable=may_pass(response),
                retry_after=retry_after(response.headers.get("retry-after"), self._clock.unix()),
            )
        raise failure


class OpenIdConnect(ClientCredentials):
    """Tokens for a client's own id and secret, from the token endpoint that an OpenID provider publishes.

    `url`: the provider's discovery document, or its issuer; None: the security scheme's own. The document has to name the
    issuer that it is fetched from (OpenID Connect Discovery 1.0, 4.3). It is fetched once.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | Callable[[], str],
        *,
        url: str | None = None,
        scopes: Sequence[str] = (),
        parameters: Mapping[str, str] | None = None,
        secret_by: Literal["basic", "post"] | None = None,
        leeway: float = LEEWAY,
        clock: Clock = SYSTEM,
    ) -> None:
        super().__init__(
            client_id,
            client_secret,
            scopes=scopes,
            parameters=parameters,
            secret_by=secret_by,
            leeway=leeway,
            clock=clock,
        )
        self._url = None if url is None else checked_url(url, "url")
        self._found: tuple[str, str] | None = None

    def at_scheme(self, kind: str, url: str | None) -> Self:
        """Return the source with the provider of a security scheme, unless it has its own. Raises ArgumentError for none."""
        if self._url is not None:
            return self
        if kind != "openIdConnect" or url is None:
            raise ArgumentError(
                "OpenIdConnect: the description names no provider",
                hint="Name it: OpenIdConnect(..., url=...).",
            )
        return self._with_url(url, "the provider of the description")

    def _fetch(self, request: Request, transport: Transport) -> tuple[str, float | None]:
        if self._found is None:
            self._found = self._discovered(request, transport)
        url, secret_by = self._found
        return self._asked(url, self._secret_by or secret_by, request, transport)

    def _discovered(self, request: Request, transport: Transport) -> tuple[str, str]:
        """Return the token endpoint of the provider, and how it takes the secret. Raises AuthError."""
        if self._url is None:
            raise AuthError("no OpenID provider", hint="Name it: OpenIdConnect(..., url=...).")
        issuer = self._url.removesuffix(_WELL_KNOWN).rstrip("/")
        asking = Request(
            method_id="discovery",
            verb="GET",
            url=f"{issuer}{_WELL_KNOWN}",
            headers=_common(request),
            safe_to_retry=True,
            deadline=request.deadline,
            call=CallState(listeners()),
        )
        stated = _object_in(self._exchange(asking, transport))
        named = stated.get("issuer")
        if not isinstance(named, str) or named.rstrip("/") != issuer:
            raise AuthError(
                f"the discovery document of {place(issuer)[1]} is of another issuer",
                hint="Name the provider by its own issuer: OpenIdConnect(..., url=...).",
            )
        try:
            url = checked_url(stated.get("token_endpoint"), "token_endpoint")
        except ArgumentError as error:
            raise AuthError(f"the discovery document of {place(issuer)[1]}: {error.message}") from None
        methods = stated.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        takes_basic = not isinstance(methods, list) or "client_secret_basic" in methods
        return url, "basic" if takes_basic else "post"


def checked_url(url: object, name: str) -> str:
    """Return the URL of a place that secrets go to: https, or loopback. Raises ArgumentError for any other."""
    text = url if isinstance(url, str) else ""
    scheme, host = place(text)
    is_safe = bool(host) and (scheme == "https" or (scheme == "http" and is_loopback(host)))
    plain = text.isascii() and text.isprintable() and not any(each in text for each in " \\#")
    if not is_safe or not plain or split_url(text).username is not None:
        raise ArgumentError(f"{name}: expected an https URL, or one of loopback, without user and fragment")
    return text


def _common(request: Request) -> dict[str, str]:
    """Return the headers of a request for a token: who calls, as the call itself says it."""
    own = {name: value for name, value in request.headers.items() if name == "user-agent"}
    return {"accept": "application/json", **own}


def _unanswered(error: GroundwireError, host: str) -> AuthError:
    """Return the error for a request that got no answer from a host."""
    if isinstance(error, TransportError) and error.sent:
        # What lies below may quote an answer that is no HTTP, and that may repeat what was sent.
        error.__cause__ = error.__context__ = None
    failure = AuthError(
        f"the token could not be fetched: {host}: {error.message.removeprefix('token: ')}",
        hint=error.own_hint or SIGN_IN,
        retryable=isinstance(error, TransportError)
        and (error.retryable or isinstance(error, DeadlineReached)),
    )
    failure.__cause__ = error
    return failure


def _object_in(response: Response) -> dict[str, Any]:
    try:
        found: Any = json.loads(response.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise AuthError("the token could not be fetched: the answer is no JSON object", hint=SIGN_IN)
    return cast("dict[str, Any]", found)


def _token_in(response: Response, host: str) -> tuple[str, float | None]:
    """Return the token of an answer, and the seconds that it lasts (RFC 6749 5.1). Raises AuthError."""
    answer = _object_in(response)
    token, kind, lasts = (answer.get(name) for name in ("access_token", "token_type", "expires_in"))
    if not isinstance(token, str):
        raise AuthError(f"the token could not be fetched: {host} answered without an access_token")
    if kind is not None and str(kind).lower() != "bearer":
        raise AuthError(f"the token could not be fetched: {host} gives no bearer tokens")
    if isinstance(lasts, str) and lasts.isascii() and lasts.isdigit() and len(lasts) < 16:
        lasts = int(lasts)
    is_number = isinstance(lasts, (int, float)) and not isinstance(lasts, bool) and 0 <= lasts < 1e15
    return Secret(token), float(cast("float", lasts)) if is_number else None
