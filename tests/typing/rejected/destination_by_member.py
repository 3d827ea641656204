"""A member of a union as if it were a field."""

from __future__ import annotations

from groundwire import DriveDestination, ImageFileExportOptions

options = ImageFileExportOptions(drive_destination=DriveDestination(folder="maps"))  # error
