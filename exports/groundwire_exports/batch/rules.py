"""The table of failures: which exports are tried again, which are split, which pause the batch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias, cast

from attrs import evolve, field, frozen
from groundwire_runtime.errors import ArgumentError, shortened

from ..arguments import checked_seconds, sequence
from .arguments import checked_count

Action: TypeAlias = Literal["retry", "split", "pause", "stop", "fail"]
_ACTIONS: Final = ("retry", "split", "pause", "stop", "fail")
MAX_TRIES: Final = 20


def _pattern(text: object) -> re.Pattern[str]:
    """Return a pattern of text, compiled. Raises ArgumentError."""
    try:
        pattern = re.compile(text, re.IGNORECASE) if isinstance(text, str) else text
    except re.error as error:
        raise ArgumentError(f"pattern: {shortened(text)} is no regular expression: {error}") from None
    if isinstance(getattr(pattern, "pattern", None), str):
        return cast("re.Pattern[str]", pattern)
    raise ArgumentError(f"pattern: expected a regular expression of text, got {shortened(text)}")


def _statuses(values: object) -> tuple[str, ...]:
    """Return names of statuses. Raises ArgumentError, also for a single text: it would match all that it contains."""
    names = sequence(values)
    if (names or values in ((), [])) and all(isinstance(name, str) and name for name in names):
        return names
    hint = 'Pass statuses=("UNAVAILABLE",).'
    raise ArgumentError(f"statuses: expected a tuple of names, got {shortened(values)}", hint=hint)


def _pauses(values: object) -> tuple[float, ...]:
    """Return pauses in seconds. Raises ArgumentError."""
    pauses = sequence(values)
    if not pauses and values not in ((), []):
        raise ArgumentError(f"pauses: expected a tuple of seconds, got {shortened(values)}")
    return tuple(checked_seconds(each, "pauses", zero=True) for each in pauses)


@frozen(kw_only=True)
class FailureRule:
    """What follows a failure whose message, or whose google.rpc status, matches.

    `action`:

    * `retry`: start it again with the same request, until `tries` operations have failed; the pauses before them are
      `pauses`, in seconds.
    * `split`: replace it by the parts that `on_too_large` makes; without `on_too_large`, it has failed.
    * `pause`: it has failed, and the batch starts nothing until `resume()`: the next ones would fail alike.
    * `stop`: the account is at fault; the error is raised, and the export waits.
    * `fail`: it has failed.

    `finally_split`: split it after the last try.
    """

    name: str
    action: Action
    pattern: re.Pattern[str] = field(converter=_pattern)
    statuses: tuple[str, ...] = field(default=(), converter=_statuses)
    tries: int = 1
    pauses: tuple[float, ...] = field(default=(60.0, 300.0, 1800.0), converter=_pauses)
    finally_split: bool = False
    why: str = ""

    def __attrs_post_init__(self) -> None:
        if self.action not in _ACTIONS:
            raise ArgumentError(
                f"action: expected one of {', '.join(_ACTIONS)}, got {shortened(self.action)}"
            )
        if not isinstance(self.name, str) or not self.name:  # pyright: ignore[reportUnnecessaryIsInstance] # callers are untrusted
            raise ArgumentError(f"name: expected a name of the rule, got {shortened(self.name)}")
        checked_count(self.tries, "tries", MAX_TRIES)

    def matches(self, status: str, message: str) -> bool:
        """Return True for a failure of this kind."""
        return status in self.statuses or self.pattern.search(message) is not None

    def pause_before(self, failures: int) -> float:
        """Return the seconds before the try that follows `failures` failed ones, from 1."""
        return self.pauses[min(failures, len(self.pauses)) - 1] if self.pauses else 0.0


_NEVER: Final = r"(?!)"
RULES: Final[tuple[FailureRule, ...]] = (
    FailureRule(
        name="signed-out",
        action="stop",
        pattern=_NEVER,
        statuses=("UNAUTHENTICATED", "PERMISSION_DENIED"),
        why="The account may not start exports; every other start would fail alike.",
    ),
    FailureRule(
        name="internal",
        action="retry",
        pattern=r"^internal error",
        tries=3,
        finally_split=True,
        why="It often passes, but it can be permanent: the same image may go at a coarser scale.",
    ),
    FailureRule(
        name="timed-out",
        action="split",
        pattern=r"computation timed out",
        why="The same request needs the same time.",
    ),
    FailureRule(
        name="memory",
        action="split",
        pattern=r"user memory limit exceeded",
        why="The same request needs the same memory.",
    ),
    FailureRule(
        name="reprojection",
        action="split",
        pattern=r"reprojection output too large",
        why="A smaller region reprojects fewer pixels.",
    ),
    FailureRule(
        name="too-large",
        action="split",
        pattern=r"export too large",
        why="It has more pixels than `max_pixels`.",
    ),
    FailureRule(
        name="drive-space",
        action="pause",
        pattern=r"not enough space in google drive",
        why="Every export to this Drive would fail.",
    ),
    FailureRule(
        name="asset-exists",
        action="pause",
        pattern=r"cannot overwrite asset",
        why="The asset names of the batch are probably wrong for all.",
    ),
    FailureRule(
        name="destination-rights",
        action="pause",
        pattern=r"(?:permission|access).{0,80}(?:denied|bucket|asset|storage\.)|(?:bucket|storage\.).{0,80}(?:permission|access)",
        why="The account may not write to the destination, so every export would fail.",
    ),
    FailureRule(
        name="invalid-image",
        action="fail",
        pattern=r"compatible (?:data|band) types|unbounded image|parameter '\w+' is required",
        why="The image itself must change: a repeat would fail alike.",
    ),
)
"""Default rules. The first that matches decides; a failure that none matches is final."""
OTHER: Final = FailureRule(name="other", action="fail", pattern=r"", why="A repeat would fail alike.")


def rule_for(rules: Sequence[FailureRule], *, status: str, message: str) -> FailureRule:
    """Return the first rule that matches a failure, or `OTHER`."""
    return next((rule for rule in rules if rule.matches(status, message)), OTHER)


def retry_failed(rules: Sequence[FailureRule] = RULES, **tries: int) -> tuple[FailureRule, ...]:
    """Return rules with other numbers of tries, such as `retry_failed(internal=5, timed_out=2)`.

    `timed_out` stands for the rule `timed-out`. A rule with more than one try retries; one that split its export splits
    it after the last try. Raises ArgumentError for an unknown rule.
    """
    rules = checked_rules(rules)
    wanted = {name.replace("_", "-"): count for name, count in tries.items()}
    unknown = wanted.keys() - {rule.name for rule in rules}
    if unknown:
        names = ", ".join(rule.name for rule in rules)
        raise ArgumentError(
            f"retry_failed: no rule is named {sorted(unknown)[0]}", hint=f"There are {names}."
        )
    return tuple(_with_tries(rule, wanted[rule.name]) if rule.name in wanted else rule for rule in rules)


def checked_rules(rules: object) -> tuple[FailureRule, ...]:
    """Return rules as a tuple. Raises ArgumentError for anything else."""
    values = tuple(cast("Iterable[object]", rules)) if isinstance(rules, Iterable) else (rules,)
    wrong = [rule for rule in values if not isinstance(rule, FailureRule)]
    if wrong:
        raise ArgumentError(f"rules: expected FailureRule, got {shortened(wrong[0])}")
    return cast("tuple[FailureRule, ...]", values)


def _with_tries(rule: FailureRule, tries: int) -> FailureRule:
    splits = rule.finally_split or rule.action == "split"
    return evolve(rule, action="retry", tries=tries, finally_split=splits)


_DIGITS: Final = re.compile(r"\d+")


def failure_kind(message: str) -> str:
    """Return a message without its numbers: failures of one kind are counted together."""
    return _DIGITS.sub("#", message)[:200]
