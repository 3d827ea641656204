"""Request tags: a suffix of an export's description that identifies its request id.

An operation's metadata has the description but no request id, so a lost start is found by its tag in a listing.
"""

from __future__ import annotations

import math
from base64 import b32encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

from attrs import frozen
from groundwire import Operation
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


@frozen(kw_only=True)
class Listing:
    """The result of one listing, which began at `began` by the client's clock; -inf if it is incomplete.

    Reading stops when the operation is found.
    """

    began: float = -math.inf
    operation: Operation | None = None
    """The operation that was searched for."""
    namesake: Operation | None = None
    """An operation with the same tag but another description."""
    unfinished: int = 0
    """Unfinished operations."""


def read_listing(
    operations: Iterable[Operation], *, wanted: Mapping[str, str], tag: str, began: float
) -> Listing:
    """Search a listing for an operation whose description is one of `wanted`."""
    namesake: Operation | None = None
    unfinished = 0
    for operation in operations:
        description = description_of(operation)
        if description in wanted:
            return Listing(began=began, operation=operation)
        unfinished += not operation.done
        if description.endswith(tag):
            namesake = operation
    return Listing(began=began, namesake=namesake, unfinished=unfinished)


def description_of(operation: Operation) -> str:
    """Return the description in an operation's metadata of any version; empty if there is none."""
    metadata = operation.metadata
    if metadata is None:
        return ""
    description = metadata.get("description") if isinstance(metadata, Mapping) else metadata.description
    return description if isinstance(description, str) else ""
