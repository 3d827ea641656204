"""Bytes that a client has not read yet: a slow reader is told from one that reads nothing."""

from __future__ import annotations

import socket
import sys

import pytest
from attrs import frozen
from groundwire_contract.server.connection import unread


@frozen
class Transport:
    """A transport with bytes that the system does not take yet."""

    sock: socket.socket
    waiting: int

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def get_extra_info(self, name: str) -> socket.socket:
        assert name == "socket"
        return self.sock


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what it has not sent")
def test_a_client_that_reads_is_seen_before_the_system_takes_more() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for _ in range(10):
            ours.send(b"a" * 1000)
        full = unread(Transport(ours, 5))
        assert full > 10_000
        assert unread(Transport(ours, 5)) == full, "nothing was read"
        while theirs.recv(1000, socket.MSG_DONTWAIT) and unread(Transport(ours, 5)) == full:
            pass
        assert 5 < unread(Transport(ours, 5)) < full


def test_a_client_that_was_sent_everything_has_nothing_to_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.send(b"a")
        assert unread(Transport(ours, 0)) == 0
