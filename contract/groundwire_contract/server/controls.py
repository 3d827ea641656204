"""The controls that a test has over a running contract server."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen

from ..assets.record import Asset
from ..clock import SteppedClock
from ..environment import Environment
from ..exchange import Recorded
from ..front import ContractRequest
from ..given import Given
from ..operations import state as op
from ..operations.script import Script
from ..operations.state import Operation
from ..overrides import Change, Step
from ..rest.contract import method_named
from ..service import Service

_CANCELLED: Final = (op.State.CANCELLING, op.State.CANCELLED)


@frozen(kw_only=True)
class Served:
    """The id of the API, such as `earthengine:v1beta`, the path before its own ones, and whether its clock can be advanced."""

    api: str
    base: str
    is_stepped: bool


class Controls:
    """The controls of a service. Each call is atomic; arguments and results are values that can be
    serialized.

    Raises LookupError for unknown operations and rules, ValueError for what cannot be done.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self.local: Service | None = service
        """The service, where it runs in this process."""
        self._state = service.state

    def reset(self, seed: int) -> None:
        """Forget everything. `seed` determines the names of new operations."""
        with self._state.lock:
            self._service.reset()
            self._service.draw = random.Random(seed).randbytes  # noqa: S311 - names that are alike in every run

    def served(self) -> Served:
        """Return what is served."""
        contract = self._service.contract
        is_stepped = isinstance(self._service.clock, SteppedClock)
        return Served(api=contract.api.id, base=contract.base, is_stepped=is_stepped)

    def now(self) -> datetime:
        """Return the time of the contract's clock."""
        return self._service.clock.now()

    def requests(self) -> tuple[Recorded, ...]:
        """Return the recorded requests, oldest first."""
        with self._state.lock:
            return tuple(self._state.requests)

    def operations(self) -> tuple[Operation, ...]:
        """Return the operations that were started and not deleted, oldest first."""
        with self._state.lock:
            newest_first = self._state.newest(None, None, lambda _: True, 2**62)
        return newest_first[::-1]

    def script(self) -> Script:
        """Return the script of new operations."""
        return self._service.script

    def set_script(self, script: Script) -> None:
        """Set the script of new operations."""
        self._service.script = script

    def environment(self) -> Environment:
        """Return the declared server-side state."""
        return self._service.environment

    def set_environment(self, environment: Environment) -> None:
        """Declare server-side state."""
        self._service.environment = environment

    def advance(self, seconds: float) -> None:
        """Advance a clock that does not run by itself."""
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

    def cancel(self, name: str) -> Operation:
        """Cancel an operation as its user would: at once while it is pending, after a while once it runs."""
        with self._state.lock:
            operation = op.cancel(self._found(name), self.now())
            self._state.put(operation)
            if (reached := op.state(operation, self.now())) not in _CANCELLED:
                raise ValueError(f"{operation.name} is {reached.value} already")
            return operation

    def hold(self, name: str | None) -> None:
        """Stop the progress of an operation; without a name, of all, including new ones."""
        with self._state.lock:
            self._service.held = self._service.held or name is None
            for operation in self._chosen(name):
                self._state.put(op.hold(operation, self.now()))

    def release(self, name: str | None) -> None:
        """Resume a held operation; without a name, all."""
        with self._state.lock:
            self._service.held = self._service.held and name is not None
            for operation in self._chosen(name):
                self._state.put(op.release(operation, self.now()))

    def assets(self) -> tuple[Asset, ...]:
        """Return all assets that exist, ordered by name."""
        with self._state.lock:
            return self._service.catalog().everything()

    def declare(self, assets: tuple[Asset, ...]) -> None:
        """Let assets exist from now on, in place of earlier ones of their names."""
        with self._state.lock:
            catalog = self._service.catalog()
            for asset in assets:
                catalog.put(asset)

    def add_steps(self, steps: tuple[Step, ...], method: str | None) -> None:
        """Queue steps for the next requests of any method, or of methods whose id ends with `method`."""
        with self._state.lock:
            for step in steps:
                self._service.overrides.add(step, method)

    def relax(self, rules: tuple[str, ...]) -> None:
        """Stop enforcing rules."""
        with self._state.lock:
            self._service.overrides.relax(*rules)

    def enforce(self, rules: tuple[str, ...]) -> None:
        """Enforce rules."""
        with self._state.lock:
            self._service.overrides.enforce(*rules)

    def override(self, rule: str, change: Change) -> None:
        """Override the answer of a rule."""
        with self._state.lock:
            self._service.overrides.change(rule, change)

    def set_answer(self, method: str, answer: Given) -> None:
        """Answer valid requests of a method so. LookupError for an unknown method, AnswerError (a ValueError) for a wrong answer."""
        known = method_named(self._service.contract.api.methods, method)
        self._service.check_answer(known, answer)
        with self._state.lock:
            self._service.overrides.answers[method] = answer

    def wrong_answers(self) -> tuple[str, ...]:
        """Return what was wrong with answers of functions."""
        with self._state.lock:
            return tuple(self._service.wrong_answers)

    def _found(self, name: str) -> Operation:
        return self._state.get(name) or operation_named(name, self.operations())

    def _chosen(self, name: str | None) -> Iterable[Operation]:
        return self.operations() if name is None else (self._found(name),)

    def _ended(self, operation: Operation, wanted: op.State) -> Operation:
        self._state.put(operation)
        reached = op.state(operation, self.now())
        if reached is not wanted:
            raise ValueError(f"{operation.name} is {reached.value} already")
        return operation


def operation_named(name: str, operations: Sequence[Operation]) -> Operation:
    """Return the operation of a name, or of its id alone, which earthengine-api's tasks have. Raises LookupError."""
    end = f"/operations/{name}"
    for operation in reversed(operations):
        if operation.name == name or operation.name.endswith(end):
            return operation
    newest = f"; the newest of {len(operations)} is {operations[-1].name!r}" if operations else ""
    raise LookupError(f"the contract server has no operation {name!r}{newest or ': none was started'}")


def answer_by(controls: Controls, method: str, function: Callable[[ContractRequest], object]) -> None:
    """Answer valid requests of a method by a function. Raises LookupError, and ValueError for a server in another process."""
    service = controls.local
    if service is None:
        raise ValueError(
            f"{method}: a function answers only where the server runs in a thread of this process"
        )
    method_named(service.contract.api.methods, method)
    with service.state.lock:
        service.overrides.answers[method] = function
