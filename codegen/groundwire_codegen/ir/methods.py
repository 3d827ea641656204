"""Methods: the HTTP calls of an API, and the resources that hold them."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias

from attrs import frozen

from .contents import Body, Content, Response, Style
from .messages import NO_RULES, Rules
from .types import ListOf, MessageRef, Scalar, TypeRef

Path: TypeAlias = tuple[str, ...]
"""Wire names from the top of a body to a value, or the resources that lead to a method."""


class Location(enum.StrEnum):
    """The place in a request of a parameter or a secret."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"


@frozen(kw_only=True)
class Parameter:
    """A parameter of a method, or of every method (`Api.parameters`)."""

    name: str = ""
    wire: str
    location: Location
    type: TypeRef
    """Of a Discovery document: a scalar, or a list of them."""
    style: Style = Style.FORM
    explode: bool = True
    reserved: bool = False
    """Reserved characters are sent as they are (`allowReserved`)."""
    values: tuple[str, ...] = ()
    """The known values of an enum, which has no class; empty for any other type."""
    required: bool = False
    position: int | None = None
    """Among the positional arguments of the stub, as first published; None for a keyword."""
    rules: Rules = NO_RULES
    default: str | None = None
    held: str | None = None
    """The client attribute that fills the parameter when a call leaves it out."""
    prefix: str | None = None
    deprecated: bool = False
    doc: str = ""
    pointer: str = ""

    @property
    def repeated(self) -> bool:
        """Return True for a list."""
        return isinstance(self.type, ListOf)

    @property
    def scalar(self) -> Scalar:
        """Return the type of one item."""
        item = self.type.item if isinstance(self.type, ListOf) else self.type
        if not isinstance(item, Scalar):
            raise TypeError(f"{self.wire} is no scalar")
        return item


def parameter_key(parameter: Parameter, parameters: Iterable[Parameter]) -> str:
    """Return the key of a parameter in a call: its wire name, after its location where another one has the same name."""
    alike = {each.location for each in parameters if each.wire == parameter.wire}
    is_first = len(alike) == 1 or parameter.location is next(each for each in Location if each in alike)
    return parameter.wire if is_first else f"{parameter.location.value}.{parameter.wire}"


@frozen
class InParameter:
    """A parameter of the method, by wire name."""

    wire: str


@frozen
class InBody:
    """A value of the request body: the wire names that lead there."""

    path: Path


ValueLocation: TypeAlias = InParameter | InBody


@frozen(kw_only=True)
class Paging:
    """The paging of a list method: the token of `next` in an answer goes to `place` in the next request (AIP-158)."""

    place: ValueLocation
    items: Path
    next: Path
    item: TypeRef


class ListingKind(enum.StrEnum):
    """The ways to the next page of a listing."""

    TOKEN = "token"  # noqa: S105 - a kind
    """An answer has the token of the next page."""
    LAST = "last"
    """A value of the last item is the token of the next page."""
    PAGE = "page"
    OFFSET = "offset"
    LINK = "link"
    """An answer has a link."""
    HEADER = "header"
    """The header `Link`."""


@frozen(kw_only=True)
class Listing:
    """The paging of a method that an overlay states. `source` leads to a token or to links."""

    kind: ListingKind
    item: TypeRef
    items: Path = ()
    place: ValueLocation | None = None
    """The place of a token or a number. A parameter is by its key in a call."""
    source: Path = ()
    first: int = 1
    more: Path = ()
    total: Path = ()
    pages: Path = ()


@frozen(kw_only=True)
class Watched:
    """The signs in an answer that a job has ended, as an overlay states them for the method that reads it."""

    status: Path = ()
    """() is: by the HTTP status."""
    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    message: Path = ()
    progress: Path = ()
    arguments: tuple[tuple[str, Path], ...] = ()
    """Pairs of a parameter, by its key in a call, and the path of its value in a job."""


