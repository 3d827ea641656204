"""Changes of every kind, each with code that a strict checker accepts with the old client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

Edit = Callable[[dict[str, Any]], object]


@frozen(kw_only=True)
class Proof:
    """A change and the rule that must judge it; `body` is what a user's function does with the old client."""

    rule: str
    body: str
    edit: Edit = lambda _: None
    overlay: tuple[tuple[str, str], ...] = ()
    """Texts of the overlay, and what stands there in the new one."""
    answer: Mapping[str, Any] = field(factory=dict[str, Any])
    """What the service answers to either client."""

    @property
    def name(self) -> str:
        return self.rule.replace(".", "_").replace("-", "_")


GET = 'return client.orders.get("orders/1").total'
ORDER = 'return client.orders.create(shop.Order(book="b", request_id="r"), shop="s").total'
MOVE = 'return client.orders.move("orders/1", "shelves/2", 3).total'
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


def order(body: str) -> str:
    """Send an order with these fields."""
    return f'return client.orders.create(shop.Order({body}, request_id="r"), shop="s").total'


def put(*path: str, value: Any) -> Edit:
    """Set what stands at a path of keys."""

    def edit(document: dict[str, Any]) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return edit


def drop(*path: str) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    return edit


def both(*edits: Edit) -> Edit:
    return lambda document: [edit(document) for edit in edits]


def on(name: str, *path: str) -> tuple[str, ...]:
    return ("resources", "orders", "methods", name, *path)


def of(message: str, *path: str) -> tuple[str, ...]:
    return ("schemas", message, "properties", *path)


INT32 = {"type": "integer", "format": "int32"}
INT64 = {"type": "string", "format": "int64"}
STRING = {"type": "string"}
QUERY = {"type": "string", "location": "query"}


def rename(document: dict[str, Any]) -> None:
    methods = document["resources"]["orders"]["methods"]
    methods["fetch"] = {**methods.pop("get"), "id": "shop.orders.fetch"}


def rename_message(document: dict[str, Any]) -> None:
    document["schemas"]["Measure"] = {**document["schemas"].pop("Size"), "id": "Measure"}
    document["schemas"]["Order"]["properties"]["size"]["$ref"] = "Measure"
    document["schemas"]["Receipt"]["properties"]["post"]["$ref"] = "Measure"


def extra(name: str, message: str = "Coupon") -> Edit:
    """One more field, of a message, in Order or in Receipt."""
    return put(*of(*name.split(".")), value={"$ref": message})


