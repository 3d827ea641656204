"""The style and the script of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ....asset import asset

_FOLDER: Final = Path(__file__).parent
STYLE: Final = asset(_FOLDER / "page.css")
SCRIPT: Final = asset(_FOLDER / "page.js")
