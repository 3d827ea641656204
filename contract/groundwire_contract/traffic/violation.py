"""A violation: one thing in recorded traffic that the contract does not allow, and how it is written."""

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
    """What part of an exchange a violation is in."""

    REQUEST = "request"
    """The body of the request."""
    RESPONSE = "response"
    """The body of the answer."""
    QUERY = "query"
    PATH = "path"
    HEADER = "header"


@frozen(kw_only=True)
class Violation:
    """One thing that the contract does not allow.

    `pointer` is a JSON pointer into the body of `place`, or the name of a parameter or header. `method` is the
    discovery id, None for a path that no method has.
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
        """How sure the rule is."""
        return RULES[self.rule].evidence

    @property
    def json(self) -> JsonObject:
        """The violation as `--format json` writes it."""
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
        """The violation for people. What came from outside cannot move the cursor or change colours."""
        where = f"record {self.record}" + (f" (line {self.line})" if self.line is not None else "")
        at = f"{self.place.value} {self.pointer}".rstrip()
        said = "\n".join("    " + visible(line) for line in self.message.split("\n"))
        return f"{where} {self.method or '(no method)'}\n  {self.rule} [{self.evidence.value}] at {visible(at)}\n{said}"


def violation(record: Record, method: str | None, place: Place, fault: Fault) -> Violation:
    """The violation that a fault in a record is."""
    return Violation(
        record=record.number,
        line=record.line,
        method=method,
        place=place,
        pointer=fault.pointer,
        rule=fault.rule,
        message=fault.message,
    )
