"""The style and the script of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from groundwire_codegen.asset import asset

_FOLDER: Final = Path(__file__).parent
STYLE: Final = asset(_FOLDER / "status.css")
SCRIPT: Final = asset(_FOLDER / "status.js")
