"""Values inside messages by their path on the wire: read, replaced, and as plain JSON."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import evolve

from .errors import ArgumentError
from .messages import Message, Unrecognized
from .schema import Extra, Family, Field

if TYPE_CHECKING:
    from .codec import Codecs

Path: TypeAlias = tuple[str, ...]
"""Wire names, outermost first."""


def value_at(value: Any, path: Path, codecs: Codecs) -> Any:
    """Return the value at a path, None where there is none. A message that came has its unknown fields too."""
    for wire in path:
        if isinstance(value, Unrecognized):
            value = value.value
        if isinstance(value, Mapping):
            value = value.get(wire)
        elif isinstance(value, Message):
            value = _member(value, wire, codecs)
        else:
            return None
    return value.value if isinstance(value, Unrecognized) else value


def _member(message: Message, wire: str, codecs: Codecs) -> Any:
    name = codecs.name_of(message.__class__)
    for member in codecs.members(name):
        if isinstance(member, Field):
            if member.key == wire:
                return getattr(message, member.name)
        elif isinstance(member, Extra):
            extra = getattr(message, member.name)
            if wire in extra:
                return extra[wire]
        else:
            holder = message if isinstance(member, Family) else getattr(message, member.name)
            for case in member.cases:
                if case.key == wire:
                    if not case.cls:
                        return holder
                    return (
                        getattr(holder, "value", None) if isinstance(holder, codecs.named(case.cls)) else None
                    )
    return message.unknown_fields.get(wire)


def with_value(body: Any, path: Path, value: Any, codecs: Codecs) -> Any:
    """Return a body with the value at a path replaced. Raises ArgumentError where the path does not lead through messages."""
    wire, *rest = path
    inner = with_value(value_at(body, (wire,), codecs), tuple(rest), value, codecs) if rest else value
    if isinstance(body, Mapping):
        return {**body, wire: inner}
    if isinstance(body, Message):
        members = codecs.members(codecs.name_of(body.__class__))
        name = next((each.name for each in members if isinstance(each, Field) and each.key == wire), None)
        if name is not None:
            changed: Any = {name: inner, "null_fields": body.null_fields - {name}}
            return evolve(body, **changed)
    raise ArgumentError(f"request: expected a message with {'.'.join(path)!r}, got {type(body).__name__}")


def plain(value: Any, codecs: Codecs) -> Any:
    """Return a value as plain JSON values. Raises EncodeError."""
    if isinstance(value, Message):
        return codecs.unstructure(value)
    if isinstance(value, Unrecognized):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(item, codecs) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [plain(item, codecs) for item in value]
    return value
