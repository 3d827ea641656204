"""The verifier of a contract, by the kind of its document."""

from __future__ import annotations

from ..contract import Contract
from ..rest.contract import RestContract
from .rest import RestVerifier
from .verify import Verifier


def verifier_of(
    contract: Contract | RestContract, relaxed: frozenset[str] = frozenset()
) -> Verifier | RestVerifier:
    """Return the verifier of a contract; `relaxed` are the ids of rules to ignore."""
    if isinstance(contract, Contract):
        return Verifier(contract, relaxed)
    return RestVerifier(contract, relaxed)
