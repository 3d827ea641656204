"""Programs that look at, wait for and cancel what was started."""

from __future__ import annotations

import ee

from tests.contract.official.server import HOME, Server, equal, refusal

CI = ("status_of_every_kind",)


def _start(description: str) -> ee.batch.Task:
    task = ee.batch.Export.table.toDrive(
        ee.FeatureCollection([ee.Feature(ee.Geometry.Point([1, 2]), {"a": 1})]), description=description
    )
    task.start()
    return task


def wait_in_a_loop(server: Server) -> None:
    """Look at a task until it is no longer active."""
    task, states = _start("loop"), []
    while task.active():
        states.append(task.status()["state"])
    assert states[0] in ("READY", "RUNNING"), states
    assert len(states) < 20, states
    status = task.status()
    equal((status["state"], status["description"]), ("COMPLETED", "loop"))
    assert status["update_timestamp_ms"] >= status["creation_timestamp_ms"], status
    assert status["destination_uris"], status
    equal(len(server.started()), 1)


def list_tasks(server: Server) -> None:
    """List tasks as objects, as operations and as dictionaries of old."""
    for number in range(3):
        _start(f"task-{number}")
    wanted = ["task-2", "task-1", "task-0"]
    equal([each.config["description"] for each in ee.batch.Task.list()], wanted)
    equal([each["metadata"]["description"] for each in ee.data.listOperations()], wanted)
    equal([each["description"] for each in ee.data.getTaskList()], wanted)
    equal(ee.data.listOperations("projects/another-project"), [])
    equal(len(server.started()), 3)


def cancel(server: Server) -> None:
    """Cancel a task, an operation by name, and by its id."""
    first, second, third = (_start(name) for name in ("a", "b", "c"))
    first.cancel()
    ee.data.cancelOperation(second.name)
    ee.data.cancelTask(third.id)
    for task in (first, second, third):
        equal([task.status()["state"] for _ in range(3)][-1], "CANCELLED")
    assert "not found" in refusal(ee.EEException, lambda: ee.data.cancelTask("NOSUCHTASK")).lower()
    equal(len(server.started()), 3)


def status_of_unknown(server: Server) -> None:
    """Ask for tasks by id: one that is unknown has the state UNKNOWN."""
    task = _start("known")
    known, unknown = ee.data.getTaskStatus([task.id, "A" * 24])
    equal((known["id"], known["state"]), (task.id, "READY"))
    equal(unknown["state"], "UNKNOWN")
    equal(ee.data.getOperation(task.name)["name"], task.name)
    equal(len(server.started()), 1)


def failed(server: Server) -> None:
    """Read why a task failed."""
    task = _start("fails")
    server.fail(task.name, "User memory limit exceeded.")
    status = task.status()
    equal((status["state"], status["error_message"]), ("FAILED", "User memory limit exceeded."))
    assert not task.active()


def status_of_every_kind(server: Server) -> None:
    """Read the status of every kind of task in one loop."""
    region = ee.Geometry.Rectangle([0, 0, 1, 1])
    table = ee.FeatureCollection([ee.Feature(region, {"a": 1})])
    to = ee.batch.Export
    tasks = [
        to.image.toDrive(ee.Image(1), "image", region=region, scale=1000),
        to.table.toDrive(table, "table"),
        to.table.toAsset(table, "table-asset", f"{HOME}/t"),
        to.video.toDrive(ee.ImageCollection([ee.Image([1, 2, 3]).toByte()]), "video", region=region),
        to.map.toCloudStorage(ee.Image([1, 2, 3]).toByte(), "map", "bucket", maxZoom=2, region=region),
        to.classifier.toAsset(ee.Classifier.minimumDistance().train(table, "a"), "class", f"{HOME}/c"),
    ]
    for task in tasks:
        task.start()
        status = task.status()
        assert isinstance(status, dict), status
        assert status["state"] in ("READY", "RUNNING"), status
        equal(status["task_type"], task.task_type.value)
    server.finish()
    equal({task.status()["state"] for task in tasks}, {"COMPLETED"})
    equal([kind for kind, _ in server.kinds()], [task.task_type.value for task in tasks])


def retry_after_an_error(server: Server) -> None:
    """Start once although the first answer is an error that the client retries."""
    server.script("table.export", 503)
    task = _start("retried")
    equal([each.description for each in server.started()], ["retried"])
    equal(task.status()["state"], "READY")


def priorities(server: Server) -> None:
    """Start with a priority and a tag of the workload."""
    with ee.data.workloadTagContext("nightly"):
        task = ee.batch.Export.image.toDrive(
            ee.Image(1), "prior", region=ee.Geometry.Rectangle([0, 0, 1, 1]), scale=1000, priority=500
        )
        task.start()
    equal(task.status()["priority"], 500)
    equal(server.requests("image.export")[0]["body"]["workloadTag"], "nightly")


def a_full_queue(server: Server) -> None:
    """Be refused when the queue of the project is full."""
    environment = server.control("POST", "call/environment", {})["result"]
    server.control("POST", "call/set_environment", {"environment": {**environment, "queue_limit": 1}})
    _start("first")
    refusal(ee.EEException, lambda: _start("second"))
    # The client retries, and a full queue uses up the id of the request.
    equal(server.refused()[0], ("earthengine.projects.table.export", "queue-full"))
    equal([each.description for each in server.started()], ["first"])
