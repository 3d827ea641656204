"""The pytest plugin with the fixtures `earthengine_contract` and `api_contract`, and one of each for a session.

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
        default="thread",
        metavar="thread|process|URL",
        help="where the fixture earthengine_contract has its server: in a thread, in a process of its own, or at the URL of "
        "one that runs, which each test resets; GROUNDWIRE_CONTROL_TOKEN has its control token",
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


def _earthengine_contract(config: pytest.Config) -> EarthEngineContract:
    """Start a server, or attach to one, as the options say. Raises UsageError."""
    from .attached import attach
    from .environment import Environment
    from .fixture import running, running_apart

    place = str(config.getoption("--earthengine-contract"))
    limits = {
        name: value
        for name in ("queue_limit", "listing_lag")
        if (value := config.getoption(f"--earthengine-{name.replace('_', '-')}")) is not None
    }
    hosts = config.getoption("--earthengine-contract-allow-host") or ()
    if place not in ("thread", "process"):
        if limits or hosts:
            raise pytest.UsageError("a server that runs has its own limits and hosts: give them to `serve`")
        try:
            return attach(place)
        except (ValueError, OSError) as error:
            raise pytest.UsageError(f"--earthengine-contract: thread, process or a URL: {error}") from error
    try:
        environment = Environment(**limits)
    except ValueError as error:
        raise pytest.UsageError(
            "--earthengine-queue-limit and -listing-lag: expected numbers from 0"
        ) from error
    return (running_apart if place == "process" else running)(environment, allow_hosts=hosts)


@pytest.fixture(scope="session")
def _earthengine_contract_server(  # pyright: ignore[reportUnusedFunction] # by pytest
    request: pytest.FixtureRequest,
) -> Iterator[EarthEngineContract]:
    """Run one server for all tests of a run."""
    with _earthengine_contract(request.config) as contract:
        yield contract


@pytest.fixture(scope="session")
def earthengine_contract_session(request: pytest.FixtureRequest) -> Iterator[EarthEngineContract]:
    """A server as that of `earthengine_contract`, for a whole run: for fixtures of a session or a module.

    No test resets it, and it is another server than that of `earthengine_contract`, unless --earthengine-contract has a URL.
    """
    with _earthengine_contract(request.config) as contract:
        yield contract


@pytest.fixture
def earthengine_contract(_earthengine_contract_server: EarthEngineContract) -> Iterator[EarthEngineContract]:
    """A local stand-in for Earth Engine's image:export and operations methods, reset for every test.

    `.endpoint` is its URL, `.client()` a groundwire.Client of it; `.requests` and `.operations` are what it
    received and started. `.finish(op)`, `.fail(op, message)`, `.hold(op)` and `.advance(seconds)` control
    operations, `.script([429, "reset after"])` controls the next answers. `.assert_valid()` fails for
    requests that the service would have refused.
    """
    __tracebackhide__ = True
    contract = _earthengine_contract_server
    contract.reset()
    yield contract
    contract.close_clients()
    contract.assert_answers()


def _api_contract(config: pytest.Config) -> ApiContract:
    """Start a server of the configured document. Raises UsageError."""
    from groundwire_codegen.problem import SpecError

    from .api_fixture import serving

    document = config.getoption("--contract-document") or config.getini("contract_document")
    if not document:
        raise pytest.UsageError(
            "api_contract: name a document by --contract-document, or contract_document in the ini file"
        )
    try:
        return serving(config.rootpath / document, examples=config.getini("contract_examples"))
    except (SpecError, OSError) as error:
        raise pytest.UsageError(f"api_contract: {document}: {error}") from error


@pytest.fixture(scope="session")
def _api_contract_server(  # pyright: ignore[reportUnusedFunction] # by pytest
    request: pytest.FixtureRequest,
) -> Iterator[ApiContract]:
    """Run one server for all tests of a run."""
    with _api_contract(request.config) as contract:
        yield contract


@pytest.fixture(scope="session")
def api_contract_session(request: pytest.FixtureRequest) -> Iterator[ApiContract]:
    """A server as that of `api_contract`, but another one, for a whole run: for fixtures of a session or a module."""
    with _api_contract(request.config) as contract:
        yield contract


@pytest.fixture
def api_contract(_api_contract_server: ApiContract) -> Iterator[ApiContract]:
    """A local stand-in for the API of the document that `contract_document` names, reset for every test.

    `.endpoint` is its URL, `.client_of(huts.Client)` a client of it, `.answers("getHut", ...)` gives a method its answer.
    """
    __tracebackhide__ = True
    contract = _api_contract_server
    contract.reset()
    yield contract
    contract.close_clients()
    contract.assert_answers()
