"""Rules that a test cannot relax, each with the reason, and rules that have no answer to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .answers import ANSWERS

_SCRIPTED: Final = ("drive-space", "reprojection-too-large", "computation-timed-out", "internal-error")
_ASKED: Final = (
    "service-disabled", "user-project-denied", "project-not-registered", "not-signed-up", "consumer-suspended",
    "iam-permission-denied", "asset-permission", "expression-error", "memory-limit", "internal", "unavailable",
)  # fmt: skip
_LIVES: Final = ("attempts", "stall", "missing-fields", "odd-times")
_FACTS: Final = (
    "error-shape", "failure-code", "cancelled-code", "unstarted", "cross-user-list", "delete-forgets",
)  # fmt: skip
_OWN: Final = ("head-too-large", "control", "state-unwritable", "host-not-allowed")
_VERIFIED: Final = (*(rule.id for rule in ANSWERS), "openapi-answer-invalid")
_REASONS: Final = (
    ("there is no method to call", ("unknown-path", "openapi-path-unknown", "openapi-verb-unknown")),
    ("there is no message to read", ("malformed-json", "root-not-object", "upload-parts")),
    ("there are no calls to read", ("batch-malformed",)),
    ("an answer of a batch has no place for a medium or a batch", ("batch-call",)),
    ("a larger body is not kept", ("payload-too-large", "openapi-payload-too-large")),
    ("the protocol of the upload is not known", ("upload-type",)),
    ("bytes would be missing, or there twice", ("upload-range",)),
    ("there is no session to continue", ("upload-session-unknown",)),
    ("there is no operation to answer with", ("operation-not-found",)),
    (
        "there is no answer to give, and none is invented: `answers` gives one",
        ("value-unsupported", "medium-unanswered", "openapi-no-answer"),
    ),
    ("it bounds the time and the memory of this server", ("value-too-large",)),
    ("the answer cannot be sent", ("answer-wrong",)),
    ("it is the answer of the test itself", ("answer-given",)),
    ("it occurs only when a test asks for it", _ASKED),
    ("it occurs only when a script says so", (*_SCRIPTED, *_LIVES)),
    ("it refuses nothing: it says how the service answers", _FACTS),
    ("`verify` alone holds answers to it, and has its own --relax", _VERIFIED),
    ("this server needs it itself", _OWN),
)


def _fixed() -> Iterator[tuple[str, str]]:
    for reason, ids in _REASONS:
        for id_ in ids:
            yield id_, reason


FIXED: Final[Mapping[str, str]] = dict(_fixed())
"""Why a rule cannot be relaxed, by its id."""
UNANSWERED: Final = frozenset((*_LIVES, *_FACTS, *_OWN, *_VERIFIED, "answer-given", "queue-full-burns-id"))
"""Rules without an answer of their own whose status and message could be others."""
