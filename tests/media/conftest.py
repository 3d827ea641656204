"""Clients of storage.v1 and drive.v3, generated from the documents of google-api-python-client."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from groundwire_codegen.emit import emit
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate

from tests.audits.corpus import documents
from tests.modules import forget

from .service import Service, serving

METHODS = {
    "storage.v1": ("storage.objects.get", "storage.objects.insert", "storage.objects.list"),
    "drive.v3": ("drive.files.create", "drive.files.export", "drive.files.get", "drive.files.update"),
}


def built(folder: Path, package: str, document: bytes, methods: tuple[str, ...] = ()) -> Iterator[ModuleType]:
    """Generate a client and import it."""
    inputs = Inputs(name=f"{package}.json", document=document, package=package, methods=methods)
    emit(folder / package, generate(inputs).files)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield importlib.import_module(package)
    sys.path.remove(str(folder))
    forget([package])


def _package(folder: Path, name: str) -> Iterator[ModuleType]:
    if documents.folder() is None:
        pytest.skip("google-api-python-client, which ships the documents, is not installed")
    package = f"media_{name.replace('.', '_')}"
    yield from built(folder, package, documents.read(name), METHODS[name])


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
