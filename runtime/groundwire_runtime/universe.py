"""The universe domain of a client, and the endpoint that the environment chooses (AIP-4114 for mutual TLS).

Google's services run in several universes: googleapis.com, and isolated clouds under domains of their own. Credentials
of one are never sent to another.
"""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import urlsplit

from .errors import ArgumentError, AuthError
from .http import is_loopback

GOOGLE: Final = "googleapis.com"
"""The default universe."""
_UNIVERSE: Final = "GOOGLE_CLOUD_UNIVERSE_DOMAIN"
_ENDPOINT: Final = "GOOGLE_API_USE_MTLS_ENDPOINT"
_CERTIFICATE: Final = "GOOGLE_API_USE_CLIENT_CERTIFICATE"
_DOMAIN: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)


def configured_universe() -> str:
    """The universe that the environment names, or Google's. Raises ArgumentError."""
    found = os.environ.get(_UNIVERSE, "").strip().lower() or GOOGLE
    if not _DOMAIN.fullmatch(found):
        raise ArgumentError(f"{_UNIVERSE}: expected a domain name, got {found[:100]!r}")
    return found


def default_endpoint(base_url: str, *, certificate: bool) -> str:
    """The base URL to use when the caller names no endpoint. Raises ArgumentError.

    A host of googleapis.com moves to the environment's universe, or to its mTLS endpoint as AIP-4114 says.
    `certificate`: whether the caller passed TLS settings that may hold a client certificate.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if not _is_under(host, GOOGLE):
        return base_url
    universe, mtls = configured_universe(), _wants_mtls(certificate)
    if mtls and universe != GOOGLE:
        raise ArgumentError(
            f"{_ENDPOINT}, {_UNIVERSE}: there are no mTLS endpoints outside of {GOOGLE}",
            hint=f"Set {_ENDPOINT}=never, or pass Client(endpoint=...).",
        )
    name = host.removesuffix(GOOGLE)
    if mtls and not name.endswith(".mtls."):
        name += "mtls."
    return parts._replace(netloc=parts.netloc.lower().replace(host, name + universe, 1)).geturl()


def _wants_mtls(certificate: bool) -> bool:
    use = _one_of(_CERTIFICATE, ("false", "true"))
    endpoint = _one_of(_ENDPOINT, ("auto", "always", "never"))
    if use == "true" and not certificate:
        raise ArgumentError(
            f"{_CERTIFICATE}: is true, but the client has no certificate; certificates of the device are not read",
            hint=f"Load it into an ssl.SSLContext and pass Client(tls=...), or set {_CERTIFICATE}=false.",
        )
    return endpoint == "always" or (endpoint == "auto" and use == "true")


def _one_of(name: str, values: tuple[str, ...]) -> str:
    """The value of a variable; the first of `values` where it is not set."""
    found = os.environ.get(name, "").strip().lower() or values[0]
    if found not in values:
        raise ArgumentError(f"{name}: expected {', '.join(values)}, got {found[:100]!r}")
    return found


def check_universe(credentials_universe: str, host: str, configured: str) -> None:
    """Check that credentials belong to the universe of a host. Raises AuthError.

    A host outside of googleapis.com and of the configured universe was named by the caller as `endpoint`: credentials
    of Google's own universe may go there, those of another one only to hosts below their own domain.
    """
    if is_loopback(host):
        return
    expected = GOOGLE if _is_under(host, GOOGLE) else configured
    named = expected == GOOGLE and not _is_under(host, GOOGLE)
    if credentials_universe != expected and not (named and _is_under(host, credentials_universe)):
        raise AuthError(
            f"refused to send credentials of the universe {credentials_universe[:100]!r} to {host}, which is of {expected!r}",
            hint=f"Pass credentials of {expected}, or set {_UNIVERSE} to the credentials' universe.",
        )


def _is_under(host: str, domain: str) -> bool:
    host = host.lower()
    return host == domain or host.endswith(f".{domain}")
