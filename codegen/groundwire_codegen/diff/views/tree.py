"""The tree of an API with its changes: resources and methods, then messages and enums with what is in them."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field

from ..change import Change, Diff
from ..rules import Verdict


@define
class Branch:
    """A node: its label, the changes that stand right here, what is below, and what it reaches elsewhere."""

    label: str
    changes: list[Change] = field(factory=list[Change])
    below: dict[str, Branch] = field(factory=dict[str, "Branch"])
    reaches: dict[str, Verdict] = field(factory=dict[str, Verdict])
    """Messages and enums that changed and that a method meets, each with the worst that it has."""

    def verdict(self) -> Verdict | None:
        """The worst here and below; None where nothing changed."""
        found = [change.verdict for change in self.changes]
        found += [verdict for each in self.below.values() if (verdict := each.verdict()) is not None]
        found += self.reaches.values()
        return max(found, key=lambda verdict: verdict.rank, default=None)

    def at(self, label: str) -> Branch:
        """The node below of this label, made when it is new."""
        return self.below.setdefault(label, Branch(label))


def tree(diff: Diff) -> tuple[Branch, Branch, Branch]:
    """The client, its methods by resource, and the messages and enums that changed."""
    client, methods, shapes = Branch("Client"), Branch("Methods"), Branch("Messages and enums")
    leaves = {id_: _descend(methods, id_.split(".")[1:] or [id_]) for id_ in diff.methods}
    for change in diff.changes:
        place = change.place
        if place.subject in ("method", "parameter"):
            leaves[place.methods[0]].changes.append(change)
        elif place.subject in ("message", "field", "union", "enum", "value"):
            top = place.path.partition(".")[0] if place.subject != "message" else place.path
            shapes.at(top).changes.append(change)
            _met(change, top, (leaves[id_] for id_ in place.methods))
        else:
            client.changes.append(change)
    return client, methods, shapes


def _descend(root: Branch, labels: Iterable[str]) -> Branch:
    for label in labels:
        root = root.at(label)
    return root


def _met(change: Change, top: str, leaves: Iterable[Branch]) -> None:
    for leaf in leaves:
        worst = leaf.reaches.get(top)
        if worst is None or change.verdict.rank > worst.rank:
            leaf.reaches[top] = change.verdict
