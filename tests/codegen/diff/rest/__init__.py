"""Changes of a small OpenAPI document, each with code that a strict checker accepts with the old client."""

from __future__ import annotations

from .access import ACCESS_PROOFS
from .bodies import BODY_PROOFS
from .bounds import BOUND_PROOFS
from .fields import FIELD_PROOFS
from .messages import MESSAGE_PROOFS
from .methods import METHOD_PROOFS
from .parameters import PARAMETER_PROOFS
from .proof import RestProof
from .unions import UNION_PROOFS

__all__ = ["REST_PROOFS", "RestProof"]

REST_PROOFS = (
    *ACCESS_PROOFS,
    *METHOD_PROOFS,
    *BODY_PROOFS,
    *PARAMETER_PROOFS,
    *MESSAGE_PROOFS,
    *FIELD_PROOFS,
    *BOUND_PROOFS,
    *UNION_PROOFS,
)
