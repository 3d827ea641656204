"""Turn a failed answer into an `ApiError` with everything that its body states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final, cast

from attrs import frozen

from . import errors
from .clock import Clock
from .error_hints import Hint
from .errors import ApiError
from .google_hints import hint_for
from .http import Request, Response, split_url
from .retry import retry_after
from .statuses import RATE_LIMITS, equivalent_status

_CLASSES: Final = (
    *(errors.InvalidArgument, errors.FailedPrecondition, errors.OutOfRange, errors.Unauthenticated),
    *(
        errors.PermissionDenied,
        errors.NotFound,
        errors.AlreadyExists,
        errors.Aborted,
        errors.ResourceExhausted,
    ),
    *(errors.Cancelled, errors.Internal, errors.Unimplemented, errors.Unavailable, errors.DeadlineExceeded),
)
BY_STATUS: Final[Mapping[str, type[ApiError]]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", each.__name__).upper(): each for each in _CLASSES
}
"""The error class of each google.rpc code: `NotFound` of NOT_FOUND."""
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
_DEEPEST: Final = 8
"""Levels of a body at which a message is looked for."""
_OTHER_NAMES: Final = ("error_description", "detail", "error_message", "errorMessage", "msg", "text")
"""Members besides `message` that hold a text for people."""
_PREFIX: Final = re.compile(r"\A\s*(?:\)\]\}'?,?|while\s*\(1\);|for\s*\(;;\);)?\s*")
"""Prefixes before JSON, with which services keep pages from loading it as a script."""
_UNSEEN: Final = re.compile(r"<(style|script)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
"""Parts of a page that are no text."""
_NOTHING: Final[Mapping[str, Any]] = {}


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
    metadata: Mapping[str, Any] = _NOTHING


def _read(data: bytes) -> _ErrorBody:
    """Read an error body.

    Known shapes: `{"error": {...}}` of Google's APIs, also in a list or inside another; `{"error": "...",
    "error_description": "..."}` (RFC 6749 5.2); `{"title": "...", "detail": "..."}` (RFC 9457); a bare
    google.rpc.Status, `{"message": "..."}`, `{"errors": [...]}`, `{"detail": [{"msg": "..."}]}`.
    """
    parsed = _parsed(data)
    outer = fields = _chosen(parsed, "error")
    while error := _chosen(fields.get("error")):
        fields = error
    details = _items(fields.get("details"))
    items = _items(fields.get("errors")) or _items(outer.get("errors")) or _items(fields.get("detail"))
    info = _info(details, items)
    status, description = _text(fields.get("status")), _text(fields.get("error_description"))
    return _ErrorBody(
        message=_message(parsed) if isinstance(parsed, (dict, list)) else "",
        # Outside of Google's wrapper the member may mean anything.
        status="" if fields is outer and status not in BY_STATUS else status,
        reason=_text(info.get("reason")) or (_text(fields.get("error")) if description else ""),
        domain=_text(info.get("domain")),
        details=(details or items)[:_MAX_DETAILS],
        metadata=_members(info.get("metadata")),
    )


def _parsed(data: bytes) -> Any:
    """Return the JSON value of a body, or None.

    Bytes that are not UTF-8, a prefix against inclusion as a script, and text behind an object are read past.
    """
    value: Any
    text = _PREFIX.sub("", data.decode(json.detect_encoding(data), "replace"))
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return cast("Any", value) if isinstance(value, dict) or not text[end:].strip(" \t\r\n\0") else None


def _integer(digits: str) -> int | str:
    """Return an integer; one with more digits than Python reads stays text."""
    return int(digits) if len(digits) < _DIGITS else digits


_DIGITS: Final = 640
"""The lowest limit that `sys.set_int_max_str_digits` takes."""
_DECODER: Final = json.JSONDecoder(parse_int=_integer)


def _members(value: Any) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else _NOTHING


def _text(value: Any) -> str:
    """Return a text; "" for a blank one, and for anything else."""
    return value if isinstance(value, str) and value.strip() else ""


def _items(value: Any) -> tuple[Any, ...]:
    """The items of a list; an object counts as its one item."""
    if isinstance(value, list):
        return tuple(cast("list[object]", value))
    return (cast("object", value),) if isinstance(value, dict) else ()


def _chosen(value: Any, key: str = "message") -> Mapping[str, Any]:
    """Return an object itself; of a list its first object that has the key and a message, or the best there is."""
    objects = [_members(item) for item in _items(value) if isinstance(item, dict)]
    return min(objects, key=lambda each: (key not in each, not _message(each)), default=_NOTHING)


def _message(value: Any, depth: int = _DEEPEST) -> str:
    """Return the text for people in a part of an error body; "" where there is none.

    It is one member, or a short one (`error`, `title`) and the longer one that explains it; of a list, the first item's.
    """
    if depth <= 0:
        return ""
    if isinstance(value, list):
        return _first(cast("list[object]", value), depth)
    fields = _members(value)
    if not fields:
        return _text(value)
    inner = fields.get("error")
    short = _text(inner) or _text(fields.get("title"))
    own = _named(fields.get("message"), depth)
    long = own or next(filter(None, (_named(fields.get(name), depth) for name in _OTHER_NAMES)), "")
    if short and not own:
        long = ": ".join(filter(None, (short, long)))
    return (
        ("" if isinstance(inner, str) else _message(inner, depth - 1))
        or long
        or _named(fields.get("errors"), depth)
        or _text(_typed(_items(fields.get("details")), "LocalizedMessage").get("message"))
    )


def _first(values: Iterable[object], depth: int) -> str:
    return next(filter(None, (_message(each, depth - 1) for each in islice(values, _MAX_DETAILS))), "")


def _named(value: Any, depth: int) -> str:
    """Return the message in a member: of an object without one, the first text and its name (`{"size": ["too low"]}`)."""
    texts = (
        (name, _message(each, depth - 2)) for name, each in islice(_members(value).items(), _MAX_DETAILS)
    )
    return _message(value, depth - 1) or next((f"{name}: {text}" for name, text in texts if text), "")


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
    text = response.body[:_LOOKED_AT].decode("utf-8", "replace")
    if _is_markup(text, response.headers.get("content-type", "")):
        text = re.sub(r"<[^>]*>", " ", _UNSEEN.sub(" ", text)).strip() or text
    elif isinstance(said := _parsed(response.body), str):
        text = said[:_LOOKED_AT]
    shown = repr(" ".join(text.split()))[1:-1]
    return (shown if len(shown) <= _EXCERPT else f"{shown[: _EXCERPT - 3]}...") or "no message"


def _is_markup(text: str, media_type: str) -> bool:
    """Return whether a body is a page: its type says so, or it starts as one and its type does not say otherwise."""
    kind = media_type.lower()
    return "html" in kind or "xml" in kind or (text.lstrip().startswith("<") and "text/plain" not in kind)


def _host(url: str) -> str:
    """A URL's host alone: what stands before an `@` may be a secret."""
    try:
        return split_url(url).hostname or ""
    except ValueError:
        return ""
