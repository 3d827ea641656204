"""Changes of fields."""

from __future__ import annotations

from .proof import GET, INT32, INT64, ORDER, STRING, Proof, both, drop, of, order, put

FIELD_PROOFS = (
    Proof(rule="field.added", body=ORDER, edit=put(*of("Order", "gift"), value=STRING)),
    Proof(
        rule="field.added-required",
        body=ORDER,
        edit=put(*of("Order", "gift"), value=STRING),
        overlay=(
            (
                "[messages.Order.fields.tile]",
                "[messages.Order.fields.gift]\nrequired = true\n\n[messages.Order.fields.tile]",
            ),
        ),
        status=400,
    ),
    Proof(rule="field.removed", body=order('note="n"'), edit=drop(*of("Order", "note")), status=400),
    Proof(
        rule="field.renamed",
        body=order("serial=1"),
        edit=both(drop(*of("Order", "serial")), put(*of("Order", "number"), value=INT64)),
        status=400,
    ),
    Proof(rule="field.type", body=order('note="n"'), edit=put(*of("Order", "note"), value=INT32), status=400),
    Proof(
        rule="field.narrowed",
        body=order("serial=9000000000"),
        edit=put(*of("Order", "serial"), value=INT32),
        status=400,
    ),
    Proof(
        rule="field.widened",
        body="return client.orders.create(shop.Order(request_id='r'), shop='s').total",
        edit=put(*of("Receipt", "total"), value=INT64),
    ),
    Proof(
        rule="field.required",
        body=ORDER,
        overlay=(
            (
                "[messages.Order.fields.tile]",
                "[messages.Order.fields.note]\nrequired = true\n\n[messages.Order.fields.tile]",
            ),
        ),
        status=400,
    ),
    Proof(
        rule="field.tightened",
        body=order("copies=50"),
        overlay=(("maximum = 100", "maximum = 10"),),
        status=400,
    ),
    Proof(rule="field.loosened", body=order("copies=50"), overlay=(("maximum = 100", "maximum = 1000"),)),
    Proof(
        rule="field.unchecked",
        body=GET,
        overlay=(("wrapper = true", "wrapper = true\nmaximum = 2"),),
        answer={"total": 5},
    ),
    Proof(
        rule="field.wrapper-dropped",
        body=GET,
        overlay=(("[messages.Receipt.fields.total]\nwrapper = true", ""),),
        answer={"total": {"value": 5}},
    ),
    Proof(
        rule="field.wrapper",
        body=order("copies=50"),
        overlay=(("maximum = 100", "maximum = 100\nwrapper = true"),),
    ),
    Proof(
        rule="field.default-divides",
        body=order("size=shop.Size(width=8)"),
        overlay=(("default = 8", "default = 7"),),
        status=400,
    ),
    Proof(
        rule="field.deprecated",
        body=order('note="n"'),
        edit=put(*of("Order", "note", "deprecated"), value=True),
    ),
    Proof(
        rule="field.docs",
        body=order('note="n"'),
        edit=put(*of("Order", "note", "description"), value="A note."),
    ),
    Proof(
        rule="field.name",
        body=order('note="n"'),
        overlay=(
            (
                "[messages.Order.fields.tile]",
                '[messages.Order.fields.note]\nname = "remark"\n\n[messages.Order.fields.tile]',
            ),
        ),
    ),
    Proof(rule="field.form", body=order("tile=8"), edit=put(*of("Order", "tile"), value=INT64)),
    Proof(
        rule="field.optional",
        body=order('payment=shop.Card(number="1")'),
        overlay=(("[messages.Card.fields.number]\nrequired = true", ""),),
    ),
    Proof(
        rule="field.pattern", body=order('note="n"'), edit=put(*of("Order", "note", "pattern"), value="^m$")
    ),
    Proof(rule="field.default", body=ORDER, edit=put(*of("Order", "note", "default"), value="none")),
    Proof(
        rule="field.request-id",
        body=ORDER,
        overlay=(("[messages.Order.fields.requestId]", "[messages.Order.fields.note]"),),
    ),
    Proof(
        rule="field.read-only", body=order('note="n"'), edit=put(*of("Order", "note", "readOnly"), value=True)
    ),
)
