"""How sure a rule of the contract is, as data that travels with every refusal."""

from __future__ import annotations

import enum
from typing import Final

from attrs import frozen


class Evidence(enum.StrEnum):
    """Where a rule was learnt, most certain first."""

    SEEN = "V"
    """Seen verbatim in public for the service itself."""
    SEEN_ELSEWHERE = "V*"
    """Seen verbatim on another Google API behind the same front end, names filled in."""
    DOCUMENTED = "D"
    """Stated by the official reference."""
    SENT = "C"
    """What the official clients send, recorded."""
    INFERRED = "I"
    """Inferred from the other four."""


@frozen(kw_only=True)
class Rule:
    """One handler of the service: its id, what it says, how sure that is, and where it was learnt."""

    id: str
    evidence: Evidence
    statement: str
    source: str
    enforced: bool = True
    """Whether it is enforced unless a test or the command line says otherwise."""


FRONT_END: Final = "Google's API front end"
"""The source of rules that every Google API shares."""


def rule(id: str, evidence: Evidence, statement: str, source: str, *, enforced: bool = True) -> Rule:
    """Return a rule from positional values, for the tables."""
    return Rule(id=id, evidence=evidence, statement=statement, source=source, enforced=enforced)
