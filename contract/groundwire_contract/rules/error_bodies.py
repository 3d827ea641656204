"""The JSON form of a refusal: google.rpc.Status."""

from __future__ import annotations

import html
from typing import Final

from attrs import field, frozen

from ..exchange import JsonObject, JsonValue, Reason, Reply, json_reply
from .registry import RULES

STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""The google.rpc status of each HTTP status used here."""
CODES: Final = {
    400: 3,
    401: 16,
    403: 7,
    404: 5,
    409: 6,
    429: 8,
    500: 13,
    501: 12,
    503: 14,
    504: 4,
}
"""The google.rpc.Code of each HTTP status used here, which the error of an operation has."""
TOLD: Final = 20
"""Faults of one refusal that tests show."""


@frozen(kw_only=True)
class Fault:
    """One fault of a request: its rule, message, and proto path (empty for the top level).

    `pointer` is the same place by the names that were sent: a JSON pointer into the body, or the name of a
    parameter.
    """

    rule: str
    message: str
    path: str = ""
    pointer: str = ""
    meant: str = ""
    """A suggestion for a misspelt name, which the service does not give."""

    @property
    def reason(self) -> Reason:
        """The fault as tests show it. A pointer into the body begins with a slash; other names are those of parameters."""
        in_body = not self.pointer or self.pointer.startswith("/")
        place = "body" if in_body else "query"
        message = self.message.removesuffix(".") + self.meant if self.meant else self.message
        return Reason(message=message, place=place, pointer=self.pointer)


@frozen(kw_only=True)
class Refusal:
    """A refused request: the rule, the HTTP status, the message and its details."""

    rule: str
    code: int
    message: str
    details: tuple[JsonObject, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    faults: tuple[Fault, ...] = field(default=(), repr=False)
    """The faults for which it refuses, with their places."""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it refuses, as tests show it."""
        return tuple(each.reason for each in self.faults[:TOLD]) or (Reason(message=self.message),)

    @property
    def body(self) -> JsonObject:
        """The error body; `details` is omitted if there are none, `status` if no google.rpc status has the code."""
        error: JsonObject = {"code": self.code, "message": self.message}
        if self.code in STATUS:
            error["status"] = STATUS[self.code]
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}

    def reply(self, *, pretty: bool = True) -> Reply:
        """Return the answer, which names the rule."""
        rule = RULES.get(self.rule)
        evidence = rule.evidence.value if rule else None
        return json_reply(
            self.code,
            self.body,
            pretty=pretty,
            headers=self.headers,
            rule=self.rule,
            evidence=evidence,
            reasons=self.reasons,
        )


def bad_request(faults: tuple[Fault, ...]) -> Refusal:
    """Refuse a request for all its faults: a line and a field violation each, in body order."""
    violations: list[JsonValue] = [
        {"field": fault.path, "description": fault.message} if fault.path else {"description": fault.message}
        for fault in faults
    ]
    return Refusal(
        rule=faults[0].rule,
        code=400,
        message="\n".join(fault.message for fault in faults),
        details=({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations},),
        faults=faults,
    )


def invalid_argument(rule: str, message: str) -> Refusal:
    """Refuse a request with a message and no details."""
    return Refusal(rule=rule, code=400, message=message)


def not_found(path: str) -> Reply:
    """Return the HTML page for an unknown path."""
    shown = html.escape(path)
    page = (
        "<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error 404 (Not Found)!!1</title>\n"
        f"  <p><b>404.</b> <ins>That\u2019s an error.</ins>\n  <p>The requested URL <code>{shown}</code> was not "
        "found on this server.  <ins>That\u2019s all we know.</ins>\n"
    )
    return Reply(
        status=404,
        body=page.encode("utf-8", "replace"),
        content_type="text/html; charset=UTF-8",
        rule="unknown-path",
        evidence=RULES["unknown-path"].evidence.value,
        reasons=(Reason(message="The API has no method with this verb and path.", place="path"),),
    )
