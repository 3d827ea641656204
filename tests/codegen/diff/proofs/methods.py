"""Changes of methods."""

from __future__ import annotations

from typing import Any

from .proof import GET, ORDER, Proof, drop, of, on, put

SEARCH = "return [each.total for each in client.orders.search(shop.Search())]"


def rename(document: dict[str, Any]) -> None:
    methods = document["resources"]["orders"]["methods"]
    methods["fetch"] = {**methods.pop("get"), "id": "shop.orders.fetch"}


METHOD_PROOFS = (
    Proof(
        rule="method.added",
        body=GET,
        edit=put(
            *on("again"),
            value={
                "id": "shop.orders.again",
                "httpMethod": "GET",
                "path": "v1/again",
                "response": {"$ref": "Receipt"},
            },
        ),
    ),
    Proof(rule="method.removed", body=GET, edit=drop(*on("get")), status=404),
    Proof(rule="method.renamed", body=GET, edit=rename),
    Proof(rule="method.path", body=GET, edit=put(*on("get", "path"), value="v2/{+name}"), status=404),
    Proof(rule="method.verb", body=GET, edit=put(*on("get", "httpMethod"), value="POST"), status=404),
    Proof(
        rule="method.scopes",
        body=GET,
        edit=put(*on("get", "scopes"), value=["https://www.googleapis.com/auth/other"]),
    ),
    Proof(rule="method.request-added", body=GET, edit=put(*on("get", "request"), value={"$ref": "Order"})),
    Proof(
        rule="method.request-optional-added",
        body=GET,
        edit=put(*on("get", "request"), value={"$ref": "Ping"}),
    ),
    Proof(rule="method.request-removed", body=ORDER, edit=drop(*on("create", "request"))),
    Proof(
        rule="method.request-type",
        body=ORDER,
        edit=put(*on("create", "request"), value={"$ref": "Tag"}),
        status=400,
    ),
    Proof(rule="method.response-type", body=GET, edit=put(*on("get", "response"), value={"$ref": "Tag"})),
    Proof(
        rule="method.paging",
        body="return [each.total for each in client.orders.list()]",
        edit=drop(*of("Receipts", "nextPageToken")),
    ),
    Proof(
        rule="method.request-id",
        body=ORDER,
        overlay=(("[messages.Order.fields.requestId]\nrequest_id = true", ""),),
    ),
    Proof(
        rule="method.idempotency",
        body=GET,
        overlay=(('[methods."shop.orders.get"]', '[methods."shop.orders.get"]\nidempotent = "never"'),),
    ),
    Proof(rule="method.transport", body=GET, edit=put(*on("get", "apiVersion"), value="2026-01-01")),
    Proof(rule="method.deprecated", body=GET, edit=put(*on("get", "deprecated"), value=True)),
    Proof(rule="method.docs", body=GET, edit=put(*on("get", "description"), value="Read an order.")),
    Proof(
        rule="method.name",
        body=GET,
        overlay=(('[methods."shop.orders.get"]', '[methods."shop.orders.get"]\nname = "fetch"'),),
    ),
    Proof(
        rule="method.paging-fields",
        body=SEARCH,
        edit=drop(*on("search", "parameters", "pageToken")),
        status=400,
    ),
    Proof(
        rule="method.media-removed",
        status=400,
        body='return client.jobs.get_media("jobs/1")',
        edit=drop("resources", "jobs", "methods", "get", "supportsMediaDownload"),
    ),
    Proof(rule="method.media", body=GET, edit=put(*on("get", "supportsMediaDownload"), value=True)),
)
