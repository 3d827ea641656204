"""Servers without pytest's fixtures, and servers that run already."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import groundwire
import pytest
from groundwire_contract import attach, attach_api, running, serving
from groundwire_contract.clock import POLL_SECONDS, SteppedClock
from groundwire_contract.contract import load
from groundwire_contract.fixture import EarthEngineContract, running_apart
from groundwire_contract.plain_http import transport_to
from groundwire_contract.server.admission import Admission
from groundwire_contract.server.control_token import ControlToken
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.errors import ArgumentError
from groundwire_runtime.http import Request

from . import process
from .rest.huts import DOCUMENT, TOKEN
from .test_fixture import request
from .wire import OPERATIONS, ask

pytest_plugins = ["pytester"]

SECRET = "0123456789abcdef"
ELSEWHERE = "0.0.0.0"  # noqa: S104 - nothing binds to it; no loopback address by its name, though it leads to one


@pytest.fixture
def contract() -> Iterator[EarthEngineContract]:
    with running() as contract:
        yield contract


@pytest.fixture
def huts(tmp_path: Path) -> Path:
    file = tmp_path / "huts.yaml"
    file.write_bytes(DOCUMENT)
    return file


def is_there(endpoint: str) -> bool:
    try:
        return ask(endpoint, "GET", OPERATIONS).status == 200
    except OSError:
        return False


@pytest.mark.parametrize("make", [running, running_apart])
def test_a_block_is_the_life_of_a_server(make: type[EarthEngineContract]) -> None:
    with make() as contract:
        client = contract.client()
        client.wait(client.projects.image.export(request()), timeout=60)
        assert is_there(contract.endpoint)
    assert not is_there(contract.endpoint)
    contract.stop()


def test_a_unittest_has_a_server() -> None:
    code = """
import unittest
from groundwire_contract import running

class Exports(unittest.TestCase):
    def setUp(self):
        self.contract = self.enterContext(running())

    def test_nothing_was_sent(self):
        self.assertEqual(self.contract.requests, ())

unittest.main()
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert done.stderr.rstrip().endswith("OK")


def test_a_wrong_answer_of_a_function_ends_a_block_with_an_error(huts: Path) -> None:
    def block(error: type[Exception] | None) -> None:
        with serving(huts) as contract:
            contract.answers("getHut", lambda _: {"id": 1})
            ask(contract.endpoint, "GET", "/v1/huts/1", None, TOKEN)
            if error is not None:
                raise error

    with pytest.raises(AssertionError, match="getHut"):
        block(None)
    with pytest.raises(OSError):
        block(OSError)


def test_what_runs_is_attached_to_and_runs_on(contract: EarthEngineContract) -> None:
    started = contract.client().projects.image.export(request())
    with attach(contract.endpoint) as attached:
        assert [each.name for each in attached.operations] == [started.name], "attaching changes nothing"
        attached.finish(started)
        client = attached.client()
        client.wait(client.projects.image.export(request()), timeout=60)
        attached.advance(1)
    assert is_there(contract.endpoint)
    assert len(contract.operations) == 2


def test_a_server_in_real_time_is_attached_to() -> None:
    with process.serving("--speed", "1000") as (_, address), attach(address) as attached:
        client = attached.client()
        assert client.wait(client.projects.image.export(request()), timeout=60).done
        with pytest.raises(ValueError, match="frozen"):
            attached.advance(1)


def test_a_server_of_another_api_is_attached_to(huts: Path) -> None:
    with serving(huts) as contract:
        root = contract.endpoint.removesuffix("/v1")
        with attach_api(root) as attached:
            assert attached.endpoint == contract.endpoint
        with pytest.raises(ValueError, match="attach_api"):
            attach(root)


