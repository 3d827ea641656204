"""Looks: one listing of the project's operations tells the state of every export of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from attrs import define, evolve, field
from groundwire import Operation
from groundwire_runtime.errors import ApiError, GroundwireError, NotFound, ProtocolError
from groundwire_runtime.events import polls

from ..arguments import ExportClient
from ..protocol import description_of, follower
from ..refusals import is_retryable
from ..states import operation_id
from .failures import Consequence, FailurePolicy
from .identity import IdentityError
from .ids import request_id, request_ids, tagged_description
from .ledger import Ledger
from .records import LIVE, BatchRecord, Change, Entry, Event, State
from .transitions import after_absence, as_of, clean, with_operation

PAGE: Final = 500
"""Operations on a page of a listing."""
_CALL: Final = 60.0
_GETS: Final = 20
"""Maximum operations of one look that are asked for one by one, because the listing lacks them."""
_LONGEST: Final = 1800.0
"""Maximum seconds of one listing."""
_GONE: Final = (
    "Its operation is in no listing any more: it was deleted, or ended long ago. retry() starts another one."
)


@define(kw_only=True)
class Look:
    """One look at a batch. `deep`: search every attempt of every export, as after a lost ledger."""

    ledger: Ledger
    client: ExportClient
    uid: str
    project: str | None
    settle: float
    hold: bool
    policy: FailurePolicy
    deep: bool = False
    found: int = 0
    """Exports whose start was found in the listing."""
    failures: list[Consequence] = field(factory=list[Consequence])
    trouble: str = ""
    """Why the listing could not be read to its end; empty if it was."""
    _named: dict[str, Operation] = field(factory=dict[str, Operation])
    """Operations of the batch by id."""
    _tagged: dict[str, Operation] = field(factory=dict[str, Operation])
    _unfinished: set[str] = field(factory=set[str])
    _began: float = 0.0
    _complete: bool = False
    _place: str = ""
    _gets: int = _GETS

    def run(self) -> list[Change]:
        """Read a listing, write what it tells to the ledger, and return the changes.

        Raises the error of the listing if that is final, and IdentityError for operations of another project.
        """
        found = self.ledger.entries(self.uid, LIVE)
        self._began = self.ledger.now()
        pauses = (pause for rule in self.policy.rules for pause in rule.pauses)
        entries = [as_of(entry, self._began, max(pauses, default=0.0)) for entry in found]
        with polls():
            self._read(entries)
        self._check_project(self.ledger.batch(self.uid))
        changes: list[Change] = []
        for entry, before in zip(entries, found, strict=True):
            changes += self._changes(entry) or ([Change(entry=entry)] if entry != before else [])
        applied = self.ledger.save(self.uid, changes, self._revised)
        latest = {entry.key: entry for entry in entries} | {
            change.entry.key: change.entry for change in applied
        }
        for entry in latest.values():
            cancel_operation(self.client, entry)
        return applied

    def _changes(self, entry: Entry) -> list[Change]:
        """Return what the listing changes in an entry."""
        operation, attempt, burns = self._operation_of(entry)
        if operation is None and self._is_missing(entry) and self._gets:
            self._gets -= 1
            operation = self._get(entry.operation)
            if operation is None:
                return [self._gone(entry)]
        if operation is not None:
            return self._seen(entry, operation, attempt, burns)
        return self._absent(entry) if self._complete else []

    def _read(self, entries: list[Entry]) -> None:
        """Read the listing; a part of it counts for what it has, not for what it lacks."""
        wanted = {operation_id(entry.operation) for entry in entries if entry.state is State.ACTIVE}
        needs_all = any(entry.state is not State.ACTIVE for entry in entries)
        end = self.client.clock.monotonic() + _LONGEST
        try:
            for operation in self.client.projects.operations.list(
                project=self.project, timeout=_CALL, page_size=PAGE
            ):
                self._note(operation, wanted)
                if self.client.clock.monotonic() > end:
                    raise ProtocolError(f"the listing of operations has no end after {_LONGEST:.0f} s")
                # The order of listings is unknown: stopping early may save pages, and decides nothing.
                if wanted and not needs_all and len(self._named) == len(wanted):
                    return
            self._complete = True
        except GroundwireError as error:
            if not is_retryable(error):
                raise
            self.trouble = clean(str(error))

    def _note(self, operation: Operation, wanted: set[str]) -> None:
        name, description = operation.name or "", description_of(operation)
        self._place = self._place or name.partition("/operations/")[0]
        if operation_id(name) in wanted:
            self._named[operation_id(name)] = operation
        if ".gw-" in description:
            self._tagged[description] = operation
        if not operation.done:
            self._unfinished.add(operation_id(name))

    def _check_project(self, record: BatchRecord) -> None:
        if record.project and self._place and record.project != self._place:
            raise IdentityError(
                f"the batch {record.name!r} is of {record.project}, and the client is of {self._place}",
                hint="Use a client of that project, or another batch name.",
            )

    def _operation_of(self, entry: Entry) -> tuple[Operation | None, int, int]:
        """Return the operation of an entry in the listing, its attempt, and the followers before its request id."""
        if entry.state is State.ACTIVE:
            operation = self._named.get(operation_id(entry.operation))
            # A listing may name the project by its number.
            return operation and evolve(operation, name=entry.operation), entry.attempt, entry.burns
        best: tuple[Operation | None, int, int] = (None, entry.attempt, entry.burns)
        for attempt in range(entry.attempt, entry.attempt + 1000):
            burns, operation = self._search(entry, attempt)
            if operation is None:
                break
            best = (operation, attempt, burns)
            if not self.deep:
                break
        return best

    def _search(self, entry: Entry, attempt: int) -> tuple[int, Operation | None]:
        """Search the listing for any request id of an attempt."""
        if not self._tagged or not (self.deep or entry.sends or entry.burns):
            return 0, None
        for burns, each in enumerate(self._ids(entry, attempt)):
            operation = self._tagged.get(tagged_description(entry, each))
            if operation is not None:
                return burns, operation
        return 0, None

    def _ids(self, entry: Entry, attempt: int) -> Iterator[str]:
        """Iterate over the ids that may have been sent: all, unless the ledger knows better."""
        if self.deep or entry.state is State.SETTLING:
            yield from request_ids(self.uid, entry, attempt=attempt)
            return
        root = next(request_ids(self.uid, entry, attempt=attempt))
        yield root
        for number in range(entry.burns):
            yield follower(root, number + 1)

    def _seen(self, entry: Entry, operation: Operation, attempt: int, burns: int) -> list[Change]:
        now = self.ledger.now()
        after = with_operation(entry, operation, now=now, attempt=attempt, burns=burns)
        if after == entry:
            return []
        events: list[Event] = []
        if entry.state is not State.ACTIVE:
            self.found += 1
            events.append(Event(key=entry.key, at=now, event="found", detail=after.operation))
        elif after.operation_state != entry.operation_state and after.state is State.ACTIVE:
            events.append(
                Event(key=entry.key, at=now, event=after.operation_state.lower(), detail=after.operation)
            )
        if after.state is State.FAILED:
            consequence = self.policy.judge(
                after, status="", message=after.error, now=now, request=partial(self.ledger.request, self.uid)
            )
            self.failures.append(consequence)
            return [evolve(consequence.change, events=(*events, *consequence.change.events))]
        if after.state is not State.ACTIVE:
            events.append(Event(key=entry.key, at=now, event=after.state.lower(), detail=after.operation))
        return [Change(entry=after, events=tuple(events))]

    def _absent(self, entry: Entry) -> list[Change]:
        if entry.state is State.ACTIVE:
            return []
        current = request_id(self.uid, entry)
        after = after_absence(
            entry, request_id=current, began=self._began, settle=self.settle, hold=self.hold
        )
        if after == entry:
            return []
        event = ""
        if after.burns > entry.burns:
            event = "used up"
        elif after.state is not entry.state:
            event = {State.WAITING: "send again", State.HELD: "held", State.CANCELLED: "cancelled"}[
                after.state
            ]
        events = (Event(key=entry.key, at=self.ledger.now(), event=event, detail=current),) if event else ()
        return [Change(entry=after, events=events)]

    def _is_missing(self, entry: Entry) -> bool:
        """Return True for an active export that a complete listing lacks although it must have it."""
        late = max(entry.started, entry.sent_at) + self.settle
        return self._complete and entry.state is State.ACTIVE and self._began >= late

    def _get(self, name: str) -> Operation | None:
        """Return an operation, without any news if it cannot be read now; None if there is none."""
        try:
            return self.client.projects.operations.get(name, timeout=_CALL)
        except NotFound:
            return None
        except GroundwireError:
            return Operation(name=name)

    def _gone(self, entry: Entry) -> Change:
        now = self.ledger.now()
        after = evolve(entry, state=State.HELD, error=_GONE, ended=now)
        return Change(entry=after, events=(Event(key=entry.key, at=now, event="held", detail=_GONE),))

    def _revised(self, record: BatchRecord, applied: list[Change]) -> BatchRecord:
        """Return the batch's record after the look: others' operations, failures in the order in which they came."""
        done = {change.entry.key for change in applied}
        failures = [each for each in self.failures if each.change.entry.key in done]
        failures.sort(key=lambda failure: (failure.change.entry.ended, failure.change.entry.key))
        succeeded = sum(change.entry.state is State.SUCCEEDED for change in applied)
        record = self.policy.after(record, failures, succeeded)
        record = evolve(record, project=record.project or self._place).as_of(self.ledger.now())
        if not self._complete:
            return record
        ours = set(self._named) | {operation_id(change.entry.operation) for change in applied}
        return evolve(record, looks=record.looks + 1, others=len(self._unfinished - ours))


def cancel_operation(client: ExportClient, entry: Entry) -> None:
    """Ask the operation of a cancelled export to stop, if that was not done. The next look asks again if need be."""
    if not entry.cancelling or entry.state is not State.ACTIVE or entry.operation_state == "CANCELLING":
        return
    try:
        client.projects.operations.cancel(entry.operation)
    except ApiError as error:
        # One that has ended meanwhile may not be cancelled.
        if not is_retryable(error) and error.http_status not in (400, 404):
            raise
    except GroundwireError as error:
        if not is_retryable(error):
            raise
