"""The pytest plugin: the fixture `earthengine_contract`.

Loaded in every pytest run of whoever has Groundwire installed, so it imports nothing until the fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .fixture import EarthEngineContract


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run say where the server is."""
    group = parser.getgroup("groundwire")
    group.addoption(
        "--earthengine-contract",
        choices=("thread", "process"),
        default="thread",
        help="where the fixture earthengine_contract runs its server: in a thread, or in a process of its own",
    )
    group.addoption(
        "--earthengine-contract-allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a Host name under which that server answers, beside those of this machine; repeatable",
    )


@pytest.fixture(scope="session")
def _earthengine_contract_server(  # pyright: ignore[reportUnusedFunction] # by pytest
    request: pytest.FixtureRequest,
) -> Iterator[EarthEngineContract]:
    """One server for all tests of a run."""
    from .fixture import running, running_apart

    apart = request.config.getoption("--earthengine-contract") == "process"
    hosts: list[str] = request.config.getoption("--earthengine-contract-allow-host") or []
    contract = running_apart(hosts) if apart else running(hosts)
    yield contract
    contract.stop()


@pytest.fixture
def earthengine_contract(_earthengine_contract_server: EarthEngineContract) -> Iterator[EarthEngineContract]:
    """A local stand-in for Earth Engine's image:export and operations methods, fresh for every test.

    `.endpoint` is where it listens, `.client()` a groundwire.Client of it, `.requests` what was asked,
    `.operations` what was started; `.finish(op)`, `.fail(op, message)`, `.hold(op)` and `.advance(seconds)` say
    what becomes of it; `.script([429, "reset after"])` what becomes of the next requests, and `.assert_valid()`
    fails for requests that the service would have refused.
    """
    contract = _earthengine_contract_server
    contract.reset()
    yield contract
    contract.close_clients()
