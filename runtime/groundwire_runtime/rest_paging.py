"""Paging of APIs that OpenAPI describes: by token, number or offset, and by links, which are followed on one origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Literal, TypeGuard, cast

from attrs import evolve, field, frozen

from .errors import ArgumentError, EncodeError, ProtocolError, shortened
from .linked_method import Fetched, LinkedMethod
from .links import Link, checked_start, followed, header_link, next_link
from .options import RestCallOptions, check_options
from .paging import Pager
from .schema import codec_of
from .wire_paths import Path, value_at, with_value

if TYPE_CHECKING:
    from .codec import Codecs
    from .rest_client import RestClient
    from .rest_method import RestMethod
    from .schema import Type


_STARTS: Final = {
    "token": "the token of a page",
    "last": "the token of a page",
    "page": "the number of a page",
    "offset": "the number of items to skip",
}


@frozen
class Position:
    """A token, the number of a page, or a number of items to skip; with the items of all pages before."""

    key: str
    value: Any = field(eq=False, repr=False)
    count: int = field(default=0, eq=False)
    items: Any = field(default=None, eq=False, repr=False)
    """Those of the page before, where nothing else shows that a service ignores the position."""


@frozen(kw_only=True)
class RestPaging:
    """How a method pages. Paths are wire names; `place` is a parameter of the call, or a path in its body.

    `kind`: "token": the value at `source` of an answer goes to `place`; "last": that of its last item; "page" and "offset": a
    number goes there; "link": the answer has links at `source`; "header": it has the header `Link`.
    """

    kind: Literal["token", "last", "page", "offset", "link", "header"]
    items: Path = ()
    place: str | Path = ""
    source: Path = ()
    first: int = 1
    more: Path = ()
    total: Path = ()
    pages: Path = ()

    def over(
        self,
        client: RestClient,
        method: RestMethod[Any],
        parameters: Mapping[str, object],
        body: Any,
        options: RestCallOptions,
    ) -> Pager[Any, Any]:
        """Return the items of a list method; each page is fetched when it is reached.

        Raises ArgumentError, and TypeError for unknown options.
        """
        codecs = client.codecs
        check_options(options, method.id, client.call_options)
        if not isinstance(self.place, str) and body is None:
            raise ArgumentError(f"request: {method.id} needs one to page: the position goes into it")

        kind = next((each.type for each in method.parameters if each.name == self.place), None)

        def fetch(position: Position | Link | None) -> Fetched:
            sent: Mapping[str, object] = parameters
            content = body
            link = position if isinstance(position, Link) else None
            if isinstance(position, Position):
                if isinstance(self.place, str):
                    sent = {**parameters, self.place: _fitted(position.value, kind, codecs)}
                else:
                    content = with_value(body, self.place, position.value, codecs)
            return client.call(LinkedMethod(method, link), sent, content, options)

        stated = (
            parameters.get(self.place) if isinstance(self.place, str) else value_at(body, self.place, codecs)
        )
        return Pager(fetch, RestSteps(self, codecs, stated))


@frozen
class RestSteps:
    """The steps of one listing. `stated` is the position that the caller gave in the call itself."""

    paging: RestPaging
    codecs: Codecs = field(repr=False)
    stated: Any = field(default=None, repr=False)

    def start(self, token: object) -> Position | Link:
        """Return the position that a caller starts at. Raises ArgumentError."""
        if self.paging.kind in ("link", "header"):
            return checked_start(token, self.codecs)
        is_number = isinstance(token, int) and not isinstance(token, bool)
        if token is None or token == "" or (self.paging.kind in ("page", "offset") and not is_number):
            raise ArgumentError(f"start: expected {_STARTS[self.paging.kind]}, got {shortened(token)}")
        return Position(repr(token), token)

    def page_of(self, answer: Fetched) -> Any:
        """Return the page."""
        return answer.value

    def items_of(self, answer: Fetched) -> Sequence[Any]:
        """Return the items of a page; none where it has no list. Raises ProtocolError for an answer that is no page."""
        found = value_at(answer.value, self.paging.items, self.codecs)
        if found is None:
            return ()
        if not isinstance(found, (list, tuple)):
            raise ProtocolError(
                f"the listing has no items at {'.'.join(self.paging.items)!r}: got {type(found).__name__}"
            )
        return cast("Sequence[Any]", found)

    def following(self, answer: Fetched, position: Position | Link | None) -> Position | Link | None:
        """Return what leads to the next page; None behind the last. Raises ProtocolError."""
        paging = self.paging
        if paging.kind == "header":
            return _absolute(header_link(answer.headers.get("link", "")), answer)
        if paging.kind == "link":
            return _absolute(next_link(self._at(answer, paging.source), self.codecs), answer)
        if paging.more and self._at(answer, paging.more) is False:
            return None
        before = position if isinstance(position, Position) else None
        if paging.kind == "token":
            token = self._at(answer, paging.source)
            return None if token is None or token is False or token == "" else Position(repr(token), token)
        items = self.items_of(answer)
        return self._counted(answer, items, before) if items else None

    def _counted(self, answer: Fetched, items: Sequence[Any], before: Position | None) -> Position | None:
        """Return the position behind a page with items, whose end a count may tell."""
        paging = self.paging
        is_bounded = bool(paging.more or paging.total or paging.pages)
        if paging.kind == "last":
            token = value_at(items[-1], paging.source, self.codecs)
            if token is None:
                raise ProtocolError(
                    f"the last item of a page has no {'.'.join(paging.source)!r}, by which the next is asked for"
                )
            count = len(items) + (0 if before is None else before.count)
            return None if self._is_end(answer, count, None) else Position(repr(token), token, count)
        if before is not None and not is_bounded and items == before.items:
            raise ProtocolError(
                "the listing repeats a page: the service ignores its number",
                hint="Correct `paging` of the method in the overlay.",
            )
        default = paging.first if paging.kind == "page" else 0
        now = before.value if before is not None else _number(self.stated, default)
        number = now + (1 if paging.kind == "page" else len(items))
        if paging.kind == "offset":
            count = number
        else:
            # Pages before the first one that was asked for count as long as that one.
            skipped = max(0, now - paging.first) * len(items)
            count = len(items) + (before.count if before is not None and before.count else skipped)
        if self._is_end(answer, count, number - paging.first if paging.kind == "page" else None):
            return None
        return Position(repr(number), number, count, None if is_bounded else items)

    def _is_end(self, answer: Fetched, count: int, number: int | None) -> bool:
        """Return True where all items, or all pages, have come."""
        total, pages = (
            self._at(answer, path) if path else None for path in (self.paging.total, self.paging.pages)
        )
        return (_is_count(total) and count >= total) or (
            number is not None and _is_count(pages) and number >= pages
        )

    def _at(self, answer: Fetched, path: Path) -> Any:
        return value_at(answer.value, path, self.codecs)


def _fitted(value: Any, type_: Type | None, codecs: Codecs) -> Any:
    """Return a position as its parameter takes it: some services answer a number where they take a text, or the reverse."""
    is_text = isinstance(value, str) and value.isascii() and value.isdigit()
    other = int(value) if is_text else str(value) if _is_count(value) else None
    if type_ is None or other is None:
        return value
    codec = codec_of(type_, codecs)
    for each in (value, other):
        with suppress(EncodeError):
            codec.write(each, 0)
            return each
    return value


def _number(stated: Any, default: int) -> int:
    """Return the number that a call starts at. Raises ArgumentError."""
    if stated is None:
        return default
    if isinstance(stated, str) and stated.isascii() and stated.isdigit():
        return int(stated)
    if not _is_count(stated):
        raise ArgumentError(f"expected the number of a page or an item, got {shortened(stated)}")
    return stated


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _absolute(link: Link | None, answer: Fetched) -> Link | None:
    """Return a link with the URL that it has from where it was found. Raises ProtocolError for another origin."""
    return None if link is None else evolve(link, url=followed(link, answer.url))
