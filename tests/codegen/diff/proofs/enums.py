"""Changes of enums."""

from __future__ import annotations

from .proof import ORDER, STRING, Proof, drop, named, of, order, put

STATE = """
    state = client.orders.get("orders/1").state
    match state:
        case shop.ReceiptState.OPEN | shop.ReceiptState.PAID:
            return "known"
        case shop.Unlisted():
            return "new"
        case None:
            return "none"
        case _:
            assert_never(state)
"""


ENUM_PROOFS = (
    Proof(
        rule="enum.value-received",
        body=STATE,
        edit=put(*of("Receipt", "state", "enum"), value=["OPEN", "PAID", "LOST"]),
        answer={"state": "LOST"},
    ),
    Proof(
        rule="enum.value-sent",
        body="return sorted(shop.OrderKind)",
        edit=put(*of("Order", "kind", "enum"), value=["SMALL", "LARGE", "HUGE"]),
    ),
    Proof(
        rule="enum.value-removed",
        body=order("kind=shop.OrderKind.LARGE"),
        edit=put(*of("Order", "kind", "enum"), value=["SMALL"]),
        status=400,
    ),
    Proof(
        rule="enum.value-renamed",
        body=order("kind=shop.OrderKind.LARGE"),
        edit=put(*of("Order", "kind", "enum"), value=["SMALL", "LARGER"]),
        status=400,
    ),
    Proof(
        rule="enum.removed",
        body=order("kind=shop.OrderKind.LARGE"),
        edit=drop(*of("Order", "kind")),
        status=400,
    ),
    Proof(
        rule="enum.deprecated",
        body=STATE,
        edit=put(*of("Receipt", "state", "enumDeprecated"), value=[True, False]),
    ),
    Proof(
        rule="enum.added", body=ORDER, edit=put(*of("Order", "gift"), value={**STRING, "enum": ["YES", "NO"]})
    ),
    Proof(
        rule="enum.renamed",
        body=order("kind=shop.OrderKind.LARGE"),
        overlay=(
            (
                "[messages.Order.fields.tile]",
                '[messages.Order.fields.kind]\nenum = "Volume"\n\n[messages.Order.fields.tile]',
            ),
        ),
    ),
    Proof(
        rule="enum.value-name",
        body=order("kind=shop.OrderKind.LARGE"),
        overlay=named("value:Order.kind.LARGE", "BIG"),
    ),
    Proof(
        rule="enum.docs",
        body=STATE,
        edit=put(*of("Receipt", "state", "enumDescriptions"), value=["Not paid.", "Paid."]),
    ),
)
