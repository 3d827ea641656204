"""The pytest plugin: the fixture `earthengine_contract`.

Loaded in every pytest run of whoever has Groundwire installed, so it imports nothing until the fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .fixture import EarthEngineContract


@pytest.fixture(scope="session")
def _earthengine_contract_server() -> Iterator[EarthEngineContract]:  # pyright: ignore[reportUnusedFunction] # by pytest
    """One server for all tests of a run."""
    from .fixture import running

    contract = running()
    yield contract
    contract.stop()


@pytest.fixture
def earthengine_contract(_earthengine_contract_server: EarthEngineContract) -> Iterator[EarthEngineContract]:
    """A local stand-in for Earth Engine's image:export and operations methods, fresh for every test.

    `.endpoint` is where it listens, `.client()` a groundwire.Client of it, `.requests` what was asked,
    `.operations` what was started; `.finish(op)`, `.fail(op, message)`, `.hold(op)` and `.advance(seconds)` say
    what becomes of it.
    """
    contract = _earthengine_contract_server
    contract.reset()
    yield contract
    contract.close_clients()
