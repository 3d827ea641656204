"""How a client is set up, what it says of a wrong option, and lists whose page token stands in the body."""

from __future__ import annotations

import json
import pickle
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any, TypeVar

import pytest
from attrs import asdict, frozen
from groundwire import Client, Expression, Operation, credentials
from groundwire_exports import Export
from groundwire_runtime.errors import ArgumentError, GroundwireError, ProtocolError, TransportError
from groundwire_runtime.google_client import GoogleClient
from groundwire_runtime.method import Method, Paging
from groundwire_runtime.options import NO_TIMEOUT
from groundwire_runtime.paging import Pager
from groundwire_runtime.parameters import Parameter
from groundwire_runtime.times import Timestamp
from groundwire_runtime.token_endpoints import TokenEndpoints

from .doubles import Script, Time, answer
from .wire import Reply, Wire, http
from .wire.authority import authority
from .wire.blackhole import full_backlog, silent

T = TypeVar("T")
NAME = "projects/p/operations/A"


def client(script: Script | None = None, **options: Any) -> Client:
    facts: dict[str, Any] = {"credentials": credentials.anonymous(), "project": "p", **options}
    return Client(transport=script or Script(), **facts)


@pytest.mark.parametrize("name", ["timeout", "connect_timeout", "read_timeout"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "5", True, None])
def test_a_limit_of_time_that_is_none_is_refused_by_name(name: str, seconds: object) -> None:
    with pytest.raises(ArgumentError, match=f"^{name}: expected finite seconds above 0") as caught:
        client(**{name: seconds})
    assert repr(NO_TIMEOUT) in caught.value.hint


@pytest.mark.parametrize("name", ["connections", "max_response_bytes", "max_unpacked_bytes"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "5", True, None, float("inf")])
def test_a_count_that_is_none_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ArgumentError, match=f"^{name}: expected an int from 1"):
        client(**{name: value})


def test_more_connections_than_a_host_can_want_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"^connections: expected an int from 1 to 10,000, got 10001$"):
        client(connections=10_001)


def test_a_client_has_as_many_connections_as_it_is_given() -> None:
    busy = threading.Semaphore(0)

    def hold(_: bytes) -> Reply:
        busy.release()
        return Reply(pieces=[http(b"{}")], held=True)

    with (
        Wire(hold) as wire,
        Client(endpoint=wire.url, connections=3) as one,
        ThreadPoolExecutor(8) as threads,
    ):
        calls = [threads.submit(one.projects.operations.get, NAME) for _ in range(8)]
        assert all(busy.acquire(timeout=5) for _ in range(3))
        wire.release.set()
        for call in calls:
            call.result(5)
        assert (wire.connections, wire.most_open) == (3, 3)


def test_a_server_that_says_nothing_is_waited_for_as_long_as_the_client_says() -> None:
    with silent() as port, Client(endpoint=f"http://127.0.0.1:{port}", read_timeout=0.05, retry=None) as one:
        with pytest.raises(TransportError, match="waited too long for an answer") as caught:
            one.projects.operations.get(NAME)
        assert caught.value.sent


@pytest.mark.skipif(sys.platform != "linux", reason="fills the backlog of a listener as Linux counts it")
def test_a_connection_is_waited_for_as_long_as_the_client_says() -> None:
    with (
        full_backlog() as port,
        Client(endpoint=f"http://127.0.0.1:{port}", connect_timeout=0.05, retry=None) as one,
    ):
        with pytest.raises(TransportError, match="waited too long for a connection") as caught:
            one.projects.operations.get(NAME)
        assert not caught.value.sent


@pytest.mark.parametrize(
    ("options", "says", "hint"),
    [
        ({"tls": authority().client()}, "tls: .* TLS settings of its own", ""),
        ({"endpoint": "http://shop.test"}, "endpoint: http://shop.test is refused", "Use https"),
        ({"scopes": "one"}, "scopes: expected a sequence", "in a list"),
    ],
)
def test_a_wrong_option_is_refused_with_what_to_do(options: dict[str, Any], says: str, hint: str) -> None:
    with pytest.raises(ArgumentError, match=says) as caught:
        client(**options)
    assert hint in caught.value.hint


def test_the_environment_names_a_quota_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "of-the-environment")
    script = Script([answer({"name": NAME})])
    client(script).projects.operations.get(NAME)
    assert script.requests[0].headers["x-goog-user-project"] == "of-the-environment"
    assert script.requests[0].headers["user-agent"] == f"groundwire/{version('groundwire')} (gzip)"


def test_an_endpoint_keeps_its_path() -> None:
    assert repr(client(endpoint="https://shop.test/X//")) == "Client('https://shop.test/X/')"


def test_a_client_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="Client holds connections and secrets"):
        pickle.dumps(client())


