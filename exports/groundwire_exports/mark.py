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
_CUT_BYTES: Final = 5


def mark(request_id: str) -> str:
    """The mark of a request id: `.gw-` and 16 of `a-z2-7`, always the same for the same id (80 bits of SHA-256)."""
    return f".gw-{_digest(request_id, _BYTES)}"


def marked(description: str | None, request_id: str) -> str:
    """Return the description with the mark at its end, in at most 100 characters.

    A text of more than 80 is cut to 70, and gets `..` and 8 of `a-z2-7` (40 bits of its SHA-256): exports of one request
    id whose texts differ only in what is cut off must not pass for each other.
    """
    end = mark(request_id)
    text = (description or "").removesuffix(end)
    room = LONGEST - len(end)
    if len(text) > room:
        cut = f"..{_digest(text, _CUT_BYTES)}"
        text = f"{text[: room - len(cut)]}{cut}"
    return f"{text}{end}"


def _digest(text: str, count: int) -> str:
    digest = sha256(text.encode("utf-8", "surrogatepass")).digest()[:count]
    return b32encode(digest).decode("ascii").lower()


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
