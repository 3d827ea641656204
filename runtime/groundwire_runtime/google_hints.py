"""Hints for errors of Google's APIs, by reason, words or missing permission.

The hints here fit every API; those of one API come from its generated client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from .error_hints import BY_ERROR, Hint
from .statuses import RATE_LIMITS

_QUOTA_PROJECT: Final = Hint(
    "Set a quota project: Client(quota_project=...), or GOOGLE_CLOUD_QUOTA_PROJECT.",
    words=("quota project", "end user credentials from the google cloud sdk"),
)
# Projects of Google's own tools, which sign users in: nobody can enable an API there. Source: earthengine-api,
# ee/oauth.py.
_TOOL_PROJECT: Final = re.compile(
    r"\b(?:764086051850|618104708054|32555940559|522309567947|1014160490159|1057398310658)\b"
)
_DISABLED: Final = Hint(
    "Enable the API for the project in the Cloud console and wait a few minutes, or set a quota project that has "
    "it: Client(quota_project=...).",
    ("SERVICE_DISABLED", "SERVICE_NOT_ACTIVATED", "accessNotConfigured"),
    ("has not been used in project", "api is disabled", "api is not enabled", "enable it by visiting"),
)
_SCOPE: Final = Hint(
    "Ask for the scope: Client(scopes=[...]), or sign in again with it.",
    ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions", "insufficientScopes"),
    ("authentication scope", "insufficient scope", "insufficient_scope", "insufficient oauth scope"),
)
_RULES: Final = (
    _DISABLED,
    _SCOPE,
    Hint(
        "Grant the caller roles/serviceusage.serviceUsageConsumer on the quota project, or set another one: "
        "Client(quota_project=...).",
        ("USER_PROJECT_DENIED",),
        ("serviceusage.services.use", "required permission to use project"),
    ),
    Hint(
        "The project is suspended: use another one, or ask Google Cloud support.",
        ("CONSUMER_SUSPENDED", "ACCOUNT_STATE_INVALID"),
        ("has been suspended", "is suspended"),
    ),
    Hint(
        "Check the project's id: it must exist, and the caller must be able to use it.",
        ("CONSUMER_INVALID", "RESOURCE_PROJECT_INVALID", "USER_PROJECT_INVALID"),
        ("has been deleted", "project not found or permission denied", "consumer invalid"),
    ),
    Hint(
        "Enable billing for the project, or use another one: Client(quota_project=...).",
        ("BILLING_DISABLED", "billingNotEnabled"),
        ("requires billing", "billing to be enabled", "billing account"),
    ),
    Hint(
        "The organisation's policy refuses: ask its administrator, or call from inside its perimeter.",
        ("SECURITY_POLICY_VIOLATED", "ORG_RESTRICTION_VIOLATION", "LOCATION_POLICY_VIOLATED"),
        ("organization's policy", "vpc service controls"),
    ),
    Hint(
        "Send less at a time, or ask for more quota.",
        ("quotaExceeded", "dailyLimitExceeded", *RATE_LIMITS),
    ),
    Hint(
        "The service does not know the field: check its name, or leave it out (unknown_fields).",
        words=("cannot find field",),
    ),
)
_BY_STATUS: Final = {401: BY_ERROR["Unauthenticated"], 403: BY_ERROR["PermissionDenied"]}
# `service.resource.verb`, and no host, path or e-mail address.
_PERMISSION: Final = re.compile(
    r"(?<![\w./@:-])[a-z]\w{1,60}\.[a-zA-Z]\w{1,60}\.[a-zA-Z]\w{1,60}(?![\w/@:-]|\.\w)", re.ASCII
)
_HOST: Final = re.compile(r"\.(?:com|org|net|dev|goog|app|io)$")
_LONGEST: Final = 4_000
"""Characters of a message that are looked at."""


def hint_for(
    http_status: int,
    *,
    reason: str,
    message: str,
    metadata: Mapping[str, Any],
    challenge: str = "",
    scopes: tuple[str, ...] = (),
    hints: tuple[Hint, ...] = (),
) -> str:
    """Return the hint for an answer, or "" if the hint of its class is enough.

    `metadata` is the ErrorInfo's; `challenge` is the header `www-authenticate`; `scopes` are those of the method;
    `hints` are the API's own, which come after the general ones.
    """
    if 300 <= http_status < 400 and http_status != 304:
        return "Check the endpoint: Client(endpoint=...). Redirects are not followed."
    refused = http_status in (400, 401, 403, 429)
    said = f"{message[:_LONGEST]} {challenge[:_LONGEST]}"
    words = said.lower() if refused else ""
    rule = _by_reason((*_RULES, *hints), reason) or _by_words(_RULES, words)
    if rule in (_DISABLED, None) and _lacks_quota_project(words, metadata, refused):
        return _QUOTA_PROJECT.text
    if rule is _SCOPE and scopes:
        return f"Sign in again with the scopes of the method, or pass them in Client(scopes=[...]): {', '.join(scopes)}."
    permission = _permission(said, metadata) if http_status in (401, 403) else ""
    if rule is None and permission:
        return f"Grant the caller a role with {permission}."
    rule = rule or _by_words(hints, words)
    return _BY_STATUS.get(http_status, "") if rule is None else rule.text


def operation_hint(message: str, hints: tuple[Hint, ...]) -> str:
    """Return the hint for a failed operation by its message; "" for unknown words."""
    words = message[:_LONGEST].lower()
    # Names of functions in an expression look like permissions.
    permission = _permission(message, {}) if "permission" in words or "access to" in words else ""
    if permission:
        return f"Grant the caller a role with {permission}, then start it again."
    rule = _by_words(hints, words)
    return "" if rule is None else rule.text


def _by_reason(rules: Iterable[Hint], reason: str) -> Hint | None:
    return next((rule for rule in rules if reason in rule.reasons), None)


def _by_words(rules: Iterable[Hint], words: str) -> Hint | None:
    return next((rule for rule in rules if any(each in words for each in rule.words)), None)


def _lacks_quota_project(words: str, metadata: Mapping[str, Any], refused: bool) -> bool:
    if any(each in words for each in _QUOTA_PROJECT.words):
        return True
    return refused and bool(_TOOL_PROJECT.search(f"{words} {metadata.get('consumer', '')!s:.200}"))


def _permission(said: str, metadata: Mapping[str, Any]) -> str:
    """The IAM permission that an error names."""
    for text in (metadata.get("permission"), metadata.get("permissions"), said):
        for found in _PERMISSION.findall(text[:_LONGEST]) if isinstance(text, str) else ():
            if not _HOST.search(found):
                return str(found)
    return ""