def test_a_call_takes_all_options_at_once_and_no_other() -> None:
    script = Script([answer({"name": NAME})])
    one = client(script)
    one.projects.operations.get(NAME, timeout=5, retry=None, scopes=["a"], quota_project="q")
    assert (script.requests[0].scopes, script.requests[0].headers["x-goog-user-project"]) == (("a",), "q")
    with pytest.raises(TypeError, match=r"operations\.get: unexpected keyword argument 'retries'"):
        one.projects.operations.get(NAME, timeout=5, retries=3)  # type: ignore[call-arg] # what is refused
    with pytest.raises(ArgumentError, match=r"^timeout: expected finite seconds"):
        one.projects.operations.get(NAME, timeout=0)


def test_a_client_without_a_limit_of_time_waits_within_the_limit_of_the_wait() -> None:
    time = Time()
    done = {"name": NAME, "done": True, "response": {"@type": "type.googleapis.com/google.protobuf.Empty"}}
    script = Script([answer(done)])
    one = client(script, timeout=NO_TIMEOUT, clock=time.clock())
    assert one.wait(Operation(name=NAME), timeout=5).done
    assert script.requests[0].deadline == pytest.approx(1_005)


@frozen(kw_only=True)
class Query:
    text: str = "t"
    page_token: str | None = None


@frozen(kw_only=True)
class Page:
    items: tuple[int, ...] = ()
    next_token: str = ""


class Plain:
    def encode(self, message: Any) -> bytes:
        return json.dumps(asdict(message)).encode()

    def decode(self, type_: type[T], data: bytes) -> T:
        return type_(**json.loads(data))


@pytest.mark.parametrize("in_body", [True, False])
def test_each_page_is_asked_for_with_the_same_body(in_body: bool) -> None:
    token = "page_token"
    method: Method[Page] = Method(
        id="shop.books.search",
        verb="POST",
        path="v2/books:search",
        parameters=(Parameter(name="shelf", location="query"), Parameter(name=token, location="query")),
        request_type=Query,
        response_type=Page,
        paging=Paging(token=token, in_body=in_body, items="items", next_token="next_token"),
    )
    pages: list[Mapping[str, Any]] = [{"items": [1, 2], "next_token": "n"}, {"items": [3]}]
    script = Script([answer(page) for page in pages])
    one = GoogleClient(
        codecs=Plain(),  # type: ignore[arg-type] # a double
        base_url="https://shop.test/",
        methods={},
        held={},
        credentials=credentials.anonymous(),
        transport=script,
    )
    found = Pager.over(one, method, {"shelf": "s"}, Query(), {"quota_project": "q"})
    assert list(found) == [1, 2, 3]
    bodies = [json.loads(sent.body or b"") for sent in script.requests]
    assert bodies == [{"text": "t", token: None}, {"text": "t", token: "n" if in_body else None}]
    assert [f"{token}=n" in url for url in script.urls] == [False, not in_body]
    assert all("shelf=s" in sent.url for sent in script.requests)
    assert {sent.headers["x-goog-user-project"] for sent in script.requests} == {"q"}


def test_a_listing_that_repeats_itself_says_what_to_do() -> None:
    script = Script(forever=answer({"nextPageToken": "n"}))
    with pytest.raises(ProtocolError, match="repeats a page token") as caught:
        list(client(script).projects.operations.list())
    assert "Start the listing again" in caught.value.hint


HALF_MADE: dict[str, Callable[[], object]] = {
    "an endpoint": lambda: Client(endpoint="x"),
    "a timeout": lambda: Client(timeout="x"),  # type: ignore[arg-type] # on purpose
    "a number of connections": lambda: Client(connections=0),
    "an option": lambda: Client(bogus=1),  # type: ignore[call-arg] # on purpose
    "hosts": lambda: Client(credential_hosts="a.test"),
    "hosts of token endpoints": lambda: TokenEndpoints(3),
    "null fields": lambda: Expression(result="0", null_fields=3),  # type: ignore[arg-type] # on purpose
    "a timestamp": lambda: Timestamp(2020, 1, 1, 99),
    "an export": lambda: Export(client(), "x"),
}


@pytest.mark.parametrize("what", HALF_MADE)
def test_an_error_of_a_constructor_can_be_shown_with_its_frames(what: str) -> None:
    """The object that is not complete is a variable of a frame."""
    with pytest.raises((GroundwireError, TypeError, ValueError)) as caught:
        HALF_MADE[what]()
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert any((frame.locals or {}).get("self") for frame in report.stack) or what in (
        "a timestamp",
        "an option",
    )


def test_a_client_and_its_parts_show_what_they_are() -> None:
    assert repr(Client.__new__(Client)) == "Client()"
    assert repr(Client(endpoint="https://a.test")) == "Client('https://a.test/')"
    assert (
        repr(TokenEndpoints(("a.test",), "b.test")) == "TokenEndpoints(hosts=('a.test',), universe='b.test')"
    )
    assert repr(Expression.__new__(Expression)) == "Expression()"
