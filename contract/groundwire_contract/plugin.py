"""The pytest plugin with the fixtures `earthengine_contract` and `api_contract`.

pytest loads it in every run where Groundwire is installed, so it imports nothing until the fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .api_fixture import ApiContract
    from .fixture import EarthEngineContract


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add options for the place and the limits of the server."""
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
    group.addoption(
        "--earthengine-queue-limit",
        type=int,
        metavar="N",
        help="unfinished operations that a project of its server may hold: 3000 unless another number is given",
    )
    group.addoption(
        "--earthengine-listing-lag",
        type=float,
        metavar="SECONDS",
        help="how long after its start no listing of its server has an operation",
    )

    group.addoption(
        "--contract-document",
        metavar="FILE",
        help="the document, Discovery or OpenAPI, that the fixture api_contract serves",
    )
    parser.addini(
        "contract_document", "the document that the fixture api_contract serves, below the root folder"
    )
    parser.addini(
        "contract_examples", "let methods of api_contract answer with the document's examples", type="bool"
    )


@pytest.fixture(scope="session")
def _earthengine_contract_server(  # pyright: ignore[reportUnusedFunction] # by pytest
    request: pytest.FixtureRequest,
) -> Iterator[EarthEngineContract]:
    """Run one server for all tests of a run."""
    from .environment import Environment
    from .fixture import running, running_apart

    option = request.config.getoption
    limits = {
        "queue_limit": option("--earthengine-queue-limit"),
        "listing_lag": option("--earthengine-listing-lag"),
    }
    try:
        environment = Environment(**{name: value for name, value in limits.items() if value is not None})
    except ValueError as error:
        raise pytest.UsageError(
            "--earthengine-queue-limit and -listing-lag: expected numbers from 0"
        ) from error
    contract = (running_apart if option("--earthengine-contract") == "process" else running)(
        environment, allow_hosts=option("--earthengine-contract-allow-host") or ()
    )
    yield contract
    contract.stop()


@pytest.fixture
def earthengine_contract(_earthengine_contract_server: EarthEngineContract) -> Iterator[EarthEngineContract]:
    """A local stand-in for Earth Engine's image:export and operations methods, reset for every test.

    `.endpoint` is its URL, `.client()` a groundwire.Client of it; `.requests` and `.operations` are what it
    received and started. `.finish(op)`, `.fail(op, message)`, `.hold(op)` and `.advance(seconds)` control
    operations, `.script([429, "reset after"])` controls the next answers. `.assert_valid()` fails for
    requests that the service would have refused.
    """
    contract = _earthengine_contract_server
    contract.reset()
    yield contract
    contract.close_clients()
    contract.assert_answers()


@pytest.fixture(scope="session")
def _api_contract_server(  # pyright: ignore[reportUnusedFunction] # by pytest
    request: pytest.FixtureRequest,
) -> Iterator[ApiContract]:
    """Run one server for all tests of a run."""
    from groundwire_codegen.problem import SpecError

    from .api_fixture import serving

    config = request.config
    document = config.getoption("--contract-document") or config.getini("contract_document")
    if not document:
        raise pytest.UsageError(
            "api_contract: name a document by --contract-document, or contract_document in the ini file"
        )
    try:
        contract = serving(config.rootpath / document, examples=config.getini("contract_examples"))
    except (SpecError, OSError) as error:
        raise pytest.UsageError(f"api_contract: {document}: {error}") from error
    yield contract
    contract.stop()


@pytest.fixture
def api_contract(_api_contract_server: ApiContract) -> Iterator[ApiContract]:
    """A local stand-in for the API of the document that `contract_document` names, reset for every test.

    `.endpoint` is its URL, `.client_of(huts.Client)` a client of it, `.answers("getHut", ...)` gives a method its answer.
    """
    contract = _api_contract_server
    contract.reset()
    yield contract
    contract.close_clients()
    contract.assert_answers()
