"""Methods: the HTTP calls of an API, and the resources that hold them."""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from .types import Scalar


@frozen(kw_only=True)
class Parameter:
    """A path or query parameter of a method."""

    name: str
    wire: str
    location: str
    """`path` or `query`."""
    type: Scalar
    """Of one item, when it is repeated."""
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


@frozen
class InParameter:
    """A parameter of the method, by wire name."""

    wire: str


@frozen
class InBody:
    """A value of the request body: the wire names that lead there."""

    path: tuple[str, ...]


ValueLocation: TypeAlias = InParameter | InBody


@frozen(kw_only=True)
class Idempotency:
    """When a call may be made again after a lost answer."""

    always: bool | None = None
    """None: by the verb (RFC 9110, 9.2.2), or by `when_set` where that is not empty."""
    when_set: tuple[ValueLocation, ...] = ()
    """Preconditions: safe when the caller sets one of these."""
    request_id: ValueLocation | None = None
    """Makes a resend recognisable; filled by the client once, kept over resends."""


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
    constant: str = ""
    """The constant that holds its facts in generated code."""
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
    idempotency: Idempotency = Idempotency()
    paging: Paging | None = None
    operation_metadata: str | None = None
    api_version: str | None = None
    """What the service wants in the header `x-goog-api-version`."""
    envelope: str | None = None
    """The key under which bodies and answers travel."""
    media_upload: bool = False
    media_download: bool = False
    deprecated: bool = False
    pointer: str = ""


@frozen(kw_only=True)
class Resource:
    """A place for methods, below the client or another resource."""

    path: tuple[str, ...]
    """Wire names, outermost first."""
    name: str
    """The attribute of the client, or of the resource that holds it."""
    class_name: str
