"""Makes the pictures of the status page: `python -m tests.contract.page.pictures FOLDER`."""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path

from groundwire_contract.server import ServerThread
from PIL import Image

from .browser import Browser, chromium
from .scene import working_day

PICTURES = {
    "status-page.png": (1280, 1640, "light"),
    "status-page-phone.png": (360, 1110, "dark"),
}
PORT = 8085


def picture(tab: Browser, width: int, height: int) -> bytes:
    """What the tab shows, as a PNG of 256 colours."""
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = tab.tell("Page.captureScreenshot", clip=clip)
    colours = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB").quantize(256)
    out = io.BytesIO()
    colours.save(out, "PNG", optimize=True)
    return out.getvalue()


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
