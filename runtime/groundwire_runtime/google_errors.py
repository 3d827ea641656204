"""Turn a failed answer into an `ApiError` with everything that its body states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from . import errors
from .clock import Clock
from .error_hints import Hint
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
from .google_hints import hint_for
from .http import Request, Response
from .retry import retry_after
from .statuses import RATE_LIMITS, equivalent_status


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
