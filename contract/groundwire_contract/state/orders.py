"""What a test orders of the contract: rules that are not enforced, refusals for the next requests."""

from __future__ import annotations

from collections import deque
from typing import Final

from ..errors import Refusal
from ..rules import OFF


class Orders:
    """The orders of one process; no file keeps them. `relaxed` are the rules that are not enforced from the start."""

    def __init__(self, relaxed: frozenset[str] = OFF) -> None:
        self._usual = relaxed
        self.relaxed = relaxed
        self.refusals: Final = deque[tuple[str | None, Refusal]]()

    def withdraw(self) -> None:
        """Forget all orders but those from the start."""
        self.relaxed = self._usual
        self.refusals.clear()

    def next_refusal(self, method: str) -> Refusal | None:
        """A refusal that a test ordered for the next request of a method; it is used up."""
        for index, (wanted, refusal) in enumerate(self.refusals):
            if wanted is None or method.endswith(wanted):
                del self.refusals[index]
                return refusal
        return None
