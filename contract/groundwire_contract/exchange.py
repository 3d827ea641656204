"""One request to the contract server, its answer, and what is recorded of both."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from json.encoder import encode_basestring as quoted
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
"""Headers without credentials. The values of all others are redacted."""
_PARAMETERS: Final = frozenset(
    {"$.xgafv", "$alt", "alt", "fields", "prettyPrint", "uploadType", "upload_protocol", "version"}
)
"""Query parameters of every Google API without credentials, and `version` of a request for the document."""
_CREDENTIAL: Final = re.compile(
    r"(access|auth|bearer|id|refresh|session|subject|actor)_?token|secret|passw|passphrase|credential|assertion"
    r"|signature|signed|private_?key|api_?key|jwt|^(key|token)$",
    re.IGNORECASE,
)
JSON_TYPE: Final = "application/json; charset=UTF-8"
"""The content type of the service's answers."""
REDACTED: Final = "REDACTED"
"""Replaces a redacted value."""
Pairs: TypeAlias = "tuple[tuple[str, str], ...]"
"""Headers or query parameters in the order in which they were sent."""


def is_credential(name: str) -> bool:
    """Return True if a documented field or parameter has a name that credentials have."""
    return _CREDENTIAL.search(name) is not None


def common_parameters(query: Pairs) -> dict[str, str]:
    """Return the query parameters of every Google API, such as `fields` and `alt`, without credentials."""
    return {name: value for name, value in query if name in _PARAMETERS}


def public_headers(headers: Pairs) -> Pairs:
    """Return headers with the values redacted that may hold credentials."""
    return tuple((name, value if name.lower() in _HEADERS else REDACTED) for name, value in headers)


def public_query(query: Pairs, documented: Collection[str] = ()) -> Pairs:
    """Return query parameters with the values redacted, except common and `documented` ones without
    credentials."""
    return tuple(
        (name, value if name in _PARAMETERS or (name in documented and not is_credential(name)) else REDACTED)
        for name, value in query
    )


@frozen(kw_only=True)
class Exchange:
    """One HTTP request. `path` is percent-encoded as sent; header names are lower case.

    `length` counts the bytes of the body as sent; `body` is empty when it was too large to keep. `peer` is
    the address of the client.
    """

    verb: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)
    length: int = 0
    peer: str = "127.0.0.1"
    raw_query: str = field(default="", repr=False)
    """The query as sent: a delimiter inside a value is encoded there, and one between values is not."""

    @property
    def public_headers(self) -> dict[str, str]:
        """The headers, with the values redacted that may hold credentials."""
        return {name: value if name in _HEADERS else REDACTED for name, value in self.headers.items()}


class Delivery(enum.StrEnum):
    """The delivery of an answer: in full, or with a network fault."""

    WHOLE = "whole"
    RESET = "reset"
    """No answer: the connection is reset."""
    CUT = "cut"
    """The first half of the answer, then the end of the connection."""
    DRIP = "drip"
    """Small pieces with pauses between them."""


@frozen(kw_only=True)
class Reason:
    """What was wrong with a request, and where.

    `place` is `body`, `query`, `path` or `header`. `pointer` is a JSON pointer into the body as sent, or the name of a
    parameter or header. `excerpt` is what the body has there, clipped.
    """

    message: str
    place: str = "body"
    pointer: str = ""
    excerpt: str = field(default="", repr=False)


@frozen(kw_only=True)
class Reply:
    """One HTTP answer. `rule` is the id of the rule that refused the request; None if it was accepted."""

    status: int
    body: bytes = field(repr=False)
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    rule: str | None = None
    evidence: str | None = None
    delivery: Delivery = Delivery.WHOLE
    reasons: tuple[Reason, ...] = field(default=(), repr=False)
    """Why the request was refused."""

    @property
    def head(self) -> dict[str, str]:
        """All headers by name: those of the content, its own, which replace them, and those of the rule."""
        head = {
            "content-type": self.content_type,
            "content-length": str(len(self.body)),
            **dict(self.headers),
        }
        if self.rule is not None:
            head |= {"x-groundwire-rule": self.rule, "x-groundwire-evidence": self.evidence or "I"}
        return head


@frozen
class Hold:
    """No answer yet: handle the same exchange again after `seconds` of real time."""

    seconds: float
    again: object = None
    """A value that the service gets back then."""


@frozen(kw_only=True)
class Recorded:
    """One answered request, with credentials redacted.

    `method` is the Discovery id, None for an unknown path. `sent` is the body; it is empty when there was
    none, when it was not a JSON object, or when the request was refused before the body was read. `verdict`
    is `accepted`, or the id of the rule that refused the request.
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
    """The time of arrival, by the contract's clock."""
    reasons: tuple[Reason, ...] = ()
    """Why it was refused; empty if it was accepted."""
    source: str = ""
    """Where the answer is from: `behaviour` of the server, an `example` of the document, an `answer` of the test; empty
    for a refusal."""
    operation: str = ""
    """The name of the operation that it started or was about; empty for none."""

    @property
    def body(self) -> JsonValue:
        """The body as parsed JSON; None if none was kept."""
        return json.loads(self.sent) if self.sent else None


def indented(value: JsonValue, margin: str = "\n") -> str:
    """Return JSON as `json.dumps` indents it by two spaces; that one is in Python alone, and slower by far."""
    if isinstance(value, str):
        return quoted(value)
    inner = margin + "  "
    if isinstance(value, dict) and value:
        members = [
            f"{quoted(name)}: {quoted(item) if isinstance(item, str) else indented(item, inner)}"
            for name, item in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(members)}{margin}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join([indented(item, inner) for item in value])}{margin}]"
    return repr(value) if value.__class__ is int else json.dumps(value)


def json_reply(
    status: int,
    body: JsonObject,
    *,
    pretty: bool,
    headers: tuple[tuple[str, str], ...] = (),
    rule: str | None = None,
    evidence: str | None = None,
    reasons: tuple[Reason, ...] = (),
) -> Reply:
    """Return a JSON reply, formatted as the service does: indented by two spaces with a final newline, or
    compact."""
    text = indented(body) + "\n" if pretty else json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    # An error may quote a lone surrogate from the request, which has no UTF-8 form.
    return Reply(
        status=status,
        body=text.encode("utf-8", "replace"),
        headers=headers,
        rule=rule,
        evidence=evidence,
        reasons=reasons,
    )
