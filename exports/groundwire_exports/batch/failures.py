"""Consequences of a failure, by the table of rules: another try, parts, a pause, a stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final, TypeAlias

from attrs import evolve, frozen
from groundwire import ExportImageRequest
from groundwire_runtime.errors import ArgumentError, GroundwireError

from .records import BatchRecord, Change, Entry, Event, State
from .requests import check_all_apart, entry_of, plain_request
from .rules import FailureRule, failure_kind, rule_for
from .transitions import after_failure, clean, parts_of

Split: TypeAlias = Callable[[str, ExportImageRequest], Iterable[tuple[str, ExportImageRequest]]]
"""Makes the parts of an export that is too large: keys and requests."""
_MOST_PARTS: Final = 10_000


@frozen(kw_only=True)
class Consequence:
    """What a failure means for its export and for the batch."""

    change: Change
    rule: FailureRule
    message: str


@frozen(kw_only=True)
class FailurePolicy:
    """The rules of a batch. `stop_after`: equal failures in a row that pause it; None for no such limit."""

    rules: Sequence[FailureRule]
    split: Split | None = None
    stop_after: int | None = 10

    def judge(
        self, entry: Entry, *, status: str, message: str, now: float, request: Callable[[str], str]
    ) -> Consequence:
        """Return the consequence of a failed or refused export. `request`: returns the JSON of a key's request."""
        rule = rule_for(self.rules, status=status, message=message)
        was = "refused" if entry.state is State.REFUSED else "failed"
        events = [Event(key=entry.key, at=now, event=was, detail=f"{rule.name}: {message}")]
        after = after_failure(entry, rule, now=now)
        parts: tuple[Entry, ...] = ()
        whole = after
        if after.state is State.WAITING:
            wait = f"try {after.failures + 1} of {rule.tries} in {after.not_before - now:.0f} s"
            events.append(Event(key=entry.key, at=now, event="retry", detail=wait))
        elif (
            (rule.action == "split" or rule.finally_split) and self.split is not None and not entry.cancelling
        ):
            after, parts, event = _split(after, self.split, now, request)
            events.append(event)
        return Consequence(
            change=Change(entry=after, events=tuple(events), parts=parts, unsplit=whole if parts else None),
            rule=rule,
            message=message,
        )

    def after(self, record: BatchRecord, failures: Iterable[Consequence], succeeded: int) -> BatchRecord:
        """Return a batch's record after failures, and the number of exports that succeeded since the last ones."""
        if succeeded:
            record = evolve(record, same_failures=0, last_failure="")
        for failure in failures:
            kind = failure_kind(failure.message)
            count = record.same_failures + 1 if kind == record.last_failure else 1
            record = evolve(record, same_failures=count, last_failure=kind)
            if failure.rule.action == "pause":
                record = evolve(
                    record, paused=record.paused or clean(f"{failure.rule.name}: {failure.message}")
                )
            elif self.stop_after is not None and count >= self.stop_after:
                reason = clean(f"{count} equal failures in a row: {failure.message}")
                record = evolve(record, paused=record.paused or reason)
        return record


def _split(
    entry: Entry, split: Split, now: float, request: Callable[[str], str]
) -> tuple[Entry, tuple[Entry, ...], Event]:
    """Return a failed entry as split. One that cannot be split stays as it is, with the reason in the log."""
    text = request(entry.key)
    try:
        parts = _parts(entry.key, split(entry.key, plain_request(text)))
    except Exception as error:  # noqa: BLE001 - whatever the caller's function raises, the other exports go on
        reason = str(error) if isinstance(error, GroundwireError) else f"{type(error).__name__}: {error}"
        return entry, (), Event(key=entry.key, at=now, event="not split", detail=clean(reason))
    after, new = parts_of(entry, parts, now)
    return (
        after,
        new,
        Event(key=entry.key, at=now, event="split", detail=", ".join(part.key for part in new)),
    )


def _parts(key: str, made: Iterable[tuple[str, ExportImageRequest]]) -> list[Entry]:
    """Return the parts of an export as entries. Raises ArgumentError for parts that are none."""
    parts = [entry_of(key, request) for key, request in islice(made, _MOST_PARTS + 1)]
    if len(parts) > _MOST_PARTS:
        raise ArgumentError(f"on_too_large: more than {_MOST_PARTS:,} parts")
    if len({key, *(part.key for part in parts)}) != len(parts) + 1 or not parts:
        raise ArgumentError("on_too_large: the parts need keys of their own")
    check_all_apart(parts)
    return parts
