"""Bodies of answers: unpacked, bounded, and known to be whole."""

from __future__ import annotations

import gzip
import random
import struct
import time
import tracemalloc
import zlib
from contextlib import closing
from itertools import count

import pytest
from groundwire_runtime.body import FED, MEMBERS, PIECE
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import DeadlineReached, ResponseTooLarge, TransportError
from groundwire_runtime.http import Request
from groundwire_runtime.transport import UrllibTransport

from .test_transport import CHUNKED, UNSIZED, request, talking
from .wire import Reply, Wire, chunked, cut, http, plain


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_gzip_is_unpacked(coding: str) -> None:
    with talking(plain(gzip.compress(b"{}" * 5000), content_encoding=coding)) as (wire, transport):
        assert transport.send(request(wire.url)).body == b"{}" * 5000


def members(*bodies: bytes) -> bytes:
    return b"".join(gzip.compress(body, mtime=0) for body in bodies)


def with_fields(body: bytes) -> bytes:
    """A member whose head has every optional field: FEXTRA, FNAME, FCOMMENT, FHCRC (RFC 1952 2.3)."""
    head = b"\x1f\x8b\x08\x1e" + bytes(6) + b"\x03\x00abc" + b"name\x00" + b"comment\x00"
    check = struct.pack("<H", zlib.crc32(head) & 0xFFFF)
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(body) + packer.flush()
    return head + check + packed + struct.pack("<II", zlib.crc32(body), len(body))


def framed(packed: bytes, way: str) -> Reply:
    """A packed body that ends by its length, in chunks of 7 bytes, or with its connection."""
    facts = {"content_encoding": "gzip", "content_type": "image/png"}
    if way == "chunked":
        return Reply(pieces=[chunked(packed, 7, **facts)])
    return cut(http(packed, sized=way == "length", **facts))


WAYS = pytest.mark.parametrize("way", ["length", "chunked", "close"])


@WAYS
@pytest.mark.parametrize(
    ("packed", "body"),
    [
        pytest.param(members(b"a" * 90_000, b"b" * 90_000, b"c" * 90_000, b"d"), None, id="four"),
        pytest.param(members(b"{", b"", b"}"), b"{}", id="one of them empty"),
        pytest.param(members(b"", b""), b"", id="all empty"),
        pytest.param(members(*[b"x"] * MEMBERS), b"x" * MEMBERS, id="as many as may be"),
        pytest.param(with_fields(b"{") + with_fields(b"}"), b"{}", id="heads with every field"),
        pytest.param(members(b"x" * PIECE, b"y" * PIECE), b"x" * PIECE + b"y" * PIECE, id="full pieces"),
    ],
)
def test_the_members_of_a_gzip_body_are_one_body(packed: bytes, body: bytes | None, way: str) -> None:
    with talking(framed(packed, way)) as (wire, transport):
        assert transport.send(request(wire.url)).body == (gzip.decompress(packed) if body is None else body)


@pytest.mark.parametrize("shift", [-2, -1, 0, 1, 9, 10, 11])
@pytest.mark.parametrize("edge", [FED, PIECE])
def test_a_member_may_begin_anywhere(edge: int, shift: int) -> None:
    noise = random.Random(1).randbytes(edge + shift)  # noqa: S311 - what does not pack
    first = gzip.compress(noise, 0)
    first = gzip.compress(noise[: len(noise) - (len(first) - edge - shift)], 0)
    assert len(first) == edge + shift
    with talking(framed(first + members(b"end"), "length")) as (wire, transport):
        assert transport.send(request(wire.url)).body.endswith(b"end")


@WAYS
@pytest.mark.parametrize(
    ("packed", "says"),
    [
        pytest.param(
            gzip.compress(b" " * (PIECE + 1)) + b"x", "bytes follow", id="a byte after a full piece"
        ),
        pytest.param(gzip.compress(b" " * PIECE) + b"x", "bytes follow", id="a byte after a piece"),
        pytest.param(members(b"{}", b"") + b"x", "bytes follow", id="a byte after two"),
        pytest.param(members(b"{}") + b"\0", "bytes follow", id="a zero"),
        pytest.param(members(b"{}") + bytes(512), "bytes follow", id="padding"),
        pytest.param(members(b"{}") + b"\x1f\x8c" + bytes(20), "damaged", id="almost a member"),
        pytest.param(members(b"{}") + b"\x1f", "cut off", id="a byte of a member"),
        pytest.param(members(b"{}") + members(b"[]")[:10], "cut off", id="a head alone"),
        pytest.param(members(b"{}") + members(b"[]")[:-1], "cut off", id="all but the last byte"),
        pytest.param(members(b"{}", b" " * (2 * PIECE))[:-8], "cut off", id="no checksum"),
        pytest.param(members(b"{}")[:-8] + bytes(8), "damaged", id="another checksum"),
        pytest.param(members(*[b"x"] * (MEMBERS + 1)), f"more than {MEMBERS} members", id="one too many"),
    ],
)
def test_anything_else_than_whole_members_is_a_typed_error(packed: bytes, says: str, way: str) -> None:
    with talking(framed(packed, way), plain(b"[2]")) as (wire, transport):
        with pytest.raises(TransportError, match=f"content-encoding gzip: .*{says}") as caught:
            transport.send(request(wire.url))
        assert (caught.value.sent, caught.value.retryable) == (True, "more than" not in says)
        assert transport.send(request(wire.url)).body == b"[2]"


def test_a_packed_answer_shorter_than_its_length_was_cut_off() -> None:
    packed = members(b"{}")
    short = cut(http(packed, content_encoding="gzip", content_length=str(len(packed) + 1)))
    with talking(short) as (wire, transport), pytest.raises(TransportError, match="cut off"):
        transport.send(request(wire.url))


def test_members_that_hold_nothing_are_refused_at_once() -> None:
    """4 MB of them: looking at all that follows, for each, would take minutes."""
    with talking(framed(members(b"") * 200_000, "close"), max_response=1 << 23) as (wire, transport):
        started = time.process_time()
        with pytest.raises(TransportError, match=f"more than {MEMBERS} members"):
            transport.send(request(wire.url))
        assert time.process_time() - started < 1.0


@pytest.mark.parametrize("packed", [gzip.compress(b" " * (40 * PIECE)), members(*[b""] * 900)])
def test_unpacking_ends_at_the_deadline(packed: bytes) -> None:
    """On a clock that runs on with every look at it, as a slow machine's would."""
    ticks = count()
    clock = Clock(monotonic=lambda: next(ticks) / 100)
    with (
        Wire([framed(packed, "length")]) as wire,
        closing(UrllibTransport(clock=clock)) as transport,
        pytest.raises(DeadlineReached),
    ):
        transport.send(Request(method_id="m", verb="GET", url=wire.url, deadline=0.15))


def test_a_packed_body_that_never_ends_is_too_large_though_it_holds_nothing() -> None:
    empty = zlib.compressobj(wbits=31)
    head = empty.compress(b"") + empty.flush(zlib.Z_FULL_FLUSH)
    sent = http(head, sized=False, content_encoding="gzip") + b"\0\0\0\xff\xff" * 300_000
    with talking(cut(sent)) as (wire, transport), pytest.raises(ResponseTooLarge):
        transport.send(request(wire.url))


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
