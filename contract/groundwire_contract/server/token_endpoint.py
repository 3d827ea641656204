"""The token endpoint: access tokens for service accounts and refresh tokens, as Google's OAuth 2.0 server issues them.

It lets clients run that take their credentials from a file. It checks the form of a request, and neither signatures nor
secrets: there is nobody to impersonate. Its requests are not recorded.

Source: RFC 6749, 5.1 and 5.2; RFC 7523; Google's page "Using OAuth 2.0 for Server to Server Applications".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from typing import Final, TypeGuard
from urllib.parse import parse_qsl

from ..exchange import Exchange, JsonObject, Reply, json_reply
from ..rules.error_bodies import Refusal
from ..validate.access import PREFIX
from ..validate.bodies import is_form, read_body
from ..validate.issued_tokens import Grant, IssuedTokens

PATH: Final = "/token"
"""The path of the endpoint, unless the API has a method there."""
LIFETIME: Final = 3599
"""Seconds after which clients refresh a token."""
JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_MAX_BYTES: Final = 65536
_MAX_FIELDS: Final = 100
_LONGEST: Final = 3600
_SKEW: Final = 600
_LAST_TIME: Final = 1e12
"""Seconds since 1970 beyond which a time is none."""
_SCOPES: Final = frozenset({PREFIX + "earthengine", PREFIX + "cloud-platform"})
_TIMEFRAME: Final = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


class _TokenError(Exception):
    """A request that gets no token: the OAuth error code, its description, and the status."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        self.body: JsonObject = {"error": code, "error_description": description}
        self.status = status
        super().__init__(code)


def handle(
    exchange: Exchange, issued: IssuedTokens, *, unix: Callable[[], float], draw: Callable[[int], bytes]
) -> Reply:
    """Answer a request for a token. `unix` returns seconds since 1970, `draw` random bytes."""
    headers = (("cache-control", "no-store"), ("pragma", "no-cache"))
    try:
        grant = _grant(_fields(exchange), unix())
    except _TokenError as error:
        return json_reply(error.status, error.body, pretty=True, headers=headers)
    answer: JsonObject = {
        "access_token": issued.issue(grant, draw),
        "expires_in": LIFETIME,
        "scope": " ".join(sorted(grant.scopes)),
        "token_type": "Bearer",
    }
    return json_reply(200, answer, pretty=True, headers=headers)


def _fields(exchange: Exchange) -> Mapping[str, str]:
    """Return the form of a request. Raises _TokenError."""
    if exchange.verb != "POST":
        raise _TokenError("invalid_request", "The token endpoint takes POST.", 405)
    if exchange.length > _MAX_BYTES:
        raise _TokenError("invalid_request", f"The request has more than {_MAX_BYTES} bytes.", 413)
    if not is_form(exchange):
        raise _TokenError("invalid_request", "The body must be application/x-www-form-urlencoded.")
    try:
        pairs = parse_qsl(exchange.body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:  # Not UTF-8, or too many fields.
        raise _TokenError("invalid_request", "The form cannot be read.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        # RFC 6749, 3.2.
        raise _TokenError("invalid_request", "A parameter is there twice.")
    return fields


def _grant(fields: Mapping[str, str], now: float) -> Grant:
    kind = _required(fields, "grant_type")
    if kind == JWT_BEARER:
        return _of_assertion(_required(fields, "assertion"), now)
    if kind == "refresh_token":
        token = _required(fields, "refresh_token")
        _required(fields, "client_id")
        digest = hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=6).hexdigest()
        return Grant(caller=f"user-{digest}", scopes=frozenset(fields.get("scope", "").split()) or _SCOPES)
    raise _TokenError("unsupported_grant_type", f"Invalid grant_type: {kind[:100]}")


def _required(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name)
    if not value:
        raise _TokenError("invalid_request", f"Missing required parameter: {name}")
    return value


def _of_assertion(assertion: str, now: float) -> Grant:
    """Return the grant of a service account's signed JWT. Raises _TokenError."""
    parts = assertion.split(".")
    if len(parts) != 3 or not parts[2]:
        raise _TokenError("invalid_grant", "Invalid JWT: it has three parts between dots.")
    if _json(parts[0]).get("alg") != "RS256":
        raise _TokenError("invalid_grant", "Invalid JWT: the algorithm must be RS256.")
    claims = _json(parts[1])
    issuer, audience, scope = claims.get("iss"), claims.get("aud"), claims.get("scope")
    if not isinstance(issuer, str) or "@" not in issuer or not issuer.isprintable():
        raise _TokenError("invalid_grant", "Invalid JWT: `iss` must be the email of a service account.")
    if not isinstance(audience, str) or not audience.endswith(("/token", "/oauth2/v4/token")):
        raise _TokenError("invalid_grant", "Invalid JWT: `aud` must be the address of a token endpoint.")
    _check_times(claims.get("iat"), claims.get("exp"), now)
    if not isinstance(scope, str) or not scope.split():
        raise _TokenError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    return Grant(caller=issuer, scopes=frozenset(scope.split()))


def _check_times(issued_at: object, expires: object, now: float) -> None:
    if (
        not _is_time(issued_at)
        or not _is_time(expires)
        or not 0 < expires - issued_at <= _LONGEST
        or not issued_at - _SKEW <= now < expires + _SKEW
    ):
        raise _TokenError("invalid_grant", _TIMEFRAME)


def _is_time(value: object) -> TypeGuard[int | float]:
    """Return True for seconds since 1970 that arithmetic takes: an integer of JSON may have any length."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LAST_TIME


def _json(part: str) -> JsonObject:
    try:
        text = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        value = read_body(text)
    except (binascii.Error, ValueError) as error:
        raise _TokenError("invalid_grant", "Invalid JWT: a part is not base64url.") from error
    if isinstance(value, Refusal) or not value:
        raise _TokenError("invalid_grant", "Invalid JWT: a part is no JSON object.")
    return value
