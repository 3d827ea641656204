"""An API with one of everything, and its overlay: what the proofs change."""

from __future__ import annotations

import json
from typing import Any

_STRING = {"type": "string"}
_ANYTHING = {"type": "object", "additionalProperties": {"type": "any"}}
_INT32 = {"type": "integer", "format": "int32"}
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
        "Cash": _object("Cash", {"amount": _INT32}),
        "Coupon": _object("Coupon", {"code": _STRING, "worth": {"type": "number", "format": "double"}}),
        "Size": _object("Size", {"width": _INT32}),
        "Term": _object("Term", {"constant": {"type": "number"}, "variable": _STRING}),
        "Tag": _object("Tag", {"text": _STRING, "words": _STRING}),
        "Order": _object(
            "Order",
            {
                "book": _STRING,
                "copies": _INT32,
                "serial": {"type": "string", "format": "int64"},
                "note": _STRING,
                "requestId": _STRING,
                "kind": {"type": "string", "enum": ["SMALL", "LARGE"]},
                "tile": _INT32,
                "size": {"$ref": "Size"},
                "filter": {"$ref": "Term"},
                "card": {"$ref": "Card"},
                "cash": {"$ref": "Cash"},
            },
        ),
        "Receipt": _object(
            "Receipt",
            {
                "total": _INT32,
                "state": {"type": "string", "enum": ["OPEN", "PAID"]},
                "term": {"$ref": "Tag"},
                "rule": {"$ref": "Rule"},
                "post": {"$ref": "Size"},
                "pickup": {"$ref": "Cash"},
            },
        ),
        "Mark": _object("Mark", {"text": _STRING}),
        "Search": _object("Search", {"text": _STRING, "pageToken": _STRING}),
        "Fault": _object("Fault", {"code": _INT32, "message": _STRING}),
        "Progress": _object("Progress", {"text": _STRING}),
        "Operation": _object(
            "Operation",
            {
                "name": _STRING,
                "done": {"type": "boolean"},
                "error": {"$ref": "Fault"},
                "metadata": _ANYTHING,
                "response": _ANYTHING,
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
                        "region": {"type": "string", "location": "query"},
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
                "mark": {
                    "id": "shop.orders.mark",
                    "httpMethod": "POST",
                    "path": "v1/mark",
                    "parameters": {"tenant": {"type": "string", "location": "query", "required": True}},
                    "request": {"$ref": "Mark"},
                    "response": {"$ref": "Receipt"},
                },
                "search": {
                    "id": "shop.orders.search",
                    "httpMethod": "POST",
                    "path": "v1/search",
                    "parameters": {"pageToken": {"type": "string", "location": "query"}},
                    "request": {"$ref": "Search"},
                    "response": {"$ref": "Receipts"},
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
        },
        "jobs": {
            "methods": {
                "get": {
                    "id": "shop.jobs.get",
                    "httpMethod": "GET",
                    "path": "v1/{+name}",
                    "parameterOrder": ["name"],
                    "parameters": {"name": _path("^jobs/[^/]+$")},
                    "response": {"$ref": "Operation"},
                    "supportsMediaDownload": True,
                }
            }
        },
    },
}

OVERLAY = """\
[client.shop]
prefix = "shops/"
fills = ["shop.orders.create:shop"]

[client.region]
fills = ["shop.orders.get:region"]

[client.tenant]
fills = ["shop.orders.mark:tenant"]

[methods."shop.orders.get"]

[methods."shop.jobs.get"]
operation_metadata = "Progress"

[messages.Card.fields.number]
required = true

[messages.Term.unions.term]
members = ["constant", "variable"]
required = true

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

[names]
"""


def shop() -> dict[str, Any]:
    """The document, to change freely."""
    # Text in between: parts that are written once here are changed one by one.
    return dict(json.loads(json.dumps(SHOP)))
