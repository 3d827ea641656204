"""Processes that start exports at once, against a service that loses answers, on time that passes in no time.

Each process is a thread, of which one runs at a time: it runs until it sleeps, and then the one that wakes first does.
So a run is a function of its seed.
"""

from __future__ import annotations

import heapq
import itertools
import json
import random
import threading
from collections.abc import Callable
from typing import Any

from attrs import define, field
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import TransportError
from groundwire_runtime.http import Request, Response

from tests.runtime.doubles import answer, refusal

PATIENCE = 60.0
"""Real seconds after which a simulation is stuck."""


@define
class Simulation:
    """Virtual time, and the processes that share it."""

    seed: int
    now: float = 1_000.0
    chance: random.Random = field(init=False)
    _waiting: list[tuple[float, int, threading.Semaphore]] = field(factory=list)
    _numbers: itertools.count[int] = field(factory=itertools.count)
    _threads: list[threading.Thread] = field(factory=list)
    _over: threading.Event = field(factory=threading.Event)
    _failures: list[BaseException] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - a seeded source

    def process(self, run: Callable[[], object]) -> None:
        """Add a process, which begins with the others."""
        turn = threading.Semaphore(0)
        self._push(self.now, turn)

        def whole() -> None:
            turn.acquire()
            try:
                run()
            except BaseException as error:  # noqa: BLE001 - raised again by `run`
                self._failures.append(error)
            self._wake_next()

        self._threads.append(threading.Thread(target=whole, daemon=True))

    def run(self) -> None:
        """Let all processes come to their ends. Raises what one of them raised."""
        for thread in self._threads:
            thread.start()
        self._wake_next()
        assert self._over.wait(PATIENCE), "the simulation is stuck"
        if self._failures:
            raise self._failures[0]

    def sleep(self, seconds: float) -> None:
        """Let the others run until the time has come."""
        turn = threading.Semaphore(0)
        self._push(self.now + seconds, turn)
        self._wake_next()
        turn.acquire()

    def clock(self) -> Clock:
        """The clock of a process."""
        ids = random.Random(self.chance.random())  # noqa: S311 - a seeded source
        return Clock(
            monotonic=lambda: self.now,
            unix=lambda: self.now,
            sleep=self.sleep,
            random=self.chance.random,
            new_id=lambda: f"{ids.getrandbits(64):x}",
        )

    def _push(self, at: float, turn: threading.Semaphore) -> None:
        heapq.heappush(self._waiting, (at, next(self._numbers), turn))

    def _wake_next(self) -> None:
        if not self._waiting:
            self._over.set()
            return
        at, _, turn = heapq.heappop(self._waiting)
        self.now = max(self.now, at)
        turn.release()


@define(kw_only=True)
class Started:
    """An operation of the simulated service. `call` is the call whose send started it."""

    name: str
    description: str
    request_id: str
    call: object
    listed_from: float
    ends: float


@define(kw_only=True)
class Service:
    """What Earth Engine does with starts: one a request id, a queue that fills, a listing that lags."""

    simulation: Simulation
    limit: int = 3000
    burns: bool = True
    """A full queue uses the id up that it refuses."""
    lag: float = 0.0
    """Seconds by which a listing may lag."""
    faults: float = 0.0
    """Share of the requests that a fault hits."""
    life: float = 300.0
    """Seconds that an operation lives on average."""
    operations: list[Started] = field(factory=list)
    used: set[str] = field(factory=set)
    sent: list[str] = field(factory=list)
    refused: int = 0
    """Starts that a full queue refused."""

    def fill(self, seconds: float) -> None:
        """Fill the queue with operations of others, which end within so many seconds."""
        chance, now = self.simulation.chance, self.simulation.now
        for number in range(self.limit - len(self.unfinished)):
            ends = now + seconds * (0.5 + 0.5 * chance.random())
            self.operations.append(
                Started(
                    name=f"projects/p/operations/OTHER{number}",
                    description="others",
                    request_id="",
                    call=None,
                    listed_from=now,
                    ends=ends,
                )
            )

    @property
    def unfinished(self) -> list[Started]:
        """The operations that have not ended."""
        return [each for each in self.operations if each.ends > self.simulation.now]

    def transport(self, call: Callable[[], object] = lambda: None) -> Any:
        """The transport of a process; `call` tells its calls apart."""
        return _Line(self, call)

    def handle(self, request: Request, call: object) -> Response:
        """Answer a request."""
        if request.verb == "GET":
            return answer({"operations": [self._shown(each) for each in reversed(self._listed())]})
        body = json.loads(request.body or b"")
        request_id, description = body["requestId"], body["description"]
        self.sent.append(request_id)
        full = len(self.unfinished) >= self.limit
        if full and not self.burns:
            return self._full()
        if request_id in self.used:
            return refusal(
                409, "ALREADY_EXISTS", "A different Operation was already started with the given request_id."
            )
        self.used.add(request_id)
        if full:
            return self._full()
        chance, now = self.simulation.chance, self.simulation.now
        started = Started(
            name=f"projects/p/operations/OP{len(self.operations)}",
            description=description,
            request_id=request_id,
            call=call,
            listed_from=now + self.lag * chance.random(),
            ends=now + self.life * (0.5 + chance.random()),
        )
        self.operations.append(started)
        return answer(self._shown(started, bare=chance.random() < 0.2))

    def _full(self) -> Response:
        self.refused += 1
        return refusal(
            429,
            "RESOURCE_EXHAUSTED",
            f"Too many tasks already in the queue ({self.limit}). Please wait for some of them to complete.",
        )

    def _listed(self) -> list[Started]:
        return [each for each in self.operations if each.listed_from <= self.simulation.now]

    def _shown(self, started: Started, *, bare: bool = False) -> dict[str, Any]:
        metadata = {
            "@type": "type.googleapis.com/google.earthengine.v1beta.OperationMetadata",
            **({} if bare else {"description": started.description}),
        }
        done = started.ends <= self.simulation.now
        return {"name": started.name, "metadata": metadata, **({"done": True} if done else {})}


@define
class _Line:
    """A line to the service on which requests take time, and are lost before or after their effect."""

    service: Service
    call: Callable[[], object]

    def send(self, request: Request) -> Response:
        simulation = self.service.simulation
        chance = simulation.chance
        fault = chance.choice(_FAULTS) if chance.random() < self.service.faults else ""
        simulation.sleep(chance.random())
        if fault == "no connection":
            raise TransportError("no connection", sent=False)
        if fault == "lost before":
            raise TransportError("reset", sent=True)
        if fault in ("429", "403", "503 before"):
            return refusal(int(fault[:3]))
        reply = self.service.handle(request, self.call())
        simulation.sleep(chance.random())
        if fault == "lost after":
            raise TransportError("reset", sent=True)
        return refusal(int(fault[:3])) if fault in ("503 after", "501 after") else reply


_FAULTS = (
    "no connection", "lost before", "lost after", "503 before", "503 after", "429", "403", "501 after",
)  # fmt: skip
