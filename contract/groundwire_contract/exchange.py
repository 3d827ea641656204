"""What goes in and out of the contract: one request, and its answer."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from attrs import field, frozen

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""A JSON value as Python's json module reads it."""
JsonObject: TypeAlias = "dict[str, JsonValue]"

_HEADERS: Final = frozenset(
    {
        "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection",
        "content-encoding", "content-language", "content-length", "content-type", "date", "expect", "host", "if-match",
        "if-none-match", "keep-alive", "range", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
        "x-goog-api-client", "x-goog-api-version", "x-goog-fieldmask", "x-goog-request-params", "x-goog-user-project",
        "x-http-method-override", "x-upload-content-length", "x-upload-content-type",
    }
)  # fmt: skip
"""Headers that hold no credentials; the values of all others are not kept."""
_PARAMETERS: Final = frozenset(
    {"$.xgafv", "$alt", "alt", "fields", "prettyPrint", "uploadType", "upload_protocol", "version"}
)
"""Query parameters of every Google API that hold no credentials, and the one of a request for its document."""
_CREDENTIAL: Final = re.compile(
    r"(access|auth|bearer|id|refresh|session|subject|actor)_?token|secret|passw|passphrase|credential|assertion"
    r"|signature|signed|private_?key|api_?key|jwt|^(key|token)$",
    re.IGNORECASE,
)
REDACTED: Final = "REDACTED"
"""What stands in the place of a value that is not kept."""
Pairs: TypeAlias = "tuple[tuple[str, str], ...]"
"""Headers or query parameters in the order they were sent."""


def is_credential(name: str) -> bool:
    """Whether a documented field or parameter has a name that credentials have."""
    return _CREDENTIAL.search(name) is not None


def public_headers(headers: Pairs) -> Pairs:
    """Headers with all values replaced by `REDACTED` but those of headers that hold no credentials."""
    return tuple((name, value if name.lower() in _HEADERS else REDACTED) for name, value in headers)


def public_query(query: Pairs, documented: Collection[str] = ()) -> Pairs:
    """Query parameters with values replaced by `REDACTED`, but for the common and `documented` ones without credentials."""
    return tuple(
        (name, value if name in _PARAMETERS or (name in documented and not is_credential(name)) else REDACTED)
        for name, value in query
    )


@frozen(kw_only=True)
class Exchange:
    """One HTTP request. `path` is as it was sent, percent-encoded; header names are lower case.

    `length` counts the bytes of the body that were sent; `body` is empty when there were too many to keep. `peer` is
    the address that the request came from.
    """

    verb: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)
    length: int = 0
    peer: str = "127.0.0.1"

    @property
    def public_headers(self) -> dict[str, str]:
        """The headers that hold no credentials; `REDACTED` for the values of all others."""
        return dict(public_headers(tuple(self.headers.items())))


class Delivery(enum.StrEnum):
    """How an answer leaves: whole, or as a fault of the network would have it."""

    WHOLE = "whole"
    RESET = "reset"
    """Not at all: the connection is reset."""
    CUT = "cut"
    """Its first half, then the end of the connection."""
    DRIP = "drip"
    """In small pieces with pauses between them."""


@frozen(kw_only=True)
class Reply:
    """One HTTP answer. `rule` is the id of the rule that refused the request, None when it was accepted."""

    status: int
    body: bytes = field(repr=False)
    content_type: str = "application/json; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()
    rule: str | None = None
    evidence: str | None = None
    delivery: Delivery = Delivery.WHOLE


@frozen
class Hold:
    """No answer yet: the same exchange is to be handled again after so many seconds of real time."""

    seconds: float
    again: object = None
    """What the service wants to have back then."""


@frozen(kw_only=True)
class Recorded:
    """One request that the contract answered, for a test to look at. Credentials are redacted.

    `method` is the discovery id, None for an unknown path; `sent` the body, empty when there was none, it was no
    JSON object or nobody looked at it; `verdict` is `accepted`, or the id of the rule that refused the request.
    """

    method: str | None
    verb: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    sent: bytes = field(repr=False)
    status: int
    verdict: str
    at: datetime | None = None
    """When it came, by the contract's clock."""

    @property
    def body(self) -> JsonValue:
        """The body as parsed JSON, None when none was kept."""
        return json.loads(self.sent) if self.sent else None


def json_reply(
    status: int,
    body: JsonObject,
    *,
    pretty: bool,
    headers: tuple[tuple[str, str], ...] = (),
    rule: str | None = None,
    evidence: str | None = None,
) -> Reply:
    """Write `body` as the service does: two spaces a level and a final newline, or compact."""
    text = (
        json.dumps(body, indent=2, ensure_ascii=False) + "\n"
        if pretty
        else json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    )
    # A lone surrogate of the request may be quoted back; it has no UTF-8 form.
    return Reply(
        status=status, body=text.encode("utf-8", "replace"), headers=headers, rule=rule, evidence=evidence
    )
