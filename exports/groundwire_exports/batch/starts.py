"""Starts of exports: claim in the ledger, send, write the outcome to the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from attrs import define, evolve, field, frozen
from groundwire import Operation
from groundwire_runtime.errors import ApiError, AuthError, GroundwireError

from ..arguments import ExportClient
from ..protocol import Answer
from ..refusals import QueueFull, check_started, read_error
from ..states import operation_id
from .failures import Consequence, FailurePolicy
from .ids import request_id
from .ledger import Ledger
from .records import LONGEST_FULL, BatchRecord, Change, Entry, Event, State
from .requests import request_to_send
from .rules import rule_for
from .transitions import after_send, clean, with_operation

CALL: Final = 60.0
"""Maximum seconds of one send; less than a lease."""
_MERGES: Final = 10


@frozen(kw_only=True)
class Outcome:
    """What one send brought: an operation, or an error."""

    before: Entry
    after: Entry
    request_id: str
    operation: Operation | None = None
    answer: Answer | None = None
    error: GroundwireError | None = None


@define(kw_only=True)
class Starts:
    """The starts of one step.

    `look_every`: seconds between looks, the first wait for room in a full queue. `limit`: the limit that the batch was
    given; a lower one is learnt.
    """

    ledger: Ledger
    client: ExportClient
    uid: str
    project: str | None
    threads: int
    look_every: float
    limit: int
    policy: FailurePolicy
    sent: int = 0
    _consequences: list[Consequence] = field(factory=list[Consequence])
    _stop: GroundwireError | None = None

    def run(self, is_over: Callable[[], bool]) -> None:
        """Start all that there is room for, until `is_over`. Raises the error of an account that may not start."""
        while not is_over():
            pairs = self.ledger.claim(self.uid, self.threads, self.limit)
            if not pairs:
                return
            outcomes = self._send_all(pairs)
            self.sent += len(outcomes)
            self._record(outcomes)
            if self._stop is not None:
                raise self._stop
            # Without any effect, the next ones would have none either.
            if not any(each.operation or each.answer in _EFFECTIVE for each in outcomes):
                return

    def _send_all(self, pairs: list[tuple[Entry, Entry]]) -> list[Outcome]:
        if len(pairs) == 1 or self.threads == 1:
            return [self._send(before, after) for before, after in pairs]
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(self._send, *zip(*pairs, strict=True)))

    def _send(self, before: Entry, after: Entry) -> Outcome:
        """Send one start, once: the runtime's own retries would use up ids of a full queue."""
        sent_id = request_id(self.uid, after)
        request = request_to_send(after, sent_id)
        try:
            operation = self.client.projects.image.export(
                request, project=self.project, timeout=CALL, retry=None
            )
            check_started(self.client, operation, request.description or "")
            return Outcome(before=before, after=after, request_id=sent_id, operation=operation)
        except GroundwireError as error:
            answer, cause = read_error(error)
            return Outcome(before=before, after=after, request_id=sent_id, answer=answer, error=cause)

    def _record(self, outcomes: list[Outcome]) -> None:
        """Write all outcomes in one transaction."""
        self._consequences = []
        changes = [self._change(outcome) for outcome in outcomes]
        full = next((each.error for each in outcomes if isinstance(each.error, QueueFull)), None)
        started = sum(each.operation is not None for each in outcomes)
        applied = self.ledger.save(
            self.uid, changes, lambda record, done: self._revised(record, done, full, started)
        )
        written = {change.entry.key for change in applied}
        for outcome in outcomes:
            if outcome.operation is not None and outcome.after.key not in written:
                self._merge(outcome, outcome.operation)

    def _change(self, outcome: Outcome) -> Change:
        now = self.ledger.now()
        if outcome.operation is None:
            return self._unstarted(outcome, now)
        entry = outcome.after
        entry = with_operation(entry, outcome.operation, now=now, attempt=entry.attempt, burns=entry.burns)
        return _started(entry, now)

    def _unstarted(self, outcome: Outcome, now: float) -> Change:
        """Return the change after an error."""
        before, answer, error = outcome.before, outcome.answer or Answer.LOST, outcome.error
        entry = after_send(
            before,
            answer,
            request_id=outcome.request_id,
            now=now,
            chance=self.client.clock.random(),
            at_least=getattr(error, "retry_after", None) or 0.0,
        )
        entry = evolve(entry, version=outcome.after.version)
        message = clean(error.message if isinstance(error, ApiError) else str(error))
        event = Event(key=entry.key, at=now, event=_EVENTS[answer], detail=f"{outcome.request_id}: {message}")
        if answer is not Answer.REFUSED:
            # Errors that pass are in the log alone.
            return Change(entry=entry, events=(event,))
        status = _status(error)
        if rule_for(self.policy.rules, status=status, message=message).action == "stop":
            self._stop = error
            if entry.state is State.REFUSED:
                entry = evolve(entry, state=State.WAITING, ended=0.0)
            return Change(entry=entry, events=(event,))
        entry = evolve(entry, error=message)
        if entry.state is not State.REFUSED:
            return Change(entry=entry, events=(event,))
        consequence = self.policy.judge(
            entry, status=status, message=message, now=now, request=lambda _: entry.request
        )
        self._consequences.append(consequence)
        return consequence.change

    def _revised(
        self, record: BatchRecord, applied: Iterable[Change], full: GroundwireError | None, started: int
    ) -> BatchRecord:
        """Return the batch's record after starts: what is known of the queue, and of equal refusals."""
        done = {change.entry.key for change in applied}
        record = self.policy.after(
            record, [each for each in self._consequences if each.change.entry.key in done], 0
        )
        if isinstance(full, QueueFull):
            record = evolve(record, count_others=1, probing=0)
            wait = min(LONGEST_FULL, self.look_every * 2.0 ** min(record.fulls, 10))
            limit = record.queue_limit if full.limit is None else record.capacity(full.limit)
            until = self.ledger.now() + wait
            return evolve(record, fulls=record.fulls + 1, full_until=until, queue_limit=limit)
        return self._with_room(record) if started else record

    def _with_room(self, record: BatchRecord) -> BatchRecord:
        """Return the record after a start that the queue took. If there was no room by the counts, they were wrong."""
        if record.probing and record.others and record.count_others:
            record = evolve(record, count_others=0)
        elif record.probing:
            record = evolve(record, queue_limit=0)
        return evolve(record, fulls=0, full_until=0.0, probing=0)

    def _merge(self, outcome: Outcome, operation: Operation) -> None:
        """Write an operation to an entry that another process has changed meanwhile: that it exists is a fact."""
        for _ in range(_MERGES):
            now = self.ledger.now()
            current = next(iter(self.ledger.entries(self.uid, keys=[outcome.after.key])), None)
            if current is None or operation_id(current.operation) == operation_id(operation.name):
                return
            if current.operation or current.attempt != outcome.after.attempt:
                double = Event(key=current.key, at=now, event="second operation", detail=operation.name or "")
                self.ledger.revise(self.uid, lambda record: record, [double])
                return
            entry = with_operation(
                current, operation, now=now, attempt=current.attempt, burns=outcome.after.burns
            )
            if self.ledger.save(self.uid, [_started(entry, now)]):
                return


_EFFECTIVE: Final = (Answer.REPEAT, Answer.REFUSED, Answer.BROKEN)
_EVENTS: Final = {
    Answer.LOST: "answer lost",
    Answer.BROKEN: "answer broken",
    Answer.REPEAT: "refused as a repeat",
    Answer.FULL: "queue full",
    Answer.THROTTLED: "refused for now",
    Answer.UNSENT: "not sent",
    Answer.REFUSED: "refused",
}


def _started(entry: Entry, now: float) -> Change:
    """Return the change of a start that was answered with an operation. The next look judges one that has ended."""
    if entry.state is not State.SUCCEEDED:
        entry = evolve(entry, state=State.ACTIVE, ended=0.0)
    return Change(
        entry=entry, events=(Event(key=entry.key, at=now, event="started", detail=entry.operation),)
    )


def _status(error: GroundwireError | None) -> str:
    """Return the google.rpc code of a refusal of a start."""
    if isinstance(error, AuthError):
        return "UNAUTHENTICATED"
    if isinstance(error, ApiError):
        return error.status or _BY_HTTP.get(error.http_status or 0, "")
    return ""


_BY_HTTP: Final = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED"}
