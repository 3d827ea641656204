"""Watching many operations: one look for all, waiting without a thread each, progress on a terminal or in a log."""

from __future__ import annotations

from .look import look
from .progress import progress
from .waiting import WaitProgress, wait_all

__all__ = ["WaitProgress", "look", "progress", "wait_all"]
