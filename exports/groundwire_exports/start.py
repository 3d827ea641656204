"""Starting an export exactly once, whatever happens to the answers.

The service refuses a request id that it has seen, and tells nobody what was started with it. So a start carries a
mark of its id in the description: when an answer is lost, the same id is sent again, which cannot start a second
export; when that is refused as a repeat, the operation is found by its mark among the project's operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from attrs import evolve, frozen
from groundwire import ExportImageRequest, Operation
from groundwire_runtime.backoff import full_jitter
from groundwire_runtime.errors import (
    AlreadyExists,
    ApiError,
    ArgumentError,
    AuthError,
    DecodeError,
    GroundwireError,
    OutcomeUnknown,
    ProtocolError,
    TransportError,
)

from .client import ExportClient
from .export import Export
from .mark import mark, marked

TIMEOUT: Final = 300.0
"""Seconds in which a start is settled."""
_CALL: Final = 60.0
"""Seconds of one call at the most."""
_LOOKS: Final = 4
"""Complete listings without the operation, after which it is taken not to be there."""
_NEW_IDS: Final = 3
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})


def start_export(
    client: ExportClient,
    request: ExportImageRequest,
    *,
    project: str | None = None,
    timeout: float = TIMEOUT,
) -> Export:
    """Start an export exactly once.

    `request`: its `request_id` is made when there is none; one of your own must be unique in the project. Its
    `description` gets a mark of that id at its end (20 characters; the text before it is cut where both are longer
    than 100).

    `timeout`: seconds in which to settle what became of the start, over all calls.

    Any error but OutcomeUnknown says that this call started nothing. OutcomeUnknown has the `request_id`: nobody can know
    yet, and `start_export` with the same request and that id settles it to one operation, later or in another
    process.
    """
    if not isinstance(request, ExportImageRequest):  # pyright: ignore[reportUnnecessaryIsInstance] # callers are untrusted
        raise ArgumentError(f"request: expected an ExportImageRequest, got {type(request).__name__}")
    if not timeout > 0:
        raise ArgumentError(f"timeout: expected seconds above 0, got {timeout!r}")
    deadline = client.clock.monotonic() + timeout
    if request.request_id:
        return _Start(client, request, request.request_id, project, deadline).settled()
    for _ in range(_NEW_IDS - 1):
        with suppress(_UsedUpError):
            return _Start(client, request, client.clock.new_id(), project, deadline).settled()
    try:
        return _Start(client, request, client.clock.new_id(), project, deadline).settled()
    except _UsedUpError as used_up:
        raise used_up.refused from None


class _UsedUpError(Exception):
    """A new id that is refused although no answer to it was lost: a full queue uses ids up."""

    def __init__(self, refused: AlreadyExists) -> None:
        super().__init__(str(refused))
        self.refused = refused


@frozen
class _Start:
    """One request id, on its way to one operation."""

    client: ExportClient
    given: ExportImageRequest
    request_id: str
    project: str | None
    deadline: float

    def settled(self) -> Export:
        """The export of this id, started now or before."""
        request = evolve(
            self.given,
            request_id=self.request_id,
            description=marked(self.given.description, self.request_id),
        )
        doubt: GroundwireError | None = None
        attempt = 0
        while True:
            try:
                operation = self.client.projects.image.export(
                    request, project=self.project, timeout=self._call()
                )
                if operation.name:
                    return self._export(operation)
                doubt = ProtocolError("the service answered a start with an operation without a name")
            except AlreadyExists as refused:
                return self._repeated(refused, doubt)
            except DecodeError as unreadable:
                doubt = unreadable
            except OutcomeUnknown as unknown:
                if isinstance(unknown.__cause__, AlreadyExists):
                    return self._repeated(unknown.__cause__, unknown)
                doubt = unknown
            except (ApiError, AuthError, TransportError) as error:
                # This time it was not started; an earlier time it may have been.
                if doubt is None:
                    raise
                if not _is_passing(error):
                    return self._repeated(error, doubt)
            if not self._paused(attempt):
                raise self._unknown() from doubt
            attempt += 1

    def _repeated(self, error: GroundwireError, doubt: GroundwireError | None) -> Export:
        """The export that another send of this id started."""
        found = self._found()
        if found is not None:
            return self._export(found)
        fresh = doubt is None and not self.given.request_id
        if fresh and isinstance(error, AlreadyExists) and error.attempts > 1:
            raise _UsedUpError(error)
        raise self._unknown() from error

    def _found(self) -> Operation | None:
        """The operation with this id's mark; None when listing after listing does not have it."""
        looks = 0
        attempt = 0
        while True:
            try:
                for operation in self.client.projects.operations.list(
                    project=self.project, timeout=self._call()
                ):
                    if _description(operation).endswith(mark(self.request_id)):
                        return operation
                looks += 1
            except (ApiError, AuthError, TransportError, ProtocolError, DecodeError) as error:
                if not _is_passing(error):
                    raise self._unknown() from error
            if looks >= _LOOKS or not self._paused(attempt):
                return None
            attempt += 1

    def _export(self, operation: Operation) -> Export:
        return Export(self.client, operation, self.request_id)

    def _call(self) -> float:
        """Seconds that the next call may take."""
        return max(0.001, min(_CALL, self.deadline - self.client.clock.monotonic()))

    def _paused(self, attempt: int) -> bool:
        """Wait a little before another try; False when there is no time for one."""
        clock = self.client.clock
        pause = full_jitter(attempt, clock.random(), cap=20.0)
        if clock.monotonic() + pause >= self.deadline:
            return False
        clock.sleep(pause)
        return True

    def _unknown(self) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"nobody can know yet whether an export was started with request id {self.request_id}",
            request_id=self.request_id,
            hint="Call start_export again with the same request and this request_id: that settles it.",
        )


def _is_passing(error: GroundwireError) -> bool:
    """Whether the same call may well be answered the next time."""
    if isinstance(error, ApiError):
        return error.http_status in _PASSING
    return isinstance(error, (TransportError, ProtocolError, DecodeError))


def _description(operation: Operation) -> str:
    metadata = operation.metadata
    if metadata is None:
        return ""
    found = metadata.get("description") if isinstance(metadata, Mapping) else metadata.description
    return found if isinstance(found, str) else ""
