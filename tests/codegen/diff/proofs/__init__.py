"""Changes of every kind, each with code that a strict checker accepts with the old client."""

from __future__ import annotations

from .client import CLIENT_PROOFS
from .enums import ENUM_PROOFS
from .fields import FIELD_PROOFS
from .messages import MESSAGE_PROOFS
from .methods import METHOD_PROOFS
from .parameters import PARAMETER_PROOFS
from .proof import Proof
from .unions import UNION_PROOFS

__all__ = ["PROOFS", "Proof"]

PROOFS = (
    *CLIENT_PROOFS,
    *METHOD_PROOFS,
    *PARAMETER_PROOFS,
    *MESSAGE_PROOFS,
    *FIELD_PROOFS,
    *UNION_PROOFS,
    *ENUM_PROOFS,
)
