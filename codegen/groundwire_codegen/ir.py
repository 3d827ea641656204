"""The intermediate representation: what a client is, free of how a document says it and of how Python writes it.

An `Api` is built by `lower`, read by `render` and by the contract server. Everything is a frozen value;
messages, enums and methods are keyed by the name that the allocator gave them or by their discovery id.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(enum.StrEnum):
    """The scalar kinds of proto3 JSON, and the formats that Discovery adds."""

    STRING = "string"
    BOOLEAN = "boolean"
    INT32 = "int32"
    UINT32 = "uint32"
    INT64 = "int64"
    UINT64 = "uint64"
    FLOAT = "float"
    DOUBLE = "double"
    BYTES = "byte"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    FIELD_MASK = "fieldmask"
    DATE = "date"
    DATE_TIME = "datetime"
    ANY = "any"
    STRUCT = "struct"


@frozen
class Scalar:
    """A leaf: one JSON value with a kind of its own."""

    kind: Kind


@frozen
class EnumRef:
    """A reference to an enum of the API by its published name."""

    name: str


@frozen
class MessageRef:
    """A reference to a message of the API by its published name."""

    name: str


@frozen
class ListOf:
    """A JSON array of one type."""

    item: TypeRef


@frozen
class MapOf:
    """A JSON object of string keys with values of one type."""

    value: TypeRef


@frozen
class Packed:
    """A mapping that names its own type in `@type`; the known ones are decoded, any other stays a mapping.

    `types` pairs each type URL with a message name; the first URL of a message is the one that is sent.
    """

    types: tuple[tuple[str, str], ...]


TypeRef: TypeAlias = Scalar | EnumRef | MessageRef | ListOf | MapOf | Packed


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


@frozen(kw_only=True)
class Parameter:
    """A path or query parameter of a method."""

    name: str
    wire: str
    location: str
    """`path` or `query`."""
    type: TypeRef
    doc: str = ""
    required: bool = False
    repeated: bool = False
    values: tuple[str, ...] = ()
    """The known names of an enum; empty for any other type."""
    pattern: str | None = None
    enforced: bool = True
    """Whether the pattern may be run: it has been shown to match in linear time."""
    minimum: str | None = None
    maximum: str | None = None
    default: str | None = None
    held: str | None = None
    """The client attribute that fills the parameter when a call leaves it out."""
    prefix: str | None = None
    deprecated: bool = False
    pointer: str = ""


@frozen(kw_only=True)
class Paging:
    """How a list method pages: names on the wire."""

    token: str
    in_body: bool
    items: str
    next_token: str


@frozen(kw_only=True)
class ExtraScope:
    """A scope asked for besides, when the body sets a field: the wire names that lead there."""

    scope: str
    path: tuple[str, ...]


@frozen(kw_only=True)
class Method:
    """One HTTP method of the API."""

    id: str
    name: str
    resource: tuple[str, ...]
    """Wire names of the resources that hold it, outermost first; empty for a top-level method."""
    verb: str
    path: str
    """The document's template, relative to `Api.base_url`."""
    parameters: tuple[Parameter, ...] = ()
    """Required ones first, in `parameterOrder`; then the others, sorted by wire name."""
    request: str | None = None
    """Name of the body's message."""
    response: str | None = None
    doc: str = ""
    scopes: tuple[str, ...] = ()
    extra_scopes: tuple[ExtraScope, ...] = ()
    request_id: str | None = None
    """Wire name of the body field (or query parameter) that makes a resend recognisable."""
    request_id_in_query: bool = False
    paging: Paging | None = None
    operation_metadata: str | None = None
    media_upload: bool = False
    media_download: bool = False
    deprecated: bool = False
    pointer: str = ""


@frozen(kw_only=True)
class Held:
    """A parameter that the client may hold for all calls."""

    name: str
    prefix: str | None = None
    doc: str = ""


@frozen(kw_only=True)
class Api:
    """Everything that a client is generated from."""

    id: str
    title: str
    name: str
    version: str
    revision: str
    base_url: str
    doc: str = ""
    messages: Mapping[str, Message] = field(factory=dict[str, Message])
    enums: Mapping[str, Enum] = field(factory=dict[str, Enum])
    methods: Mapping[str, Method] = field(factory=dict[str, Method])
    held: tuple[Held, ...] = ()
