"""A message changed in place."""

from __future__ import annotations

from groundwire import ExportImageRequest

request = ExportImageRequest(description="a")
request.description = "b"  # error
