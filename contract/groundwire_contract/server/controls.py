"""What a test does to a running contract beside the requests that it makes."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime

from ..clock import SteppedClock
from ..environment import Environment
from ..exchange import Recorded
from ..operations import state as op
from ..operations.script import Script
from ..operations.state import Operation
from ..overrides import Change, Step
from ..service import Service


class Controls:
    """The controls of a service, each held to one instant. Arguments and results are values, so that they may travel.

    Names that no operation has raise LookupError, and what cannot be done ValueError.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._state = service.state

    def reset(self, seed: int) -> None:
        """Forget everything; operations are named from a seed on."""
        with self._state.lock:
            self._service.reset()
            self._service.draw = random.Random(seed).randbytes  # noqa: S311 - names that are alike in every run

    def now(self) -> datetime:
        """The instant of the contract's clock."""
        return self._service.clock.now()

    def requests(self) -> tuple[Recorded, ...]:
        """The requests that are remembered, oldest first."""
        with self._state.lock:
            return tuple(self._state.requests)

    def operations(self) -> tuple[Operation, ...]:
        """The operations that were started and not deleted, oldest first."""
        with self._state.lock:
            found = self._state.newest(None, None, lambda _: True, 2**62)
        return found[::-1]

    def script(self) -> Script:
        """What operations do that are started from now on."""
        return self._service.script

    def set_script(self, script: Script) -> None:
        """Let operations that are started from now on follow a script."""
        self._service.script = script

    def environment(self) -> Environment:
        """What is there around the service."""
        return self._service.environment

    def set_environment(self, environment: Environment) -> None:
        """Let other things be there."""
        self._service.environment = environment

    def advance(self, seconds: float) -> None:
        """Let time pass, where it does not pass by itself."""
        with self._state.lock:
            clock = self._service.clock
            if not isinstance(clock, SteppedClock):
                raise ValueError("only a frozen or stepped clock is advanced: serve with --clock frozen")
            clock.advance(seconds)
            self._state.keep_time(clock.now())

    def finish(self, name: str) -> Operation:
        """End an operation now, successfully."""
        with self._state.lock:
            return self._ended(op.finish(self._found(name), self.now()), op.State.SUCCEEDED)

    def fail(self, name: str, message: str, code: int) -> Operation:
        """End an operation now, with an error."""
        with self._state.lock:
            return self._ended(op.fail(self._found(name), self.now(), message, code), op.State.FAILED)

    def hold(self, name: str | None) -> None:
        """Let an operation stand still; without a name all of them, new ones too."""
        with self._state.lock:
            self._service.held = self._service.held or name is None
            for found in self._chosen(name):
                self._state.put(op.hold(found, self.now()))

    def release(self, name: str | None) -> None:
        """Let a held operation go on where it stood; without a name all of them."""
        with self._state.lock:
            self._service.held = self._service.held and name is not None
            for found in self._chosen(name):
                self._state.put(op.release(found, self.now()))

    def add_steps(self, steps: tuple[Step, ...], method: str | None) -> None:
        """Say what becomes of the next requests, of any method or of those whose id ends so."""
        with self._state.lock:
            for step in steps:
                self._service.overrides.add(step, method)

    def relax(self, rules: tuple[str, ...]) -> None:
        """Do not enforce rules any more."""
        with self._state.lock:
            self._service.overrides.relax(*rules)

    def enforce(self, rules: tuple[str, ...]) -> None:
        """Enforce rules."""
        with self._state.lock:
            self._service.overrides.enforce(*rules)

    def override(self, rule: str, change: Change) -> None:
        """Let a rule answer otherwise."""
        with self._state.lock:
            self._service.overrides.change(rule, change)

    def _found(self, name: str) -> Operation:
        found = self._state.get(name)
        if found is None:
            raise LookupError(f"the contract server has no operation {name!r}")
        return found

    def _chosen(self, name: str | None) -> Iterable[Operation]:
        return self.operations() if name is None else (self._found(name),)

    def _ended(self, operation: Operation, wanted: op.State) -> Operation:
        self._state.put(operation)
        reached = op.state(operation, self.now())
        if reached is not wanted:
            raise ValueError(f"{operation.name} is {reached.value} already")
        return operation
