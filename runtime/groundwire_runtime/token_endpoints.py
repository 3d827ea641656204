"""The allowlist of token endpoints: exact hosts and paths, since other hosts of Google accept uploads by anyone.

Source: google-auth; the Discovery documents of sts.v1 and iamcredentials.v1 (regional endpoints); AIP-4117.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, cast

from attrs import field, frozen

from .credential_files import check_executable, check_source_file
from .errors import ArgumentError, AuthError
from .http import METADATA_HOSTS, is_loopback, place, split_url
from .options import partial_repr
from .universe import GOOGLE, configured_universe

_REGION: Final = r"[a-z]+(?:-[a-z]+)+\d{1,2}"
_STS_PATH: Final = r"/v1(?:beta)?/(?:token|oauthtoken|oauth/token|introspect|revoke)"
_IAM_PATH: Final = (
    r"/v1/(?:projects/[A-Za-z0-9-][A-Za-z0-9.:_-]*/serviceAccounts/(?:[A-Za-z0-9._+@-]|%40)+"
    r"(?::generateAccessToken|:generateIdToken|:signJwt|:signBlob|/allowedLocations)"
    r"|(?:projects/[A-Za-z0-9-]+/)?locations/[a-z0-9-]+/work(?:load|force)(?:Identity)?Pools/[A-Za-z0-9-]+/allowedLocations)"
)
_SECRET_PLACES: Final = (
    "token_uri",
    "token_url",
    "token_info_url",
    "revoke_url",
    "service_account_impersonation_url",
)
_ENDPOINT_HINT: Final = (
    "A token endpoint in a file must be Google's, over https, or loopback; credential_hosts allows no other one. To use "
    "another, make the credentials in your code, and name its host: Client(credentials=..., credential_hosts=[...])."
)
_SOURCE_PLACES: Final = ("url", "region_url", "imdsv2_session_token_url")
# Amazon's GetCallerIdentity: a signed request for it is the subject token. google-auth fills in the region.
_AMAZON: Final = re.compile(
    r"https://sts(?:-fips)?(?:\.(?:\{region\}|[a-z0-9-]+))?\.amazonaws\.com(?:\.cn)?/?"
    r"\?Action=GetCallerIdentity(?:&Version=2011-06-15)?"
)
_HOST_NAME: Final = re.compile(r"\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)
# What two readers of a URL may read in two ways.
_AMBIGUOUS: Final = re.compile(r"[^!-~]|\\")


def checked_hosts(hosts: object) -> tuple[str, ...]:
    """Host names in lower case. Raises ArgumentError."""
    if isinstance(hosts, str) or not isinstance(hosts, Iterable):
        raise ArgumentError("credential_hosts: expected a sequence of host names", hint="Put it in a list.")
    found = tuple(str(each).lower() for each in cast("Iterable[object]", hosts))
    for each in found:
        if not _HOST_NAME.fullmatch(each):
            raise ArgumentError(
                f"credential_hosts: expected a host name, got {each[:100]!r}",
                hint="Name the host alone, without scheme, port or path; .example.com stands for all below it.",
            )
    return found


@frozen(repr=False)
class TokenEndpoints:
    """The places that credentials may be sent to or fetched from.

    `hosts`: further ones that the caller named, for subject tokens and brokers; `.example.com` stands for all below it.
    """

    hosts: tuple[str, ...] = field(default=(), converter=checked_hosts)
    universe: str = field(factory=configured_universe)

    __repr__ = partial_repr

    def check_file(self, value: Mapping[str, Any], name: str) -> None:
        """Check every place that the credentials of a file name, those of their source included. Raises AuthError."""
        info: Any = value
        while isinstance(info, Mapping):
            info = cast("Mapping[str, Any]", info)
            universe = self._universe_of(info, name)
            for key in _SECRET_PLACES:
                if info.get(key) is not None and not is_token_endpoint(info[key], universe):
                    raise _not_allowed(name, key, info[key], _ENDPOINT_HINT)
            source = info.get("credential_source")
            if isinstance(source, dict):
                self._check_source(cast("dict[str, Any]", source), name)
            info = info.get("source_credentials")

    def _universe_of(self, info: Mapping[str, Any], name: str) -> str:
        universe = info.get("universe_domain") or GOOGLE
        if universe not in (GOOGLE, self.universe):
            raise AuthError(
                f"{name!r}: universe_domain is not allowed: this is a client of {self.universe}",
                hint="Set GOOGLE_CLOUD_UNIVERSE_DOMAIN to the universe of the credentials, if you trust it.",
            )
        return str(universe)

    def _check_source(self, source: Mapping[str, Any], name: str) -> None:
        """Check where a subject token comes from."""
        check_source_file(source.get("file"), name)
        for key in _SOURCE_PLACES:
            url = source.get(key)
            if url is not None and not (is_metadata(url) or is_local(url) or self._is_named(url)):
                hint = "It must be a metadata server; allow another host by name: Client(credential_hosts=[...])."
                raise _not_allowed(name, f"credential_source.{key}", url, hint)
        url = source.get("regional_cred_verification_url")
        if url is not None and not (isinstance(url, str) and _AMAZON.fullmatch(url)):
            hint = (
                "It must be https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15."
            )
            raise _not_allowed(name, "credential_source.regional_cred_verification_url", url, hint)
        check_executable(source.get("executable"), name)

    def check_request(self, url: str, verb: str) -> None:
        """Check where google-auth is about to send a request. Raises AuthError."""
        if any(is_token_endpoint(url, each) for each in {GOOGLE, self.universe}) or self._is_named(url):
            return
        # What goes to a metadata server is no secret: Google's takes GET, Amazon's a PUT before.
        if (verb in ("GET", "PUT") and is_metadata(url)) or (verb == "GET" and _is_metadata_override(url)):
            return
        scheme, host = place(url)
        raise AuthError(
            f"refused to send credentials to {scheme}://{host}: no token endpoint of Google's",
            hint="Check the credentials, and use https. For credentials that your code made, allow another host by name: "
            "Client(credential_hosts=[...]); a file may name no other token endpoint.",
        )

    def _is_named(self, url: object) -> bool:
        """Return True if the caller allowed the host by name; over TLS, on the standard port."""
        scheme, host = _standard_place(url)
        named = any(host == each or (each[0] == "." and host.endswith(each)) for each in self.hosts)
        return scheme == "https" and named


def is_token_endpoint(url: object, universe: str = GOOGLE) -> bool:
    """Return True if a URL is a token endpoint of Google's in a universe, on port 443, or anything on this machine."""
    return isinstance(url, str) and bool(_endpoints(universe).fullmatch(url) or is_local(url))


