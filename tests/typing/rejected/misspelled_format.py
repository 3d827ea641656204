"""A name that is no format."""

from __future__ import annotations

from groundwire import ImageFileExportOptions

options = ImageFileExportOptions(file_format="GEOTIFF")  # error
