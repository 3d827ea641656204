"""image:export: refusals at the start, the new operation, and its destinations."""

from __future__ import annotations

import hashlib
from typing import Final

from attrs import evolve

from ..exchange import JsonObject, JsonValue
from ..rules.refusals import queue_full, request_id_reused
from .call import Answer, Call, Context
from .exported_image import asset_not_loaded
from .failures import asset, failure, integer
from .operation_json import operation_json
from .script import INVALID_ARGUMENT
from .state import Operation, hold

KIND: Final = "EXPORT_IMAGE"
DEFAULT_PRIORITY: Final = 100


def start(call: Call, context: Context) -> Answer:
    """Start an export: a PENDING operation, unless its request id was used or the queue is full."""
    missing = asset_not_loaded(call, context)
    if missing is not None:
        return missing
    state, now = context.state, context.clock.now()
    project = call.variables["project"]
    request_id = call.body.get("requestId")
    named = isinstance(request_id, str) and request_id != ""
    limit = context.environment.queue_limit
    full = "queue-full" not in context.relaxed and state.is_full(project, limit, now)
    if full and "queue-full-burns-id" in context.relaxed:
        return queue_full(limit)
    if (
        named
        and not state.claim(call.caller, project, str(request_id))
        and "request-id-reused" not in context.relaxed
    ):
        return request_id_reused()
    if full:
        return queue_full(limit)
    doomed = failure(call, context)
    operation = Operation(
        name=f"{project}/operations/{context.operation_id()}",
        kind=KIND,
        created=now,
        description=_text(call.body, "description"),
        priority=integer(call.body, "priority", DEFAULT_PRIORITY),
        script=context.script
        if doomed is None
        else evolve(context.script, failure=doomed.message, code=INVALID_ARGUMENT, rule=doomed.rule),
        destinations=destinations(call.body),
        asset=asset(call.body) if doomed is None else "",
    )
    added = state.add(hold(operation, now) if context.held else operation)
    return operation_json(added, now, call.metadata_type)


def destinations(request: JsonObject) -> tuple[str, ...]:
    """Return the URIs of a finished export. The forms for Cloud Storage and assets are inferred."""
    files = _object(request, "fileExportOptions")
    drive, bucket = files.get("driveDestination"), _object(files, "cloudStorageDestination")
    if isinstance(drive, dict):
        digest = hashlib.sha256(_text(drive, "folder").encode("utf-8", "replace")).hexdigest()
        return (f"https://drive.google.com/#folders/1{digest[:32]}",)
    if bucket:
        folder = _text(bucket, "filenamePrefix").rpartition("/")[0]
        place = f"{_text(bucket, 'bucket')}/{folder}".rstrip("/")
        return (f"https://console.developers.google.com/storage/browser/{place}/",)
    name = asset(request)
    return (f"https://code.earthengine.google.com/?asset={name}",) if name else ()


def _object(holder: JsonObject, name: str) -> JsonObject:
    value: JsonValue = holder.get(name)
    return value if isinstance(value, dict) else {}


def _text(holder: JsonObject, name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""
