"""The values that the diff page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, frozen


@frozen
class Verdict:
    """The effect of a change on callers: a class name of the style sheet, its words, and a rank that grows with the damage."""

    name: str
    words: str
    rank: int


@frozen(kw_only=True)
class Change:
    """One difference: where it is, by which rule it is judged, and both sides as text (empty for nothing)."""

    verdict: Verdict
    kind: str
    subject: str
    path: str
    python_name: str
    old: str
    new: str
    contains: tuple[str, ...]
    """Places that were added or removed with it."""
    rule: str
    sentence: str
    reach: str
    """The direction in which methods meet it, and how many do."""


@frozen(kw_only=True)
class Branch:
    """A node of the tree: the changes of the node itself, its children in order, and what it meets elsewhere."""

    label: str
    path: str = ""
    method: str = ""
    """The id of the method, empty for any other node."""
    verdict: Verdict | None = None
    """The worst verdict here and below; None where nothing changed."""
    breaks: bool = False
    """True if a change here or below breaks callers."""
    changes: tuple[Change, ...] = ()
    below: tuple[Branch, ...] = ()
    meets: Mapping[str, Verdict] = field(factory=dict[str, Verdict])
    """Changed messages and enums that a method meets, each with its worst verdict."""
    met_by: tuple[str, ...] = ()
    """Paths of the methods that meet it."""

    def methods(self) -> Iterator[Branch]:
        """Iterate over the methods here and below."""
        if self.method:
            yield self
        for child in self.below:
            yield from child.methods()


@frozen(kw_only=True)
class Comparison:
    """Two documents, named by their titles, and the three parts of the tree. `counts` has the worst verdict first."""

    old: str
    new: str
    summary: str
    counts: Mapping[Verdict, int]
    client: Branch
    methods: Branch
    shapes: Branch
