"""The fixture `api_contract`, in a run of its own."""

from __future__ import annotations

import pytest

from .huts import DOCUMENT

pytest_plugins = ["pytester"]
TEST = """
def test_a_fixture(api_contract):
    api_contract.answers("getHut", {"id": 1, "name": "A"})
    assert api_contract.endpoint.endswith("/v1")
    assert api_contract.requests == ()

def test_fresh(api_contract):
    import urllib.request, urllib.error
    request = urllib.request.Request(api_contract.endpoint + "/huts/1", headers={"authorization": "Bearer t"})
    try:
        urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        assert error.code == 501
        error.close()

def test_a_wrong_answer_is_an_error(api_contract):
    import urllib.request, urllib.error
    api_contract.answers("getHut", lambda request: {"id": "1"})
    request = urllib.request.Request(api_contract.endpoint + "/huts/1", headers={"authorization": "Bearer t"})
    try:
        urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        assert error.code == 500
        error.close()
"""


def test_the_fixture_serves_the_document_of_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", huts=DOCUMENT.decode())
    pytester.makeini("[pytest]\ncontract_document = huts.yaml\n")
    pytester.makepyfile(TEST)
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=3, errors=1)


def test_the_fixture_without_a_document_says_what_to_do(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST)
    done = pytester.runpytest_subprocess("-p", "no:randomly", "-k", "test_fresh")
    done.assert_outcomes(errors=1)
    assert "contract_document in the ini file" in done.stdout.str() + done.stderr.str()
