"""Views of listings and jobs of an API that OpenAPI describes."""

from __future__ import annotations

from attrs import frozen

from ..ir import (
    Api,
    InBody,
    Listing,
    Method,
    Path,
    ValueLocation,
    Watched,
)
from .annotations import MESSAGES, annotation, either, message_class
from .contents import messages_of, result_annotation
from .source import Source, joined, literal, name, word


@frozen(kw_only=True)
class ListingView:
    """The paging of a stub; None for a fact that is not stated."""

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


def rest_result(method: Method) -> Source:
    """Return the annotation of what a stub returns: an answer, or a pager over answers."""
    page = result_annotation(method)
    if method.listing is None:
        return page
    return joined(word("Pager"), "[", annotation(method.listing.item, MESSAGES), ", ", page, "]")


@frozen(kw_only=True)
class JobView:
    """A method that reads a job; None for a fact that is not stated."""

    method: Source
    """The expression of its facts."""
    status: Source | None
    done: Source | None
    failed: Source | None
    message: Source | None
    progress: Source | None
    arguments: Source | None
    types: tuple[Source, ...]


@frozen(kw_only=True)
class JobsView:
    """The client's method that waits for a job."""

    methods: tuple[JobView, ...]
    job: Source
    """The annotation of a job, before it has ended."""
    result: Source


def jobs_view(api: Api, *, is_large: bool) -> JobsView | None:
    """Return the view of how a client waits; None where no method reads a job."""
    watched = [(method, method.watched) for method in api.methods.values() if method.watched is not None]
    if not watched:
        return None
    views = tuple(_job(method, facts, api, is_large=is_large) for method, facts in watched)
    types = dict.fromkeys(type_ for view in views if view.arguments for type_ in view.types)
    answered = joined(word("Answered"), "[", word("Any"), "]")
    return JobsView(
        methods=views,
        job=either(*types, answered, word("str")),
        result=either(*(result_annotation(method) for method, _ in watched)),
    )


def _job(method: Method, facts: Watched, api: Api, *, is_large: bool) -> JobView:
    contents = (content for each in method.responses if each.success for content in each.contents)
    names = dict.fromkeys(name for content in contents for name in messages_of(content.type, api))
    return JobView(
        method=joined(word("METHODS"), "[", literal(method.id), "]")
        if is_large
        else name("constant", method.constant),
        status=_path(facts.status),
        done=_path(facts.done),
        failed=_path(facts.failed),
        message=_path(facts.message),
        progress=_path(facts.progress),
        arguments=literal(facts.arguments) if facts.arguments else None,
        types=tuple(map(message_class, names)),
    )


def _path(path: Path) -> Source | None:
    return literal(path) if path else None


def _place(place: ValueLocation | None) -> Source | None:
    if isinstance(place, InBody):
        return literal(place.path)
    return None if place is None else literal(place.wire)
