"""Marks: a description that tells which request id its export was started with.

An operation's metadata repeats the description and no request id, so a mark is what a lost start is found by.
"""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256
from typing import Final

from groundwire_runtime.errors import ArgumentError, shortened

LONGEST: Final = 100
"""Characters that a description may have."""
_BYTES: Final = 10


def mark(request_id: str) -> str:
    """The mark of a request id: `.gw-` and 16 of `a-z2-7`, always the same for the same id (80 bits of SHA-256)."""
    digest = sha256(request_id.encode("utf-8", "surrogatepass")).digest()[:_BYTES]
    return f".gw-{b32encode(digest).decode('ascii').lower()}"


def marked(description: str | None, request_id: str) -> str:
    """The description with the mark at its end; its own end is cut off where both have more than 100 characters."""
    end = mark(request_id)
    text = (description or "").removesuffix(end)
    return f"{text[: LONGEST - len(end)]}{end}"


def unmarked(description: str) -> str:
    """Return a description without its mark. Raises ArgumentError for anything but a str."""
    if not isinstance(description, str):  # pyright: ignore[reportUnnecessaryIsInstance] # callers are untrusted
        raise ArgumentError(
            f"description: expected a str, got {shortened(description)}",
            hint='An operation may have none: unmarked(metadata.description or "").',
        )
    text, _, digits = description.rpartition(".gw-")
    is_mark = len(digits) == _BYTES * 8 // 5 and all(
        each in "abcdefghijklmnopqrstuvwxyz234567" for each in digits
    )
    return text if is_mark else description
