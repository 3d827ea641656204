"""The evidence of a rule, as its letter and its word."""

from __future__ import annotations

from typing import Final

from ..rules.evidence import Mark
from .element import Html, element

WORDS: Final = {
    Mark.SEEN: "seen",
    Mark.SEEN_ELSEWHERE: "seen elsewhere",
    Mark.DOCUMENTED: "documented",
    Mark.SENT: "sent",
    Mark.INFERRED: "inferred",
}


def mark(evidence: Mark) -> Html:
    """How sure a rule is."""
    return element(
        "span",
        element("b", evidence.value),
        f" {WORDS[evidence]}",
        class_="mark",
        data_mark=evidence.value,
    )
