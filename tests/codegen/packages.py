"""Packages generated in memory, from a document that may be a dict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from groundwire_codegen.inputs import Inputs
from groundwire_codegen.lock import FILE, Lock
from groundwire_codegen.pipeline import Output, generate

from tests.codegen.documents import encoded

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("spec.json", "openapi.json", "openapi.yaml")
"""The file names of a case's document: Discovery or OpenAPI."""
CASES = sorted(
    path.parent for path in (Path(__file__).parent / "cases").glob("*/*.*") if path.name in DOCUMENTS
)


def inputs(document: dict[str, Any] | bytes, overlay: str | None = None, **options: Any) -> Inputs:
    """The inputs of a run; the package is called `client` unless told."""
    data = document if isinstance(document, bytes) else encoded(document)
    said = None if overlay is None else overlay.encode()
    return Inputs(**{"name": "spec.json", "document": data, "overlay": said, "package": "client", **options})


def output(
    document: dict[str, Any] | bytes, overlay: str | None = None, before: Lock | None = None
) -> Output:
    """What a run gives."""
    return generate(inputs(document, overlay), before)


def files(document: dict[str, Any] | bytes, overlay: str | None = None) -> dict[str, str]:
    """The files of a run, without the lock."""
    return {path: text for path, text in output(document, overlay).files.items() if path != FILE}


def case_inputs(folder: Path) -> Inputs:
    """The inputs of a case. One whose name starts with `large_` has the layout of a large client."""
    overlay = folder / "overlay.toml"
    said = overlay.read_text("utf-8") if overlay.exists() else None
    document = next(folder / name for name in DOCUMENTS if (folder / name).exists())
    layout = {"large_above": 0} if folder.name.startswith("large_") else {}
    return inputs(document.read_bytes(), said, package=folder.name, name=document.name, **layout)


def earth_engine() -> Inputs:
    """The inputs of the client that this repository holds."""
    spec = ROOT / "spec"
    return Inputs(
        name="earthengine.v1beta.json",
        document=(spec / "earthengine.v1beta.json").read_bytes(),
        overlay=(spec / "earthengine.v1beta.overlay.toml").read_bytes(),
        package="groundwire",
    )
