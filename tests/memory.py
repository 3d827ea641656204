"""Memory of a process, as Linux counts it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

NEEDS_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the peak of memory")


def peak() -> int:
    """Return the most bytes of memory that this process ever held, without what its parent did before it."""
    (kibibytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(kibibytes) * 1024
