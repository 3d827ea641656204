"""Options of a client and of a call, with their defaults and limits."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, TypeGuard, cast

from attrs import Attribute, converters, field, fields, frozen, validators

from .auth import Authorizer, Secret
from .clock import SYSTEM, Clock
from .errors import ArgumentError, shortened
from .events import Listener
from .http import Transport, is_loopback, split_url
from .retry import DEFAULT, RetryPolicy

if TYPE_CHECKING:
    import ssl

DEFAULT_TIMEOUT: Final = 60.0
"""Seconds that a call may take over all its attempts."""
MAX_RESPONSE: Final = 64 * 1024 * 1024
"""Bytes that an answer may have."""
MAX_UNPACKED: Final = 256 * 1024 * 1024
"""Bytes of answers that a client may hold at a time."""
CONNECTIONS: Final = 10
"""Connections that a client may have to a host."""
MOST_CONNECTIONS: Final = 10_000
CONNECT_TIMEOUT: Final = 10.0
"""Seconds until a connection stands."""
# Even an empty query would swallow the path behind it, and urlsplit forgives the rest.
_NOT_IN_ENDPOINT: Final = re.compile(r"[\x00-\x20\x7f?#\\]")


class NoTimeout:
    """The type of `NO_TIMEOUT`."""

    def __repr__(self) -> str:
        return "NO_TIMEOUT"


NO_TIMEOUT: Final = NoTimeout()
"""Let a call take as long as it takes."""


class SendOptions(TypedDict, total=False):
    """Options of any call besides its parameters.

    `timeout`: seconds over all attempts, or `NO_TIMEOUT`. `retry`: a policy, or None for a single attempt. `headers`: of
    the request, beside those that the client sets.
    """

    timeout: float | NoTimeout
    retry: RetryPolicy | None
    headers: Mapping[str, str]


class RestCallOptions(SendOptions, total=False):
    """Options of a call of an API that OpenAPI describes besides its parameters; see also `SendOptions`.

    `accept`: the one media type to ask for, of those that the method answers with.
    """

    accept: str


class CallOptions(SendOptions, total=False):
    """Options of a call of one of Google's APIs besides its parameters; see also `SendOptions`.

    `scopes`: instead of the method's own. `quota_project`: billed and limited instead of the credentials' own.
    """

    scopes: Sequence[str]
    quota_project: str


class CommonOptions(CallOptions, total=False):
    """Options of a call of one of Google's APIs whose document has parameters of all methods; see also `CallOptions`.

    `fields`: the parts of the answer to return, such as `items(id,name)`. `quota_user`: the user that quotas count the call
    for. `pretty_print`: False for an answer without blanks. `key`: an API key, beside the credentials. `xgafv`: the format of
    errors.
    """

    fields: str
    quota_user: str
    pretty_print: bool
    key: str
    xgafv: Literal["1", "2"]


class TransportOptions(TypedDict, total=False):
    """Options of any client.

    `endpoint`: instead of the service's URL; https, or http on loopback. `timeout`: seconds a call may take, 60.
    `connect_timeout`: seconds of them to connect, 10. `read_timeout`: seconds of them without a byte, no limit of its own.
    `tls`: TLS settings instead of the default ones, such as those with a client certificate. `connections`: to a host at a
    time, 10; further calls wait for one, first come, first served. `retry`: a policy, or None for single attempts.
    `max_response_bytes`: of one answer, decompressed, 64 MiB. `max_unpacked_bytes`: of the answers of all calls that the
    client holds at a time, until they are decoded, 256 MiB; an answer that does not fit raises ResponseTooLarge.
    `transport`: sends requests instead of sockets. `user_agent`: put before the client's own. `clock`: time, sleep and
    chance. `on_event`: called with an `events.Event` for each step of a call.
    """

    endpoint: str
    timeout: float | NoTimeout
    connect_timeout: float | NoTimeout
    read_timeout: float | NoTimeout
    tls: ssl.SSLContext | None
    retry: RetryPolicy | None
    connections: int
    max_response_bytes: int
    max_unpacked_bytes: int
    transport: Transport
    user_agent: str
    clock: Clock
    on_event: Listener


class ClientOptions(TransportOptions, total=False):
    """How a client is set up; see also `TransportOptions`.

    `auth`: a source of credentials; none by default. `scopes`: instead of the methods' own. `quota_project`: billed and
    limited for calls.
    """

    auth: Authorizer
    scopes: Sequence[str]
    quota_project: str


CALL_OPTIONS: Final = CallOptions.__optional_keys__


def check_options(options: SendOptions, method_id: str, known_options: frozenset[str]) -> None:
    """Raise TypeError for options that a call does not take. A key becomes silent, in place."""
    if not options.keys() <= known_options:
        name = min(options.keys() - known_options)
        known = ", ".join(sorted(known_options))
        raise TypeError(f"{method_id}: unexpected keyword argument {name!r}; options are {known}")
    if "key" in options:
        # A traceback shows the frame of the stub too, which has this very dict.
        common: dict[str, object] = cast("dict[str, object]", options)
        key = common["key"]
        common["key"] = Secret(key) if isinstance(key, str) else key


def checked_endpoint(endpoint: object) -> str:
    """An endpoint with one slash at its end. Raises ArgumentError."""
    if not isinstance(endpoint, str) or _NOT_IN_ENDPOINT.search(endpoint):
        raise ArgumentError("endpoint: expected a str of scheme, host, port and path alone")
    try:
        parts = split_url(endpoint)
        host = parts.hostname or ""
    except ValueError:
        raise ArgumentError("endpoint: not a URL") from None
    if parts.username is not None or not host:
        raise ArgumentError("endpoint: expected scheme, host, port and path alone")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ArgumentError(
            f"endpoint: {parts.scheme}://{host} is refused",
            hint="Use https; plain http is for loopback only.",
        )
    return endpoint.rstrip("/") + "/"


def checked_timeout(timeout: object, name: str = "timeout") -> float | None:
    """Seconds, or None without a limit. Raises ArgumentError."""
    if isinstance(timeout, NoTimeout):
        return None
    if not is_seconds(timeout):
        raise ArgumentError(
            f"{name}: expected finite seconds above 0, got {shortened(timeout)}",
            hint="NO_TIMEOUT waits without a limit.",
        )
    return float(timeout)


def _count(most: float = math.inf) -> Callable[[object, Attribute[int], object], None]:
    """Return a validator of a whole number from 1 to `most`, which raises ArgumentError."""

    def check(_: object, attribute: Attribute[int], value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            upper = f" to {most:,}" if most < math.inf else " on"
            raise ArgumentError(f"{attribute.name}: expected an int from 1{upper}, got {shortened(value)}")

    return check


def is_seconds(value: object) -> TypeGuard[float]:
    """Return True for a number above 0 that a float can hold."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= sys.float_info.max


