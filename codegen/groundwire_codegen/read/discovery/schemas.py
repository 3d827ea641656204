"""Reading schemas and parameters: JSON Schema as Discovery has it."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from ..cursor import Node
from .document import Schema
from .vocabulary import FORMATS, SCHEMA, TYPES

_WHOLE: Final = re.compile(r"-?[0-9]{1,39}", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]{1,39}(\.[0-9]{1,39})?([eE][+-]?[0-9]{1,3})?", re.ASCII)


def read_schema(node: Node, known: frozenset[str]) -> Schema:
    """Read one schema whose keys are among `known`; its problems are collected on the node."""
    node.closed(known)
    kind, ref, format_ = node.text("type"), node.text("$ref"), node.text("format")
    _check_type(node, kind, ref, format_)
    items, extra = node.child("items"), node.child("additionalProperties")
    if kind == "array" and items is None:
        node.refuse("an array without items")
    annotations = node.child("annotations")
    if annotations is not None:
        annotations.closed(frozenset({"required"}))
    schema = Schema(
        pointer=node.pointer,
        id=node.text("id"),
        type=kind,
        ref=ref,
        format=format_,
        description=node.text("description") or "",
        enum=node.texts("enum"),
        enum_descriptions=node.texts("enumDescriptions"),
        enum_deprecated=node.flags("enumDeprecated"),
        items=None if items is None else read_schema(items, SCHEMA),
        properties={key: read_schema(child, SCHEMA) for key, child in node.children("properties")},
        additional_properties=None if extra is None else read_schema(extra, SCHEMA),
        default=node.text("default"),
        pattern=node.text("pattern"),
        minimum=node.text("minimum"),
        maximum=node.text("maximum"),
        required=node.flag("required"),
        repeated=node.flag("repeated"),
        location=node.text("location"),
        read_only=node.flag("readOnly"),
        deprecated=node.flag("deprecated"),
    )
    _check_default(node, schema)
    return schema


def _check_type(node: Node, kind: str | None, ref: str | None, format_: str | None) -> None:
    if ref is not None:
        if kind is not None:
            node.refuse("both a type and a $ref")
        return
    if kind is None:
        node.refuse("neither a type nor a $ref")
    elif kind not in TYPES:
        node.at("type", kind).refuse(f"unknown type {kind!r}", f"one of {', '.join(sorted(TYPES))}")
    elif (kind, format_) not in FORMATS:
        node.at("format", format_).refuse(f"unknown format {format_!r} for type {kind!r}")


def _check_default(node: Node, schema: Schema) -> None:
    """A default, a minimum or a maximum must be a literal of the type."""
    for key in ("default", "minimum", "maximum"):
        value: Any = node.any(key)
        if not isinstance(value, str):
            continue
        if not _is_literal(schema, value, key):
            kind = f"{schema.type}/{schema.format}" if schema.format else schema.type
            node.at(key, value).refuse(f"{key} {value[:80]!r} is not valid for type {kind}")


def _is_literal(schema: Schema, value: str, key: str) -> bool:
    if schema.type == "integer" or schema.format in ("int64", "uint64"):
        return _WHOLE.fullmatch(value) is not None
    if schema.type == "number":
        return _NUMBER.fullmatch(value) is not None and math.isfinite(float(value))
    if key != "default":
        return False
    return value in ("true", "false") if schema.type == "boolean" else True
