"""The operations methods: get, list, wait, cancel, delete."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from ..exchange import Hold, JsonObject
from ..rules.error_bodies import invalid_argument
from ..rules.refusals import operation_not_found
from . import state as op
from .call import Answer, Call, Context
from .operation_json import operation_json
from .state import Operation, State

LEGACY: Final = "projects/earthengine-legacy/operations/"
"""The prefix of operations whose project a client does not know."""
PAGE: Final = 500
"""Maximum page size."""
LONGEST_WAIT: Final = 30.0
"""Seconds after which `wait` answers if the request has no timeout. Inferred."""
SLICE: Final = 0.1
"""Real seconds between two checks of a held `wait`, so that it sees a cancel."""
_FILTER: Final = re.compile(r'\s*(?:metadata\.)?(state|done)\s*=\s*"?([A-Za-z_]+)"?\s*')


def find(name: str, context: Context) -> Operation | None:
    """Return the operation of a name; @google/earthengine writes an id alone as one of `LEGACY`, of whatever project it is."""
    operation = context.state.get(name)
    if operation is not None or not name.startswith(LEGACY):
        return operation
    end = f"/operations/{name.removeprefix(LEGACY)}"
    return next(iter(context.state.newest(None, None, lambda each: each.name.endswith(end), 1)), None)


def get(call: Call, context: Context) -> Answer:
    """Return the operation."""
    operation = find(call.variables["name"], context)
    return (
        operation_not_found(call.variables["name"]) if operation is None else _seen(operation, call, context)
    )


def wait(call: Call, context: Context) -> Answer:
    """Return the operation when it has ended or the timeout has passed."""
    operation = find(call.variables["name"], context)
    if operation is None:
        return operation_not_found(call.variables["name"])
    now = context.clock.now()
    timeout = call.body.get("timeout")
    most = float(timeout.removesuffix("s")) if isinstance(timeout, str) else LONGEST_WAIT
    left = most - (now - call.arrived).total_seconds()
    needed = op.remaining(operation, now)
    delay = left if needed is None else min(left, needed)
    if delay > 0:
        real = context.clock.elapse(delay)
        if real > 0:
            return Hold(min(real, SLICE))
    return _seen(operation, call, context)


def cancel(call: Call, context: Context) -> Answer:
    """Cancel the operation; one that has ended does not change."""
    operation = find(call.variables["name"], context)
    if operation is None:
        return operation_not_found(call.variables["name"])
    context.state.put(op.cancel(operation, context.clock.now()))
    return {}


def delete(call: Call, context: Context) -> Answer:
    """Delete the operation; its work continues."""
    operation = find(call.variables["name"], context)
    if operation is None:
        return operation_not_found(call.variables["name"])
    context.state.forget(operation.name)
    return {}


def list_(call: Call, context: Context) -> Answer:
    """Return a page of a project's operations, newest first."""
    size, token, text = (call.query.get(name) for name in ("pageSize", "pageToken", "filter"))
    size = size if isinstance(size, int) and size > 0 else PAGE
    sequence = _sequence(token) if isinstance(token, str) and token else None
    if sequence == -1:
        if "page-token-invalid" not in context.relaxed:
            return invalid_argument("page-token-invalid", "The page token is invalid.")
        sequence = None
    now = context.clock.now()
    keep = _filter(text, lambda operation: op.state(operation, now)) if isinstance(text, str) else _everything
    if keep is None:
        if "filter-unsupported" not in context.relaxed:
            return invalid_argument("filter-unsupported", f"Invalid filter: {text}")
        keep = _everything
    most = min(size, PAGE)
    newest = now - timedelta(seconds=context.environment.listing_lag)
    operations = context.state.newest(
        call.variables["name"],
        sequence,
        lambda operation: operation.created <= newest and keep(operation),
        most + 1,
    )
    page = operations[:most]
    answer: JsonObject = {}
    if page:
        answer["operations"] = [operation_json(operation, now, call.metadata_type) for operation in page]
    if len(operations) > most:
        answer["nextPageToken"] = _token(page[-1].sequence)
    if any(op.ended(operation, now) is None for operation in page):
        context.clock.polled()
    return answer


def _seen(operation: Operation, call: Call, context: Context) -> JsonObject:
    """Return the operation's JSON; if it is unfinished, this counts as a poll."""
    now = context.clock.now()
    answer = operation_json(operation, now, call.metadata_type)
    if op.ended(operation, now) is None:
        context.clock.polled()
    return answer


def _everything(_: Operation) -> bool:
    return True


def _filter(text: str, state_of: Callable[[Operation], State]) -> Callable[[Operation], bool] | None:
    """Return the predicate of a filter; None for any other than `state=NAME` and `done=true|false`."""
    if not text.strip():
        return _everything
    match = _FILTER.fullmatch(text)
    if match is None:
        return None
    name, value = match[1], match[2]
    if name == "state":
        return (lambda operation: state_of(operation) == value) if value in State.__members__ else None
    ends = {State.SUCCEEDED, State.CANCELLED, State.FAILED}
    wanted = {"true": True, "false": False}.get(value)
    return None if wanted is None else lambda operation: (state_of(operation) in ends) == wanted


def _token(sequence: int) -> str:
    return base64.urlsafe_b64encode(f"before:{sequence}".encode()).decode("ascii")


def _sequence(token: str) -> int:
    """Return the position of a page token; -1 for a token that no page contained."""
    try:
        text = base64.urlsafe_b64decode(token.encode("ascii")).decode("ascii")
    except (binascii.Error, ValueError):
        return -1
    number = text.removeprefix("before:")
    return int(number) if number.isdecimal() and len(number) < 20 and text != number else -1
