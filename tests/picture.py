"""What a browser shows, as a picture for the docs."""

from __future__ import annotations

import base64
import io

from PIL import Image

from tests.browser import Browser


def picture(tab: Browser, width: int, height: int) -> bytes:
    """What the tab shows, as a PNG of 256 colours."""
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = tab.tell("Page.captureScreenshot", clip=clip)
    colours = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB").quantize(256)
    out = io.BytesIO()
    colours.save(out, "PNG", optimize=True)
    return out.getvalue()
