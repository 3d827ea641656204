"""A number that does not say whether it is real or whole."""

from __future__ import annotations

from groundwire import GeoTiffImageExportOptions

options = GeoTiffImageExportOptions(no_data=-9999.0)  # error
