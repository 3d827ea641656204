"""Rows 11 to 14, 30, 34 and 37: answers that are cut, too large, or no answers at all."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Literal

import pytest
from groundwire import Client
from groundwire_runtime.errors import ApiError, GroundwireError, ResponseTooLarge, TransportError
from groundwire_runtime.http import Request
from groundwire_runtime.transport import UrllibTransport

from ..runtime.wire import Reply, Wire, bomb, chunked, cut, http, plain, zipped
from ..runtime.wire.authority import authority
from ..runtime.wire.relay import Relay
from .plugin import Measured
from .shop import NAME, client

TYPE = "type.googleapis.com/google.rpc."


def of_200_bytes(frame: Callable[..., bytes], **headers: str) -> bytes:
    """An answer of exactly 200 bytes that is an operation."""
    body = json.dumps({"name": NAME, "unknown": "y" * 20}).encode()
    short = 200 - len(frame(body, x_pad="", **headers))
    return frame(body, x_pad="p" * short, **headers)


FRAMES: Mapping[str, bytes] = {
    "Content-Length": of_200_bytes(http),
    "chunked": of_200_bytes(chunked, content_type="text/json"),
    "until closed": of_200_bytes(partial(http, sized=False)),
    "gzip": of_200_bytes(zipped, content_type="json"),
    "gzip until closed": of_200_bytes(partial(zipped, sized=False), content_type="json"),
}


@pytest.mark.promise(11)
@pytest.mark.parametrize("then", ["close", "reset"])
@pytest.mark.parametrize("frame", FRAMES)
def test_an_answer_cut_at_any_byte_ends_well_or_typed(
    measured: Measured, full: bool, frame: str, then: Literal["close", "reset"]
) -> None:
    reply = FRAMES[frame]
    assert len(reply) == 200
    step = 1 if full or frame == "Content-Length" else 4
    cuts = [Reply(pieces=[reply[:end]], then=then) for end in range(0, 200, step)]
    whole = plain(reply.partition(b"\r\n\r\n")[2]) if frame == "Content-Length" else cut(reply)
    with Wire(cuts) as wire, client(wire.url, retry=None) as one:
        alone = [_outcome(one) for _ in cuts]
    # Chunks are whole without their very last bytes.
    assert set(alone[:-5]) == {"TransportError"}
    assert set(alone) <= {"TransportError", NAME}
    answers = [reply for broken in cuts[:-5] for reply in (broken, whole)]
    with Wire(answers) as wire, client(wire.url) as one:
        retried = [_outcome(one) for _ in cuts[:-5]]
        assert len(wire.requests) == 2 * len(retried)
    assert set(retried) == {NAME}
    measured(f"{frame}, {then}: {len(alone)} of {len(cuts)} well or typed; well when made again")


def _outcome(one: Client) -> str:
    try:
        return str(one.projects.operations.get(NAME).name)
    except GroundwireError as error:
        return type(error).__name__


@pytest.mark.promise(11)
def test_a_tls_stream_cut_at_any_byte_ends_typed(measured: Measured, full: bool) -> None:
    said: set[str] = set()
    total, step = 2_400, 10 if full else 150
    with Wire([plain(json.dumps({"name": NAME, "x": "y" * 600}).encode())], tls=authority().server()) as wire:
        for then in ("close", "reset"):
            for end in range(0, total, step):
                with Relay(wire.port, after=end, then=then) as relay:  # type: ignore[arg-type] # one of both
                    said.add(_over_tls(relay.port))
    assert said <= {"TransportError", NAME}
    assert "TransportError" in said
    measured(f"TLS, {2 * len(range(0, total, step))} cuts of handshake and answer: success or typed")


def _over_tls(port: int) -> str:
    with client(f"https://127.0.0.1:{port}", tls=authority().client(), retry=None) as one:
        return _outcome(one)


@pytest.mark.promise(12)
@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=UTF-8", "Application/JSON"])
def test_a_json_body_cut_off_is_never_taken_for_whole(measured: Measured, kind: str) -> None:
    found, whole = 0, {"name": NAME, "unknown": "y" * 20}
    for frame in FRAMES:
        reply = FRAMES[frame].replace(b"application/json", kind.encode())
        head = reply.index(b"\r\n\r\n") + 4
        for end in range(head, len(reply)):
            with Wire([cut(reply[:end])]) as wire, closing(UrllibTransport()) as transport:
                try:
                    got = transport.send(Request(method_id="m", verb="GET", url=wire.url))
                    assert json.loads(got.body) == whole, "cut off, but taken for whole"
                except TransportError as error:
                    assert (error.sent, error.retryable) == (True, True)
                    found += 1
    assert found > 350
    measured(f"{found} of {found} cuts found, {len(FRAMES)} framings")


@pytest.mark.promise(13)
@pytest.mark.skipif(sys.platform != "linux", reason="reads memory as Linux counts it")
def test_a_gzip_bomb_is_refused_in_little_memory(measured: Measured, full: bool) -> None:
    limit, size = (64 << 20, 200 << 20) if full else (16 << 20, 64 << 20)
    reply = bomb(size)
    with Wire([plain(), Reply(pieces=[reply])]) as wire:
        command = [sys.executable, "-m", "tests.promises.bomb_victim", wire.url, str(limit)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603 - our own module
    growth, said = ran.stdout.split()
    assert said == "ResponseTooLarge"
    assert int(growth) < 2 * limit
    shown = f"{len(reply) >> 10} KiB that become {size >> 20} MiB"
    measured(f"{shown}: ResponseTooLarge, memory grew by {int(growth) / limit:.1f} x the limit")


@pytest.mark.promise(14)
def test_an_answer_too_large_is_refused_before_it_is_read(measured: Measured) -> None:
    announced = 10_000_000_000
    taken, sent = 0.0, 0

    def endless(head: bytes) -> Iterator[bytes]:
        nonlocal sent
        yield head
        while True:
            sent += 65536
            yield bytes(65536)

    heads = {
        "announced": http(b"", content_length=str(announced)),
        "announced, packed": http(b"", content_length=str(announced), content_encoding="gzip"),
        "longer than any number": http(b"", content_length="9" * 5_000),
    }
    for head in heads.values():
        with Wire([Reply(pieces=endless(head))]) as wire, closing(UrllibTransport()) as transport:  # type: ignore[arg-type] # without end
            started = time.perf_counter()
            with pytest.raises(ResponseTooLarge) as caught:
                transport.send(Request(method_id="m", verb="GET", url=wire.url))
            taken = max(taken, time.perf_counter() - started)
            assert not caught.value.retryable
    # What the system's buffers take without anybody reading.
    assert sent < 64 << 20
    assert taken < 1
    measured(f"10 GB announced: refused on the head, {1000 * taken:.0f} ms")


GARBAGE = {
    "101 headers": b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 101 + b"\r\n",
    "a header of 64 KB": b"HTTP/1.1 200 OK\r\nx-a: " + b"b" * 65536 + b"\r\n\r\n",
    "a status line of 64 KB": b"HTTP/1.1 200 " + b"O" * 65536 + b"\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "HTTP/0.9": b"<html>hello</html>\r\n",
    "a status that is no number": b"HTTP/1.1 abc\r\n\r\n",
    "a status out of range": b"HTTP/1.1 20000 OK\r\n\r\n",
    "noise": bytes(range(128, 256)) * 10 + b"\r\n\r\n",
    "two lengths": http(b"{}", content_length="2\r\nContent-Length: 3") + b"}",
    "a length and chunks": http(b"2\r\n{}\r\n0\r\n\r\n", transfer_encoding="chunked"),
}


@pytest.mark.promise(30)
def test_what_is_not_http_is_a_typed_error_after_one_send(measured: Measured) -> None:
    for name, data in GARBAGE.items():
        with Wire([cut(data)]) as wire, client(wire.url) as one:
            with pytest.raises(TransportError) as caught:
                one.projects.operations.get(NAME)
            assert (caught.value.sent, caught.value.retryable, len(wire.requests)) == (True, False, 1), name
    measured(f"{len(GARBAGE)} kinds: TransportError, 1 send each")


DETAILS = [
    {"@type": TYPE + "ErrorInfo", "reason": "TOO_MANY", "domain": "shop.test", "metadata": {"a": "b"}},
    {"@type": TYPE + "RetryInfo", "retryDelay": "3600s"},
    {"@type": TYPE + "QuotaFailure", "violations": [{"subject": "s", "description": "d"}]},
    {"@type": TYPE + "BadRequest", "fieldViolations": [{"field": "f"}]},
    {"@type": "type.test/of.Tomorrow", "x": [1, None]},
]


@pytest.mark.promise(34)
def test_an_error_keeps_all_that_was_told(measured: Measured) -> None:
    error = {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED", "details": DETAILS}
    bodies = {
        "an error": json.dumps({"error": error}),
        "HTML": "<html><body>Too   many</body></html>",
        "a list": '["slow down"]',
        "a string": '"slow down"',
        "an error that is a string": '{"error": "slow down"}',
        "nothing": "",
    }
    caught = {name: _error(body) for name, body in bodies.items()}
    assert {each.http_status for each in caught.values()} == {429}
    assert {each.server_request_id for each in caught.values()} == {"r-1"}
    assert {each.method_id for each in caught.values()} == {"earthengine.projects.operations.get"}
    assert all(each.message for each in caught.values())
    whole = caught["an error"]
    assert (whole.message, whole.status) == ("slow down", "RESOURCE_EXHAUSTED")
    assert (whole.reason, whole.domain, whole.retry_after) == ("TOO_MANY", "shop.test", 3_600)
    assert whole.details == tuple(DETAILS)
    measured(f"8 of 8 fields, {len(DETAILS)} kinds of detail; {len(bodies) - 1} other bodies")


def _error(body: str) -> ApiError:
    reply = plain(body, "429 Too many", x_goog_request_id="r-1")
    with Wire([reply]) as wire, client(wire.url, retry=None) as one, pytest.raises(ApiError) as caught:
        one.projects.operations.get(NAME)
    return caught.value


@pytest.mark.promise(37)
def test_several_gzip_members_are_one_answer_and_anything_else_is_a_typed_error(
    measured: Measured, full: bool
) -> None:
    parts = [json.dumps({"name": NAME}).encode(), b" " * 30_000, b"", b"\n"]
    packed = b"".join(gzip.compress(part, mtime=0) for part in parts)
    whole, ends = {len(gzip.compress(parts[0], mtime=0))}, range(1, len(packed), 1 if full else 7)
    for part in parts[1:]:
        whole.add(max(whole) + len(gzip.compress(part, mtime=0)))
    broken = [packed[:end] for end in ends if end not in whole]
    broken += [
        packed + junk for junk in (b"x", b"\0", b"\x1f", b"\x1f\x8b", bytes(1_000), b"{}", packed[:-1])
    ]
    sound = [packed, packed[: min(whole)], packed * 250]
    answers = [plain(body, content_encoding="gzip") for body in (*sound, *broken)]
    with Wire(answers) as wire, client(wire.url, retry=None, timeout=5) as one:
        outcomes = [_outcome(one) for _ in answers]
    # JSON, four times over, is none.
    assert outcomes[:3] == [NAME, NAME, "DecodeError"]
    assert outcomes[3:] == ["TransportError"] * len(broken)
    measured(f"{len(broken)} ways to break four members: TransportError; 1,000 members read")


@pytest.mark.promise(37)
def test_members_that_hold_nothing_are_refused_at_once(measured: Measured) -> None:
    packed = gzip.compress(b"", mtime=0) * 200_000
    took: list[float] = []
    for frame in (
        partial(http, content_encoding="gzip"),
        partial(chunked, size=65_536, content_encoding="gzip"),
    ):
        with Wire([plain(), Reply(pieces=[frame(packed)])]) as wire, closing(UrllibTransport()) as transport:
            transport.send(Request(method_id="m", verb="GET", url=wire.url))
            started = time.perf_counter()
            with pytest.raises(TransportError, match="more than 1000 members"):
                transport.send(Request(method_id="m", verb="GET", url=wire.url))
            took.append(time.perf_counter() - started)
    assert min(took) < 0.1
    measured(f"200,000 empty members, {len(packed) / 1e6:.0f} MB: error in {1000 * min(took):.0f} ms")
