"""Starting an export exactly once, whatever happens to the answers.

The service refuses a request id that it has seen, and tells nobody what was started with it. So a start carries a
mark of its id in the description: when an answer is lost, the same id is sent again, which cannot start a second
export; when that is refused as a repeat, the operation is found by its mark among the project's operations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from attrs import evolve, frozen
from groundwire import ExportImageRequest, Operation, encode
from groundwire_runtime.errors import (
    AlreadyExists,
    ApiError,
    ArgumentError,
    AuthError,
    DeadlineReached,
    DecodeError,
    GroundwireError,
    OutcomeUnknown,
    ProtocolError,
    TransportError,
)

from .again import is_passing, paused
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
# The message was seen, its code was not.
_REPEAT: Final = "already started with the given request_id"


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
    process. AlreadyExists: the id was used for an export of another description, which a note names. An interrupt
    (Ctrl-C) has a note with the id.
    """
    if not isinstance(request, ExportImageRequest):  # pyright: ignore[reportUnnecessaryIsInstance] # callers are untrusted
        raise ArgumentError(f"request: expected an ExportImageRequest, got {type(request).__name__}")
    if not timeout > 0:
        raise ArgumentError(f"timeout: expected seconds above 0, got {timeout!r}")
    # What is cut off to make room for the mark would go unchecked.
    encode(ExportImageRequest(description=request.description))
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

    def __init__(self, refused: ApiError) -> None:
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
        try:
            return self._settled()
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                f"an export may have been started with request id {self.request_id}: "
                "start_export with the same request and that id settles it"
            )
            raise

    @property
    def _description(self) -> str:
        return marked(self.given.description, self.request_id)

    def _settled(self) -> Export:
        request = evolve(self.given, request_id=self.request_id, description=self._description)
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
            except DecodeError as unreadable:
                doubt = unreadable
            except OutcomeUnknown as unknown:
                doubt = unknown
                cause = unknown.__cause__
                if isinstance(cause, ApiError) and (_is_repeat(cause) or not is_passing(cause)):
                    return self._repeated(cause, doubt)
            except (ApiError, AuthError, TransportError) as error:
                if _is_repeat(error):
                    return self._repeated(error, doubt)
                # This time it was not started; an earlier time it may have been.
                if doubt is None and error.proves_no_effect:
                    error.add_note("this call started nothing")
                    raise
                doubt = doubt or error
                if not is_passing(error):
                    return self._repeated(error, doubt)
            if not paused(self.client.clock, attempt, self.deadline):
                raise self._unknown() from doubt
            attempt += 1

    def _repeated(self, error: GroundwireError, doubt: GroundwireError | None) -> Export:
        """The export that another send of this id started."""
        found = self._found()
        if found is not None and _description(found) == self._description:
            return self._export(found)
        if doubt is None and isinstance(error, ApiError):
            if not self.given.request_id and error.attempts > 1:
                raise _UsedUpError(error)
            if self.given.request_id and found is not None:
                error.add_note(
                    f"the id was used for {found.name}, described as {_description(found)!r}; this call started nothing"
                )
                raise error
        raise self._unknown() from error

    def _found(self) -> Operation | None:
        """The operation with this marked description, or one that shares only the mark when listing after listing
        does not have it. None without either, or when there is no time to see.
        """
        namesake: Operation | None = None
        looks = 0
        attempt = 0
        while True:
            try:
                for operation in self._listed():
                    description = _description(operation)
                    if description == self._description:
                        return operation
                    if description.endswith(mark(self.request_id)):
                        namesake = operation
                looks += 1
            except (ApiError, AuthError, TransportError, ProtocolError, DecodeError) as error:
                if not is_passing(error):
                    raise self._unknown() from error
            if looks >= _LOOKS:
                return namesake
            if not paused(self.client.clock, attempt, self.deadline):
                return None
            attempt += 1

    def _listed(self) -> Iterator[Operation]:
        """The project's operations, newest first. Raises DeadlineReached when the time is over before they are."""
        for operation in self.client.projects.operations.list(project=self.project, timeout=self._call()):
            yield operation
            if self.client.clock.monotonic() >= self.deadline:
                raise DeadlineReached("no time left to list operations", sent=False)

    def _export(self, operation: Operation) -> Export:
        return Export(self.client, operation, self.request_id)

    def _call(self) -> float:
        """Seconds that the next call may take."""
        return max(0.001, min(_CALL, self.deadline - self.client.clock.monotonic()))

    def _unknown(self) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"nobody can know yet whether an export was started with request id {self.request_id}",
            request_id=self.request_id,
            hint="Call start_export again with the same request and this request_id: that settles it.",
        )


def _is_repeat(error: GroundwireError) -> bool:
    return isinstance(error, AlreadyExists) or (isinstance(error, ApiError) and _REPEAT in error.message)


def _description(operation: Operation) -> str:
    metadata = operation.metadata
    if metadata is None:
        return ""
    found = metadata.get("description") if isinstance(metadata, Mapping) else metadata.description
    return found if isinstance(found, str) else ""
