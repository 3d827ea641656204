"""Credentials: google-auth's, sent only where they may go, and refreshed once for all threads."""

from __future__ import annotations

import json
import os
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from .clock import SYSTEM, Clock
from .deadline import Deadline
from .errors import AuthError, GroundwireError
from .http import Request, Response, Transport
from .loopback import is_loopback

if TYPE_CHECKING:
    from google.auth.credentials import Credentials as GoogleCredentials

EARTH_ENGINE_FILE: Final = "~/.config/earthengine/credentials"
"""Where `earthengine authenticate` leaves a refresh token."""
# The client that `earthengine authenticate` signs in with when it is given no other: an installed application,
# whose "secret" is public by nature. Source: earthengine-api, ee/oauth.py.
_EARTH_ENGINE_CLIENT: Final = (
    "517222506229-vsmmajv00ul0bs7p89v5m89qs8eb9359.apps.googleusercontent.com",
    "RUP0RZ6e0pPhDzsqIJ7KlNd1",
)
_TOKEN_URI: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a token
_METADATA_HOSTS: Final = frozenset({"169.254.169.254", "metadata.google.internal", "metadata"})
_TOKEN_DOMAINS: Final = (".googleapis.com", "accounts.google.com")


@frozen(repr=False)
class Token:
    """A fixed access token, such as `gcloud auth print-access-token` prints; never refreshed."""

    value: str

    def __repr__(self) -> str:
        return "Token(...)"


@frozen
class Anonymous:
    """No credentials at all."""


Credentials: TypeAlias = "GoogleCredentials | Token | Anonymous | str | Path | None"
"""What a client takes: None means application default, or nothing on loopback; a path means a file."""


def anonymous() -> Anonymous:
    """No credentials: for a server that asks for none."""
    return Anonymous()


def application_default(scopes: Sequence[str] | None = None) -> GoogleCredentials:
    """The environment's own credentials (https://google.aip.dev/auth/4110). Raises AuthError."""
    import google.auth
    from google.auth.exceptions import GoogleAuthError

    try:
        untyped: Any = google.auth
        credentials: GoogleCredentials = untyped.default(scopes=scopes)[0]
    except GoogleAuthError as error:
        raise AuthError(
            f"no application default credentials: {type(error).__name__}",
            hint="Run `gcloud auth application-default login`, or pass credentials.from_file(path).",
        ) from error
    return credentials


def from_file(path: str | Path) -> GoogleCredentials:
    """Credentials of a JSON file: a service account, an authorised user, an external account, an impersonated
    service account, or what `earthengine authenticate` leaves. Raises AuthError.
    """
    place = Path(path).expanduser()
    try:
        value = json.loads(place.read_bytes())
    except OSError as error:
        raise AuthError(f"cannot read credentials from {place.name!r}: {error.strerror}") from error
    except (ValueError, RecursionError):
        raise AuthError(f"{place.name!r} is not JSON, so it holds no credentials") from None
    if not isinstance(value, dict):
        raise AuthError(f"{place.name!r} holds no credentials: expected an object")
    return _from_info(cast("dict[str, Any]", value), place.name)


def earthengine(path: str | Path = EARTH_ENGINE_FILE) -> GoogleCredentials:
    """What `earthengine authenticate` left. Raises AuthError."""
    return from_file(path)


def _from_info(value: Mapping[str, Any], name: str) -> GoogleCredentials:
    for key in ("token_uri", "token_url", "service_account_impersonation_url"):
        _check_token_uri(value.get(key), key, name)
    from google.auth.exceptions import GoogleAuthError

    try:
        if "type" not in value and "refresh_token" in value:
            return _earth_engine(value)
        return _of_type(value)
    except (GoogleAuthError, ValueError, LookupError, TypeError, AttributeError) as error:
        # Not chained: google-auth's own words may hold what the file does.
        raise AuthError(f"{name!r} holds no usable credentials: {type(error).__name__}") from None


def _of_type(value: Mapping[str, Any]) -> GoogleCredentials:
    import google.auth
    from google.oauth2 import credentials, service_account

    untyped: Any = credentials.Credentials
    if value.get("type") == "authorized_user":
        return untyped.from_authorized_user_info(value)  # type: ignore[no-any-return] # google-auth is untyped here
    untyped = service_account.Credentials
    if value.get("type") == "service_account":
        return untyped.from_service_account_info(value)  # type: ignore[no-any-return] # as above
    untyped = google.auth
    with warnings.catch_warnings():
        # google-auth warns of files that name hosts of their own: those are checked above.
        warnings.simplefilter("ignore", DeprecationWarning)
        return untyped.load_credentials_from_dict(dict(value))[0]  # type: ignore[no-any-return] # as above


