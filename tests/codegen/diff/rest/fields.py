"""Changes of fields: there or not, required or not, their types."""

from __future__ import annotations

from typing import Any

from .proof import RestProof, both, get, of, order, put, receipt, remove, required, schema
from .shop import INTEGER, NUMBER, STRING

CHANGE = "return client.orders.change_order('1', shop.Change({0}))"
DEFAULT = "the client sends no default, and shows none"
RED = {"const": "red"}


def added(name: str, stated: Any = STRING, *, is_required: bool = False) -> Any:
    message, _, wire = name.partition(".")
    edit = put(*of(name), value=stated)
    return both(edit, required(message, wire)) if is_required else edit


FIELD_PROOFS = (
    RestProof(
        rule="field.added",
        check="new-optional-request-property",
        level="info",
        body=order(),
        edit=added("Order.gift"),
    ),
    RestProof(
        rule="field.added",
        check="response-optional-property-added",
        level="info",
        body=get(),
        edit=added("Receipt.gift"),
    ),
    RestProof(
        rule="field.added",
        check="response-required-property-added",
        level="info",
        body=get(),
        answer={"id": "1", "total": 3, "memo": None, "gift": "g"},
        edit=added("Receipt.gift", is_required=True),
    ),
    RestProof(
        rule="field.added-needed",
        check="new-required-request-property",
        level="error",
        body=order(),
        edit=added("Order.gift", is_required=True),
    ),
    RestProof(
        rule="field.removed",
        check="request-property-removed",
        level="warning",
        body=order('note="note"'),
        edit=remove("Order", "note"),
    ),
    RestProof(
        rule="field.removed",
        check="response-required-property-removed",
        level="error",
        body=get(),
        edit=remove("Receipt", "total"),
    ),
    RestProof(
        rule="field.removed",
        check="response-optional-property-removed",
        level="warning",
        body=receipt("it.note"),
        edit=remove("Receipt", "note"),
    ),
    RestProof(
        rule="field.type",
        check="request-property-type-changed",
        level="error",
        body=order('note="note"'),
        edit=put(*of("Order.note"), value={"type": "boolean"}),
    ),
    RestProof(
        rule="field.type",
        check="response-property-type-changed",
        level="error",
        body=receipt("len(it.note or '')"),
        edit=put(*of("Receipt.note"), value=INTEGER),
    ),
    RestProof(
        rule="field.type",
        check="response-property-type-generalized",
        level="error",
        body=receipt("[0][it.total - 3]"),
        edit=put(*of("Receipt.total"), value=NUMBER),
    ),
    RestProof(
        rule="field.takes-more",
        check="request-property-type-generalized",
        level="info",
        body=order("copies=3"),
        edit=schema("Order.copies", type="number"),
    ),
    RestProof(
        rule="field.takes-more",
        check="request-property-list-of-types-widened",
        level="info",
        body=order("copies=3"),
        edit=schema("Order.copies", type=["integer", "string"]),
    ),
    RestProof(
        rule="field.type",
        check="request-property-list-of-types-narrowed",
        level="error",
        body=order("mixed=True"),
        edit=put(*of("Order.mixed"), value=STRING),
    ),
    RestProof(
        rule="field.gives-less",
        check="response-property-list-of-types-narrowed",
        level="info",
        body=receipt("isinstance(it.mixed, str)"),
        edit=put(*of("Receipt.mixed"), value={"oneOf": [STRING, {"type": "boolean"}]}),
    ),
    RestProof(
        rule="field.gives-less",
        check="response-property-type-specialized",
        level="info",
        body=receipt("(it.rest or 0) + 1"),
        answer={"id": "1", "total": 3, "memo": None, "rest": 3},
        edit=schema("Receipt.rest", type="integer"),
    ),
    RestProof(
        rule="field.narrowed",
        body=order("serial=3000000000"),
        edit=schema("Order.serial", format="int32"),
    ),
    RestProof(
        rule="field.widened",
        body=order("serial=3"),
        before=schema("Order.serial", format="int32"),
        edit=schema("Order.serial", format="int64"),
    ),
    RestProof(
        rule="field.needed",
        check="request-property-became-required",
        level="error",
        body=order(),
        edit=required("Order", "note"),
    ),
    RestProof(
        rule="field.needed",
        body='return type(client.orders.pay(shop.Card(number="1"))).__name__',
        answer={"kind": "post", "street": "s"},
        edit=put(*of("Card.kind"), value=STRING),
    ),
    RestProof(
        rule="field.optional",
        check="request-property-became-optional",
        level="info",
        body=order(),
        edit=required("Order", "book", is_required=False),
    ),
    RestProof(
        rule="field.may-be-absent",
        check="response-property-became-optional",
        level="error",
        body=receipt("len(it.id)"),
        edit=required("Receipt", "id", is_required=False),
    ),
    RestProof(
        rule="field.always-there",
        check="response-property-became-required",
        level="info",
        body=receipt("it.note"),
        answer={"id": "1", "total": 3, "memo": None, "note": "n"},
        edit=required("Receipt", "note"),
    ),
    RestProof(rule="field.filled", body=order(), edit=required("Order", "colour")),
    RestProof(
        rule="field.type",
        check="request-property-became-not-nullable",
        level="error",
        body=CHANGE.format("state=None"),
        status=204,
        edit=schema("Change.state", type="string"),
    ),
    RestProof(
        rule="field.takes-more",
        check="request-property-became-nullable",
        level="info",
        body=order(),
        edit=schema("Order.book", type=["string", "null"]),
    ),
    RestProof(
        rule="field.type",
        check="response-property-became-nullable",
        level="error",
        body=receipt("len(it.id)"),
        edit=schema("Receipt.id", type=["string", "null"]),
    ),
    RestProof(
        rule="field.gives-less",
        check="response-property-became-not-nullable",
        level="info",
        body=receipt("it.memo is None or it.memo"),
        answer={"id": "1", "total": 3, "memo": "m"},
        edit=schema("Receipt.memo", type="string"),
    ),
    RestProof(
        rule="field.nullable",
        body=CHANGE.format('state="a", null_fields={"note"}'),
        status=204,
        edit=schema("Change.note", type="string"),
        alone="the client sends the null that it is given",
    ),
    RestProof(
        rule="field.read-only",
        check="request-optional-property-became-read-only",
        level="info",
        body=order('note="note"'),
        edit=schema("Order.note", readOnly=True),
        alone="the client sends what it is given",
    ),
    RestProof(
        rule="field.read-only",
        check="request-required-property-became-read-only",
        level="info",
        body=order(),
        edit=schema("Order.book", readOnly=True),
        alone="the client sends what it is given",
    ),
    RestProof(
        rule="field.write-only",
        check="response-optional-property-became-write-only",
        level="info",
        body=receipt("it.note"),
        edit=schema("Receipt.note", writeOnly=True),
        alone="the client shows what it is given",
    ),
    RestProof(
        rule="field.may-be-absent",
        check="response-required-property-became-write-only",
        level="info",
        body=receipt("len(it.id)"),
        edit=schema("Receipt.id", writeOnly=True),
    ),
    RestProof(
        rule="field.type",
        check="request-property-const-changed",
        level="error",
        body=order('colour="red"'),
        edit=put(*of("Order.colour"), value={"const": "blue"}),
    ),
    RestProof(
        rule="field.type",
        check="request-property-const-added",
        level="error",
        body=order('note="note"'),
        edit=put(*of("Order.note"), value={"const": "blue"}),
    ),
    RestProof(
        rule="field.type",
        check="response-property-const-changed",
        level="error",
        body=(
            'colour = client.orders.get_order("1").colour\n    match colour:\n        case "red":\n            return 1\n'
            "        case shop.Unlisted():\n            return 2\n        case None:\n            return 3\n"
            "    assert_never(colour)"
        ),
        edit=put(*of("Receipt.colour"), value={"const": "blue"}),
    ),
    RestProof(
        rule="field.default",
        check="request-property-default-value-changed",
        level="info",
        body=order(),
        edit=schema("Order.note", default="none"),
        alone=DEFAULT,
    ),
    RestProof(
        rule="field.deprecated",
        check="request-property-deprecated",
        level="info",
        body=order('note="note"'),
        edit=schema("Order.note", deprecated=True),
    ),
)
