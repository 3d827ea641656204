"""Named types: messages with their groups, enums, and aliases."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from .types import TypeRef


@frozen(kw_only=True)
class Rules:
    """Bounds that a value must keep when it is sent. Never applied to what is received."""

    minimum: int | float | None = None
    maximum: int | float | None = None
    exclusive_minimum: int | float | None = None
    exclusive_maximum: int | float | None = None
    multiple_of: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    pattern_is_linear: bool = True
    """True if the pattern may be run; one that may not is documentation."""
    items: Rules | None = None
    """Bounds of each item of a list, and of each value of a map."""
    places: tuple[Rules, ...] = field(default=())
    """Bounds of the items of a tuple, each by its place; one more is that of all that follow."""
    divides_into: str | None = None
    """Wire name of the sibling whose value, or default, divides every dimension of this one."""
    only: tuple[str, ...] = field(default=())
    """Wire names: of a message-typed value's group, only these members are supported here."""

    @property
    def present(self) -> bool:
        """Return True if any bound is stated."""
        return self is not NO_RULES and self != NO_RULES


NO_RULES: Final = Rules()


@frozen(kw_only=True)
class Field:
    """One property of a message. Fields of a draft have no names."""

    name: str = ""
    wire: str
    type: TypeRef
    required: bool = False
    needed: bool = False
    """The class has no default for it, and an answer without it is refused; a reader leaves it to `lower`."""
    nullable: bool = False
    """An absent field, which is None, may be sent as null too; a reader leaves it to `lower`."""
    rules: Rules = NO_RULES
    default: object = None
    """The value that the service assumes when the field is absent; documentation, never sent."""
    pattern: str | None = None
    """The document's; documentation, since what a document says of a field holds for answers too."""
    wrapped: bool = False
    """Accepted bare or as `{"value": x}`; sent bare."""
    request_id: bool = False
    read_only: bool = False
    """Left out of what a request has to set."""
    write_only: bool = False
    """Left out of what an answer has to have."""
    deprecated: bool = False
    doc: str = ""
    evidence: str = ""
    """Of an extension: why the field exists although the document lacks it."""
    pointer: str = ""


@frozen(kw_only=True)
class Variant:
    """One member of a group: the field it is on the wire, and the class that stands for it.

    `class_name` is None when the member is a message that stands for itself; otherwise it names the
    one-value class nested in the message (or, in a family, the subclass).
    """

    field: Field
    class_name: str | None = None


@frozen(kw_only=True)
class Group:
    """Fields of one message of which at most one is set (a protobuf oneof); one attribute."""

    name: str = ""
    wire: str
    variants: tuple[Variant, ...]
    required: bool = False
    doc: str = ""


@frozen(kw_only=True)
class Message:
    """A JSON object with named fields.

    `place` is where the document has it: the name of its schema, or that of the property that holds an inline object
    (`Foo.bar[]`). Places are the keys of names in `groundwire.lock`.
    """

    name: str = ""
    place: str
    members: tuple[Field | Group, ...] = ()
    extra: TypeRef | None = None
    """Type of the values under other keys (`additionalProperties` beside properties); None: unknown keys are kept as they are."""
    extra_rules: Rules = NO_RULES
    extra_name: str = ""
    """The attribute that has them."""
    family: bool = False
    """Nothing but one group: its variants are subclasses and there is no attribute to name."""
    sent: bool = False
    """Reached by a request."""
    received: bool = False
    """Reached by an answer."""
    deprecated: bool = False
    doc: str = ""
    pointer: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the plain fields, in order."""
        return tuple(member for member in self.members if isinstance(member, Field))

    @property
    def groups(self) -> tuple[Group, ...]:
        """Return the groups, in order."""
        return tuple(member for member in self.members if isinstance(member, Group))

    @property
    def wire_fields(self) -> tuple[Field, ...]:
        """Return every field as it is on the wire, members of groups included, in order."""
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
    """One known value."""

    name: str = ""
    wire: str
    deprecated: bool = False
    doc: str = ""


@frozen(kw_only=True)
class Enum:
    """An open set of known values. `place` is that of a message, or `=Name` for one that the overlay names."""

    name: str = ""
    place: str
    values: tuple[EnumValue, ...]
    whole: bool = False
    """The values are whole numbers on the wire; `EnumValue.wire` is the text of one."""
    doc: str = ""
    pointer: str = ""


@frozen(kw_only=True)
class Alias:
    """A named type that is no class. `lower` puts its type where it is named.

    A finished API keeps those that are named unions, and those that hold themselves.
    """

    name: str = ""
    place: str
    type: TypeRef | None
    """None after a problem."""
    rules: Rules = NO_RULES
    deprecated: bool = False
    doc: str = ""
    pointer: str = ""
