"""Answers of many items: lines of JSON, JSON text sequences, server-sent events; over a connection that is given back."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve, frozen
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer, RestContent
from groundwire_runtime.errors import DecodeError, NotFound, TransportError
from groundwire_runtime.http import FunctionTransport, Response
from groundwire_runtime.messages import Message, keep_containers
from groundwire_runtime.rest_client import RestClient
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.schema import INT32, Field, Ref
from groundwire_runtime.streams import ServerEvent, Stream, events, split

from .doubles import rest_client
from .wire import SILENCE, Reply, Wire, cut, http, plain, zipped
from .wire.authority import authority


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Log(Message):
    n: int | None = None


LOG = Ref("Log")
LINES = RestContent(media_type="application/x-ndjson", type=LOG, encoding="lines")
RECORDS = RestContent(media_type="application/json-seq", type=LOG, encoding="lines")
EVENTS = RestContent(media_type="text/event-stream", encoding="events")
ONE = RestContent(media_type="application/json", type=LOG)
FOLLOW = RestMethod[Any](
    id="follow", verb="GET", path="/logs", answers=(RestAnswer(200, 200, (LINES, RECORDS, EVENTS, ONE)),)
)


def client(**options: Any) -> RestClient:
    codecs = Codecs(SimpleNamespace(Log=Log), {"Log": lambda: (Field("n", INT32),)})
    return rest_client(codecs, **options)


def follow(one: RestClient, **options: Any) -> Any:
    return one.call(FOLLOW, {}, None, options)  # type: ignore[arg-type] # any options


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-ndjson", b'{"n":1}\n\n  {"n":2}\r\n{"n":3}'),
        ("application/json-seq", b'\x1e{"n":1}\n\x1e{\n"n":2}\n\x1e{"n":3}\n'),
    ],
)
@pytest.mark.parametrize("framing", ["length", "closed", "zipped"])
def test_items_come_from_the_wire(kind: str, body: bytes, framing: str) -> None:
    data = {
        "length": http(body, content_type=kind),
        "closed": http(body, sized=False, content_type=kind),
        "zipped": zipped(body, content_type=kind),
    }[framing]
    with (
        Wire([cut(data) if framing == "closed" else Reply(pieces=[data])]) as wire,
        client(endpoint=wire.url) as one,
    ):
        for _ in range(2):
            assert [each.n for each in follow(one)] == [1, 2, 3]
        assert wire.connections == (2 if framing == "closed" else 1)


def test_an_item_is_given_when_it_has_come() -> None:
    head = http(b"", sized=False, transfer_encoding="chunked", content_type="application/x-ndjson")
    pieces = [head, b'8\r\n{"n":1}\n\r\n', b'8\r\n{"n":2}\n\r\n']
    with Wire([Reply(pieces=pieces, every=0.2)]) as wire, client(endpoint=wire.url, timeout=0.3) as one:
        # The deadline ends with the head of the answer; what comes then may take longer.
        with follow(one) as stream:
            assert [next(stream).n, next(stream).n] == [1, 2]
        assert list(stream) == []
        # The rest was not read, so the connection is of no more use.
        assert wire.closed.acquire(timeout=10)


def test_a_stream_that_is_dropped_gives_its_place_back() -> None:
    many = http(b'{"n":1}\n' * 100_000, content_type="application/x-ndjson")
    with Wire([Reply(pieces=[many])]) as wire, client(endpoint=wire.url, connections=1, timeout=5) as one:
        for use in range(4):
            stream = follow(one)
            if use % 2:
                next(stream)
            del stream


@pytest.mark.parametrize("is_secure", [False, True])
@pytest.mark.parametrize("framing", ["length", "chunks", "closed"])
def test_a_stream_is_closed_while_another_thread_waits(framing: str, is_secure: bool) -> None:
    facts: dict[str, Any] = {"content_type": "application/x-ndjson"}
    head = {
        "length": http(b'{"n":1}\n', "200 OK", content_length="99", **facts),
        "chunks": http(b'8\r\n{"n":1}\n\r\n', "200 OK", sized=False, transfer_encoding="chunked", **facts),
        "closed": http(b'{"n":1}\n', sized=False, **facts),
    }[framing]
    found: list[Any] = []
    came = threading.Event()
    with (
        Wire(
            [Reply(pieces=[head, b"late"], every=8), plain(b'{"n": 2}')],
            tls=authority().server() if is_secure else None,
        ) as wire,
        client(endpoint=wire.url, connections=1, tls=authority().client() if is_secure else None) as one,
    ):
        stream = follow(one)

        def read() -> None:
            for item in stream:
                found.append(item.n)
                came.set()
            found.append("end")

        reader = threading.Thread(target=read)
        reader.start()
        assert came.wait(5)
        stream.close()
        reader.join(5)
        assert found == [1, "end"]
        assert list(stream) == []
        # Its place is free.
        assert follow(one, timeout=5).n == 2


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_stream_that_is_cut_is_an_error(framing: str) -> None:
    facts: dict[str, Any] = {"content_type": "application/x-ndjson"}
    head = {
        "length": http(b'{"n":1}\n', "200 OK", content_length="99", **facts),
        "chunks": http(b'8\r\n{"n":1}\n\r\n', "200 OK", sized=False, transfer_encoding="chunked", **facts),
    }[framing]
    with Wire([cut(head)]) as wire, client(endpoint=wire.url) as one:
        stream = follow(one)
        assert next(stream).n == 1
        with pytest.raises(TransportError):
            next(stream)
        assert len(wire.requests) == 1


def test_silence_of_a_stream_ends_by_the_read_timeout() -> None:
    head = http(b'{"n":1}\n', sized=False, content_type="application/x-ndjson")
    with (
        Wire([Reply(pieces=[head, b"x"], every=5)]) as wire,
        client(endpoint=wire.url, read_timeout=0.2) as one,
    ):
        stream = follow(one)
        assert next(stream).n == 1
        with pytest.raises(TransportError, match="waited too long"):
            next(stream)


def test_errors_and_other_answers_of_such_a_method() -> None:
    with (
        Wire([plain(b"{}", "404 Not Found"), plain(b'{"n": 1}'), SILENCE]) as wire,
        client(endpoint=wire.url) as one,
    ):
        with pytest.raises(NotFound):
            follow(one)
        assert follow(one).n == 1


def test_a_head_opens_no_stream() -> None:
    method = evolve(FOLLOW, verb="HEAD")
    head = http(b"", content_length="99", content_type="application/x-ndjson")
    with Wire([Reply(pieces=[head])]) as wire, client(endpoint=wire.url, connections=1) as one:
        for _ in range(2):
            assert one.call(method, {}, None, {}) is None
            assert one.save(io.BytesIO(), lambda: one.call(method, {}, None, {})).size == 0
        assert wire.connections == 1


def answered(kind: str, body: bytes) -> Any:
    send = FunctionTransport(lambda request: Response(status=200, headers={"content-type": kind}, body=body))
    return follow(client(endpoint="https://a.example", transport=send))


def test_a_transport_of_ones_own_may_give_the_whole_body() -> None:
    found = answered("application/x-ndjson", b'{"n":1}\n{"n":2}\n')
    assert isinstance(found, Stream)
    assert [each.n for each in found] == [1, 2]
    assert list(answered("application/x-ndjson", b"")) == []


def test_an_item_that_is_none_is_an_error_with_its_place() -> None:
    found = answered("application/x-ndjson", b'{"n":1}\n{"n":"x"}\n{"n":3}\n')
    assert next(found).n == 1
    with pytest.raises(DecodeError, match="/1/n"):
        next(found)
    assert list(found) == []


TEXT = "\ufeff: a comment\nevent: tick\nid: 7\ndata: a\ndata:b\n\ndata\n\nretry: 10\ndata: é\r\n\r\nid\n\nevent: x\n\ndata: cut".encode()
WANT = [
    ServerEvent(event="tick", data="a\nb", id="7"),
    ServerEvent(data="", id="7"),
    ServerEvent(data="é", id="7", retry=10),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_events_are_read_as_the_standard_says(size: int, end: bytes) -> None:
    data = TEXT.replace(b"\r\n", b"\n").replace(b"\n", end)
    assert list(events(in_pieces(data, size))) == WANT


def test_events_of_a_call() -> None:
    with Wire([plain(TEXT, content_type="text/event-stream")]) as wire, client(endpoint=wire.url) as one:
        assert list(follow(one)) == WANT


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_records_are_split_wherever_a_piece_ends(size: int) -> None:
    assert list(split(in_pieces(b"\n ab\n\ncd \n e", size), b"\n")) == [b"ab", b"cd", b"e"]
