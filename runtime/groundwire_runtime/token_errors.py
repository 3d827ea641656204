"""The error codes of token endpoints: what each means for the caller, and whether asking again may help."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from .error_messages import BY_STATUS
from .http import Response

SIGN_IN: Final = "Sign in again, or check the key, the clock and the network."
HINTS: Final[Mapping[str, str]] = {
    "invalid_grant": "Sign in again, or check the key and the clock: the grant is expired, revoked or for another client.",
    "invalid_rapt": "Sign in again: the organisation asks for a new sign-in from time to time.",
    "invalid_client": "Check the client's id and secret.",
    "deleted_client": "Check the client's id: it was deleted.",
    "disabled_client": "Check the client's id: it is disabled.",
    "unauthorized_client": "Check the client, and that it may ask for these scopes.",
    "invalid_scope": "Ask for other scopes: Client(scopes=[...]).",
    "invalid_target": "Check the audience of the workload identity pool.",
    "invalid_request": SIGN_IN,
    "unsupported_grant_type": SIGN_IN,
    "access_denied": "Ask the administrator: a policy refuses.",
    "admin_policy_enforced": "Ask the administrator: a policy refuses.",
    "org_internal": "Sign in with an account of the client's organisation.",
    "server_error": "Try again later.",
    "temporarily_unavailable": "Try again later.",
    "internal_failure": "Try again later.",
    "PERMISSION_DENIED": "Grant the caller roles/iam.serviceAccountTokenCreator on the service account, or access to it.",
}
"""Hints for the error codes of a token endpoint (RFC 6749 5.2, RFC 8693 2.2.2, and Google's own).

No other text of an answer is shown: it may repeat what was sent.
"""

_PASSING: Final = ("server_error", "temporarily_unavailable", "internal_failure")
"""Codes that say, with any status, that asking again may help. Source: google-auth."""


def may_pass(response: Response) -> bool:
    """Return True if an answer of a token endpoint says that asking again may help."""
    status = response.status
    return status >= 500 or status in (408, 429) or code_of(response) in _PASSING


def hint_of(response: Response) -> str:
    """Return what to do about an answer of a token endpoint that is no token."""
    return HINTS.get(code_of(response), "Try again later." if response.status >= 500 else SIGN_IN)


def code_of(response: Response) -> str:
    """Return the code of an error, "" for one that is not known."""
    if response.status < 400:
        return ""
    try:
        found: Any = json.loads(response.body)
    except (ValueError, RecursionError):
        return ""
    error = cast("dict[str, Any]", found).get("error") if isinstance(found, dict) else None
    if isinstance(error, dict):
        error = cast("dict[str, Any]", error).get("status")
    return error if isinstance(error, str) and (error in HINTS or error in BY_STATUS) else ""
