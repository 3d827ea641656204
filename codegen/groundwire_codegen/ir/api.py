"""The API: servers, security schemes, and all methods, messages and enums."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Set

from attrs import evolve, field, frozen

from .messages import Alias, Enum, Message
from .methods import Location, Method, Parameter, Resource


class SchemeKind(enum.StrEnum):
    """The ways to authorize a request."""

    GOOGLE = "google"
    BEARER = "bearer"
    BASIC = "basic"
    API_KEY = "apiKey"
    OAUTH2 = "oauth2"
    OPENID = "openIdConnect"
    MUTUAL_TLS = "mutualTLS"


@frozen(kw_only=True)
class SecurityScheme:
    """A security scheme by its name in the document. `location` and `wire` are those of an API key."""

    kind: SchemeKind
    location: Location | None = None
    wire: str | None = None
    url: str | None = None
    """The token endpoint of client credentials (oauth2), or the discovery document (openIdConnect)."""
    scopes: tuple[str, ...] = ()
    doc: str = ""


@frozen(kw_only=True)
class ServerVariable:
    """A variable of a server's URL. `values` are all that it may have; () is: any."""

    name: str
    default: str
    values: tuple[str, ...] = ()
    doc: str = ""


@frozen(kw_only=True)
class Server:
    """A base URL: absolute, or relative to where the document was found; `{name}` stands for a variable."""

    url: str
    variables: tuple[ServerVariable, ...] = ()
    doc: str = ""


@frozen(kw_only=True)
class Endpoint:
    """An endpoint that a document states besides its server, with the name that callers choose it by: a location."""

    name: str
    url: str


class ErrorShape(enum.StrEnum):
    """The forms of errors: google.rpc.Status, or the bodies that `responses` states, by status."""

    GOOGLE = "google"
    BY_STATUS = "by-status"


@frozen(kw_only=True)
class ClientParameter:
    """A parameter that the client may hold for all calls."""

    name: str
    prefix: str | None = None
    doc: str = ""


@frozen(kw_only=True)
class Hint:
    """Advice on an error of the API that has one of the reasons, or one of the lower-case words in its message."""

    text: str
    reasons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@frozen(kw_only=True)
class Api:
    """An API, as a draft or finished.

    A draft is what a reader writes: names are empty, and types are by the name of their schema, or by the JSON pointer
    of an inline one. A finished API is what `lower` returns: types are by published name, methods by id, both sorted,
    and the only aliases are named unions and types that hold themselves.
    """

    id: str
    title: str
    name: str
    version: str
    revision: str = ""
    servers: tuple[Server, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    mtls_url: str | None = None
    """The base URL for client certificates."""
    schemes: Mapping[str, SecurityScheme] = field(factory=dict[str, SecurityScheme])
    errors: ErrorShape = ErrorShape.GOOGLE
    parameters: tuple[Parameter, ...] = ()
    """Of every method: `fields`, `key`, `quotaUser`."""
    messages: Mapping[str, Message] = field(factory=dict[str, Message])
    enums: Mapping[str, Enum] = field(factory=dict[str, Enum])
    aliases: Mapping[str, Alias] = field(factory=dict[str, Alias])
    methods: Mapping[str, Method] = field(factory=dict[str, Method])
    resources: tuple[Resource, ...] = ()
    """Every resource on the way to a method, sorted by path."""
    held: tuple[ClientParameter, ...] = ()
    hints: tuple[Hint, ...] = ()
    """Of errors that this API alone has, the first that fits before others."""
    doc: str = ""

    @property
    def base_url(self) -> str:
        """Return the URL of the first server."""
        return self.servers[0].url

    def with_types(self, names: Set[str]) -> Api:
        """Return the API with these types alone."""
        ordered = sorted(names)
        return evolve(
            self,
            messages={name: self.messages[name] for name in ordered if name in self.messages},
            enums={name: self.enums[name] for name in ordered if name in self.enums},
            aliases={name: self.aliases[name] for name in ordered if name in self.aliases},
        )

    def with_methods_of(self, resource: tuple[str, ...]) -> Api:
        """Return the API with the methods of one resource alone."""
        methods = {key: method for key, method in self.methods.items() if method.resource == resource}
        return evolve(self, methods=methods)
