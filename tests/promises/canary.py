"""A watch over every log record of a run: no secret may show in one."""

from __future__ import annotations

import logging
import re
from typing import Final

CANARY: Final = "canary-7b21e94d"
"""Part of every secret that a test makes up."""
_SECRET: Final = re.compile(r"canary-|bearer [\w-]|ya29\.|begin (rsa )?private key", re.IGNORECASE)


class Watch(logging.Handler):
    """Keeps what shows a secret, formatted as a log would have it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.hits: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one record, its traceback included."""
        text = f"{self.format(record)} {record.args!r}"
        if _SECRET.search(text):
            self.hits.append(text)

    def taken(self) -> list[str]:
        """The hits since the last time."""
        hits, self.hits = self.hits, []
        return hits
