"""Request tags: a suffix of an export's description that identifies its request id.

An operation's metadata has the description but no request id, so a lost start is found by its tag.
"""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256
from typing import Final

from groundwire_runtime.errors import ArgumentError, shortened

LONGEST: Final = 100
"""Maximum characters of a description."""
_BYTES: Final = 10
_CUT_BYTES: Final = 5


def request_tag(request_id: str) -> str:
    """Return the tag of a request id: `.gw-` and 16 characters of `a-z2-7` (80 bits of SHA-256)."""
    return f".gw-{_digest(request_id, _BYTES)}"


def tagged(description: str | None, request_id: str) -> str:
    """Return a description with the tag appended, in at most 100 characters.

    A text of more than 80 is cut to 70, with `..` and 8 characters of `a-z2-7` (40 bits of its SHA-256)
    appended. So exports with one request id whose descriptions differ only in the cut part are not confused.
    """
    end = request_tag(request_id)
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
    """Return a description without its tag. Raises ArgumentError for anything but a str."""
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
