"""Decisions of an exactly-once start, as pure functions of its answers and listings.

For each user the service starts at most one export with a request id. A full queue refuses a start and may use up its
id. So the same id may always be sent again; only changing the id is dangerous:

* A 429 drops an id only if this call created it and sent it once: then nobody can have started an export with it.
* Any other id is given up only after it was refused as a repeat, and a complete listing that began at least `settle`
  seconds after its last send lacks its operation. Then its follower is sent, the same one in every process.
"""

from __future__ import annotations

import enum
import math
import re
from base64 import b32encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

from attrs import evolve, frozen
from groundwire import Operation
from groundwire_runtime.errors import ArgumentError, shortened

LONGEST_ID: Final = 60
"""Maximum characters of a request id."""
FOLLOWERS: Final = 99
"""Maximum followers of a request id."""
TRIES: Final = 10
"""Maximum consecutive sends without effect; then the last error is raised."""
LOOKS: Final = 4
"""Maximum complete listings in search of a lost start."""
_DIGEST: Final = 16
_FOLLOWER: Final = re.compile(r"-q[1-9]\d?\Z", re.ASCII)


class Answer(enum.Enum):
    """The outcome of one send of a request id."""

    LOST = enum.auto()
    """It may have started an export, and a repeat may get a better answer."""
    BROKEN = enum.auto()
    """It may have started an export, and a repeat would get the same answer."""
    REPEAT = enum.auto()
    """Refused: the id was used before, by an earlier send or another process."""
    FULL = enum.auto()
    """Refused by a full queue."""
    THROTTLED = enum.auto()
    """Refused for now."""
    UNSENT = enum.auto()
    """Not sent."""
    REFUSED = enum.auto()
    """Refused permanently."""


class Step(enum.Enum):
    """The next step of a start."""

    SEND = enum.auto()
    """Send the same id again."""
    RENEW = enum.auto()
    """Drop the id and send a new one."""
    LOOK = enum.auto()
    """Read the listing."""
    FOLLOW = enum.auto()
    """Give up the id and send its follower."""
    RAISE = enum.auto()
    """Raise the refusal: this call started nothing."""
    UNKNOWN = enum.auto()
    """Raise OutcomeUnknown."""


@frozen(kw_only=True)
class Known:
    """The knowledge of one call about its current request id. `answered` is when the last send ended, by its clock."""

    request_id: str
    made_here: bool = False
    """True if this call created the id, so that nobody else can have sent it."""
    sends: int = 0
    """Sends that may have arrived."""
    doubtful: bool = False
    """True if a send may have started an export."""
    last: Answer | None = None
    answered: float = 0.0
    looks: int = 0
    """Complete listings without its operation."""

    def after(self, answer: Answer, now: float) -> Known:
        """Return the state after a send has ended."""
        # If a new id is refused as a repeat, the network duplicated the request.
        doubt = answer in (Answer.LOST, Answer.BROKEN) or (answer is Answer.REPEAT and self.made_here)
        return evolve(
            self,
            sends=self.sends + (answer is not Answer.UNSENT),
            doubtful=self.doubtful or doubt,
            last=answer,
            answered=now,
        )


def after_answer(known: Known, *, wait: bool, tries: int) -> Step:
    """Return the step after a send.

    `wait`: wait for room in a full queue. `tries`: consecutive sends without effect.
    """
    droppable = known.made_here and known.sends == 1
    match known.last:
        case Answer.REPEAT | Answer.BROKEN:
            return Step.LOOK
        case Answer.FULL if droppable:
            return Step.RENEW if wait else Step.RAISE
        case Answer.FULL if known.doubtful or not known.looks:
            # An earlier send, or another process, may have started it.
            return Step.LOOK
        case Answer.FULL:
            return Step.SEND if wait else Step.RAISE
        case Answer.REFUSED:
            return Step.LOOK if known.doubtful else Step.RAISE
        case Answer.THROTTLED | Answer.UNSENT if tries >= TRIES and not known.doubtful:
            return Step.RAISE
        case Answer.THROTTLED if droppable:
            return Step.RENEW
        case _:
            return Step.SEND


def after_listing(
    known: Known, *, began: float, settle: float, wait: bool, room: bool, given_up: int
) -> Step:
    """Return the step after a complete listing, begun at `began`, that lacks the id's operation.

    `room`: the project has fewer unfinished operations than a full queue. `given_up`: ids that this call gave up.
    """
    if known.last is Answer.FULL:
        return Step.SEND if wait or known.doubtful else Step.RAISE
    if known.last is not Answer.REPEAT:
        # The lost send may still be on its way, however long listings lack it.
        return Step.UNKNOWN if known.looks >= LOOKS else Step.LOOK
    if began < known.answered + settle:
        return Step.LOOK
    # A full queue would use up the follower too. The service's way of counting is unknown, so this wait is
    # bounded.
    if wait and not room and began < known.answered + settle * 2 ** (given_up + 1):
        return Step.LOOK
    return Step.FOLLOW


def out_of_time(known: Known, *, full: bool) -> Step:
    """Return the step when time has run out; `full`: this call met a full queue."""
    refused = full or known.last in (Answer.FULL, Answer.THROTTLED, Answer.UNSENT)
    return Step.RAISE if refused and not known.doubtful else Step.UNKNOWN


def is_follower(request_id: str) -> bool:
    """Return True if an id has the form of a follower and may stand for the start of another id."""
    return _FOLLOWER.search(request_id) is not None


def follower(request_id: str, number: int) -> str:
    """Return follower `number` (from 1) of a request id: `ID-q1`, `ID-q2`, the same in every process.

    An id that is too long for that within 60 characters is cut, and gets 16 characters of its SHA-256 (80 bits). So
    ids that differ only in the cut part have different followers.
    """
    end = f"-q{number}"
    if len(request_id) + len(end) > LONGEST_ID:
        digest = (
            b32encode(sha256(request_id.encode("utf-8", "surrogatepass")).digest()).decode("ascii").lower()
        )
        end = f"-{digest[:_DIGEST]}{end}"
    return f"{request_id[: LONGEST_ID - len(end)]}{end}"


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


_NAME: Final = re.compile(r"projects/[^/\s]+/operations/[^/\s]+")


def is_operation_name(name: object) -> bool:
    """Return True for `projects/{project}/operations/{id}`."""
    return isinstance(name, str) and name.isprintable() and _NAME.fullmatch(name) is not None
