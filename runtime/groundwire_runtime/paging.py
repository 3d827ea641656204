"""Paging: iterate over the items of a list method."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from attrs import evolve, field, frozen

from .errors import ArgumentError, ProtocolError

if TYPE_CHECKING:
    from .client import BaseClient
    from .method import Method, Paging
    from .options import CallOptions

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT")
MAX_PAGES: Final = 100_000
"""Pages after which a listing is taken to have no end."""


@frozen
class Pager(Generic[ItemT, PageT]):
    """Items over pages: iterate over it for items, over `.pages()` for whole answers.

    Each iteration starts at the first page. Raises ProtocolError when a page token repeats, or after
    `max_pages` pages.
    """

    _fetch: Callable[[str | None], PageT] = field(repr=False)
    _paging: Paging = field(repr=False)
    max_pages: int = MAX_PAGES

    @staticmethod
    def over(
        client: BaseClient,
        method: Method[Any],
        parameters: Mapping[str, object],
        body: Any,
        options: CallOptions,
    ) -> Pager[Any, Any]:
        """Return the items of a list method; each page is fetched when it is reached."""
        paging = method.paging
        if paging is None:
            raise ArgumentError(f"{method.id} does not page")

        def fetch(token: str | None) -> Any:
            if token is None:
                return client.call(method, parameters, body, options)
            if paging.in_body:
                return client.call(method, parameters, evolve(body, **{paging.token: token}), options)
            return client.call(method, {**parameters, paging.token: token}, body, options)

        return Pager(fetch, paging)

    def pages(self) -> Iterator[PageT]:
        """The answers, one a page."""
        token: str | None = None
        seen: set[str] = set()
        for _ in range(self.max_pages):
            page = self._fetch(token)
            yield page
            following: Any = getattr(page, self._paging.next_token)
            if not following:
                return
            if following in seen:
                raise ProtocolError(
                    "the listing repeats a page token: it would never end",
                    hint="Start the listing again; report it if that does not help.",
                )
            seen.add(following)
            token = following
        raise ProtocolError(f"the listing has more than {self.max_pages} pages")

    def __iter__(self) -> Iterator[ItemT]:
        for page in self.pages():
            items: Any = getattr(page, self._paging.items)
            yield from items
