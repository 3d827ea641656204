"""The text of decoders: plain functions that take known fields out of a parsed object."""

from __future__ import annotations

from typing import Final

from ..ir import Field, Group, Kind, Message, MessageRef, Scalar, Variant
from ..lower.naming import snake
from .annotations import absent
from .leaves import Leaves
from .plain import bracketed, quoted

_SMALL: Final = 2
"""Attributes of a message that is made on the spot."""
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
        "key",
        "made",
        "messages",
        "new",
        "only",
        "others",
        "put_unknown_fields",
        "quote",
        "value",
    }
)
"""What a decoder's own text, or its module, calls something else."""


def decoder(message: Message, leaves: Leaves) -> list[str]:
    """The decoder of a message."""
    return _family(message, leaves) if message.family else _plain(message, leaves)


def wire_names(message: Message) -> list[str]:
    """The constant that holds the JSON names of the fields."""
    head = f"{constant(message)}_NAMES: Final[frozenset[str]] = frozenset("
    items = [quoted(field.wire) for field in message.wire_fields]
    return [bracketed(f"{head}{{", items, "})") if items else f"{head})"]


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


def _plain(message: Message, leaves: Leaves) -> list[str]:
    lines = _opening(message)
    slots: list[str] = []
    steps: list[str] = []
    for member in message.members:
        slots.append(_local(member.name))
        if isinstance(member, Field):
            lines.append(f"    {_local(member.name)}: Any = {absent(member.type).text}")
            steps += _read_field(message, member, leaves.decoder(member, message))
        else:
            lines.append(f"    {_local(member.name)}: Any = None")
            steps += _read_union(message, member, leaves)
    if steps:
        lines += ['    key = ""', "    try:", *steps]
        lines += ["    except DecodeError as error:", "        raise error.under(key) from None"]
    lines += _made(message, slots)
    if steps:
        lines.append(
            f"    if data and (others := decode.renamed(data, {constant(message)}_NAMES)) is not None:"
        )
        lines.append(f"        return decode.joined(made, decode_{snake(message.name)}(others, depth))")
    return [*lines, "    return made"]


def _is_small(message: Message) -> bool:
    """Whether objects of a message are made on the spot: it is the small ones that a large answer is made of."""
    return len(message.members) <= _SMALL


def _made(message: Message, values: list[str]) -> list[str]:
    """Statements that make a message of the values of its attributes; what is left of the object is unknown."""
    if not _is_small(message):
        return [f"    made = {_built(message, values)}"]
    return [
        f"    made = new(messages.{message.name})",
        "    put_unknown_fields(made, data or EMPTY)",
        *(
            f"    {_setter(message, member.name)}(made, {value})"
            for member, value in zip(message.members, values, strict=True)
        ),
    ]


def _built(message: Message, values: list[str]) -> str:
    return bracketed(f"build_{snake(message.name)}(", ["data or EMPTY", *values], ")", indent=4, used=11)


def _setter(message: Message, attribute: str) -> str:
    return f"put_{snake(message.name)}__{attribute}"


def _local(name: str) -> str:
    """The variable that holds an attribute's value: one that no name of the decoder's text can be."""
    return f"_{name}" if name in _LOCALS or name.startswith(("build_", "decode_", "put_")) else name


def _read_field(message: Message, field: Field, expression: str) -> list[str]:
    return [
        _taken(message, field.wire, "None"),
        f"            {_local(field.name)} = {_inline(expression, 'depth + 1')}",
    ]


def _taken(message: Message, wire: str, absent: str) -> str:
    """Take a field out of the object; of one with many fields, only while there is something left in it."""
    some = "" if _is_small(message) else "data and "
    return f"        if {some}(value := data.pop(key := {quoted(wire)}, {absent})) is not {absent}:"


