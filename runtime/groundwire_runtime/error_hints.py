"""Hints: of each error class, and of errors whose reason or words an API gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen


@frozen
class Hint:
    """What to do about an error that has one of the reasons, or one of the words in its message.

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
