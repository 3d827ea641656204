"""A snapshot of the service for the status page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final, TypeVar

from groundwire_pages.status_page import (
    PAGE_SIZE,
    ListPage,
    Operation,
    Query,
    Reason,
    Request,
    Rule,
    Snapshot,
    Stage,
)

from ..clock import Clock, RealClock, SteppedClock
from ..exchange import JsonValue, Recorded
from ..operations import state as op
from ..operations.operation_json import operation_json
from ..rest.contract import RestContract
from ..rules.evidence import Evidence
from ..rules.registry import OPENAPI, RULES
from ..service import Service

MAX_OPERATIONS: Final = 10_000
"""The newest operations that are counted and listed."""
_EVIDENCE_WORDS: Final = {
    Evidence.SEEN: "seen",
    Evidence.SEEN_ELSEWHERE: "seen elsewhere",
    Evidence.DOCUMENTED: "documented",
    Evidence.SENT: "sent",
    Evidence.INFERRED: "inferred",
}
_RULES: Final = tuple(
    Rule(rule.id, rule.statement, rule.evidence.value, _EVIDENCE_WORDS[rule.evidence], rule.source)
    for rule in RULES.values()
)
T = TypeVar("T")


def take_snapshot(service: Service, query: Query, endpoint: str, *, may_control: bool = False) -> Snapshot:
    """Read the service. Only copying happens under its lock; no clock moves. Raises StateError."""
    state = service.state
    with state.lock:
        now, held, relaxed = service.clock.now(), service.held, service.overrides.relaxed
        operations = state.newest(None, None, lambda _: True, MAX_OPERATIONS)
        requests, answered = tuple(state.requests), state.answered
    states = [op.state(operation, now) for operation in operations]
    selected = [
        operation
        for operation, current in zip(operations, states, strict=True)
        if query.state in (None, current)
        and query.finds(operation.description, operation.name, operation.asset, *operation.destinations)
    ]
    first = answered - len(requests) + 1
    numbered = [
        (number, request)
        for number, request in enumerate(requests, first)
        if query.selects(request.verdict)
        and query.finds(request.path, request.method, request.verdict, request.operation)
    ]
    newest_first = sorted(operations, key=lambda operation: -operation.sequence)
    places = {
        each.name: (each.sequence, index // query.page_size + 1) for index, each in enumerate(newest_first)
    }
    starters = _starters(requests, first)
    operation_page = _page(
        sorted(selected, key=lambda operation: operation.sequence), query.operations, query.page_size
    )
    request_page = _page(numbered, query.requests)
    api = service.contract.api
    is_rest = isinstance(service.contract, RestContract)
    known = tuple(rule for rule in _RULES if (rule.id in OPENAPI) == is_rest)
    return Snapshot(
        title=api.title or api.name,
        api=api.id,
        revision=api.revision,
        versions=service.front.versions,
        endpoint=endpoint,
        pace=_pace(service.clock),
        release=version("groundwire"),
        now=now,
        held=held,
        rules=known,
        relaxed=relaxed & {rule.id for rule in known},
        states=Counter(current.value for current in states),
        verdicts=Counter(request.verdict for request in requests),
        answered=answered,
        may_control=may_control,
        may_advance=isinstance(service.clock, SteppedClock),
        operations=_converted(
            operation_page,
            [operation_view(each, now, starters.get(each.name)) for each in operation_page.items],
        ),
        requests=_converted(request_page, [_request(*each, places) for each in request_page.items]),
    )


def _starters(requests: Sequence[Recorded], first: int) -> dict[str, int]:
    """Return the numbers of the requests that started operations, by the operation's name."""
    starters: dict[str, int] = {}
    for number, request in enumerate(requests, first):
        if request.operation and ".operations." not in (request.method or ""):
            starters.setdefault(request.operation, number)
    return starters


def operation_view(operation: op.Operation, now: datetime, request: int | None = None) -> Operation:
    """Return an operation as its JSON shows it at an instant."""
    shown = operation_json(operation, now, "")
    metadata, error = shown.get("metadata"), shown.get("error")
    end = op.ended(operation, now)
    written = tuple(_text(uri) for uri in _list(_member(metadata, "destinationUris")))
    is_written = end is not None and end.state is op.State.SUCCEEDED
    attempt, code = _number(_member(metadata, "attempt")), _number(_member(error, "code"))
    return Operation(
        number=operation.sequence,
        name=operation.name,
        description=operation.description,
        state=op.state(operation, now).value,
        held=operation.held is not None and end is None,
        progress=_number(_member(metadata, "progress")),
        stages=tuple(_stage(stage) for stage in _list(_member(metadata, "stages"))),
        attempt=None if attempt is None else int(attempt),
        created=operation.created,
        started=op.started(operation, now),
        ended=None if end is None else end.at,
        code=None if code is None else int(code),
        error=_text(_member(error, "message")),
        destinations=written or operation.destinations or ((operation.asset,) if operation.asset else ()),
        written=is_written,
        request=request,
    )


def _request(number: int, recorded: Recorded, places: Mapping[str, tuple[int, int]]) -> Request:
    return Request(
        number=number,
        method=recorded.method,
        verb=recorded.verb,
        path=recorded.path,
        query=recorded.query,
        headers=recorded.headers,
        sent=recorded.sent,
        status=recorded.status,
        verdict=recorded.verdict,
        at=recorded.at,
        source=recorded.source,
        reasons=tuple(
            Reason(message=each.message, place=each.place, pointer=each.pointer, excerpt=each.excerpt)
            for each in recorded.reasons
        ),
        operation=places.get(recorded.operation),
    )


def _stage(stage: JsonValue) -> Stage:
    return Stage(
        name=_text(_member(stage, "displayName")),
        description=_text(_member(stage, "description")),
        done=_number(_member(stage, "completeWorkUnits")),
        total=_number(_member(stage, "totalWorkUnits")),
    )


def _page(oldest_first: Sequence[T], wanted: int, size: int = PAGE_SIZE) -> ListPage[T]:
    """Return the wanted page of `size` items, or the last one."""
    total = len(oldest_first)
    pages = max(1, -(-total // size))
    number = min(wanted, pages)
    end = total - (number - 1) * size
    items = tuple(oldest_first[max(0, end - size) : end][::-1])
    return ListPage(items=items, number=number, pages=pages, total=total)


def _converted(page: ListPage[Any], items: Sequence[T]) -> ListPage[T]:
    return ListPage(items=tuple(items), number=page.number, pages=page.pages, total=page.total)


def _pace(clock: Clock) -> str:
    if isinstance(clock, RealClock):
        return "real time"
    if isinstance(clock, SteppedClock):
        return f"stands still; {clock.poll_seconds:g} s a look" if clock.poll_seconds else "stands still"
    return "its own"


def _member(holder: JsonValue, name: str) -> JsonValue:
    return holder.get(name) if isinstance(holder, dict) else None


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _number(value: JsonValue) -> float | None:
    """Return a number; 64-bit integers are text in JSON."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return float(value)
    return value if isinstance(value, int | float) else None
