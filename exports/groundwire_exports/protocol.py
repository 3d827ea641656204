"""The decisions of a start that must happen once, as pure functions of what its answers and listings said.

For each user the service starts at most one export with a request id. A full queue refuses a start and may use its id
up. So the same id may always be sent again, and the danger is in moving to another one:

* A 429 drops an id only if this call made it and sent it once: then nobody can have started an export with it.
* Any other id is given up only after it was refused as a repeat, and a complete listing that began at least `settle`
  seconds after its last send has no operation of it. Its follower comes next, the same one in every process.
"""

from __future__ import annotations

import enum
import re
from base64 import b32encode
from hashlib import sha256
from typing import Final

from attrs import evolve, frozen

LONGEST_ID: Final = 60
"""Characters that a request id may have."""
FOLLOWERS: Final = 99
"""Followers of a request id."""
TRIES: Final = 10
"""Sends of a start that did nothing, after which its last error is raised."""
LOOKS: Final = 4
"""Complete listings without the operation of a lost start, where nothing but a listing can find it."""
_DIGEST: Final = 16
_FOLLOWER: Final = re.compile(r"-q[1-9]\d?\Z", re.ASCII)


class Answer(enum.Enum):
    """What came of one send of a request id."""

    LOST = enum.auto()
    """It may have started an export; the same send may get a better answer."""
    BROKEN = enum.auto()
    """It may have started an export; the same send would get the same answer."""
    REPEAT = enum.auto()
    """Refused: the id was used before, by this send's predecessors or by others."""
    FULL = enum.auto()
    """Refused by a full queue."""
    THROTTLED = enum.auto()
    """Refused for now."""
    UNSENT = enum.auto()
    """It never left."""
    REFUSED = enum.auto()
    """Refused for good."""


class Step(enum.Enum):
    """What comes next."""

    SEND = enum.auto()
    """Send the same id again."""
    RENEW = enum.auto()
    """Drop the id, and send a new one."""
    LOOK = enum.auto()
    """Read the listing."""
    FOLLOW = enum.auto()
    """Give the id up, and send its follower."""
    RAISE = enum.auto()
    """Raise the refusal: this call started nothing."""
    UNKNOWN = enum.auto()
    """Raise OutcomeUnknown."""


@frozen(kw_only=True)
class Known:
    """What one call knows about the request id that it sends. `answered` is when the last send ended, on its clock."""

    request_id: str
    made_here: bool = False
    """This call made the id, so nobody else can have sent it."""
    sends: int = 0
    """Sends that may have arrived."""
    doubtful: bool = False
    """One of them may have started an export."""
    last: Answer | None = None
    answered: float = 0.0
    looks: int = 0
    """Complete listings without its operation."""

    def after(self, answer: Answer, now: float) -> Known:
        """The same once a send of it has ended."""
        # A new id that is refused as a repeat was doubled on its way.
        doubt = answer in (Answer.LOST, Answer.BROKEN) or (answer is Answer.REPEAT and self.made_here)
        return evolve(
            self,
            sends=self.sends + (answer is not Answer.UNSENT),
            doubtful=self.doubtful or doubt,
            last=answer,
            answered=now,
        )


def after_answer(known: Known, *, wait: bool, tries: int) -> Step:
    """The step after a send. `wait`: wait for room in a full queue; `tries`: sends in a row that did nothing."""
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
    """The step after a complete listing that began at `began` and has no operation of the id.

    `room`: fewer operations are unfinished than a full queue holds; `given_up`: ids that this call gave up.
    """
    if known.last is Answer.FULL:
        return Step.SEND if wait or known.doubtful else Step.RAISE
    if known.last is not Answer.REPEAT:
        # The lost send may be on its way still, however long a listing does without it.
        return Step.UNKNOWN if known.looks >= LOOKS else Step.LOOK
    if began < known.answered + settle:
        return Step.LOOK
    # A full queue would use the follower up too. How the service counts is not known, so patience has an end.
    if wait and not room and began < known.answered + settle * 2 ** (given_up + 1):
        return Step.LOOK
    return Step.FOLLOW


def out_of_time(known: Known, *, full: bool) -> Step:
    """The step when no time is left; `full`: this call met a full queue."""
    refused = full or known.last in (Answer.FULL, Answer.THROTTLED, Answer.UNSENT)
    return Step.RAISE if refused and not known.doubtful else Step.UNKNOWN


def is_follower(request_id: str) -> bool:
    """Return whether an id has the form of a follower, so that it may stand for the start of another id."""
    return _FOLLOWER.search(request_id) is not None


def follower(request_id: str, number: int) -> str:
    """Follower `number` (from 1) of a request id: `ID-q1`, `ID-q2`, the same in every process.

    An id that leaves no room within 60 characters is cut, and gets 16 characters of its SHA-256 (80 bits), so that
    ids that differ only in what is cut off have followers that differ.
    """
    end = f"-q{number}"
    if len(request_id) + len(end) > LONGEST_ID:
        digest = (
            b32encode(sha256(request_id.encode("utf-8", "surrogatepass")).digest()).decode("ascii").lower()
        )
        end = f"-{digest[:_DIGEST]}{end}"
    return f"{request_id[: LONGEST_ID - len(end)]}{end}"
