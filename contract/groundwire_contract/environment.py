"""What is there around the service, as far as a request does not say it: declared by a test or on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import field, frozen
from attrs.validators import ge, le

from .rules.refusals import QUEUE_LIMIT

_LONGEST_LAG: Final = 1e9


@frozen(kw_only=True)
class Environment:
    """Server-side state that a test can declare: assets that exist, buckets that cannot be written, limits, and lag."""

    assets: frozenset[str] = frozenset()
    unwritable: frozenset[str] = frozenset()
    rate: int | None = None
    """Requests a minute of each caller. None is no limit: no figure is known for certain."""
    queue_limit: int = field(default=QUEUE_LIMIT, validator=ge(0))
    """Unfinished operations that a project may hold."""
    listing_lag: float = field(default=0.0, validator=[ge(0), le(_LONGEST_LAG)])
    """Seconds after its start in which no listing has an operation; `get` has it at once."""


NOTHING: Final = Environment()
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
