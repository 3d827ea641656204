"""The text of encoders: plain functions that return JSON text."""

from __future__ import annotations

from typing import Final

from ..annotations import absent
from ..ir import Field, Kind, Message, MessageRef, Scalar, Union, Variant
from ..names import snake
from .decoders import constant
from .layout import bracketed, quoted
from .leaves import Leaves

RETURN_PARTS: Final = "    return f\"{{{','.join(parts)}}}\""


def encoder(message: Message, leaves: Leaves) -> list[list[str]]:
    """The encoder of a message, or those of a family: one function each."""
    if message.family:
        return _family(message, leaves)
    return [_function(message, f"messages.{message.name}", f"encode_{snake(message.name)}", leaves)]


def _function(message: Message, cls: str, name: str, leaves: Leaves) -> list[str]:
    lines = [
        f"def {name}(message: Any, depth: int) -> str:",
        f"    if message.__class__ is not {cls}:",
        f'        raise encode.expected(message, "{message.name}")',
        "    if depth >= MAX_DEPTH:",
        "        raise encode.too_deep(message)",
    ]
    steps = [
        line
        for member in message.members
        for line in (
            _write_field(member, message, leaves)
            if isinstance(member, Field)
            else _write_union(member, message)
        )
    ]
    if steps:
        lines += [
            "    depth += 1",
            "    value: Any",
            '    key: str | None = ""',
            "    parts: list[str] = []",
            "    try:",
            *steps,
        ]
        lines += ["    except EncodeError as error:", "        raise error.under(key) from None"]
    else:
        lines.append("    parts: list[str] = []")
    lines += [
        "    if message.unknown_fields is not EMPTY:",
        f"        parts += encode.unknown(message, {constant(message)}_NAMES)",
        RETURN_PARTS,
    ]
    return lines


def _write_field(field: Field, message: Message, leaves: Leaves) -> list[str]:
    expression = leaves.encoder(field, message)
    key = quoted(field.wire)
    default = absent(field.type)
    condition = {
        "()": f"if value := message.{field.name}:",
        "EMPTY": f"if (value := message.{field.name}) is not EMPTY and value:",
        "None": f"if (value := message.{field.name}) is not None:",
    }[default]
    lines = [f"        {condition}", f"            key = {key}"]
    if field.rules.multiple_of is not None:
        lines += _multiple(field, message, leaves)
    lines.append(f"            parts.append({_member(field.wire, f'{expression}(value, depth)')})")
    if field.rules.required:
        lines += [
            "        else:",
            f"            key = {key}",
            '            raise EncodeError("", None, "must be set")',
        ]
    return lines


def _member(wire: str, call: str) -> str:
    """An f-string that writes a key and its value."""
    literal = _json_key(wire)
    if literal is None:
        return f"encode.quote({quoted(wire)}) + f':{{{call}}}'"
    return f"f'\"{literal}\":{{{call}}}'"


def _json_key(wire: str) -> str | None:
    """The key as it can stand inside an f-string in single quotes; None when it needs escapes."""
    plain = wire.isascii() and wire.isprintable() and not set(wire) & set("'\"\\{}")
    return wire if plain else None


def _multiple(field: Field, message: Message, leaves: Leaves) -> list[str]:
    sibling = next((each for each in message.fields if each.wire == field.rules.multiple_of), None)
    if sibling is None or not isinstance(field.type, MessageRef):
        return []
    leaves.uses_bounds = True
    target = leaves.api.messages[field.type.name]
    whole = (Kind.INT32, Kind.INT64, Kind.UINT32, Kind.UINT64)
    names = [
        f"{quoted(each.name)}: {quoted(each.wire)}"
        for each in target.fields
        if isinstance(each.type, Scalar) and each.type.kind in whole
    ]
    given = f"message.{sibling.name}"
    divisor = (
        f"{sibling.default!r} if {given} is None else {given}" if isinstance(sibling.default, int) else given
    )
    call = bracketed(
        "check_multiple(", ["value", f"{{{', '.join(names)}}}", divisor, quoted(sibling.wire)], ")", indent=12
    )
    return [f"            {call}"]


def union_table(message: Message, union: Union) -> str:
    """The name of the constant that maps a union's classes to how they are written."""
    return f"{constant(message)}__{union.name.upper()}"


def _write_union(union: Union, message: Message) -> list[str]:
    table = union_table(message, union)
    lines = [
        f"        if (value := message.{union.name}) is not None:",
        f"            found = {table}.get(value.__class__)",
        "            if found is None:",
        "                key = None",
        f'                raise encode.not_a_member(value, {table}).under("{union.name}")',
        "            key, write = found",
        '            parts.append(f"{quote(key)}:{write(value, depth)}")',
    ]
    if union.required:
        wires = ", ".join(variant.field.wire for variant in union.variants)
        lines += [
            "        elif message.unknown_fields is EMPTY:",
            "            key = None",
            (
                f"            raise EncodeError({quoted('/' + union.name)}, None, "
                f"{quoted(f'exactly one of {wires} must be set')})"
            ),
        ]
    return lines


