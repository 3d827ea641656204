"""Turn a failed answer of one of Google's APIs into an `ApiError` with everything that its body states, and a hint.

Hints are chosen by reason, words or missing permission. Those here fit every API; those of one API come from its client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen

from . import errors
from .clock import Clock
from .error_facts import BY_ERROR, RATE_LIMITS, Hint, equivalent_status
from .error_messages import (
    BY_CODE,
    BY_STATUS,
    MAX_DETAILS,
    NOTHING,
    chosen,
    excerpt,
    items_of,
    members,
    message_of,
    parsed_body,
    text_of,
    typed_detail,
)
from .errors import ApiError
from .http import Request, Response
from .retry import retry_after


def read_error(response: Response, request: Request, clock: Clock, hints: tuple[Hint, ...] = ()) -> ApiError:
    """Return the error of a response to a request; `hints` are the API's own."""
    return api_error(
        response,
        method_id=request.method_id,
        attempts=max(1, request.call.attempts),
        now=clock.unix(),
        scopes=request.method_scopes,
        hints=hints,
    )


def api_error(
    response: Response,
    *,
    method_id: str,
    attempts: int,
    now: float,
    scopes: tuple[str, ...] = (),
    hints: tuple[Hint, ...] = (),
) -> ApiError:
    """The error that an answer stands for: JSON of any shape, HTML, text, or nothing at all.

    `now` is Unix time; `scopes` are those of the method; `hints` are the API's own.
    """
    body = _read(response.body)
    message = body.message or excerpt(response)
    status = body.status or BY_CODE.get(equivalent_status(response.status), "")
    is_limit = response.status == 403 and body.reason in RATE_LIMITS
    error_class = errors.ResourceExhausted if is_limit else BY_STATUS.get(status, ApiError)
    return error_class(
        message,
        http_status=response.status,
        status=status,
        reason=body.reason,
        domain=body.domain,
        details=body.details,
        retry_after=_retry_delay(body.details, retry_after(response.headers.get("retry-after"), now)),
        server_request_id=response.server_request_id,
        method_id=method_id,
        attempts=attempts,
        hint=hint_for(
            response.status,
            reason=body.reason,
            message=message,
            metadata=body.metadata,
            challenge=response.headers.get("www-authenticate", ""),
            scopes=scopes,
            hints=hints,
        ),
    )


@frozen(kw_only=True)
class _ErrorBody:
    """The members of an error body, whatever its shape; "" and empty for absent ones."""

    message: str = ""
    status: str = ""
    reason: str = ""
    domain: str = ""
    details: tuple[Any, ...] = ()
    metadata: Mapping[str, Any] = NOTHING


def _read(data: bytes) -> _ErrorBody:
    """Read an error body.

    Known shapes: `{"error": {...}}` of Google's APIs, also in a list or inside another; `{"error": "...",
    "error_description": "..."}` (RFC 6749 5.2); `{"title": "...", "detail": "..."}` (RFC 9457); a bare
    google.rpc.Status, `{"message": "..."}`, `{"errors": [...]}`, `{"detail": [{"msg": "..."}]}`.
    """
    parsed = parsed_body(data)
    outer = fields = chosen(parsed, "error")
    while error := chosen(fields.get("error")):
        fields = error
    details = items_of(fields.get("details"))
    items = items_of(fields.get("errors")) or items_of(outer.get("errors")) or items_of(fields.get("detail"))
    info = _info(details, items)
    status, description = text_of(fields.get("status")), text_of(fields.get("error_description"))
    return _ErrorBody(
        message=message_of(parsed) if isinstance(parsed, (dict, list)) else "",
        # Outside of Google's wrapper the member may mean anything.
        status="" if fields is outer and status not in BY_STATUS else status,
        reason=text_of(info.get("reason")) or (text_of(fields.get("error")) if description else ""),
        domain=text_of(info.get("domain")),
        details=(details or items)[:MAX_DETAILS],
        metadata=members(info.get("metadata")),
    )


def _info(details: tuple[Any, ...], items: tuple[Any, ...]) -> Mapping[str, Any]:
    """The ErrorInfo (AIP-193), or an old-style error, which has a reason and a domain as well.

    A rate limit is looked for in all of them: it decides what becomes of the call.
    """
    old = [each for each in map(members, (*details, *items)) if "@type" not in each and "reason" in each]
    infos = [each for each in (typed_detail(details, "ErrorInfo"), *old) if each]
    limits = (each for each in infos if text_of(each.get("reason")) in RATE_LIMITS)
    return next(limits, infos[0] if infos else NOTHING)


def _retry_delay(details: tuple[Any, ...], header: float | None) -> float | None:
    delay = typed_detail(details, "RetryInfo").get("retryDelay")
    if header is not None or not isinstance(delay, str):
        return header
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)s", delay)
    return float(found[1]) if found else None


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
