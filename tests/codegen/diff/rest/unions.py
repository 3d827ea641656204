"""Changes of unions, inline and named."""

from __future__ import annotations

from typing import Any

from .proof import RestProof, both, drop, get, of, order, put, receipt, schema
from .shop import INTEGER, STRING, ref

RECEIPT = {"id": "1", "total": 3, "memo": None}
POST = {**RECEIPT, "way": {"kind": "post", "street": "s"}}
WAY = "type(it.way).__name__"


def union(*names: str, **more: Any) -> dict[str, Any]:
    return {"oneOf": [ref(name) for name in names], **more}


def told(name: str, **values: str) -> Any:
    """Give a union a discriminator."""
    mapping = {key: ref(value)["$ref"] for key, value in values.items()}
    return put(*of(name), "discriminator", value={"propertyName": "kind", "mapping": mapping})


def exhaustive(attribute: str, *names: str) -> str:
    cases = "".join(f"        case shop.{name}():\n            return '{name}'\n" for name in names)
    return (
        f'found = client.orders.get_order("1").{attribute}\n    match found:\n{cases}'
        "        case shop.Unrecognized():\n            return ''\n        case None:\n            return ''\n"
        "    assert_never(found)"
    )


def loose(*names: str) -> Any:
    """Take the constants from members, so that a discriminator alone tells them apart."""
    return both(*(put(*of(f"{name}.kind"), value=STRING) for name in names))


UNION_PROOFS = (
    RestProof(
        rule="field.takes-more",
        check="request-property-one-of-added",
        level="info",
        body=order('payment=shop.Card(number="1")'),
        before=put(*of("Order.payment"), value=union("Card", "Cash")),
        edit=put(*of("Order.payment"), value=union("Card", "Cash", "Voucher")),
    ),
    RestProof(
        rule="field.type",
        check="request-property-one-of-removed",
        level="error",
        body=order("payment=shop.Cash(amount=1)"),
        before=put(*of("Order.payment"), value=union("Card", "Cash")),
        edit=put(*of("Order.payment"), value=union("Card", "Voucher")),
    ),
    RestProof(
        rule="field.type",
        check="response-property-one-of-added",
        level="error",
        body=exhaustive("way", "Post", "Drone"),
        answer=POST,
        edit=put(*of("Receipt.way"), value=union("Post", "Drone", "Pickup")),
    ),
    RestProof(
        rule="field.gives-less",
        check="response-property-one-of-removed",
        level="info",
        body=receipt(WAY),
        answer=POST,
        before=put(*of("Receipt.way"), value=union("Post", "Drone", "Pickup")),
        edit=put(*of("Receipt.way"), value=union("Post", "Drone")),
    ),
    RestProof(
        rule="field.told-apart",
        check="response-property-discriminator-mapping-changed",
        level="info",
        body=receipt(WAY),
        answer={**RECEIPT, "way": {"kind": "a", "street": "s", "height": 1}},
        before=both(loose("Post", "Drone"), told("Receipt.way", a="Post", b="Drone")),
        edit=told("Receipt.way", b="Post", a="Drone"),
    ),
    RestProof(
        rule="field.told-apart",
        check="response-property-discriminator-added",
        level="info",
        body=receipt(WAY),
        answer={**RECEIPT, "way": {"kind": "a", "street": "s", "height": 1}},
        before=loose("Post", "Drone"),
        edit=told("Receipt.way", b="Post", a="Drone"),
    ),
    RestProof(
        rule="alias.takes-more",
        body=order('payment=shop.Card(number="1")'),
        edit=put(*of("Payment"), value=union("Card", "Cash", "Voucher")),
    ),
    RestProof(
        rule="alias.type",
        body=exhaustive("delivery", "Post", "Pickup"),
        edit=put(*of("Delivery"), value=union("Post", "Pickup", "Drone")),
    ),
    RestProof(
        rule="alias.gives-less",
        body=receipt("type(it.delivery).__name__"),
        answer={**RECEIPT, "delivery": {"kind": "post", "street": "s"}},
        before=put(*of("Delivery"), value=union("Post", "Pickup", "Drone")),
        edit=put(*of("Delivery"), value=union("Post", "Pickup")),
    ),
    RestProof(
        rule="alias.told-apart",
        body=receipt("type(it.delivery).__name__"),
        answer={**RECEIPT, "delivery": {"kind": "a", "street": "s", "hour": 1}},
        before=both(loose("Post", "Pickup"), told("Delivery", a="Post", b="Pickup")),
        edit=told("Delivery", b="Post", a="Pickup"),
    ),
    RestProof(
        rule="alias.narrowed",
        body=order("point=(3000000000, 1)"),
        edit=schema("Point", prefixItems=[{**INTEGER, "format": "int32"}, INTEGER]),
    ),
    RestProof(rule="alias.deprecated", body=get(), edit=schema("Delivery", deprecated=True)),
    RestProof(rule="alias.docs", body=get(), edit=schema("Delivery", description="A way.")),
    RestProof(
        rule="alias.added",
        body=order("mixed=True"),
        edit=both(
            put("components", "schemas", "Mixed", value={"oneOf": [STRING, {"type": "boolean"}]}),
            put(*of("Order.mixed"), value=ref("Mixed")),
        ),
    ),
    RestProof(
        rule="alias.removed",
        body="found: shop.Delivery | None = client.orders.get_order('1').delivery\n    return found",
        edit=both(
            put(*of("Receipt.delivery"), value=union("Post", "Pickup")),
            drop("components", "schemas", "Delivery"),
        ),
    ),
    RestProof(
        rule="alias.renamed",
        body="found: shop.Delivery | None = client.orders.get_order('1').delivery\n    return found",
        edit=both(
            put("components", "schemas", "Dispatch", value=union("Post", "Pickup")),
            put(*of("Receipt.delivery"), value=ref("Dispatch")),
            drop("components", "schemas", "Delivery"),
        ),
    ),
    RestProof(
        rule="alias.name",
        body="found: shop.Delivery | None = client.orders.get_order('1').delivery\n    return found",
        overlay='[names]\n"alias:Delivery" = "Dispatch"\n',
    ),
)
