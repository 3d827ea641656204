"""The descriptions that Groundwire is installed with: those of the client it ships."""

from __future__ import annotations

from pathlib import Path


def spec_folder() -> Path:
    """The folder of the documents and overlays: beside this module when installed, `spec/` of the repository otherwise."""
    packaged = Path(__file__).parent / "spec"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "spec"
