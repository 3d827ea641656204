"""Clients of storage.v1 and drive.v3, generated from the documents of google-api-python-client."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from groundwire_codegen.emit import emit
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate

from tests.audits.corpus import documents
from tests.modules import forget

METHODS: Final = {
    "storage.v1": (
        "storage.objects.get",
        "storage.objects.insert",
        "storage.objects.list",
        "storage.objects.patch",
    ),
    "drive.v3": (
        "drive.comments.create",
        "drive.files.create",
        "drive.files.export",
        "drive.files.get",
        "drive.files.list",
        "drive.files.update",
    ),
}


def written(folder: Path, name: str, document: bytes | None = None) -> str:
    """Generate a client into a folder; return the name of its package."""
    package = f"media_{name.replace('.', '_')}"
    inputs = Inputs(
        name=f"{name}.json",
        document=document or documents.read(name),
        package=package,
        methods=METHODS.get(name, ()),
    )
    emit(folder / package, generate(inputs).files)
    return package


def built(folder: Path, package: str) -> Iterator[ModuleType]:
    """Import a package from a folder, and forget it."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield importlib.import_module(package)
    sys.path.remove(str(folder))
    forget([package])
