"""The base class of messages: unknown fields, bounded equality and copying, `Unlisted` enum values.

A message is a frozen attrs value, with maps as dicts and lists as tuples. It is compared, hashed, printed and pickled to
at most `MAX_DEPTH` nested messages; a deeper one, or a cycle, raises `NestingError` before Python's own stack ends.
"""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableSequence, Sequence, Set
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias, TypeVar, final

import attrs

from .errors import NestingError
from .presence import ABSENT as ABSENT
from .presence import EMPTY as EMPTY
from .presence import NO_NAMES, field_names
from .presence import keep_containers as keep_containers

if TYPE_CHECKING:
    JsonValue: TypeAlias = bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None
else:
    JsonValue = object

MAX_DEPTH: Final = 100
"""Nested messages that one value may hold; proto3 parsers stop at the same depth."""

_MAX_CONTAINERS: Final = 514
"""Containers between two messages: the 512 levels of a free-form value, in a list or a union of its own."""

ClassT = TypeVar("ClassT", bound=type)


@final
class Unlisted(str):
    """The name, or the number, of an enum value that this client does not know.

    Decoding makes one for a value newer than the client; a caller writes one to send such a value on purpose.
    What came as a number (`number`) is the text of it, and is sent as a number again.
    """

    __slots__ = ("number",)

    number: int | None

    def __new__(cls, value: str | int) -> Self:
        """Make one from a name or a number."""
        self = super().__new__(cls, value)
        self.number = None if isinstance(value, str) else value
        return self

    def __repr__(self) -> str:
        return f"Unlisted({str.__repr__(self) if self.number is None else self.number})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Unlisted, (str(self) if self.number is None else self.number,)


@final
@attrs.frozen
class Unrecognized:
    """A JSON value that fits no member of its union; it is kept, and sent, as it came."""

    value: JsonValue


@attrs.frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Message:
    """The base of every generated message. All hash, by what they hold: changing a map inside in place changes the hash."""

    unknown_fields: Mapping[str, JsonValue] = EMPTY
    """Fields that this client does not know, by wire name; kept when read, sent when written."""
    null_fields: frozenset[str] = attrs.field(default=NO_NAMES, converter=field_names)
    """Attributes that are sent as `null`, which clears them in a PATCH; those that came as `null` are noted here.

    A member of a union is named by its wire name. Names are checked when the message is sent.
    """

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        try:
            return _equal(self, other, 0)
        except RecursionError:
            raise NestingError("nested too deeply to compare") from None

    def __hash__(self) -> int:
        try:
            return _hash(self, 0)
        except RecursionError:
            raise NestingError("nested too deeply to hash") from None

    def __repr__(self) -> str:
        try:
            return _repr(self, 0)
        except RecursionError:
            raise NestingError("nested too deeply to print") from None

    def __reduce__(self) -> tuple[Callable[[Any], Any], tuple[Any]]:
        return _restore, (_state(self),)


def _names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(cls))


def _nested(value: object, depth: int) -> int:
    """The depth below `value`: one more when it is a message, refused past the limit."""
    if not isinstance(value, Message):
        return depth
    if depth >= MAX_DEPTH:
        raise NestingError(f"more than {MAX_DEPTH} nested messages")
    return depth + 1


def _equal(left: Any, right: Any, depth: int) -> bool:
    if left.__class__ is right.__class__ and attrs.has(left.__class__):
        inner = _nested(left, depth)
        for name in _names(left.__class__):
            if not _equal(getattr(left, name), getattr(right, name), inner):
                return False
        return True
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            return False
        for mine, theirs in zip(left, right, strict=True):  # noqa: SIM110 - a loop nests no further frame
            if not _equal(mine, theirs, depth):
                return False
        return True
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        for key in left:  # noqa: SIM110 - as above
            if not _equal(left[key], right[key], depth):
                return False
        return True
    return bool(left == right)


