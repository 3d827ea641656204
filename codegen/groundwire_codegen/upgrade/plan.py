"""The plan of an upgrade: the compared documents and the new client."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve, frozen

from ..diff import Diff, Given, compare, read_sides
from ..folder import client_lock
from ..inputs import Inputs, recorded
from ..lock import Lock, is_older
from ..problem import Problem, SpecError
from ..references import References


@frozen(kw_only=True)
class Plan:
    """The inputs with the new document, the lock of the client that is here, and what changed between the documents."""

    inputs: Inputs
    before: Lock
    is_news: bool
    """True if the new document, or what it refers to, is another than the one that is here."""
    old_revision: str
    new_revision: str
    diff: Diff

    @property
    def goes_back(self) -> bool:
        """Return True if the new document is older than the one that is here, which servers of a description can bring."""
        return is_older(self.new_revision, self.old_revision)


def plan(inputs: Inputs, out: Path, new: bytes, references: References | None = None) -> Plan:
    """Compare the document of `inputs` with another one, which has its own references.

    Raises SpecError, also when the folder holds no client.
    """
    before = client_lock(out)
    if before is None:
        raise SpecError([Problem(out.name, "", "holds no generated client", "generate it first")])
    inputs = recorded(inputs, before)
    after = evolve(
        inputs,
        document=new,
        references={} if references is None else references.contents,
        base="" if references is None else references.base,
    )
    old, now = (
        Given(
            name=f"{each.name}{mark}",
            document=each.document,
            overlay=each.overlay,
            references=each.references,
            base=each.base,
        )
        for each, mark in ((inputs, ""), (after, " (new)"))
    )
    sides = read_sides(
        old,
        now,
        methods=inputs.methods,
        messages=inputs.messages,
        published=before.names,
        decisions=before.decisions,
        allow_hosts=inputs.allow_hosts,
        allow_constructs=inputs.allow_constructs,
    )
    return Plan(
        inputs=after,
        # A lock may be older than decisions: they are those of the document that the client is of.
        before=evolve(before, decisions={**sides.decisions, **before.decisions}),
        is_news=(new, after.references) != (inputs.document, inputs.references),
        old_revision=sides.old.revision,
        new_revision=sides.new.revision,
        diff=compare(sides.old, sides.new),
    )
