"""Listings of APIs that OpenAPI describes: each way to the next page, its end, and where a link may lead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve, frozen
from groundwire_runtime.api_key import ApiKey, Bearer
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer, RestContent
from groundwire_runtime.errors import ArgumentError, ProtocolError
from groundwire_runtime.http import Request, Response
from groundwire_runtime.links import Link, followed, header_link
from groundwire_runtime.messages import ABSENT, Message, keep_containers
from groundwire_runtime.paging import Pager
from groundwire_runtime.rest_client import RestClient
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.rest_paging import RestPaging
from groundwire_runtime.schema import ANY, INT32, STRING, Field, ListOf, Ref
from groundwire_runtime.servers import RestServer
from groundwire_runtime.styles import StyledParameter
from groundwire_runtime.unions import Nullable

from .doubles import Script, Time, answer


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Search(Message):
    text: str | None = None
    token: Any = None


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Page(Message):
    items: Any = ABSENT
    next: Any = None
    total: int | None = None
    pages: int | None = None
    more: Any = None


CODECS = Codecs(
    SimpleNamespace(Search=Search, Page=Page),
    {
        "Search": lambda: (Field("text", STRING), Field("token", ANY)),
        "Page": lambda: (
            Field("items", ListOf(ANY)),
            Field("next", ANY),
            Field("total", INT32),
            Field("pages", INT32),
            Field("more", ANY),
        ),
    },
)
PAGES = RestContent(media_type="application/json", type=Ref("Page"))
LIST = RestMethod[Any](
    id="list",
    verb="GET",
    path="/things",
    parameters=tuple(StyledParameter(name=name, location="query", type=ANY) for name in ("q", "at")),
    answers=(RestAnswer(200, 200, (PAGES,)),),
    security=(("login",),),
)
SEARCH = RestMethod[Any](
    id="search",
    verb="POST",
    path="/search",
    bodies=(RestContent(media_type="application/json", type=Ref("Search")),),
    answers=(RestAnswer(200, 200, (PAGES,)),),
    idempotent=True,
)
TOKEN = RestPaging(kind="token", items=("items",), place="at", source=("next",))
NUMBER = RestPaging(kind="page", items=("items",), place="at")
OFFSET = RestPaging(kind="offset", items=("items",), place="at")
LINKS = RestPaging(kind="link", items=("items",), source=("next",))
HOME = "https://things.example/v1"


def client(script: Script, **options: Any) -> RestClient:
    return RestClient(
        CODECS,
        servers=(RestServer(HOME),),
        methods={"list": LIST, "search": SEARCH},
        schemes={},
        held={},
        **{"clock": Time().clock(), "auth": Bearer("s3cret"), "transport": script, **options},
    )


def listing(
    script: Script,
    paging: RestPaging,
    parameters: Mapping[str, object] | None = None,
    body: Any = None,
    **options: Any,
) -> Pager[Any, Any]:
    return paging.over(
        client(script, **options), LIST if body is None else SEARCH, parameters or {}, body, {}
    )


def asked(script: Script) -> list[str]:
    return [each.url.removeprefix(f"{HOME}/things") for each in script.requests]


def sent(request: Request) -> Any:
    assert isinstance(request.body, bytes)
    return json.loads(request.body)


# --- tokens, numbers and offsets


@pytest.mark.parametrize("end", [{}, {"next": None}, {"next": ""}])
def test_tokens_of_any_type_are_sent_back_until_there_is_none(end: dict[str, Any]) -> None:
    script = Script(
        [
            answer({"items": [1], "next": "a&b"}),
            answer({"items": [], "next": 7}),
            answer({"items": [2, 3], **end}),
        ]
    )
    assert list(listing(script, TOKEN, {"q": "x"})) == [1, 2, 3]
    assert asked(script) == ["?q=x", "?q=x&at=a%26b", "?q=x&at=7"]


def test_pages_come_whole_and_each_when_it_is_reached() -> None:
    script = Script([answer({"items": [1], "next": "a"}), answer({"items": [2]})])
    pages = listing(script, TOKEN).pages()
    assert script.requests == []
    assert (next(pages), len(script.requests)) == (Page(items=(1,), next="a"), 1)
    assert list(pages) == [Page(items=(2,))]


def test_a_token_goes_into_the_body_which_stays_as_it_was() -> None:
    paging = RestPaging(kind="token", items=("items",), place=("token",), source=("next",))
    script = Script([answer({"items": [1], "next": 8}), answer({"items": [2]})])
    body = Search(text="hut")
    assert list(listing(script, paging, body=body)) == [1, 2]
    assert [sent(each) for each in script.requests] == [
        {"text": "hut"},
        {"text": "hut", "token": 8},
    ]
    assert body == Search(text="hut")
    with pytest.raises(ArgumentError, match="needs one to page"):
        paging.over(client(script), SEARCH, {}, None, {})


def test_the_last_item_may_have_the_token() -> None:
    paging = RestPaging(kind="last", items=("items",), place="at", source=("id",), more=("more",))
    script = Script(
        [
            answer({"items": [{"id": 1}, {"id": 2}], "more": True}),
            answer({"items": [{"id": 5}], "more": False}),
        ]
    )
    assert [each["id"] for each in listing(script, paging)] == [1, 2, 5]
    assert asked(script) == ["", "?at=2"]
    script = Script([answer({"items": [{"id": 1}]}), answer({"items": []})])
    assert len(list(listing(script, paging))) == 1
    with pytest.raises(ProtocolError, match="has no 'id'"):
        list(listing(Script([answer({"items": [{}]})]), paging))


@pytest.mark.parametrize(
    ("paging", "given", "pages", "urls"),
    [
        (NUMBER, {}, [{"items": [1, 2]}, {"items": [3]}, {"items": []}], ["", "?at=2", "?at=3"]),
        (NUMBER, {"at": 3}, [{"items": [1]}, {}], ["?at=3", "?at=4"]),
        (OFFSET, {}, [{"items": [1, 2]}, {"items": [3]}, {}], ["", "?at=2", "?at=3"]),
        (OFFSET, {"at": 10}, [{"items": [1, 2]}, {}], ["?at=10", "?at=12"]),
        (
            RestPaging(kind="page", items=("items",), place="at", first=0),
            {},
            [{"items": [1]}, {}],
            ["", "?at=1"],
        ),
    ],
)
def test_numbers_and_offsets_end_at_an_empty_page(
    paging: RestPaging, given: dict[str, Any], pages: list[Any], urls: list[str]
) -> None:
    script = Script([answer(each) for each in pages])
    items = [item for each in pages for item in each.get("items", ())]
    assert list(listing(script, paging, given)) == items
    assert asked(script) == urls


@pytest.mark.parametrize(
    ("kind", "given", "fact", "values", "calls"),
    [
        ("page", {}, "pages", [2, 2], 2),
        ("page", {}, "total", [3, 3], 2),
        ("page", {}, "more", [True, False], 2),
        ("page", {"at": 2}, "pages", [2], 1),
        ("page", {"at": 2}, "total", [4], 1),
        ("page", {"at": 2}, "total", [5, 5], 2),
        ("offset", {}, "total", [3, 3], 2),
        ("offset", {"at": 2}, "total", [4], 1),
        ("offset", {}, "more", [True, False], 2),
    ],
)
def test_a_count_or_a_flag_ends_a_listing_without_one_more_call(
    kind: Any, given: dict[str, Any], fact: str, values: list[Any], calls: int
) -> None:
    where: dict[str, Any] = {fact: (fact,)}
    paging = RestPaging(kind=kind, items=("items",), place="at", **where)
    sizes = [[1, 2], [3]]
    script = Script(
        [answer({"items": items, fact: value}) for items, value in zip(sizes, values, strict=False)]
    )
    assert len(list(listing(script, paging, given))) == (2 if calls == 1 else 3)
    assert len(script.requests) == calls


@pytest.mark.parametrize("paging", [NUMBER, OFFSET])
def test_a_service_that_ignores_the_position_is_found_out(paging: RestPaging) -> None:
    script = Script(forever=answer({"items": [1, 2]}))
    with pytest.raises(ProtocolError, match="repeats a page"):
        list(listing(script, paging))
    assert len(script.requests) == 2


def test_a_token_that_repeats_is_found_out() -> None:
    script = Script([answer({"items": [], "next": each}) for each in ([1], [2], [1])])
    with pytest.raises(ProtocolError, match="repeats a page token or a link"):
        list(listing(script, TOKEN))


@pytest.mark.parametrize(
    ("paging", "start", "url"),
    [
        (TOKEN, "abc", "?at=abc"),
        (NUMBER, 4, "?at=4"),
        (OFFSET, 20, "?at=20"),
        (LINKS, f"{HOME}/things?p=2", "?p=2"),
    ],
)
def test_a_listing_starts_anywhere(paging: RestPaging, start: Any, url: str) -> None:
    script = Script(forever=answer({}))
    assert list(listing(script, paging).starting_at(start)) == []
    assert asked(script) == [url]


@pytest.mark.parametrize(
    ("paging", "start"), [(TOKEN, ""), (TOKEN, None), (NUMBER, "2"), (OFFSET, True), (LINKS, 3), (LINKS, {})]
)
def test_what_is_no_start_is_refused(paging: RestPaging, start: Any) -> None:
    with pytest.raises(ArgumentError, match="start: expected"):
        listing(Script(), paging).starting_at(start)


@pytest.mark.parametrize(
    ("type_", "tokens", "sent"),
    [
        (STRING, [7, "x"], ["?at=7", "?at=x"]),
        (Nullable(STRING), [7], ["?at=7"]),
        (INT32, ["7"], ["?at=7"]),
        (ANY, [7, "8"], ["?at=7", "?at=8"]),
    ],
)
def test_a_token_is_sent_as_the_type_of_its_parameter(type_: Any, tokens: list[Any], sent: list[str]) -> None:
    parameter = StyledParameter(name="at", location="query", type=type_)
    script = Script([*(answer({"next": each}) for each in tokens), answer({})])
    assert list(TOKEN.over(client(script), evolve(LIST, parameters=(parameter,)), {}, None, {})) == []
    assert asked(script)[1:] == sent


def test_numbers_of_a_text_parameter_are_texts() -> None:
    parameter = StyledParameter(name="at", location="query", type=STRING)
    script = Script([answer({"items": [1]}), answer({})])
    pager = NUMBER.over(client(script), evolve(LIST, parameters=(parameter,)), {"at": "4"}, None, {})
    assert list(pager) == [1]
    assert asked(script) == ["?at=4", "?at=5"]
    with pytest.raises(ArgumentError, match="expected the number of a page"):
        list(listing(Script([answer({"items": [1]})]), NUMBER, {"at": 1.5}))


def test_a_key_that_a_link_repeats_is_sent_once() -> None:
    script = Script([answer({"items": [1], "next": "?key=s%2Fcret&p=2"}), answer({"items": [2]})])
    assert list(listing(script, LINKS, auth=ApiKey("s/cret", query="key"))) == [1, 2]
    assert asked(script) == ["?key=s%2Fcret", "?p=2&key=s%2Fcret"]


def test_an_answer_whose_items_are_no_list_is_refused() -> None:
    paging = RestPaging(kind="token", items=("next",), place="at", source=("total",))
    with pytest.raises(ProtocolError, match="no items at 'next': got dict"):
        list(listing(Script([answer({"next": {"a": 1}})]), paging))


# --- links


def link(href: str = "/v1/things?page=2", **more: Any) -> dict[str, Any]:
    return {"rel": "next", "href": href, **more}


@pytest.mark.parametrize(
    "stated",
    [
        [{"rel": "self", "href": "/v1/things"}, link()],
        [link(rel=["prev", "next"])],
        [link(rel="Next")],
        link(),
        "https://things.example/v1/things?page=2",
        "https://things.example:443/v1/things?page=2#top",
        "things?page=2",
        "?page=2",
    ],
)
def test_a_link_is_followed_as_a_list_an_object_or_a_url_has_it(stated: Any) -> None:
    script = Script([answer({"items": [1], "next": stated}), answer({"items": [2], "next": []})])
    assert list(listing(script, LINKS)) == [1, 2]
    assert script.urls[1].removesuffix("#top") in (
        f"{HOME}/things?page=2",
        "https://things.example:443/v1/things?page=2",
    )
    assert [each.headers["authorization"] for each in script.requests] == ["Bearer s3cret"] * 2


@pytest.mark.parametrize(
    "stated", [None, "", [], [{"rel": "self", "href": "/v1/things"}], [{"rel": "next"}], {}]
)
def test_without_a_link_the_listing_ends(stated: Any) -> None:
    script = Script([answer({"items": [1], "next": stated})])
    assert list(listing(script, LINKS)) == [1]


@pytest.mark.parametrize(
    ("more", "body"),
    [
        ({"body": {"token": "b", "limit": 5}}, {"token": "b", "limit": 5}),
        ({"body": {"token": "b"}, "merge": True}, {"text": "hut", "token": "b"}),
        ({}, {"text": "hut"}),
    ],
)
def test_a_link_by_post_has_a_body_of_its_own_or_one_laid_over_the_first(
    more: dict[str, Any], body: Any
) -> None:
    headers = {"X-Shard": ["a", "b"], "Authorization": "stolen", "Host": "evil.example"}
    stated = [link("/v1/search", method="POST", headers=headers, **more)]
    script = Script([answer({"items": [1], "next": stated}), answer({"items": [2]})])
    assert list(listing(script, LINKS, body=Search(text="hut"))) == [1, 2]
    second = script.requests[1]
    assert (second.verb, second.url, sent(second)) == ("POST", f"{HOME}/search", body)
    assert second.headers["x-shard"] == "a, b"
    assert second.headers["content-type"] == "application/json"
    assert "host" not in second.headers
    assert second.headers["authorization"] == "Bearer s3cret"
    assert second.safe_to_retry


def test_a_link_without_a_method_is_a_get_without_a_body() -> None:
    script = Script([answer({"items": [1], "next": [link("/v1/search?t=2")]}), answer({"items": [2]})])
    assert list(listing(script, LINKS, body=Search(text="hut"))) == [1, 2]
    second = script.requests[1]
    assert (second.verb, second.body, "content-type" in second.headers) == ("GET", None, False)


FOREIGN = (
    "https://evil.example/v1/things?page=2",
    "http://things.example/v1/things?page=2",
    "https://things.example:8443/v1/things",
    "//evil.example/v1/things",
    "https://things.example@evil.example/",
    "https://user@things.example/v1/things",
    "https://things.example.evil.example/",
    "https://things.example\\@evil.example/",
    "https://evil.example\\.things.example/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://[::1]things.example/",
    "https://things.example:bad/",
    "https://th\u0131ngs.example/v1",
    "/v1/things\r\nhost: evil.example",
)


@pytest.mark.parametrize("href", FOREIGN)
@pytest.mark.parametrize(
    "by", [lambda href: link(href), lambda href: href, lambda href: [link(href, method="POST", body={})]]
)
def test_a_link_to_another_origin_is_not_followed(href: str, by: Callable[[str], Any]) -> None:
    script = Script([answer({"items": [1], "next": by(href)})])
    items: list[int] = []
    with pytest.raises(ProtocolError, match="is not followed") as caught:
        items.extend(listing(script, LINKS))
    assert len(script.requests) == 1
    assert "s3cret" not in str(caught.value)
    with pytest.raises(ProtocolError, match="is not followed"):
        list(listing(script, LINKS).starting_at(href))


def test_a_client_with_an_endpoint_follows_links_there_alone() -> None:
    script = Script(
        [
            answer({"items": [1], "next": "http://127.0.0.1:8080/v1/things?page=2"}),
            answer({"items": [2], "next": f"{HOME}/things"}),
        ]
    )
    items: list[int] = []
    with pytest.raises(ProtocolError, match=r"things\.example, the client uses http://127\.0\.0\.1:8080"):
        items.extend(listing(script, LINKS, endpoint="http://127.0.0.1:8080/v1"))
    assert items == [1, 2]


def test_links_may_differ_in_their_headers_alone() -> None:
    def by(number: str) -> list[Any]:
        return [link("/v1/search", method="POST", headers={"X-Page": number})]

    script = Script(
        [
            answer({"items": [1], "next": by("2")}),
            answer({"items": [2], "next": by("3")}),
            answer({"items": [3], "next": by("3")}),
        ]
    )
    items: list[int] = []
    with pytest.raises(ProtocolError, match="repeats"):
        items.extend(listing(script, LINKS, body=Search(text="hut")))
    assert items == [1, 2, 3]
    assert [each.headers.get("x-page") for each in script.requests] == [None, "2", "3"]


@pytest.mark.parametrize(
    "more",
    [
        {"method": "DELETE"},
        {"href": 7},
        {"headers": ["a"]},
        {"headers": {"x": "a\r\nb: c"}},
        {"headers": {"a b": "c"}},
    ],
)
def test_a_link_that_cannot_be_sent_is_refused(more: dict[str, Any]) -> None:
    script = Script([answer({"items": [], "next": [link(**more)]})])
    with pytest.raises(ProtocolError, match="link"):
        list(listing(script, LINKS))
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "name", ["X-HTTP-Method-Override", "x-http-method", "x-method-override", "X-Forwarded-Host", "forwarded"]
)
def test_no_header_of_a_link_makes_another_request_of_it(name: str) -> None:
    script = Script(
        [answer({"items": [], "next": [link(headers={name: "DELETE", "x-page": "2"})]}), answer({})]
    )
    assert list(listing(script, LINKS)) == []
    assert name.lower() not in script.requests[1].headers
    assert script.requests[1].headers["x-page"] == "2"


def test_a_start_with_a_body_that_is_no_text_is_refused() -> None:
    start = {"href": "/v1/things", "method": "POST", "body": "\ud800"}
    with pytest.raises(ProtocolError, match="the link has a body that cannot be sent"):
        list(listing(Script(), LINKS).starting_at(start))


@pytest.mark.parametrize("body", [object(), {1: {2}}, float("nan")])
def test_a_start_with_a_body_that_is_no_json_is_refused(body: object) -> None:
    script = Script()
    with pytest.raises(ArgumentError, match="start: the body of the link is no JSON"):
        list(listing(script, LINKS).starting_at({"href": "/v1/things", "method": "POST", "body": body}))
    assert script.requests == []


def test_links_that_go_round_are_found_out() -> None:
    script = Script([answer({"items": [], "next": f"?p={number}"}) for number in (2, 3, 2)])
    with pytest.raises(ProtocolError, match="repeats a page token or a link"):
        list(listing(script, LINKS))
    assert len(script.requests) == 3
    bodies = [answer({"items": [], "next": [link(method="POST", body={"t": each})]}) for each in (1, 2, 3)]
    assert list(listing(Script([*bodies, answer({})]), LINKS)) == []


# --- the header


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ('<https://a.example/?p=2>; rel="next"', "https://a.example/?p=2"),
        ("</a?p=2>; rel=next", "/a?p=2"),
        ('</first>; rel="first", </a,b;c>; title="x, <y>; rel=\\"next\\""; REL="prev NEXT"', "/a,b;c"),
        ("</a>;rel=prev,</b>;rel=next", "/b"),
        ('</a>; rel="next"; anchor="/other", </b>; rel=next', "/b"),
        ("</a>; rel=prev; rel=next", None),
        ("junk, </b>; rel=next", "/b"),
        ('</a>; title="next"', None),
        ("<" * 30_000, None),
        ("</a>;" + " " * 15_000, None),
        ("", None),
    ],
)
def test_the_header_names_the_next_page(text: str, url: str | None) -> None:
    found = header_link(text)
    assert (found and found.url) == url


def test_a_listing_follows_the_header() -> None:
    paging = RestPaging(kind="header", items=("items",))
    script = Script(
        [
            answer({"items": [1]}, link='<?page=2>; rel="next", <?page=9>; rel="last"'),
            answer({"items": [2]}, link='<?page=1>; rel="prev"'),
        ]
    )
    assert list(listing(script, paging)) == [1, 2]
    assert asked(script) == ["", "?page=2"]
    script = Script([answer({"items": []}, link="<https://evil.example/>; rel=next")])
    with pytest.raises(ProtocolError, match=r"evil\.example"):
        list(listing(script, paging))


def test_a_url_is_written_as_it_may_be_sent() -> None:
    assert (
        followed(Link("?q=Z\u00fcrich hut&a=%20"), f"{HOME}/things")
        == f"{HOME}/things?q=Z%C3%BCrich%20hut&a=%20"
    )


def test_a_lost_page_is_fetched_again() -> None:
    lost: list[Request] = []

    def once(request: Request) -> Response:
        lost.append(request)
        return answer({}, 503)

    script = Script([answer({"items": [1], "next": "?p=2"}), once, answer({"items": [2]})])
    assert list(listing(script, LINKS)) == [1, 2]
    assert lost[0].url == script.urls[2]


def test_a_link_with_a_body_and_no_method_is_not_followed() -> None:
    link = {"rel": "next", "href": f"{HOME}/things", "body": {"token": "2"}}
    script = Script([answer({"items": [1], "next": [link]}), answer({"items": [2], "next": []})])
    with pytest.raises(ProtocolError, match="has a `body` and no `method`"):
        list(listing(script, LINKS))
    script = Script(
        [answer({"items": [1], "next": [{**link, "method": "GET"}]}), answer({"items": [2], "next": []})]
    )
    assert list(listing(script, LINKS)) == [1, 2]


class Shelf(BaseHTTPRequestHandler):
    """Answers a search with three pages, each with a link to the next by POST, as STAC has it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        page = int(body.get("token", "1"))
        href = f"http://{self.headers['host']}/v1/search"
        more = {
            "rel": "next",
            "href": href,
            "method": "POST",
            "body": {"token": str(page + 1)},
            "merge": True,
        }
        links = [{"rel": "self", "href": href}, *([more] if page < 3 else [])]
        data = json.dumps({"items": [[page, body["text"]]], "next": links}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        del format, args


def test_links_are_followed_over_a_socket() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        home = f"http://127.0.0.1:{server.server_port}/v1"
        with client(Script(), endpoint=home, transport=None, clock=SYSTEM) as one:
            found = LINKS.over(one, SEARCH, {}, Search(text="hut"), {})
            assert list(found) == [[1, "hut"], [2, "hut"], [3, "hut"]]
            assert [len(page.items) for page in found.pages()] == [1, 1, 1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_option_that_there_is_not_is_refused_at_the_call() -> None:
    paging = RestPaging(kind="token", items=("items",), place="token", source=("next",))
    with pytest.raises(TypeError, match="unexpected keyword argument 'timeuot'"):
        paging.over(client(Script()), LIST, {}, None, {"timeuot": 1})  # type: ignore[typeddict-unknown-key] # on purpose
