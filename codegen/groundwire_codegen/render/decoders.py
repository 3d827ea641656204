"""The text of decoders: plain functions that take known fields out of a parsed object."""

from __future__ import annotations

from typing import Final

from ..annotations import absent
from ..ir import Field, Kind, Message, Scalar, Union, Variant
from ..names import snake
from .layout import bracketed, quoted
from .leaves import Leaves

_LOCALS: Final = frozenset(
    {
        "bounded",
        "bounded_messages",
        "check_multiple",
        "data",
        "decode",
        "depth",
        "dict",
        "encode",
        "error",
        "first",
        "key",
        "messages",
        "only",
        "pop",
        "quote",
        "value",
    }
)
"""What a decoder's own text, or its module, calls something else."""


def decoder(message: Message, leaves: Leaves) -> list[str]:
    """The decoder of a message."""
    return _family(message, leaves) if message.family else _plain(message, leaves)


def wire_names(message: Message) -> list[str]:
    """The constant that maps every accepted spelling of a field to its JSON name."""
    wires = [field.wire for field in message.wire_fields]
    spellings = {wire: wire for wire in wires}
    for wire in wires:
        spellings.setdefault(snake(wire), wire)
    items = [f"{quoted(key)}: {quoted(wire)}" for key, wire in spellings.items()]
    head = f"{constant(message)}_NAMES: Final[Mapping[str, str]] = {{"
    return [bracketed(head, items, "}")]


def constant(message: Message) -> str:
    """The stem of the message's constants."""
    return snake(message.name).upper()


def _opening(message: Message) -> list[str]:
    return [
        f"def decode_{snake(message.name)}(data: Any, depth: int) -> messages.{message.name}:",
        "    if data.__class__ is not dict:",
        '        raise decode.expected(data, "an object")',
        "    if depth >= MAX_DEPTH:",
        "        raise decode.too_deep(data)",
    ]


def has_other_names(message: Message) -> bool:
    """Whether a field is also read under its original name (proto3 JSON), which differs from its JSON name."""
    return any(snake(field.wire) != field.wire for field in message.wire_fields)


def _plain(message: Message, leaves: Leaves) -> list[str]:
    lines = _opening(message)
    slots: list[str] = []
    steps: list[str] = []
    for member in message.members:
        slots.append(_local(member.name))
        if isinstance(member, Field):
            lines.append(f"    {_local(member.name)}: Any = {absent(member.type)}")
            steps += _read_field(member, leaves.decoder(member, message))
        else:
            lines.append(f"    {_local(member.name)}: Any = None")
            steps += _read_union(message, member, leaves)
    if steps:
        if _needs_depth(message):
            lines.append("    depth += 1")
        lines += ["    pop = data.pop", '    key = ""', "    try:", *steps]
        lines += ["    except DecodeError as error:", "        raise error.under(key) from None"]
    build = f"build_{snake(message.name)}("
    if has_other_names(message):
        stem = constant(message)
        first = bracketed(f"first = {build}", ["EMPTY", *slots], ")", indent=8)
        again = f"decode_{snake(message.name)}(decode.renamed(data, {stem}_NAMES), depth - 1)"
        lines += [f"    if data and not {stem}_OTHERS.isdisjoint(data):", f"        {first}"]
        lines.append(f"        return decode.joined(first, {again})")
    lines.append("    return " + bracketed(build, ["data or EMPTY", *slots], ")", indent=4, used=11))
    return lines


def _local(name: str) -> str:
    """The variable that holds an attribute's value: one that no name of the decoder's text can be."""
    return f"_{name}" if name in _LOCALS or name.startswith(("build_", "decode_")) else name


def _needs_depth(message: Message) -> bool:
    return bool(message.wire_fields)


def _read_field(field: Field, expression: str) -> list[str]:
    return [
        f"        if (value := pop(key := {quoted(field.wire)}, None)) is not None:",
        f"            {_local(field.name)} = {_inline(expression)}",
    ]


def _read_union(message: Message, union: Union, leaves: Leaves) -> list[str]:
    lines: list[str] = []
    local, used = _local(union.name), f"_{union.name}_key"
    for number, variant in enumerate(union.variants):
        key = quoted(variant.field.wire)
        expression = _inline(leaves.decoder(variant.field, message))
        if variant.class_name is not None:
            expression = f"{builder_name(message, variant)}({expression})"
        marker = "MISSING" if _null_is_a_value(variant.field) else "None"
        lines.append(f"        if (value := pop(key := {key}, {marker})) is not {marker}:")
        if number:
            lines += [
                f"            if {local} is not None:",
                f"                raise decode.conflict(value, {quoted(union.wire)}, {used}, key)",
            ]
        lines.append(f"            {local} = {expression}")
        if len(union.variants) > 1:
            lines.append(f"            {used} = key")
    if len(union.variants) > 1:
        lines.insert(0, f'        {used} = ""')
    return lines


def _inline(expression: str) -> str:
    """A string needs no call."""
    call = f"{expression}(value, depth)"
    return f"value if value.__class__ is str else {call}" if expression == "decode.string" else call


def _null_is_a_value(field: Field) -> bool:
    return field.type == Scalar(Kind.ANY)


def builder_name(message: Message, variant: Variant) -> str:
    """The constructor of a one-value class."""
    return f"build_{snake(message.name)}__{snake(variant.class_name or '')}"


def _family(message: Message, leaves: Leaves) -> list[str]:
    stem = constant(message)
    plain = [
        f"{quoted(field.wire)}: ({quoted(field.name)}, {leaves.decoder(field, message)})"
        for field in message.fields
    ]
    null = next((each.wire for each in message.wire_fields if _null_is_a_value(each)), None)
    call = bracketed(
        "decode.family(",
        [
            "data",
            "depth + 1",
            f"messages.{message.name}",
            f"{stem}_MEMBERS",
            f"{stem}_NAMES",
            f"{{{', '.join(plain)}}}",
            "None" if null is None else quoted(null),
        ],
        ")",
        indent=4,
        used=11,
    )
    return [
        *_opening(message),
        "    if len(data) == 1:",
        "        [(key, value)] = data.items()",
        f"        read = {stem}_MEMBERS.get(key)",
        "        if read is not None and value is not None:",
        "            return read(value, depth + 1)",
        f"    return {call}",
    ]


def family_table(message: Message) -> str:
    """The constant that maps a key to the decoder of what stands under it: empty, since lists of a family need it."""
    return (
        f"{constant(message)}_MEMBERS: Final[dict[str, Callable[[Any, int], messages.{message.name}]]] = {{}}"
    )


def family_members(message: Message, leaves: Leaves) -> list[str]:
    """What fills that constant."""
    return [
        f"{constant(message)}_MEMBERS[{key}] = decode.variant("
        f"messages.{message.name}.{variant.class_name}, {key}, {leaves.decoder(variant.field, message)})"
        for union in message.unions
        for variant in union.variants
        for key in [quoted(variant.field.wire)]
    ]


def builders(message: Message) -> list[str]:
    """The constructors that a message's decoder needs; those of a family's variants are in its members."""
    if message.family:
        return []
    lines = [f"build_{snake(message.name)} = decode.builder(messages.{message.name})"]
    for union in message.unions:
        for variant in union.variants:
            if variant.class_name is not None:
                cls = f"messages.{message.name}.{variant.class_name}"
                lines.append(f"{builder_name(message, variant)} = decode.one_value({cls})")
    return lines