def _earth_engine(value: Mapping[str, Any]) -> GoogleCredentials:
    from google.oauth2.credentials import Credentials as UserCredentials

    client_id, client_secret = _EARTH_ENGINE_CLIENT
    return UserCredentials(  # type: ignore[no-untyped-call] # google-auth is untyped here
        None,
        refresh_token=str(value["refresh_token"]),
        token_uri=_TOKEN_URI,
        client_id=value.get("client_id") or client_id,
        client_secret=value.get("client_secret") or client_secret,
        scopes=value.get("scopes"),
        quota_project_id=value.get("project"),
    )


def _check_token_uri(uri: object, key: str, name: str) -> None:
    """A token endpoint gets secrets: only Google's over TLS, or this machine's."""
    if uri is None:
        return
    scheme, host = _place(uri)
    known = any(host == domain.lstrip(".") or host.endswith(domain) for domain in _TOKEN_DOMAINS)
    if (scheme == "https" and known) or (scheme in ("http", "https") and is_loopback(host)):
        return
    raise AuthError(
        f"{name!r}: {key} is not allowed: {scheme or 'no scheme'}://{host}",
        hint="A token endpoint must be Google's, over https.",
    )


def _place(uri: object) -> tuple[str, str]:
    """The scheme and the host of a URL; no host where another parser could read a different one."""
    try:
        parts = urlsplit(uri if isinstance(uri, str) else "")
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    plain = "@" not in parts.netloc and all(each.isalnum() or each in "._-:[]" for each in parts.netloc)
    return parts.scheme, host.lower() if plain and parts.netloc.isascii() else ""


class _Answer:
    """A response as google-auth wants it."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = response.headers
        self.data = response.body


@frozen
class _GoogleRequest:
    """google-auth's `Request` interface over our own transport: same deadline, proxies and bounds."""

    inner: Transport
    deadline: Deadline
    tries: Iterator[int] = field(factory=count)

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **options: Any,
    ) -> _Answer:
        del timeout, options
        from google.auth.exceptions import TransportError as GoogleTransportError

        _check_refresh_url(url, method)
        request = Request(
            method_id="token",
            verb=method,
            url=url,
            headers={name.lower(): str(value) for name, value in (headers or {}).items()},
            body=body.encode() if isinstance(body, str) else body,
            deadline=self.deadline.at,
        )
        # google-auth may try again, after a wait that knows no deadline: 1 s, doubled each time, give or take 10 %.
        left = self.deadline.left()
        last = left is not None and left < 1.1 * 2.0 ** next(self.tries)
        try:
            response = self.inner.send(request)
        except GroundwireError as error:
            if last:
                raise AuthError("the token could not be fetched in time") from error
            raise GoogleTransportError(error) from error  # type: ignore[no-untyped-call] # google-auth is untyped here
        if last and (response.status >= 500 or response.status in (408, 429)):
            raise AuthError(f"the token endpoint answered {response.status}, with no time left to ask again")
        return _Answer(response)


def _check_refresh_url(url: str, method: str) -> None:
    scheme, host = _place(url)
    if host and (scheme == "https" or is_loopback(host)):
        return
    asks_metadata = method == "GET" and host in _METADATA_HOSTS
    if host and scheme == "http" and (asks_metadata or host == _metadata_override()):
        return
    raise AuthError(f"refused to send credentials to {scheme}://{host}", hint="Use https.")


def _metadata_override() -> str:
    """The metadata server that the environment names, as google-auth reads it."""
    return os.environ.get("GCE_METADATA_HOST", "").partition(":")[0].lower()


@frozen(eq=False)
class _Scoped:
    """Credentials with one set of scopes, and the lock under which they are refreshed."""

    credentials: Any
    lock: threading.Lock = field(factory=threading.Lock)


