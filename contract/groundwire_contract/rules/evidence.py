"""A rule of the contract, with the evidence for it."""

from __future__ import annotations

import enum
from typing import Final

from attrs import frozen


class Evidence(enum.StrEnum):
    """The source of a rule, most certain first."""

    SEEN = "V"
    """Seen verbatim in public for Earth Engine itself."""
    SEEN_ELSEWHERE = "V*"
    """Seen verbatim on another Google API behind the same front end, with other names."""
    DOCUMENTED = "D"
    """Stated by the official reference."""
    SENT = "C"
    """Recorded from the official clients."""
    INFERRED = "I"
    """Inferred from the others."""


@frozen(kw_only=True)
class Rule:
    """One behaviour of the service: its id, what it states, its evidence, and the source."""

    id: str
    evidence: Evidence
    statement: str
    source: str
    enforced: bool = True
    """True if it is enforced by default."""


FRONT_END: Final = "Google's API front end"
"""The source of rules that all Google APIs share."""


def rule(id: str, evidence: Evidence, statement: str, source: str, *, enforced: bool = True) -> Rule:
    """Return a rule from positional values, for the tables."""
    return Rule(id=id, evidence=evidence, statement=statement, source=source, enforced=enforced)
