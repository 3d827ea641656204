from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points

import groundwire_contract
import pytest
from groundwire_contract import plugin

pytest_plugins = ["pytester"]

LOADED = """
import json, sys
import pytest
before = set(sys.modules)
import groundwire_contract.plugin
print(json.dumps(sorted(set(sys.modules) - before)))
"""
"""Prints the modules that the plugin brings into a run that has pytest already."""

USED = """
def test_alone():
    pass

def test_with_the_fixture(earthengine_contract):
    assert earthengine_contract.endpoint.startswith("http://127.0.0.1:")

def test_fresh(earthengine_contract):
    assert earthengine_contract.requests == ()
"""

NAMED = """
import http.client
from urllib.parse import urlsplit

def status(endpoint, host):
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc)
    connection.request("GET", "/v1/projects/p/operations", headers={"host": host})
    found = connection.getresponse().status
    connection.close()
    return found

def test_names(earthengine_contract):
    assert status(earthengine_contract.endpoint, "contract") == 200
    assert status(earthengine_contract.endpoint, "another") == 403
"""


def test_the_plugin_is_what_pytest_finds() -> None:
    (found,) = entry_points(group="pytest11", name="groundwire")
    assert found.load() is plugin


def test_loading_it_imports_nothing_but_itself() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True, timeout=60)  # noqa: S603
    brought = set(json.loads(done.stdout))
    assert "groundwire_contract.plugin" in brought
    others = {name for name in brought if name.partition(".")[0] not in sys.stdlib_module_names}
    assert others == {"groundwire_contract", "groundwire_contract.plugin"}


def test_a_run_without_the_fixture_starts_no_server(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys, threading

        def test_nothing():
            assert "groundwire_contract.server" not in sys.modules
            assert "groundwire-contract" not in {thread.name for thread in threading.enumerate()}
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


LIMITED = """
def test_limits(earthengine_contract):
    assert earthengine_contract.queue_limit == 7
    assert earthengine_contract.listing_lag == 2.5
    earthengine_contract.queue_limit = 1

def test_limits_come_back(earthengine_contract):
    assert earthengine_contract.queue_limit == 7
"""


@pytest.mark.parametrize("place", ["thread", "process"])
def test_a_run_chooses_the_limits_of_its_server(pytester: pytest.Pytester, place: str) -> None:
    pytester.makepyfile(LIMITED)
    options = ("-p", "no:cacheprovider", "-p", "no:randomly", f"--earthengine-contract={place}")
    limits = ("--earthengine-queue-limit=7", "--earthengine-listing-lag=2.5")
    pytester.runpytest_subprocess(*options, *limits).assert_outcomes(passed=2)


@pytest.mark.parametrize("wrong", ["--earthengine-queue-limit=-1", "--earthengine-listing-lag=nan"])
def test_limits_that_cannot_be_are_refused(pytester: pytest.Pytester, wrong: str) -> None:
    pytester.makepyfile(LIMITED)
    run = pytester.runpytest_subprocess("-p", "no:cacheprovider", wrong)
    run.stdout.fnmatch_lines(["*UsageError: --earthengine-queue-limit*expected numbers from 0*"])


@pytest.mark.parametrize("place", ["thread", "process"])
def test_the_fixture_works_in_a_plain_project(pytester: pytest.Pytester, place: str) -> None:
    pytester.makepyfile(USED)
    options = ("-p", "no:cacheprovider", "-W", "error", f"--earthengine-contract={place}")
    pytester.runpytest_subprocess(*options).assert_outcomes(passed=3)


@pytest.mark.parametrize("place", ["thread", "process"])
def test_a_host_may_be_allowed(pytester: pytest.Pytester, place: str) -> None:
    pytester.makepyfile(NAMED)
    options = (f"--earthengine-contract={place}", "--earthengine-contract-allow-host=contract")
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *options).assert_outcomes(passed=1)


def test_the_package_exports_its_names_and_imports_them_when_used() -> None:
    for name in groundwire_contract.__all__:
        assert getattr(groundwire_contract, name).__name__ in (name, "Environment")
        assert name in dir(groundwire_contract)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = groundwire_contract.Nothing  # type: ignore[attr-defined]
    code = "import sys, groundwire_contract; print([n for n in sys.modules if n.startswith('groundwire')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "['groundwire_contract']\n"
