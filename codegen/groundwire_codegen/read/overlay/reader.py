"""Reading an overlay: TOML with a closed set of keys (described in spec/README.md)."""

from __future__ import annotations

import json
import tomllib
from typing import Any, Final, cast

from ...lock import digest, is_published_name
from ...problem import Problem, SpecError
from ..cursor import Node
from ..discovery import SCHEMA, read_schema
from .rules import (
    EnumRule,
    Extension,
    FieldRule,
    HeldRule,
    MessageRule,
    MethodRule,
    Overlay,
    ParameterRule,
    ScopeRule,
    UnionRule,
)

MAX_BYTES: Final = 4 * 1024 * 1024
"""An overlay larger than this is refused; Earth Engine's has 40 KB."""
MAX_LINE: Final = 20_000
"""Bytes of a line: Python's reader takes time in the square of a dotted key's parts."""
TOP: Final = frozenset(
    {"client", "document", "enums", "generate", "messages", "methods", "names", "package", "scopes"}
)
METHOD: Final = frozenset(
    {
        "doc",
        "idempotent",
        "name",
        "operation_metadata",
        "parameters",
        "returns",
        "reviewed",
        "scopes",
        "source",
    }
)
IDEMPOTENT: Final = {"always": True, "never": False}
PARAMETER: Final = frozenset({"doc", "maximum", "minimum", "name", "pattern", "reviewed"})
MESSAGE: Final = frozenset(
    {"doc", "extensions", "family", "fields", "order", "packed", "reviewed", "source", "unions"}
)
UNION: Final = frozenset({"doc", "guessed", "members", "required"})
FIELD: Final = frozenset(
    [
        "default",
        "deprecated",
        "doc",
        "enum",
        "evidence",
        "exclusive_minimum",
        "max_items",
        "max_length",
        "maximum",
        "members",
        "min_length",
        "minimum",
        "multiple_of",
        "name",
        "pattern",
        "request_id",
        "required",
        "reviewed",
        "values",
        "wrapper",
    ]
)
EXTENSION: Final = frozenset({"after", "evidence", "schema"}) | FIELD
ENUM: Final = frozenset({"doc", "values"})
BOUNDS: Final = ("exclusive_minimum", "max_items", "max_length", "maximum", "min_length", "minimum")


def read_overlay(data: bytes, *, source: str = "overlay") -> tuple[Overlay, list[Problem]]:
    """Read an overlay. Raises SpecError when it is not TOML; other problems are returned."""
    if len(data) > MAX_BYTES:
        raise SpecError([Problem(source, "", f"larger than {MAX_BYTES} bytes")])
    if max(map(len, data.split(b"\n"))) > MAX_LINE:
        raise SpecError([Problem(source, "", f"a line of more than {MAX_LINE} bytes")])
    try:
        value = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SpecError([Problem(source, "", f"not UTF-8 at byte {error.start}")]) from None
    except (ValueError, RecursionError) as error:
        raise SpecError([Problem(source, "", f"not TOML: {error}")]) from None
    root = Node(value, source, "", [])
    root.closed(TOP)
    scopes = root.child("scopes") or root.at("scopes", {})
    scopes.closed(frozenset({"default", "extra"}))
    overlay = Overlay(
        document=root.text("document"),
        package=root.text("package"),
        generate=root.texts("generate"),
        default_scopes=scopes.texts("default"),
        extra_scopes=_extra_scopes(scopes),
        held={name: _held(node) for name, node in root.children("client")},
        methods={name: _method(node) for name, node in root.children("methods")},
        messages={name: _message(node) for name, node in root.children("messages")},
        enums={name: _enum(node) for name, node in root.children("enums")},
        names=_names(root),
    )
    return overlay, root.problems


def _extra_scopes(scopes: Node) -> tuple[ScopeRule, ...]:
    rules: list[ScopeRule] = []
    entries: Any = scopes.any("extra") or ()
    if not isinstance(entries, (list, tuple)):
        scopes.at("extra", entries).refuse("expected a list of tables")
        return ()
    for index, entry in enumerate(cast("list[Any]", entries)):
        node = scopes.at("extra", None).at(index, entry)
        node.closed(frozenset({"field", "scope", "source"}))
        rules.append(
            ScopeRule(pointer=node.pointer, scope=node.text("scope") or "", field=node.text("field") or "")
        )
    return tuple(rules)


def _names(root: Node) -> dict[str, str]:
    node = root.child("names") or root.at("names", {})
    names = {key: node.text(key) or "" for key in sorted(node.value)}
    for key, name in names.items():
        if not is_published_name(key, name):
            node.at(key, name).refuse(
                f"{name[:80]!r} cannot be the name of {key[:80]!r}", "see groundwire.lock"
            )
    return names


