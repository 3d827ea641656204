"""The two sides of a diff: both documents lowered as the generator lowers them, so that names are the client's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from ..collector import resting_collector
from ..discovery import Document, read_document
from ..ir import Api
from ..lower import Lowered, lower
from ..overlay import Overlay, read_overlay
from ..problem import Problem, SpecError
from .fitted import fitted


@frozen(kw_only=True)
class Sides:
    """An API before and after."""

    old: Api
    new: Api


@frozen(kw_only=True)
class Given:
    """A document as bytes with its file's name, and the overlay that belongs to it."""

    name: str
    document: bytes
    overlay: bytes | None = None


def read_sides(
    old: Given,
    new: Given,
    *,
    methods: Sequence[str] = (),
    every_method: bool = False,
    published: Mapping[str, str] | None = None,
    allow_hosts: tuple[str, ...] = (),
) -> Sides:
    """Lower both documents; the new one keeps the names of the old one, as a regenerated client does.

    Methods are those named, else the overlay's, else all; `every_method` takes all whatever the overlay says.
    Raises SpecError with every problem of either.
    """
    problems: list[Problem] = []
    documents = [_document(given, allow_hosts, problems) for given in (old, new)]
    overlays = [_overlay(given, problems) for given in (old, new)]
    unknown = [name for name in methods if not any(name in each.methods for each in documents)]
    problems += [
        Problem("options", "/methods", f"neither document has a method {name!r}") for name in unknown
    ]
    if problems:
        raise SpecError(problems)
    with resting_collector():
        return _both(documents, overlays, methods, every_method, published)


def _both(
    documents: Sequence[Document],
    overlays: Sequence[Overlay],
    methods: Sequence[str],
    every_method: bool,
    published: Mapping[str, str] | None,
) -> Sides:
    first, second = documents
    before = _lowered(first, fitted(overlays[0], first, second), methods, every_method, published)
    names = {**(published or {}), **before.published}
    after = _lowered(second, fitted(overlays[1], second, first), methods, every_method, names)
    return Sides(old=before.api, new=after.api)


def _document(given: Given, allow_hosts: tuple[str, ...], problems: list[Problem]) -> Document:
    document, found = read_document(given.document, source=given.name, allow_hosts=allow_hosts)
    problems += found
    return document


def _overlay(given: Given, problems: list[Problem]) -> Overlay:
    if given.overlay is None:
        return Overlay()
    overlay, found = read_overlay(given.overlay)
    problems += found
    return overlay


def _lowered(
    document: Document,
    overlay: Overlay,
    methods: Sequence[str],
    every_method: bool,
    published: Mapping[str, str] | None,
) -> Lowered:
    wanted = tuple(document.methods) if every_method else tuple(methods) or overlay.generate
    here = tuple(name for name in wanted if name in document.methods)
    if wanted and not here:
        # Nothing that is wanted is here; `lower` takes no names for all of them.
        return lower(_without_methods(document), Overlay(), published=published)
    return lower(document, overlay, methods=here or None, published=published)


def _without_methods(document: Document) -> Document:
    return evolve(document, methods={})
