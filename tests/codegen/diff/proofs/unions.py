"""Changes of unions."""

from __future__ import annotations

from .proof import GET, ORDER, STRING, Proof, both, drop, extra, named, of, order, put

DELIVERY = """
    delivery = client.orders.get("orders/1").delivery
    match delivery:
        case shop.Size():
            return "post"
        case shop.Cash():
            return "pickup"
        case None:
            return "none"
        case _:
            assert_never(delivery)
"""
RULE = 'return type(client.orders.get("orders/1").rule).__qualname__'
TERM = (
    'return client.orders.create(shop.Order(filter=shop.Term.Variable("x"), request_id="r"), shop="s").total'
)
PAYMENT = (
    'return client.orders.create(shop.Order(payment=shop.Card(number="1"), request_id="r"), shop="s").total'
)


UNION_PROOFS = (
    Proof(
        rule="union.added",
        body=ORDER,
        edit=extra("Order.coupon"),
        overlay=(
            (
                "[messages.Order.unions.payment]",
                '[messages.Order.unions.rebate]\nmembers = ["coupon"]\n\n[messages.Order.unions.payment]',
            ),
        ),
    ),
    Proof(
        rule="union.added-required",
        body=ORDER,
        edit=extra("Order.coupon"),
        overlay=(
            (
                "[messages.Order.unions.payment]",
                '[messages.Order.unions.rebate]\nmembers = ["coupon"]\nrequired = true\n\n[messages.Order.unions.payment]',
            ),
        ),
        status=400,
    ),
    Proof(
        rule="union.removed",
        body=PAYMENT,
        edit=both(drop(*of("Order", "card")), drop(*of("Order", "cash"))),
        status=400,
    ),
    Proof(
        rule="union.joined",
        body=DELIVERY,
        edit=extra("Receipt.locker"),
        overlay=(('["post", "pickup"]', '["post", "pickup", "locker"]'),),
        answer={"locker": {"code": "1"}},
    ),
    Proof(
        rule="union.joined-family",
        body=RULE,
        edit=put(*of("Rule", "other"), value=STRING),
        overlay=(
            (
                '[messages.Rule.unions.rule]\nmembers = ["constant", "variable"]',
                '[messages.Rule.unions.rule]\nmembers = ["constant", "variable", "other"]',
            ),
        ),
        answer={"rule": {"other": "x"}},
    ),
    Proof(
        rule="union.joined-family-sent",
        body=TERM,
        edit=put(*of("Term", "other"), value=STRING),
        overlay=(
            (
                '[messages.Term.unions.term]\nmembers = ["constant", "variable"]',
                '[messages.Term.unions.term]\nmembers = ["constant", "variable", "other"]',
            ),
        ),
    ),
    Proof(rule="union.left", body=PAYMENT, edit=drop(*of("Order", "card")), status=400),
    Proof(
        rule="union.moved",
        body=order('note="n"'),
        overlay=(('["card", "cash"]', '["card", "cash", "note"]'),),
    ),
    Proof(
        rule="union.member-class",
        body=PAYMENT,
        edit=extra("Order.second", "Card"),
        overlay=(('["card", "cash"]', '["card", "cash", "second"]'),),
    ),
    Proof(
        rule="union.required",
        body=ORDER,
        overlay=(('members = ["card", "cash"]', 'members = ["card", "cash"]\nrequired = true'),),
        status=400,
    ),
    Proof(
        rule="union.unchecked",
        body=GET,
        overlay=(('members = ["post", "pickup"]', 'members = ["post", "pickup"]\nrequired = true'),),
        answer={"total": 1},
    ),
    Proof(rule="union.name", body=PAYMENT, overlay=named("field:Order.|payment", "pay")),
    Proof(
        rule="union.optional",
        body=TERM,
        overlay=(
            ('members = ["constant", "variable"]\nrequired = true', 'members = ["constant", "variable"]'),
        ),
    ),
    Proof(
        rule="union.docs",
        body=PAYMENT,
        overlay=(('members = ["card", "cash"]', 'members = ["card", "cash"]\ndoc = "How to pay."'),),
    ),
)
