"""The tree of an API with its changes: resources and methods, then messages and enums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from attrs import define, field

from ..change import Change, Diff
from ..rules import Verdict


@define
class Branch:
    """A node: its label, the changes that stand right here, what is below, and what it meets elsewhere."""

    label: str
    path: str = ""
    """The labels from the root to here, with dots between."""
    method: str = ""
    """The id of the method that it is."""
    changes: list[Change] = field(factory=list[Change])
    below: dict[str, Branch] = field(factory=dict[str, "Branch"])
    meets: dict[str, Verdict] = field(factory=dict[str, Verdict])
    """Messages and enums that changed and that a method meets, each with the worst that it has."""
    met_by: set[str] = field(factory=set[str])
    """The paths of the methods that meet it."""

    def verdict(self) -> Verdict | None:
        """The worst here and below; None where nothing changed."""
        found = [change.verdict for change in self.changes]
        found += [verdict for each in self.below.values() if (verdict := each.verdict()) is not None]
        found += self.meets.values()
        return max(found, key=lambda verdict: verdict.rank, default=None)

    def breaks(self) -> bool:
        """Return True if a change that stands here or below breaks callers."""
        own = any(change.verdict.rank >= Verdict.RUN.rank for change in self.changes)
        return own or any(each.breaks() for each in self.below.values())

    def counts(self) -> Mapping[Verdict, int]:
        """The number of changes at this node by verdict."""
        return Counter(change.verdict for change in self.changes)

    def methods(self) -> Iterator[Branch]:
        """The methods here and below."""
        if self.method:
            yield self
        for each in self.below.values():
            yield from each.methods()

    def ordered(self) -> list[Branch]:
        """The children: the worst first, then by label; unchanged ones last."""

        def key(each: Branch) -> tuple[int, str]:
            verdict = each.verdict()
            return 1 if verdict is None else -verdict.rank, each.label

        return sorted(self.below.values(), key=key)

    def at(self, label: str) -> Branch:
        """The node below of this label, made when it is new."""
        if label not in self.below:
            self.below[label] = Branch(label, f"{self.path}.{label}" if self.path else label)
        return self.below[label]


def tree(diff: Diff) -> tuple[Branch, Branch, Branch]:
    """The client, its methods by resource, and the messages and enums that changed."""
    client, methods, shapes = Branch("Client"), Branch("Methods"), Branch("Messages and enums")
    # Ids of Google's APIs all begin with the name of the API.
    starts = {id_.partition(".")[0] for id_ in diff.methods}
    skipped = 1 if len(starts) == 1 else 0
    leaves = {id_: _descend(methods, id_.split(".")[skipped:] or [id_]) for id_ in diff.methods}
    for id_, leaf in leaves.items():
        leaf.method = id_
    for change in diff.changes:
        place = change.place
        if place.subject in ("method", "parameter"):
            leaves[place.methods[0]].changes.append(change)
        elif place.subject == "resource":
            _descend(methods, place.path.split(".")).changes.append(change)
        elif place.subject in ("message", "field", "union", "enum", "value", "alias"):
            top = place.path.partition(".")[0] if place.subject != "message" else place.path
            shapes.at(top).changes.append(change)
            _meet(change, shapes.at(top), (leaves[id_] for id_ in place.methods))
        else:
            client.changes.append(change)
    return client, methods, shapes


def _descend(root: Branch, labels: Iterable[str]) -> Branch:
    for label in labels:
        root = root.at(label)
    return root


def _meet(change: Change, shape: Branch, leaves: Iterable[Branch]) -> None:
    for leaf in leaves:
        shape.met_by.add(leaf.path)
        worst = leaf.meets.get(shape.label)
        if worst is None or change.verdict.rank > worst.rank:
            leaf.meets[shape.label] = change.verdict
