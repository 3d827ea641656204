"""What the template of `codecs.py` receives: blocks of lines, in the order in which Python needs them."""

from __future__ import annotations

from attrs import frozen

from ..ir import Api, Message
from ..names import snake
from . import decoders, encoders
from .decoders import constant
from .layout import bracketed
from .leaves import Leaves


@frozen(kw_only=True)
class CodecsView:
    """The module: functions first, since the constants below them name them."""

    imports: tuple[str, ...]
    enums: tuple[str, ...]
    names: tuple[str, ...]
    functions: tuple[str, ...]
    constants: tuple[str, ...]


def codecs_view(api: Api, runtime: str) -> CodecsView:
    """The view of `codecs.py`; `runtime` is the package that it imports from."""
    leaves = Leaves(api)
    functions: list[str] = []
    names: list[str] = []
    tables: list[str] = []
    for message in api.messages.values():
        names += decoders.wire_names(message)
        if decoders.has_other_names(message) and not message.family:
            stem = constant(message)
            names.append(f"{stem}_OTHERS: Final = frozenset({stem}_NAMES).difference({stem}_NAMES.values())")
        functions.append("\n".join(decoders.decoder(message, leaves)))
        functions += ["\n".join(lines) for lines in decoders.variants(message, leaves)]
        functions += ["\n".join(lines) for lines in encoders.encoder(message, leaves)]
        if message.family:
            functions.append("\n".join(encoders.bare_function(message)))
            tables += [decoders.family_table(message), *encoders.family_table(message)]
    made = [line for message in api.messages.values() for line in decoders.builders(message)]
    entries = [line for message in api.messages.values() for line in _entries(message)]
    table = bracketed("CODECS: Final = Codecs({", entries, "})")
    return CodecsView(
        imports=_imports(runtime, functions, [*tables, *leaves.lines()]),
        enums=tuple(leaves.enum_lines()),
        names=tuple(names),
        functions=tuple(functions),
        constants=(*made, *tables, *leaves.lines(), table),
    )


def _entries(message: Message) -> list[str]:
    """A message, and the variants of a family, with their codec."""
    name = snake(message.name)
    codec = f"Codec(encode_{name}, decode_{name})"
    variants = [decoders.variant_class(each, message) for each in decoders.family_variants(message)]
    return [f"{cls}: {codec}" for cls in (f"messages.{message.name}", *variants)]


def _imports(runtime: str, functions: list[str], constants: list[str]) -> tuple[str, ...]:
    text = "\n".join(functions)
    below = "\n".join(constants)
    families = "_MEMBERS" in text
    typing = ["Any", "Final"]
    own = ["from . import messages"]
    decode = [
        name
        for name, used in (
            ("MISSING", "MISSING" in text),
            ("new", "= new(" in text),
            ("put_unknown_fields", "put_unknown_fields(" in text),
        )
        if used
    ]
    encode = [
        name
        for name, used in (
            ("Encoder", "Encoder" in below),
            ("Write", "write: Write" in text),
            ("Writer", "Writer" in below),
            ("quote", "quote(value)" in text),
        )
        if used
    ]
    bounds = [
        name
        for name, used in (
            ("Bounds", "Bounds(" in below),
            ("bounded", " bounded(" in below),
            ("bounded_messages", "bounded_messages(" in below),
            ("check_multiple", "check_multiple(" in text),
            ("only", "only(" in below),
        )
        if used
    ]
    errors = ["DecodeError"] if "DecodeError" in text else []
    errors += ["EncodeError"] if "EncodeError" in text else []
    lines = [
        f"from collections.abc import {'Callable, ' if families else ''}Mapping",
        f"from typing import {', '.join(typing)}",
        "",
    ]
    runtime_lines = [f"from {runtime} import decode, encode"]
    runtime_lines += [f"from {runtime}.bounds import {', '.join(bounds)}"] if bounds else []
    runtime_lines += [f"from {runtime}.codec import Codec, Codecs"]
    runtime_lines += [f"from {runtime}.decode import {', '.join(decode)}"] if decode else []
    runtime_lines += [f"from {runtime}.encode import {', '.join(encode)}"] if encode else []
    runtime_lines += [f"from {runtime}.errors import {', '.join(errors)}"] if errors else []
    runtime_lines += [f"from {runtime}.messages import EMPTY, MAX_DEPTH"]
    if runtime.startswith("."):
        return (*lines, *own, *runtime_lines)
    return (*lines, *runtime_lines, "", *own)
