"""The caller of a request: credentials of the kinds that the document's `security` asks for, whatever their value."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Final

from groundwire_codegen.ir import Location, Method, SchemeKind, SecurityScheme

from ..exchange import Exchange
from ..rules.error_bodies import Refusal
from .parameters import cookies

RULE: Final = "openapi-credentials-missing"
_BEARER: Final = (SchemeKind.BEARER, SchemeKind.OAUTH2, SchemeKind.OPENID, SchemeKind.GOOGLE)


def admitted(schemes: Mapping[str, SecurityScheme], exchange: Exchange, method: Method) -> str | Refusal:
    """Return the caller, a digest of the credentials; the refusal where no requirement is met."""
    for requirement in method.security or ((),):
        found = [credential(schemes[each.scheme], exchange) for each in requirement]
        if all(found):
            return hashlib.sha256("\0".join(map(str, found)).encode("utf-8", "surrogatepass")).hexdigest()
    wanted = dict.fromkeys(
        (each.scheme, _challenge(schemes[each.scheme])) for row in method.security or () for each in row
    )
    names = ", ".join(name for name, _ in wanted)
    challenges = ", ".join(dict.fromkeys(challenge for _, challenge in wanted))
    return Refusal(
        rule=RULE,
        code=401,
        message=f"{method.id} needs credentials: {names}.",
        headers=(("www-authenticate", challenges),),
    )


def credential(scheme: SecurityScheme, exchange: Exchange) -> str:
    """Return the credential of a scheme; empty for none of the right kind."""
    if scheme.kind is SchemeKind.MUTUAL_TLS:
        return "certificate"  # The server speaks no TLS, so it cannot ask for one.
    if scheme.kind is SchemeKind.API_KEY:
        return _key(scheme, exchange).strip()
    kind, _, text = exchange.headers.get("authorization", "").partition(" ")
    if scheme.kind is SchemeKind.BASIC:
        return text if kind.lower() == "basic" and _is_basic(text.strip()) else ""
    return text.strip() if kind.lower() == "bearer" and scheme.kind in _BEARER else ""


def _key(scheme: SecurityScheme, exchange: Exchange) -> str:
    wire = scheme.wire or ""
    match scheme.location:
        case Location.QUERY:
            return next((value for name, value in exchange.query if name == wire), "")
        case Location.COOKIE:
            return next((value for name, value in cookies(exchange) if name == wire), "")
        case _:
            return exchange.headers.get(wire.lower(), "")


def _is_basic(text: str) -> bool:
    try:
        return b":" in base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False


def _challenge(scheme: SecurityScheme) -> str:
    """Return what WWW-Authenticate says of a scheme; a key has none that is registered."""
    if scheme.kind is SchemeKind.API_KEY:
        # The name may be any text; a header may not.
        name = "".join(one for one in scheme.wire or "" if " " <= one <= "~" and one not in '"\\')
        return f'ApiKey in="{scheme.location}", name="{name}"'
    return 'Basic realm="contract"' if scheme.kind is SchemeKind.BASIC else "Bearer"
