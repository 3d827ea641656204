"""Fetching tokens: google-auth's requests over our own transport, and a refresh that tells no secret when it fails."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from itertools import count
from typing import Any, Final, NoReturn, cast

from attrs import define, field

from .credentials import place
from .deadline import Deadline
from .errors import AuthError, GroundwireError, TransportError
from .http import Request, Response, Transport
from .loopback import is_loopback
from .observe import Trace
from .proxy import METADATA_HOSTS
from .status import BY_STATUS

_SIGN_IN: Final = "Sign in again, or check the key, the clock and the network."
_SLOW: Final = "Check the network and the source of tokens, or give the call more time: timeout=..."
_HINTS: Final[Mapping[str, str]] = {
    "invalid_grant": "Sign in again, or check the key and the clock: the grant is expired, revoked or for another client.",
    "invalid_rapt": "Sign in again: the organisation asks for a new sign-in from time to time.",
    "invalid_client": "Check the client's id and secret.",
    "deleted_client": "Check the client's id: it was deleted.",
    "disabled_client": "Check the client's id: it is disabled.",
    "unauthorized_client": "Check the client, and that it may ask for these scopes.",
    "invalid_scope": "Ask for other scopes: Client(scopes=[...]).",
    "invalid_target": "Check the audience of the workload identity pool.",
    "invalid_request": _SIGN_IN,
    "unsupported_grant_type": _SIGN_IN,
    "access_denied": "Ask the administrator: a policy refuses.",
    "admin_policy_enforced": "Ask the administrator: a policy refuses.",
    "org_internal": "Sign in with an account of the client's organisation.",
    "server_error": "Try again later.",
    "temporarily_unavailable": "Try again later.",
    "internal_failure": "Try again later.",
    "PERMISSION_DENIED": "Grant the caller roles/iam.serviceAccountTokenCreator on the service account, or access to it.",
}
"""What to do about the codes of a token endpoint (RFC 6749 5.2, RFC 8693 2.2.2, and Google's own).

No other text of an answer is shown: it may repeat what was sent.
"""


class _Answer:
    """A response as google-auth wants it."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = response.headers
        self.data = response.body


@define
class TokenRequest:
    """google-auth's `Request` interface over our own transport: same deadline, proxies and bounds."""

    inner: Transport
    deadline: Deadline
    said: str = ""
    """The last answer, in words that hold no secret."""
    hint: str = _SIGN_IN
    own: Mapping[str, str] = field(factory=dict[str, str])
    """The headers that say who calls."""
    _tries: count[int] = field(factory=count)
    _trace: Trace = field(factory=Trace)

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        timeout: float | None = None,
        **options: Any,
    ) -> _Answer:
        """Send one request for google-auth."""
        del options
        from google.auth.exceptions import TransportError as GoogleTransportError

        _check_place(url, method)
        request = Request(
            method_id="token",
            verb=method,
            url=url,
            headers={**self.own, **{name.lower(): _text(value) for name, value in (headers or {}).items()}},
            body=body.encode() if isinstance(body, str) else body,
            deadline=self._until(timeout),
            trace=self._trace,
        )
        # google-auth may try again, after a wait that knows no deadline: 1 s, doubled each time, give or take 10 %.
        left = self.deadline.left()
        last = left is not None and left < 1.1 * 2.0 ** next(self._tries)
        try:
            response = self.inner.send(request)
        except GroundwireError as error:
            if isinstance(error, TransportError) and error.sent:
                # What lies below may quote an answer that is no HTTP, and that may repeat what was sent.
                error.__cause__ = error.__context__ = None
            if last:
                raise AuthError("the token could not be fetched in time", hint=_SLOW) from error
            raise GoogleTransportError(error) from error  # type: ignore[no-untyped-call] # google-auth is untyped here
        self._note(request, response)
        if last and (response.status >= 500 or response.status in (408, 429)):
            raise AuthError(f"{self.said}, with no time left to ask again", hint=_SLOW)
        return _Answer(response)

    def _until(self, timeout: float | None) -> float | None:
        """The deadline of one request: google-auth's own timeout, within what the call has left."""
        at = self.deadline.at
        if not isinstance(timeout, (int, float)):
            return at
        own = self.deadline.now() + timeout
        return own if at is None else min(at, own)

    def _note(self, request: Request, response: Response) -> None:
        code = _code(response)
        self.said = f"{place(request.url)[1]} answered {response.status}{f' {code}' if code else ''}"
        self.hint = _HINTS.get(code, "Try again later." if response.status >= 500 else _SIGN_IN)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _code(response: Response) -> str:
    """The code of an error, if it is a known one."""
    if response.status < 400:
        return ""
    try:
        found: Any = json.loads(response.body)
    except (ValueError, RecursionError):
        return ""
    error = cast("dict[str, Any]", found).get("error") if isinstance(found, dict) else None
    if isinstance(error, dict):
        error = cast("dict[str, Any]", error).get("status")
    return error if isinstance(error, str) and (error in _HINTS or error in BY_STATUS) else ""


def _check_place(url: str, method: str) -> None:
    scheme, host = place(url)
    if host and (scheme == "https" or is_loopback(host)):
        return
    # What goes to a metadata server is no secret: Google's takes GET, Amazon's a PUT before.
    asks_metadata = method in ("GET", "PUT") and host in METADATA_HOSTS
    if host and scheme == "http" and (asks_metadata or (method == "GET" and host in _metadata_overrides())):
        return
    raise AuthError(f"refused to send credentials to {scheme}://{host}", hint="Use https.")


def _metadata_overrides() -> set[str]:
    """The metadata server that the environment names, as google-auth reads it."""
    names = ("GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP")
    return {os.environ.get(name, "").partition(":")[0].lower() for name in names} - {""}


def refresh(credentials: Any, request: TokenRequest) -> None:
    """Fetch a new token. Raises AuthError."""
    try:
        credentials.refresh(request)
    except GroundwireError:
        raise
    except Exception as error:  # noqa: BLE001 - google-auth has many, credentials of a caller's own have any
        failure: Exception = error
    else:
        return
    _give_up(failure, request)


def _give_up(error: Exception, request: TokenRequest) -> NoReturn:
    """Raise an AuthError from the fault below, or from google-auth's own error without its words."""
    own = _own(error)
    if own is None:
        error.args = ()
        error.__cause__ = error.__context__ = None
    why = own.message if own is not None else request.said
    raise AuthError(
        f"the token could not be refreshed: {type(error).__name__}{f', {why}' if why else ''}",
        hint=request.hint,
    ) from (own or error)


def _own(error: BaseException | None) -> GroundwireError | None:
    """The error of ours that google-auth wrapped, if any."""
    while error is not None and not isinstance(error, GroundwireError):
        error = error.__cause__ or error.__context__
    return error
