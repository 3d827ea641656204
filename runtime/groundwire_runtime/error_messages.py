"""Messages for people, found in error bodies of any shape: JSON, HTML, text, or nothing at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, cast

from . import errors
from .errors import ApiError
from .http import Response, split_url

_CLASSES: Final = (
    *(
        errors.NotModified,
        errors.InvalidArgument,
        errors.FailedPrecondition,
        errors.OutOfRange,
        errors.Unauthenticated,
    ),
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
    304: "NOT_MODIFIED",
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
MAX_DETAILS: Final = 100
"""Items of a list in an error body that are looked at."""
_EXCERPT: Final = 200
_LOOKED_AT: Final = 4_000
"""Bytes of a page that an excerpt is made of."""
_DEEPEST: Final = 8
"""Levels of a body at which a message is looked for."""
_LOOKS: Final = 10_000
"""Values of a body that are looked at."""
_OTHER_NAMES: Final = (
    "error_description",
    "detail",
    "error_message",
    "errorMessage",
    "msg",
    "text",
    "description",
)
"""Members besides `message` that hold a text for people."""
_PREFIX: Final = re.compile(r"\A\s*(?:\)\]\}'?,?|while\s*\(1\);|for\s*\(;;\);)?\s*")
"""Prefixes before JSON, with which services keep pages from loading it as a script."""
_UNSEEN: Final = re.compile(r"<(style|script)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
"""Parts of a page that are no text."""
NOTHING: Final[Mapping[str, Any]] = {}


def parsed_body(data: bytes) -> Any:
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


def members(value: Any) -> Mapping[str, Any]:
    """Return the members of an object; nothing for any other value."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else NOTHING


def text_of(value: Any) -> str:
    """Return a text; "" for a blank one, and for anything else."""
    return value if isinstance(value, str) and value.strip() else ""


def items_of(value: Any) -> tuple[Any, ...]:
    """The items of a list; an object counts as its one item."""
    if isinstance(value, list):
        return tuple(cast("list[object]", value))
    return (cast("object", value),) if isinstance(value, dict) else ()


def chosen(value: Any, key: str = "message") -> Mapping[str, Any]:
    """Return an object itself; of a list its first object that has the key and a message, or the best there is."""
    objects = [members(item) for item in items_of(value) if isinstance(item, dict)]
    return min(objects, key=lambda each: (key not in each, not message_of(each)), default=NOTHING)


def message_of(value: Any) -> str:
    """Return the text for people in a part of an error body; "" where there is none.

    It is one member, or a short one (`error`, `title`) and the longer one that explains it; of a list, the first item's.
    """
    return _message(value, _DEEPEST, iter(range(_LOOKS)))


def _message(value: Any, depth: int, looks: Iterator[int]) -> str:
    """Return the same; `looks` has one item for each value that may still be looked at."""
    if depth <= 0 or next(looks, None) is None:
        return ""
    if isinstance(value, list):
        items = islice(cast("list[object]", value), MAX_DETAILS)
        return next(filter(None, (_message(each, depth - 1, looks) for each in items)), "")
    fields = members(value)
    if not fields:
        return text_of(value)
    inner = fields.get("error")
    short = text_of(inner) or text_of(fields.get("title"))
    own = _named(fields.get("message"), depth, looks)
    others = (_named(fields[name], depth, looks) for name in _OTHER_NAMES if name in fields)
    long = own or next(filter(None, others), "")
    if short and not own:
        long = ": ".join(filter(None, (short, long)))
    return (
        ("" if isinstance(inner, str) else _message(inner, depth - 1, looks))
        or long
        or _named(fields.get("errors"), depth, looks)
        or text_of(typed_detail(items_of(fields.get("details")), "LocalizedMessage").get("message"))
    )


def _named(value: Any, depth: int, looks: Iterator[int]) -> str:
    """Return the message in a member: of an object without one, the first text and its name (`{"size": ["too low"]}`)."""
    named = islice(members(value).items(), MAX_DETAILS)
    texts = ((name, _message(each, depth - 2, looks)) for name, each in named)
    return _message(value, depth - 1, looks) or next((f"{name}: {text}" for name, text in texts if text), "")


def typed_detail(details: Iterable[Any], name: str) -> Mapping[str, Any]:
    """Return the detail that is a message of google.rpc with this name; nothing where there is none."""
    typed = (members(detail) for detail in details)
    return next(
        (each for each in typed if text_of(each.get("@type")).endswith(f"google.rpc.{name}")), NOTHING
    )


def excerpt(response: Response) -> str:
    """Return the start of a body as a message: the text of a page, or where a redirect leads."""
    if response.status in (301, 302, 303, 307, 308):
        host = _host(response.headers.get("location", ""))
        return f"redirected{f' to {host}' if host else ''}, which is not followed"
    text = response.body[:_LOOKED_AT].decode("utf-8", "replace")
    if _is_markup(text, response.headers.get("content-type", "")):
        text = re.sub(r"<[^>]*>", " ", _UNSEEN.sub(" ", text)).strip() or text
    elif isinstance(said := parsed_body(response.body), str):
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
