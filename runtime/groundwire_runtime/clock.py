"""Time, sleep and chance, as one value that a test replaces."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable

from attrs import frozen


@frozen(kw_only=True)
class Clock:
    """The effects of waiting: seconds of a clock that only runs forward, Unix time, sleep, [0, 1), a new id."""

    monotonic: Callable[[], float] = time.monotonic
    unix: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())


SYSTEM = Clock()
