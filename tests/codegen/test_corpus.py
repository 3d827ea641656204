"""Forty published documents, chosen by the constructs that they use; `nox -s corpus` examines all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audits.corpus import contracts, documents
from tests.audits.corpus.examine import Examination, examine, mypy, ruff
from tests.modules import forget

pytestmark = pytest.mark.skipif(
    documents.folder() is None, reason="google-api-python-client, which ships the documents, is not installed"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the clients are, importable while these tests run."""
    path = tmp_path_factory.mktemp("corpus")
    before = list(sys.path)
    yield path
    sys.path[:] = before
    forget([*map(documents.package, {*documents.SMALLEST, *documents.FOR_CI})])


@pytest.fixture(scope="module")
def examined(folder: Path) -> dict[str, Examination]:
    """Every client, generated and used."""
    return {name: examine(name, folder) for name in documents.SMALLEST}


@pytest.mark.parametrize("name", [name for name in documents.FOR_CI if name not in documents.SMALLEST])
def test_the_client_of_a_document_works(name: str, tmp_path: Path) -> None:
    if name not in documents.names():
        pytest.skip(f"the installed google-api-python-client has no {name}")
    found = examine(name, tmp_path)
    forget([documents.package(name)])
    assert found.faults == ()
    assert found.methods == found.requests >= found.compared > 0
    assert found.messages == found.round_trips
    assert ruff(tmp_path) == ""


@pytest.mark.parametrize("name", documents.SMALLEST)
def test_every_message_and_every_method_works(name: str, examined: dict[str, Examination]) -> None:
    found = examined[name]
    assert found.faults == ()
    assert found.messages == found.round_trips > 0
    assert found.methods == found.requests == found.compared > 0


def test_checkers_and_linter_find_nothing(folder: Path, examined: dict[str, Examination]) -> None:
    pytest.importorskip("mypy")
    assert mypy(folder, [documents.package(name) for name in examined]) == ""
    assert ruff(folder) == ""


@pytest.mark.parametrize("name", documents.SMALLEST)
def test_its_contract_is_served(name: str) -> None:
    assert contracts.faults(name) == []
