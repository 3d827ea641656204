"""The front end of a kind of API: what stands between a request over HTTP and the answers of the service.

There is one for Google's APIs (`google_front`) and one for OpenAPI documents (`rest/`). The service, its state, its clock and
the controls of tests are the same for both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from attrs import field, frozen

from .exchange import Exchange, JsonObject, JsonValue, Reply
from .given import Given
from .rules.error_bodies import Refusal
from .validate.access import Access
from .validate.route import Route


@frozen(kw_only=True)
class ContractRequest:
    """A valid request, for a function that answers it: parameters by wire name, and the body.

    `body` is a JSON value; bytes for what is neither JSON nor a form nor text; None for no body.
    """

    method: str
    path: Mapping[str, JsonValue] = field(factory=dict[str, JsonValue])
    query: Mapping[str, JsonValue] = field(factory=dict[str, JsonValue])
    headers: Mapping[str, JsonValue] = field(factory=dict[str, JsonValue])
    """Header parameters that the description has; of Google's APIs all headers, in lower case, without credentials."""
    cookies: Mapping[str, JsonValue] = field(factory=dict[str, JsonValue])
    body: JsonValue | bytes = None
    media: bytes | None = None
    """The medium of an upload; None where there is none."""
    media_type: str = ""


@frozen(kw_only=True)
class ParsedRequest:
    """The content of a request, or its refusal.

    `sent` is the body as sent, empty if it is no JSON. `query` and `body` are parsed, by wire name; `request` makes one value of all.
    """

    caller: str = ""
    sent: bytes = field(default=b"", repr=False)
    query: JsonObject = field(factory=dict[str, JsonValue])
    body: JsonObject = field(factory=dict[str, JsonValue])
    request: Callable[[], ContractRequest] | None = None
    refusal: Refusal | None = None
    reply: Reply | None = None
    """The answer to a request that calls no method, such as a chunk of an upload."""


class FrontEnd(Protocol):
    """The front end of an API."""

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions under which the API is served."""
        ...

    def package_of(self, version: str, /) -> str:
        """Return the proto package of a version; empty for an API without one."""
        ...

    def body_limit(self, path: str, /) -> int:
        """Return how many bytes of a body are kept."""
        ...

    def find(self, exchange: Exchange) -> Route | Reply:
        """Return the route of a request, or the answer to one that has none."""
        ...

    def read(
        self, exchange: Exchange, route: Route, access: Access, relaxed: Collection[str], /
    ) -> ParsedRequest:
        """Read a request whose method is known. Rules in `relaxed` are not enforced."""
        ...

    def kept(self, exchange: Exchange, route: Route) -> bytes:
        """Return the body of a request that is refused before it is read; empty if it is no JSON."""
        ...

    def query_names(self, exchange: Exchange, route: Route, /) -> Collection[str]:
        """Return the names of a query whose values are documented and may be recorded."""
        ...

    def refused(self, refusal: Refusal, exchange: Exchange, route: Route | None, /) -> Reply:
        """Write a refusal; `route` is None where no method was reached."""
        ...

    def answered(self, body: JsonObject, exchange: Exchange, /) -> Reply:
        """Write the answer of a handler."""
        ...

    def unanswered(self, exchange: Exchange, route: Route) -> Reply | Refusal:
        """Answer a valid request that has neither a handler nor an answer of the test."""
        ...

    def given(self, given: Given, exchange: Exchange, route: Route) -> Reply:
        """Write an answer of a test. Raises AnswerError for one that the description does not allow."""
        ...
