"""Changes of operations."""

from __future__ import annotations

from typing import Any

from .proof import RestProof, at, drop, get, put
from .shop import EMPTY, answer, operation, ref

PATCH = 'client.orders.change_order("1", shop.Change(state="a"))'


def moved(document: dict[str, Any]) -> None:
    document["paths"]["/purchases/{id}"] = document["paths"].pop("/orders/{id}")


METHOD_PROOFS = (
    RestProof(
        rule="method.added",
        check="endpoint-added",
        level="info",
        body=get(),
        edit=put(*at("/orders", "delete"), value=operation("clear", _204=EMPTY)),
    ),
    RestProof(
        rule="method.removed",
        check="api-path-removed-without-deprecation",
        level="error",
        body="return client.orders.find('a').total",
        edit=drop("paths", "/find"),
    ),
    RestProof(
        rule="method.removed",
        check="api-removed-without-deprecation",
        level="error",
        body=f"{PATCH}\n    return None",
        edit=drop(*at("/orders/{id}", "patch")),
    ),
    RestProof(rule="method.path", body=get(), edit=moved),
    RestProof(
        rule="method.renamed",
        check="api-operation-id-removed",
        level="info",
        body=get(),
        edit=put(*at("/orders/{id}", "get", "operationId"), value="readOrder"),
    ),
    RestProof(
        rule="method.name",
        check="api-tag-removed",
        level="info",
        body=get(),
        edit=put(*at("/orders/{id}", "get", "tags"), value=["sales"]),
    ),
    RestProof(
        rule="method.deprecated",
        check="endpoint-deprecated",
        level="info",
        body=get(),
        edit=put(*at("/orders/{id}", "get", "deprecated"), value=True),
    ),
    RestProof(
        rule="method.deprecated",
        check="endpoint-reactivated",
        level="info",
        body=get(),
        before=put(*at("/orders/{id}", "get", "deprecated"), value=True),
        edit=drop(*at("/orders/{id}", "get", "deprecated")),
    ),
    RestProof(
        rule="method.errors",
        check="response-non-success-status-added",
        level="info",
        status=409,
        answer={"title": "t"},
        body=(
            "try:\n        client.orders.get_order('1')\n    except shop.errors.ApiError as error:\n"
            "        return type(error.body_typed).__name__\n    return ''"
        ),
        edit=put(*at("/orders/{id}", "get", "responses", "409"), value=answer(ref("Problem"))),
    ),
    RestProof(
        rule="method.errors",
        check="response-non-success-status-removed",
        level="info",
        status=404,
        answer={"title": "t"},
        body=(
            "try:\n        client.orders.get_order('1')\n    except shop.errors.ApiError as error:\n"
            "        return type(error.body_typed).__name__\n    return ''"
        ),
        edit=put(*at("/orders/{id}", "get", "responses", "404"), value=EMPTY),
    ),
    RestProof(
        rule="method.status-added",
        check="response-success-status-added",
        level="info",
        status=201,
        answer={"id": "1", "total": 3, "memo": None, "name": "n"},
        body="return type(client.orders.start_job()).__name__",
        edit=put(*at("/jobs", "post", "responses", "201"), value=answer(ref("Job"))),
    ),
    RestProof(
        rule="method.status-removed",
        check="response-success-status-removed",
        level="error",
        status=202,
        answer={"id": "1", "total": 3, "memo": None, "name": "n"},
        body="return type(client.orders.start_job()).__name__",
        edit=drop(*at("/jobs", "post", "responses", "202")),
    ),
)
