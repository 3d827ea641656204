"""All errors that a client raises.

GroundwireError
  ArgumentError(ValueError): a parameter that cannot be sent
  ValueFault(ValueError): a value at a JSON pointer
    EncodeError: ... that cannot be written
    DecodeError: ... that cannot be read
  NestingError(ValueError): a message nested too deeply to compare, hash or copy
  AuthError: no credentials, or none that can be used
  TransportError: no answer; `sent` tells whether the request may have arrived
    DeadlineReached
    ResponseTooLarge
  ApiError: an answer that is an error; a subclass for each google.rpc code
  OutcomeUnknown: nobody can know yet whether the call took effect
  ProtocolError: an operation or a page that contradicts itself
  OperationError: an operation that failed or was cancelled
  OperationTimeout(TimeoutError): an operation that still runs when waiting ended
"""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any, Self

from .error_facts import BY_ERROR, ErrorBody, proves_no_effect


def encodable(text: str) -> str:
    """Return a text that UTF-8 can encode: lone surrogates, which JSON may escape, become `\\ud800` and the like."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


class GroundwireError(Exception):
    """The base of all. `hint` says what to do about it (`error_facts`)."""

    hint: str = BY_ERROR["GroundwireError"]
    """Advice. The hint of a class is not printed with the message."""
    proves_no_effect: bool = False
    """True if the service cannot have acted on the send that ended this way: it never left, or was refused.
    An earlier send of the same call may still have taken effect."""

    def __init_subclass__(cls) -> None:
        cls.hint = cls.__dict__.get("hint", BY_ERROR.get(cls.__name__, cls.hint))

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        message = encodable(message)
        super().__init__(message)
        self.message = message
        if hint:
            self.hint = encodable(hint)

    def __str__(self) -> str:
        return f"{self.message}{self._printed_hint}"

    @property
    def own_hint(self) -> str:
        """The hint of this very error; empty where only its class has one."""
        return str(self.__dict__.get("hint", ""))

    @property
    def _printed_hint(self) -> str:
        return f" ({self.own_hint})" if self.own_hint else ""

    def __reduce__(self) -> tuple[Any, ...]:
        # Made without its constructor, which takes other arguments.
        state: Any = self.__getstate__()
        return type(self).__new__, (type(self),), {**state, "args": self.args}


class ArgumentError(GroundwireError, ValueError):
    """A parameter or option that cannot be sent; nothing was."""

    proves_no_effect = True


class ValueFault(GroundwireError, ValueError):
    """A value that breaks a rule: `path` is its JSON pointer (RFC 6901), "" for the whole."""

    def __init__(self, path: str, value: object, rule: str, *, hint: str = "") -> None:
        super().__init__(rule, hint=hint)
        self.args = (path, value, rule)
        self.path = path
        self.value = value
        self.rule = rule

    @classmethod
    def expected(cls, value: object, what: str) -> Self:
        """Return the error for a value of the wrong type."""
        return cls("", value, f"expected {what}")

    def under(self, key: str | int | None) -> Self:
        """Put one segment before the path, in place; None adds nothing."""
        if key is not None:
            text = str(key).replace("~", "~0").replace("/", "~1")
            self.path = f"/{text}{self.path}"
        return self

    def __str__(self) -> str:
        where = self.path or "the value"
        return encodable(f"{where}: {self.rule}, got {shortened(self.value)}{self._printed_hint}")


class EncodeError(ValueFault):
    """A message that cannot be sent: a wrong type, or a bound that is not kept. Nothing was sent."""

    proves_no_effect = True


class DecodeError(ValueFault):
    """JSON that is not the message that it should be."""


class NestingError(GroundwireError, ValueError):
    """A message nested too deeply, or holding itself."""


class AuthError(GroundwireError):
    """No credentials, or none that may or can be used.

    `retryable` is True where a token could not be fetched for a moment: no answer, or 408, 429, 5xx; `retry_after` is
    how many seconds its source asked to wait.
    """

    proves_no_effect = True

    def __init__(
        self, message: str = "", *, hint: str = "", retryable: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.retryable = retryable
        self.retry_after = retry_after

    @property
    def _printed_hint(self) -> str:
        return f" ({self.hint})"


class TransportError(GroundwireError):
    """No usable answer came. `sent` is False when the request cannot have arrived.

    `retryable` is False where another try would meet the same: an answer that is no HTTP, or too large.
    """

    def __init__(self, message: str, *, sent: bool, retryable: bool = True, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.sent = sent
        self.retryable = retryable
        self.proves_no_effect = not sent


class DeadlineReached(TransportError):
    """The call's time ran out."""


