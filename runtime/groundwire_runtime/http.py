"""Requests, responses, and the `Transport` protocol between the layers of a call."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import SplitResult, urlsplit

from attrs import define, field, frozen

from .body import Reservation
from .clock import SYSTEM

T_co = TypeVar("T_co", covariant=True)
METADATA_HOSTS: Final = frozenset(
    {"169.254.169.254", "fd20:ce::254", "fd00:ec2::254", "metadata.google.internal", "metadata"}
)
"""Metadata servers of cloud machines: they hand out tokens in the clear, over a link of their own."""

_AUTHORITY: Final = re.compile(r"(?:[^@]*@)?(?:\[([^][@]*)\]|[^][:@]*)(?::[0-9]*)?", re.DOTALL)


def split_url(url: str) -> SplitResult:
    """Split a URL whose authority is exactly `[userinfo@]host[:port]` (RFC 3986 3.2), or empty. Raises ValueError.

    `urlsplit` of Python 3.11 reads the host `::1` from `http://[::1]evil.example/`, and takes any text in brackets.
    """
    parts = urlsplit(url)
    authority = _AUTHORITY.fullmatch(parts.netloc)
    if authority is None:
        raise ValueError("not [userinfo@]host[:port]")
    if authority[1] is not None:
        ipaddress.IPv6Address(authority[1])
    _ = parts.port
    return parts


def without_query(url: str) -> str:
    """Return a URL without its query, which may hold a secret."""
    return url.partition("?")[0]


@lru_cache(256)
def is_loopback(host: str) -> bool:
    """Return True for `localhost` and loopback addresses: plain HTTP may carry credentials only there."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def place(uri: object) -> tuple[str, str]:
    """Return the scheme and the host of a URL; no host where another parser could read a different one."""
    try:
        parts = split_url(uri if isinstance(uri, str) else "")
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    plain = "@" not in parts.netloc and all(each.isalnum() or each in "._-:[]" for each in parts.netloc)
    return parts.scheme, host.lower() if plain and parts.netloc.isascii() else ""


class Policy(Protocol):
    """A rule for repeating a send."""

    def delay(self, attempt: int, error: Any, request: Request, random: float) -> float | None:
        """Return the seconds to wait after send number `attempt` failed, or None to give up."""
        ...


class BodySource(Protocol):
    """A body that is read while it is sent, each time from its start."""

    @property
    def length(self) -> int | None:
        """The size in bytes; None where it is unknown, and the body is sent in chunks."""
        ...

    @property
    def repeatable(self) -> bool:
        """True where it can be sent, or sent once more."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """Read the body."""
        ...


@define(eq=False)
class CallState:
    """State that all sends of one call share. For one thread."""

    listeners: tuple[Callable[[Any], object], ...] = ()
    """Functions that get an `events.Event` for each step of the call."""
    attempts: int = 0
    """Sends so far; the one that follows a 401 counts."""
    delay: float | None = None
    """Seconds waited before the latest send."""
    retry: Policy | None = None
    """The policy for fetching the tokens that the call needs."""
    reservation: Reservation = field(factory=Reservation)
    """Memory that holds the response."""
    new_id: Callable[[], str] = SYSTEM.new_id
    """Makes the boundary of a body of several parts."""


@frozen(kw_only=True)
class Request:
    """One HTTP request. Header names are lower case; `deadline` is an instant of the client's clock."""

    method_id: str
    verb: str
    url: str = field(repr=without_query)
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    body: bytes | BodySource | None = field(default=None, repr=False)
    safe_to_retry: bool = False
    """True where a lost call may be made again: as its method states, by a request id, or by the verb."""
    resent_after: frozenset[int] = frozenset()
    """HTTP statuses after which any call may be made again, since they are refusals."""
    request_id: str | None = None
    scopes: tuple[str, ...] = ()
    method_scopes: tuple[str, ...] = ()
    """The scopes of the method, whatever the call asks for; errors name them."""
    deadline: float | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Credentials that the request carries, to redact from its response."""
    call: CallState = field(factory=CallState, eq=False, repr=False)
    opens: Callable[[Response], bool] | None = field(default=None, eq=False, repr=False)
    """Gets a successful response without its body; True leaves the body open, as `Response.stream`."""
    lasting: bool = False
    """The deadline ends with the head of a response whose body is left open."""
    over: Callable[[Transport], Transport] | None = field(default=None, eq=False, repr=False)
    """Makes of a transport one that sends all requests of the call."""

    @property
    def repeatable(self) -> bool:
        """True where the body can be sent, or sent once more."""
        return self.body is None or isinstance(self.body, bytes) or self.body.repeatable


class ByteStream(Protocol):
    """An open body. It is closed at its end, by an error, or by `close`; then its connection is free."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes as they come. Raises TransportError."""
        ...

    def close(self) -> None:
        """Leave the rest of the body."""
        ...


@frozen(kw_only=True)
class Response:
    """One HTTP response with its body. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)
    stream: ByteStream | None = field(default=None, repr=False)
    """The body, where it was left open; then `body` is empty."""

    @property
    def server_request_id(self) -> str:
        """The service's own id of the request; "" where it sends none."""
        return self.headers.get("x-goog-request-id", self.headers.get("x-request-id", ""))


class RawBody(bytes):
    """A body that is not JSON, with its media type."""

    content_type = ""

    @classmethod
    def of(cls, response: Response) -> RawBody:
        """Return the body of a response."""
        body = cls(response.body)
        body.content_type = response.headers.get("content-type", "")
        return body


class Transport(Protocol):
    """One layer of a call: a socket, credentials, retries, or a test double."""

    def send(self, request: Request) -> Response:
        """Send a request and read its response. Raises TransportError or AuthError."""
        ...


@frozen
class FunctionTransport:
    """A function as a transport, for tests."""

    function: Callable[[Request], Response]

    def send(self, request: Request) -> Response:
        """Call the function."""
        return self.function(request)


class HeldParameter(Protocol):
    """A parameter that the client may fill."""

    @property
    def name(self) -> str:
        """The name that its value has in a call."""
        ...

    @property
    def held(self) -> str | None:
        """The client's attribute that fills it."""
        ...


class Described(Protocol[T_co]):
    """A method of an API, as any kind of description states it. `codecs` turn its bodies and answers into bytes and back."""

    @property
    def id(self) -> str:
        """Its id in the description."""
        ...

    @property
    def parameters(self) -> Sequence[HeldParameter]:
        """Its parameters."""
        ...

    def with_request_id(
        self, parameters: Mapping[str, object], body: Any, new_id: Callable[[], str]
    ) -> tuple[Mapping[str, object], Any]:
        """Return the same call with what makes a resend recognisable."""
        ...

    def request(
        self,
        parameters: Mapping[str, object],
        body: object = None,
        *,
        base_url: str,
        codecs: Any,
        headers: Mapping[str, str] | None = None,
        scopes: tuple[str, ...] | None = None,
        deadline: float | None = None,
        call: CallState | None = None,
    ) -> Request:
        """Return the request of a call. Raises ArgumentError or EncodeError."""
        ...

    def answer(self, response: Response, codecs: Any) -> T_co:
        """Decode a successful response. Raises DecodeError or ProtocolError."""
        ...
