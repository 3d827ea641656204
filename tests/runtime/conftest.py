from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from groundwire import Client
from groundwire_runtime.transport import UrllibTransport

from .token_server import Rerouted, TokenServer
from .token_sources import SECRET
from .wire.authority import authority


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenServer]:
    for name in ("GOOGLE_CLOUD_QUOTA_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    with TokenServer(secret=SECRET, tls=authority().server(), refresh_token=f"1//{SECRET}") as server:
        yield server


@pytest.fixture
def client(server: TokenServer) -> Iterator[Callable[..., Client]]:
    """Makes clients of the server: the same option trusts its CA for tokens and for calls."""
    with closing(Rerouted(UrllibTransport(tls=authority().client()), server.url)) as sockets:
        yield lambda **options: Client(project="p", endpoint=server.url, transport=sockets, **options)
