"""A violation of the contract in recorded traffic, as text and JSON."""

from __future__ import annotations

import enum

from attrs import frozen
from groundwire_codegen.problem import visible

from ..exchange import JsonObject
from ..rules.error_bodies import Fault
from ..rules.evidence import Evidence
from ..rules.registry import RULES
from .recording import Record


class Place(enum.StrEnum):
    """The part of an exchange in which a violation is."""

    REQUEST = "request"
    """The body of the request."""
    RESPONSE = "response"
    """The body of the answer."""
    QUERY = "query"
    PATH = "path"
    HEADER = "header"


@frozen(kw_only=True)
class Violation:
    """One violation of the contract.

    `pointer` is a JSON pointer into the body of `place`, or the name of a parameter or header. `method` is
    the Discovery id, None for an unknown path.
    """

    record: int
    line: int | None
    method: str | None
    place: Place
    pointer: str
    rule: str
    message: str

    @property
    def evidence(self) -> Evidence:
        """The evidence of the rule."""
        return RULES[self.rule].evidence

    @property
    def json(self) -> JsonObject:
        """The violation in the form of `--format json`."""
        return {
            "record": self.record,
            "line": self.line,
            "method": self.method,
            "place": self.place.value,
            "pointer": self.pointer,
            "rule": self.rule,
            "evidence": self.evidence.value,
            "message": self.message,
        }

    @property
    def text(self) -> str:
        """The violation as text for terminals, with control characters escaped."""
        where = f"record {self.record}" + (f" (line {self.line})" if self.line is not None else "")
        at = f"{self.place.value} {self.pointer}".rstrip()
        message = "\n".join("    " + visible(line) for line in self.message.split("\n"))
        return f"{where} {self.method or '(no method)'}\n  {self.rule} [{self.evidence.value}] at {visible(at)}\n{message}"


def violation(record: Record, method: str | None, place: Place, fault: Fault) -> Violation:
    """Return the violation for a fault in a record."""
    return Violation(
        record=record.number,
        line=record.line,
        method=method,
        place=place,
        pointer=fault.pointer,
        rule=fault.rule,
        message=fault.message,
    )
