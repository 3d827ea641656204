from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve, frozen
from groundwire import Client, credentials
from groundwire_runtime.errors import ArgumentError, ProtocolError, Unavailable
from groundwire_runtime.http import Request, Response
from groundwire_runtime.method import Paging
from groundwire_runtime.paging import MAX_PAGES, Pager

from .doubles import Script, Time, answer, refusal

PAGING = Paging(token="pageToken", in_body=False, items="items", next_token="next")


@frozen
class Page:
    items: tuple[int, ...]
    next: str | None = None


def pager(*pages: Page, **facts: Any) -> tuple[Pager[int, Page], list[str | None]]:
    asked: list[str | None] = []

    def fetch(token: str | None) -> Page:
        asked.append(token)
        return pages[len(asked) - 1]

    return Pager(fetch, PAGING, **facts), asked


@pytest.mark.parametrize(
    ("pages", "items", "tokens"),
    [
        ([Page((1, 2))], [1, 2], [None]),
        ([Page((1,), "")], [1], [None]),
        ([Page(())], [], [None]),
        ([Page((1,), "a"), Page((2, 3), "b"), Page((4,))], [1, 2, 3, 4], [None, "a", "b"]),
        ([Page((), "a"), Page((), "b"), Page((7,))], [7], [None, "a", "b"]),
    ],
)
def test_items_come_in_order_over_all_pages(
    pages: list[Page], items: list[int], tokens: list[str | None]
) -> None:
    found, asked = pager(*pages)
    assert list(found) == items
    assert asked == tokens


def test_pages_come_whole() -> None:
    pages = [Page((1,), "a"), Page((2,))]
    assert list(pager(*pages)[0].pages()) == pages


def test_a_listing_starts_at_a_token() -> None:
    found, asked = pager(Page((2,), "b"), Page((3,)))
    assert list(found.starting_at("a")) == [2, 3]
    assert asked == ["a", "b"]
    found, _ = pager(Page((2,), "a"))
    with pytest.raises(ProtocolError, match="repeats a page token"):
        list(found.starting_at("a"))
    for wrong in ("", None, 3):
        with pytest.raises(ArgumentError, match="start: expected a page token"):
            found.starting_at(wrong)


def test_a_page_is_fetched_only_when_it_is_reached() -> None:
    found, asked = pager(Page((1, 2), "a"), Page((3,)))
    items = iter(found)
    assert asked == []
    assert [next(items), next(items)] == [1, 2]
    assert asked == [None]
    assert next(items) == 3
    assert asked == [None, "a"]


@pytest.mark.parametrize(
    ("pages", "fetched"),
    [
        ([Page((1,), "a"), Page((2,), "a")], 2),
        ([Page((1,), "a"), Page((2,), "b"), Page((3,), "a")], 3),
        ([Page((1,), "a"), Page((2,), "b"), Page((3,), "c"), Page((4,), "b")], 4),
    ],
)
def test_a_repeated_token_stops_the_listing(pages: list[Page], fetched: int) -> None:
    found, asked = pager(*pages)
    items: list[int] = []
    with pytest.raises(ProtocolError, match="repeats a page token"):
        items.extend(found)
    assert len(asked) == fetched


def test_a_listing_has_a_most_number_of_pages() -> None:
    found, asked = pager(*(Page((), str(number)) for number in range(10)), max_pages=5)
    with pytest.raises(ProtocolError, match="more than 5 pages"):
        list(found)
    assert len(asked) == 5


def test_the_last_page_that_is_allowed_may_end_the_listing() -> None:
    assert list(pager(Page((1,), "a"), Page((2,)), max_pages=2)[0]) == [1, 2]


def test_empty_pages_without_end_are_bounded() -> None:
    asked = 0

    def fetch(token: str | None) -> Page:
        nonlocal asked
        asked += 1
        return Page((), str(asked))

    with pytest.raises(ProtocolError):
        list(Pager(fetch, PAGING))
    assert asked == MAX_PAGES <= 1_000_000


def client(script: Script) -> Client:
    return Client(
        project="p", transport=script, credentials=credentials.anonymous(), clock=Time().clock(), retry=None
    )


@pytest.mark.parametrize(
    "token",
    ["a", "a&pageSize=1#", "a b+c/d=", "%2F", "\u00e9\U0001f600", "https://evil.test/?x", "..", "'\"<>\\"],
)
def test_a_token_arrives_byte_for_byte(token: str) -> None:
    script = Script([answer({"nextPageToken": token}), answer()])
    assert list(client(script).projects.operations.list(page_size=2, filter="f")) == []
    parts = urlsplit(script.urls[1])
    assert (parts.netloc, parts.path, parts.fragment) == (
        "earthengine.googleapis.com",
        "/v1beta/projects/p/operations",
        "",
    )
    assert parse_qs(parts.query) == {"filter": ["f"], "pageSize": ["2"], "pageToken": [token]}
    assert parse_qs(urlsplit(script.urls[0]).query) == {"filter": ["f"], "pageSize": ["2"]}


def test_an_iteration_starts_at_the_first_page_each_time() -> None:
    name = "projects/p/operations/A"

    def serve(request: Request) -> Response:
        last = "pageToken" in request.url
        return answer({"operations": [{"name": name}], **({} if last else {"nextPageToken": "n"})})

    script = Script(forever=serve)
    listing = client(script).projects.operations.list()
    assert [each.name for each in listing] == [each.name for each in listing] == [name] * 2
    assert script.urls[:2] == script.urls[2:]


def test_an_error_on_a_later_page_comes_after_the_items_before_it() -> None:
    first = answer({"operations": [{"name": "projects/p/operations/A"}], "nextPageToken": "n"})
    items = iter(client(Script([first, refusal(503)])).projects.operations.list())
    assert next(items).name == "projects/p/operations/A"
    with pytest.raises(Unavailable):
        next(items)


def test_a_method_that_does_not_page_is_refused() -> None:
    one = client(Script())
    method = evolve(one.methods["earthengine.projects.operations.list"], paging=None)
    with pytest.raises(ArgumentError, match="does not page"):
        Pager.over(one, method, {}, None, {})


def test_an_option_that_there_is_not_is_refused_at_the_call() -> None:
    one = client(Script())
    method = one.methods["earthengine.projects.operations.list"]
    with pytest.raises(TypeError, match="unexpected keyword argument 'timeuot'"):
        Pager.over(one, method, {}, None, {"timeuot": 1})  # type: ignore[typeddict-unknown-key] # on purpose
