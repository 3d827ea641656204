"""Clients of storage.v1 and drive.v3, generated from the documents of google-api-python-client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.audits.corpus import documents

from .packages import built, written
from .service import serving
from .state import Service


def _package(folder: Path, name: str) -> Iterator[ModuleType]:
    if documents.folder() is None:
        pytest.skip("google-api-python-client, which ships the documents, is not installed")
    yield from built(folder, written(folder, name))


@pytest.fixture(scope="package")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    yield from _package(tmp_path_factory.mktemp("storage"), "storage.v1")


@pytest.fixture(scope="package")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    yield from _package(tmp_path_factory.mktemp("drive"), "drive.v3")


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as running:
        yield running
