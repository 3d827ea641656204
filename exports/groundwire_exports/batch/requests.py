"""Requests as a ledger keeps them: checked, as JSON, with a digest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise
from typing import Final

from attrs import evolve
from groundwire import (
    CloudStorageDestination,
    DriveDestination,
    EarthEngineDestination,
    ExportImageRequest,
    decode,
    encode,
)
from groundwire_runtime.errors import ArgumentError, shortened

from .arguments import checked_name
from .errors import lost
from .ids import tagged_description
from .records import Entry

LONGEST_KEY: Final = 200
MAX_PRIORITY: Final = 2**31 - 1
_OTHER_KINDS: Final = ("Table", "VideoMap", "Video", "Map", "Classifier")
_TASK_KINDS: Final = {
    "EXPORT_FEATURES": "table",
    "EXPORT_VIDEO": "video",
    "EXPORT_TILES": "map",
    "EXPORT_CLASSIFIER": "classifier",
}
_DESCRIBING: Final = re.compile(r"[a-zA-Z0-9.,:;_-]{1,80}", re.ASCII)


def entry_of(key: object, request: object, priority: object = None) -> Entry:
    """Return a new entry. Raises ArgumentError, or EncodeError for a request that cannot be sent."""
    key = checked_name(key, "key", LONGEST_KEY)
    if not isinstance(request, ExportImageRequest):
        raise _not_an_image(key, request)
    if request.request_id is not None:
        raise ArgumentError(
            f"{key!r}: the request has a request_id, and a batch makes its own",
            hint="Leave it out: it follows from the name of the batch, the key and the request.",
        )
    data = encode(request)
    # In one order of keys: the same request has the same ids, however it was put together.
    text = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"))
    described = request.description or (key if _DESCRIBING.fullmatch(key) else "")
    entry = Entry(
        key=key,
        seq=0,
        request=text,
        digest=sha256(text.encode("ascii")).hexdigest(),
        description=described,
        output=_output(request),
        priority=_checked_priority(priority, request),
    )
    # Raises EncodeError for a description that no tag can follow.
    encode(evolve(request, description=tagged_description(entry, "x")))
    return entry


def request_to_send(entry: Entry, request_id: str) -> ExportImageRequest:
    """Return the request of an entry with a request id, and its tag in the description."""
    request = decode(ExportImageRequest, entry.request.encode("ascii"))
    return evolve(request, request_id=request_id, description=tagged_description(entry, request_id))


def plain_request(text: str) -> ExportImageRequest:
    """Return a request as it was added, from its JSON in the ledger."""
    return decode(ExportImageRequest, text.encode("ascii"))


def check_apart(key: str, output: str, other_key: str, other: str) -> None:
    """Raise ArgumentError for two outputs of which one begins with the other: their files could not be told apart."""
    if output.startswith(other) or other.startswith(output):
        raise ArgumentError(
            f"{key!r} writes to {output.rstrip()!r}, and {other_key!r} to {other.rstrip()!r}: "
            "their files could not be told apart",
            hint="Give prefixes of which none begins with another one: pad numbers (tile-0001), or end each with '/'.",
        )


def checked_text(entry: Entry, text: str) -> str:
    """Return the JSON of an entry's request. Raises LedgerError for another one: its request id would start it again."""
    if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != entry.digest:
        raise lost(f"the request of {entry.key!r}")
    return text


def check_digest(entry: Entry, digest: str) -> None:
    """Raise ArgumentError if the request under an entry's key has another digest."""
    if entry.digest != digest:
        raise ArgumentError(
            f"{entry.key!r} has another request in the batch",
            hint="Use another key, or rerun=... for the whole batch.",
        )


def check_all_apart(entries: Iterable[Entry]) -> None:
    """Raise ArgumentError as `check_apart` does, for any two entries of different keys."""
    ordered = sorted((entry for entry in entries if entry.output), key=lambda entry: entry.output)
    # What begins with an output follows it at once in this order, or something between them begins with it too.
    for first, second in pairwise(ordered):
        if first.key != second.key:
            check_apart(second.key, second.output, first.key, first.output)


def _output(request: ExportImageRequest) -> str:
    """Return where the files of a request begin, or its asset; empty if it does not say so."""
    destination = getattr(request.export_options, "destination", None)
    if isinstance(destination, EarthEngineDestination):
        # Names of assets may begin alike: the line feed is in none.
        return f"{destination.name}\n" if destination.name else ""
    prefix: str = getattr(destination, "filename_prefix", None) or ""
    if isinstance(destination, CloudStorageDestination) and prefix:
        return f"gs://{destination.bucket}/{prefix}"
    if isinstance(destination, DriveDestination) and prefix:
        return f"Drive: {destination.folder or ''}/{prefix}"
    return ""


def _checked_priority(priority: object, request: ExportImageRequest) -> int:
    if priority is None:
        return request.priority if request.priority is not None else 100
    if isinstance(priority, int) and not isinstance(priority, bool) and abs(priority) <= MAX_PRIORITY:
        return priority
    raise ArgumentError(f"priority: expected an int, got {shortened(priority)}")


def _not_an_image(key: str, request: object) -> ArgumentError:
    """Return the refusal of anything but an image export, by its kind."""
    name = type(request).__name__
    kind = next((each.lower() for each in _OTHER_KINDS if name.startswith(f"Export{each}")), "")
    task = str(getattr(request, "task_type", ""))
    kind = kind or next((each for task_type, each in _TASK_KINDS.items() if task_type in task), "")
    if kind:
        return ArgumentError(f"{key!r}: a batch starts image exports only, and this is a {kind} export")
    hint = "request_of(task) makes one of an ee.batch image task." if task else ""
    return ArgumentError(f"{key!r}: expected an ExportImageRequest, got {name}", hint=hint)