def _read_union(message: Message, union: Group, leaves: Leaves) -> list[str]:
    lines: list[str] = []
    local = _local(union.name)
    for number, variant in enumerate(union.variants):
        expression = _inline(leaves.decoder(variant.field, message), "depth + 1")
        if variant.class_name is not None:
            expression = f"{builder_name(message, variant)}({expression})"
        missing = "MISSING" if _null_is_a_value(variant.field) else "None"
        lines.append(_taken(message, variant.field.wire, missing))
        if number:
            earlier = [
                f"{variant_class(each, message)}: {quoted(each.field.wire)}"
                for each in union.variants[:number]
            ]
            conflict = bracketed(
                "raise decode.conflict(",
                ["value", quoted(union.wire), f"{{{', '.join(earlier)}}}[{local}.__class__]", "key"],
                ")",
                indent=16,
            )
            lines += [f"            if {local} is not None:", f"                {conflict}"]
        lines.append(f"            {local} = {expression}")
    return lines


def _inline(expression: str, depth: str) -> str:
    """A string needs no call, and neither does a free-form value that is a scalar."""
    call = f"{expression}(value, {depth})"
    plain = {"decode.string": "is str", "decode.any_value": "in decode.SCALARS"}.get(expression)
    return call if plain is None else f"value if value.__class__ {plain} else {call}"


def _null_is_a_value(field: Field) -> bool:
    return field.type == Scalar(Kind.ANY)


def variant_class(variant: Variant, message: Message) -> str:
    """The class that stands for a variant of a union."""
    if variant.class_name is not None:
        return f"messages.{message.name}.{variant.class_name}"
    return f"messages.{variant.field.type.name if isinstance(variant.field.type, MessageRef) else ''}"


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


def _variant_function(message: Message, variant: Variant) -> str:
    return f"decode_{snake(message.name)}__{snake(variant.class_name or '')}"


def variants(message: Message, leaves: Leaves) -> list[list[str]]:
    """One function a variant of a family: from what stands under its key to the variant."""
    return [_read_variant(message, variant, leaves) for variant in family_variants(message)]


def family_variants(message: Message) -> tuple[Variant, ...]:
    """The variants of a family, none for any other message."""
    return tuple(variant for union in message.groups for variant in union.variants if message.family)


def _read_variant(message: Message, variant: Variant, leaves: Leaves) -> list[str]:
    return [
        f"def {_variant_function(message, variant)}(value: Any, depth: int) -> messages.{message.name}:",
        "    try:",
        f"        found = {_inline(leaves.decoder(variant.field, message), 'depth')}",
        "    except DecodeError as error:",
        f"        raise error.under({quoted(variant.field.wire)}) from None",
        f"    made = new({variant_class(variant, message)})",
        "    put_unknown_fields(made, EMPTY)",
        *(f"    {_setter(message, each.name)}(made, {absent(each.type).text})" for each in message.fields),
        f"    put_{snake(message.name)}__{snake(variant.class_name or '')}(made, found)",
        "    return made",
    ]


def family_table(message: Message) -> str:
    """The constant that maps a key to the decoder of what stands under it."""
    items = [
        f"{quoted(variant.field.wire)}: {_variant_function(message, variant)}"
        for variant in family_variants(message)
    ]
    head = f"{constant(message)}_MEMBERS: Final[Mapping[str, Callable[[Any, int], messages.{message.name}]]] = {{"
    return bracketed(head, items, "}")


def builders(message: Message) -> list[str]:
    """The constructors and setters that a message's decoders need."""
    name, cls = snake(message.name), f"messages.{message.name}"
    if message.family:
        variants = {
            f"put_{name}__{snake(each.class_name or '')}": variant_class(each, message)
            for each in family_variants(message)
        }
        plain = [_setter_line(message, field.name) for field in message.fields]
        return plain + [f'{put} = decode.setter({of}, "value")' for put, of in variants.items()]
    lines = [_setter_line(message, member.name) for member in message.members]
    lines = lines if _is_small(message) else [f"build_{name} = decode.builder({cls})"]
    for union in message.groups:
        for variant in union.variants:
            if variant.class_name is not None:
                make = "one_text" if variant.field.type == Scalar(Kind.STRING) else "one_value"
                of = variant_class(variant, message)
                lines.append(f"{builder_name(message, variant)} = decode.{make}({of})")
    return lines


def _setter_line(message: Message, attribute: str) -> str:
    return f"{_setter(message, attribute)} = decode.setter(messages.{message.name}, {quoted(attribute)})"
