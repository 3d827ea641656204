"""Lowering: turn a draft and its overlay into the finished API, pruned to the wanted methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from ..ir import Api, ClientParameter, ErrorShape, Hint
from ..problem import Problem, SpecError
from ..read.draft import Draft
from ..read.overlay import Overlay
from ..read.overlay.drift import Review, review
from .checks import (
    misfits,
    overlay_problems,
    shared_places,
    unused_names,
    variant_clashes,
)
from .listing import google_problems, with_overlay_facts
from .methods import call_names, finished_methods
from .naming import Naming
from .oneofs import classes, named_aliases, named_enums, named_messages
from .patterns import unenforced_patterns
from .reach import Reach
from .selection import select, wanted_methods, wanted_schemas

__all__ = ["Lowered", "lower"]


@frozen
class Lowered:
    """The API, with what `groundwire.lock` is to hold of it."""

    api: Api
    published: Mapping[str, str]
    decisions: Mapping[str, str]
    review: Review
    """The overlay's places for the lock, and the rules that await a review."""
    warnings: tuple[Problem, ...] = ()
    """Warnings, which stop nothing."""
    constructs: Mapping[str, str] = field(factory=dict[str, str])
    """Unknown constructs that are ignored, by name, each with its first place."""
    left_out: tuple[str, ...] = ()
    """Schemas that are not generated: no wanted method reaches them."""


def lower(
    draft: Draft,
    overlay: Overlay,
    *,
    methods: Sequence[str] | None = None,
    messages: Sequence[str] | None = None,
    published: Mapping[str, str] | None = None,
    decisions: Mapping[str, str] | None = None,
    reviewed: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
) -> Lowered:
    """Finish the API of the wanted methods: those named here, else the overlay's, else all.

    `messages` are schemas to have besides what these methods reach: those named here (`*` is all), else the overlay's, else
    all where no methods are chosen; none where it is empty.

    `published`, `decisions` and `reviewed` are those of the lock of a client that was generated before. `problems` are
    those found in the overlay while reading. Raises SpecError with every problem of the run.
    """
    found = [*draft.problems, *problems, *overlay_problems(draft.api, overlay)]
    wanted = wanted_methods(draft.api, overlay, methods, found)
    found += (problem for method in wanted for problem in draft.faults.get(method.id, ()))
    selection = select(draft, wanted, wanted_schemas(overlay, methods, messages), overlay, found)
    reached = selection.reached
    found += (*misfits(reached), *shared_places(reached))
    naming = Naming(published or {}, decisions or {}, overlay, found)
    api = _finished(draft.api, reached, overlay, naming, found)
    found += variant_clashes(api.messages.values())
    if not methods:
        found += unused_names(overlay, naming.published)
    if found:
        raise SpecError(found)
    return Lowered(
        api,
        dict(sorted(naming.published.items())),
        dict(sorted(naming.decisions.items())),
        review(draft.document, overlay, reviewed or {}),
        tuple(dict.fromkeys((*_passed_over(draft, reached), *selection.warnings, *unenforced_patterns(api)))),
        draft.constructs,
        selection.left_out,
    )


def _passed_over(draft: Draft, reached: Reach) -> Iterator[Problem]:
    """Yield the document's warnings, and the faults of types and methods that are not generated."""
    yield from draft.warnings
    wanted = {method.id for method in reached.methods}
    lost = {each: None for id_ in sorted(draft.faults.keys() - wanted) for each in draft.faults[id_]}
    yield from (each for each in lost if each not in draft.warnings)


def _finished(draft: Api, reached: Reach, overlay: Overlay, naming: Naming, problems: list[Problem]) -> Api:
    """Return the API of what was reached, under published names."""
    known = classes(reached, naming)
    enums = named_enums(reached, known, naming)
    messages = named_messages(reached, overlay, known, naming)
    aliases = named_aliases(reached, known)
    rest = draft.errors is ErrorShape.BY_STATUS
    names = call_names(reached.methods, overlay, naming, rest=rest)
    methods = finished_methods(reached.methods, names, overlay, messages, known, naming, rest=rest)
    if rest:
        methods = with_overlay_facts(methods, overlay, messages, aliases, problems)
    else:
        problems += google_problems(overlay)
    return evolve(
        draft,
        messages=messages,
        enums=enums,
        aliases=aliases,
        methods=methods,
        resources=names.resources,
        held=tuple(
            ClientParameter(name=name, prefix=rule.prefix, doc=rule.doc)
            for name, rule in sorted(overlay.client.items())
        ),
        hints=tuple(Hint(text=rule.hint, reasons=rule.reasons, words=rule.words) for rule in overlay.hints),
    )
