"""The rules of an overlay, as attrs classes whose attributes are its keys.

An attribute is a key of the overlay, read as its type says; `pointer` and `digest` are of the whole rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from ...ir import Field, Rules
from ..discovery import Schemas
from .masks import MaskRule

Number: TypeAlias = int | float
BOUNDS: Final = ("minimum", "maximum", "exclusive_minimum", "min_length", "max_length", "max_items")
COUNTS: Final = ("min_length", "max_length", "max_items")


@frozen(kw_only=True)
class ValueRule:
    """A rule of one value of a field's enum."""

    doc: str = ""


@frozen(kw_only=True)
class FieldRule:
    """A rule of one field."""

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
    minimum: Number | None = None
    maximum: Number | None = None
    exclusive_minimum: Number | None = None
    min_length: Number | None = None
    max_length: Number | None = None
    max_items: Number | None = None
    evidence: str = ""
    reviewed: str | None = None
    values: Mapping[str, ValueRule] = field(factory=dict[str, ValueRule])

    @property
    def bounds(self) -> Mapping[str, Number]:
        """Return the bounds that are numbers, by name."""
        found = {name: getattr(self, name) for name in BOUNDS}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def rules(self) -> Rules:
        """Return the bounds. They come from the overlay alone: those of a document hold for answers too."""
        counts: dict[str, Any] = {name: int(value) for name, value in self.bounds.items() if name in COUNTS}
        return Rules(
            minimum=self.minimum,
            maximum=self.maximum,
            exclusive_minimum=self.exclusive_minimum,
            **counts,
            pattern=self.pattern,
            divides_into=self.multiple_of,
            only=self.members,
        )


@frozen(kw_only=True)
class Extension(FieldRule):
    """A field that real clients send and the document lacks: its schema, and the types that stand inline in it."""

    schema: Field | None = None
    types: Schemas = field(factory=Schemas, eq=False)
    after: str | None = None


@frozen(kw_only=True)
class UnionRule:
    """A group of fields of which at most one is set."""

    pointer: str
    members: tuple[str, ...] = ()
    doc: str = ""
    required: bool = False
    guessed: object = None


@frozen(kw_only=True)
class MessageRule:
    """A rule of one schema. `digest` is without its fields, extensions and packed fields."""

    pointer: str
    digest: str = ""
    doc: str = ""
    source: object = None
    reviewed: str | None = None
    order: tuple[str, ...] = ()
    family: bool | None = None
    generate: bool = False
    """Generate it although no wanted method reaches it."""
    fields: Mapping[str, FieldRule] = field(factory=dict[str, FieldRule])
    unions: Mapping[str, UnionRule] = field(factory=dict[str, UnionRule])
    extensions: Mapping[str, Extension] = field(factory=dict[str, Extension])
    packed: Mapping[str, Mapping[str, str]] = field(factory=dict[str, "Mapping[str, str]"])
    """By field, the schema of each type URL, in the order written: the first URL of a schema is the one that is sent."""

    @property
    def field_rules(self) -> Mapping[str, FieldRule]:
        """Return the rules of fields and of extensions, by wire name."""
        return {**self.extensions, **self.fields}


@frozen(kw_only=True)
class ParameterRule:
    """A rule of one parameter."""

    pointer: str
    digest: str = ""
    doc: str = ""
    name: str | None = None
    pattern: str | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    reviewed: str | None = None


@frozen(kw_only=True)
class PagingRule:
    """The paging of a list method of an OpenAPI document. One of `token`, `page`, `offset`, `link` and `link_header` is there.

    A parameter is named by its wire name, or as `body.FIELD`. A path is wire names of the answer, with dots between.
    """

    pointer: str
    items: str = ""
    """The path of the items; absent: the answer is the list."""
    token: str = ""
    """The parameter that takes the token of the next page; `next` is the path of that token."""
    next: str = ""
    last: str = ""
    """In place of `next`: the path, in the last item of a page, of what is the token of the next page."""
    page: str = ""
    """The parameter that takes the number of a page."""
    first: Number | None = None
    """The number of the first page; absent: 1."""
    offset: str = ""
    """The parameter that takes the number of items to skip."""
    link: str = ""
    """The path of the links, of which one has `rel` = "next"; of one such link; or of its URL."""
    link_header: bool = False
    """The header `Link` has the next page (RFC 8288)."""
    more: str = ""
    """The path of a boolean: false on the last page."""
    total: str = ""
    """The path of the number of all items."""
    pages: str = ""
    """The path of the number of all pages."""