@frozen(kw_only=True)
class Poll:
    """A method that reads an operation again, by id; `place` takes the operation's name, held to `pattern`.

    Without one, the operation's link or name has the values of the method's path.
    """

    method: str
    place: InParameter | None = None
    pattern: str | None = None


@frozen(kw_only=True)
class Waiting:
    """The ways to wait for the operation that a method returns: `polls` in order of preference."""

    polls: tuple[Poll, ...]
    metadata: TypeRef | None = None


@frozen(kw_only=True)
class Mask:
    """The update mask of a PATCH, as an overlay states it, and the field of the body that it is about; () is the body."""

    place: ValueLocation
    of: Path = ()


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
class Media:
    """Upload and download of media beside JSON: path templates, limits, and whether an answer can be media."""

    simple: str | None = None
    resumable: str | None = None
    max_size: str | None = None
    """The text in the document, such as `5120GB`."""
    accept: tuple[str, ...] = ()
    upload: bool = False
    download: bool = False
    stub: str = ""
    """The name of the stub that downloads, beside the one that answers with JSON; "" where the method has none."""


@frozen(kw_only=True)
class SchemeRequirement:
    """A security scheme by its name in `Api.schemes`, with any one of these scopes."""

    scheme: str
    scopes: tuple[str, ...] = ()


Security: TypeAlias = tuple[tuple[SchemeRequirement, ...], ...]
"""One of several requirements, each of which is all of its schemes (OR of ANDs). () is: none is needed."""


@frozen(kw_only=True)
class ExtraScope:
    """A scope asked for besides, when the body sets a field: the wire names that lead there."""

    scope: str
    path: Path


@frozen(kw_only=True)
class Method:
    """One HTTP method of the API."""

    id: str
    wire: str = ""
    """Its key in the document."""
    name: str = ""
    constant: str = ""
    """The constant that holds its facts in generated code."""
    resource: Path = ()
    """Wire names of the resources that hold it, outermost first; empty for a top-level method."""
    verb: str
    path: str
    """The document's template, relative to the server."""
    server: str | None = None
    """The URL of a server of its own; None: the client's."""
    parameters: tuple[Parameter, ...] = ()
    """Required ones first, in the document's order; then the others, sorted by wire name."""
    headers: tuple[tuple[str, str], ...] = ()
    """Fixed headers, such as `x-goog-api-version`."""
    body: Body | None = None
    responses: tuple[Response, ...] = ()
    security: Security | None = None
    """None: the document does not state it."""
    extra_scopes: tuple[ExtraScope, ...] = ()
    idempotency: Idempotency = Idempotency()
    mask: Mask | None = None
    """None: the parameter that its type or its name tells."""
    paging: Paging | None = None
    listing: Listing | None = None
    waiting: Waiting | None = None
    watched: Watched | None = None
    media: Media | None = None
    deprecated: bool = False
    doc: str = ""
    pointer: str = ""

    @cached_property
    def request(self) -> str | None:
        """Return the name of the message that the JSON body is."""
        return None if self.body is None else _message(self.body.contents)

    @cached_property
    def answer(self) -> Response | None:
        """Return the first response that is returned, not raised."""
        return next((response for response in self.responses if response.success), None)

    @cached_property
    def response(self) -> str | None:
        """Return the name of the message that the method answers with."""
        return None if self.answer is None else _message(self.answer.contents)

    @cached_property
    def envelope(self) -> str | None:
        """Return the key under which the answer travels, and the body."""
        return None if self.answer is None else self.answer.envelope

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return the scopes of the first requirement; any one of them is enough."""
        return tuple(scope for each in (self.security or ((),))[0] for scope in each.scopes)


def _message(contents: tuple[Content, ...]) -> str | None:
    return next((each.type.name for each in contents if isinstance(each.type, MessageRef)), None)


@frozen(kw_only=True)
class Resource:
    """A place for methods, below the client or another resource."""

    path: Path
    """Wire names, outermost first."""
    name: str
    """The attribute of the client, or of the resource that holds it."""
    class_name: str
