"""What a proof is, and the edits of a document that proofs share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

Edit = Callable[[dict[str, Any]], object]
Texts = tuple[tuple[str, str], ...]


@frozen(kw_only=True)
class Proof:
    """A change and the rule that must judge it; `body` is what a user's function does with the old client."""

    rule: str
    body: str
    before: Edit | None = None
    """What makes another old document than the shop's."""
    edit: Edit = lambda _: None
    overlay: Texts = ()
    """Texts of the overlay, and what stands there in the new one."""
    answer: Mapping[str, Any] = field(factory=dict[str, Any])
    """What the service answers to either client."""
    holds: Mapping[str, str] = field(factory=dict[str, str])
    """What the user's client holds."""
    status: int = 200
    """What a server of the new document answers to the old client."""

    @property
    def name(self) -> str:
        return self.rule.replace(".", "_").replace("-", "_")


GET = 'return client.orders.get("orders/1").total'
ORDER = 'return client.orders.create(shop.Order(book="b", request_id="r"), shop="s").total'


def order(body: str) -> str:
    """Send an order with these fields."""
    return f'return client.orders.create(shop.Order({body}, request_id="r"), shop="s").total'


def put(*path: str | int, value: Any) -> Edit:
    """Set what stands at a path of keys."""

    def edit(document: dict[str, Any]) -> None:
        found: Any = document
        for key in path[:-1]:
            found = found[key]
        found[path[-1]] = value

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


def extra(name: str, message: str = "Coupon") -> Edit:
    """One more field, of a message, in Order or in Receipt."""
    return put(*of(*name.split(".")), value={"$ref": message})


def named(key: str, name: str) -> Texts:
    """An overlay that moves a published name."""
    return (("[names]", f"[names]\n{key!r} = {name!r}"),)


INT32 = {"type": "integer", "format": "int32"}
INT64 = {"type": "string", "format": "int64"}
STRING = {"type": "string"}
QUERY = {"type": "string", "location": "query"}
