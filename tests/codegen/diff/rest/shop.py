"""A shop as an OpenAPI document: what the proofs change."""

from __future__ import annotations

import json
from typing import Any

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": [*required]} if required else {})}


def kind(value: str, **properties: Any) -> dict[str, Any]:
    """An object that a constant tells apart from others."""
    return thing(("kind", *properties), kind={"const": value}, **properties)


def json_of(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def answer(schema: Any) -> dict[str, Any]:
    return {"description": "", "content": json_of(schema)}


def operation(id_: str, *parameters: Any, body: Any = None, **statuses: Any) -> dict[str, Any]:
    """An operation of the resource `orders`; `statuses` are its answers, as `_200`."""
    responses = {status[1:]: stated for status, stated in statuses.items()}
    found = {"operationId": id_, "tags": ["orders"], "parameters": [*parameters], "responses": responses}
    return {**found, "requestBody": body} if body else found


def query(name: str, schema: Any = STRING, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **more}


ID = {"name": "id", "in": "path", "required": True, "schema": STRING}
EMPTY = {"description": ""}
_SHOP: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "servers": [
        {
            "url": "https://{region}.shop.example/v1",
            "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}},
        },
        {"url": "https://test.shop.example/v1"},
    ],
    "security": [{"token": []}],
    "paths": {
        "/orders/{id}": {
            "get": operation(
                "getOrder",
                ID,
                query("view", {"enum": ["full", "brief"]}),
                query("limit", {**INTEGER, "maximum": 100}),
                query("tags", {"type": "array", "items": STRING}),
                query("q", {**STRING, "default": "x"}),
                _200=answer(ref("Receipt")),
                _404=answer(ref("Problem")),
            ),
            "patch": operation("changeOrder", ID, body={"content": json_of(ref("Change"))}, _204=EMPTY),
        },
        "/orders": {
            "post": operation(
                "createOrder",
                body={"required": True, "content": json_of(ref("Order"))},
                _200=answer(ref("Receipt")),
            )
        },
        "/find": {"get": operation("find", query("name", required=True), _200=answer(ref("Receipt")))},
        "/open": {"get": {**operation("open", _200=answer(ref("Receipt"))), "security": []}},
        "/either": {
            "get": {**operation("either", _200=answer(ref("Receipt"))), "security": [{"oauth": ["read"]}]}
        },
        "/jobs": {"post": operation("startJob", _200=answer(ref("Receipt")), _202=answer(ref("Job")))},
        "/jobs/{id}": {"get": operation("getJob", ID, _200=answer(ref("Job")))},
        "/boxes/{id}": {
            "get": operation("getBox", ID, _200=answer(ref("Box"))),
            "put": operation("putBox", ID, body={"content": json_of(ref("Box"))}, _204=EMPTY),
        },
        "/photos": {
            "post": operation(
                "addPhoto",
                body={"required": True, "content": {"multipart/form-data": {"schema": ref("Photo")}}},
                _204=EMPTY,
            )
        },
        "/notes": {
            "post": operation(
                "addNote",
                body={
                    "required": True,
                    "content": {"text/plain": {}, **json_of(ref("Card")), "text/csv": {}},
                },
                _204=EMPTY,
            )
        },
        "/labels": {
            "get": operation(
                "getLabel", _200={"description": "", "content": {"image/png": {}, "image/jpeg": {}}}
            )
        },
        "/payments": {
            "post": operation(
                "pay",
                body={"required": True, "content": json_of({"oneOf": [ref("Card"), ref("Cash")]})},
                _200=answer({"oneOf": [ref("Post"), ref("Drone")]}),
            )
        },
        "/vouchers": {
            "put": operation(
                "putVoucher", body={"content": json_of(ref("Voucher"))}, _200=answer(ref("Drone"))
            )
        },
    },
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "x-key"},
            "login": {"type": "http", "scheme": "basic"},
            "oauth": {
                "type": "oauth2",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://shop.example/token",
                        "scopes": {"read": "", "write": ""},
                    }
                },
            },
        },
        "schemas": {
            "Card": kind("card", number=STRING),
            "Cash": kind("cash", amount=INTEGER),
            "Voucher": kind("voucher", code=STRING),
            "Post": kind("post", street=STRING),
            "Pickup": kind("pickup", hour=INTEGER),
            "Drone": kind("drone", height=INTEGER),
            "Payment": {"oneOf": [ref("Card"), ref("Cash")]},
            "Delivery": {"oneOf": [ref("Post"), ref("Pickup")]},
            "Point": {"type": "array", "prefixItems": [{**INTEGER, "format": "int64"}, INTEGER]},
            "Order": thing(
                ("book",),
                book=STRING,
                copies={**INTEGER, "minimum": 1, "maximum": 100},
                serial={**INTEGER, "format": "int64"},
                weight={**NUMBER, "exclusiveMinimum": 0, "exclusiveMaximum": 50},
                pack={**INTEGER, "multipleOf": 6},
                note={**STRING, "minLength": 2, "maxLength": 20},
                code={**STRING, "pattern": "^[a-z]+$"},
                codes={"type": "array", "items": STRING, "minItems": 1, "maxItems": 3},
                size={"enum": ["small", "large"]},
                colour={"const": "red"},
                mixed={"oneOf": [STRING, {"type": "boolean"}]},
                point=ref("Point"),
                payment=ref("Payment"),
            ),
            "Change": thing(
                ("state",), state={"type": ["string", "null"]}, note={"type": ["string", "null"]}
            ),
            "Receipt": thing(
                ("id", "total", "memo"),
                id=STRING,
                total=INTEGER,
                memo={"type": ["string", "null"]},
                rest={**NUMBER, "minimum": 0, "maximum": 9},
                state={"enum": ["open", "paid"]},
                level={"enum": [1, 2]},
                colour={"const": "red"},
                note=STRING,
                delivery=ref("Delivery"),
                mixed={"oneOf": [STRING, {"type": "boolean"}, INTEGER]},
                way={"oneOf": [ref("Post"), ref("Drone")]},
            ),
            "Job": thing(name=STRING),
            "Box": {
                **thing(("name",), name=STRING, size=NUMBER, label=STRING),
                "additionalProperties": STRING,
            },
            "Photo": thing(
                ("image",),
                image={"type": "string", "format": "binary"},
                tags={"type": "array", "items": STRING},
            ),
            "Problem": thing(title=STRING),
        },
    },
}


def shop() -> dict[str, Any]:
    """The document, to change freely."""
    return dict(json.loads(json.dumps(_SHOP)))
