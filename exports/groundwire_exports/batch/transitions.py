"""Changes of an export's state, as pure functions: after a claim, an answer, a listing, a failure.

`protocol` decides what an answer and a listing mean for a request id; this module keeps its state in the ledger's rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import evolve
from groundwire import Operation, OperationMetadata, Status

from ..protocol import FOLLOWERS, TRIES, Answer, Known, Step, after_answer, after_listing
from ..states import state_of
from .records import Entry, State
from .rules import FailureRule

LEASE: Final = 90.0
"""Seconds for which no other process sends an id that one has claimed. It saves work; nothing rests on it."""
_LONGEST_PAUSE: Final = 600.0
_LONGEST_ASKED: Final = 3600.0
"""Maximum seconds to wait because the service asks for it."""
_SKEW: Final = 60.0
"""Seconds by which the clocks of processes of one ledger may differ."""
_FIRST_PAUSE: Final = 5.0
_TEXT: Final = 2000
"""Maximum characters of an error that are kept."""


def claimed(entry: Entry, now: float) -> Entry:
    """Return an entry whose request id is being sent; written to the ledger before the send.

    Should the process die, the send counts as one that may have started an export.
    """
    return evolve(
        entry,
        state=State.STARTING,
        sends=entry.sends + 1,
        doubtful=1,
        sent=entry.sent + 1,
        sent_at=now,
        lease_until=now + LEASE,
    )


def after_send(
    before: Entry, answer: Answer, *, request_id: str, now: float, chance: float, at_least: float = 0.0
) -> Entry:
    """Return the entry after a send that brought no operation; `before` is the entry before its claim.

    `chance`: a number in [0, 1). `at_least`: seconds that the service asked to wait.
    """
    known = before.known(request_id).after(answer, now)
    entry = evolve(_with(before, known), sent=before.sent + 1, sent_at=now, lease_until=0.0)
    step = after_answer(known, wait=True, tries=0)
    if step is Step.RAISE:
        return evolve(entry, state=State.REFUSED, ended=now)
    if answer is Answer.FULL:
        # The same id is sent again: a 429 never retires one that another process may have sent.
        return evolve(entry, state=State.WAITING)
    if step is Step.LOOK:
        return evolve(entry, state=State.SETTLING, looks=0)
    pause = chance * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(entry.sent, 16))
    return evolve(entry, state=State.WAITING, not_before=now + max(pause, min(at_least, _LONGEST_ASKED)))


def after_absence(entry: Entry, *, request_id: str, began: float, settle: float, hold: bool) -> Entry:
    """Return the entry after a complete listing, begun at `began`, that lacks all of its operations.

    `hold`: change no id on the word of a listing alone.
    """
    if entry.state is not State.SETTLING:
        return _cancelled_unseen(entry, began=began, settle=settle)
    known = entry.known(request_id)
    known = evolve(known, looks=known.looks + 1)
    step = after_listing(known, began=began, settle=settle, wait=True, room=True, given_up=entry.burns)
    entry = _with(entry, known)
    if step is Step.FOLLOW:
        if entry.cancelling:
            return evolve(entry, state=State.CANCELLED, ended=began)
        if hold or entry.burns >= FOLLOWERS:
            return evolve(entry, state=State.HELD, error=_HELD, ended=began)
        # The id was used up by a full queue.
        fresh = Known(request_id=request_id)
        return evolve(_with(entry, fresh), state=State.WAITING, burns=entry.burns + 1, not_before=0.0)
    if step is Step.UNKNOWN and began >= entry.answered + settle:
        if entry.sends >= TRIES:
            return evolve(entry, state=State.HELD, error=entry.error or _HELD, ended=began)
        # The same id cannot start a second export, and its answer may be a better one now.
        return evolve(entry, state=State.WAITING, not_before=0.0)
    return entry


def as_cancelled(entry: Entry, now: float) -> Entry:
    """Return a live entry as one to be cancelled; one that was never sent is at once."""
    if entry.state is State.WAITING and not entry.sends and not entry.burns:
        return evolve(entry, cancelling=1, state=State.CANCELLED, ended=now)
    return evolve(entry, cancelling=1)


_HELD: Final = "Nobody can know whether it was started. retry() sends the same request id again."


def _cancelled_unseen(entry: Entry, *, began: float, settle: float) -> Entry:
    """Return a waiting entry as cancelled once listings must have its start, if there was one."""
    is_settled = not entry.sends or began >= max(entry.answered, entry.sent_at + LEASE) + settle
    if entry.cancelling and entry.state is not State.ACTIVE and is_settled:
        return evolve(entry, state=State.CANCELLED, ended=began)
    return entry


def with_operation(entry: Entry, operation: Operation, *, now: float, attempt: int, burns: int) -> Entry:
    """Return the entry with an operation as it was last seen; it ends if the operation has."""
    metadata = operation.metadata if isinstance(operation.metadata, OperationMetadata) else None
    entry = evolve(
        entry,
        operation=operation.name or "",
        attempt=attempt,
        burns=burns,
        # Its start is settled.
        doubtful=0,
        last="",
        lease_until=0.0,
        started=entry.started if entry.operation == operation.name else now,
    )
    if metadata is not None:
        entry = evolve(
            entry,
            operation_state=str(metadata.state or ""),
            operation_attempt=metadata.attempt or 0,
            progress=metadata.progress or 0.0,
            uris=json.dumps(list(metadata.destination_uris)),
            eecu_seconds=metadata.batch_eecu_usage_seconds or 0.0,
            started=_unix(metadata.create_time) or entry.started,
        )
    if not operation.done:
        return evolve(entry, state=State.ACTIVE)
    ended = (_unix(metadata.end_time) if metadata is not None else 0.0) or now
    end = state_of(operation)
    if end == State.SUCCEEDED:
        return evolve(entry, state=State.SUCCEEDED, code=0, error="", progress=1.0, ended=ended)
    if end == "UNKNOWN":
        return evolve(entry, state=State.HELD, error=_NO_RESULT, ended=ended)
    status = operation.result if isinstance(operation.result, Status) else Status(message=_NO_MESSAGE)
    return evolve(
        entry, state=State(end), code=status.code or 0, error=clean(status.message or ""), ended=ended
    )


_NO_MESSAGE: Final = "The service gave no error."
_NO_RESULT: Final = (
    "Its operation has ended, and the service does not say how. Look for its files before retry()."
)


def as_of(entry: Entry, now: float, longest: float) -> Entry:
    """Return an entry without times that are too late for its state: a clock that was set back leaves them.

    `longest`: seconds of the longest pause before another try. What was answered in the future counts as answered now.
    """
    return evolve(
        entry,
        answered=entry.answered if entry.answered <= now + _SKEW else now,
        sent_at=entry.sent_at if entry.sent_at <= now + _SKEW else now,
        started=entry.started if entry.started <= now + _SKEW else now,
        lease_until=min(entry.lease_until, now + LEASE + _SKEW),
        not_before=min(entry.not_before, now + max(longest, _LONGEST_ASKED) + _SKEW),
    )


def after_failure(entry: Entry, rule: FailureRule, *, now: float) -> Entry:
    """Return a failed entry as `rule` says: to be tried again, or failed."""
    if entry.state is not State.FAILED or entry.cancelling:
        return entry
    entry = evolve(entry, failures=entry.failures + 1)
    if rule.action != "retry" or entry.failures >= rule.tries:
        return entry
    return next_attempt(entry, not_before=now + rule.pause_before(entry.failures))


def next_attempt(entry: Entry, *, not_before: float = 0.0) -> Entry:
    """Return an ended entry as one that waits for another operation, with new request ids."""
    return evolve(
        _with(entry, Known(request_id="")),
        state=State.WAITING,
        attempt=entry.attempt + 1,
        cancelling=0,
        burns=0,
        not_before=not_before,
        operation="",
        operation_state="",
        operation_attempt=0,
        progress=0.0,
        started=0.0,
        ended=0.0,
    )


def restarted(entry: Entry) -> Entry:
    """Return an ended entry as one that a person tries again.

    One whose operation is not known keeps its request id, so that no second export is started.
    """
    entry = evolve(entry, failures=0, cancelling=0)
    if entry.operation:
        return next_attempt(entry)
    return evolve(entry, state=State.WAITING, not_before=0.0, sends=min(entry.sends, 1), error="", ended=0.0)


def parts_of(entry: Entry, parts: Sequence[Entry], now: float) -> tuple[Entry, tuple[Entry, ...]]:
    """Return a failed entry as split, and its parts as entries of the ledger."""
    new = tuple(
        evolve(part, seq=entry.seq, priority=entry.priority, parent=entry.key, created=now) for part in parts
    )
    return evolve(entry, state=State.SPLIT, output="", ended=now), new


def clean(text: str) -> str:
    """Return a message as a ledger keeps it: at most 2,000 characters, without NUL and lone surrogates."""
    return text[:_TEXT].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _with(entry: Entry, known: Known) -> Entry:
    """Return the entry with the start protocol's state."""
    return evolve(
        entry,
        sends=known.sends,
        doubtful=int(known.doubtful),
        last=known.last.name if known.last else "",
        answered=known.answered,
        looks=known.looks,
    )


def _unix(time: datetime | None) -> float:
    return time.timestamp() if time is not None else 0.0
