"""Makes the pictures of the page of a diff: `python -m tests.codegen.diff.pictures FOLDER`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from groundwire_codegen.diff.views.page import page

from tests.browser import chromium
from tests.codegen.diff.scene import earth_engine
from tests.picture import picture

PICTURES = {
    "diff-page.png": (1280, 1650, "light"),
    "diff-page-phone.png": (360, 1110, "dark"),
}


def main(folder: Path) -> None:
    """Write all pictures of one diff."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept, chromium() as tab:
        file = Path(kept) / "diff.html"
        file.write_text(page(earth_engine()), encoding="utf-8")
        for name, (width, height, scheme) in PICTURES.items():
            tab.look(width, height, prefers_color_scheme=scheme)
            tab.open(file.as_uri())
            data = picture(tab, width, height)
            (folder / name).write_bytes(data)
            print(f"{folder / name}: {len(data):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
