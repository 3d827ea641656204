"""What goes in and out of the contract: one request, and its answer."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeAlias

from attrs import field, frozen

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""A JSON value as Python's json module reads it."""
JsonObject: TypeAlias = "dict[str, JsonValue]"

_SECRET: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-goog-api-key", "x-goog-iam-authorization-token"}
)
_SECRET_PARAMETERS: Final = frozenset({"access_token", "oauth_token", "key"})
Pairs: TypeAlias = "tuple[tuple[str, str], ...]"
"""Headers or query parameters in the order they were sent."""


def public_headers(headers: Pairs) -> Pairs:
    """Headers with credentials replaced by `REDACTED`, whatever the case of their names."""
    return tuple((name, "REDACTED" if name.lower() in _SECRET else value) for name, value in headers)


def public_query(query: Pairs) -> Pairs:
    """Query parameters with credentials replaced by `REDACTED`, whatever the case of their names."""
    return tuple((name, "REDACTED" if name.lower() in _SECRET_PARAMETERS else value) for name, value in query)


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
        """The headers, with credentials replaced by `REDACTED`."""
        return dict(public_headers(tuple(self.headers.items())))

    @property
    def public_query(self) -> tuple[tuple[str, str], ...]:
        """The query, with credentials replaced by `REDACTED`."""
        return public_query(self.query)


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
    mark: str | None = None
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
    mark: str | None = None,
) -> Reply:
    """Write `body` as the service does: two spaces a level and a final newline, or compact."""
    text = (
        json.dumps(body, indent=2, ensure_ascii=False) + "\n"
        if pretty
        else json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    )
    # A lone surrogate of the request may be quoted back; it has no UTF-8 form.
    return Reply(status=status, body=text.encode("utf-8", "replace"), headers=headers, rule=rule, mark=mark)
