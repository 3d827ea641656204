"""Deterministic ids of a batch: a lost ledger, or a second machine, comes to the same ones."""

from __future__ import annotations

import json
from base64 import b32encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from ..protocol import FOLLOWERS, follower, request_tag, tagged
from .records import Entry

_BYTES: Final = 20
"""Bytes of SHA-256 in an id: 160 bits, 32 characters."""


def batch_uid(name: str, rerun: str) -> str:
    """Return the id of a batch: 32 characters of `a-z2-7`."""
    return _digest("batch", name, rerun)


def request_ids(uid: str, entry: Entry, *, attempt: int | None = None) -> Iterator[str]:
    """Iterate over the request ids that an attempt may use: the first one, then its followers.

    They depend on the batch, the key, the request and the attempt alone.
    """
    number = entry.attempt if attempt is None else attempt
    root = f"gw-{_digest(uid, entry.key, entry.digest, str(number))}"
    yield root
    for count in range(FOLLOWERS):
        yield follower(root, count + 1)


def request_id(uid: str, entry: Entry) -> str:
    """Return the request id that an entry is sent with next, or was sent with last."""
    root = next(request_ids(uid, entry))
    return follower(root, entry.burns) if entry.burns else root


def tagged_description(entry: Entry, request_id: str) -> str:
    """Return the description that is sent with a request id. The text before the tag is the same for all ids."""
    text = tagged(entry.description, request_id).removesuffix(request_tag(request_id))
    return tagged(text, request_id)


def _digest(*parts: str) -> str:
    data = json.dumps(parts).encode("ascii")
    return b32encode(sha256(data).digest()[:_BYTES]).decode("ascii").lower()
