"""What the pytest fixture `earthengine_contract` hands to a test: a running contract server, and the strings to it.

Time stands still on the server's clock. Three things move it:

* a client made by `client()` does not sleep: each of its pauses, while it polls or before it tries again, moves the
  clock by as much and takes no real time, so that `client.wait(operation)` ends at once and always alike;
* any other client moves it by `LOOK` (2 seconds) with each look at an operation that has not ended (get, list,
  and wait, which lets its timeout pass), so that a loop that polls always ends: with the standard script it sees
  PENDING, RUNNING, RUNNING, and the end at the fourth look;
* a test moves it with `advance(seconds)`.

`finish` and `fail` end an operation on the spot. `hold` lets one stand still, whatever else happens.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from .behaviour import operation as op
from .behaviour.operation import Operation
from .behaviour.script import Script
from .behaviour.scripts import STANDARD, named
from .behaviour.surroundings import Surroundings
from .clock import SteppedClock
from .contract import Contract, load
from .errors import Refusal
from .exchange import Recorded
from .orders import Change, Step, read_step
from .rules import BLAMED, RULES
from .server import ServerThread
from .service import Service
from .state.memory import Memory

if TYPE_CHECKING:
    from typing import Unpack

    from groundwire import Client
    from groundwire_runtime.options import ClientOptions

PROJECT: Final = "contract-project"
"""The project that `client()` is made for."""
LOOK: Final = 2.0
"""Seconds that pass with each look at an operation that has not ended."""


class EarthEngineContract:
    """A running contract server, fresh for every test. All of it is safe to use from several threads."""

    def __init__(self, contract: Contract) -> None:
        self._memory = Memory()
        self._clock = SteppedClock(look=LOOK)
        self._service = Service(contract, state=self._memory, clock=self._clock, script=STANDARD)
        self._thread = ServerThread(self._service)
        self.endpoint: Final = self._thread.endpoint
        """Where the server listens, such as `http://127.0.0.1:49152`."""
        self.reset()

    def reset(self) -> None:
        """Forget everything: as at the start of a test."""
        with self._memory.lock:
            self._service.reset()
            self._clients: list[Client] = []
            self._told = 0.0
            chance = random.Random(0)  # noqa: S311 # names that are alike in every run, not secrets
            self._chance = chance
            self._service.draw = chance.randbytes

    def client(self, *, project: str = PROJECT, **options: Unpack[ClientOptions]) -> Client:
        """A client of the server, without credentials, whose pauses move the server's clock and take no time.

        `options` are those of `groundwire.Client`, and win.
        """
        import groundwire
        from groundwire_runtime.clock import Clock

        clock = Clock(
            monotonic=lambda: self._told,
            unix=lambda: self._clock.now().timestamp(),
            sleep=self.advance,
            random=self._chance.random,
            new_id=lambda: str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
        )
        settings: ClientOptions = {
            "endpoint": self.endpoint,
            "credentials": groundwire.credentials.anonymous(),
            "clock": clock,
            **options,
        }
        made = groundwire.Client(project=project, **settings)
        self._clients.append(made)
        return made

    @property
    def requests(self) -> tuple[Recorded, ...]:
        """Every request that was answered, in order, without credentials. `verdict` says what became of it."""
        with self._memory.lock:
            return tuple(self._memory.requests)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation that was started and not deleted, in order."""
        with self._memory.lock:
            return tuple(self._memory.operations.values())

    @property
    def life(self) -> Script:
        """What operations do that are started from now on; may be set, to a script or to the name of a ready-made one."""
        return self._service.script

    @life.setter
    def life(self, life: Script | str) -> None:
        self._service.script = named(life) if isinstance(life, str) else life

    @property
    def surroundings(self) -> Surroundings:
        """Assets that exist, buckets that cannot be written, requests a minute; may be set."""
        return self._service.surroundings

    @surroundings.setter
    def surroundings(self, surroundings: Surroundings) -> None:
        self._service.surroundings = surroundings

    def state(self, operation: object) -> op.State:
        """The state of an operation, without looking at it through the server."""
        with self._memory.lock:
            return op.state(self._found(operation), self._clock.now())

    def advance(self, seconds: float) -> None:
        """Let time pass for all operations but those that are held. Raises ValueError for negative seconds."""
        with self._memory.lock:
            self._clock.elapse(seconds)
            self._told += seconds

    def finish(self, operation: object) -> Operation:
        """End an operation now, successfully. `operation` is its name, or anything that has a `name`.

        Raises LookupError when the server has no such operation, ValueError when it has ended otherwise.
        """
        with self._memory.lock:
            now = self._clock.now()
            return self._ended(op.finish(self._found(operation), now), op.State.SUCCEEDED)

    def fail(self, operation: object, message: str = "Internal error.", *, code: int = 3) -> Operation:
        """End an operation now, with an error. Raises LookupError and ValueError as `finish` does."""
        with self._memory.lock:
            now = self._clock.now()
            return self._ended(op.fail(self._found(operation), now, message, code), op.State.FAILED)

    def hold(self, operation: object | None = None) -> None:
        """Let an operation stand still until `release`, `finish`, `fail` or a cancel; without one: all, new ones too."""
        with self._memory.lock:
            if operation is None:
                self._service.held = True
            for found in self._chosen(operation):
                self._memory.put(op.hold(found, self._clock.now()))

    def release(self, operation: object | None = None) -> None:
        """Let a held operation go on where it stood; without one: all."""
        with self._memory.lock:
            if operation is None:
                self._service.held = False
            for found in self._chosen(operation):
                self._memory.put(op.release(found, self._clock.now()))

    def script(self, steps: Iterable[str | int | Step | Refusal], *, method: str | None = None) -> None:
        """Say what becomes of the next requests, one step each; those that come after are answered as always.

        A step is `ok`; a status (401, 403, 409, 429, 500, 503), whose request has no effect, or `503 after`, whose
        request has; `reset before` and `reset after` (the request took effect, no answer came), `cut` (half an answer),
        `drip` (one that takes a second), `expired token`; the id of a rule; or a Step or Refusal of your own.
        `method` is the end of a method's id, such as `image.export`; the next requests of any method otherwise.
        Raises LookupError for a step that is not known.
        """
        read = [read_step(step, PROJECT) for step in steps]
        with self._memory.lock:
            for step in read:
                self._service.orders.add(step, method)

    def refuse(self, refusal: str | int | Refusal, *, times: int = 1, method: str | None = None) -> None:
        """Refuse the next requests: a script of one step, so many times. Raises LookupError as `script` does."""
        self.script([refusal] * times, method=method)

    def relax(self, *rules: str) -> None:
        """Do not enforce rules for the rest of the test. Raises LookupError for an id that no rule has."""
        with self._memory.lock:
            self._service.orders.relax(*rules)

    def enforce(self, *rules: str) -> None:
        """Enforce rules for the rest of the test, such as one that is off otherwise. Raises LookupError as `relax` does."""
        with self._memory.lock:
            self._service.orders.enforce(*rules)

    def answer(self, rule: str, *, code: int | None = None, message: str | None = None) -> None:
        """Let a rule answer with another status or message for the rest of the test. Raises LookupError, ValueError."""
        with self._memory.lock:
            self._service.orders.change(rule, Change(code=code, message=message))

    def assert_valid(self) -> None:
        """Raises AssertionError that lists the requests which the service would have refused for what they say.

        Refusals that a test ordered, or that the state deserved (a full queue, a request id used before), do not
        count.
        """
        wrong = [
            f"{found.verb} {found.path}: {found.status} {found.verdict}: {RULES[found.verdict].says}"
            for found in self.requests
            if found.verdict in BLAMED
        ]
        if wrong:
            raise AssertionError("\n".join((f"{len(wrong)} requests break the contract:", *wrong)))

    def close_clients(self) -> None:
        """Close the clients that were made."""
        for client in self._clients:
            client.close()

    def stop(self) -> None:
        """Stop the server."""
        self._thread.stop()

    def _found(self, operation: object) -> Operation:
        name = operation if isinstance(operation, str) else getattr(operation, "name", None)
        found = self._memory.get(name) if isinstance(name, str) else None
        if found is None:
            raise LookupError(f"the contract server has no operation {name!r}")
        return found

    def _chosen(self, operation: object | None) -> Iterable[Operation]:
        return tuple(self._memory.operations.values()) if operation is None else (self._found(operation),)

    def _ended(self, operation: Operation, wanted: op.State) -> Operation:
        self._memory.put(operation)
        reached = op.state(operation, self._clock.now())
        if reached is not wanted:
            raise ValueError(f"{operation.name} is {reached.value} already")
        return operation


def running() -> EarthEngineContract:
    """Start a contract server of Earth Engine v1beta in a thread; stop it with `stop()`."""
    return EarthEngineContract(load())
