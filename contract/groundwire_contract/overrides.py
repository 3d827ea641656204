"""What a test orders of the contract: rules that are off or answer otherwise, and what becomes of the next requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import evolve, frozen

from .exchange import Delivery
from .rules.error_bodies import STATUS, Refusal
from .rules.refusals import catalogue
from .rules.registry import OFF, known


@frozen(kw_only=True)
class Step:
    """What becomes of one request: whether it takes effect, the refusal in place of its answer, how that leaves."""

    effect: bool = True
    refusal: Refusal | None = None
    delivery: Delivery = Delivery.WHOLE


@frozen(kw_only=True)
class Change:
    """Another answer for a rule: the HTTP status, the message, or both."""

    code: int | None = None
    message: str | None = None


STATUSES: Final[Mapping[int, str]] = {
    401: "unauthenticated",
    403: "iam-permission-denied",
    409: "request-id-reused",
    429: "rate-quota",
    500: "internal",
    503: "unavailable",
}
"""The rule whose refusal a bare status stands for."""
_DELIVERED: Final[Mapping[str, Step]] = {
    "ok": Step(),
    "reset before": Step(effect=False, delivery=Delivery.RESET),
    "reset after": Step(delivery=Delivery.RESET),
    "cut": Step(delivery=Delivery.CUT),
    "drip": Step(delivery=Delivery.DRIP),
}


def steps(project: str) -> Mapping[str, Step]:
    """Every step by its name. `project` is the bare project id that refusals name.

    `ok`, the faults of delivery (`reset before` and `reset after` the request takes effect, `cut`, `drip`),
    `expired token`, a status such as `503`, which may be followed by `before` or `after`, and the id of any rule
    that has a refusal.
    """
    refusals = catalogue(project)
    found = {**_DELIVERED, "expired token": _refused(refusals["unauthenticated"])}
    for rule, refusal in refusals.items():
        found[rule] = _refused(refusal)
    for status, rule in STATUSES.items():
        found[str(status)] = found[f"{status} before"] = _refused(refusals[rule])
        found[f"{status} after"] = Step(refusal=refusals[rule])
    return found


def read_step(step: str | int | Step | Refusal, project: str) -> Step:
    """A step from its name, its status or a refusal of its own. Raises LookupError."""
    if isinstance(step, Step):
        return step
    if isinstance(step, Refusal):
        return _refused(step)
    names = steps(project)
    found = names.get(str(step))
    if found is None:
        raise LookupError(f"{step!r} is none of {', '.join(sorted(names))}")
    return found


def _refused(refusal: Refusal) -> Step:
    return Step(effect=False, refusal=refusal)


class Overrides:
    """The orders in force. Not safe by itself: the service holds its state's lock over it."""

    def __init__(
        self,
        *,
        relaxed: Iterable[str] = (),
        enforced: Iterable[str] = (),
        changes: Mapping[str, Change] | None = None,
    ) -> None:
        self.relaxed = OFF
        self._changes: dict[str, Change] = {}
        self._steps: deque[tuple[str | None, Step]] = deque()
        self.relax(*relaxed)
        self.enforce(*enforced)
        for rule, change in (changes or {}).items():
            self.change(rule, change)
        self._usual = (self.relaxed, dict(self._changes))

    def reset(self) -> None:
        """Forget all orders but those it was made with."""
        self.relaxed, self._changes = self._usual[0], dict(self._usual[1])
        self._steps.clear()

    def relax(self, *rules: str) -> None:
        """Do not enforce rules any more. Raises LookupError for an id that no rule has."""
        self.relaxed |= known(rules)

    def enforce(self, *rules: str) -> None:
        """Enforce rules, those too that are off unless a test wants them. Raises LookupError as `relax` does."""
        self.relaxed -= known(rules)

    def change(self, rule: str, change: Change) -> None:
        """Let a rule answer otherwise. Raises LookupError for an id that no rule has, ValueError for a status."""
        known([rule])
        if change.code is not None and change.code not in STATUS:
            raise ValueError(f"{change.code} is none of {', '.join(map(str, STATUS))}")
        self._changes[rule] = change

    def add(self, step: Step, method: str | None = None) -> None:
        """Let a step become of a coming request: of a method whose id ends so, or of any."""
        self._steps.append((method, step))

    def take_step(self, method: str) -> Step | None:
        """The step that was ordered for the next request of a method; it is used up."""
        for index, (wanted, step) in enumerate(self._steps):
            if wanted is None or method.endswith(wanted):
                del self._steps[index]
                return step
        return None

    def applied_to(self, refusal: Refusal) -> Refusal:
        """A refusal as it is to be answered."""
        change = self._changes.get(refusal.rule)
        if change is None:
            return refusal
        return evolve(
            refusal,
            code=refusal.code if change.code is None else change.code,
            message=refusal.message if change.message is None else change.message,
        )
