"""The text of encoders: plain functions that write JSON text piece by piece."""

from __future__ import annotations

import json
from typing import Final

from ..ir import Field, Group, Kind, Message, MessageRef, Scalar, Variant
from ..lower.naming import snake
from .annotations import absent
from .decoders import constant, variant_class
from .leaves import Leaves
from .plain import bracketed, quoted

SIGNATURE: Final = "(message: Any, depth: int, write: Write) -> None:"


def encoder(message: Message, leaves: Leaves) -> list[list[str]]:
    """The encoder of a message, or those of a family: one function each."""
    if message.family:
        return _family(message, leaves)
    return [_function(message, leaves)]


def _function(message: Message, leaves: Leaves) -> list[str]:
    lines = [
        f"def encode_{snake(message.name)}{SIGNATURE}",
        f"    if message.__class__ is not messages.{message.name}:",
        f'        raise encode.expected(message, "{message.name}")',
        "    if depth >= MAX_DEPTH:",
        "        raise encode.too_deep(message)",
        "    some = False",
    ]
    steps = [
        line
        for member in message.members
        for line in (
            _write_field(member, message, leaves, first=member is message.members[0])
            if isinstance(member, Field)
            else _write_union(member, message, leaves, first=member is message.members[0])
        )
    ]
    if steps:
        lines += [
            "    depth += 1",
            "    value: Any",
            '    key: str | None = ""',
            "    try:",
            *steps,
            "    except EncodeError as error:",
            "        raise error.under(key) from None",
        ]
    return [*lines, *_ending(message)]


def _ending(message: Message) -> list[str]:
    return [
        "    if message.unknown_fields is not EMPTY:",
        f"        some = encode.unknown(message, {constant(message)}_NAMES, some, write)",
        '    write("}" if some else "{}")',
    ]


def _write_field(field: Field, message: Message, leaves: Leaves, *, first: bool = False) -> list[str]:
    expression = leaves.encoder(field, message)
    key = quoted(field.wire)
    condition = {
        "()": f"if value := message.{field.name}:",
        "EMPTY": f"if (value := message.{field.name}) is not EMPTY and value:",
        "None": f"if (value := message.{field.name}) is not None:",
    }[absent(field.type).text]
    lines = [f"        {condition}", f"            key = {key}"]
    if field.rules.divides_into is not None:
        lines += _multiple(field, message, leaves)
    lines += [f"            {line}" for line in _write_value(field, expression, leaves, first=first)]
    lines.append("            some = True")
    if field.required:
        lines += [
            "        else:",
            f"            key = {key}",
            '            raise EncodeError("", None, "must be set")',
        ]
    return lines


def _write_value(field: Field, expression: str, leaves: Leaves, *, first: bool) -> list[str]:
    """A key and its value."""
    opening = _opening("{", field.wire)
    key = f"write({opening})" if first else f"write({_opening(',', field.wire)} if some else {opening})"
    if leaves.writes(field.type):
        return [key, f"{expression}(value, depth, write)"]
    return [key, f"write({_inline(expression)})"]


def _opening(mark: str, wire: str) -> str:
    """A literal of a key in JSON with its colon, behind a mark."""
    return quoted(f"{mark}{json.dumps(wire)}:")


def _multiple(field: Field, message: Message, leaves: Leaves) -> list[str]:
    sibling = next((each for each in message.fields if each.wire == field.rules.divides_into), None)
    if sibling is None or not isinstance(field.type, MessageRef):
        return []
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


