"""Update masks: the paths of what a message sets, or of what it changes (AIP-134, google.protobuf.FieldMask)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from .errors import ArgumentError, shortened
from .messages import Message
from .presence import ABSENT, EMPTY
from .scalars import is_mask_path
from .schema import Extra, Field, Packed, json_name
from .wire_paths import Path, value_at

LEFT_OUT: Final = ("etag",)
"""Fields that a mask does not name: they say which state is meant."""


@frozen
class Masks:
    """The update masks of the messages of a client."""

    codecs: Any

    def of(self, message: Message, since: Message | None = None) -> str:
        """Return an update mask: the paths of what a message sets, or of what it changes `since` another one.

        A path leads through messages to a field; lists, maps and packed messages are named as wholes. `since` names what
        was emptied too. `etag` is left out. Raises ArgumentError for what a mask cannot name.
        """
        _check_message(message)
        if since is not None and since.__class__ is not message.__class__:
            expected, got = type(message).__name__, type(since).__name__
            raise ArgumentError(f"mask_of: expected {expected} as `since`, got {got}")
        paths = _set(message, self.codecs) if since is None else _changed(message, since, self.codecs)
        return ",".join(_checked(path) for path in dict.fromkeys(paths) if path[0] not in LEFT_OUT)


def _check_message(value: object) -> None:
    if not isinstance(value, Message):
        raise ArgumentError(f"mask_of: expected a message, got {type(value).__name__}")


def set_paths(message: Message, codecs: Any) -> list[str]:
    """Return the paths of what a message sets, on the wire: through messages to their fields; lists and maps as wholes."""
    return list(dict.fromkeys(map(".".join, _set(message, codecs))))


def _checked(path: Path) -> str:
    """Return a path as a mask has it, in lowerCamelCase. Raises ArgumentError for one that a mask would divide or change."""
    names = [each if is_mask_path(each) else json_name(each) for each in path]
    if any("." in each or each == "*" or not is_mask_path(each) for each in names):
        raise ArgumentError(
            f"mask_of: a mask cannot name {shortened('.'.join(path))}", hint="State the mask of the call."
        )
    return ".".join(names)


def _keys(message: Message, codecs: Any) -> Iterator[tuple[str, bool]]:
    """Yield the wire names that a message may set, each with True if its value is a whole in any case."""
    for member in codecs.members(codecs.name_of(message.__class__)):
        if isinstance(member, Field):
            yield member.key, isinstance(member.type, Packed)
        elif isinstance(member, Extra):
            yield from ((key, True) for key in getattr(message, member.name))
        else:
            yield from ((case.key, isinstance(case.type, Packed)) for case in member.cases)
    yield from ((key, True) for key in message.unknown_fields)


def _nulls(message: Message, codecs: Any) -> set[str]:
    """Return the wire names of what is null on purpose; members of a union are noted under these."""
    members = codecs.members(codecs.name_of(message.__class__)) if message.null_fields else ()
    keys = {each.name: each.key for each in members if isinstance(each, Field)}
    return {keys.get(name, name) for name in message.null_fields}


def _value(message: Message, key: str, codecs: Any) -> Any:
    """Return the value under a key, None where there is none."""
    value = value_at(message, (key,), codecs)
    return None if value is ABSENT or value is EMPTY else value


def _set(message: Message, codecs: Any) -> Iterator[Path]:
    nulls = _nulls(message, codecs)
    for key, is_whole in _keys(message, codecs):
        value = _value(message, key, codecs)
        if key in nulls:
            yield (key,)
        elif value is not None:
            inner = [] if is_whole or not isinstance(value, Message) else [*_set(value, codecs)]
            yield from [(key, *path) for path in inner] or [(key,)]


def _changed(message: Message, since: Message, codecs: Any) -> Iterator[Path]:
    nulls = _nulls(message, codecs)
    for key, is_whole in dict((*_keys(since, codecs), *_keys(message, codecs))).items():
        value, before = (_value(each, key, codecs) for each in (message, since))
        if key in nulls:
            yield (key,)
        elif value != before or (value is None) != (before is None):
            inner: Iterator[Path] = iter(())
            # One that holds nothing empties all of its fields, so it is named itself.
            if not is_whole and isinstance(value, Message) and next(_set(value, codecs), None):
                both = isinstance(before, Message) and before.__class__ is value.__class__
                inner = _changed(value, before, codecs) if both else _set(value, codecs)
            yield from [(key, *path) for path in inner] or [(key,)]
