"""Errors from answers: any body that says no, as one `ApiError` with all that it told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

from . import errors
from .backoff import retry_after
from .errors import ApiError
from .hints import hint_for
from .http import Response

BY_STATUS: Final[Mapping[str, type[ApiError]]] = {
    "INVALID_ARGUMENT": errors.InvalidArgument,
    "FAILED_PRECONDITION": errors.FailedPrecondition,
    "OUT_OF_RANGE": errors.OutOfRange,
    "UNAUTHENTICATED": errors.Unauthenticated,
    "PERMISSION_DENIED": errors.PermissionDenied,
    "NOT_FOUND": errors.NotFound,
    "ALREADY_EXISTS": errors.AlreadyExists,
    "ABORTED": errors.Aborted,
    "RESOURCE_EXHAUSTED": errors.ResourceExhausted,
    "CANCELLED": errors.Cancelled,
    "INTERNAL": errors.Internal,
    "UNIMPLEMENTED": errors.Unimplemented,
    "UNAVAILABLE": errors.Unavailable,
    "DEADLINE_EXCEEDED": errors.DeadlineExceeded,
}
BY_CODE: Final[Mapping[int, str]] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    410: "NOT_FOUND",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""The code that an HTTP status stands for when the body names none.

Source: google/rpc/code.proto; for 502 gRPC's table of HTTP statuses.
"""
_MAX_DETAILS: Final = 100
_EXCERPT: Final = 200
_NOTHING: Final[Mapping[str, Any]] = {}


def equivalent_status(http_status: int) -> int:
    """Return the HTTP status to treat this one as: an unknown 4xx is a 400, an unknown 5xx a 500 (RFC 9110 15)."""
    if http_status in BY_CODE or not 400 <= http_status < 600:
        return http_status
    return http_status // 100 * 100


def api_error(response: Response, *, method_id: str, attempts: int, now: float) -> ApiError:
    """The error that an answer stands for: JSON, HTML, a list, or nothing at all. `now` is Unix time."""
    found = _members(_body(response)).get("error")
    fields = _members(found)
    details = _details(fields)
    info = _info(details)
    status = _text(fields.get("status")) or BY_CODE.get(equivalent_status(response.status), "")
    message = _text(fields.get("message")) or _excerpt(response, _text(found))
    reason = str(info.get("reason", ""))
    error_class = BY_STATUS.get(status, ApiError)
    return error_class(
        message,
        http_status=response.status,
        status=status,
        reason=reason,
        domain=str(info.get("domain", "")),
        details=details,
        retry_after=_retry_delay(details, retry_after(response.headers.get("retry-after"), now)),
        server_request_id=response.server_request_id,
        method_id=method_id,
        attempts=attempts,
        hint=hint_for(
            response.status,
            reason=reason,
            message=message,
            metadata=_members(info.get("metadata")),
            challenge=response.headers.get("www-authenticate", ""),
        ),
    )


def _body(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None


def _members(value: Any) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else _NOTHING


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _details(fields: Mapping[str, Any]) -> tuple[Any, ...]:
    details = fields.get("details", fields.get("errors"))
    return tuple(cast("list[object]", details)[:_MAX_DETAILS]) if isinstance(details, list) else ()


def _typed(details: Iterable[Any], name: str) -> Mapping[str, Any]:
    typed = (_members(detail) for detail in details)
    return next((each for each in typed if _text(each.get("@type")).endswith(f"google.rpc.{name}")), _NOTHING)


def _info(details: tuple[Any, ...]) -> Mapping[str, Any]:
    """The ErrorInfo (AIP-193), or the first old-style error, which has a reason and a domain as well."""
    typed = _typed(details, "ErrorInfo")
    if typed:
        return typed
    return next((each for each in map(_members, details) if "@type" not in each), _NOTHING)


def _retry_delay(details: tuple[Any, ...], header: float | None) -> float | None:
    delay = _typed(details, "RetryInfo").get("retryDelay")
    if header is not None or not isinstance(delay, str):
        return header
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)s", delay)
    return float(found[1]) if found else None


def _excerpt(response: Response, said: str) -> str:
    if said:
        return said
    if response.status in (301, 302, 303, 307, 308):
        host = _host(response.headers.get("location", ""))
        return f"redirected{f' to {host}' if host else ''}, which is not followed"
    text = response.body[:2_000].decode("utf-8", "replace")
    plain = " ".join(re.sub(r"<[^>]*>", " ", text).split())
    shown = repr(plain)[1:-1]
    return (shown if len(shown) <= _EXCERPT else f"{shown[: _EXCERPT - 3]}...") or "no message"


def _host(url: str) -> str:
    """A URL's host alone: what stands before an `@` may be a secret."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
