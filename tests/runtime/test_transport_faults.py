"""What a call that got no answer says, and what urllib3 says in its log."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import urllib3
from groundwire_runtime.errors import DeadlineReached, TransportError
from groundwire_runtime.transport import UrllibTransport

from .test_transport import request, talking
from .wire import RESET, Reply, Wire, http
from .wire.authority import authority
from .wire.blackhole import full_backlog, silent


def test_a_closed_port_is_a_request_that_was_not_sent() -> None:
    with Wire() as wire:
        url = wire.url
    with closing(UrllibTransport()) as transport, pytest.raises(TransportError) as caught:
        transport.send(request(url))
    assert (caught.value.sent, caught.value.retryable) == (False, True)
    assert caught.value.message == "shop.books.get: no answer (ConnectionRefusedError)"
    assert "Check the endpoint" in caught.value.hint


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_address_of_ipv6_without_a_port_is_asked_at_the_standard_one(scheme: str) -> None:
    with closing(UrllibTransport()) as transport, pytest.raises(TransportError) as caught:
        # Of this machine, and in no list of loopback addresses that a proxy setting could have.
        transport.send(request(f"{scheme}://[::1]/"))
    assert not caught.value.sent
    # Cut at its last colon, the address would be a name that nobody can resolve.
    assert "gaierror" not in caught.value.message
    assert "LocationParseError" not in caught.value.message


@pytest.mark.parametrize("place", ["[::1]evil.example", "[localhost]", "evil.example[::1]"])
def test_an_address_that_can_be_read_in_two_ways_is_not_asked(place: str) -> None:
    with closing(UrllibTransport()) as transport, pytest.raises(TransportError) as caught:
        transport.send(request(f"http://{place}/"))
    assert (caught.value.sent, caught.value.message) == (False, "shop.books.get: no answer (ValueError)")


def test_a_server_that_is_not_trusted_gets_no_request_and_the_error_says_why() -> None:
    with (
        Wire(tls=authority().server()) as wire,
        closing(UrllibTransport()) as transport,
        pytest.raises(TransportError, match=r"no TLS connection \(SSLCertVerificationError: ") as caught,
    ):
        transport.send(request(wire.url))
    assert wire.requests == []
    assert "certificates of both ends" in caught.value.hint


def test_an_answer_that_was_cut_gives_no_advice_on_the_way_there() -> None:
    with talking(RESET) as (wire, transport), pytest.raises(TransportError, match="no answer") as caught:
        transport.send(request(wire.url))
    assert caught.value.sent
    assert "the service may have acted" in caught.value.hint
    assert "Check" not in str(caught.value)


def test_a_server_that_says_nothing_is_waited_for_as_long_as_the_transport_says() -> None:
    with silent() as port, closing(UrllibTransport(read_timeout=0.05)) as transport:
        with pytest.raises(TransportError, match="waited too long for an answer") as caught:
            transport.send(request(f"http://127.0.0.1:{port}"))
        assert caught.value.sent


@pytest.mark.skipif(sys.platform != "linux", reason="fills the backlog of a listener as Linux counts it")
def test_a_connection_is_waited_for_as_long_as_the_transport_says() -> None:
    with full_backlog() as port, closing(UrllibTransport(connect_timeout=0.05)) as transport:
        with pytest.raises(TransportError, match="waited too long for a connection") as caught:
            transport.send(request(f"http://127.0.0.1:{port}"))
        assert not caught.value.sent


def test_sockets_are_counted_over_tls_too() -> None:
    arrived = threading.Event()

    def answer(_: bytes) -> Reply:
        arrived.set()
        return Reply(pieces=[http()], held=True)

    with (
        Wire(answer, tls=authority().server()) as wire,
        closing(UrllibTransport(tls=authority().client(), connections=1)) as transport,
        ThreadPoolExecutor(1) as threads,
    ):
        first = threads.submit(transport.send, request(wire.url))
        assert arrived.wait(5)
        with pytest.raises(DeadlineReached):
            transport.send(request(wire.url, seconds=0.1))
        wire.release.set()
        assert first.result(5).status == 200
        assert wire.connections == 1


def test_other_requests_over_urllib3_are_logged_by_it_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "urllib3.connectionpool")
    with talking() as (wire, transport), urllib3.HTTPConnectionPool("127.0.0.1", wire.port) as pool:
        transport.send(request(wire.url))
        assert not any("HTTP/1.1" in message for message in caplog.messages)
        pool.request("GET", "/other")
    assert any('"GET /other HTTP/1.1" 200' in message for message in caplog.messages)
