"""What travels: one request, one response, and the one-method interface between the layers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from attrs import field, frozen

from .memory import Reservation

if TYPE_CHECKING:
    from .observe import Trace
    from .retry import RetryPolicy


def without_query(url: str) -> str:
    """A URL without its query, which may hold a secret."""
    return url.partition("?")[0]


@frozen(kw_only=True)
class Request:
    """One HTTP request. Header names are lower case; `deadline` is an instant of the client's clock."""

    method_id: str
    verb: str
    url: str = field(repr=without_query)
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    body: bytes | None = field(default=None, repr=False)
    safe_to_retry: bool = False
    """Whether a lost call may be made again: as its method states, by a request id, or by the verb."""
    request_id: str | None = None
    scopes: tuple[str, ...] = ()
    method_scopes: tuple[str, ...] = ()
    """The scopes of the method, whatever the call asks for: an error names them."""
    deadline: float | None = None
    trace: Trace | None = field(default=None, eq=False, repr=False)
    """What counts and tells of the sends of the call."""
    retry: RetryPolicy | None = field(default=None, eq=False, repr=False)
    """How to repeat what the request needs first: fetching a token."""
    reservation: Reservation = field(factory=Reservation, eq=False, repr=False)
    """The memory that the call's answer is held in."""


@frozen(kw_only=True)
class Response:
    """One HTTP response, read whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def server_request_id(self) -> str:
        """What the service calls the request; "" where it does not say."""
        return self.headers.get("x-goog-request-id", self.headers.get("x-request-id", ""))


class Transport(Protocol):
    """One layer of a call: a socket, credentials, retries, or a test double."""

    def send(self, request: Request) -> Response:
        """Send a request and read its response. Raises TransportError or AuthError."""
        ...


@frozen
class FunctionTransport:
    """A function as a transport: what a test double is."""

    function: Callable[[Request], Response]

    def send(self, request: Request) -> Response:
        """Call the function."""
        return self.function(request)
