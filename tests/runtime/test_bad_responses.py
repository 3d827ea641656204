"""Answers that no service should give, by their numbers in the list of bad inputs."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable

import pytest
from groundwire import Operation
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.errors import (
    ApiError,
    DeadlineReached,
    GroundwireError,
    ResourceExhausted,
    ResponseTooLarge,
    TransportError,
)

from ..promises.shop import CALLS, EXPORT, NAME, OPERATION, client, seconds_of
from .doubles import Time
from .wire import Reply, Wire, bomb, chunked, cut, drip, http, plain, zipped

EMPTY = {
    "204": http(b"", "204 No Content", sized=False),
    "204 with a length": http(b"", "204 No Content"),
    "200": http(b""),
    "201": http(b"", "201 Created"),
    "202": http(b"", "202 Accepted"),
    "205": http(b"", "205 Reset Content"),
    "whitespace": http(b"\r\n "),
    "chunked": chunked(b""),
    "gzip of nothing": zipped(b""),
    "gzip without a byte": http(b"", content_encoding="gzip"),
    "another type": http(b"", content_type="text/plain"),
}
"""Successes without content, each framed so that it is known to be whole."""


@pytest.mark.parametrize("name", EMPTY)
def test_49_a_success_without_a_body_is_an_empty_message(name: str) -> None:
    with Wire([Reply(pieces=[EMPTY[name]]), plain(OPERATION)]) as wire, client(wire.url, retry=None) as one:
        assert one.projects.operations.get(NAME) == Operation()
        assert one.projects.operations.get(NAME) == Operation(name=NAME)


def test_49_nothing_up_to_the_end_of_the_connection_is_an_answer_cut_off() -> None:
    assert made_again(cut(http(b"", sized=False)))


CHUNKED = http(b"", sized=False, transfer_encoding="chunked")
TYPE = "type.googleapis.com/google.rpc."


def fault(reply: Reply, **options: object) -> GroundwireError:
    """The error of a call that gets this answer once, and may not be made again."""
    with (
        Wire([reply]) as wire,
        client(wire.url, retry=None, **options) as one,
        pytest.raises(GroundwireError) as caught,
    ):
        one.projects.operations.get(NAME)
    return caught.value


def made_again(reply: Reply) -> bool:
    """Whether each safe call that gets this answer first is made again, and no other."""
    sends: dict[str, int] = {}
    for name, call in CALLS.items():
        with Wire([reply, plain(OPERATION)]) as wire, client(wire.url) as one:
            try:
                call.make(one)
            except GroundwireError:
                assert not call.safe
            sends[name] = len(wire.requests)
    return sends == {name: 1 + call.safe for name, call in CALLS.items()}


def test_51_a_body_shorter_than_announced() -> None:
    reply = cut(http(OPERATION)[:-7])
    error = fault(reply)
    assert type(error) is TransportError
    assert (error.sent, "IncompleteRead" in str(error)) == (True, True)
    assert made_again(reply)


def test_52_json_cut_in_the_middle_of_a_token_by_the_end_of_the_connection() -> None:
    reply = cut(http(b'{"name": "projects/p/opera', sized=False))
    error = fault(reply)
    assert type(error) is TransportError
    assert "is not JSON at character 9" in str(error)
    assert made_again(reply)


@pytest.mark.parametrize(
    "data", [chunked(OPERATION)[:-20], CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n", CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n"]
)
def test_53_chunks_cut_and_of_a_bad_size(data: bytes) -> None:
    error = fault(cut(data))
    assert (type(error), getattr(error, "sent", None)) == (TransportError, True)


def test_53_a_cut_chunk_is_asked_for_again() -> None:
    assert made_again(cut(chunked(OPERATION)[:-20]))


def test_54_a_gzip_bomb() -> None:
    error = fault(Reply(pieces=[bomb(8 << 20)]), max_response_bytes=1 << 20)
    assert type(error) is ResponseTooLarge
    assert "max_response_bytes" in error.hint


@pytest.mark.parametrize(
    ("data", "coding"),
    [
        (http(b"\x1f\x8b" + bytes(30), content_encoding="gzip"), "gzip"),
        (http(gzip.compress(OPERATION)[:-4], content_encoding="gzip"), "gzip"),
        (zipped(OPERATION) + b"more", "gzip"),
        (http(OPERATION, content_encoding="gzip"), "gzip"),
        (http(OPERATION, content_encoding="br"), "br"),
        (http(OPERATION, content_encoding="gzip, gzip"), "gzip, gzip"),
    ],
)
def test_55_a_corrupt_or_unknown_content_encoding(data: bytes, coding: str) -> None:
    if data.endswith(b"more"):
        data = data.replace(b"content-length: ", b"x-length: ")
    error = fault(cut(data))
    assert type(error) is TransportError
    assert "content-encoding" in str(error)
    assert coding in str(error)


def test_56_ten_gigabytes_announced() -> None:
    reply = Reply(pieces=[http(b"", content_length="10000000000")], then="keep")
    assert seconds_of(lambda: fault(reply)) < 2
    assert type(fault(reply)) is ResponseTooLarge


def test_67_an_error_in_the_body_of_a_200(caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps({"error": {"code": 503, "status": "UNAVAILABLE", "message": "m"}}).encode()
    with caplog.at_level(logging.WARNING), Wire([plain(body)]) as wire, client(wire.url) as one:
        assert one.projects.operations.get(NAME).name is None
        assert len(wire.requests) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "earthengine.projects.operations.get: 200 with an error for a body"
    ]


def test_68_a_status_of_five_kinds_of_detail() -> None:
    details = [
        {"@type": TYPE + "ErrorInfo", "reason": "R", "domain": "d", "metadata": {}},
        {"@type": TYPE + "RetryInfo", "retryDelay": "1.5s"},
        {"@type": TYPE + "QuotaFailure", "violations": [{"subject": "s"}]},
        {"@type": TYPE + "Help", "links": [{"url": "https://shop.test"}]},
        {"@type": "type.test/of.Tomorrow", "x": {"y": [1]}},
    ]
    body = json.dumps({"error": {"code": 503, "status": "UNAVAILABLE", "details": details}}).encode()
    error = fault(plain(body, "503 Busy"))
    assert isinstance(error, ApiError)
    assert (error.details, error.reason, error.retry_after) == (tuple(details), "R", 1.5)
    assert 1.5 <= sleeps(plain(body, "503 Busy"))[0] <= 1.65


def sleeps(reply: Reply) -> list[float]:
    """The waits of a call that gets this answer once."""
    time = Time(now=SYSTEM.monotonic())
    with Wire([reply, plain(OPERATION)]) as wire, client(wire.url, clock=time.clock()) as one:
        one.projects.operations.get(NAME, timeout=100_000_000)
        assert len(wire.requests) == 2
    return time.sleeps


def slow_down(value: str) -> Reply:
    return plain(b"{}", "429 Slow down", retry_after=value)


@pytest.mark.parametrize("value", ["-1", "abc", "1.5", "", "5 s", "0x10"])
def test_69_a_malformed_retry_after_is_ignored(value: str) -> None:
    (wait,) = sleeps(slow_down(value))
    assert 0 < wait <= 1


def test_69_a_retry_after_that_has_passed_is_no_wait() -> None:
    assert sleeps(slow_down("Sun, 06 Nov 1994 08:49:37 GMT")) == [0]


def test_69_a_retry_after_of_years_is_an_error_at_once() -> None:
    error = fault(slow_down("99999999"))
    assert isinstance(error, ResourceExhausted)
    with Wire([slow_down("99999999")]) as wire, client(wire.url) as one:
        with pytest.raises(ResourceExhausted) as caught:
            one.projects.operations.get(NAME, timeout=60)
        assert (caught.value.retry_after, len(wire.requests)) == (99_999_999, 1)


@pytest.mark.parametrize(
    "value",
    ["Tue, 14 Nov 2023 22:13:27 GMT", "Tuesday, 14-Nov-23 22:13:27 GMT", "Tue Nov 14 22:13:27 2023"],
    ids=["IMF", "RFC 850", "asctime"],
)
def test_70_a_retry_after_in_three_forms_of_a_date(value: str) -> None:
    (wait,) = sleeps(slow_down(value))
    assert 6 <= wait <= 8.8


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_71_a_redirect_of_a_post_to_another_host(status: int) -> None:
    with Wire() as other:
        location = f"{other.url}/stolen?token=canary-"
        with Wire([plain(b"", f"{status} Moved", location=location)]) as wire, client(wire.url) as one:
            with pytest.raises(ApiError) as caught:
                one.projects.image.export(EXPORT)
            assert len(wire.requests) == 1
    assert other.connections == 0
    assert "redirected to 127.0.0.1," in caught.value.message
    assert "stolen" not in str(caught.value)


def test_72_a_loop_of_redirects() -> None:
    with Wire(lambda _: plain(b"", "307 Again", location="/again")) as wire, client(wire.url) as one:
        with pytest.raises(ApiError) as caught:
            one.projects.operations.get(NAME)
        assert (caught.value.http_status, len(wire.requests)) == (307, 1)


ONCE: dict[str, Callable[[], bytes]] = {
    "73_more_than_100_headers": lambda: b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 101 + b"\r\n",
    "73_a_header_of_64_KB": lambda: b"HTTP/1.1 200 OK\r\nx-a: " + b"b" * 65536 + b"\r\n\r\n",
    "74_HTTP_0.9": lambda: OPERATION + b"\r\n",
    "74_garbage": lambda: b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    "74_garbage_without_a_line": lambda: b"\x16\x03\x01\x02\x00\x01",
    "75_two_lengths": lambda: http(b"{}", content_length="2\r\nContent-Length: 3") + b"}",
    "75_a_length_and_chunks": lambda: http(b"2\r\n{}\r\n0\r\n\r\n", transfer_encoding="chunked"),
}


@pytest.mark.parametrize("case", ONCE)
def test_what_is_not_http_is_met_once_and_its_connection_never_used_again(case: str) -> None:
    with Wire([cut(ONCE[case]()), plain(OPERATION)]) as wire, client(wire.url) as one:
        with pytest.raises(TransportError) as caught:
            one.projects.operations.get(NAME)
        assert (caught.value.sent, caught.value.retryable, len(wire.requests)) == (True, False, 1)
        assert one.projects.operations.get(NAME).name == NAME
        assert wire.connections == 2


def test_76_a_byte_each_fifth_of_a_second_for_ever() -> None:
    taken = seconds_of(lambda: _dripped())
    assert 0.99 <= taken <= 1.1


def _dripped() -> None:
    with Wire([drip(http(b" " * 500), 0.2)]) as wire, client(wire.url) as one, pytest.raises(DeadlineReached):
        one.projects.operations.get(NAME, timeout=1)
