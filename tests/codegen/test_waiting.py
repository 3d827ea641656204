"""`wait` of a generated client, for every kind of operation that a Discovery document has."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from groundwire_contract import serving
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import ArgumentError, OperationError, OperationTimeout
from groundwire_runtime.method import Method
from groundwire_runtime.parameters import Parameter
from groundwire_runtime.placed_operations import PlacedOperations, StatusView

from tests.codegen.conftest import Load
from tests.codegen.documents import encoded
from tests.codegen.packages import files, output
from tests.runtime.doubles import Script, answer

ROOT = "https://forge.googleapis.com/forge/v1/"
COMPUTE = {
    "forge.zoneOperations.get": "projects/{project}/zones/{zone}/operations/{operation}",
    "forge.zoneOperations.wait": "projects/{project}/zones/{zone}/operations/{operation}/wait",
    "forge.globalOperations.get": "projects/{project}/global/operations/{operation}",
    "forge.folderOperations.get": "{+folder}/global/operations/{operation}",
    "forge.organizationOperations.get": "locations/global/operations/{operation}",
}
STATUS = {
    "name": {"type": "string"},
    "selfLink": {"type": "string"},
    "operationType": {"type": "string"},
    "status": {"type": "string", "enum": ["PENDING", "RUNNING", "DONE"]},
    "error": {"$ref": "Errors"},
}
LONG_RUNNING = {
    "name": {"type": "string"},
    "done": {"type": "boolean"},
    "error": {"$ref": "Status"},
    "response": {"type": "object", "additionalProperties": {"type": "any"}},
    "metadata": {"type": "object", "additionalProperties": {"type": "any"}},
}


def method(id_: str, path: str) -> dict[str, Any]:
    """A method that returns an operation: one that reads it, or one that waits for it."""
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    parameters: dict[str, Any] = {
        name.removeprefix("+"): {"type": "string", "location": "path", "required": True} for name in names
    }
    if "+folder" in names:
        parameters["folder"]["pattern"] = "^folders/[^/]*$"
    verb = "POST" if path.endswith("/wait") else "GET"
    found = {"id": id_, "path": path, "httpMethod": verb, "parameters": parameters, "parameterOrder": []}
    return {**found, "response": {"$ref": "Operation"}}


def document(
    paths: dict[str, str], operation: dict[str, Any], service_path: str = "forge/v1/"
) -> dict[str, Any]:
    """A Discovery document with methods by id, of which each returns an operation."""
    item = {"type": "object", "properties": {"code": {"type": "string"}, "message": {"type": "string"}}}
    errors = {"errors": {"type": "array", "items": item}}
    status = {"code": {"type": "integer", "format": "int32"}, "message": {"type": "string"}}
    resources: dict[str, Any] = {}
    for id_, path in {"forge.anvils.insert": "anvils", **paths}.items():
        _, resource, name = id_.split(".")
        resources.setdefault(resource, {"methods": {}})["methods"][name] = method(id_, path)
    resources["anvils"]["methods"]["insert"]["httpMethod"] = "POST"
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "forge:v1",
        "name": "forge",
        "version": "v1",
        "revision": "20260101",
        "rootUrl": "https://forge.googleapis.com/",
        "servicePath": service_path,
        "schemas": {
            "Operation": {"id": "Operation", "type": "object", "properties": operation},
            "Errors": {"id": "Errors", "type": "object", "properties": errors},
            "Status": {"id": "Status", "type": "object", "properties": status},
        },
        "resources": resources,
    }


class Time:
    """A clock that says how long was slept."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> Clock:
        def sleep(seconds: float) -> None:
            self.now += seconds

        return Clock(monotonic=lambda: self.now, sleep=sleep)


def client(package: Any, script: Script, **options: Any) -> Any:
    credentials = package.credentials.anonymous()
    return package.Client(credentials=credentials, transport=script, clock=Time().clock(), **options)


@pytest.mark.parametrize(
    ("place", "verb"),
    [
        ("projects/p/zones/z/operations/o-1", "POST"),
        ("projects/p:q/zones/z/operations/o-1", "POST"),
        ("projects/p/global/operations/o-1", "GET"),
        ("folders/7/global/operations/o-1", "GET"),
        ("locations/global/operations/o-1", "GET"),
    ],
)
def test_an_operation_with_a_status_is_read_at_its_link(load: Load, place: str, verb: str) -> None:
    package = load(files(document(COMPUTE, STATUS)))
    states = [{"name": "o-1", "selfLink": f"{ROOT}{place}", "status": each} for each in ("RUNNING", "DONE")]
    script = Script([answer({**states[0], "status": "PENDING"}), *map(answer, states)])
    forge = client(package, script)
    seen: list[str] = []
    done = forge.wait(forge.anvils.insert(), on_progress=lambda each: seen.append(str(each.status)))
    assert (done.status, seen) == ("DONE", ["PENDING", "RUNNING", "DONE"])
    end = "/wait" if verb == "POST" else ""
    url = f"{ROOT}{place.replace(':', '%3A')}{end}"
    assert [(each.verb, each.url) for each in script.requests[1:]] == [(verb, url)] * 2


