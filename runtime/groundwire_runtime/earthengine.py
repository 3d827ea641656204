"""The file that `earthengine authenticate` writes: a refresh token without a `type`.

Source: earthengine-api, ee/oauth.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from google.auth.credentials import Credentials as GoogleCredentials

# The client that `earthengine authenticate` signs in with by default: an installed application, whose "secret" is public.
_CLIENT_ID: Final = "517222506229-vsmmajv00ul0bs7p89v5m89qs8eb9359.apps.googleusercontent.com"
_CLIENT_SECRET: Final = "RUP0RZ6e0pPhDzsqIJ7KlNd1"  # noqa: S105 - public, see above
_TOKEN_URI: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a token


def user_credentials(value: Mapping[str, Any]) -> GoogleCredentials:
    """Return the credentials of a parsed file. Raises LookupError without a refresh token."""
    from google.oauth2.credentials import Credentials as UserCredentials

    return UserCredentials(  # type: ignore[no-untyped-call] # google-auth is untyped here
        None,
        refresh_token=str(value["refresh_token"]),
        token_uri=_TOKEN_URI,
        client_id=value.get("client_id") or _CLIENT_ID,
        client_secret=value.get("client_secret") or _CLIENT_SECRET,
        scopes=value.get("scopes"),
        quota_project_id=value.get("project"),
    )
