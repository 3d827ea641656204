"""Changes of bounds, patterns and enums."""

from __future__ import annotations

from .proof import RestProof, of, order, put, receipt, schema

INT64 = {"type": "integer", "format": "int64"}
RECEIPT = {"id": "1", "total": 3, "memo": None}

BOUND_PROOFS = (
    RestProof(
        rule="field.tightened",
        about="place",
        body=order("point=(3000000000, 1)"),
        edit=schema("Point", prefixItems=[INT64, {"type": "integer", "maximum": 0}]),
        before=schema("Point", prefixItems=[INT64, {"type": "integer"}]),
    ),
    RestProof(
        rule="field.tightened",
        about="member",
        body=order('size="abc"'),
        before=schema("Order.size", oneOf=[{"type": "string", "maxLength": 3}, {"type": "integer"}]),
        edit=schema("Order.size", oneOf=[{"type": "string", "maxLength": 2}, {"type": "integer"}]),
    ),
    RestProof(
        rule="field.tightened",
        check="request-property-max-decreased",
        level="error",
        body=order("copies=60"),
        edit=schema("Order.copies", maximum=50),
    ),
    RestProof(
        rule="field.loosened",
        check="request-property-max-increased",
        level="info",
        body=order("copies=60"),
        edit=schema("Order.copies", maximum=500),
    ),
    RestProof(
        rule="field.tightened",
        check="request-property-min-increased",
        level="error",
        body=order("copies=1"),
        edit=schema("Order.copies", minimum=2),
    ),
    RestProof(
        rule="field.loosened",
        check="request-property-min-decreased",
        level="info",
        body=order("copies=1"),
        edit=schema("Order.copies", minimum=0),
    ),
    RestProof(
        rule="field.tightened",
        check="request-property-exclusive-max-decreased",
        level="error",
        body=order("weight=20"),
        edit=schema("Order.weight", exclusiveMaximum=20),
    ),
    RestProof(
        rule="field.loosened",
        check="request-property-exclusive-min-decreased",
        level="info",
        body=order("weight=20"),
        edit=schema("Order.weight", exclusiveMinimum=-1),
    ),
    RestProof(
        rule="field.tightened",
        check="request-property-max-set",
        level="warning",
        body=order("serial=60"),
        edit=schema("Order.serial", maximum=50),
    ),
    RestProof(
        rule="field.tightened",
        check="request-property-max-length-decreased",
        level="error",
        body=order('note="abcdef"'),
        edit=schema("Order.note", maxLength=5),
    ),
    RestProof(
        rule="field.loosened",
        check="request-property-min-length-decreased",
        level="info",
        body=order('note="abcdef"'),
        edit=schema("Order.note", minLength=1),
    ),
    RestProof(
        rule="field.tightened",
        check="request-property-min-items-increased",
        level="error",
        body=order('codes=["a"]'),
        edit=schema("Order.codes", minItems=2),
    ),
    RestProof(
        rule="field.tightened",
        about="items",
        body=order('codes=["abc"]'),
        edit=put(*of("Order.codes"), "items", value={"type": "string", "maxLength": 2}),
    ),
    RestProof(
        rule="field.loosened",
        about="items",
        body=order('codes=["abc"]'),
        before=put(*of("Order.codes"), "items", value={"type": "string", "maxLength": 4}),
        edit=put(*of("Order.codes"), "items", value={"type": "string"}),
    ),
    RestProof(rule="field.tightened", body=order("pack=6"), edit=schema("Order.pack", multipleOf=12)),
    RestProof(rule="field.loosened", body=order("pack=6"), edit=schema("Order.pack", multipleOf=3)),
    RestProof(
        rule="field.tightened",
        check="request-property-pattern-added",
        level="error",
        body=order('note="NOTE"'),
        edit=schema("Order.note", pattern="^[a-z]+$"),
    ),
    RestProof(
        rule="field.tightened",
        check="request-property-pattern-changed",
        level="warning",
        body=order('code="a"'),
        edit=schema("Order.code", pattern="^[b-z]+$"),
    ),
    RestProof(
        rule="field.loosened",
        check="request-property-pattern-removed",
        level="info",
        body=order('code="a"'),
        edit=put(*of("Order.code"), value={"type": "string"}),
    ),
    RestProof(
        rule="field.pattern",
        body=order('note="note"'),
        edit=schema("Order.note", pattern="^(a+)+$"),
        alone="the client does not run a pattern that may take long",
    ),
    RestProof(
        rule="field.unchecked",
        check="response-property-max-increased",
        level="error",
        body=receipt("it.rest"),
        answer={**RECEIPT, "rest": 50},
        edit=schema("Receipt.rest", maximum=90),
    ),
    RestProof(
        rule="field.unchecked",
        check="response-property-min-decreased",
        level="error",
        body=receipt("it.rest"),
        answer={**RECEIPT, "rest": -1},
        edit=schema("Receipt.rest", minimum=-9),
    ),
    RestProof(
        rule="field.unchecked",
        check="response-property-pattern-added",
        level="info",
        body=receipt("it.note"),
        answer={**RECEIPT, "note": "A"},
        edit=schema("Receipt.note", pattern="^[A-Z]$"),
    ),
    RestProof(
        rule="enum.value-removed",
        check="request-property-enum-value-removed",
        level="error",
        body=order("size=shop.OrderSize.LARGE"),
        edit=schema("Order.size", enum=["small", "medium"]),
    ),
    RestProof(
        rule="enum.value-sent",
        check="request-property-enum-value-added",
        level="info",
        body="return [each.value for each in shop.OrderSize]",
        edit=schema("Order.size", enum=["small", "large", "vast"]),
    ),
    RestProof(
        rule="enum.value-received",
        check="response-property-enum-value-added",
        level="warning",
        body=(
            'state = client.orders.get_order("1").state\n    match state:\n        case shop.ReceiptState.OPEN:\n'
            "            return 1\n        case shop.ReceiptState.PAID:\n            return 2\n"
            "        case shop.Unlisted():\n            return 3\n        case None:\n            return 4\n"
            "    assert_never(state)"
        ),
        edit=schema("Receipt.state", enum=["open", "paid", "lost"]),
    ),
    RestProof(
        rule="enum.value-removed",
        check="response-property-enum-value-removed",
        level="info",
        body=receipt("it.state is shop.ReceiptState.PAID"),
        edit=schema("Receipt.state", enum=["open", "lost"]),
    ),
    RestProof(
        rule="enum.base",
        body=receipt("shop.ReceiptLevel.N1 + 1"),
        edit=schema("Receipt.level", enum=["1", "2"]),
    ),
    RestProof(
        rule="field.type",
        check="request-property-became-enum",
        level="error",
        body=order('note="note"'),
        edit=put(*of("Order.note"), value={"enum": ["note", "other"]}),
    ),
)
