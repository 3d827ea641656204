"""A change between two revisions of an API: place, direction, and the rule that judges it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import field, frozen

from .rules import RULES, Kind, Rule, Verdict


class Direction(StrEnum):
    """The direction in which a message travels."""

    SENT = "sent"
    RECEIVED = "received"
    BOTH = "sent and received"
    NONE = ""

    @property
    def sends(self) -> bool:
        """Return True if a caller sends it."""
        return self in (Direction.SENT, Direction.BOTH)

    @property
    def receives(self) -> bool:
        """Return True if a caller receives it."""
        return self in (Direction.RECEIVED, Direction.BOTH)


@frozen(kw_only=True)
class Place:
    """Something that can change: what it is, its place in the document, its name in Python, who reaches it."""

    subject: str
    path: str
    name: str = ""
    pointer: str = ""
    direction: Direction = Direction.NONE
    methods: tuple[str, ...] = ()

    def change(self, rule: str, old: str = "", new: str = "", *, contains: tuple[str, ...] = ()) -> Change:
        """A change of it, judged by the rule of this id."""
        return Change(place=self, rule=RULES[rule], old=old, new=new, contains=contains)


@frozen(kw_only=True)
class Change:
    """One difference. `old` and `new` are what stood and stands there, as text; empty for nothing."""

    place: Place
    rule: Rule
    old: str = ""
    new: str = ""
    contains: tuple[str, ...] = ()
    """Places that came or went with it: the fields of a message, the values of an enum, the parameters of a method."""

    @property
    def verdict(self) -> Verdict:
        """The verdict of the change's rule."""
        return self.rule.verdict

    @property
    def kind(self) -> Kind:
        """The kind of a change."""
        return self.rule.kind


def _order(change: Change) -> tuple[int, str, str, str, str, str]:
    place = change.place
    return -change.verdict.rank, place.subject, place.path, change.rule.id, change.old, change.new


def _sorted(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=_order))


@frozen(kw_only=True)
class Diff:
    """Every change between two documents, the worst first."""

    old: str
    new: str
    changes: tuple[Change, ...] = field(converter=_sorted)
    methods: tuple[str, ...] = ()
    """The id of every method that was compared, sorted."""

    def counts(self) -> Mapping[Verdict, int]:
        """The number of changes by verdict."""
        found = Counter(change.verdict for change in self.changes)
        return {verdict: found[verdict] for verdict in Verdict}

    def reaches(self, level: Verdict) -> bool:
        """Return True if a change is as bad as this, or worse."""
        return any(change.verdict.rank >= level.rank for change in self.changes)
