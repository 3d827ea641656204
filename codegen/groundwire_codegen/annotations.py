"""Annotations of generated code, by a walk of the IR's types."""

from __future__ import annotations

from typing import Final

from .ir import EnumRef, Kind, ListOf, MapOf, MessageRef, Packed, Scalar, TypeRef

SCALARS: Final = {
    Kind.STRING: "str",
    Kind.BOOLEAN: "bool",
    Kind.INT32: "int",
    Kind.UINT32: "int",
    Kind.INT64: "int",
    Kind.UINT64: "int",
    Kind.FLOAT: "float",
    Kind.DOUBLE: "float",
    Kind.BYTES: "bytes",
    Kind.TIMESTAMP: "datetime",
    Kind.DURATION: "timedelta",
    Kind.FIELD_MASK: "str",
    Kind.DATE: "str",
    Kind.DATE_TIME: "str",
    Kind.ANY: "JsonValue",
    Kind.STRUCT: "Mapping[str, JsonValue]",
}


def hint(type_: TypeRef, prefix: str = "") -> str:
    """The annotation of a value of this type; `prefix` stands before the API's own names."""
    if isinstance(type_, Scalar):
        return SCALARS[type_.kind]
    if isinstance(type_, EnumRef):
        return f"{prefix}{type_.name} | Unlisted"
    if isinstance(type_, MessageRef):
        return f"{prefix}{type_.name}"
    if isinstance(type_, ListOf):
        return f"Sequence[{hint(type_.item, prefix)}]"
    if isinstance(type_, MapOf):
        return f"Mapping[str, {hint(type_.value, prefix)}]"
    return " | ".join([*(f"{prefix}{name}" for name in packed_names(type_)), "Mapping[str, JsonValue]"])


def packed_names(type_: Packed) -> list[str]:
    """The messages of a packed field, each once."""
    return list(dict.fromkeys(name for _, name in type_.types))


def absent(type_: TypeRef) -> str:
    """What an absent field of this type holds."""
    if isinstance(type_, ListOf):
        return "()"
    return "EMPTY" if isinstance(type_, MapOf) else "None"
