"""Paging: iterate over the items of a list method."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, Self, TypeVar, cast

from attrs import evolve, field, frozen

from .errors import ArgumentError, ProtocolError
from .options import check_options
from .schema import json_name

if TYPE_CHECKING:
    from .client import BaseClient
    from .method import Method
    from .options import CallOptions

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT")
_INNER: Final = re.compile(r"\([^()]*\)")
MAX_PAGES: Final = 100_000
"""Pages after which a listing is taken to have no end."""


class Steps(Protocol):
    """The way from one page to the next. A position is a token, a number or a link; it is hashable."""

    def start(self, token: object, /) -> Any:
        """Return the position that a caller starts at. Raises ArgumentError."""
        ...

    def page_of(self, answer: Any, /) -> Any:
        """Return the page that an answer holds."""
        ...

    def items_of(self, answer: Any, /) -> Any:
        """Return the items of an answer."""
        ...

    def following(self, answer: Any, position: Any, /) -> Any:
        """Return the position behind an answer, which came for `position`; None behind the last. Raises ProtocolError."""
        ...


def with_field(fields: str, name: str) -> str:
    """Return a selector of parts of an answer with one more field, unless it has that already.

    Without the token of the next page, a listing would end after its first page.
    """
    outer, count = fields, 1
    while count:
        outer, count = _INNER.subn("", outer)
    names = {each.partition("/")[0].strip() for each in outer.split(",")}
    return fields if names & {"", "*", name} else f"{fields},{name}"


@frozen
class Pager(Generic[ItemT, PageT]):
    """Items over pages: iterate over it for items, over `.pages()` for whole answers.

    Each iteration starts at the first page, or where `starting_at` says. Raises ProtocolError when a page token or a link
    repeats, or after `max_pages` pages.
    """

    _fetch: Callable[[Any], Any] = field(repr=False)
    _paging: Steps = field(repr=False)
    max_pages: int = MAX_PAGES
    _start: Any = field(default=None, kw_only=True, repr=False)

    @staticmethod
    def over(
        client: BaseClient,
        method: Method[Any],
        parameters: Mapping[str, object],
        body: Any,
        options: CallOptions,
    ) -> Pager[Any, Any]:
        """Return the items of a list method; each page is fetched when it is reached. Raises TypeError for unknown options."""
        check_options(options, method.id, client.call_options)
        paging = method.paging
        if paging is None:
            raise ArgumentError(f"{method.id} does not page")
        fields: object = options.get("fields")
        if isinstance(fields, str):
            kept = {"fields": with_field(fields, json_name(paging.next_token))}
            options = cast("CallOptions", {**options, **kept})

        def fetch(token: str | None) -> Any:
            if token is None:
                return client.call(method, parameters, body, options)
            if paging.in_body:
                return client.call(method, parameters, evolve(body, **{paging.token: token}), options)
            return client.call(method, {**parameters, paging.token: token}, body, options)

        return Pager(fetch, paging)

    def starting_at(self, token: object) -> Self:
        """Return the same listing from another page on: its token, its number, or a link to it. Raises ArgumentError."""
        return evolve(self, start=self._paging.start(token))

    def pages(self) -> Iterator[PageT]:
        """The answers, one a page."""
        return map(self._paging.page_of, self._answers())

    def __iter__(self) -> Iterator[ItemT]:
        for answer in self._answers():
            yield from self._paging.items_of(answer)

    def _answers(self) -> Iterator[Any]:
        position = self._start
        seen = {position}
        for _ in range(self.max_pages):
            answer = self._fetch(position)
            yield answer
            position = self._paging.following(answer, position)
            if position is None:
                return
            if position in seen:
                raise ProtocolError(
                    "the listing repeats a page token or a link: it would never end",
                    hint="Start the listing again; report it if that does not help.",
                )
            seen.add(position)
        raise ProtocolError(f"the listing has more than {self.max_pages} pages")
