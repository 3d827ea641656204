"""The views of enums."""

from __future__ import annotations

from attrs import frozen

from ..ir import Enum
from .source import Source, doc, literal, name, word


@frozen(kw_only=True)
class ValueView:
    """An enum member."""

    name: Source
    wire: Source
    doc: Source | None


@frozen(kw_only=True)
class EnumView:
    """An enum class."""

    name: Source
    doc: Source
    base: Source
    values: tuple[ValueView, ...]


def base(enum: Enum) -> str:
    """Return the class of Python that an enum extends."""
    return "IntEnum" if enum.whole else "StrEnum"


def enum_view(enum: Enum) -> EnumView:
    """Return the view of an enum."""
    return EnumView(
        base=word(base(enum)),
        name=name("enum", enum.name),
        doc=doc(enum.doc or f"Known names of {enum.name}.", 4),
        values=tuple(
            ValueView(
                name=name("value", value.name),
                wire=literal(int(value.wire) if enum.whole else value.wire),
                doc=doc(value.doc, 4) if value.doc else None,
            )
            for value in enum.values
        ),
    )
