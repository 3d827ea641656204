"""An API with one of everything, and its overlay: what the proofs change."""

from __future__ import annotations

import copy
from typing import Any

_STRING = {"type": "string"}
_WRITE = "https://www.googleapis.com/auth/shop"


def _path(pattern: str) -> dict[str, Any]:
    return {"type": "string", "location": "path", "required": True, "pattern": pattern}


def _object(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "type": "object", "properties": properties}


SHOP: dict[str, Any] = {
    "kind": "discovery#restDescription",
    "id": "shop:v1",
    "name": "shop",
    "version": "v1",
    "revision": "20260101",
    "rootUrl": "https://shop.googleapis.com/",
    "servicePath": "",
    "schemas": {
        "Ping": _object("Ping", {}),
        "Card": _object("Card", {"number": _STRING}),
        "Cash": _object("Cash", {"amount": {"type": "integer", "format": "int32"}}),
        "Coupon": _object("Coupon", {"code": _STRING, "worth": {"type": "number", "format": "double"}}),
        "Size": _object("Size", {"width": {"type": "integer", "format": "int32"}}),
        "Term": _object("Term", {"constant": {"type": "number"}, "variable": _STRING}),
        "Tag": _object("Tag", {"text": _STRING, "words": _STRING}),
        "Order": _object(
            "Order",
            {
                "book": _STRING,
                "copies": {"type": "integer", "format": "int32"},
                "serial": {"type": "string", "format": "int64"},
                "note": _STRING,
                "requestId": _STRING,
                "kind": {"type": "string", "enum": ["SMALL", "LARGE"]},
                "tile": {"type": "integer", "format": "int32"},
                "size": {"$ref": "Size"},
                "filter": {"$ref": "Term"},
                "card": {"$ref": "Card"},
                "cash": {"$ref": "Cash"},
            },
        ),
        "Receipt": _object(
            "Receipt",
            {
                "total": {"type": "integer", "format": "int32"},
                "state": {"type": "string", "enum": ["OPEN", "PAID"]},
                "term": {"$ref": "Tag"},
                "rule": {"$ref": "Rule"},
                "post": {"$ref": "Size"},
                "pickup": {"$ref": "Cash"},
            },
        ),
        "Rule": _object("Rule", {"constant": {"type": "number"}, "variable": _STRING}),
        "Receipts": _object(
            "Receipts",
            {"receipts": {"type": "array", "items": {"$ref": "Receipt"}}, "nextPageToken": _STRING},
        ),
    },
    "resources": {
        "orders": {
            "methods": {
                "get": {
                    "id": "shop.orders.get",
                    "httpMethod": "GET",
                    "path": "v1/{+name}",
                    "parameterOrder": ["name"],
                    "parameters": {
                        "name": _path("^orders/[^/]+$"),
                        "limit": {
                            "type": "string",
                            "format": "int64",
                            "location": "query",
                            "maximum": "10000000000",
                        },
                        "view": {"type": "string", "enum": ["FULL", "BRIEF"], "location": "query"},
                    },
                    "response": {"$ref": "Receipt"},
                    "scopes": [_WRITE],
                },
                "list": {
                    "id": "shop.orders.list",
                    "httpMethod": "GET",
                    "path": "v1/orders",
                    "parameters": {"pageToken": {"type": "string", "location": "query"}},
                    "response": {"$ref": "Receipts"},
                },
                "create": {
                    "id": "shop.orders.create",
                    "httpMethod": "POST",
                    "path": "v1/{+shop}/orders",
                    "parameterOrder": ["shop"],
                    "parameters": {"shop": _path("^shops/[^/]+$")},
                    "request": {"$ref": "Order"},
                    "response": {"$ref": "Receipt"},
                },
                "ping": {
                    "id": "shop.orders.ping",
                    "httpMethod": "POST",
                    "path": "v1/ping",
                    "request": {"$ref": "Ping"},
                    "response": {"$ref": "Receipt"},
                },
                "move": {
                    "id": "shop.orders.move",
                    "httpMethod": "POST",
                    "path": "v1/{+source}/to/{+target}/{count}",
                    "parameterOrder": ["source", "target", "count"],
                    "parameters": {
                        "source": _path("^orders/[^/]+$"),
                        "target": _path("^shelves/[^/]+$"),
                        "count": {
                            "type": "integer",
                            "format": "int32",
                            "location": "path",
                            "required": True,
                        },
                    },
                    "response": {"$ref": "Receipt"},
                },
            }
        }
    },
}

OVERLAY = """\
[client.shop]
prefix = "shops/"
fills = ["shop.orders.create:shop"]

[messages.Term.unions.term]
members = ["constant", "variable"]

[messages.Rule.unions.rule]
members = ["constant", "variable"]

[messages.Order.unions.payment]
members = ["card", "cash"]

[messages.Receipt.unions.delivery]
members = ["post", "pickup"]

[messages.Order.fields.requestId]
request_id = true

[messages.Order.fields.copies]
maximum = 100

[messages.Order.fields.size]
multiple_of = "tile"

[messages.Order.fields.tile]
default = 8

[messages.Receipt.fields.total]
wrapper = true
"""


def shop() -> dict[str, Any]:
    """The document, to change freely."""
    return copy.deepcopy(SHOP)