def _digest(node: Node, *parts: str) -> str:
    """Eight digits for a rule as it is written, without the rules below `parts`. Also checks `reviewed`."""
    node.text("reviewed")
    written = {key: value for key, value in (node.members or {}).items() if key not in parts}
    return digest(json.dumps(written, sort_keys=True, default=str))[:8]


def _held(node: Node) -> HeldRule:
    node.closed(frozenset({"doc", "fills", "prefix"}))
    return HeldRule(
        pointer=node.pointer,
        fills=node.texts("fills"),
        prefix=node.text("prefix"),
        doc=node.text("doc") or "",
    )


def _method(node: Node) -> MethodRule:
    node.closed(METHOD)
    return MethodRule(
        pointer=node.pointer,
        digest=_digest(node, "parameters"),
        doc=node.text("doc") or "",
        name=node.text("name"),
        returns=node.text("returns") or "",
        scopes=node.texts("scopes"),
        operation_metadata=node.text("operation_metadata"),
        idempotent=_idempotent(node),
        parameters={name: _parameter(child) for name, child in node.children("parameters")},
    )


def _idempotent(node: Node) -> bool | tuple[str, ...] | None:
    """When a repeat is safe, as `MethodRule.idempotent` has it."""
    if not node.has("idempotent"):
        return None
    value = node.any("idempotent")
    stated = node.at("idempotent", value)
    if isinstance(value, str) and value in IDEMPOTENT:
        return IDEMPOTENT[value]
    if stated.members is None:
        stated.refuse('expected "always", "never" or { when = ["PARAMETER", "body.FIELD"] }')
        return None
    stated.closed(frozenset({"when"}))
    names = stated.texts("when")
    if not stated.any("when"):
        stated.refuse("`when` names nothing", 'say "never" if no precondition makes a repeat safe')
    return names or None


def _parameter(node: Node) -> ParameterRule:
    node.closed(PARAMETER)
    minimum, maximum = node.number("minimum"), node.number("maximum")
    return ParameterRule(
        pointer=node.pointer,
        digest=_digest(node),
        doc=node.text("doc") or "",
        name=node.text("name"),
        pattern=node.text("pattern"),
        minimum=None if minimum is None else str(minimum),
        maximum=None if maximum is None else str(maximum),
    )


def _message(node: Node) -> MessageRule:
    node.closed(MESSAGE)
    return MessageRule(
        pointer=node.pointer,
        digest=_digest(node, "extensions", "fields", "packed"),
        doc=node.text("doc") or "",
        order=node.texts("order"),
        family=node.flag("family") if node.has("family") else None,
        fields={name: _field(child, FIELD) for name, child in node.children("fields")},
        unions={name: _union(child) for name, child in node.children("unions")},
        extensions={name: _extension(child) for name, child in node.children("extensions")},
        packed={name: _packed(child) for name, child in node.children("packed")},
    )


def _packed(node: Node) -> tuple[tuple[str, str], ...]:
    """Pairs of URL and schema in the order written: the first URL of a schema is the one that is sent."""
    for url, schema in node.value.items():
        if not isinstance(schema, str):
            node.at(url, schema).refuse("expected the name of a schema")
    return tuple((url, str(schema)) for url, schema in node.value.items())


def _union(node: Node) -> UnionRule:
    node.closed(UNION)
    return UnionRule(
        pointer=node.pointer,
        members=node.texts("members"),
        doc=node.text("doc") or "",
        required=node.flag("required"),
    )


def _field(node: Node, known: frozenset[str]) -> FieldRule:
    node.closed(known)
    bounds = {name: number for name in BOUNDS if (number := node.number(name)) is not None}
    return FieldRule(
        pointer=node.pointer,
        digest=_digest(node),
        doc=node.text("doc") or "",
        name=node.text("name"),
        enum=node.text("enum"),
        request_id=node.flag("request_id"),
        wrapper=node.flag("wrapper"),
        required=node.flag("required"),
        deprecated=node.flag("deprecated"),
        default=node.any("default"),
        pattern=node.text("pattern"),
        multiple_of=node.text("multiple_of"),
        members=node.texts("members"),
        bounds=bounds,
        evidence=node.text("evidence") or "",
        values={name: child.text("doc") or "" for name, child in node.children("values")},
    )


def _extension(node: Node) -> Extension:
    schema = node.child("schema")
    if schema is None:
        node.refuse("an extension needs a schema")
        schema = node.at("schema", {"type": "string"})
    if not node.text("evidence"):
        node.refuse("an extension needs evidence", "say who sends it and where that was seen")
    return Extension(
        schema=read_schema(schema, SCHEMA), rule=_field(node, EXTENSION), after=node.text("after")
    )


def _enum(node: Node) -> EnumRule:
    node.closed(ENUM)
    values = node.child("values") or node.at("values", {})
    return EnumRule(
        pointer=node.pointer,
        doc=node.text("doc") or "",
        values={name: values.text(name) or "" for name in sorted(values.value)},
    )
