"""Overrides that a test sets: rules that are off or answer differently, and scripted answers to the next
requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Final, TypeAlias

from attrs import evolve, frozen

from .exchange import Delivery
from .front import ContractRequest
from .given import Given
from .rules.error_bodies import STATUS, Refusal
from .rules.fixed import FIXED, UNANSWERED
from .rules.refusals import catalogue
from .rules.registry import OFF, OPENAPI, checked_ids
from .suggestion import suggestion


@frozen(kw_only=True)
class Step:
    """The handling of one request: whether it takes effect, the refusal that replaces its answer, and the
    delivery."""

    effect: bool = True
    refusal: Refusal | None = None
    delivery: Delivery = Delivery.WHOLE


@frozen(kw_only=True)
class Change:
    """Another answer for a rule: the HTTP status, the message, or both."""

    code: int | None = None
    message: str | None = None


GivenAnswer: TypeAlias = "Given | Callable[[ContractRequest], object]"
"""An answer of a test, or a function that makes one of a valid request."""
STATUSES: Final[Mapping[int, str]] = {
    401: "unauthenticated",
    403: "iam-permission-denied",
    409: "request-id-reused",
    429: "rate-quota",
    500: "internal",
    503: "unavailable",
}
"""The rule whose refusal a bare status selects."""
_DELIVERED: Final[Mapping[str, Step]] = {
    "ok": Step(),
    "reset before": Step(effect=False, delivery=Delivery.RESET),
    "reset after": Step(delivery=Delivery.RESET),
    "cut": Step(delivery=Delivery.CUT),
    "drip": Step(delivery=Delivery.DRIP),
}


def steps(project: str) -> Mapping[str, Step]:
    """Return every step by its name. `project` is the bare project id that refusals name.

    Names are `ok`, the delivery faults (`reset before`, `reset after`, `cut`, `drip`), `expired token`, a
    status such as `503`, optionally with ` before` or ` after`, and the id of any rule that has a refusal.
    """
    refusals = catalogue(project)
    steps_by_name = {**_DELIVERED, "expired token": _refused(refusals["unauthenticated"])}
    for rule, refusal in refusals.items():
        steps_by_name[rule] = _refused(refusal)
    for status, rule in STATUSES.items():
        steps_by_name[str(status)] = steps_by_name[f"{status} before"] = _refused(refusals[rule])
        steps_by_name[f"{status} after"] = Step(refusal=refusals[rule])
    return steps_by_name


def read_step(step: str | int | Step | Refusal, project: str) -> Step:
    """Return the step for a name, a status or a refusal. Raises LookupError."""
    if isinstance(step, Step):
        return step
    if isinstance(step, Refusal):
        return _refused(step)
    names = steps(project)
    match = names.get(str(step))
    if match is None:
        raise LookupError(f"{step!r} is none of {', '.join(sorted(names))}{suggestion(str(step), names)}")
    return match


def read_plain_step(step: str | int | Step | Refusal) -> Step:
    """Return the step for a name or any status of an error, for an API that words no errors of its own. Raises LookupError."""
    if isinstance(step, Step | Refusal):
        return step if isinstance(step, Step) else _refused(step)
    status, _, when = str(step).partition(" ")
    if str(step) in _DELIVERED:
        return _DELIVERED[str(step)]
    if not status.isdecimal() or not 400 <= int(status) <= 599 or when not in ("", "before", "after"):
        raise LookupError(
            f"{step!r} is none of {', '.join(_DELIVERED)}, 400 to 599, `503 before`, `503 after`"
        )
    known = {each.value: each.phrase for each in HTTPStatus}
    refusal = Refusal(
        rule="answer-given", code=int(status), message=known.get(int(status), "The test answers so.")
    )
    return Step(effect=when == "after", refusal=refusal)


def _refused(refusal: Refusal) -> Step:
    return Step(effect=False, refusal=refusal)


class Overrides:
    """The overrides in force. Not thread-safe: the service holds its state's lock."""

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
        self.answers: dict[str, GivenAnswer] = {}
        """Answers of a test by method id."""
        self.relax(*relaxed)
        self.enforce(*enforced)
        for rule, change in (changes or {}).items():
            self.change(rule, change)
        self._usual = (self.relaxed, dict(self._changes))
        self._usual_answers: dict[str, GivenAnswer] = {}

    def reset(self) -> None:
        """Restore the overrides that were passed to the constructor."""
        self.relaxed, self._changes = self._usual[0], dict(self._usual[1])
        self._steps.clear()
        self.answers.clear()
        self.answers.update(self._usual_answers)

    def answer_usually(self, method: str, answer: GivenAnswer) -> None:
        """Answer a method so, also after a reset."""
        self._usual_answers[method] = self.answers[method] = answer

    def relax(self, *rules: str) -> None:
        """Stop enforcing rules. Raises LookupError for an unknown id, ValueError for a rule that cannot be relaxed."""
        checked = checked_ids(rules)
        for id_ in sorted(checked & FIXED.keys()):
            raise ValueError(f"{id_} cannot be relaxed: {FIXED[id_]}")
        self.relaxed |= checked

    def enforce(self, *rules: str) -> None:
        """Enforce rules, including those that are off by default. Raises LookupError as `relax` does."""
        self.relaxed -= checked_ids(rules)

    def change(self, rule: str, change: Change) -> None:
        """Override the answer of a rule. Raises LookupError for an unknown id, ValueError for an unknown
        status and for a rule without an answer."""
        checked_ids([rule])
        if rule in UNANSWERED:
            raise ValueError(f"{rule} has no answer of its own to change")
        known = change.code in STATUS or (rule in OPENAPI and 400 <= (change.code or 400) <= 599)
        if change.code is not None and not known:
            raise ValueError(f"{change.code} is none of {', '.join(map(str, STATUS))}")
        self._changes[rule] = change

    def add(self, step: Step, method: str | None = None) -> None:
        """Queue a step for the next request of any method, or of methods whose id ends with `method`."""
        self._steps.append((method, step))

    @property
    def has_steps(self) -> bool:
        """True if a step is queued."""
        return bool(self._steps)

    def take_step(self, method: str) -> Step | None:
        """Remove and return the step queued for the next request of a method."""
        for index, (wanted, step) in enumerate(self._steps):
            if wanted is None or method.endswith(wanted):
                del self._steps[index]
                return step
        return None

    def changes(self, rule: str | None) -> bool:
        """Return True if the answer of a rule is overridden."""
        return rule in self._changes

    def applied_to(self, refusal: Refusal) -> Refusal:
        """Return a refusal with its override applied."""
        change = self._changes.get(refusal.rule)
        if change is None:
            return refusal
        return evolve(
            refusal,
            code=refusal.code if change.code is None else change.code,
            message=refusal.message if change.message is None else change.message,
        )
