"""Two destinations at once."""

from __future__ import annotations

from groundwire import CloudStorageDestination, DriveDestination, ImageFileExportOptions

drive = DriveDestination(folder="maps")
bucket = CloudStorageDestination(bucket="our-exports")
options = ImageFileExportOptions(destination=(drive, bucket))  # error
