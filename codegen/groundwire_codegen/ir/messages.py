"""Messages: objects with named fields, unions of fields, and open enums."""

from __future__ import annotations

from attrs import frozen

from .types import TypeRef


@frozen(kw_only=True)
class Rules:
    """Bounds that a value must keep when it is sent. Never applied to what is received."""

    minimum: int | float | None = None
    maximum: int | float | None = None
    exclusive_minimum: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    multiple_of: str | None = None
    """Wire name of the sibling whose value (or default) divides every dimension of this one."""
    members: tuple[str, ...] = ()
    """Wire names: of a message-typed value's union, only these members are supported here."""
    required: bool = False

    @property
    def present(self) -> bool:
        """Whether any rule is stated."""
        return self != Rules()


@frozen(kw_only=True)
class Field:
    """One property of a message."""

    name: str
    wire: str
    type: TypeRef
    doc: str = ""
    rules: Rules = Rules()
    default: object = None
    """What the service assumes when the field is absent; documentation, never sent."""
    pattern: str | None = None
    """The document's; documentation, since what a document says of a field holds for answers too."""
    wrapped: bool = False
    """Accepted bare or as `{"value": x}`; sent bare."""
    request_id: bool = False
    deprecated: bool = False
    read_only: bool = False
    evidence: str = ""
    """For an extension: why the field exists although the document lacks it."""
    pointer: str = ""


@frozen(kw_only=True)
class Variant:
    """One member of a union: the field it is on the wire, and the class that stands for it.

    `class_name` is None when the member is a message that stands for itself; otherwise it names the
    one-value class nested in the message (or, in a family, the subclass).
    """

    field: Field
    class_name: str | None = None


@frozen(kw_only=True)
class Union:
    """A group of members of which at most one is set; one attribute of the message."""

    name: str
    wire: str
    variants: tuple[Variant, ...]
    doc: str = ""
    required: bool = False


@frozen(kw_only=True)
class Message:
    """A JSON object with named fields."""

    name: str
    schema: str
    doc: str = ""
    members: tuple[Field | Union, ...] = ()
    family: bool = False
    """Nothing but one union: its variants are subclasses and there is no attribute to name."""
    deprecated: bool = False
    pointer: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The plain fields, in order."""
        return tuple(member for member in self.members if isinstance(member, Field))

    @property
    def unions(self) -> tuple[Union, ...]:
        """The unions, in order."""
        return tuple(member for member in self.members if isinstance(member, Union))

    @property
    def wire_fields(self) -> tuple[Field, ...]:
        """Every field as it is on the wire, union members included, in order."""
        return tuple(
            found
            for member in self.members
            for found in (
                (member,) if isinstance(member, Field) else (variant.field for variant in member.variants)
            )
        )

    def holder(self, wire: str) -> tuple[str, Field, str | None]:
        """Return the attribute that holds a field, the field, and the class of its variant. Raises KeyError."""
        for member in self.members:
            if isinstance(member, Field):
                if member.wire == wire:
                    return member.name, member, None
                continue
            for variant in member.variants:
                if variant.field.wire == wire:
                    return member.name, variant.field, variant.class_name
        raise KeyError(wire)


@frozen(kw_only=True)
class EnumValue:
    """One known name of an enum."""

    name: str
    wire: str
    doc: str = ""
    deprecated: bool = False


@frozen(kw_only=True)
class Enum:
    """An open set of names."""

    name: str
    values: tuple[EnumValue, ...]
    doc: str = ""