class ResponseTooLarge(TransportError):
    """The answer is larger than the client accepts."""


class ApiError(ErrorBody, GroundwireError):
    """The service answered with an error.

    `http_status`; `status`, the google.rpc code's name; `reason` and `domain` of its ErrorInfo; `message`;
    `details` as they came; `retry_after` in seconds; `server_request_id`; `attempts` made; `method_id`; `headers` of
    the answer, with names in lower case and without credentials.
    """

    def __init__(
        self,
        message: str,
        *,
        http_status: int,
        status: str = "",
        reason: str = "",
        domain: str = "",
        details: tuple[Any, ...] = (),
        retry_after: float | None = None,
        server_request_id: str = "",
        method_id: str = "",
        attempts: int = 1,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.http_status = http_status
        self.status = status
        self.reason = reason
        self.domain = domain
        self.details = details
        self.retry_after = retry_after
        self.server_request_id = server_request_id
        self.method_id = method_id
        self.attempts = attempts
        self.headers: Mapping[str, str] = {}
        self.proves_no_effect = proves_no_effect(http_status, status)

    def __str__(self) -> str:
        code = f"{self.http_status} {self.status}".strip()
        return encodable(f"{code}: {self.message}{self._printed_hint}")


class NotModified(ApiError):
    """An answer without a value: what was asked for is still in the state that the call's header names (304)."""


class InvalidArgument(ApiError):
    """The request is wrong, whatever the state of the service."""


class FailedPrecondition(ApiError):
    """The service is not in the state that the request needs."""


class OutOfRange(ApiError):
    """A valid request went past what there is."""


class Unauthenticated(ApiError):
    """The request carried no valid credentials."""


class PermissionDenied(ApiError):
    """The caller may not do this."""


class NotFound(ApiError):
    """The resource that the request names does not exist."""


class AlreadyExists(ApiError):
    """The resource that the request would create exists already."""


class Aborted(ApiError):
    """The request lost against another."""


class ResourceExhausted(ApiError):
    """A rate or a quota is used up."""


class Cancelled(ApiError):
    """The request was cancelled."""


class Internal(ApiError):
    """The service is broken."""


class Unimplemented(ApiError):
    """The service does not do this."""


class Unavailable(ApiError):
    """The service cannot answer now."""


class DeadlineExceeded(ApiError):
    """The service ran out of time."""


class OutcomeUnknown(GroundwireError):
    """The call may or may not have taken effect; the same call with the same `request_id` settles it."""

    def __init__(self, message: str, *, request_id: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.request_id = request_id


class ProtocolError(GroundwireError):
    """The service contradicts itself."""


class OperationError(GroundwireError):
    """An operation ended in failure, or was cancelled. `operation` is its last state; `code` is google.rpc's."""

    def __init__(self, message: str, *, operation: Any, code: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.operation = operation
        self.code = code


class OperationTimeout(GroundwireError, TimeoutError):
    """Waiting ended; the operation still runs. `operation` is its last known state."""

    def __init__(self, message: str, *, operation: Any, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.operation = operation


def shortened(value: object, limit: int = 200) -> str:
    """A value as text of at most `limit` characters."""
    if isinstance(value, (str, bytes)):
        value = value[:limit]
    elif isinstance(value, Sized) and len(value) > 20:
        return f"{type(value).__name__} of {len(value)}"
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - a caller's own repr must not hide the real error
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
