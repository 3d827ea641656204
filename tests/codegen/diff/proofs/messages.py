"""Changes of whole messages."""

from __future__ import annotations

from typing import Any

from .proof import GET, ORDER, Proof, both, drop, named, of, order, put


def rename_message(document: dict[str, Any]) -> None:
    document["schemas"]["Measure"] = {**document["schemas"].pop("Size"), "id": "Measure"}
    document["schemas"]["Order"]["properties"]["size"]["$ref"] = "Measure"
    document["schemas"]["Receipt"]["properties"]["post"]["$ref"] = "Measure"


MESSAGE_PROOFS = (
    Proof(rule="message.renamed", body="return shop.Size(width=1).width", edit=rename_message),
    Proof(
        rule="message.removed",
        body='return shop.Tag(text="x").text',
        edit=both(drop(*of("Receipt", "term")), drop("schemas", "Tag")),
    ),
    Proof(rule="message.docs", body=GET, edit=put("schemas", "Receipt", "description", value="A receipt.")),
    Proof(
        rule="message.added",
        body=ORDER,
        edit=both(
            put("schemas", "Voucher", value={"id": "Voucher", "type": "object"}),
            put(*of("Order", "voucher"), value={"$ref": "Voucher"}),
        ),
    ),
    Proof(
        rule="message.name", body="return shop.Size(width=1).width", overlay=named("message:Size", "Extent")
    ),
    Proof(
        rule="message.family",
        body=order('filter=shop.Term.Variable("x")'),
        overlay=named("family:Term", "no"),
    ),
    Proof(rule="message.deprecated", body=GET, edit=put("schemas", "Receipt", "deprecated", value=True)),
)
