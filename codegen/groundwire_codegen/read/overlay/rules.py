"""The values of an overlay: what it says of messages, fields, methods and parameters."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from ..discovery import Schema


@frozen(kw_only=True)
class FieldRule:
    """What the overlay says of one field."""

    pointer: str
    digest: str = ""
    """Of the rule as it is written: another one shows that somebody looked at it again."""
    doc: str = ""
    name: str | None = None
    enum: str | None = None
    request_id: bool = False
    wrapper: bool = False
    required: bool = False
    deprecated: bool = False
    default: object = None
    pattern: str | None = None
    multiple_of: str | None = None
    members: tuple[str, ...] = ()
    bounds: Mapping[str, int | float] = field(factory=dict[str, "int | float"])
    evidence: str = ""
    values: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class Extension:
    """A field that real clients send and the document lacks."""

    schema: Schema
    rule: FieldRule
    after: str | None = None


@frozen(kw_only=True)
class UnionRule:
    """A group of fields of which at most one is set."""

    pointer: str
    members: tuple[str, ...]
    doc: str = ""
    required: bool = False


@frozen(kw_only=True)
class MessageRule:
    """What the overlay says of one schema. `digest` is without its fields, extensions and packed fields."""

    pointer: str
    digest: str = ""
    doc: str = ""
    order: tuple[str, ...] = ()
    family: bool | None = None
    fields: Mapping[str, FieldRule] = field(factory=dict[str, FieldRule])
    unions: Mapping[str, UnionRule] = field(factory=dict[str, UnionRule])
    extensions: Mapping[str, Extension] = field(factory=dict[str, Extension])
    packed: Mapping[str, tuple[tuple[str, str], ...]] = field(
        factory=dict[str, "tuple[tuple[str, str], ...]"]
    )


@frozen(kw_only=True)
class ParameterRule:
    """What the overlay says of one parameter."""

    pointer: str
    digest: str = ""
    doc: str = ""
    name: str | None = None
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None


@frozen(kw_only=True)
class MethodRule:
    """What the overlay says of one method. `digest` is without its parameters."""

    pointer: str
    digest: str = ""
    doc: str = ""
    name: str | None = None
    returns: str = ""
    scopes: tuple[str, ...] = ()
    operation_metadata: str | None = None
    idempotent: bool | tuple[str, ...] | None = None
    """True: always, False: never, names: when one of them is set, None: as the verb says."""
    parameters: Mapping[str, ParameterRule] = field(factory=dict[str, ParameterRule])


@frozen(kw_only=True)
class HeldRule:
    """A parameter that the client may hold; `fills` names `METHOD_ID:PARAMETER` pairs."""

    pointer: str
    fills: tuple[str, ...]
    prefix: str | None = None
    doc: str = ""


@frozen(kw_only=True)
class ScopeRule:
    """A scope asked for besides, when the body sets `field` (`Schema.field`)."""

    pointer: str
    scope: str
    field: str


@frozen(kw_only=True)
class EnumRule:
    """Docs of a named enum."""

    pointer: str
    doc: str = ""
    values: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class Overlay:
    """An overlay as written. The empty one changes nothing."""

    document: str | None = None
    package: str | None = None
    generate: tuple[str, ...] = ()
    """Ids of the methods to generate; empty means all."""
    default_scopes: tuple[str, ...] = ()
    extra_scopes: tuple[ScopeRule, ...] = ()
    held: Mapping[str, HeldRule] = field(factory=dict[str, HeldRule])
    methods: Mapping[str, MethodRule] = field(factory=dict[str, MethodRule])
    messages: Mapping[str, MessageRule] = field(factory=dict[str, MessageRule])
    enums: Mapping[str, EnumRule] = field(factory=dict[str, EnumRule])
    names: Mapping[str, str] = field(factory=dict[str, str])
    """Python names by the keys that `groundwire.lock` has for them: what may move a published name."""