def checked_scopes(scopes: Sequence[str]) -> tuple[str, ...]:
    """Scopes as a tuple. Raises ArgumentError."""
    if isinstance(scopes, str):
        raise ArgumentError("scopes: expected a sequence of scopes, got one str", hint="Put it in a list.")
    return tuple(scopes)


def _connect_timeout(value: object) -> float | None:
    return checked_timeout(value, "connect_timeout")


def _read_timeout(value: object) -> float | None:
    return checked_timeout(value, "read_timeout")


def partial_repr(self: Any) -> str:
    """Return the repr of an attrs object without the attributes that its constructor did not set before it raised.

    For classes whose converters raise: the repr of attrs raises AttributeError then, which breaks the report of the error.
    """
    kind: Any = self.__class__

    def texts() -> Iterator[str]:
        for each in fields(kind):
            if each.repr and hasattr(self, each.name):
                value = getattr(self, each.name)
                yield f"{each.name}={each.repr(value) if callable(each.repr) else repr(value)}"

    return f"{kind.__qualname__}({', '.join(texts())})"


@frozen(kw_only=True, repr=False)
class Settings:
    """Checked `ClientOptions`, with what stands for those that are left out. Raises ArgumentError."""

    auth: Authorizer | None = field(default=None, repr=False)
    endpoint: str | None = field(default=None, converter=converters.optional(checked_endpoint))
    scopes: tuple[str, ...] | None = field(default=None, converter=converters.optional(checked_scopes))
    quota_project: str | None = None
    timeout: float | None = field(default=DEFAULT_TIMEOUT, converter=checked_timeout)
    connect_timeout: float | None = field(default=CONNECT_TIMEOUT, converter=_connect_timeout)
    read_timeout: float | None = field(default=cast("None", NO_TIMEOUT), converter=_read_timeout)
    tls: ssl.SSLContext | None = None
    retry: RetryPolicy | None = DEFAULT
    connections: int = field(default=CONNECTIONS, validator=_count(MOST_CONNECTIONS))
    max_response_bytes: int = field(default=MAX_RESPONSE, validator=_count())
    max_unpacked_bytes: int = field(default=MAX_UNPACKED, validator=_count())
    transport: Transport | None = None
    user_agent: str | None = None
    clock: Clock = SYSTEM
    on_event: Listener | None = field(default=None, validator=validators.optional(validators.is_callable()))

    __repr__ = partial_repr

    def __attrs_post_init__(self) -> None:
        if self.tls is not None and self.transport is not None:
            raise ArgumentError("tls: a transport of your own has TLS settings of its own")

    @property
    def has_certificate(self) -> bool:
        """Return True if a client certificate may be in the caller's own TLS settings or transport."""
        return self.tls is not None or self.transport is not None