def union_tables(message: Message, leaves: Leaves) -> list[str]:
    """The constants that map the classes of a message's unions to how they are written."""
    lines: list[str] = []
    for union in () if message.family else message.unions:
        items = [_entry(variant, message, leaves) for variant in union.variants]
        head = f"{union_table(message, union)}: Final[Mapping[type, tuple[str, Encoder]]] = {{"
        lines.append(bracketed(head, items, "}"))
    return lines


def _entry(variant: Variant, message: Message, leaves: Leaves) -> str:
    expression = leaves.encoder(variant.field, message)
    if variant.class_name is None:
        target = variant.field.type.name if isinstance(variant.field.type, MessageRef) else ""
        return f"messages.{target}: ({quoted(variant.field.wire)}, {expression})"
    cls = f"messages.{message.name}.{variant.class_name}"
    write = "encode.one_string" if expression == "encode.string" else f"encode.one_value({expression})"
    return f"{cls}: ({quoted(variant.field.wire)}, {write})"


def variant_function(message: Message, variant: Variant) -> str:
    """The encoder of one variant of a family."""
    return f"encode_{snake(message.name)}__{snake(variant.class_name or '')}"


def _family(message: Message, leaves: Leaves) -> list[list[str]]:
    variants = [variant for union in message.unions for variant in union.variants]
    stem = constant(message)
    name = snake(message.name)
    dispatch = [
        f"def encode_{name}(message: Any, depth: int) -> str:",
        f"    found = {stem}_ENCODERS.get(message.__class__)",
        "    if found is None:",
        f'        raise encode.expected(message, "{message.name}")',
        "    if depth >= MAX_DEPTH:",
        "        raise encode.too_deep(message)",
        "    return found(message, depth + 1)",
    ]
    return [
        *(_variant(message, variant, leaves) for variant in variants),
        _bare(message, leaves),
        dispatch,
    ]


def _variant(message: Message, variant: Variant, leaves: Leaves) -> list[str]:
    expression = _inline(leaves.encoder(variant.field, message))
    member = _member(variant.field.wire, "text")
    lines = [
        f"def {variant_function(message, variant)}(message: Any, depth: int) -> str:",
        "    value = message.value",
        "    try:",
        f"        text = {expression}",
        "    except EncodeError as error:",
        f"        raise error.under({quoted(variant.field.wire)}) from None",
    ]
    literal = _json_key(variant.field.wire)
    if literal is not None and not message.fields:
        short = "f'{{\"" + literal + "\":{text}}}'"
        lines += ["    if message.unknown_fields is EMPTY:", f"        return {short}"]
    rest = f"encode_{snake(message.name)}__rest(message, depth)"
    return [*lines, f"    parts = [{member}, *{rest}]", RETURN_PARTS]


def _inline(expression: str) -> str:
    """A string needs no call: most leaves of a large message are strings."""
    call = f"{expression}(value, depth)"
    if expression == "encode.any_value":
        whole = "repr(value) if value.__class__ is int"
        return f"quote(value) if value.__class__ is str else {whole} else {call}"
    if expression == "encode.string":
        return f"quote(value) if value.__class__ is str else {call}"
    return call


def _bare(message: Message, leaves: Leaves) -> list[str]:
    """What a family writes beside its member: its plain fields and what it does not know."""
    name = snake(message.name)
    lines = [f"def encode_{name}__rest(message: Any, depth: int) -> list[str]:", "    parts: list[str] = []"]
    steps = [line for field in message.fields for line in _write_field(field, message, leaves)]
    if steps:
        lines += ["    value: Any", '    key: str | None = ""', "    try:", *steps]
        lines += ["    except EncodeError as error:", "        raise error.under(key) from None"]
    lines += [
        "    if message.unknown_fields is not EMPTY:",
        f"        parts += encode.unknown(message, {constant(message)}_NAMES)",
        "    return parts",
    ]
    return lines


def bare_function(message: Message) -> list[str]:
    """The encoder of the family's own class: a variant newer than this client, or none at all."""
    name = snake(message.name)
    lines = [f"def encode_{name}__bare(message: Any, depth: int) -> str:"]
    required = next((union for union in message.unions if union.required), None)
    if required is not None:
        wires = ", ".join(variant.field.wire for variant in required.variants)
        lines += [
            "    if message.unknown_fields is EMPTY:",
            f'        raise EncodeError("", message, {quoted(f"exactly one of {wires} must be set")})',
        ]
    return [*lines, f"    parts = encode_{name}__rest(message, depth)", RETURN_PARTS]


def family_table(message: Message) -> list[str]:
    """The constant that maps the classes of a family to their encoders."""
    items = [
        f"messages.{message.name}.{variant.class_name}: {variant_function(message, variant)}"
        for union in message.unions
        for variant in union.variants
    ]
    items.append(f"messages.{message.name}: encode_{snake(message.name)}__bare")
    return [bracketed(f"{constant(message)}_ENCODERS: Final[Mapping[type, Encoder]] = {{", items, "}")]