@frozen(kw_only=True)
class WaitingRule:
    """The signs in an answer that a job has ended, of the method that reads it. Paths are as in `PagingRule`."""

    pointer: str
    status: str = ""
    """The path of the job's state; absent: the HTTP status tells: 202 is running, any other success the end."""
    done: tuple[str, ...] = ()
    """The states of a job that ended well."""
    failed: tuple[str, ...] = ()
    """The states of a job that failed or was cancelled. Any other state is of a job that runs."""
    message: str = ""
    """The path of what a failed job says."""
    progress: str = ""
    """The path of what is reported while it runs; absent: the answer itself."""
    arguments: Mapping[str, str] = field(factory=dict[str, str])
    """By parameter of the method, the path of its value in a job: so that a job is enough to read it again."""


@frozen(kw_only=True)
class OperationRule:
    """The schemas in the operation that a method returns."""

    pointer: str
    response: str = ""
    metadata: str = ""


@frozen(kw_only=True)
class MethodRule:
    """A rule of one method. `digest` is without its parameters."""

    pointer: str
    digest: str = ""
    doc: str = ""
    name: str | None = None
    returns: str = ""
    scopes: tuple[str, ...] = ()
    source: object = None
    reviewed: str | None = None
    operation_metadata: str | None = None
    operation: OperationRule | None = None
    idempotent: bool | tuple[str, ...] | None = None
    """True: always, False: never, names: when one of them is set, None: as the verb says."""
    mask: MaskRule | None = None
    paging: PagingRule | None = None
    waiting: WaitingRule | None = None
    parameters: Mapping[str, ParameterRule] = field(factory=dict[str, ParameterRule])


@frozen(kw_only=True)
class HeldRule:
    """A parameter that the client may hold; `fills` names `METHOD_ID:PARAMETER` pairs."""

    pointer: str
    fills: tuple[str, ...] = ()
    prefix: str | None = None
    doc: str = ""


@frozen(kw_only=True)
class ScopeRule:
    """A scope asked for besides, when the body sets `field` (`Schema.field`)."""

    pointer: str
    scope: str = ""
    field: str = ""
    source: object = None


@frozen(kw_only=True)
class ScopeRules:
    """The scopes of methods that state none, and those of bodies."""

    default: tuple[str, ...] = ()
    extra: tuple[ScopeRule, ...] = ()


@frozen(kw_only=True)
class HintRule:
    """A hint for errors that have one of the reasons, or one of the words in their message."""

    hint: str = ""
    reasons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    source: object = None


@frozen(kw_only=True)
class OpenApiRule:
    """The facts that an OpenAPI document of one of Google's APIs cannot state. `service` is "google". `paths` has path templates by
    method, where one value spans several segments, and `patterns` their patterns by `METHOD_ID:VARIABLE`."""

    service: str = ""
    paths: Mapping[str, str] = field(factory=dict[str, str])
    patterns: Mapping[str, str] = field(factory=dict[str, str])


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
    listed: tuple[str, ...] | None = None
    """Schemas to generate besides what these methods reach, where `messages` is a list; None: all, where all methods are."""
    scopes: ScopeRules = ScopeRules()
    client: Mapping[str, HeldRule] = field(factory=dict[str, HeldRule])
    methods: Mapping[str, MethodRule] = field(factory=dict[str, MethodRule])
    messages: Mapping[str, MessageRule] = field(factory=dict[str, MessageRule])
    enums: Mapping[str, EnumRule] = field(factory=dict[str, EnumRule])
    hints: tuple[HintRule, ...] = ()
    openapi: OpenApiRule = OpenApiRule()
    names: Mapping[str, str] = field(factory=dict[str, str])
    """Python names by the keys that `groundwire.lock` has for them: what may move a published name."""


NO_FIELD: Final = FieldRule(pointer="")
NO_MESSAGE: Final = MessageRule(pointer="")
NO_METHOD: Final = MethodRule(pointer="")
NO_PARAMETER: Final = ParameterRule(pointer="")
