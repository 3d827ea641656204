"""What the template of `codecs.py` receives: blocks of lines, in the order in which Python needs them."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from ..ir import Api, Message
from ..names import snake
from . import decoders, encoders
from .leaves import Leaves
from .plain import Table, bracketed, import_lines

IMPORTS: Final[Table] = {
    "collections.abc": ("Callable", "Mapping"),
    "typing": ("Any", "Final"),
    ".": ("decode", "encode"),
    ".bounds": ("Bounds", "bounded", "bounded_messages", "check_multiple", "only"),
    ".codec": ("Codec", "Codecs"),
    ".decode": ("MISSING", "new", "put_unknown_fields"),
    ".encode": ("Write", "Writer", "quote"),
    ".errors": ("DecodeError", "EncodeError"),
    ".messages": ("EMPTY", "MAX_DEPTH"),
}


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
        functions.append("\n".join(decoders.decoder(message, leaves)))
        functions += ["\n".join(lines) for lines in decoders.variants(message, leaves)]
        functions += ["\n".join(lines) for lines in encoders.encoder(message, leaves)]
        if message.family:
            functions.append("\n".join(encoders.bare_function(message)))
            tables += [decoders.family_table(message), *encoders.family_table(message)]
    made = [line for message in api.messages.values() for line in decoders.builders(message)]
    entries = [line for message in api.messages.values() for line in _entries(message)]
    table = bracketed("CODECS: Final = Codecs({", entries, "})")
    enums = leaves.enum_lines()
    constants = (*made, *tables, *leaves.lines(), table)
    texts = (*enums, *names, *functions, *constants)
    return CodecsView(
        imports=import_lines(IMPORTS, texts, runtime, ("from . import messages",)),
        enums=tuple(enums),
        names=tuple(names),
        functions=tuple(functions),
        constants=constants,
    )


def _entries(message: Message) -> list[str]:
    """A message, and the variants of a family, with their codec."""
    name = snake(message.name)
    codec = f"Codec(encode_{name}, decode_{name})"
    variants = [decoders.variant_class(each, message) for each in decoders.family_variants(message)]
    return [f"{cls}: {codec}" for cls in (f"messages.{message.name}", *variants)]
