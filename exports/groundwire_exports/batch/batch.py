"""Thousands of exports with a ledger, each started exactly once, across failures and restarts."""

from __future__ import annotations

import math
from asyncio import Task
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, Self, Unpack

from attrs import evolve
from groundwire import ExportImageRequest

from ..arguments import ExportClient, checked_seconds
from ..watch.progress import LOG
from .adding import add_entries, add_pairs
from .arguments import checked_name
from .identity import account_of, check_account, check_stand_in, is_of_stand_in
from .ids import batch_uid
from .ledger import Ledger
from .location import open_ledger
from .look import Look, cancel_operation
from .records import LIVE, PROBE, RETRYABLE, BatchRecord, Entry, Event, State
from .report import Progress, Report, progress_of, row_of
from .requests import entry_of
from .running import run, running
from .selection import changed, matching
from .settings import BatchOptions, checked_settings
from .starts import Starts
from .transitions import as_cancelled, clean, restarted

_LONGEST_NAME: Final = 100


class Batch:
    """Exports under one name in a ledger, which several processes may run at the same time.

    `ledger`: the path of an SQLite file, or a `postgresql://` URL (extra `postgres`).

    `name`: part of every request id, so it must be unique among your batches. The same name, key and request start
    nothing twice, even with another ledger. `rerun`: a word that makes all of them new.

    `identity`: the account that runs the batch, if the credentials do not name one. Request ids are unique for each
    account, so the ledger refuses another one.

    For the other options, see `BatchOptions`.

    Raises ArgumentError, LedgerError and IdentityError.
    """

    def __init__(
        self,
        client: ExportClient,
        ledger: str | Path | Ledger,
        *,
        name: str,
        rerun: str = "",
        project: str | None = None,
        identity: str | None = None,
        **options: Unpack[BatchOptions],
    ) -> None:
        self._client, self._project, self._identity = client, project, identity
        self._settings = checked_settings(options)
        self.name = checked_name(name, "name", _LONGEST_NAME)
        self.rerun = checked_name(rerun, "rerun", _LONGEST_NAME) if rerun else ""
        self._uid = batch_uid(self.name, self.rerun)
        self._ledger = open_ledger(ledger, client.clock)
        self._sent, self._trouble = 0, ""
        record = BatchRecord(
            uid=self._uid,
            name=self.name,
            rerun=self.rerun,
            stand_in=int(is_of_stand_in(client)),
            probe_at=self._ledger.now() + PROBE,
            created=self._ledger.now(),
        )
        try:
            record = self._ledger.open_batch(record)
            check_stand_in(record, client)
            if self._account():
                check_account(record, self._account())
        except BaseException:
            self._ledger.close()
            raise

    def __repr__(self) -> str:
        return f"Batch({self._ledger!r}, name={self.name!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger. What was started goes on."""
        self._ledger.close()

    def add(self, key: str, request: ExportImageRequest, *, priority: int | None = None) -> None:
        """Add an export under a key of its own. The same key with the same request changes nothing.

        `priority`: exports with a higher one are started first; by default the request's own, or 100. Raises ArgumentError
        for a key that has another request, and for anything but an image export.
        """
        entry = entry_of(key, request, priority)
        self._record_account()
        add_entries(self._ledger, self._uid, [entry])

    def add_all(self, requests: Iterable[tuple[str, ExportImageRequest]]) -> None:
        """Add many exports, 200 in a transaction. Raises as `add` does, and what `requests` raises.

        Exports before the wrong one stay added, but for those in the transaction of a key that has another request.
        """
        self._record_account()
        add_pairs(self._ledger, self._uid, requests)

    def step(self, *, timeout: float | None = None) -> Progress:
        """Look at all exports if a look is due, start those that there is room for, and return the counts.

        For schedulers, which call it again and again. `timeout`: seconds after which no further start is sent.

        Raises LedgerError, IdentityError, and the error of the account: of a listing or a start that is refused for its
        credentials. Failures of exports are no errors.
        """
        clock = self._client.clock
        end = math.inf if timeout is None else clock.monotonic() + checked_seconds(timeout, "timeout")
        self._look_if_due()
        self._check_identity()
        starts = Starts(
            ledger=self._ledger,
            client=self._client,
            uid=self._uid,
            project=self._project,
            threads=self._settings.threads,
            look_every=self._settings.look_every,
            limit=self._settings.limit,
            policy=self._settings.policy,
        )
        try:
            starts.run(lambda: clock.monotonic() >= end)
        finally:
            self._sent += starts.sent
        return self.progress()

    def run(
        self, *, on_progress: Callable[[Progress], object] | None = None, timeout: float | None = None
    ) -> Report:
        """Run the batch until all exports have ended, or it is paused and those that were started have ended.

        `on_progress`: called after each step. `timeout`: seconds to run; the report is then unfinished, and the exports
        go on. Raises as `step` does. After an interrupt (Ctrl-C), or a kill, run it again.
        """
        return run(self, self._client.clock, on_progress=on_progress, timeout=timeout)

    def running(
        self, *, on_progress: Callable[[Progress], object] | None = None
    ) -> AbstractAsyncContextManager[Task[Report]]:
        """Run the batch beside the body of an `async with`, in a thread; awaiting its value gives the report."""
        return running(self, on_progress=on_progress)

    def pause_after(self) -> float | None:
        """Return the seconds until the next step is worth while; None if there is nothing to wait for."""
        progress = self.progress()
        busy = progress.unfinished - (progress.counts.get(State.WAITING, 0) if progress.paused else 0)
        if not busy:
            return None
        return min(self._settings.look_every, max(0.01, self._next_look()))

    def result(self) -> Report:
        """Return the report, with a note if this process has started nothing."""
        report = self.report()
        is_old = report.finished and report.rows and not self._sent
        return evolve(report, note=_OLD.format(name=self.name) if is_old else "")

    def progress(self) -> Progress:
        """Return the counts of the batch."""
        record, counts = self._ledger.batch(self._uid), self._ledger.counts(self._uid)
        return progress_of(record, counts, self._settings.limit, self._trouble)

    def report(self) -> Report:
        """Return all exports as they were last seen."""
        rows = tuple(map(row_of, self._ledger.entries(self._uid)))
        return Report(progress=self.progress(), rows=rows)

    def events(self, key: str | None = None) -> list[Event]:
        """Return the log of one export, or of the whole batch: it explains every row."""
        return self._ledger.events(self._uid, key)

    def adopt(self) -> int:
        """Look for all exports in one listing, whoever started them, and return how many were found.

        A new ledger does so with its first look.
        """
        return self._look(deep=True).found

    def pause(self, reason: str = "by hand") -> None:
        """Start nothing more, in any process, until `resume`. What was started goes on, and is looked at."""
        reason = clean(str(reason)) or "by hand"
        self._record_account()
        event = Event(key="", at=self._ledger.now(), event="paused", detail=reason)
        self._ledger.revise(self._uid, lambda record: evolve(record, paused=reason), [event])

    def resume(self) -> None:
        """Start exports again after a pause, and forget what was learnt of the queue and of equal failures."""
        self._record_account()
        event = Event(key="", at=self._ledger.now(), event="resumed")
        self._ledger.revise(self._uid, BatchRecord.resumed, [event])

    def cancel(
        self, *, key: str | None = None, label: str | None = None, state: State | str | None = None
    ) -> int:
        """Cancel the live exports that match, and return how many. Operations are asked to stop, again if need be.

        `key` and `label` are patterns such as `ndvi-2024*`, of the key and the description.
        """
        cancelled = [
            self._change(entry, LIVE, lambda entry: as_cancelled(entry, self._ledger.now()), "cancel")
            for entry in self._matching(LIVE, key, label, state)
        ]
        for entry in filter(None, cancelled):
            cancel_operation(self._client, entry)
        return len(list(filter(None, cancelled)))

    def retry(
        self, *, key: str | None = None, label: str | None = None, state: State | str | None = None
    ) -> int:
        """Start the ended exports that match again, and return how many: failed, refused, cancelled or held ones.

        One that is held because nobody knows whether it was started keeps its request id.
        """
        entries = self._matching(RETRYABLE, key, label, state)
        return sum(
            self._change(entry, RETRYABLE, restarted, "retry by hand") is not None for entry in entries
        )

    def _change(
        self, entry: Entry, states: Sequence[State], change: Callable[[Entry], Entry], event: str
    ) -> Entry | None:
        """Change an entry that is in one of `states`, and return it. None if another process has taken it out of them."""
        return changed(self._ledger, self._uid, entry, states, change, event)

    def _matching(
        self, states: Sequence[State], key: str | None, label: str | None, state: State | str | None
    ) -> list[Entry]:
        return matching(self._ledger, self._uid, states, key=key, label=label, state=state)

    def _look_if_due(self) -> None:
        record = self._ledger.batch(self._uid)
        if self._ledger.begin_look(self._uid, self._ledger.now() + self._settings.look_every):
            self._look(deep=not record.looks)

    def _look(self, *, deep: bool) -> Look:
        look = Look(
            ledger=self._ledger,
            client=self._client,
            uid=self._uid,
            project=self._project,
            settle=self._settings.settle,
            hold=self._settings.hold,
            policy=self._settings.policy,
            deep=deep,
        )
        look.run()
        if look.trouble and look.trouble != self._trouble:
            LOG.warning("%s: operations cannot be listed: %s", self.name, look.trouble)
            event = Event(key="", at=self._ledger.now(), event="not listed", detail=look.trouble)
            self._ledger.revise(self._uid, lambda record: record, [event])
        self._trouble = look.trouble
        return look

    def _next_look(self) -> float:
        return self._ledger.batch(self._uid).look_until - self._ledger.now()

    def _account(self) -> str:
        return self._identity or account_of(self._client)

    def _check_identity(self) -> None:
        """Raise IdentityError if another account runs the batch; before anything is sent."""
        record = self._ledger.batch(self._uid)
        if record.account and not self._account():
            # Credentials of the environment are loaded by the first call.
            next(iter(self._client.projects.operations.list(project=self._project, page_size=1)), None)
        check_account(record, self._account())
        self._record_account()

    def _record_account(self) -> None:
        """Write the account to the ledger, unless it has one or the credentials name none."""
        account = self._account()
        if account and not self._ledger.batch(self._uid).account:
            record = self._ledger.revise(
                self._uid, lambda latest: evolve(latest, account=latest.account or account)
            )
            check_account(record, account)


_OLD: Final = "Nothing to start: every export of {name!r} was started before. rerun=... starts them anew."