@cache
def _endpoints(universe: str) -> re.Pattern[str]:
    domain = re.escape(universe)
    places = [
        (rf"oauth2(?:\.mtls)?\.{domain}", "/token"),
        (_service("sts", domain), _STS_PATH),
        (_service("iamcredentials", domain), _IAM_PATH),
    ]
    if universe == GOOGLE:
        places += [
            (r"accounts\.google\.com", "/o/oauth2/token"),
            (r"www\.googleapis\.com", "/oauth2/v4/token"),
        ]
    return re.compile("|".join(rf"(?i:https://{host})(?::443)?(?:{path})" for host, path in places), re.ASCII)


def _service(name: str, domain: str) -> str:
    """The published hosts of a service. A region has a shape: `sts.storage.googleapis.com` would be somebody's bucket."""
    return rf"(?:{name}(?:\.mtls)?|{name}\.{_REGION}(?:\.rep(?:\.mtls)?)?|{_REGION}[.-]{name})\.{domain}"


def is_local(url: object) -> bool:
    """Return True if a URL leads to this machine, whatever the port."""
    if not isinstance(url, str) or _AMBIGUOUS.search(url):
        return False
    scheme, host = place(url)
    return scheme in ("http", "https") and is_loopback(host)


def is_metadata(url: object) -> bool:
    """Return True if a URL leads to a cloud's metadata server, on its standard port."""
    scheme, host = _standard_place(url)
    return scheme in ("http", "https") and host in METADATA_HOSTS


def _is_metadata_override(url: str) -> bool:
    """Return True if the environment names the metadata server, as google-auth reads it."""
    scheme, host = place(url)
    names = ("GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP")
    named = {place(f"http://{os.environ.get(name, '')}")[1] for name in names} - {""}
    return scheme == "http" and host in named and not _AMBIGUOUS.search(url)


def _standard_place(url: object) -> tuple[str, str]:
    """The scheme and the host of a URL on the scheme's own port; empty for any other."""
    scheme, host = place(url)
    if not isinstance(url, str) or _AMBIGUOUS.search(url):
        return "", ""
    try:
        port = split_url(url).port
    except ValueError:
        return "", ""
    return (scheme, host) if port in (None, {"http": 80, "https": 443}.get(scheme)) else ("", "")


def _not_allowed(name: str, key: str, url: object, hint: str) -> AuthError:
    scheme, host = place(url)
    return AuthError(
        f"{name!r}: {key} is not allowed: {scheme[:20] or 'no scheme'}://{host[:255]}", hint=hint
    )
