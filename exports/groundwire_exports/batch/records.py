"""Rows of a ledger: a batch, its exports, and the events that explain them. Times are Unix seconds."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from ..protocol import Answer, Known


class State(StrEnum):
    """The state of an export in a ledger."""

    WAITING = "WAITING"
    """To be sent, or to be sent again with the same request id."""
    STARTING = "STARTING"
    """A process has recorded that it sends the start now."""
    SETTLING = "SETTLING"
    """The answer left open whether it was started: listings decide."""
    ACTIVE = "ACTIVE"
    """Its operation is known, and has not ended."""
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    REFUSED = "REFUSED"
    """The service refused the start."""
    SPLIT = "SPLIT"
    """It was too large; its parts are exports of the batch."""
    HELD = "HELD"
    """Nobody can know, or it needs a person: `error` tells why. `retry` continues it."""


LIVE: Final = (State.WAITING, State.STARTING, State.SETTLING, State.ACTIVE)
"""States that the next looks and starts may change."""
RETRYABLE: Final = (State.FAILED, State.REFUSED, State.CANCELLED, State.HELD)


@frozen(kw_only=True)
class Entry:
    """One export of a batch.

    `attempt` counts operations from 1, each with request ids of its own; `failures` those that failed since the last
    manual retry. `burns`: request ids of this attempt that were used up by a full queue. `sends`, `doubtful`, `last`,
    `answered` and `looks` are the start protocol's state (`protocol.Known`). `version` grows with each change.
    """

    key: str
    seq: int
    request: str = ""
    """JSON of the request, without its request id; empty where an entry was read for its state alone."""
    digest: str
    """SHA-256 of the request, in hex."""
    description: str
    output: str = ""
    """Where its files begin, or the name of its asset; empty if it writes nothing that is known."""
    priority: int = 0
    parent: str = ""
    """The key of the export that was split into this one and others."""
    state: State = State.WAITING
    cancelling: int = 0
    attempt: int = 1
    failures: int = 0
    burns: int = 0
    sends: int = 0
    doubtful: int = 0
    last: str = ""
    """Name of the last Answer."""
    answered: float = 0.0
    looks: int = 0
    sent: int = 0
    """Sends over all attempts."""
    sent_at: float = 0.0
    lease_until: float = 0.0
    not_before: float = 0.0
    operation: str = ""
    operation_state: str = ""
    operation_attempt: int = 0
    progress: float = 0.0
    code: int = 0
    """google.rpc code of a failed operation."""
    error: str = ""
    uris: str = "[]"
    """JSON list of the destination URIs."""
    eecu_seconds: float = 0.0
    created: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    version: int = 0

    def known(self, request_id: str) -> Known:
        """Return the start protocol's state.

        The id counts as one that others may have sent: it is the same for everybody who runs the batch.
        """
        return Known(
            request_id=request_id,
            sends=self.sends,
            doubtful=bool(self.doubtful),
            last=Answer[self.last] if self.last else None,
            answered=self.answered,
            looks=self.looks,
        )


@frozen(kw_only=True)
class BatchRecord:
    """The state that all processes of a batch share."""

    uid: str
    name: str
    rerun: str = ""
    account: str = ""
    """The account that runs the batch; empty if its credentials do not name one."""
    project: str = ""
    """`projects/{project}` of its operations; empty until one was seen."""
    stand_in: int = 0
    """1 if the batch is of a stand-in of the service."""
    queue_limit: int = 0
    """Unfinished operations that the queue holds, as the service has said; 0 if it has not."""
    others: int = 0
    """Unfinished operations of others, in the last complete listing."""
    count_others: int = 1
    """0 after a start has shown that others' operations do not count against the limit."""
    probe_at: float = 0.0
    """When one start is sent although there is no room by the counts."""
    probing: int = 0
    """1 if the last claim was such a start."""
    fulls: int = 0
    """Consecutive refusals by a full queue."""
    full_until: float = 0.0
    paused: str = ""
    """Why nothing is started; empty if starts go on."""
    same_failures: int = 0
    last_failure: str = ""
    look_until: float = 0.0
    """When the next look is due."""
    looks: int = 0
    """Complete listings."""
    created: float = 0.0

    def resumed(self) -> BatchRecord:
        """Return the record of a batch that is not paused, and knows nothing of the queue and of equal failures."""
        queue = evolve(self, fulls=0, full_until=0.0, count_others=1, queue_limit=0)
        return evolve(queue, paused="", same_failures=0, last_failure="")

    def as_of(self, now: float) -> BatchRecord:
        """Return the record without times that are too late: a clock that was set back leaves them."""
        return evolve(
            self,
            full_until=min(self.full_until, now + LONGEST_FULL),
            probe_at=min(self.probe_at, now + PROBE),
        )

    def capacity(self, limit: int) -> int:
        """Return the unfinished operations that the queue holds, at most `limit`."""
        return min(self.queue_limit or limit, limit)

    def room(self, busy: int, limit: int) -> int:
        """Return how many starts the queue has room for, with so many unfinished exports of the batch."""
        room = self.capacity(limit) - busy - (self.others if self.count_others else 0)
        # After a full queue, one start finds out whether there is room again.
        return min(room, 1) if self.fulls else room


PROBE: Final = 600.0
"""Seconds without a start after which one is sent, whatever the counts say: how the service counts is not known."""
LONGEST_FULL: Final = 600.0
"""Maximum seconds between two starts that ask whether a full queue has room."""


@frozen(kw_only=True)
class Event:
    """A line of the append-only log. `key` is empty for events of the whole batch."""

    key: str
    at: float
    event: str
    detail: str = ""


@frozen(kw_only=True)
class Change:
    """An entry's next state, applied only if its version has not changed; with its events and new parts."""

    entry: Entry
    events: tuple[Event, ...] = ()
    parts: tuple[Entry, ...] = ()
    unsplit: Entry | None = None
    """The entry to write instead if the ledger has another export under a part's key, or with its files."""
