"""Lossless JSON text of operations and requests."""

from __future__ import annotations

import enum
import json
from datetime import datetime
from functools import cache, lru_cache
from types import UnionType
from typing import Any, Final, TypeVar, cast, get_origin, get_type_hints

import attrs

from ..exchange import Reason, Recorded
from ..operations.script import Script, Stage
from ..operations.state import End, Operation, State

Row = TypeVar("Row", bound=attrs.AttrsInstance)
_SIMPLE: Final = frozenset({str, int, float, bool, dict})
_YEARS: Final = (1970, 9000)
_SECONDS: Final = 1e10
"""The largest number in a row: about 300 years in seconds."""
_INSTANTS: Final = ("created", "started", "cancelled")


def operation_text(operation: Operation) -> str:
    """Return an operation as JSON, without its name and sequence, which have their own columns."""
    out = _plain(operation, ("name", "sequence", "script"))
    # Operations share a few scripts, so their text is cached.
    return f'{json.dumps(out)[:-1]}, "script": {_script_text(operation.script)}}}'


def operation_from(text: str, name: str, sequence: int) -> Operation:
    """Parse the text of `operation_text`. Raises ValueError, KeyError or TypeError for any other text."""
    values: dict[str, Any] = json.loads(text)
    for key in _INSTANTS:
        values[key] = instant(values[key])
    end = values["end"]
    values["end"] = None if end is None else _end(end)
    values["script"] = _script(json.dumps(values["script"]))
    values["destinations"] = _tuple(values["destinations"])
    return _checked(Operation(name=name, sequence=sequence, **values))


def recorded_text(recorded: Recorded) -> str:
    """Return a request as JSON, with its JSON body as text."""
    return json.dumps({**_plain(recorded, ("sent",)), "sent": recorded.sent.decode("utf-8")})


def recorded_from(text: str) -> Recorded:
    """Parse the text of `recorded_text`. Raises ValueError, KeyError or TypeError for any other text."""
    values: dict[str, Any] = json.loads(text)
    values["query"] = tuple((name, value) for name, value in values["query"])
    values["sent"] = values["sent"].encode("utf-8")
    values["at"] = instant(values["at"])
    # Files of an earlier version lack these.
    values["reasons"] = tuple(_checked(Reason(**each)) for each in values.get("reasons", ()))
    values["source"], values["operation"] = values.get("source", ""), values.get("operation", "")
    names: dict[str, Any] = values["headers"]
    texts = (
        values["verb"],
        values["path"],
        values["verdict"],
        values["method"] or "",
        values["source"],
        values["operation"],
        *names,
        *names.values(),
    )
    pairs = (text for pair in values["query"] for text in pair)
    if not all(isinstance(text, str) for text in (*texts, *pairs)) or type(values["status"]) is not int:
        raise TypeError("a text or a number that is none")
    return Recorded(**values)


def _plain(value: attrs.AttrsInstance, leave_out: tuple[str, ...] = ()) -> dict[str, object]:
    """Return the attributes of a value by name. Every request is written so: what JSON knows is taken as it is."""
    out: dict[str, object] = {}
    for name in _names(type(value), leave_out):
        each = getattr(value, name)
        out[name] = each if each is None or each.__class__ in _SIMPLE else _simple(each)
    return out


@cache
def _names(kind: type[attrs.AttrsInstance], leave_out: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each.name for each in attrs.fields(kind) if each.name not in leave_out)


def _simple(value: object) -> object:
    if value is None or value.__class__ in _SIMPLE:
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return [_simple(each) for each in cast("tuple[object, ...]", value)]
    kind: type = type(value)
    return _plain(cast("attrs.AttrsInstance", value)) if attrs.has(kind) else value


def instant(text: str | None) -> datetime | None:
    """Parse an instant. Raises ValueError or TypeError for any other text, and for extreme years."""
    if text is None:
        return None
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None or not _YEARS[0] <= parsed.year <= _YEARS[1]:
        raise ValueError("no instant of the contract's time")
    return parsed


def _tuple(value: object) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise TypeError("a list that is none")
    return tuple(cast("list[object]", value))


def _checked(value: Row) -> Row:
    """Return a value if its attributes have their declared types. Raises TypeError, ValueError."""
    hints = _hints(type(value))
    for each in attrs.fields(type(value)):
        if not _is_of(getattr(value, each.name), hints[each.name]):
            raise TypeError(f"{each.name} is no {hints[each.name]}")
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _is_of(value: object, hint: Any) -> bool:
    """Return True if a value has a type and its numbers are small enough to make times of them."""
    if isinstance(hint, UnionType):
        return any(_is_of(value, each) for each in hint.__args__)
    if get_origin(hint) is tuple:
        items = cast("tuple[object, ...]", value)
        return isinstance(value, tuple) and all(_is_of(each, hint.__args__[0]) for each in items)
    if hint is float:
        return type(value) in (int, float) and abs(cast("float", value)) <= _SECONDS
    if hint is int:
        return type(value) is int and abs(value) <= _SECONDS
    return isinstance(value, hint)


def _end(values: dict[str, Any]) -> End:
    state, at = State(values.pop("state")), instant(values.pop("at"))
    if at is None:
        raise ValueError("an end without an instant")
    return _checked(End(state=state, at=at, **values))


@lru_cache(maxsize=64)
def _script_text(script: Script) -> str:
    return json.dumps(_plain(script))


@lru_cache(maxsize=64)
def _script(text: str) -> Script:
    values: dict[str, Any] = json.loads(text)
    values["stages"] = tuple(_checked(Stage(**each)) for each in values["stages"])
    values["attempts"], values["digits"] = _tuple(values["attempts"]), _tuple(values["digits"])
    return _checked(Script(**values))
