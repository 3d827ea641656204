"""Changes of messages, and of the values under keys that no property names."""

from __future__ import annotations

from typing import Any

from .proof import RestProof, both, drop, get, of, order, put, schema
from .shop import STRING, json_of, ref

BOX = "return client.orders.put_box('1', shop.Box(name='b'))"

MESSAGE_PROOFS = (
    RestProof(
        rule="message.extra-added",
        body=order(),
        edit=put("components", "schemas", "Order", "additionalProperties", value=STRING),
    ),
    RestProof(
        rule="message.extra-removed",
        body="return client.orders.put_box('1', shop.Box(name='b', additional_properties={'a': 'b'}))",
        status=204,
        edit=put("components", "schemas", "Box", "additionalProperties", value=True),
    ),
    RestProof(
        rule="field.type",
        body=BOX.replace("name='b'", "name='b', size=1.5"),
        status=204,
        edit=schema("Box.size", type="integer"),
    ),
    RestProof(
        rule="message.renamed",
        body="job: shop.Job = client.orders.get_job('1')\n    return job.name",
        answer={"name": "n"},
        edit=lambda document: _rename(document, "Job", "Task"),
    ),
    RestProof(
        rule="message.removed",
        check="api-schema-removed",
        level="info",
        body="return shop.Problem(title='t').title",
        edit=both(
            put("paths", "/orders/{id}", "get", "responses", "404", value={"description": ""}),
            drop("components", "schemas", "Problem"),
        ),
    ),
    RestProof(
        rule="message.added",
        body=get(),
        edit=both(
            put("components", "schemas", "Gift", value={"type": "object", "properties": {"text": STRING}}),
            put(*of("Receipt.gift"), value=ref("Gift")),
        ),
    ),
)


def _rename(document: dict[str, Any], old: str, new: str) -> None:
    schemas = document["components"]["schemas"]
    schemas[new] = schemas.pop(old)
    for path in ("/jobs", "/jobs/{id}"):
        for stated in document["paths"][path].values():
            for status, found in stated["responses"].items():
                if found.get("content") == json_of(ref(old)):
                    stated["responses"][status] = {**found, "content": json_of(ref(new))}
