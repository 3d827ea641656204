"""Makes the pictures of the status page: `python -m tests.contract.page.pictures FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from groundwire_contract.server.http import ServerThread

from tests.browser import chromium
from tests.picture import picture

from .scene import working_day

PICTURES = {
    "status-page.png": (1280, 1640, "light"),
    "status-page-phone.png": (360, 1110, "dark"),
}
PORT = 8085


def main(folder: Path) -> None:
    """Write all pictures of one working day."""
    folder.mkdir(parents=True, exist_ok=True)
    with ServerThread(working_day(), port=PORT) as server, chromium() as tab:
        for name, (width, height, scheme) in PICTURES.items():
            tab.look(width, height, prefers_color_scheme=scheme)
            tab.open(server.endpoint)
            tab.until("document.getElementById('said').textContent === 'Live.'")
            data = picture(tab, width, height)
            (folder / name).write_bytes(data)
            print(f"{folder / name}: {len(data):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
