"""Servers that break: bytes of a test's choice over plain sockets and TLS, relays that drip and cut, black holes, a proxy."""

from __future__ import annotations

from .reply import RESET as RESET
from .reply import SILENCE as SILENCE
from .reply import Answers as Answers
from .reply import Reply as Reply
from .reply import bomb as bomb
from .reply import chunked as chunked
from .reply import cut as cut
from .reply import drip as drip
from .reply import echo as echo
from .reply import http as http
from .reply import interim as interim
from .reply import plain as plain
from .reply import zipped as zipped
from .server import Wire as Wire
