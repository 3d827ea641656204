"""What leaves a connection: a body once and whole, and never behind another request."""

from __future__ import annotations

from contextlib import suppress

import pytest
from groundwire_runtime.errors import TransportError
from groundwire_runtime.http import Request

from .test_transport import talking
from .wire import RESET, plain


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 3_000_000])
def test_a_body_of_any_size_arrives_once_and_whole(size: int) -> None:
    body = bytes(index % 251 for index in range(size))
    with talking(plain()) as (wire, transport):
        for _ in range(2):
            transport.send(Request(method_id="m", verb="POST", url=wire.url, body=body))
    assert [each.partition(b"\r\n\r\n")[2] == body for each in wire.requests] == [True, True]
    assert wire.header("content-length") == str(size)
    assert wire.connections == 1


def test_nothing_is_left_on_a_connection_that_is_opened_again() -> None:
    with talking(RESET, plain(), connections=1) as (wire, transport):
        with pytest.raises(TransportError):
            transport.send(Request(method_id="m", verb="POST", url=wire.url, body=b"a"))
        transport.send(Request(method_id="m", verb="GET", url=wire.url))
    assert wire.requests[1].endswith(b"\r\n\r\n")


def test_a_body_that_was_not_sent_does_not_follow_another_request() -> None:
    with talking(plain()) as (wire, transport):
        for name in ("bad\nname", "good"):
            sent = Request(method_id="m", verb="POST", url=f"{wire.url}/{name}", body=name.encode())
            with suppress(TransportError):
                transport.send(sent)
    assert [each.partition(b"\r\n\r\n")[2] for each in wire.requests[-1:]] == [b"good"]
