"""Load the two sides of a diff: lower both documents as the generator does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from ..collector import resting_collector
from ..ir import Api
from ..lower import Lowered, lower
from ..lower.checks import has_schema, unused_names
from ..lower.selection import EVERY, wanted_schemas
from ..problem import Problem, SpecError
from ..read.draft import Draft
from ..read.overlay import Overlay, read_overlay
from ..reader import read_draft
from .formats import in_one_format
from .overlay_for_document import overlay_for_document


@frozen(kw_only=True)
class Sides:
    """An API before and after."""

    old: Api
    new: Api
    decisions: Mapping[str, str] = field(factory=dict[str, str])
    """Names that a lock of the old side published."""
    notes: tuple[Problem, ...] = ()
    """Rules of the overlay that do not fit the new document: to be changed before a client is generated from it."""


@frozen(kw_only=True)
class Given:
    """A document as bytes with its file's name, the overlay that belongs to it, and what it refers to, by URI."""

    name: str
    document: bytes
    overlay: bytes | None = None
    references: Mapping[str, bytes] = field(factory=dict[str, bytes])
    base: str = ""
    """The URI that references are relative to."""


def read_sides(
    old: Given,
    new: Given,
    *,
    methods: Sequence[str] = (),
    messages: Sequence[str] | None = None,
    every_method: bool = False,
    published: Mapping[str, str] | None = None,
    decisions: Mapping[str, str] | None = None,
    allow_hosts: tuple[str, ...] = (),
    allow_constructs: tuple[str, ...] = (),
) -> Sides:
    """Lower both documents; the new one keeps the names and decisions of the old one, as a regenerated client does.

    Methods are those named, else the overlay's, else all; `every_method` takes all whatever the overlay says. `messages` are
    taken as `lower` takes them.
    Raises SpecError with every problem of either.
    """
    problems: list[Problem] = []
    documents = [_document(given, allow_hosts, allow_constructs) for given in (old, new)]
    overlays = [_overlay(given, problems) for given in (old, new)]
    known = {name for document in documents for name in document.api.methods}
    wanted = {("options", name) for name in methods}
    wanted |= {("overlay", name) for overlay in overlays for name in overlay.generate}
    problems += [
        Problem(
            source,
            "/methods" if source == "options" else "/generate",
            f"neither document has a method {name!r}",
        )
        for source, name in wanted
        if name not in known
    ]
    names = {*(messages or ()), *(name for overlay in overlays for name in overlay.listed or ())} - {EVERY}
    problems += [
        Problem("options", "/messages", f"neither document has a schema {name!r}")
        for name in names
        if not any(has_schema(document.api, name) for document in documents)
    ]
    if messages is None and len({document.api.errors for document in documents}) > 1:
        # An OpenAPI document has schemas for errors, which a Discovery document has not.
        messages = ()
    documents, overlays = in_one_format(documents, overlays, allow_hosts)
    problems += (each for document in documents for each in document.problems)
    if problems:
        raise SpecError(problems)
    with resting_collector():
        return _both(
            documents,
            overlays,
            _Choice(tuple(methods), every_method, messages),
            (published or {}, decisions or {}),
        )


@frozen
class _Choice:
    """The methods to compare: those named here, else the overlay's, else all; `every` takes all."""

    methods: tuple[str, ...]
    every: bool
    messages: Sequence[str] | None

    def of(self, document: Draft, overlay: Overlay) -> tuple[str, ...]:
        """Return the ids that were chosen, whether the document has them or not; none means all."""
        return tuple(document.api.methods) if self.every else self.methods or overlay.generate

    def schemas(self, document: Draft, overlay: Overlay) -> tuple[str, ...]:
        """Return the schemas that the document has of those to compare besides what the methods reach."""
        names = (
            (EVERY,)
            if self.every and self.messages is None
            else wanted_schemas(overlay, self.methods, self.messages)
        )
        return tuple(name for name in names if name == EVERY or has_schema(document.api, name))


def _both(
    documents: Sequence[Draft],
    overlays: Sequence[Overlay],
    choice: _Choice,
    kept: tuple[Mapping[str, str], Mapping[str, str]],
) -> Sides:
    (first, second), (old, new) = documents, overlays
    cut = overlay_for_document(old, first.api, second.api)
    before = _lowered(first, cut, choice.of(first, old), choice.schemas(first, old), kept)
    names, decisions = {**kept[0], **before.published}, {**kept[1], **before.decisions}
    fit = overlay_for_document(new, second.api, first.api)
    wanted = choice.of(second, new)
    after = _lowered(second, fit, wanted, choice.schemas(second, new), (names, decisions))
    unused = [
        problem
        for overlay in (old, new)
        if not wanted
        for problem in unused_names(overlay, {**before.published, **after.published})
    ]
    if unused:
        raise SpecError(unused)
    notes = () if fit == new else _misfits(second, new, choice, names)
    return Sides(old=before.api, new=after.api, notes=notes, decisions=before.decisions)


def _misfits(
    document: Draft, overlay: Overlay, choice: _Choice, names: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Return what generating from the document with the whole overlay would report."""
    here = tuple(name for name in choice.methods if name in document.api.methods)
    try:
        lower(
            document,
            overlay,
            methods=here or None,
            messages=choice.schemas(document, overlay),
            published=names,
        )
    except SpecError as error:
        return error.problems
    return ()


def _document(given: Given, allow_hosts: tuple[str, ...], allow_constructs: tuple[str, ...]) -> Draft:
    return read_draft(
        given.document,
        source=given.name,
        allow_hosts=allow_hosts,
        references=given.references,
        base=given.base,
        allow_constructs=allow_constructs,
    )


def _overlay(given: Given, problems: list[Problem]) -> Overlay:
    if given.overlay is None:
        return Overlay()
    overlay, found = read_overlay(given.overlay)
    problems += found
    return overlay


def _lowered(
    document: Draft,
    overlay: Overlay,
    wanted: tuple[str, ...],
    messages: tuple[str, ...],
    kept: tuple[Mapping[str, str], Mapping[str, str]],
) -> Lowered:
    names, decisions = kept
    here = tuple(name for name in wanted or document.api.methods if name in document.api.methods)
    if not here and (wanted or document.api.methods):
        # Nothing that is wanted is here; `lower` takes no names for all of them.
        return lower(
            evolve(document, api=evolve(document.api, methods={})),
            Overlay(),
            messages=messages,
            published=names,
            decisions=decisions,
        )
    return lower(document, overlay, methods=here, messages=messages, published=names, decisions=decisions)