class AuthTransport:
    """Adds a token to each request; on 401, one refresh and one resend, then AuthError."""

    def __init__(
        self,
        inner: Transport,
        credentials: Credentials,
        *,
        quota_project: str | None = None,
        clock: Clock = SYSTEM,
    ) -> None:
        self._inner = inner
        self._credentials = credentials
        self._quota_project = quota_project or os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT") or None
        self._clock = clock
        self._lock = threading.Lock()
        self._scoped: dict[tuple[str, ...], _Scoped] = {}

    def send(self, request: Request) -> Response:
        """Send with credentials. Raises AuthError."""
        headers = dict(request.headers)
        if self._quota_project:
            headers["x-goog-user-project"] = self._quota_project
        if self._is_anonymous(request):
            return self._inner.send(evolve(request, headers=headers) if self._quota_project else request)
        _check_destination(request)
        if isinstance(self._credentials, Token):
            return self._with_token(request, headers)
        scoped = self._for_scopes(request.scopes)
        used = self._apply(scoped, headers, request, refused=None)
        response = self._inner.send(evolve(request, headers=dict(headers)))
        if response.status != 401:
            return response
        self._apply(scoped, headers, request, refused=used)
        response = self._inner.send(evolve(request, headers=headers))
        return response if response.status != 401 else _refused()

    def _is_anonymous(self, request: Request) -> bool:
        if self._credentials is None:
            return is_loopback(urlsplit(request.url).hostname or "")
        return isinstance(self._credentials, Anonymous)

    def _with_token(self, request: Request, headers: dict[str, str]) -> Response:
        token = self._credentials.value if isinstance(self._credentials, Token) else ""
        _check_token(token)
        headers["authorization"] = f"Bearer {token}"
        response = self._inner.send(evolve(request, headers=headers))
        return response if response.status != 401 else _refused()

    def _for_scopes(self, scopes: tuple[str, ...]) -> _Scoped:
        with self._lock:
            if scopes not in self._scoped:
                self._scoped[scopes] = _Scoped(self._load(scopes))
            return self._scoped[scopes]

    def _load(self, scopes: tuple[str, ...]) -> Any:
        given = self._credentials
        if given is None:
            return application_default(scopes or None)
        credentials: Any = from_file(given) if isinstance(given, (str, Path)) else given
        import google.auth.credentials as google_credentials

        untyped: Any = google_credentials
        return untyped.with_scopes_if_required(credentials, list(scopes)) if scopes else credentials

    def _apply(self, scoped: _Scoped, headers: dict[str, str], request: Request, refused: str | None) -> str:
        """Put a token that is not `refused` into the headers, and return it: one refresh for all who wait."""
        credentials = scoped.credentials
        if not credentials.valid or credentials.token == refused:
            left = Deadline(request.deadline, self._clock.monotonic).left()
            if not scoped.lock.acquire(timeout=-1.0 if left is None else left):
                raise AuthError("no time left to wait for a token that another thread is fetching")
            try:
                if not credentials.valid or credentials.token == refused:
                    self._refresh(credentials, request)
            finally:
                scoped.lock.release()
        token = credentials.token
        _check_token(token)
        applied: dict[str, str] = {}
        credentials.apply(applied)
        for name, value in applied.items():
            if name.lower() != "x-goog-user-project" or "x-goog-user-project" not in headers:
                headers[name.lower()] = value
        return str(token)

    def _refresh(self, credentials: Any, request: Request) -> None:
        from google.auth.exceptions import GoogleAuthError

        try:
            credentials.refresh(
                _GoogleRequest(self._inner, Deadline(request.deadline, self._clock.monotonic))
            )
        except (GoogleAuthError, ValueError, TypeError, LookupError, AttributeError) as error:
            # Besides its own errors, google-auth has those of an answer that it did not expect. The first argument
            # tells what happened; a further one is the answer, which may hold a token.
            error.args = error.args[:1] if isinstance(error, GoogleAuthError) else ()
            raise AuthError(
                f"the token could not be refreshed: {type(error).__name__}",
                hint="Sign in again, or check the key, the clock and the network.",
            ) from error


def _check_destination(request: Request) -> None:
    scheme, host = _place(request.url)
    if not host or (scheme != "https" and not is_loopback(host)):
        raise AuthError(
            f"refused to send credentials to {scheme}://{host}",
            hint="Use https, or loopback.",
        )


def _check_token(token: object) -> None:
    if not isinstance(token, str) or not token or any(not "!" <= character <= "~" for character in token):
        raise AuthError("malformed token: expected printable ASCII without spaces")


def _refused() -> Response:
    raise AuthError(
        "the service refused the credentials (401), also after a refresh",
        hint="Sign in again, and check the clock and the scopes.",
    )