def test_a_call_that_waits_may_take_the_time_that_a_service_holds_it(load: Load) -> None:
    package = load(files(document(COMPUTE, STATUS)))
    running = {"selfLink": f"{ROOT}projects/p/zones/z/operations/o-1", "status": "RUNNING"}
    script = Script(forever=answer(running))
    forge = client(package, script, timeout=60)
    with pytest.raises(OperationTimeout):
        forge.wait(package.Operation(self_link=running["selfLink"]), timeout=200)
    assert script.requests[0].deadline is not None
    assert script.requests[0].deadline > 100
    assert all(each.safe_to_retry for each in script.requests)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            {"errors": [{"code": "QUOTA", "message": "No room."}, {"code": "ZONE", "message": "Down."}]},
            "QUOTA: No room.; ZONE: Down.",
        ),
        ({"errors": []}, "no message"),
        ({}, "no message"),
    ],
)
def test_an_operation_with_a_status_that_failed_raises(load: Load, error: dict[str, Any], words: str) -> None:
    package = load(files(document(COMPUTE, STATUS)))
    place = "projects/p/global/operations/o-1"
    state = {"selfLink": f"{ROOT}{place}", "status": "DONE", "error": error}
    forge = client(package, Script([answer(state)]))
    with pytest.raises(OperationError) as caught:
        forge.wait(forge.anvils.insert())
    assert str(caught.value).startswith(f"forge/v1/{place} failed: {words}")
    assert caught.value.operation.status == "DONE"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (None, "it has no self_link or name"),
        ("https://elsewhere.example/buckets/b/operations/1", "no method of this client reads"),
        ("https://forge.googleapis.com/" + "x/" * 2000, "it has no self_link or name"),
        ("::", "no method of this client reads"),
    ],
)
def test_an_operation_that_no_method_reads_is_refused(load: Load, link: str | None, said: str) -> None:
    package = load(files(document(COMPUTE, STATUS)))
    script = Script([])
    with pytest.raises(ArgumentError, match=said) as caught:
        client(package, script).wait(package.Operation(self_link=link, status="RUNNING"))
    assert "projects/{project}/global/operations/{operation}" in str(caught.value.hint)
    assert script.requests == []
    with pytest.raises(ArgumentError, match="expected an Operation"):
        client(package, script).wait("projects/p/global/operations/o-1")


@pytest.mark.parametrize(
    ("paths", "properties", "service_path", "state", "url"),
    [
        (  # App Engine: the name has the values of the path
            {"forge.apps.get": "v1/apps/{appsId}/operations/{operationsId}"},
            LONG_RUNNING,
            "",
            {"name": "apps/a/operations/7"},
            "https://forge.googleapis.com/v1/apps/a/operations/7",
        ),
        (  # Cloud Storage: the link has them, the name has others
            {"forge.buckets.get": "b/{bucket}/operations/{operationId}"},
            {**LONG_RUNNING, "selfLink": {"type": "string"}},
            "forge/v1/",
            {"name": "projects/_/buckets/x/operations/7", "selfLink": f"{ROOT}b/x/operations/7"},
            f"{ROOT}b/x/operations/7",
        ),
        (  # a name is enough where the document has a method for it
            {
                "forge.apps.get": "v1/apps/{appsId}/operations/{operationsId}",
                "forge.operations.get": "v1/{+name}",
            },
            LONG_RUNNING,
            "",
            {"name": "operations/7"},
            "https://forge.googleapis.com/v1/operations/7",
        ),
    ],
)
def test_an_operation_of_aip_151_is_read_by_the_parts_of_its_name_or_link(
    load: Load,
    paths: dict[str, str],
    properties: dict[str, Any],
    service_path: str,
    state: dict[str, Any],
    url: str,
) -> None:
    package = load(files(document(paths, properties, service_path)))
    script = Script([answer(state), answer(state), answer({**state, "done": True, "response": {"x": 1}})])
    forge = client(package, script)
    assert forge.wait(forge.anvils.insert()).response == {"x": 1}
    assert [each.url for each in script.requests[1:]] == [url, url]
    script.answers = [answer({**state, "done": True, "error": {"code": 3, "message": "No."}})]
    with pytest.raises(OperationError, match=r"failed: No\."):
        forge.wait(forge.anvils.insert())


def test_the_stand_in_of_a_document_with_a_service_path_is_waited_for_too(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "forge.json"
    path.write_bytes(encoded(document(COMPUTE, STATUS)))
    package = load(files(path.read_bytes()))
    server = serving(path)
    states = iter(["RUNNING", "DONE"])
    operation = {"selfLink": f"{ROOT}projects/p/zones/z/operations/o-1", "status": "PENDING"}
    try:
        server.answers("forge.anvils.insert", operation)
        server.answers("forge.zoneOperations.wait", lambda _: {**operation, "status": next(states)})
        forge = server.client_of(package.Client)
        assert forge.wait(forge.anvils.insert()).status == "DONE"
        server.assert_valid()
        assert server.requests[0].path == "/forge/v1/anvils"
    finally:
        server.stop()


def test_a_method_that_reads_something_else_does_not_poll() -> None:
    paths = {"forge.groups.graph": "v1/{+parent}/memberships:graph", "forge.photos.get": "v1/photo/{photoId}"}
    assert "def wait" not in output(document(paths, LONG_RUNNING, "")).files["client.py"]


def test_a_long_place_is_refused_in_no_time() -> None:
    names = tuple(Parameter(name=name, location="path", pattern="^q$") for name in "abc")
    method = Method[Any](id="x", verb="GET", path="v1/{+a}/x/{+b}/x/{+c}", parameters=names)
    view = StatusView[Any](status="status", error="error")
    placed = PlacedOperations[Any](view=view, methods=(method,), link=None, name="name")
    for name in ("a/x/" * 500, "x/" * 32 + "a" * 1900):
        with pytest.raises(ArgumentError, match="no method of this client reads"):
            placed._found(SimpleNamespace(name=name))