def _hash(value: Any, depth: int) -> int:
    parts: list[Any] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            parts.append((key, _hash(item, depth)))
        return hash(frozenset(parts))
    if attrs.has(value.__class__):
        depth = _nested(value, depth)
        parts.append(value.__class__)
        value = tuple([getattr(value, name) for name in _names(value.__class__)])
    if isinstance(value, Set):
        return hash(frozenset(value))
    if isinstance(value, (bytearray, memoryview)):
        return hash(bytes(value))
    if not isinstance(value, (tuple, MutableSequence)):
        return hash(value)
    for item in value:
        parts.append(_hash(item, depth))  # noqa: PERF401 - a loop nests no further frame
    return hash(tuple(parts))


def _by_name(field: attrs.Attribute[Any]) -> bool:
    return bool(field.kw_only)


def _repr(value: Any, depth: int) -> str:
    if attrs.has(value.__class__):
        inner = _nested(value, depth)
        shown: list[str] = []
        for field in sorted(attrs.fields(value.__class__), key=_by_name):
            # A traceback may show a message whose constructor raised: it lacks attributes.
            item = getattr(value, field.name, field.default)
            if item is field.default or not field.repr:
                continue
            shown.append(f"{f'{field.name}=' if _by_name(field) else ''}{_repr(item, inner)}")
        return f"{value.__class__.__qualname__}({', '.join(shown)})"
    if isinstance(value, tuple):
        return f"({', '.join([_repr(item, depth) for item in value])}{',' if len(value) == 1 else ''})"
    if value.__class__ is dict and any(attrs.has(item.__class__) for item in value.values()):
        return f"{{{', '.join([f'{key!r}: {_repr(item, depth)}' for key, item in value.items()])}}}"
    if isinstance(value, frozenset):
        return f"{{{', '.join(sorted(map(repr, value)))}}}"
    return repr(value)


def _state(value: Any) -> list[tuple[Any, Any]]:
    """The value as a flat list of steps, parents first, so that pickling and deep copies do not nest at all."""
    steps: list[tuple[Any, Any]] = []
    waiting: list[tuple[Any, int, int]] = [(value, 0, 0)]
    while waiting:
        item, depth, containers = waiting.pop()
        cls = item.__class__
        if attrs.has(cls):
            names = _names(cls)
            steps.append((cls, names))
            inner = _nested(item, depth)
            containers = containers + 1 if inner == depth else 0
            children = [getattr(item, name) for name in names]
        elif cls is tuple or cls is list:
            steps.append((cls, len(item)))
            inner, containers, children = depth, containers + 1, list(item)
        elif cls is dict:
            steps.append((dict, tuple(item)))
            inner, containers, children = depth, containers + 1, list(item.values())
        else:
            steps.append((None, item))
            continue
        if containers > _MAX_CONTAINERS:
            raise NestingError("nested too deeply to copy")
        waiting.extend([(child, inner, containers) for child in reversed(children)])
    return steps


def _restore(steps: list[tuple[Any, Any]]) -> Any:
    """Rebuild a value from its steps: read backwards, each part is ready before the value that holds it."""
    ready: list[Any] = []
    for cls, detail in reversed(steps):
        if cls is None:
            ready.append(detail)
            continue
        is_sequence = cls is tuple or cls is list
        parts = [ready.pop() for _ in range(detail if is_sequence else len(detail))]
        if is_sequence:
            ready.append(cls(parts))
        else:
            named = dict(zip(detail, parts, strict=True))
            ready.append(named if cls is dict else cls(**named))
    return ready.pop()


def variant_of(family: type) -> Callable[[ClassT], ClassT]:
    """Name a class as a nested class of its family: `Number.FloatValue`.

    A class cannot subclass one that is still being written, so the variants of a family follow it.
    """

    def name(cls: ClassT) -> ClassT:
        short = cls.__name__.removeprefix(f"_{family.__name__}")
        cls.__name__ = short
        cls.__qualname__ = f"{family.__qualname__}.{short}"
        setattr(family, short, cls)
        return cls

    return name
