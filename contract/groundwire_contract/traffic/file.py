"""A file of recorded traffic, JSONL or HAR, detected by its content."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final

from .har import read_har
from .recording import Record, read_jsonl

_HAR: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:')


def read_traffic(stream: io.BufferedReader, host: str) -> Iterator[Record | None]:
    """Iterate over the records of a file; None for one that is not a call of the API at `host`.

    JSONL is read line by line, HAR as a whole. Raises UnreadableError, OSError.
    """
    return read_har(stream, host) if _HAR.match(stream.peek()) else read_jsonl(stream)
