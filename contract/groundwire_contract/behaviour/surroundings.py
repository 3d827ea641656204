"""What is there around the service, as far as a request does not say it: declared by a test or on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import frozen


@frozen(kw_only=True)
class Surroundings:
    """Assets that exist, buckets that cannot be written, and the requests a minute that each caller may make."""

    assets: frozenset[str] = frozenset()
    unwritable: frozenset[str] = frozenset()
    rate: int | None = None
    """None is no limit: no figure is known for certain."""


NOTHING: Final = Surroundings()
"""Nothing declared."""


class Meter:
    """Counts the requests of each caller in the present minute."""

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._made: dict[str, int] = {}

    def admits(self, caller: str, now: datetime, rate: int) -> bool:
        """Count a request, unless the caller has made so many in this minute."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._made = minute, {}
        made = self._made.get(caller, 0)
        if made >= rate:
            return False
        self._made[caller] = made + 1
        return True
