"""A node of an expression where a number belongs."""

from __future__ import annotations

from groundwire import GeoTiffImageExportOptions, ValueNode

options = GeoTiffImageExportOptions(no_data=ValueNode.ConstantValue(0))  # error
