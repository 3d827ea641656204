"""What the pytest fixture `earthengine_contract` hands to a test: a running contract server, and the strings to it.

Time stands still on the server's clock. Three things move it:

* a client made by `client()` does not sleep: each of its pauses, while it polls or before it tries again, moves the
  clock by as much and takes no real time, so that `client.wait(operation)` ends at once and always alike;
* any other client moves it by `POLL_SECONDS` (2 seconds) with each look at an operation that has not ended (get, list,
  and wait, which lets its timeout pass), so that a loop that polls always ends: with the standard script it sees
  PENDING, RUNNING, RUNNING, and the end at the fourth look;
* a test moves it with `advance(seconds)`.

`finish` and `fail` end an operation on the spot. `hold` lets one stand still, whatever else happens.
"""

from __future__ import annotations

import random
import subprocess
import sys
import uuid
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Final

from attrs import evolve

from .clock import POLL_SECONDS, SteppedClock
from .contract import load
from .environment import NOTHING, Environment
from .exchange import Recorded
from .operations import state as op
from .operations.script import Script
from .operations.script_library import named
from .operations.state import Operation
from .overrides import Change, Step, read_step
from .rules.error_bodies import Refusal
from .rules.registry import BLAMED, RULES
from .server.controls import Controls

if TYPE_CHECKING:
    from typing import Unpack

    from groundwire import Client
    from groundwire_runtime.google_client import GoogleOptions

PROJECT: Final = "contract-project"
"""The project that `client()` is made for."""


