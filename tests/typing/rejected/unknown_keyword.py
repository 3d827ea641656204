"""A field that is not there."""

from __future__ import annotations

from groundwire import ExportImageRequest

request = ExportImageRequest(max_pixel=10**9)  # error