PROOFS = (
    Proof(rule="api.base-url", body=GET, edit=put("rootUrl", value="https://store.googleapis.com/")),
    Proof(
        rule="client.argument-added",
        body=GET,
        overlay=(("[client.shop]", "[client.store]\nfills = []\n\n[client.shop]"),),
    ),
    Proof(
        rule="client.argument-removed",
        body='return shop.Client(shop="s") is None',
        overlay=(('[client.shop]\nprefix = "shops/"\nfills = ["shop.orders.create:shop"]', ""),),
    ),
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
    Proof(rule="method.removed", body=GET, edit=drop(*on("get"))),
    Proof(rule="method.renamed", body=GET, edit=rename),
    Proof(rule="method.path", body=GET, edit=put(*on("get", "path"), value="v2/{+name}")),
    Proof(rule="method.verb", body=GET, edit=put(*on("get", "httpMethod"), value="POST")),
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
    Proof(rule="method.request-type", body=ORDER, edit=put(*on("create", "request"), value={"$ref": "Tag"})),
    Proof(
        rule="method.request-needed",
        body="return client.orders.ping().total",
        edit=put(*of("Ping", "text"), value=STRING),
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
    Proof(rule="method.transport", body=GET, edit=put(*on("get", "apiVersion"), value="2026-01-01")),
    Proof(rule="method.deprecated", body=GET, edit=put(*on("get", "deprecated"), value=True)),
    Proof(rule="method.docs", body=GET, edit=put(*on("get", "description"), value="Read an order.")),
    Proof(rule="parameter.added", body=GET, edit=put(*on("get", "parameters", "fields"), value=QUERY)),
    Proof(
        rule="parameter.added-required",
        body=GET,
        edit=put(*on("get", "parameters", "key"), value={**QUERY, "required": True}),
    ),
    Proof(
        rule="parameter.removed",
        body='return client.orders.get("orders/1", limit=3).total',
        edit=drop(*on("get", "parameters", "limit")),
    ),
    Proof(
        rule="parameter.place", body=GET, edit=put(*on("get", "parameters", "limit", "required"), value=True)
    ),
    Proof(
        rule="parameter.order",
        body=MOVE,
        edit=put(*on("move", "parameterOrder"), value=["source", "count", "target"]),
    ),
    Proof(
        rule="parameter.order-silent",
        body=MOVE,
        edit=put(*on("move", "parameterOrder"), value=["target", "source", "count"]),
    ),
    Proof(
        rule="parameter.type",
        body='return client.orders.get("orders/1", limit=3).total',
        edit=put(*on("get", "parameters", "limit"), value=QUERY),
    ),
    Proof(
        rule="parameter.narrowed",
        body='return client.orders.get("orders/1", limit=9000000000).total',
        edit=put(
            *on(
                "get",
                "parameters",
                "limit",
            ),
            value={**INT32, "location": "query", "maximum": "10000000000"},
        ),
    ),
    Proof(
        rule="parameter.widened",
        body=MOVE,
        edit=put(*on("move", "parameters", "count"), value={**INT64, "location": "path", "required": True}),
    ),
    Proof(
        rule="parameter.value-added",
        body='return client.orders.get("orders/1", view="FULL").total',
        edit=put(*on("get", "parameters", "view", "enum"), value=["FULL", "BRIEF", "NONE"]),
    ),
    Proof(
        rule="parameter.value-removed",
        body='return client.orders.get("orders/1", view="BRIEF").total',
        edit=put(*on("get", "parameters", "view", "enum"), value=["FULL"]),
    ),
    Proof(
        rule="parameter.tightened",
        body='return client.orders.get("orders/1", limit=9).total',
        edit=put(*on("get", "parameters", "limit", "maximum"), value="8"),
    ),
    Proof(
        rule="parameter.loosened",
        body='return client.orders.get("orders/1", limit=9).total',
        edit=drop(*on("get", "parameters", "limit", "maximum")),
    ),
    Proof(
        rule="parameter.pattern",
        body=GET,
        edit=put(*on("get", "parameters", "name", "pattern"), value="^tickets/[^/]+$"),
    ),
    Proof(rule="parameter.pattern-dropped", body=GET, edit=drop(*on("get", "parameters", "name", "pattern"))),
    Proof(rule="parameter.prefix", body=ORDER, overlay=(('prefix = "shops/"\n', ""),)),
    Proof(
        rule="parameter.deprecated",
        body=GET,
        edit=put(*on("get", "parameters", "limit", "deprecated"), value=True),
    ),
    Proof(rule="message.renamed", body="return shop.Size(width=1).width", edit=rename_message),
    Proof(rule="message.removed", body='return shop.Tag(text="x").text', edit=drop(*of("Receipt", "term"))),
    Proof(rule="message.docs", body=GET, edit=put("schemas", "Receipt", "description", value="A receipt.")),
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
    ),
    Proof(rule="field.removed", body=order('note="n"'), edit=drop(*of("Order", "note"))),
    Proof(
        rule="field.renamed",
        body=order("serial=1"),
        edit=both(drop(*of("Order", "serial")), put(*of("Order", "number"), value=INT64)),
    ),
    Proof(rule="field.type", body=order('note="n"'), edit=put(*of("Order", "note"), value=INT32)),
    Proof(
        rule="field.narrowed", body=order("serial=9000000000"), edit=put(*of("Order", "serial"), value=INT32)
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
    ),
    Proof(rule="field.tightened", body=order("copies=50"), overlay=(("maximum = 100", "maximum = 10"),)),
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
    ),
    Proof(
        rule="union.removed", body=PAYMENT, edit=both(drop(*of("Order", "card")), drop(*of("Order", "cash")))
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
    Proof(rule="union.left", body=PAYMENT, edit=drop(*of("Order", "card"))),
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
    ),
    Proof(
        rule="union.unchecked",
        body=GET,
        overlay=(('members = ["post", "pickup"]', 'members = ["post", "pickup"]\nrequired = true'),),
        answer={"total": 1},
    ),
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
    ),
    Proof(
        rule="enum.value-renamed",
        body=order("kind=shop.OrderKind.LARGE"),
        edit=put(*of("Order", "kind", "enum"), value=["SMALL", "LARGER"]),
    ),
    Proof(rule="enum.removed", body=order("kind=shop.OrderKind.LARGE"), edit=drop(*of("Order", "kind"))),
    Proof(
        rule="enum.deprecated",
        body=STATE,
        edit=put(*of("Receipt", "state", "enumDeprecated"), value=[True, False]),
    ),
)
