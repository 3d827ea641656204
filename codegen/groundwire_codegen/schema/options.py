"""Options of the OpenAPI writer: how strict the document is."""

from __future__ import annotations

import enum
from typing import TypeAlias

from attrs import frozen

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"

_ABOUT = (
    "Values are in proto3 JSON: 64-bit integers are strings, bytes are base64. Enums are open: a service may add "
    "a value at any time."
)


class Enums(enum.Enum):
    """The forms of an enum in a schema."""

    OPEN = enum.auto()
    """The known values, or any other string."""
    CLOSED = enum.auto()
    """The known values alone."""
    TEXT = enum.auto()
    """A string."""


@frozen(kw_only=True)
class Options:
    """Options of the OpenAPI writer. The defaults describe what a client sends and receives."""

    about: str = _ABOUT
    """The description of the document."""
    enums: Enums = Enums.OPEN
    as_accepted: bool = False
    """Describe requests as a server accepts them.

    Messages that a request reaches allow no other properties, null stands for an absent field, a wrapped value may
    be an object with `value`, and a page size is not negative.
    """
    extensions: bool = False
    """Write the keywords `x-groundwire-*`: evidence, multiples of a sibling, id and revision of the document."""
    types_only: bool = False
    """Describe the types of values and nothing that a class cannot hold.

    No oneof groups, no bounds of items, no formats and ranges of scalar kinds, and no defaults: a default is what the service assumes, and
    must not be sent. Scalars are written where they are used, not in `components`.
    """