def _write_union(union: Group, message: Message, leaves: Leaves, *, first: bool) -> list[str]:
    lines = [f"        if (value := message.{union.name}) is not None:"]
    word = "if"
    for variant in union.variants:
        lines.append(f"            {word} value.__class__ is {variant_class(variant, message)}:")
        lines += [f"                {line}" for line in _write_variant(variant, message, leaves, first=first)]
        word = "elif"
    classes = ", ".join(variant_class(variant, message) for variant in union.variants)
    lines += [
        "            else:",
        "                key = None",
        f'                raise encode.not_a_member(value, {classes}).under("{union.name}")',
        "            some = True",
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


def _write_variant(variant: Variant, message: Message, leaves: Leaves, *, first: bool) -> list[str]:
    inside = ["value = value.value"] if variant.class_name is not None else []
    expression = leaves.encoder(variant.field, message)
    value = _write_value(variant.field, expression, leaves, first=first)
    return [f"key = {quoted(variant.field.wire)}", *inside, *value]


def variant_function(message: Message, variant: Variant) -> str:
    """The encoder of one variant of a family."""
    return f"member_{snake(message.name)}__{snake(variant.class_name or '')}"


def _family(message: Message, leaves: Leaves) -> list[list[str]]:
    variants = [variant for union in message.groups for variant in union.variants]
    name = snake(message.name)
    dispatch = [
        f"def encode_{name}{SIGNATURE}",
        f"    found = {constant(message)}_ENCODERS.get(message.__class__)",
        "    if found is None:",
        f'        raise encode.expected(message, "{message.name}")',
        "    if depth >= MAX_DEPTH:",
        "        raise encode.too_deep(message)",
        "    found(message, depth + 1, write)",
    ]
    return [*(_variant(message, variant, leaves) for variant in variants), _rest(message, leaves), dispatch]


def _variant(message: Message, variant: Variant, leaves: Leaves) -> list[str]:
    wire = variant.field.wire
    expression = leaves.encoder(variant.field, message)
    nested = leaves.writes(variant.field.type)
    lines = [
        f"def {variant_function(message, variant)}{SIGNATURE}",
        f"    write({_opening('{', wire)})",
        "    value = message.value",
        "    try:",
        f"        {expression}(value, depth, write)" if nested else f"        write({_inline(expression)})",
        "    except EncodeError as error:",
        f"        raise error.under({quoted(wire)}) from None",
    ]
    if not message.fields:
        lines += ["    if message.unknown_fields is EMPTY:", '        write("}")', "        return"]
    return [*lines, f"    encode_{snake(message.name)}__rest(message, depth, write, True)"]


def _inline(expression: str) -> str:
    """The text of a leaf. A string needs no call: most leaves of a large message are strings."""
    call = f"{expression}(value, depth)"
    if expression in ("encode.any_value", "encode.string"):
        return f"quote(value) if value.__class__ is str else {call}"
    return call


def _rest(message: Message, leaves: Leaves) -> list[str]:
    """What a family writes beside its member: its plain fields and what it does not know."""
    name = snake(message.name)
    lines = [f"def encode_{name}__rest(message: Any, depth: int, write: Write, some: bool) -> None:"]
    steps = [line for field in message.fields for line in _write_field(field, message, leaves)]
    if steps:
        lines += ["    value: Any", '    key: str | None = ""', "    try:", *steps]
        lines += ["    except EncodeError as error:", "        raise error.under(key) from None"]
    return [*lines, *_ending(message)]


def bare_function(message: Message) -> list[str]:
    """The encoder of the family's own class: a variant newer than this client, or none at all."""
    name = snake(message.name)
    lines = [f"def encode_{name}__bare{SIGNATURE}"]
    required = next((union for union in message.groups if union.required), None)
    if required is not None:
        wires = ", ".join(variant.field.wire for variant in required.variants)
        lines += [
            "    if message.unknown_fields is EMPTY:",
            f'        raise EncodeError("", message, {quoted(f"exactly one of {wires} must be set")})',
        ]
    return [*lines, f"    encode_{name}__rest(message, depth, write, False)"]


def family_table(message: Message) -> list[str]:
    """The constant that maps the classes of a family to their encoders."""
    items = [
        f"messages.{message.name}.{variant.class_name}: {variant_function(message, variant)}"
        for union in message.groups
        for variant in union.variants
    ]
    items.append(f"messages.{message.name}: encode_{snake(message.name)}__bare")
    return [bracketed(f"{constant(message)}_ENCODERS: Final[Mapping[type, Writer]] = {{", items, "}")]
