"""The verdict for each kind of change: one rule each, with an id, a kind, a verdict and a sentence."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from .kind import Kind
from .rules_of_calls import CALLS
from .rules_of_types import TYPES
from .verdict import Verdict

__all__ = ["RULES", "Kind", "Rule", "Verdict"]


@frozen
class Rule:
    """A rule of the diff: the verdict for one kind of change, with the reason."""

    id: str
    kind: Kind
    verdict: Verdict
    sentence: str


RULES: Final = {id_: Rule(id_, kind, verdict, sentence) for id_, kind, verdict, sentence in (*CALLS, *TYPES)}
"""Every rule by its id."""
