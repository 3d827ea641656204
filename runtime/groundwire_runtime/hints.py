"""What to do about an error that the service answers with: by its reason, its words, or the permission it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen


@frozen
class _Rule:
    """A hint for the reasons of an ErrorInfo or of an old-style error, or for words of a message, in lower case."""

    hint: str
    reasons: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


_QUOTA_PROJECT: Final = _Rule(
    "Set a quota project: Client(quota_project=...), or GOOGLE_CLOUD_QUOTA_PROJECT.",
    words=("quota project", "end user credentials from the google cloud sdk"),
)
# Projects of Google's own tools, which sign users in: nobody can enable an API there. Source: earthengine-api,
# ee/oauth.py.
_TOOL_PROJECT: Final = re.compile(
    r"\b(?:764086051850|618104708054|32555940559|522309567947|1014160490159|1057398310658)\b"
)
_DISABLED: Final = _Rule(
    "Enable the API for the project in the Cloud console and wait a few minutes, or set a quota project that has "
    "it: Client(quota_project=...).",
    frozenset({"SERVICE_DISABLED", "SERVICE_NOT_ACTIVATED", "accessNotConfigured"}),
    ("has not been used in project", "api is disabled", "api is not enabled", "enable it by visiting"),
)
_RULES: Final = (
    _DISABLED,
    _Rule(
        "Ask for the scope: Client(scopes=[...]), or sign in again with it.",
        frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions", "insufficientScopes"}),
        ("authentication scope", "insufficient scope", "insufficient_scope", "insufficient oauth scope"),
    ),
    _Rule(
        "Grant the caller roles/serviceusage.serviceUsageConsumer on the quota project, or set another one: "
        "Client(quota_project=...).",
        frozenset({"USER_PROJECT_DENIED"}),
        ("serviceusage.services.use", "required permission to use project"),
    ),
    _Rule(
        "Register the project for Earth Engine, for commercial or noncommercial use: "
        "https://code.earthengine.google.com/register",
        frozenset({"NOT_REGISTERED", "PROJECT_NOT_REGISTERED", "NOT_SIGNED_UP"}),
        ("not registered", "not signed up", "register your project"),
    ),
    _Rule(
        "The project is suspended: use another one, or ask Google Cloud support.",
        frozenset({"CONSUMER_SUSPENDED", "ACCOUNT_STATE_INVALID"}),
        ("has been suspended", "is suspended"),
    ),
    _Rule(
        "Check the project's id: it must exist, and the caller must be able to use it.",
        frozenset({"CONSUMER_INVALID", "RESOURCE_PROJECT_INVALID", "USER_PROJECT_INVALID"}),
        ("has been deleted", "project not found or permission denied", "consumer invalid"),
    ),
    _Rule(
        "Enable billing for the project, or use another one: Client(quota_project=...).",
        frozenset({"BILLING_DISABLED", "billingNotEnabled"}),
        ("requires billing", "billing to be enabled", "billing account"),
    ),
    _Rule(
        "The organisation's policy refuses: ask its administrator, or call from inside its perimeter.",
        frozenset({"SECURITY_POLICY_VIOLATED", "ORG_RESTRICTION_VIOLATION", "LOCATION_POLICY_VIOLATED"}),
        ("organization's policy", "vpc service controls"),
    ),
    _Rule(
        "Send less at a time, or ask for more quota.",
        frozenset({"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"}),
    ),
    _Rule(
        "Grant the caller write access to the asset or its folder (earthengine.assets.create), or write elsewhere.",
        words=("permissions to create asset", "permission to create asset"),
    ),
)
_SIGN_IN: Final = "Sign in again, or check the clock: the token is missing, expired or not valid."
_GRANT: Final = "Grant the caller a role that allows this, on the project or on what the request names."
# `service.resource.verb`, and no host, path or e-mail address.
_PERMISSION: Final = re.compile(
    r"(?<![\w./@:-])[a-z]\w{1,60}\.[a-zA-Z]\w{1,60}\.[a-zA-Z]\w{1,60}(?![\w/@:-]|\.\w)", re.ASCII
)
_HOST: Final = re.compile(r"\.(?:com|org|net|dev|goog|app|io)$")
_LONGEST: Final = 4_000
"""Characters of a message that are looked at."""


def hint_for(
    http_status: int, *, reason: str, message: str, metadata: Mapping[str, Any], challenge: str = ""
) -> str:
    """What to do, or "". `metadata` is the ErrorInfo's; `challenge` is the header `www-authenticate`."""
    refused = http_status in (400, 401, 403)
    said = f"{message[:_LONGEST]} {challenge[:_LONGEST]}"
    words = said.lower() if refused else ""
    by_reason = next((rule for rule in _RULES if reason and reason in rule.reasons), None)
    by_words = next((rule for rule in _RULES if any(each in words for each in rule.words)), None)
    if (by_reason or by_words) in (_DISABLED, None) and _lacks_quota_project(words, metadata, refused):
        return _QUOTA_PROJECT.hint
    permission = _permission(said, metadata) if refused else ""
    if by_reason is not None:
        return by_reason.hint
    if by_words is not None:
        return by_words.hint
    if permission and http_status != 400:
        return f"Grant the caller a role with {permission}."
    return {401: _SIGN_IN, 403: _GRANT}.get(http_status, "")


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
