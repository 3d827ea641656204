"""Find and check credentials: files, application default credentials, tokens.

google-auth's own objects, or a fixed token, or none at all.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from .auth import Anonymous, Authorizer, Bearer, is_authorizer, without_frames
from .credential_files import read_regular
from .errors import ArgumentError, AuthError, GroundwireError
from .token_endpoints import TokenEndpoints

if TYPE_CHECKING:
    from google.auth.credentials import Credentials as GoogleCredentials

EARTH_ENGINE_FILE: Final = "~/.config/earthengine/credentials"
"""The file in which `earthengine authenticate` leaves a refresh token."""
# How tokens, keys and signed assertions start: a path that does is a secret passed by mistake.
_SECRETS: Final = ("ya29.", "AIza", "eyJ", "1//", "{")


class Token(Bearer):
    """A fixed access token, such as `gcloud auth print-access-token` prints; never refreshed."""


Credentials: TypeAlias = "GoogleCredentials | Authorizer | str | Path | None"
"""Credentials of a client: None means application default, or nothing on loopback; a path means a file."""


def checked(credentials: Credentials) -> Credentials:
    """Return credentials that a client can use. Raises ArgumentError."""
    if credentials is None or isinstance(credentials, (str, Path)) or is_authorizer(credentials):
        return credentials
    kinds = {kind.__name__ for kind in type(credentials).__mro__}
    if "AnonymousCredentials" in kinds:
        return Anonymous()
    if not all(hasattr(credentials, name) for name in ("valid", "token", "refresh", "apply")):
        raise ArgumentError(
            f"credentials: expected google-auth's, a Token or the path of a file, got {type(credentials).__name__}",
            hint="google.auth.default() returns a pair: pass its first half."
            if isinstance(credentials, tuple)
            else "See groundwire.credentials.",
        )
    return credentials


def anonymous() -> Anonymous:
    """No credentials: for a server that asks for none."""
    return Anonymous()


def application_default(
    scopes: Sequence[str] | None = None, *, request: Any = None, credential_hosts: Sequence[str] = ()
) -> GoogleCredentials:
    """The environment's own credentials (https://google.aip.dev/auth/4110). Raises AuthError.

    `request`: google-auth's interface to look for a metadata server with. `credential_hosts`: as in `from_file`.
    """
    import google.auth
    from google.auth import _cloud_sdk  # pyright: ignore[reportPrivateUsage] # where google-auth itself looks
    from google.auth.exceptions import GoogleAuthError

    untyped: Any = google.auth
    gcloud: Any = _cloud_sdk
    place = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    if not place and Path(found := gcloud.get_application_default_credentials_path()).is_file():
        place = found
    try:
        # Scoped afterwards: with scopes, google-auth would ask for the project of a workload identity at once.
        found = (
            from_file(place, credential_hosts=credential_hosts)
            if place
            else untyped.default(request=request)[0]
        )
    except (GoogleAuthError, GroundwireError) as error:
        raise AuthError(
            f"no application default credentials: {_why(error)}",
            hint=(error.own_hint if isinstance(error, GroundwireError) else "")
            or "Run `gcloud auth application-default login`, or pass credentials: from_file(path), earthengine().",
        ) from error
    return scoped(found, scopes or ())


def scoped(credentials: GoogleCredentials, scopes: Sequence[str]) -> GoogleCredentials:
    """The same credentials for these scopes, or as they are where scopes are fixed, or none are asked for."""
    import google.auth.credentials

    untyped: Any = google.auth.credentials
    return untyped.with_scopes_if_required(credentials, list(scopes)) if scopes else credentials


def _why(error: Exception) -> str:
    return error.message if isinstance(error, GroundwireError) else type(error).__name__


def from_file(path: str | Path, *, credential_hosts: Sequence[str] = ()) -> GoogleCredentials:
    """Credentials of a JSON file: a service account, an authorised user, an external account, an impersonated
    service account, or what `earthengine authenticate` leaves. Raises AuthError.

    The file is not trusted: `token_endpoints` says what it may name, besides `credential_hosts`.
    """
    endpoints = TokenEndpoints(tuple(credential_hosts))
    if str(path).startswith(_SECRETS):
        raise AuthError(
            "credentials: expected the path of a file, got what looks like a secret",
            hint="Pass a token as credentials.Token(...), an API key as google.auth.api_key.Credentials(...).",
        )
    try:
        return _read(Path(path).expanduser(), endpoints)
    except AuthError as error:
        failure = error
    raise without_frames(failure)


def _read(place: Path, endpoints: TokenEndpoints) -> GoogleCredentials:
    try:
        value = json.loads(read_regular(place))
    except OSError as error:
        raise AuthError(f"cannot read credentials from {place.name!r}: {error.strerror}") from error
    except (ValueError, RecursionError):
        raise AuthError(f"{place.name!r} is not JSON, so it holds no credentials") from None
    if not isinstance(value, dict):
        raise AuthError(f"{place.name!r} holds no credentials: expected an object")
    return _from_info(cast("dict[str, Any]", value), place.name, endpoints)


def earthengine(path: str | Path = EARTH_ENGINE_FILE) -> GoogleCredentials:
    """Return the credentials that `earthengine authenticate` left. Raises AuthError."""
    return from_file(path)


def _from_info(value: Mapping[str, Any], name: str, endpoints: TokenEndpoints) -> GoogleCredentials:
    endpoints.check_file(value, name)
    from google.auth.exceptions import GoogleAuthError

    try:
        if "type" not in value and "refresh_token" in value:
            return _earth_engine(value, name)
        return _of_type(value)
    except (GoogleAuthError, ValueError, LookupError, TypeError, AttributeError) as error:
        # Not chained: google-auth's own words may hold what the file does.
        raise AuthError(f"{name!r} holds no usable credentials: {type(error).__name__}") from None


def _of_type(value: Mapping[str, Any]) -> GoogleCredentials:
    import google.auth

    untyped: Any = google.auth
    with warnings.catch_warnings():
        # google-auth warns of files that name hosts of their own, which are checked above, and of users without a
        # quota project, which a hint tells of when the service asks for one.
        warnings.simplefilter("ignore")
        return untyped.load_credentials_from_dict(dict(value))[0]  # type: ignore[no-any-return] # google-auth is untyped here


def _earth_engine(value: Mapping[str, Any], name: str) -> GoogleCredentials:
    """Read a login file through its feature, which copies of clients of other APIs lack. Raises AuthError."""
    try:
        feature: Any = import_module(f"{__package__}.earthengine")
    except ModuleNotFoundError:
        raise AuthError(
            f"{name!r} has no `type`: it looks like Earth Engine's login file, which this client does not read",
            hint="Pass the file of a service account or of `gcloud auth application-default login`.",
        ) from None
    return feature.user_credentials(value)  # type: ignore[no-any-return] # imported by name
