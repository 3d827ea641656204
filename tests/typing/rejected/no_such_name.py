"""A name that the package lacks, or has no more."""

from __future__ import annotations

import groundwire

request = groundwire.ExportVideoRequest()  # error
