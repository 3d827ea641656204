"""A running contract server of any API and its controls: the value of the pytest fixture `api_contract`.

A client made by `client_of()` does not sleep. Each of its pauses, between polls or retries, advances the server's clock by as
much and takes no real time.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from .exchange import Recorded
from .front import ContractRequest
from .given import given_of
from .overrides import Change, Step, read_plain_step
from .plain_http import is_elsewhere, local_endpoint, transport_to
from .reasons import told
from .rules.error_bodies import Refusal
from .rules.registry import BLAMED
from .server.controls import Controls, answer_by

if TYPE_CHECKING:
    from groundwire_runtime.clock import Clock

ClientT = TypeVar("ClientT")
_TRUSTED: Final = frozenset({"auth", "credentials", "endpoint", "tls", "transport"})
"""Options of a client that carry secrets, or decide where it sends."""
__unittest = True
"""Keeps this module out of the tracebacks of unittest; `__tracebackhide__` does the same for pytest."""


class ApiContract:
    """A running contract server, reset for every test. Thread-safe. `base` is the path before those of the API."""

    # A misspelt `queue_limt = 2` is an error, and not an attribute that changes nothing.
    __slots__ = ("__weakref__", "_chance", "_controls", "_made", "_stop", "_told", "endpoint")

    def __init__(
        self, endpoint: str, controls: Controls, stop: Callable[[], None], *, base: str = ""
    ) -> None:
        self._controls = controls
        self.endpoint: Final = endpoint + base
        """The URL of the API, such as `http://127.0.0.1:49152/v1`."""
        self._stop = stop
        self._made: list[Any] = []
        self._told = 0.0
        # Until a reset: a server that runs may know the ids that are alike in every run.
        self._chance = random.Random()  # noqa: S311 # not secrets

    def stop(self) -> None:
        """Close the clients that were made, and stop the server, unless it was attached to. Stopping again does nothing."""
        self.close_clients()
        stop, self._stop = self._stop, _nothing
        stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server. Answers of functions that could not be sent are an error, unless there is one already."""
        __tracebackhide__ = True
        try:
            if error is None:
                self.assert_answers()
        finally:
            self.stop()

    def reset(self) -> None:
        """Forget everything, as at the start of a test. New operations get the same names again."""
        self._controls.reset(0)
        self._made.clear()
        self._told = 0.0
        self._chance = random.Random(0)  # noqa: S311 # ids that are alike in every run, not secrets

    def client_of(self, make: Callable[..., ClientT], **options: Any) -> ClientT:
        """Return a client that `make` makes, such as the `Client` of a generated package.

        It has the server's endpoint and a clock that takes no time; `options` take precedence.
        """
        client = make(**{**self._way(options), **options})
        self._made.append(client)
        return client

    def _way(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options by which a client reaches the server in its time. One with secrets is held to its own rules."""
        clock = self._clock()
        if options.keys() & _TRUSTED or not is_elsewhere(self.endpoint):
            return {"endpoint": self.endpoint, "clock": clock}
        transport = transport_to(self.endpoint, options.get("clock", clock))
        return {"endpoint": local_endpoint(self.endpoint), "clock": clock, "transport": transport}

    def _clock(self) -> Clock:
        from groundwire_runtime.clock import SYSTEM, Clock

        if not self._controls.served().is_stepped:
            return SYSTEM  # The server's time passes by itself, so clients sleep.
        return Clock(
            monotonic=lambda: self._told,
            unix=lambda: self._controls.now().timestamp(),
            sleep=self.advance,
            random=self._chance.random,
            new_id=lambda: str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
        )

    @property
    def requests(self) -> tuple[Recorded, ...]:
        """All answered requests in order, without credentials. `verdict` tells how each was answered."""
        return self._controls.requests()

    def advance(self, seconds: float) -> None:
        """Let time pass. Raises ValueError for negative seconds."""
        self._controls.advance(seconds)
        self._told += seconds

    def answers(self, method: str, answer: object) -> None:
        """Answer valid requests of a method, by its id, for the rest of the test.

        `answer` is a generated message, a JSON value, bytes, an `Answer` with a status, or a function that makes one of a
        `ContractRequest`. A function may return NotImplemented: the request is answered as without it. Raises LookupError for an unknown method, and ValueError for an answer that the description
        does not allow. An answer of a function that it does not allow is a 500, and an error of `assert_valid` and of
        the end of the test.
        """
        if callable(answer):
            answer_by(self._controls, method, answer)
        else:
            self._controls.set_answer(method, given_of(answer))

    def script(self, steps: Iterable[str | int | Step | Refusal], *, method: str | None = None) -> None:
        """Decide how the next requests are handled, one step each; later requests are handled as usual.

        A step is one of:

        * `ok`;
        * a status (401, 403, 409, 429, 500, 503): the request has no effect. With ` after`, such as `503
          after`, it has;
        * `reset before` and `reset after` (the request took effect, no answer came), `cut` (half an answer),
          `drip` (an answer that takes a second), `expired token`;
        * the id of a rule;
        * a Step or Refusal.

        Under an OpenAPI document, any status from 400 to 599, and no `expired token` and no rules.
        `method` is the end of a method's id, such as `image.export`; by default the steps apply to any
        method. Raises LookupError for an unknown step.
        """
        if isinstance(steps, str):
            raise TypeError(f"a script is a list of steps, such as [{steps!r}]")
        self._controls.add_steps(tuple(map(self._step, steps)), method)

    def _step(self, step: str | int | Step | Refusal) -> Step:
        return read_plain_step(step)

    def refuse(self, refusal: str | int | Refusal, *, times: int = 1, method: str | None = None) -> None:
        """Refuse the next `times` requests, as a script of one step does. Raises LookupError as `script`
        does."""
        self.script([refusal] * times, method=method)

    def relax(self, *rules: str) -> None:
        """Stop enforcing rules for the rest of the test. Raises LookupError for an unknown id."""
        self._controls.relax(rules)

    def enforce(self, *rules: str) -> None:
        """Enforce rules for the rest of the test, including those that are off by default. Raises LookupError
        as `relax` does."""
        self._controls.enforce(rules)

    def answer(self, rule: str, *, code: int | None = None, message: str | None = None) -> None:
        """Override the status or message of a rule for the rest of the test. Raises LookupError, ValueError."""
        self._controls.override(rule, Change(code=code, message=message))

    def assert_valid(self) -> None:
        """Raise AssertionError with the requests that the service would have refused for their content: the message, the
        JSON pointer, an excerpt of the body, and which request it was.

        Refusals that a test scripted, or that depend on server state (a full queue, a used request id), do
        not count.
        """
        __tracebackhide__ = True
        self.assert_answers()
        wrong = told(self.requests, BLAMED)
        if wrong:
            counted = "1 request breaks" if len(wrong) == 1 else f"{len(wrong)} requests break"
            raise AssertionError("\n".join((f"{counted} the contract:", *wrong)))

    def assert_answers(self) -> None:
        """Raise AssertionError if a function answered what the description of its method does not allow."""
        __tracebackhide__ = True
        wrong = tuple(dict.fromkeys(self._controls.wrong_answers()))
        if wrong:
            counted = "1 answer" if len(wrong) == 1 else f"{len(wrong)} answers"
            raise AssertionError("\n".join((f"{counted} of the test could not be sent:", *wrong)))

    def close_clients(self) -> None:
        """Close the clients that were made."""
        for client in self._made:
            client.close()
        self._made.clear()


def _nothing() -> None:
    pass


def serving(
    document: Path | str,
    *,
    overlay: Path | str | None = None,
    root: Path | str | None = None,
    examples: bool = False,
    allow_hosts: Collection[str] = (),
    allow_origins: Collection[str] = (),
) -> ApiContract:
    """Start a contract server of a document, Discovery or OpenAPI, in a thread. The end of a `with` block, or `stop()`, stops it.

    `examples` lets methods of an OpenAPI document answer with its own examples. `allow_origins` are the origins of web pages
    that may call it. Raises SpecError, OSError, and ValueError for an invalid host or origin.
    """
    from .clock import POLL_SECONDS, SteppedClock
    from .contract import load_file
    from .server.admission import admission_of
    from .server.http import ServerThread
    from .service import Service

    contract = load_file(
        Path(document),
        None if overlay is None else Path(overlay),
        root=None if root is None else Path(root),
        examples=examples,
    )
    service = Service(contract, clock=SteppedClock(poll_seconds=POLL_SECONDS))
    admission = admission_of(allow_hosts, allow_origins)
    thread = ServerThread(service, admission=admission)
    served = ApiContract(thread.endpoint, Controls(service), thread.stop, base=contract.base)
    served.reset()
    return served


__all__ = ["ApiContract", "ContractRequest", "serving"]