class EarthEngineContract:
    """A running contract server, fresh for every test. All of it is safe to use from several threads."""

    def __init__(self, endpoint: str, controls: Controls, stop: Callable[[], None]) -> None:
        self._controls = controls
        self.endpoint: Final = endpoint
        """Where the server listens, such as `http://127.0.0.1:49152`."""
        self.stop: Final = stop
        """Stop the server."""
        self._clients: list[Client] = []
        self.reset()

    def reset(self) -> None:
        """Forget everything: as at the start of a test. Operations get the same names again."""
        self._controls.reset(0)
        for client in self._clients:
            client.started.clear()
        self._clients.clear()
        self._told = 0.0
        self._chance = random.Random(0)  # noqa: S311 # ids that are alike in every run, not secrets

    def client(self, *, project: str = PROJECT, **options: Unpack[GoogleOptions]) -> Client:
        """A client of the server, without credentials, whose pauses move the server's clock and take no time.

        `options` are those of `groundwire.Client`, and win.
        """
        import groundwire
        from groundwire_runtime.clock import Clock

        clock = Clock(
            monotonic=lambda: self._told,
            unix=lambda: self._controls.now().timestamp(),
            sleep=self.advance,
            random=self._chance.random,
            new_id=lambda: str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
        )
        settings: GoogleOptions = {
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
        return self._controls.requests()

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation that was started and not deleted, in order."""
        return self._controls.operations()

    @property
    def life(self) -> Script:
        """What operations do that are started from now on; may be set, to a script or to the name of a ready-made one."""
        return self._controls.script()

    @life.setter
    def life(self, life: Script | str) -> None:
        self._controls.set_script(named(life) if isinstance(life, str) else life)

    @property
    def surroundings(self) -> Environment:
        """Assets that exist, buckets that cannot be written, limits and lag; may be set."""
        return self._controls.environment()

    @surroundings.setter
    def surroundings(self, environment: Environment) -> None:
        self._controls.set_environment(environment)

    @property
    def queue_limit(self) -> int:
        """Unfinished operations that a project may hold: part of `surroundings`; may be set."""
        return self.surroundings.queue_limit

    @queue_limit.setter
    def queue_limit(self, limit: int) -> None:
        self.surroundings = evolve(self.surroundings, queue_limit=limit)

    @property
    def listing_lag(self) -> float:
        """Seconds after its start in which no listing has an operation: part of `surroundings`; may be set."""
        return self.surroundings.listing_lag

    @listing_lag.setter
    def listing_lag(self, seconds: float) -> None:
        self.surroundings = evolve(self.surroundings, listing_lag=seconds)

    def state(self, operation: object) -> op.State:
        """The state of an operation, without looking at it through the server. Raises LookupError."""
        name = _name(operation)
        found = next((found for found in self.operations if found.name == name), None)
        if found is None:
            raise LookupError(f"the contract server has no operation {name!r}")
        return op.state(found, self._controls.now())

    def advance(self, seconds: float) -> None:
        """Let time pass for all operations but those that are held. Raises ValueError for negative seconds."""
        self._controls.advance(seconds)
        self._told += seconds

    def finish(self, operation: object) -> Operation:
        """End an operation now, successfully. `operation` is its name, or anything that has a `name`.

        Raises LookupError when the server has no such operation, ValueError when it has ended otherwise.
        """
        return self._controls.finish(_name(operation))

    def fail(self, operation: object, message: str = "Internal error.", *, code: int = 3) -> Operation:
        """End an operation now, with an error. Raises LookupError and ValueError as `finish` does."""
        return self._controls.fail(_name(operation), message, code)

    def hold(self, operation: object | None = None) -> None:
        """Let an operation stand still until `release`, `finish`, `fail` or a cancel; without one: all, new ones too."""
        self._controls.hold(None if operation is None else _name(operation))

    def release(self, operation: object | None = None) -> None:
        """Let a held operation go on where it stood; without one: all."""
        self._controls.release(None if operation is None else _name(operation))

    def script(self, steps: Iterable[str | int | Step | Refusal], *, method: str | None = None) -> None:
        """Say what becomes of the next requests, one step each; those that come after are answered as always.

        A step is `ok`; a status (401, 403, 409, 429, 500, 503), whose request has no effect, or `503 after`, whose
        request has; `reset before` and `reset after` (the request took effect, no answer came), `cut` (half an answer),
        `drip` (one that takes a second), `expired token`; the id of a rule; or a Step or Refusal of your own.
        `method` is the end of a method's id, such as `image.export`; the next requests of any method otherwise.
        Raises LookupError for a step that is not known.
        """
        self._controls.add_steps(tuple(read_step(step, PROJECT) for step in steps), method)

    def refuse(self, refusal: str | int | Refusal, *, times: int = 1, method: str | None = None) -> None:
        """Refuse the next requests: a script of one step, so many times. Raises LookupError as `script` does."""
        self.script([refusal] * times, method=method)

    def relax(self, *rules: str) -> None:
        """Do not enforce rules for the rest of the test. Raises LookupError for an id that no rule has."""
        self._controls.relax(rules)

    def enforce(self, *rules: str) -> None:
        """Enforce rules for the rest of the test, such as one that is off otherwise. Raises LookupError as `relax` does."""
        self._controls.enforce(rules)

    def answer(self, rule: str, *, code: int | None = None, message: str | None = None) -> None:
        """Let a rule answer with another status or message for the rest of the test. Raises LookupError, ValueError."""
        self._controls.override(rule, Change(code=code, message=message))

    def assert_valid(self) -> None:
        """Raises AssertionError that lists the requests which the service would have refused for what they say.

        Refusals that a test ordered, or that the state deserved (a full queue, a request id used before), do not
        count.
        """
        wrong = [
            f"{found.verb} {found.path}: {found.status} {found.verdict}: {RULES[found.verdict].statement}"
            for found in self.requests
            if found.verdict in BLAMED
        ]
        if wrong:
            raise AssertionError("\n".join((f"{len(wrong)} requests break the contract:", *wrong)))

    def close_clients(self) -> None:
        """Close the clients that were made."""
        for client in self._clients:
            client.close()


def _name(operation: object) -> str:
    return operation if isinstance(operation, str) else str(getattr(operation, "name", None))


def running(environment: Environment = NOTHING, *, allow_hosts: Collection[str] = ()) -> EarthEngineContract:
    """Start a contract server of Earth Engine v1beta in a thread; stop it with `stop()`.

    It answers under this machine's names and `allow_hosts`. Raises ValueError for what cannot be a host.
    """
    from .server.host import read_name
    from .server.http import ServerThread
    from .service import Service

    service = Service(load(), clock=SteppedClock(poll_seconds=POLL_SECONDS), environment=environment)
    thread = ServerThread(service, allow_hosts=frozenset(map(read_name, allow_hosts)))
    return EarthEngineContract(thread.endpoint, Controls(service), thread.stop)


def running_apart(
    environment: Environment = NOTHING, *, allow_hosts: Collection[str] = ()
) -> EarthEngineContract:
    """Start one in a process of its own, which other processes may reach too; stop it with `stop()`."""
    from .server.remote import RemoteControls

    command = [sys.executable, "-m", "groundwire_contract", "serve", "--clock", "stepped"]
    command += (f"--allow-host={name}" for name in allow_hosts)
    command += [
        "--queue-limit",
        str(environment.queue_limit),
        "--listing-lag",
        str(environment.listing_lag),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    line = "" if process.stdout is None else process.stdout.readline()

    def stop() -> None:
        with process:
            process.terminate()

    if not line:
        stop()
        raise RuntimeError("the contract server did not start; what it said is on stderr")
    endpoint = line.split()[-1]
    try:
        return EarthEngineContract(endpoint, RemoteControls(endpoint), stop)
    except BaseException:
        stop()
        raise
