"""Views of listings and jobs of an API that OpenAPI describes."""

from __future__ import annotations

from attrs import frozen

from ..ir import InBody, Listing, Path, ValueLocation
from .annotations import MESSAGES, annotation
from .source import Source, joined, literal, word


@frozen(kw_only=True)
class ListingView:
    """How a stub pages; None for a fact that is not stated."""

    kind: Source
    items: Source | None
    place: Source | None
    source: Source | None
    first: Source | None
    more: Source | None
    total: Source | None
    pages: Source | None


def listing_view(listing: Listing) -> ListingView:
    """Return the view of a listing."""
    return ListingView(
        kind=literal(listing.kind.value),
        items=_path(listing.items),
        place=_place(listing.place),
        source=_path(listing.source),
        first=None if listing.first == 1 else literal(listing.first),
        more=_path(listing.more),
        total=_path(listing.total),
        pages=_path(listing.pages),
    )


def pager_annotation(listing: Listing, page: Source) -> Source:
    """Return the annotation of a pager over pages of a type."""
    return joined(word("Pager"), "[", annotation(listing.item, MESSAGES), ", ", page, "]")


def _path(path: Path) -> Source | None:
    return literal(path) if path else None


def _place(place: ValueLocation | None) -> Source | None:
    if isinstance(place, InBody):
        return literal(place.path)
    return None if place is None else literal(place.wire)
