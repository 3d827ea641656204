"""A number as its wire form."""

from __future__ import annotations

from groundwire import ExportImageRequest

request = ExportImageRequest(max_pixels="1")  # error
