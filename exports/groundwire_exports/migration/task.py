"""The request that a task of the official client would send."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any, Final, Protocol

from attrs import evolve
from groundwire import ExportImageRequest
from groundwire.codecs import CODECS
from groundwire_runtime.errors import ArgumentError, shortened

from ..arguments import expression

_IMAGE: Final = "EXPORT_IMAGE"
_OTHERS: Final = {
    "EXPORT_FEATURES": "a table",
    "EXPORT_TABLE": "a table",
    "EXPORT_VIDEO": "a video",
    "EXPORT_TILES": "a map of tiles",
    "EXPORT_CLASSIFIER": "a classifier",
}


class Task(Protocol):
    """An `ee.batch.Task`, as `ee.batch.Export.image.toDrive`, `toCloudStorage` and `toAsset` make it."""

    id: Any
    name: Any
    task_type: Any
    config: Any


def request_of(task: Task) -> ExportImageRequest:
    """Return the request that `task.start()` would send, for `start_export`; the task itself stays unstarted.

    The workload tag that was set when the task was made is in it, and the id if the task was made with one. Does not
    import the `ee` package. Raises ArgumentError for a task that is no image export, was started, or comes from a
    listing, and DecodeError, with a JSON pointer, for options that no request can hold.
    """
    config = _image_config(task)
    fields = {name: _plain(value) for name, value in config.items() if name != "expression"}
    tag = fields.pop("workloadTag", getattr(task, "workload_tag", None))
    if tag:
        fields["workloadTag"] = str(tag)
    if task.id:
        fields["requestId"] = task.id
    request = CODECS.structure(fields, ExportImageRequest)
    return evolve(request, expression=expression(config["expression"]))


def _image_config(task: Task) -> Mapping[str, Any]:
    """Return the options of an image task that was not started."""
    kind = getattr(task, "task_type", None)
    kind = getattr(kind, "value", kind)
    if kind in _OTHERS:
        raise ArgumentError(
            f"task: exports {_OTHERS[kind]} ({kind}), not an image",
            hint="Only tasks of ee.batch.Export.image become requests; start this one with task.start().",
        )
    if kind != _IMAGE:
        hint = "Pass a task of ee.batch.Export.image.toDrive, toCloudStorage or toAsset."
        raise ArgumentError(f"task: expected an image task, got {shortened(task, 80)}", hint=hint)
    if task.name:
        hint = (
            "Wait for it with groundwire_exports.Export(client, name); make a new task to export once more."
        )
        raise ArgumentError(f"task: was started already, as {shortened(task.name, 120)}", hint=hint)
    config = task.config
    if not isinstance(config, Mapping) or "expression" not in config:
        hint = "A task from a listing has no image. Make one with ee.batch.Export.image."
        raise ArgumentError("task: has no image to export", hint=hint)
    if getattr(task, "_request_id", task.id) != task.id:
        hint = "Find it by its description in client.projects.operations.list(), or make a new task."
        raise ArgumentError("task: its start was tried, and may have started it", hint=hint)
    return config


def _plain(value: object) -> object:
    """Return a value as JSON has it. The official client sends bare NaN and infinities, which JSON has not."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, Real) and not isinstance(value, (bool, int)):
        number = float(value)
        if math.isfinite(number):
            return number
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return value
