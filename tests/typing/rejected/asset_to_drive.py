"""A destination of the other kind of export."""

from __future__ import annotations

from groundwire import DriveDestination, ImageAssetExportOptions

options = ImageAssetExportOptions(destination=DriveDestination(folder="maps"))  # error
