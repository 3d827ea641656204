"""The text of decoders: plain functions that take known fields out of a parsed object."""

from __future__ import annotations

from ..annotations import absent
from ..ir import Field, Kind, Message, Scalar, Union, Variant
from ..names import snake
from .layout import bracketed, quoted
from .leaves import Leaves


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


def _renaming(message: Message) -> list[str]:
    """Where a field has another accepted spelling: rename before reading."""
    if all(snake(field.wire) == field.wire for field in message.wire_fields):
        return []
    return [
        f"    if not data.keys() <= {constant(message)}_WIRE:",
        f"        data = decode.renamed(data, {constant(message)}_NAMES)",
    ]


def _plain(message: Message, leaves: Leaves) -> list[str]:
    lines = [*_opening(message), *_renaming(message)]
    slots = ["data or EMPTY"]
    steps: list[str] = []
    for member in message.members:
        slots.append(member.name)
        if isinstance(member, Field):
            lines.append(f"    {member.name}: Any = {absent(member.type)}")
            steps += _read_field(member, leaves.decoder(member, message))
        else:
            lines.append(f"    {member.name}: Any = None")
            steps += _read_union(message, member, leaves)
    if steps:
        if _needs_depth(message):
            lines.append("    depth += 1")
        lines += ["    pop = data.pop", '    key = ""', "    try:", *steps]
        lines += ["    except DecodeError as error:", "        raise error.under(key) from None"]
    lines.append("    return " + bracketed(f"build_{snake(message.name)}(", slots, ")", indent=4, used=11))
    return lines


def _needs_depth(message: Message) -> bool:
    return bool(message.wire_fields)


def _read_field(field: Field, expression: str) -> list[str]:
    return [
        f"        if (value := pop(key := {quoted(field.wire)}, None)) is not None:",
        f"            {field.name} = {expression}(value, depth)",
    ]


def _read_union(message: Message, union: Union, leaves: Leaves) -> list[str]:
    lines: list[str] = []
    for number, variant in enumerate(union.variants):
        key = quoted(variant.field.wire)
        expression = f"{leaves.decoder(variant.field, message)}(value, depth)"
        if variant.class_name is not None:
            expression = f"{builder_name(message, variant)}({expression})"
        marker = "MISSING" if _null_is_a_value(variant.field) else "None"
        lines.append(f"        if (value := pop(key := {key}, {marker})) is not {marker}:")
        if number:
            lines += [
                f"            if {union.name} is not None:",
                f"                raise decode.conflict(value, {quoted(union.wire)}, {union.name}_key, key)",
            ]
        lines.append(f"            {union.name} = {expression}")
        if len(union.variants) > 1:
            lines.append(f"            {union.name}_key = key")
    if len(union.variants) > 1:
        lines.insert(0, f'        {union.name}_key = ""')
    return lines


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
    call = bracketed(
        "decode.family(",
        [
            "data",
            "depth + 1",
            f"messages.{message.name}",
            f"{stem}_MEMBERS",
            f"{stem}_NAMES",
            f"{{{', '.join(plain)}}}",
        ],
        ")",
        indent=4,
        used=11,
    )
    return [
        *_opening(message),
        "    if len(data) == 1:",
        "        key, value = data.popitem()",
        f"        found = {stem}_MEMBERS.get(key)",
        "        if found is not None and (value is not None or found[0] is decode.any_value):",
        "            try:",
        "                return found[1](found[0](value, depth + 1))",
        "            except DecodeError as error:",
        "                raise error.under(key) from None",
        "        data[key] = value",
        f"    return {call}",
    ]


def family_members(message: Message, leaves: Leaves) -> list[str]:
    """The constant that maps a key to how its value is read, what builds the variant, and its class."""
    items = [
        f"{quoted(variant.field.wire)}: ({leaves.decoder(variant.field, message)}, "
        f"{builder_name(message, variant)}, messages.{message.name}.{variant.class_name})"
        for union in message.unions
        for variant in union.variants
    ]
    cls = f"messages.{message.name}"
    entry = f"tuple[Decoder, Callable[[Any], {cls}], type[{cls}]]"
    head = f"{constant(message)}_MEMBERS: Final[Mapping[str, {entry}]] = {{"
    return [bracketed(head, items, "}")]


def builders(message: Message) -> list[str]:
    """The constructors that a message's decoder needs."""
    lines = (
        [] if message.family else [f"build_{snake(message.name)} = decode.builder(messages.{message.name})"]
    )
    for union in message.unions:
        for variant in union.variants:
            if variant.class_name is not None:
                cls = f"messages.{message.name}.{variant.class_name}"
                plain = message.family and message.fields
                make = f"decode.one_value({cls})" if not plain else cls
                lines.append(f"{builder_name(message, variant)} = {make}")
    return lines
