"""Protobuf's text format, as far as conformance cases use it, and messages made of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from groundwire_codegen.ir import EnumRef, Field, Kind, ListOf, MapOf, MessageRef, Scalar, TypeRef
from groundwire_runtime.messages import Unlisted
from groundwire_runtime.times import Duration, Timestamp

from .classes import Classes, wire_fields

Pairs: TypeAlias = "list[tuple[str, bytes | str | Pairs]]"
_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([{}:])|([^\s{}:"]+))')
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(text: str) -> Pairs:
    """The fields of a message, in order; a string is bytes, any other scalar is text."""
    tokens = [found.group(1) or found.group(2) or found.group(3) for found in _TOKEN.finditer(text)]
    pairs, rest = _message(tokens, 0)
    assert rest == len(tokens), f"text format left over: {tokens[rest:]}"
    return pairs


def _message(tokens: list[str], at: int) -> tuple[Pairs, int]:
    pairs: Pairs = []
    while at < len(tokens) and tokens[at] != "}":
        name, at = tokens[at], at + 1
        if tokens[at] == "{":
            inner, at = _message(tokens, at + 1)
            pairs.append((name, inner))
        else:
            assert tokens[at] == ":", tokens[at]
            pairs.append((name, _scalar(tokens[at + 1])))
            at += 1
        at += 1
    return pairs, at


def _scalar(token: str) -> bytes | str:
    if not token.startswith('"'):
        return token

    def escaped(found: re.Match[bytes]) -> bytes:
        code = found[1]
        return bytes([int(code, 8)]) if code.isdigit() else _LETTERS.get(code, code)

    return _ESCAPE.sub(escaped, token[1:-1].encode("utf-8"))


def json_name(proto: str) -> str:
    """The JSON name of a proto field."""
    return re.sub(r"_(.?)", lambda found: found[1].upper(), proto)


def build(classes: Classes, message: str, pairs: Pairs) -> Any:
    """A message of the generated classes. Raises ValueError or OverflowError where no value can be made."""
    known = classes.api.messages[message]
    fields = wire_fields(known)
    grouped: dict[str, list[Any]] = {}
    for name, value in pairs:
        grouped.setdefault(json_name(name), []).append(value)
    values: dict[str, Any] = {}
    for wire, given in grouped.items():
        field, is_member = fields[wire]
        value = _value(classes, field, field.type, given)
        if not is_member:
            values[field.name] = value
            continue
        for union in known.groups:
            for variant in union.variants:
                if variant.field is field:
                    wrap = variant.class_name
                    own = getattr(classes.cls(message), wrap) if wrap else None
                    values[union.name] = value if own is None else own(value)
    return classes.cls(message)(**values)


def _value(classes: Classes, field: Field, type_: TypeRef, given: list[Any]) -> Any:
    if isinstance(type_, ListOf):
        return [_value(classes, field, type_.item, [each]) for each in given]
    if isinstance(type_, MapOf):
        entries = [dict(each) for each in given]
        return {
            _key(field.wire, entry.get("key")): _value(classes, field, type_.value, [entry.get("value")])
            for entry in entries
        }
    one = given[-1]
    if isinstance(type_, MessageRef):
        return build(classes, type_.name, one or [])
    if isinstance(type_, EnumRef):
        values = classes.api.enums[type_.name].values
        if one is None:
            return values[0].wire
        return one if any(one == each.wire for each in values) else Unlisted(int(one))
    assert isinstance(type_, Scalar), f"{field.wire}: a type of its own is not given in text"
    return _leaf(type_.kind, one)


def _key(wire: str, given: Any) -> str:
    if isinstance(given, bytes):
        return given.decode("utf-8")
    if given is not None:
        return str(given)
    return "false" if wire.startswith("mapBool") else "" if wire.startswith("mapString") else "0"


def _leaf(kind: Kind, given: Any) -> Any:
    if kind in (Kind.TIMESTAMP, Kind.DURATION):
        parts = dict(given)
        seconds, nanos = int(parts.get("seconds", 0)), int(parts.get("nanos", 0))
        return _instant(seconds, nanos) if kind is Kind.TIMESTAMP else _span(seconds, nanos)
    if kind is Kind.FIELD_MASK:
        return ",".join(_path(path.decode()) for name, path in given if name == "paths")
    if kind is Kind.ANY:
        return _free(given)
    if kind is Kind.STRUCT:
        return _struct(given)
    if isinstance(given, list):  # a wrapper
        given = dict(given).get("value")
    if kind is Kind.STRING:
        return (given or b"").decode("utf-8")
    if kind is Kind.BYTES:
        return given or b""
    if kind is Kind.BOOLEAN:
        return given == "true"
    return (float if kind in (Kind.FLOAT, Kind.DOUBLE) else int)(given or 0)


def _instant(seconds: int, nanos: int) -> Timestamp:
    day = _EPOCH + timedelta(seconds=seconds)
    parts = (day.year, day.month, day.day, day.hour, day.minute, day.second)
    return Timestamp(*parts, nanos // 1000, nanosecond=nanos % 1000)


def _span(seconds: int, nanos: int) -> Duration:
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return Duration.parse(f"{sign}{abs(seconds)}.{abs(nanos):09d}s")


def _path(proto: str) -> str:
    """A path in JSON names where proto names can be told from it again, and as it stands elsewhere."""
    camel = json_name(proto)
    return camel if re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", camel) == proto else proto


def _free(given: Pairs) -> Any:
    ((name, value),) = given
    if name == "null_value":
        return None
    if name == "number_value":
        assert isinstance(value, str)
        return float(value)
    if name == "string_value":
        assert isinstance(value, bytes)
        return value.decode("utf-8")
    if name == "bool_value":
        return value == "true"
    assert isinstance(value, list)
    if name == "struct_value":
        return _struct(value)
    return [_free(item) for _, item in value if isinstance(item, list)]


def _struct(given: Pairs) -> dict[str, Any]:
    entries = [dict(entry) for _, entry in given if isinstance(entry, list)]
    return {_key("mapString", entry.get("key")): _free(entry["value"]) for entry in entries}  # type: ignore[arg-type] # a value is a message
