"""Bodies of answers: unpacked, bounded, and known to be whole."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from groundwire_runtime.body import PIECE
from groundwire_runtime.errors import ResponseTooLarge, TransportError

from .test_transport import CHUNKED, UNSIZED, request, talking
from .wire import Reply, chunked, cut, http, plain


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_gzip_is_unpacked(coding: str) -> None:
    with talking(plain(gzip.compress(b"{}" * 5000), content_encoding=coding)) as (wire, transport):
        assert transport.send(request(wire.url)).body == b"{}" * 5000


def test_a_gzip_bomb_is_refused_in_little_memory() -> None:
    limit = 1 << 20
    bomb = plain(gzip.compress(b"\0" * (32 * limit)), content_encoding="gzip")
    with talking(bomb, plain(), max_response=limit) as (wire, transport):
        tracemalloc.start()
        try:
            with pytest.raises(ResponseTooLarge):
                transport.send(request(wire.url))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 2 * limit


def test_an_answer_without_an_end_is_refused_in_little_memory() -> None:
    limit = 1 << 20
    with talking(Reply(pieces=[UNSIZED, *[b" " * limit] * 32], then="close"), max_response=limit) as (
        wire,
        transport,
    ):
        tracemalloc.start()
        try:
            with pytest.raises(ResponseTooLarge):
                transport.send(request(wire.url))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 4 * limit


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("HEAD", UNSIZED),
        ("GET", b"HTTP/1.1 204 None\r\ncontent-type: application/json\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 As it was\r\ncontent-type: application/json\r\n\r\n"),
        ("GET", b"HTTP/1.1 300 Choose\r\ncontent-type: application/json\r\n\r\n"),
        ("GET", b"HTTP/1.1 503 Busy\r\ncontent-type: application/json\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("GET", http(b"", content_encoding="gzip")),
        ("GET", http(b"", content_encoding="gzip", sized=False, content_type="text/html")),
    ],
)
def test_a_body_that_may_be_missing_may_be_missing(verb: str, data: bytes) -> None:
    with talking(cut(data)) as (wire, transport):
        assert transport.send(request(wire.url, verb)).body == b""


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
@pytest.mark.parametrize("packed", [False, True])
def test_a_body_of_many_pieces_is_put_together(size: int, packed: bool) -> None:
    body = bytes(index % 251 for index in range(size))
    sent = http(gzip.compress(body) if packed else body, sized=False, content_type="image/png")
    reply = sent.replace(b"content-type", b"content-encoding: gzip\r\ncontent-type", 1) if packed else sent
    with talking(cut(reply)) as (wire, transport):
        assert transport.send(request(wire.url)).body == body


@pytest.mark.parametrize(
    ("verb", "data", "body"),
    [
        ("GET", http(b"{}", content_encoding="identity"), b"{}"),
        ("HEAD", http(b"", content_encoding="gzip", content_length="5"), b""),
        ("GET", chunked(b"no JSON"), b"no JSON"),
    ],
)
def test_a_body_that_is_known_to_be_whole_is_taken_as_it_is(verb: str, data: bytes, body: bytes) -> None:
    with talking(cut(data)) as (wire, transport):
        assert transport.send(request(wire.url, verb)).body == body


def test_another_packing_than_announced_is_damaged() -> None:
    with (
        talking(plain(zlib.compress(b"{}"), content_encoding="gzip")) as (wire, transport),
        pytest.raises(TransportError, match="gzip: the answer is damaged"),
    ):
        transport.send(request(wire.url))


@pytest.mark.parametrize("body", [b"9" * 5_000, b"[" * 200_000])
def test_json_that_python_cannot_read_is_no_whole_answer(body: bytes) -> None:
    with (
        talking(cut(UNSIZED + body)) as (wire, transport),
        pytest.raises(TransportError, match=r"cut off or is not JSON$"),
    ):
        transport.send(request(wire.url))


def test_an_error_that_is_cut_off_is_found_too() -> None:
    data = b"HTTP/1.1 503 Busy\r\ncontent-type: application/json\r\n\r\n{"
    with talking(cut(data)) as (wire, transport), pytest.raises(TransportError, match="cut off"):
        transport.send(request(wire.url))


def test_an_encoding_that_was_not_asked_for_is_not_met_again() -> None:
    with (
        talking(plain(b"{}", content_encoding="br")) as (wire, transport),
        pytest.raises(TransportError, match="content-encoding 'br'") as caught,
    ):
        transport.send(request(wire.url))
    assert not caught.value.retryable


@pytest.mark.parametrize("length", ["10000000000", "1" * 5000])
def test_an_answer_that_announces_too_much_is_refused_before_it_is_read(length: str) -> None:
    with talking(plain(b"", content_length=length), plain(), connections=1) as (wire, transport):
        with pytest.raises(ResponseTooLarge, match=f"more than {1 << 20} bytes"):
            transport.send(request(wire.url))
        assert transport.send(request(wire.url)).status == 200


@pytest.mark.parametrize(
    "unannounced",
    [cut(UNSIZED + b" " * 2000), Reply(pieces=[CHUNKED, b"7d0\r\n", b" " * 2000, b"\r\n0\r\n\r\n"])],
)
def test_an_answer_without_a_length_is_refused_when_it_grows_too_large(unannounced: Reply) -> None:
    with talking(unannounced, plain(b"0" * 1000), max_response=1000, connections=1) as (wire, transport):
        with pytest.raises(ResponseTooLarge, match="more than 1000 bytes") as caught:
            transport.send(request(wire.url))
        assert (caught.value.sent, caught.value.retryable) == (True, False)
        assert len(transport.send(request(wire.url)).body) == 1000, "the limit itself is allowed"
