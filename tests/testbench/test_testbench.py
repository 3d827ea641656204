"""What needs no testbench: which calls of our client of Cloud Storage may be made again, and how the suite is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from groundwire_runtime import credentials
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.audits.corpus import documents
from tests.modules import forget

from .calls import CALLS, Scene
from .combinations import read_combinations
from .storage import PACKAGE, generated

CONDITIONAL = {
    *(f"storage.buckets.{name}" for name in ("patch", "setIamPolicy", "update")),
    *(
        f"storage.objects.{name}"
        for name in ("compose", "copy", "delete", "insert", "patch", "rewrite", "update")
    ),
    "storage.hmacKey.update",
}
NEVER = {
    *(f"storage.{kind}.{name}" for kind in ("bucket_acl", "default_object_acl", "object_acl") for name in ("delete", "insert", "patch", "update")),
    "storage.hmacKey.create",
    "storage.notifications.insert",
}  # fmt: skip


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    if documents.folder() is None:
        pytest.skip("google-api-python-client, which ships the document, is not installed")
    yield generated(tmp_path_factory.mktemp("storage"))
    forget([PACKAGE])


@pytest.mark.parametrize("precondition", [False, True])
@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"storage.resumable.upload"}))
def test_a_call_may_be_made_again_as_cloud_storage_documents(
    storage: ModuleType, name: str, precondition: bool
) -> None:
    sent: list[Request] = []

    def answer(request: Request) -> Response:
        sent.append(request)
        return Response(status=200, body=b"{}")

    client = storage.Client(transport=FunctionTransport(answer), credentials=credentials.anonymous())
    CALLS[name](Scene(client=client, storage=storage, precondition=precondition))
    safe = precondition if name in CONDITIONAL else name not in NEVER
    assert [request.safe_to_retry for request in sent] == [safe]


def test_the_suite_is_every_method_with_every_case(tmp_path: Path) -> None:
    faults = [["return-503"], ["return-reset-connection", "return-400"]]
    methods: list[dict[str, Any]] = [
        {"name": "storage.buckets.get", "resources": ["BUCKET"]},
        {"name": "storage.objects.insert", "resources": []},
        {"name": "storage.objects.get", "group": "storage.objects.download", "resources": []},
    ]
    scenario = {
        "id": 1,
        "description": "d",
        "cases": [{"instructions": each} for each in faults],
        "methods": methods,
        "preconditionProvided": True,
        "expectSuccess": False,
    }
    path = tmp_path / "retry_tests.json"
    path.write_text(json.dumps({"retryTests": [scenario]}), "utf-8")
    read = read_combinations(path)
    assert [(each.method, list(each.faults), each.call) for each in read] == [
        (method["name"], each, method.get("group", method["name"])) for method in methods for each in faults
    ]
    assert {(each.precondition, each.succeeds) for each in read} == {(True, False)}
    assert str(read[1]) == "1 storage.buckets.get [return-reset-connection, return-400], precondition"
