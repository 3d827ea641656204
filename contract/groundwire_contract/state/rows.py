"""Operations and requests as text for a file, and back: JSON without loss, whatever a request held."""

from __future__ import annotations

import enum
import json
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast

import attrs

from ..behaviour.operation import End, Operation, State
from ..behaviour.script import Script, Stage
from ..exchange import Recorded

_INSTANTS: Final = ("created", "started", "cancelled")


def operation_text(operation: Operation) -> str:
    """An operation as JSON, but for its name and its sequence, which stand beside it."""
    out = _plain(operation, leave_out=("name", "sequence", "script"))
    # Operations share a few scripts.
    return f'{json.dumps(out)[:-1]}, "script": {_script_text(operation.script)}}}'


def operation_from(text: str, name: str, sequence: int) -> Operation:
    """The operation that `operation_text` wrote. Raises ValueError, KeyError or TypeError for any other text."""
    found: dict[str, Any] = json.loads(text)
    for key in _INSTANTS:
        found[key] = _instant(found[key])
    end = found["end"]
    found["end"] = None if end is None else _end(end)
    found["script"] = _script(json.dumps(found["script"]))
    found["destinations"] = tuple(found["destinations"])
    return Operation(name=name, sequence=sequence, **found)


def recorded_text(recorded: Recorded) -> str:
    """A request as JSON; its body, which is JSON itself, as text."""
    return json.dumps({**_plain(recorded, leave_out=("sent",)), "sent": recorded.sent.decode("utf-8")})


def recorded_from(text: str) -> Recorded:
    """The request that `recorded_text` wrote. Raises ValueError, KeyError or TypeError for any other text."""
    found: dict[str, Any] = json.loads(text)
    found["query"] = tuple((name, value) for name, value in found["query"])
    found["sent"] = found["sent"].encode("utf-8")
    found["at"] = _instant(found["at"])
    return Recorded(**found)


def _plain(value: attrs.AttrsInstance, leave_out: tuple[str, ...] = ()) -> dict[str, object]:
    """The attributes of a value, by name."""
    return {
        each.name: _simple(getattr(value, each.name))
        for each in attrs.fields(type(value))
        if each.name not in leave_out
    }


def _simple(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return [_simple(each) for each in cast("tuple[object, ...]", value)]
    kind: type = type(value)
    return _plain(cast("attrs.AttrsInstance", value)) if attrs.has(kind) else value


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _end(found: dict[str, Any]) -> End:
    state, at = State(found.pop("state")), datetime.fromisoformat(found.pop("at"))
    return End(state=state, at=at, **found)


@lru_cache(maxsize=64)
def _script_text(script: Script) -> str:
    return json.dumps(_plain(script))


@lru_cache(maxsize=64)
def _script(text: str) -> Script:
    found: dict[str, Any] = json.loads(text)
    found["stages"] = tuple(Stage(**each) for each in found["stages"])
    found["attempts"], found["digits"] = tuple(found["attempts"]), tuple(found["digits"])
    return Script(**found)
