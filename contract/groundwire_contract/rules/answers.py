"""Rules about answers, which `verify` holds recorded traffic to: mocks written by hand break them."""

from __future__ import annotations

from typing import Final

from .evidence import Evidence, Rule, rule

_JSON: Final = "protobuf's JSON mapping"

ANSWERS: Final[tuple[Rule, ...]] = (
    rule(
        "answer-value",
        Evidence.DOCUMENTED,
        "An answer has values as services write them: true and false, names of enums, times in UTC, lists, no nulls.",
        _JSON,
    ),
    rule("answer-name", Evidence.DOCUMENTED, "An answer has lowerCamel names.", _JSON),
    rule(
        "answer-type",
        Evidence.SEEN,
        "An object of any type names it in `@type`; an operation's metadata is OperationMetadata.",
        "task listings in public reports",
    ),
    rule(
        "answer-media-type",
        Evidence.SEEN_ELSEWHERE,
        "An answer is application/json.",
        "Google's API front end",
    ),
    rule(
        "operation-name",
        Evidence.DOCUMENTED,
        "An operation has a name: projects/{project}/operations/{id}, and the one that was asked for.",
        "v1beta projects.operations",
    ),
    rule(
        "operation-result",
        Evidence.DOCUMENTED,
        "An operation has an error or a response exactly when `done` is true.",
        "google.longrunning.Operation",
    ),
    rule(
        "operation-state",
        Evidence.SEEN,
        "The state of an operation goes with `done` and with its result.",
        "task listings in public reports",
    ),
    rule(
        "operation-kind",
        Evidence.SENT,
        "An operation is of the type that its method starts: EXPORT_IMAGE by image:export. Seen for images.",
        "ee/batch.py Task.Type; task listings in public reports",
    ),
    rule(
        "operation-error",
        Evidence.DOCUMENTED,
        "An operation's error has a code of google.rpc.Code and a message; a cancelled one has code 1.",
        "google.rpc.Status",
    ),
)
