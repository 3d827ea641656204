"""Errors from answers: any body that says no, as one `ApiError` with all that it told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

from attrs import frozen

from . import errors
from .clock import Clock
from .errors import ApiError
from .hints import hint_for
from .http import Request, Response
from .retry import retry_after
from .statuses import RATE_LIMITS, equivalent_status

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
_LOOKED_AT: Final = 4_000
"""Bytes of a page that an excerpt is made of."""
_UNSEEN: Final = re.compile(r"<(style|script)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
"""Parts of a page that are no text."""
_NOTHING: Final[Mapping[str, Any]] = {}


def read_error(response: Response, request: Request, clock: Clock) -> ApiError:
    """Return the error of a response to a request."""
    return api_error(
        response,
        method_id=request.method_id,
        attempts=max(1, request.call.attempts),
        now=clock.unix(),
        scopes=request.method_scopes,
    )


def api_error(
    response: Response, *, method_id: str, attempts: int, now: float, scopes: tuple[str, ...] = ()
) -> ApiError:
    """The error that an answer stands for: JSON of any shape, HTML, text, or nothing at all.

    `now` is Unix time; `scopes` are those of the method.
    """
    body = _read(response.body)
    message = body.message or _excerpt(response)
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
    metadata: Mapping[str, Any] = _NOTHING


def _read(data: bytes) -> _ErrorBody:
    """Read an error body.

    Known shapes: `{"error": {...}}` of Google's APIs, also in a list; `{"error": "...", "error_description": "..."}`
    (RFC 6749 5.2); `{"title": "...", "detail": "..."}` (RFC 9457); a bare google.rpc.Status, `{"message": "..."}` and
    `{"errors": [...]}`.
    """
    outer = _first(_parsed(data), "error")
    error = outer.get("error")
    fields = _first(error, "message") or outer
    details, items = _items(fields.get("details")), _items(fields.get("errors") or outer.get("errors"))
    info = _info(details, items)
    description = _text(fields.get("error_description"))
    status = _text(fields.get("status"))
    return _ErrorBody(
        message=_message(fields)
        or (_text(items[0]) or _message(_members(items[0])) if items else "")
        or _text(error),
        # Outside of Google's wrapper the member may mean anything.
        status="" if fields is outer and status not in BY_STATUS else status,
        reason=_text(info.get("reason")) or (_text(error) if description else ""),
        domain=_text(info.get("domain")),
        details=(details or items)[:_MAX_DETAILS],
        metadata=_members(info.get("metadata")),
    )


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _members(value: Any) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else _NOTHING


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _items(value: Any) -> tuple[Any, ...]:
    """The items of a list; an object counts as its one item."""
    if isinstance(value, list):
        return tuple(cast("list[object]", value))
    return (cast("object", value),) if isinstance(value, dict) else ()


def _first(value: Any, key: str) -> Mapping[str, Any]:
    """The object itself; of a list its first object with the key, or its first object."""
    objects = [_members(item) for item in _items(value) if isinstance(item, dict)]
    return next((each for each in objects if key in each), objects[0] if objects else _NOTHING)


def _message(fields: Mapping[str, Any]) -> str:
    """The text for people: one member, or a short one (`error`, `title`) and the longer one that explains it."""
    short = _text(fields.get("error")) or _text(fields.get("title"))
    long = next(
        filter(None, (_text(fields.get(name)) for name in ("message", "error_description", "detail"))), ""
    )
    return long if not short or "message" in fields else ": ".join(filter(None, (short, long)))


def _typed(details: Iterable[Any], name: str) -> Mapping[str, Any]:
    typed = (_members(detail) for detail in details)
    return next((each for each in typed if _text(each.get("@type")).endswith(f"google.rpc.{name}")), _NOTHING)


def _info(details: tuple[Any, ...], items: tuple[Any, ...]) -> Mapping[str, Any]:
    """The ErrorInfo (AIP-193), or an old-style error, which has a reason and a domain as well.

    A rate limit is looked for in all of them: it decides what becomes of the call.
    """
    old = [each for each in map(_members, (*details, *items)) if "@type" not in each and "reason" in each]
    infos = [each for each in (_typed(details, "ErrorInfo"), *old) if each]
    limits = (each for each in infos if _text(each.get("reason")) in RATE_LIMITS)
    return next(limits, infos[0] if infos else _NOTHING)


def _retry_delay(details: tuple[Any, ...], header: float | None) -> float | None:
    delay = _typed(details, "RetryInfo").get("retryDelay")
    if header is not None or not isinstance(delay, str):
        return header
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)s", delay)
    return float(found[1]) if found else None


def _excerpt(response: Response) -> str:
    if response.status in (301, 302, 303, 307, 308):
        host = _host(response.headers.get("location", ""))
        return f"redirected{f' to {host}' if host else ''}, which is not followed"
    text = _UNSEEN.sub(" ", response.body[:_LOOKED_AT].decode("utf-8", "replace"))
    plain = " ".join(re.sub(r"<[^>]*>", " ", text).split())
    shown = repr(plain)[1:-1]
    return (shown if len(shown) <= _EXCERPT else f"{shown[: _EXCERPT - 3]}...") or "no message"


def _host(url: str) -> str:
    """A URL's host alone: what stands before an `@` may be a secret."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
