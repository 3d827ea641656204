"""What a proof is for an OpenAPI document, and the edits that proofs share."""

from __future__ import annotations

from typing import Any, Literal

from attrs import frozen

from tests.codegen.diff.proofs.proof import Edit, both, drop, put

__all__ = [
    "Edit",
    "RestProof",
    "at",
    "both",
    "drop",
    "get",
    "of",
    "order",
    "put",
    "receipt",
    "remove",
    "schema",
]

Level = Literal["error", "warning", "info", ""]
RECEIPT = {"id": "1", "total": 3, "memo": None}


@frozen(kw_only=True)
class RestProof:
    """A change and the rule that must judge it. `body` is what a user's function does with the old client.

    `check` is the id that oasdiff has for the change, and `level` how it judges it.
    """

    rule: str
    body: str
    check: str = ""
    level: Level = ""
    before: Edit | None = None
    edit: Edit = lambda _: None
    overlay: str = ""
    """The overlay of the new side."""
    answer: Any = None
    """What the service answers, as JSON; a receipt by default."""
    status: int = 200
    client: str = 'auth={"token": "t"}'
    """What the user's client is made with."""
    about: str = ""
    """What tells the proof from another one of the same rule."""
    alone: str = ""
    """Why the client cannot show the change: only the service acts otherwise."""

    @property
    def name(self) -> str:
        words = "_".join(filter(None, (self.rule, self.check, self.about)))
        return words.replace(".", "_").replace("-", "_")


def at(path: str, verb: str, *more: str) -> tuple[str, ...]:
    return ("paths", path, verb, *more)


def of(name: str, *more: str) -> tuple[str, ...]:
    """The path of a property of a schema: `Order.note`."""
    message, _, wire = name.partition(".")
    return ("components", "schemas", message, *(("properties", wire) if wire else ()), *more)


def schema(name: str, **stated: Any) -> Edit:
    """State more of a schema, or of a property."""
    return both(*(put(*of(name), key, value=value) for key, value in stated.items()))


def remove(name: str, wire: str) -> Edit:
    """Take a property away, and what requires it."""

    def edit(document: dict[str, Any]) -> None:
        found = document["components"]["schemas"][name]
        del found["properties"][wire]
        if wire in found.get("required", ()):
            found["required"].remove(wire)

    return edit


def required(name: str, wire: str, *, is_required: bool = True) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        found = document["components"]["schemas"][name]
        others = [each for each in found.get("required", ()) if each != wire]
        found["required"] = [*others, wire] if is_required else others

    return edit


def parameter(name: str, path: str = "/orders/{id}", **stated: Any) -> Edit:
    """State more of a parameter of a GET; of its schema with `schema=`."""

    def edit(document: dict[str, Any]) -> None:
        rows = document["paths"][path]["get"]["parameters"]
        row = next(each for each in rows if each["name"] == name)
        row.update({**stated, "schema": {**row["schema"], **stated.get("schema", {})}})
        row["schema"] = {key: value for key, value in row["schema"].items() if value is not None}

    return edit


def parameters(change: Any, path: str = "/orders/{id}") -> Edit:
    """Change the list of parameters of a GET."""

    def edit(document: dict[str, Any]) -> None:
        found = document["paths"][path]["get"]
        found["parameters"] = change(found["parameters"])

    return edit


def order(body: str = "") -> str:
    """Send an order with these fields."""
    return f"return client.orders.create_order(shop.Order({', '.join(filter(None, ('book=' + chr(34) + 'b' + chr(34), body)))})).total"


def get(arguments: str = "") -> str:
    """Read an order with these arguments."""
    return f"return client.orders.get_order({', '.join(filter(None, (chr(34) + '1' + chr(34), arguments)))}).total"


def receipt(expression: str) -> str:
    """Read something of a receipt `it`."""
    return f'it = client.orders.get_order("1")\n    return {expression}'
