"""Hints for errors of Google's APIs, by reason, words or missing permission.

The advice that concerns Earth Engine alone is `_EARTH_ENGINE`; its words are the service's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen

from .error_hints import BY_ERROR
from .statuses import RATE_LIMITS


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
_SCOPE: Final = _Rule(
    "Ask for the scope: Client(scopes=[...]), or sign in again with it.",
    frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions", "insufficientScopes"}),
    ("authentication scope", "insufficient scope", "insufficient_scope", "insufficient oauth scope"),
)
_RULES: Final = (
    _DISABLED,
    _SCOPE,
    _Rule(
        "Grant the caller roles/serviceusage.serviceUsageConsumer on the quota project, or set another one: "
        "Client(quota_project=...).",
        frozenset({"USER_PROJECT_DENIED"}),
        ("serviceusage.services.use", "required permission to use project"),
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
        frozenset({"quotaExceeded", "dailyLimitExceeded", *RATE_LIMITS}),
    ),
    _Rule(
        "The service does not know the field: check its name, or leave it out (unknown_fields).",
        words=("cannot find field",),
    ),
)
_EARTH_ENGINE: Final = (
    _Rule(
        "Register the project for Earth Engine, for commercial or noncommercial use: "
        "https://code.earthengine.google.com/register",
        frozenset({"NOT_REGISTERED", "PROJECT_NOT_REGISTERED", "NOT_SIGNED_UP"}),
        ("not registered", "not signed up", "register your project"),
    ),
    _Rule(
        "Grant the caller write access to the asset or its folder (earthengine.assets.create), or write elsewhere.",
        words=("permissions to create asset", "permission to create asset"),
    ),
    _Rule(
        "Raise max_pixels in the request (100,000,000 when absent), or export a smaller region or at a coarser scale.",
        words=("specify higher maxpixels", "export too large"),
    ),
    _Rule(
        "Raise maxPixels in the reduction, set bestEffort, or reduce a smaller region.",
        words=("too many pixels in the region",),
    ),
    _Rule(
        "Cast all bands to one type in the expression, for example with ee.Image.toFloat().",
        words=("compatible data types", "inconsistent types"),
    ),
    _Rule(
        "Give the request a grid with dimensions (groundwire_exports.grid), or clip the image to a region.",
        words=("unbounded image",),
    ),
    _Rule(
        "Export to another asset name, delete the asset first, or set overwrite=True on the EarthEngineDestination.",
        words=("cannot overwrite asset", "asset already exists"),
    ),
    _Rule(
        "Free space in that Google Drive, or export to Cloud Storage.",
        words=("space in google drive", "drive storage quota", "drive quota"),
    ),
    _Rule(
        "Grant the caller roles/storage.objectAdmin on the bucket, check its name, or use another one.",
        words=("bucket",),
    ),
    _Rule(
        "Export a smaller region or at a coarser scale, and take reproject() out of the expression.",
        words=("reprojection output too large",),
    ),
    _Rule(
        "Split the work: a smaller region, fewer images in a reduction, or intermediate results exported as assets.",
        words=("computation timed out", "deadline exceeded", "computed value is too large"),
    ),
    _Rule(
        "Use less memory: a smaller region or tile size, fewer bands, tileScale in reducers, or intermediate results "
        "exported as assets.",
        words=("memory limit", "out of memory", "memory capacity", "capacity exceeded"),
    ),
    _Rule(
        "Start it again; if it fails again, report it to Earth Engine with the operation's name.",
        words=("internal error",),
    ),
    _Rule(
        "Wait until some exports have ended, or cancel some.",
        words=("already in the queue", "too many tasks", "too many concurrent"),
    ),
    _Rule(
        "Check the asset's id in the expression, and that the caller may read it (earthengine.assets.get).",
        words=("asset '", "does not exist or caller does not have access"),
    ),
    _Rule(
        "Send a smaller request: export intermediate results as assets, and keep large geometries in a table asset.",
        words=("payload size exceeds",),
    ),
    _Rule(
        "Describe it in at most 100 characters of a-z, A-Z, 0-9 and . , : ; _ - .",
        words=("the description must",),
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
) -> str:
    """Return the hint for an answer, or "" if the hint of its class is enough.

    `metadata` is the ErrorInfo's; `challenge` is the header `www-authenticate`; `scopes` are those of the method.
    """
    if 300 <= http_status < 400:
        return "Check the endpoint: Client(endpoint=...). Redirects are not followed."
    refused = http_status in (400, 401, 403, 429)
    said = f"{message[:_LONGEST]} {challenge[:_LONGEST]}"
    words = said.lower() if refused else ""
    rule = _by_reason(reason) or _by_words(_RULES, words)
    if rule in (_DISABLED, None) and _lacks_quota_project(words, metadata, refused):
        return _QUOTA_PROJECT.hint
    if rule is _SCOPE and scopes:
        return f"Sign in again with the scopes of the method, or pass them in Client(scopes=[...]): {', '.join(scopes)}."
    permission = _permission(said, metadata) if http_status in (401, 403) else ""
    if rule is None and permission:
        return f"Grant the caller a role with {permission}."
    rule = rule or _by_words(_EARTH_ENGINE, words)
    return _BY_STATUS.get(http_status, "") if rule is None else rule.hint


def operation_hint(message: str) -> str:
    """Return the hint for a failed operation by its message; "" for unknown words."""
    words = message[:_LONGEST].lower()
    # Names of functions in an expression look like permissions.
    permission = _permission(message, {}) if "permission" in words or "access to" in words else ""
    if permission:
        return f"Grant the caller a role with {permission}, then start it again."
    rule = _by_words(_EARTH_ENGINE, words)
    return "" if rule is None else rule.hint


def _by_reason(reason: str) -> _Rule | None:
    return next((rule for rule in (*_RULES, *_EARTH_ENGINE) if reason and reason in rule.reasons), None)


def _by_words(rules: Iterable[_Rule], words: str) -> _Rule | None:
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
