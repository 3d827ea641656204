"""Exactly-once start of exports.

The service refuses a request id that its user has used, and does not tell what was started with it. So a start puts a
tag of its id into the description, by which the operation is found. `protocol` decides each step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, Literal

from attrs import define, evolve, field
from groundwire import ExportImageRequest, Operation, encode
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    AuthError,
    DeadlineReached,
    DecodeError,
    GroundwireError,
    OutcomeUnknown,
    ProtocolError,
    TransportError,
    shortened,
)

from .arguments import ExportClient, checked_seconds
from .export import Export
from .protocol import (
    FOLLOWERS,
    Answer,
    Known,
    Listing,
    Step,
    after_answer,
    after_listing,
    description_of,
    follower,
    is_follower,
    out_of_time,
    read_listing,
    request_tag,
    tagged,
)
from .refusals import QueueFull, check_started, is_retryable, pause_before_retry, read_error

TIMEOUT: Final = 300.0
"""Default seconds for a start."""
SETTLE: Final = 120.0
"""Seconds after which a listing contains every operation that was started before."""
_LATEST: Final = 1800.0
"""Maximum seconds of a start without a `timeout` whose ids are used up."""
_CALL: Final = 60.0  # seconds of one call at most
_ROUND: Final = 30.0
"""Seconds that a used-up id takes in addition to `settle`: pauses and listings."""


def start_export(
    client: ExportClient,
    request: ExportImageRequest,
    *,
    project: str | None = None,
    timeout: float | None = None,
    on_full: Literal["raise", "wait"] = "raise",
    settle: float = SETTLE,
) -> Export:
    """Start an export exactly once.

    `request`: a `request_id` is created if it has none; your own must be unique among your starts. Its `description`
    gets a tag of that id (20 characters); a text of more than 80 is cut before it, and ends in a hash.

    `timeout`: seconds for the whole start. None is 300, plus `settle` for each used-up id, at most half an hour.

    `on_full`: with "raise", a full queue raises QueueFull; with "wait", only if there is no room within `timeout`.

    `settle`: seconds by which the service's listing may lag behind a start. An id that is refused as a repeat, and
    that no complete listing shows after that time, was used up by a full queue. Its followers `ID-q1`, `ID-q2` ... (at
    most 60 characters) are sent then, the same in every process.

    All errors but OutcomeUnknown mean that this call started nothing. OutcomeUnknown has the `request_id`: call
    `start_export` with the same request and that id, later or in another process, to settle it to one operation.
    AlreadyExists: the id was used for another description, which a note names. An interrupt (Ctrl-C) gets a note too.
    """
    if not isinstance(request, ExportImageRequest):  # pyright: ignore[reportUnnecessaryIsInstance] # callers are untrusted
        raise ArgumentError(f"request: expected an ExportImageRequest, got {type(request).__name__}")
    if timeout is not None:
        timeout = checked_seconds(timeout, "timeout", endless=True)
    if on_full not in ("raise", "wait"):
        raise ArgumentError(f"on_full: expected 'raise' or 'wait', got {shortened(on_full)}")
    settle = checked_seconds(settle, "settle", zero=True)
    request_id = request.request_id
    if request_id is not None and not isinstance(request_id, str):  # pyright: ignore[reportUnnecessaryIsInstance] # as above
        raise ArgumentError(f"request_id: expected a str, got {shortened(request_id)}")
    if request_id and is_follower(request_id):
        raise ArgumentError(
            f"request_id: {request.request_id!r} has the form of a follower of another id",
            hint="End it otherwise; to go on with a start, pass the id that it had first.",
        )
    # Check all of the description: the tag may cut a part.
    encode(ExportImageRequest(description=request.description))
    now = client.clock.monotonic()
    start = _Start(
        client=client,
        given=request,
        project=project,
        wait=on_full == "wait",
        settle=settle,
        deadline=now + (TIMEOUT if timeout is None else timeout),
        latest=now + _LATEST if timeout is None else -math.inf,
    )
    return start.run()


@define(kw_only=True)
class _Start:
    """The state of one start: `root` is the caller's request id, `known` is about the current one."""

    client: ExportClient
    given: ExportImageRequest
    project: str | None
    wait: bool
    settle: float
    deadline: float
    latest: float
    root: str = field(init=False)
    known: Known = field(init=False)
    given_up: int = 0
    pauses: int = 0
    tries: int = 0
    error: GroundwireError | None = None
    full: QueueFull | None = None

    def __attrs_post_init__(self) -> None:
        own = self.given.request_id
        self._begin(own or self.client.clock.new_id(), made_here=not own)

    def _begin(self, root: str, *, made_here: bool) -> None:
        self.root = root
        self.known = Known(request_id=root, made_here=made_here)

    def run(self) -> Export:
        """Return the export, started now or before."""
        try:
            return self._run()
        except GroundwireError:
            raise
        except BaseException as interrupt:
            interrupt.add_note(
                f"an export may have been started with request id {self.root}: "
                "start_export with the same request and that id settles it"
                if self.known.doubtful or self.known.last is Answer.REPEAT
                else "this call started nothing"
            )
            raise

    def _run(self) -> Export:
        step = Step.SEND
        while True:
            looked = step is Step.LOOK
            export, step = self._search() if looked else self._send()
            if export is not None:
                return export
            if step is Step.FOLLOW:
                self._follow()
                continue
            # The first listing is read at once.
            waits = looked or step is not Step.LOOK
            if step in (Step.RAISE, Step.UNKNOWN) or (waits and not self._pause()):
                raise self._end(step)
            if step is Step.RENEW:
                self._begin(self.client.clock.new_id(), made_here=True)

    def _send(self) -> tuple[Export | None, Step]:
        """Send the request id once."""
        before = self.known
        # Set before sending, since an interrupt may come at any time.
        self.known = evolve(before, doubtful=True)
        request = evolve(
            self.given, request_id=before.request_id, description=self._description(before.request_id)
        )
        try:
            operation = self.client.projects.image.export(
                request, project=self.project, timeout=self._call(), retry=None
            )
            check_started(self.client, operation, self._description(before.request_id))
            return Export(self.client, operation, before.request_id), Step.SEND
        except GroundwireError as error:
            answer, self.error = read_error(error)
            if isinstance(self.error, QueueFull):
                self.full = self.error
        self.known = before.after(answer, self.client.clock.monotonic())
        self.tries = self.tries + 1 if answer in (Answer.THROTTLED, Answer.UNSENT) else 0
        return None, after_answer(self.known, wait=self.wait, tries=self.tries)

    def _search(self) -> tuple[Export | None, Step]:
        """Search one listing for the operation of the request id or of its followers."""
        ids = (self.root, *(follower(self.root, number + 1) for number in range(FOLLOWERS)))
        wanted = {self._description(each): each for each in ids}
        listing = Listing()
        try:
            listing = read_listing(
                self._operations(),
                wanted=wanted,
                tag=request_tag(self.known.request_id),
                began=self.client.clock.monotonic(),
            )
        except (ApiError, AuthError, TransportError, ProtocolError, DecodeError) as error:
            if self.known.last is not Answer.FULL and not is_retryable(error):
                self.error = error
                return None, Step.UNKNOWN
        if listing.operation is not None:
            request_id = wanted[description_of(listing.operation)]
            self.client.started.claim(listing.operation.name or "", request_id)
            return Export(self.client, listing.operation, request_id), Step.LOOK
        self.known = evolve(self.known, looks=self.known.looks + (listing.began > -math.inf))
        limit = self.full.limit if self.full is not None else None
        step = after_listing(
            self.known,
            began=listing.began,
            settle=self.settle,
            wait=self.wait,
            room=limit is None or listing.unfinished < limit,
            given_up=self.given_up,
        )
        if step is Step.FOLLOW and listing.namesake is not None:
            return None, self._used_by_other(listing.namesake)
        return None, step

    def _operations(self) -> Iterator[Operation]:
        """Iterate over the project's operations. Raises DeadlineReached if the time runs out."""
        for operation in self.client.projects.operations.list(project=self.project, timeout=self._call()):
            yield operation
            if self.client.clock.monotonic() >= self.deadline:
                raise DeadlineReached("no time left to list operations", sent=False)

    def _used_by_other(self, namesake: Operation) -> Step:
        """Return the step for an id that was used for another description, as far as that is known."""
        if self.known.doubtful or self.error is None:
            return Step.UNKNOWN
        self.error.add_note(f"the id was used for {namesake.name}, described as {description_of(namesake)!r}")
        return Step.RAISE

    def _follow(self) -> None:
        """Give up the request id for its follower."""
        self.given_up += 1
        if self.given_up > FOLLOWERS:
            raise self._end(Step.RAISE)
        self.known = Known(request_id=follower(self.root, self.given_up))
        # Only for a start without a timeout.
        self.deadline = max(self.deadline, min(self.deadline + self.settle, self.latest))

    def _pause(self) -> bool:
        """Sleep before the next call; return False if no time is left."""
        asked: float | None = getattr(self.error, "retry_after", None)
        self.pauses += 1
        return pause_before_retry(self.client.clock, self.pauses - 1, self.deadline, at_least=asked or 0.0)

    def _end(self, step: Step) -> GroundwireError:
        """Return the error with which the start ends; for any other step, time has run out."""
        if step not in (Step.RAISE, Step.UNKNOWN):
            step = out_of_time(self.known, full=self.full is not None)
            refusal = self.full or self.error
        else:
            refusal = self.error
        if step is Step.UNKNOWN or refusal is None:
            unknown = self._unknown()
            unknown.__cause__ = self.error
            return unknown
        refusal.add_note("this call started nothing")
        return refusal

    def _unknown(self) -> OutcomeUnknown:
        needed = (self.settle + _ROUND) * (self.given_up + 1)
        time = f", and a timeout of {needed:.0f} s" if self.known.last is Answer.REPEAT else ""
        return OutcomeUnknown(
            f"nobody can know yet whether an export was started with request id {self.root}",
            request_id=self.root,
            hint=f"Call start_export again with the same request and this request_id{time}: that settles it.",
        )

    def _description(self, request_id: str) -> str:
        """Return the description to send with a request id: the caller's text and the tag of that id."""
        text = tagged(self.given.description, self.root).removesuffix(request_tag(self.root))
        return tagged(text, request_id)

    def _call(self) -> float:
        """Return the seconds that the next call may take."""
        return max(0.001, min(_CALL, self.deadline - self.client.clock.monotonic()))
