"""Exit codes of all commands, and the code of an error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from groundwire_exports.batch import IdentityError, LedgerError
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    AuthError,
    DecodeError,
    OperationTimeout,
    OutcomeUnknown,
    PermissionDenied,
    ProtocolError,
    TransportError,
    Unauthenticated,
    ValueFault,
)

SUCCEEDED: Final = 0
"""All exports succeeded, or the command did what it was asked."""
FAILED: Final = 1
"""Some failed, were cancelled, or were refused."""
USAGE: Final = 2
"""An option, or a file that cannot be used. Nothing was started."""
UNFINISHED: Final = 3
"""Some still run."""
UNKNOWN: Final = 4
"""The outcome of a start, or the state of an export, cannot be known now. The same command again is safe."""
NOT_ALLOWED: Final = 5
"""Signed out, or not allowed."""
UNWRITTEN: Final = 74
"""The output cannot be written, as on a full disk. What the command did is done."""
INTERRUPTED: Final = 130
"""Ctrl-C. What was started goes on."""
BROKEN_PIPE: Final = 141
"""The reader of the output is gone, as after `| head`: 128 and the number of SIGPIPE."""


def exit_code_of(error: Exception) -> int:
    """Return the exit code for an error that ended a command."""
    if isinstance(error, OutcomeUnknown):
        return UNKNOWN
    if isinstance(error, OperationTimeout):
        return UNFINISHED
    if isinstance(error, AuthError):
        return UNKNOWN if error.retryable else NOT_ALLOWED
    if isinstance(error, (PermissionDenied, Unauthenticated, IdentityError)):
        return NOT_ALLOWED
    if isinstance(error, (TransportError, ProtocolError, DecodeError, LedgerError)):
        return UNKNOWN
    if isinstance(error, ApiError):
        return FAILED if error.proves_no_effect else UNKNOWN
    return USAGE if isinstance(error, (ArgumentError, ValueFault)) else FAILED


def exit_code_of_states(states: Iterable[str]) -> int:
    """Return the exit code for the states of operations."""
    known = set(states)
    if not known <= {"SUCCEEDED", "FAILED", "CANCELLED"}:
        return UNFINISHED
    return SUCCEEDED if known <= {"SUCCEEDED"} else FAILED
