"""How the tables write a rule."""

from __future__ import annotations

from typing import Final

from ..evidence import Mark, Rule

FRONT_END: Final = "Google's API front end"


def rule(id: str, mark: Mark, says: str, source: str, *, enforced: bool = True) -> Rule:
    """A rule, in short."""
    return Rule(id=id, mark=mark, says=says, source=source, enforced=enforced)
