"""Candidates for paging: parameters and fields whose names are those of listings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from ..ir import Api, Kind, ListOf, Location, Method, Parameter, Scalar, TypeRef
from .headers import answer_headers
from .toml import Lines
from .types import (
    Place,
    is_list_of_objects,
    is_text,
    is_whole,
    message_of,
    messages_of,
    places,
    plain,
    resolved,
)

_TOKENS: Final = frozenset(
    {
        *("cursor", "pagetoken", "nexttoken", "token", "marker", "after", "continuationtoken", "continue"),
        *(
            "nextpagetoken",
            "nextcursor",
            "nextmarker",
            "startingafter",
            "pagecursor",
            "scrollid",
            "pageafter",
        ),
    }
)
_NEXT: Final = (
    *("nextpagetoken", "nextcursor", "nexttoken", "nextmarker", "nextcontinuationtoken", "continuationtoken"),
    *("nextpagecursor", "endcursor", "scrollid", "next", "cursor", "continue", "after"),
)
"""Fields with the token of the next page, the surest first."""
_PAGES: Final = frozenset({"page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage"})
_OFFSETS: Final = frozenset({"offset", "skip", "startindex", "pageoffset", "start", "from"})
_LIMITS: Final = frozenset(
    {"limit", "count", "pagesize", "perpage", "maxresults", "top", "size", "pagelimit", "rows"}
)
_LISTS: Final = (
    *("items", "data", "results", "features", "values", "entries", "records", "objects", "list", "elements"),
)
_NEXT_LINKS: Final = frozenset({"next", "nexturl", "nextlink", "nextpage", "nextpageurl", "nexthref"})
_SEARCHES: Final = ("search", "query", "list", "find")
_PARENTS: Final = ("next", "paging", "pagination", "pageinfo", "meta", "responsemetadata", "cursors")
"""Beginnings of names of objects that tell of the next page."""
_MORE: Final = frozenset({"hasmore", "hasnext", "hasnextpage", "more", "moreavailable"})
_TOTALS: Final = frozenset(
    {"total", "totalcount", "totalresults", "totalentries", "totalitems", "numbermatched"}
)
_COUNTS: Final = frozenset({"totalpages", "pagecount", "numpages", "pages", "lastpage"})


@frozen
class PagingCandidate:
    """A way in which a method may page: what shows it, and the keys of the rule with their values."""

    why: str
    lines: Lines


def paging_candidate(api: Api, method: Method, document: Mapping[str, Any]) -> PagingCandidate | None:
    """Return the likeliest way in which a method pages; None where nothing looks like a listing."""
    found = places(api, method)
    items = _items(api, found)
    if items is None or not _may_list(method):
        return None
    head: Lines = (("items", items.text),) if items.path else ()
    way = next(_ways(api, method, found, items, document), None)
    return None if way is None else PagingCandidate(way.why, (*head, *way.lines))


def _may_list(method: Method) -> bool:
    """Return True for a method that may read a listing: not one thing by its id, and by POST only a search."""
    last = method.path.rstrip("/").rpartition("/")[2]
    pages = any(plain(each.wire) in _TOKENS | _PAGES | _OFFSETS for each in method.parameters)
    if method.verb == "POST":
        return any(word in last.lower() for word in _SEARCHES)
    return method.verb == "GET" and bool(last) and (pages or not last.startswith("{"))


def _items(api: Api, found: tuple[Place, ...]) -> Place | None:
    """Return the list that the items are in; None where several may be."""
    lists = [each for each in found if is_list_of_objects(api, each.type) and each.name != "links"]
    for depth in range(3):
        here = [each for each in lists if len(each.path) == depth]
        named = sorted(
            (each for each in here if each.name in _LISTS), key=lambda each: _LISTS.index(each.name)
        )
        if len(here) == 1 or named:
            return (named or here)[0]
        if here:
            return None
    return None


def _ways(
    api: Api, method: Method, found: tuple[Place, ...], items: Place, document: Mapping[str, Any]
) -> Iterator[PagingCandidate]:
    """Yield the ways in which a method may page, the surest first."""
    parameters = {plain(each.wire): each for each in method.parameters if each.location is Location.QUERY}
    links = next((each for each in found if _is_links(api, each)), None)
    if links is not None:
        yield PagingCandidate(f"answers have {links.text!r}", (("link", links.text),))
    hal = next((each for each in found if [plain(part) for part in each.path] == ["links", "next"]), None)
    if hal is not None:
        yield PagingCandidate(f"answers have {hal.text!r}", (("link", hal.text),))
    yield from _tokens(parameters, found)
    url = next((each for each in found if each.name in _NEXT_LINKS and is_text(each.type)), None)
    if url is not None:
        yield PagingCandidate(f"answers have {url.text!r}", (("link", url.text),))
    if "link" in answer_headers(document, method):
        yield PagingCandidate("answers have the header Link", (("link_header", True),))
    ends = tuple(_ends(found))
    last = _last(api, parameters, items)
    if last is not None:
        yield PagingCandidate(last.why, (*last.lines, *ends))
    page = _one(parameters, _PAGES)
    if page is not None:
        first: Lines = (("first", 0),) if page.default == "0" or page.rules.minimum == 0 else ()
        yield PagingCandidate(
            f"the parameter {page.wire!r} may number pages", (("page", page.wire), *first, *ends)
        )
    offset = _one(parameters, _OFFSETS)
    if offset is not None and parameters.keys() & _LIMITS:
        yield PagingCandidate(
            f"the parameter {offset.wire!r} may skip items", (("offset", offset.wire), *ends)
        )


def _tokens(parameters: Mapping[str, Parameter], found: tuple[Place, ...]) -> Iterator[PagingCandidate]:
    """Yield a parameter that takes a token, with the field that has the next one."""
    for name in sorted(parameters.keys() & (_TOKENS | {"offset"})):
        if not is_text(parameters[name].type):
            continue
        wanted = (f"next{name}", *_NEXT)
        texts = [each for each in found if each.path and is_text(each.type)]
        fields = {each.name: each for each in reversed(texts)}
        field = next((fields[each] for each in wanted if each in fields), None) if name != "offset" else None
        field = next((each for each in texts if each.name == name and _is_below(each)), field)
        if field is not None:
            wire = parameters[name].wire
            why = f"the parameter {wire!r} may take the token in {field.text!r}"
            yield PagingCandidate(why, (("token", wire), ("next", field.text)))


def _is_below(place: Place) -> bool:
    """Return True for a field of an object that tells of the next page."""
    return len(place.path) > 1 and plain(place.path[-2]).startswith(_PARENTS)


def _last(api: Api, parameters: Mapping[str, Parameter], items: Place) -> PagingCandidate | None:
    """Return a listing that goes on behind its last item."""
    name = next((each for each in ("startingafter", "after") if each in parameters), None)
    item = message_of(api, resolved(api, items.type.item)) if isinstance(items.type, ListOf) else None
    if name is None or item is None or all(each.wire != "id" for each in item.fields):
        return None
    wire = parameters[name].wire
    return PagingCandidate(
        f"the parameter {wire!r} may take the id of the last item", (("token", wire), ("last", "id"))
    )


def _ends(found: tuple[Place, ...]) -> Iterator[tuple[str, object]]:
    """Yield the fields that tell the end of a listing."""
    for key, names, fits in (
        ("more", _MORE, _is_boolean),
        ("total", _TOTALS, is_whole),
        ("pages", _COUNTS, is_whole),
    ):
        place = next((each for each in found if each.name in names and fits(each.type)), None)
        if place is not None:
            yield key, place.text
            return


def _is_boolean(type_: TypeRef) -> bool:
    return type_ == Scalar(Kind.BOOLEAN)


def _one(parameters: Mapping[str, Parameter], names: frozenset[str]) -> Parameter | None:
    found = (parameters[each] for each in sorted(parameters.keys() & names))
    return next((each for each in found if is_whole(each.type) or each.type == Scalar(Kind.NUMBER)), None)


def _is_links(api: Api, place: Place) -> bool:
    """Return True for a list of links with their relations, as STAC and OGC APIs have it."""
    if place.name != "links" or len(place.path) != 1 or not isinstance(place.type, ListOf):
        return False
    messages = messages_of(api, resolved(api, place.type.item))
    return any({"rel", "href"} <= {each.wire for each in message.wire_fields} for message in messages)
