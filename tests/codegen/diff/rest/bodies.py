"""Changes of bodies and answers."""

from __future__ import annotations

from typing import Any

from .proof import Edit, RestProof, at, both, drop, get, order, put
from .shop import json_of, ref

BODY = "requestBody"
PAY = 'client.orders.pay(shop.Card(number="1"))'
ANSWER = ("responses", "200", "content")
PNG = b"\x89"


def body(path: str, verb: str, *more: str) -> tuple[str, ...]:
    return at(path, verb, BODY, *more)


def members(*names: str) -> dict[str, Any]:
    return json_of({"oneOf": [ref(name) for name in names]})


def note(**bounds: Any) -> Edit:
    """Return an edit after which a note is a text with these bounds alone."""
    plain = {"text/plain": {"schema": {"type": "string", **bounds}}}
    return put(*body("/notes", "post", "content"), value=plain)


def reordered(document: dict[str, Any]) -> None:
    content = document["paths"]["/notes"]["post"]["requestBody"]["content"]
    content["text/plain"] = content.pop("text/plain")


BODY_PROOFS = (
    RestProof(
        rule="method.request-added",
        check="request-body-added-required",
        level="error",
        body=get(),
        edit=put(*body("/orders/{id}", "get"), value={"required": True, "content": json_of(ref("Card"))}),
    ),
    RestProof(
        rule="method.request-offered",
        check="request-body-added-optional",
        level="info",
        body="return type(client.orders.start_job()).__name__",
        edit=put(*body("/jobs", "post"), value={"content": json_of(ref("Card"))}),
    ),
    RestProof(
        rule="method.request-removed",
        check="request-body-removed",
        level="error",
        body=order(),
        edit=drop(*body("/orders", "post")),
    ),
    RestProof(
        rule="method.request-type",
        check="request-body-type-changed",
        level="error",
        body=order(),
        edit=put(
            *body("/orders", "post", "content"), value=json_of({"type": "array", "items": ref("Order")})
        ),
    ),
    RestProof(
        rule="method.request-type",
        check="request-body-one-of-removed",
        level="error",
        body="return type(client.orders.pay(shop.Cash(amount=1))).__name__",
        answer={"kind": "post", "street": "s"},
        edit=put(*body("/payments", "post", "content"), value=members("Card", "Voucher")),
    ),
    RestProof(
        rule="method.request-takes-more",
        check="request-body-one-of-added",
        level="info",
        body=f"return type({PAY}).__name__",
        answer={"kind": "post", "street": "s"},
        edit=put(*body("/payments", "post", "content"), value=members("Card", "Cash", "Voucher")),
    ),
    RestProof(
        rule="method.request-needed",
        check="request-body-became-required",
        level="error",
        body='return client.orders.change_order("1")',
        status=204,
        edit=put(*body("/orders/{id}", "patch", "required"), value=True),
        alone="a published stub stays: it may be called without a body",
    ),
    RestProof(
        rule="method.request-free",
        check="request-body-became-optional",
        level="info",
        body=order(),
        edit=put(*body("/orders", "post", "required"), value=False),
    ),
    RestProof(
        rule="method.request-tightened",
        body='return client.orders.add_note("abc")',
        status=204,
        before=note(maxLength=3),
        edit=note(maxLength=2),
    ),
    RestProof(
        rule="method.request-loosened",
        body='return client.orders.add_note("abc")',
        status=204,
        before=note(maxLength=3),
        edit=note(maxLength=4),
    ),
    RestProof(
        rule="method.request-media-added",
        check="request-body-media-type-added",
        level="info",
        body='return client.orders.add_note("a")',
        status=204,
        edit=put(*body("/notes", "post", "content", "text/html"), value={}),
    ),
    RestProof(
        rule="method.request-media-removed",
        check="request-body-media-type-removed",
        level="error",
        body='return client.orders.add_note(shop.WithMediaType("a", "text/csv"))',
        status=204,
        edit=drop(*body("/notes", "post", "content", "text/csv")),
    ),
    RestProof(
        rule="method.request-media", body='return client.orders.add_note("a")', status=204, edit=reordered
    ),
    RestProof(
        rule="method.request-parts",
        body='return client.orders.add_photo(shop.Photo(image=b"i", tags=["a", "b"]))',
        status=204,
        edit=put(
            *body("/photos", "post", "content", "multipart/form-data", "encoding"),
            value={"tags": {"contentType": "application/json"}},
        ),
    ),
    RestProof(
        rule="method.response-type",
        check="response-body-type-changed",
        level="error",
        body=get(),
        edit=put(
            *at("/orders/{id}", "get", *ANSWER), value=json_of({"type": "array", "items": ref("Receipt")})
        ),
    ),
    RestProof(
        rule="method.response-type",
        check="response-body-one-of-added",
        level="error",
        body=(
            f"found = {PAY}\n    match found:\n        case shop.Post():\n            return 'post'\n"
            "        case shop.Drone():\n            return 'drone'\n        case shop.Unrecognized():\n"
            "            return ''\n    assert_never(found)"
        ),
        answer={"kind": "pickup", "hour": 3},
        before=put(*at("/payments", "post", *ANSWER), value=members("Post", "Drone")),
        edit=put(*at("/payments", "post", *ANSWER), value=members("Post", "Drone", "Pickup")),
    ),
    RestProof(
        rule="method.response-gives-less",
        check="response-body-one-of-removed",
        level="info",
        body=f"found = {PAY}\n    return found.street if isinstance(found, shop.Post) else ''",
        answer={"kind": "post", "street": "s"},
        before=put(*at("/payments", "post", *ANSWER), value=members("Post", "Pickup", "Drone")),
        edit=put(*at("/payments", "post", *ANSWER), value=members("Post", "Drone")),
    ),
    RestProof(
        rule="method.response-media",
        check="response-media-type-added",
        level="info",
        body="return client.orders.get_label()",
        answer="p",
        edit=put(*at("/labels", "get", *ANSWER, "image/webp"), value={}),
    ),
    RestProof(
        rule="method.response-media",
        check="response-media-type-removed",
        level="error",
        body="return client.orders.get_label()",
        answer="p",
        edit=drop(*at("/labels", "get", *ANSWER, "image/jpeg")),
    ),
    RestProof(
        rule="field.added-filled",
        body=f"return type({PAY}).__name__",
        answer={"kind": "post", "street": "s"},
        edit=both(
            put("components", "schemas", "Card", "properties", "brand", value={"const": "v"}),
            lambda document: document["components"]["schemas"]["Card"]["required"].append("brand"),
        ),
    ),
)
