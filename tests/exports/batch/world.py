"""Earth Engine and processes that run a batch, on time that passes in no time.

Processes are not threads: at any send or transaction of one, another may take a whole step, and either may be killed. So a
run is a function of what was drawn for it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from attrs import define, field
from groundwire import Client, ExportImageRequest, Expression, ValueNode
from groundwire_exports.batch import Batch
from groundwire_exports.batch.ids import request_ids
from groundwire_exports.batch.ledger import Ledger
from groundwire_exports.batch.requests import entry_of
from groundwire_runtime.auth import Anonymous
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import GroundwireError, TransportError
from groundwire_runtime.http import Request, Response

from tests.runtime.doubles import answer, refusal

SETTLE = 120.0
LAG = 100.0
"""Seconds by which listings lag at the most: less than `SETTLE`."""
EVENTS = ("kill", "kill", "other", "other", "other", "late")
FAULTS = (
    "lost after", "lost after", "503 after", "503 after",
    "no connection", "lost before", "lost after", "503 before", "503 after", "429", "403", "501 after", "401",
)  # fmt: skip
METHODS = (
    "open_batch",
    "batch",
    "revise",
    "add",
    "entries",
    "counts",
    "claim",
    "save",
    "begin_look",
    "events",
)
DEEPEST = 2


class Killed(BaseException):
    """The process was killed here."""


def request_of(key: str) -> ExportImageRequest:
    return ExportImageRequest(
        expression=Expression(result="0", values={"0": ValueNode.ConstantValue(1)}), description=f"d.{key}"
    )


@define(kw_only=True)
class Started:
    """An operation of the simulated service."""

    name: str
    description: str
    request_id: str
    listed_from: float
    ends: float
    failure: str = ""
    cancelled: bool = False
    deleted: bool = False


@define(kw_only=True)
class World:
    """The service, time, and what happens to requests and processes, all from one seed."""

    burns: bool = True
    limit: int = 3
    life: float = 60.0
    seed: int = 0
    now: float = 1_000_000.0
    failures: dict[str, list[str]] = field(factory=dict)
    """Messages with which the operations of a key end, in order; after them, they succeed."""
    operations: list[Started] = field(factory=list)
    used: set[str] = field(factory=set)
    requests: list[str] = field(factory=list)
    faults: float = 0.0
    """Share of the requests that a fault hits."""
    events: float = 0.0
    """Share of the sends and transactions at which something happens to the process."""
    runners: list[Runner] = field(factory=list)
    current: list[Runner] = field(factory=list)
    kills: int = 0
    on_start: Callable[[], None] = lambda: None
    """Called after a start took effect, before its answer is on the way."""
    chance: random.Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - a seeded source

    def clock(self) -> Clock:
        return Clock(
            monotonic=lambda: self.now,
            unix=lambda: self.now,
            sleep=self.sleep,
            random=self.chance.random,
            new_id=lambda: "no id is made here",
        )

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def client(self) -> Client:
        return Client(
            project="p", transport=Line(self), credentials=Anonymous(), clock=self.clock(), retry=None
        )

    def point(self) -> None:
        """A place at which the process may be killed, or another one may take a step."""
        if not self.current:
            return
        event = self.chance.choice(EVENTS) if self.chance.random() < self.events else ""
        if event == "kill":
            self.kills += 1
            self.current[-1].dead = True
            raise Killed
        if event == "other" and len(self.current) < DEEPEST:
            self.chance.choice([each for each in self.runners if each not in self.current]).step()
        if event == "late":
            # Longer than a lease: others may send the same id now.
            self.now += 100.0

    def handle(self, request: Request) -> Response:
        path = request.url.partition("?")[0]
        self.requests.append(f"{request.verb} {path.rpartition('/')[2]}")
        if request.verb == "GET" and path.endswith("/operations"):
            listed = [each for each in self.operations if each.listed_from <= self.now and not each.deleted]
            return answer({"operations": [self.view(each) for each in reversed(listed)]})
        name = path.partition("v1beta/")[2]
        if request.verb == "GET" or name.endswith(":cancel"):
            return self._one(name.removesuffix(":cancel"), cancel=name.endswith(":cancel"))
        assert isinstance(request.body, bytes)
        body = json.loads(request.body)
        return self._start(body["requestId"], body["description"])

    def _one(self, name: str, *, cancel: bool) -> Response:
        each = next((each for each in self.operations if each.name == name and not each.deleted), None)
        if each is None:
            return refusal(404, "NOT_FOUND", "no such operation")
        if cancel and each.ends > self.now:
            each.ends, each.cancelled = self.now, True
        return answer({} if cancel else self.view(each))

    def _start(self, request_id: str, description: str) -> Response:
        unfinished = sum(each.ends > self.now for each in self.operations)
        full = unfinished >= self.limit
        words = (
            f"Too many tasks already in the queue ({self.limit}). Please wait for some of them to complete."
        )
        if full and not self.burns:
            return refusal(429, "RESOURCE_EXHAUSTED", words)
        if request_id in self.used:
            return refusal(
                409, "ALREADY_EXISTS", "A different Operation was already started with the given request_id."
            )
        self.used.add(request_id)
        if full:
            return refusal(429, "RESOURCE_EXHAUSTED", words)
        key = description.rpartition(".gw-")[0].removeprefix("d.")
        count = sum(each.description.startswith(f"d.{key}.gw-") for each in self.operations)
        planned = self.failures.get(key, [])
        each = Started(
            name=f"projects/p/operations/OP{len(self.operations)}",
            description=description,
            request_id=request_id,
            listed_from=self.now + LAG * self.chance.random(),
            ends=self.now + self.life * self.chance.random(),
            failure=planned[count] if count < len(planned) else "",
        )
        self.operations.append(each)
        reply = answer(self.view(each))
        self.on_start()
        return reply

    def view(self, each: Started) -> dict[str, Any]:
        done = each.ends <= self.now
        state = "RUNNING"
        if done:
            state = "CANCELLED" if each.cancelled else "FAILED" if each.failure else "SUCCEEDED"
        shown: dict[str, Any] = {
            "name": each.name,
            "metadata": {
                "@type": "type.googleapis.com/google.earthengine.v1beta.OperationMetadata",
                "description": each.description,
                "state": state,
            },
        }
        if done:
            error = (
                {"code": 1, "message": "Cancelled."}
                if each.cancelled
                else {"code": 3, "message": each.failure}
            )
            shown |= {"done": True, **({"response": {}} if state == "SUCCEEDED" else {"error": error})}
        return shown

    def doubled(self, uid: str, keys: list[str]) -> list[str]:
        """Attempts of keys that have more than one operation, and operations that nobody asked for."""
        owners = {
            request_id: (key, attempt)
            for key in keys
            for attempt in range(1, 9)
            for request_id in request_ids(uid, entry_of(key, request_of(key)), attempt=attempt)
        }
        counts: dict[tuple[str, int], int] = {}
        for each in self.operations:
            owner = owners[each.request_id]
            counts[owner] = counts.get(owner, 0) + 1
        return [f"{owner} has {count} operations" for owner, count in counts.items() if count > 1]


@define
class Line:
    """The way to the service: time passes on it, and requests get lost before or after their effect."""

    world: World

    def send(self, request: Request) -> Response:
        world = self.world
        world.point()
        # Most processes would see nothing but faults of listings, which come first, otherwise.
        share = world.faults if request.verb == "POST" else world.faults / 4
        fault = world.chance.choice(FAULTS) if world.chance.random() < share else ""
        world.now += 0.5
        if fault == "no connection":
            raise TransportError("no connection", sent=False)
        if fault == "lost before":
            raise TransportError("reset", sent=True)
        if fault in ("429", "403", "401", "503 before"):
            return refusal(int(fault[:3]))
        reply = world.handle(request)
        world.point()
        world.now += 0.5
        if fault == "lost after":
            raise TransportError("reset", sent=True)
        return refusal(int(fault[:3])) if fault.endswith(" after") else reply


class Watched:
    """A ledger whose process may be killed before and after each transaction."""

    def __init__(self, ledger: Ledger, world: World) -> None:
        self._ledger, self._world = ledger, world

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._ledger, name)
        if name not in METHODS:
            return method

        def transaction(*values: Any, **options: Any) -> Any:
            self._world.point()
            result = method(*values, **options)
            self._world.point()
            return result

        return transaction


@define(eq=False)
class Runner:
    """A process that runs the batch, and begins anew after it was killed."""

    world: World
    open: Callable[[], Ledger]
    name: str
    options: dict[str, Any] = field(factory=dict)
    dead: bool = True
    batch: Batch | None = None
    ledger: Ledger | None = None
    errors: list[GroundwireError] = field(factory=list)

    def alive(self) -> Batch:
        if self.dead or self.batch is None:
            self.close()
            self.ledger = self.open()
            ledger: Any = Watched(self.ledger, self.world)
            options: dict[str, Any] = {"threads": 1, "settle": SETTLE, **self.options}
            self.batch = Batch(self.world.client(), ledger, name=self.name, **options)
            self.dead = False
        return self.batch

    def close(self) -> None:
        """Let go of the ledger, as the end of a process does."""
        if self.ledger is not None:
            self.ledger.close()
        self.ledger, self.dead = None, True

    def step(self) -> None:
        """Take one step; a kill ends the process, and an error of the account the step."""
        self.world.current.append(self)
        try:
            with suppress(Killed):
                self.alive().step()
        except GroundwireError as error:
            self.errors.append(error)
        finally:
            self.world.current.pop()


def until_done(world: World, runner: Runner, steps: int = 400) -> Iterator[str]:
    """Let one process come to the end of the batch, and say what has not ended."""
    world.faults, world.events = 0.0, 0.0
    for _ in range(steps):
        runner.step()
        batch = runner.alive()
        if not batch.progress().unfinished:
            return
        if batch.progress().paused:
            batch.resume()
        world.sleep(20.0)
    yield from (f"{row.key} is {row.state} {row.error}" for row in runner.alive().report().rows)
