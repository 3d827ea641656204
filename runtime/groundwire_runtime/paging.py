"""Paging: the items of a list method, over as many pages as there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar

from attrs import field, frozen

from .errors import ProtocolError
from .method import Paging

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