def test_a_server_with_a_token_lets_its_holders_in(monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere(Admission):
        """As if all callers were on another machine."""

        def may_control(self, exchange: object) -> bool:
            return self._has_token(exchange)  # type: ignore[arg-type] # an Exchange

    admission = Elsewhere(token=ControlToken(SECRET))
    monkeypatch.delenv("GROUNDWIRE_CONTROL_TOKEN", raising=False)
    with ServerThread(Service(load()), admission=admission) as server:
        for token in (None, SECRET[:-1]):
            with pytest.raises(PermissionError, match="GROUNDWIRE_CONTROL_TOKEN") as refused:
                attach(server.endpoint, token=token)
            assert SECRET[:-1] not in str(refused.value)
        assert attach(server.endpoint, token=SECRET).requests == ()
        monkeypatch.setenv("GROUNDWIRE_CONTROL_TOKEN", SECRET)
        assert attach(server.endpoint).requests == ()


def test_a_client_reaches_a_server_on_another_machine() -> None:
    admission = Admission(hosts=(ELSEWHERE,), token=ControlToken(SECRET))
    clock = SteppedClock(poll_seconds=POLL_SECONDS)
    with ServerThread(Service(load(), clock=clock), admission=admission) as server:
        elsewhere = server.endpoint.replace("127.0.0.1", ELSEWHERE)
        with attach(elsewhere, token=SECRET) as attached:
            client = attached.client()
            assert client.wait(client.projects.image.export(request()), timeout=60).done
            made = attached.client_of(groundwire.Client, project="p")
            assert made.projects.operations.get(attached.operations[0].name).done
            assert {"host": f"{ELSEWHERE}:{elsewhere.rpartition(':')[2]}"}.items() <= attached.requests[
                0
            ].headers.items()
            with pytest.raises(ArgumentError, match="is refused"):
                attached.client(credentials=groundwire.credentials.Token("secret"))


def test_such_a_client_sends_nowhere_else() -> None:
    with running() as contract, pytest.raises(ValueError, match="the only server"):
        transport_to("http://contract:8085", SYSTEM).send(
            Request(method_id="m", verb="GET", url=f"{contract.endpoint}/v1/x")
        )


def test_nothing_and_anything_else_are_no_contract_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ConnectionError, match="no contract server answers"):
        attach(f"http://127.0.0.1:{port}")
    with pytest.raises(ValueError, match="no address of a server"):
        attach(f"127.0.0.1:{port}")


KEPT = """
import pytest

@pytest.fixture(scope="session")
def started(earthengine_contract_session):
    from groundwire_contract import attach
    import urllib.request
    urllib.request.urlopen(f"{earthengine_contract_session.endpoint}/v1/projects/p/operations").close()

@pytest.mark.parametrize("turn", range(2))
def test_the_session_keeps_what_happened(started, earthengine_contract_session, earthengine_contract, turn):
    assert len(earthengine_contract_session.requests) == 1
    assert earthengine_contract.requests == ()
    assert earthengine_contract.endpoint != earthengine_contract_session.endpoint
"""


def test_a_fixture_lives_as_long_as_the_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(KEPT)
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error").assert_outcomes(passed=2)


USED = """
def test_the_server(earthengine_contract):
    assert earthengine_contract.endpoint == {endpoint!r}
    assert earthengine_contract.requests == ()
"""


def test_the_fixture_attaches_to_a_url(pytester: pytest.Pytester, contract: EarthEngineContract) -> None:
    ask(contract.endpoint, "GET", OPERATIONS)
    pytester.makepyfile(USED.format(endpoint=contract.endpoint))
    options = ("-p", "no:cacheprovider", f"--earthengine-contract={contract.endpoint}")
    pytester.runpytest_subprocess(*options, "-W", "error").assert_outcomes(passed=1)
    wrong = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--earthengine-contract=treads")
    wrong.stdout.fnmatch_lines(["*--earthengine-contract: thread, process or a URL: 'treads' is no address*"])
    limited = pytester.runpytest_subprocess(*options, "--earthengine-queue-limit=1")
    limited.stdout.fnmatch_lines(["*has its own limits*"])


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        (lambda c: c.answers("earthengine.projects.value.compute2", {}), "earthengine.projects.value.compute"),
        (lambda c: c.answers("value.compute", {}), "earthengine.projects.value.compute"),
        (lambda c: c.relax("unknown-feild"), "unknown-field"),
        (lambda c: c.answer("queue-ful", code=429), "queue-full"),
        (lambda c: c.script(["reset befor"]), "reset before"),
        (lambda c: setattr(c, "life", "out-of-memry"), "out-of-memory"),
    ],
)  # fmt: skip
def test_a_misspelt_name_is_told_with_what_may_be_meant(
    earthengine_contract: EarthEngineContract, call: object, meant: str
) -> None:
    assert callable(call)
    with pytest.raises(LookupError, match=rf"did you mean .*{meant}"):
        call(earthengine_contract)
