"""The smallest published documents, all the way; `nox -s corpus` examines larger ones."""

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
    forget([*map(package, documents.SMALLEST)])


def package(document: str) -> str:
    return document.replace(".", "_")


@pytest.fixture(scope="module")
def examined(folder: Path) -> dict[str, Examination]:
    """Every client, generated and used."""
    return {name: examine(name, folder) for name in documents.SMALLEST}


@pytest.mark.parametrize("name", documents.SMALLEST)
def test_every_message_and_every_method_works(name: str, examined: dict[str, Examination]) -> None:
    found = examined[name]
    assert found.faults == ()
    assert found.messages == found.round_trips > 0
    assert found.methods == found.requests == found.compared > 0


def test_checkers_and_linter_find_nothing(folder: Path, examined: dict[str, Examination]) -> None:
    pytest.importorskip("mypy")
    assert mypy(folder, [package(name) for name in examined]) == ""
    assert ruff(folder) == ""


@pytest.mark.parametrize("name", documents.SMALLEST)
def test_its_contract_is_served(name: str) -> None:
    assert contracts.faults(name) == []
