"""The methods that start an operation: refusals at the start, and the new operation."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..rules.error_bodies import CODES, Fault, Refusal, bad_request
from ..rules.refusals import queue_full, request_id_reused
from .call import Answer, Call, Context
from .exported_image import asset_not_loaded, exported_bands
from .failures import failure, integer
from .operation_json import operation_json
from .script import INVALID_ARGUMENT, Script
from .starts import STARTS, destinations, places, product, target, text
from .state import Operation, hold

DEFAULT_PRIORITY: Final = 100


def start(call: Call, context: Context) -> Answer:
    """Start an export or an import: a PENDING operation, unless its request id was used or the queue is full."""
    refusal = _two_places(call, context) or asset_not_loaded(call, context) or _admitted(call, context)
    if refusal is not None:
        return refusal
    now, kind = context.clock.now(), STARTS[call.method.id]
    doomed, script = failure(call, context), context.script
    if doomed is not None:
        script = evolve(script, failure=doomed.message, code=INVALID_ARGUMENT, rule=doomed.rule)
    made = target(call.body)
    operation = Operation(
        name=f"{call.variables['project']}/operations/{context.operation_id()}",
        kind=kind.kind,
        created=now,
        description=text(call.body, "description"),
        priority=integer(call.body, "priority", DEFAULT_PRIORITY),
        script=_otherwise(script, context),
        destinations=destinations(call.body),
        asset=made.name if made is not None and doomed is None else "",
        product=product(kind, call.body, exported_bands(call, context))
        if made is not None and doomed is None
        else "",
    )
    added = context.state.add(hold(operation, now) if context.held else operation)
    return operation_json(added, now, call.metadata_type)


def _otherwise(script: Script, context: Context) -> Script:
    """Return a life with the failure that a test gave its rule, whose status is an HTTP status."""
    if script.failure is None or not script.rule:
        return script
    told = Refusal(rule=script.rule, code=400, message=script.failure)
    other = context.otherwise(told)
    code = script.code if other.code == told.code else CODES[other.code]
    return evolve(script, failure=other.message, code=code)


def _admitted(call: Call, context: Context) -> Refusal | None:
    """Use the request id; return the refusal of a used one, or of a full queue."""
    state, project = context.state, call.variables["project"]
    request_id = call.body.get("requestId")
    named = isinstance(request_id, str) and request_id != ""
    limit = context.environment.queue_limit
    full = "queue-full" not in context.relaxed and state.is_full(project, limit, context.clock.now())
    if full and "queue-full-burns-id" in context.relaxed:
        return queue_full(limit)
    if (
        named
        and not state.claim(call.caller, project, str(request_id))
        and "request-id-reused" not in context.relaxed
    ):
        return request_id_reused()
    return queue_full(limit) if full else None


def _two_places(call: Call, context: Context) -> Refusal | None:
    """Refuse a start with two places for its result, as the union of an image export is refused."""
    named = places(call.body)
    if len(named) < 2 or "oneof-conflict" in context.relaxed:
        return None
    message = f"Invalid value (oneof), oneof field 'export_options' is already set. Cannot set '{named[1]}'"
    return bad_request((Fault(rule="oneof-conflict", message=message, pointer=f"/{named[1]}"),))
