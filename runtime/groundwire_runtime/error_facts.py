"""Facts about errors: hints, HTTP statuses that prove a refusal, and bodies of stated types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from attrs import frozen


@frozen
class Hint:
    """Advice on an error that has one of the reasons, or one of the words in its message.

    `reasons` are those of an ErrorInfo (AIP-193) or of an old-style error; `words` are in lower case.
    """

    text: str
    reasons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


BY_ERROR: Final[Mapping[str, str]] = {
    "GroundwireError": "Look at the error that this one came from: __cause__.",
    "ArgumentError": "Correct this argument and call again; nothing was sent.",
    "EncodeError": "Correct this value and call again; nothing was sent.",
    "DecodeError": "Compare the value at this path with the class that is read. If the service sent it, regenerate the "
    "client from the newest description, or report it.",
    "NestingError": "Flatten the value: at most 100 messages may be nested.",
    "AuthError": "Sign in, or pass other credentials: Client(credentials=...).",
    "TransportError": "If `sent` is true the service may have acted: look before you call again. If it is false, check "
    "the endpoint, the network and the proxy settings.",
    "DeadlineReached": "Give the call more time: timeout=.... If `sent` is true the service may have acted: look before "
    "you call again.",
    "ResponseTooLarge": "Ask for less, or raise Client(max_response_bytes=...).",
    "ApiError": "Read the message and the details. If neither explains it, call again later, or report it with the "
    "server_request_id.",
    "NotModified": "Use the value that you have: it is the current one.",
    "InvalidArgument": "Correct what the message names: the same request gets the same answer.",
    "FailedPrecondition": "Bring what the request names into the state that it needs, or read its current state, then call again.",
    "OutOfRange": "Ask for a range that exists.",
    "Unauthenticated": "Sign in again, or check the clock: the token is missing, expired or not valid.",
    "PermissionDenied": "Grant the caller a role that allows this, on the project or on what the request names.",
    "NotFound": "Check the name, its project and the endpoint. Something that the caller may not see counts as not found too.",
    "AlreadyExists": "Choose another name or id, or use what exists.",
    "Aborted": "Read the current state, then call again.",
    "ResourceExhausted": "Send less at a time, wait for `retry_after` seconds where it is set, or ask for more quota.",
    "Cancelled": "Call again if the result is still wanted.",
    "Internal": "Call again later; report it with the server_request_id if it stays.",
    "Unimplemented": "Check the endpoint and the API version: the service has no such method there.",
    "Unavailable": "Call again later.",
    "DeadlineExceeded": "Ask for less in one call, or give the call more time: timeout=....",
    "OutcomeUnknown": "Make the same call with the same request id again: that settles it.",
    "ProtocolError": "Read it again; report it if the service still contradicts itself.",
    "OperationError": "Correct what the message names and start a new operation; one that was cancelled can be started again as it was.",
    "OperationTimeout": "Wait for it again with a longer timeout, or cancel it.",
}
"""The advice of each error class; subclasses without a line inherit it."""


_REFUSALS: Final = frozenset(
    {400, 401, 403, 404, 405, 407, 409, 410, 411, 412, 413, 414, 415, 417, 421, 422, 425, 426, 428, 429, 431}
)
"""HTTP statuses that say that a request was not carried out. Source: RFC 9110 15.5, RFC 6585, RFC 8470 (425).

Not 402 and 418 (no defined meaning), 406 (about the form of the answer), 408 and 499 (somebody stopped waiting). A
redirect, a 5xx and a status that is not registered may come from a gateway whose upstream acted.
"""
_UNSETTLED: Final = frozenset(
    {"CANCELLED", "UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
)
"""Codes that say nothing about what was done, whatever the HTTP status. Source: google/rpc/code.proto."""
RATE_LIMITS: Final = frozenset({"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded"})
"""Reasons of a rate limit, which may arrive as 403. Source: google/api/error_reason.proto, the error guides of Drive and Calendar."""
_KNOWN: Final = frozenset({400, 401, 403, 404, 408, 409, 410, 412, 429, 499, 500, 501, 502, 503, 504})
"""Statuses with a meaning of their own for clients."""


def proves_no_effect(http_status: int, code: str) -> bool:
    """Return True if both the HTTP status and the google.rpc code say that a request was refused."""
    return http_status in _REFUSALS and code not in _UNSETTLED


def equivalent_status(http_status: int, reason: str = "") -> int:
    """Return the HTTP status to treat an answer as.

    A rate limit sent as 403 is a 429; an unknown 4xx is a 400 and an unknown 5xx a 500 (RFC 9110 15).
    """
    if http_status == 403 and reason in RATE_LIMITS:
        return 429
    if http_status in _KNOWN or not 400 <= http_status < 600:
        return http_status
    return http_status // 100 * 100


T = TypeVar("T")


class ErrorBody:
    """The body of an error of an API whose description states what errors hold; empty for any other."""

    body: bytes = b""
    """The body as it came, without the secrets of the request; its first MiB."""
    body_typed: Any = None
    """The body as the type that the description states for this status.

    None where it states none, and for a body of another form.
    """
    _decode: Callable[[type[Any], bytes], Any] | None = None

    def body_as(self, type_: type[T]) -> T | None:
        """Return the body as a message of this type; None where it is none. Never raises for what the service sent."""
        if isinstance(self.body_typed, type_):
            return self.body_typed
        if self._decode is None or not self.body:
            return None
        found: T | None = self._decode(type_, self.body)
        return found

    def state_body(self, body: bytes, typed: object, decode: Callable[[type[Any], bytes], Any]) -> None:
        """Keep what the service sent; `decode` returns None for what it cannot decode."""
        self.body, self.body_typed, self._decode = body, typed, decode

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the decoder, which another process does not have."""
        return {name: value for name, value in self.__dict__.items() if name != "_decode"}
