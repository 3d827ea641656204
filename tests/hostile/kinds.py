"""Every kind of hostile case."""

from __future__ import annotations

from tests.hostile import generation, pairs

KINDS = (*generation.KINDS, *pairs.KINDS)
