"""Sizes of media, as Discovery documents write them."""

from __future__ import annotations

import re
from typing import Final

_SIZE: Final = re.compile(r"(\d{1,15}) *(?:([KMGT])?B)?", re.ASCII | re.IGNORECASE)


def media_size(text: str | None) -> int | None:
    """Return the bytes of a size such as `5120GB`; None for one that is not stated, or not known."""
    found = _SIZE.fullmatch(text or "")
    return None if found is None else int(found[1]) * 1024 ** " KMGT".index((found[2] or " ").upper())
