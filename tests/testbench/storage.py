"""Our client of storage.v1, generated from the document that google-api-python-client ships."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

from groundwire_codegen.emit import emit
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate

from tests.audits.corpus import documents

OVERLAY: Final = Path(__file__).parent / "overlay.toml"
PACKAGE: Final = "storage_v1"


def generated(folder: Path, *, overlay: bool = True) -> ModuleType:
    """Generate the client into `folder` and import it, with or without the facts of the overlay."""
    inputs = Inputs(
        name="storage.v1.json",
        document=documents.read("storage.v1"),
        overlay=OVERLAY.read_bytes() if overlay else None,
        package=PACKAGE,
    )
    emit(folder / PACKAGE, generate(inputs).files)
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        return importlib.import_module(PACKAGE)
    finally:
        sys.path.remove(str(folder))
