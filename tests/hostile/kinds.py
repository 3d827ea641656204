"""Every kind of hostile case."""

from __future__ import annotations

from tests.hostile import contracts, credentials, generation, pairs

KINDS = (*generation.KINDS, *pairs.KINDS, *credentials.KINDS, *contracts.KINDS)
