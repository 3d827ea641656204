"""Rules that reject valid requests, or fail operations, because of server state, and rules about the form of
operations."""

from __future__ import annotations

from typing import Final

from .evidence import Evidence, Rule, rule

CIRCUMSTANCES: Final[tuple[Rule, ...]] = (
    rule("answer-given", Evidence.DOCUMENTED, "A status that a test gave.", "the test"),
    rule(
        "answer-wrong",
        Evidence.DOCUMENTED,
        "An answer of a test is one that the description allows.",
        "the test",
    ),
    rule(
        "medium-unanswered",
        Evidence.DOCUMENTED,
        "A medium that a test does not give is 501.",
        "a limit of this server",
    ),
    rule(
        "upload-session-unknown",
        Evidence.DOCUMENTED,
        "The session of an upload that is unknown, or was forgotten, is 404.",
        "Cloud Storage: resumable uploads",
    ),
    rule(
        "error-shape",
        Evidence.DOCUMENTED,
        "An error is the JSON of google.rpc.Status under `error`.",
        "AIP-193",
    ),
    rule(
        "request-id-reused",
        Evidence.SEEN,
        "A request id that the same user used before in the project is refused. The status is inferred.",
        "reports from five public repositories",
    ),
    rule(
        "queue-full",
        Evidence.SEEN,
        "A project holds 3000 unfinished tasks. The status is inferred.",
        "gee-community/geetools#64",
    ),
    rule(
        "queue-full-burns-id",
        Evidence.SEEN,
        "A start refused by a full queue has used its request id. One report.",
        "one public report",
    ),
    rule(
        "operation-not-found",
        Evidence.INFERRED,
        "Wording inferred, status certain.",
        "ee/data.py getTaskStatus",
    ),
    rule(
        "too-many-pixels",
        Evidence.SEEN,
        "Width x height above maxPixels fails inside; bands do not count: four bands of 651 x 752 were 489552. They "
        "are those of `grid`, or of the expression: a region in the image's projection at its scale. Where the "
        "projection is not known they count in EPSG:4326, and fail only if they are too many in any.",
        "google/earthengine-api#9",
    ),
    rule(
        "band-types-differ",
        Evidence.SEEN,
        "Bands of unlike types fail inside: Float32 and UInt16, Float32 and Float64, Float64 and Int32 were seen. "
        "Inferred: only explicit casts in one GeoTIFF count, one of them to real numbers.",
        "three public reports",
    ),
    rule(
        "unbounded-image",
        Evidence.INFERRED,
        "An image of constants only, without dimensions or a clip, fails inside. The words were seen; which images "
        "they meet is inferred, so it is off unless it is enforced.",
        "public reports of the message",
        enforced=False,
    ),
    rule(
        "asset-exists",
        Evidence.SEEN,
        "An asset that is there, without `overwrite`, fails inside. What follows `Cannot overwrite asset` is inferred.",
        "public code that looks for these words",
    ),
    rule(
        "bucket-unwritable",
        Evidence.SEEN,
        "A bucket that cannot be written fails inside, if a test declares it. The words are inferred.",
        "Earth Engine's guide to exports",
    ),
    rule(
        "drive-space",
        Evidence.SEEN,
        "Google Drive is full: fails inside, when a script says so.",
        "public notes",
    ),
    rule(
        "reprojection-too-large",
        Evidence.SEEN,
        "A reprojection is too large: fails inside, when a script says so.",
        "public code that names the failure",
    ),
    rule(
        "computation-timed-out",
        Evidence.SEEN,
        "Fails inside, when a script says so.",
        "public reports of the message",
    ),
    rule(
        "internal-error",
        Evidence.SEEN,
        "Fails inside with no reason, when a script says so.",
        "public reports of the message",
    ),
    rule(
        "failure-code",
        Evidence.SEEN,
        "A failed operation has error code 3, whatever failed.",
        "the Code Editor's task list; google/earthengine-api#9",
    ),
    rule(
        "cancelled-code", Evidence.DOCUMENTED, "A cancelled operation has error code 1.", "operations.cancel"
    ),
    rule(
        "attempts",
        Evidence.SEEN,
        "Work is attempted again, when a script says so: `attempt` rises, stages start over.",
        "task listings in public reports",
    ),
    rule(
        "stall",
        Evidence.SEEN,
        "When a script says so, only `updateTime` moves.",
        "task listings in public reports",
    ),
    rule(
        "missing-fields",
        Evidence.SEEN,
        "Description, usage, stages' descriptions and work units may be missing; an empty description is.",
        "dfguerrerom/ee-client#22",
    ),
    rule(
        "odd-times",
        Evidence.SEEN,
        "Fractions of seconds vary, sometimes beyond six digits.",
        "task listings in public reports",
    ),
    rule(
        "unstarted",
        Evidence.SEEN,
        "What has not started has the start time 1970-01-01T00:00:00Z.",
        "task listings in public reports",
    ),
    rule(
        "cross-user-list",
        Evidence.DOCUMENTED,
        "A project's list has the operations of all its users.",
        "v1beta projects.operations.list",
    ),
    rule(
        "delete-forgets",
        Evidence.DOCUMENTED,
        "Deleting an operation does not stop its work.",
        "v1beta projects.operations.delete",
    ),
    rule(
        "head-too-large",
        Evidence.INFERRED,
        "The line of a request and its headers have at most 65536 bytes, else 431 and the end of the connection.",
        "RFC 6585",
    ),
    rule(
        "host-not-allowed",
        Evidence.INFERRED,
        "The contract server's own: a Host that is none of its names is 403, against DNS rebinding.",
        "Groundwire",
    ),
    rule(
        "control",
        Evidence.INFERRED,
        "The contract server's own: a control request that cannot be done.",
        "Groundwire",
    ),
    rule(
        "state-unwritable",
        Evidence.INFERRED,
        "The contract server's own: its state file cannot be written, and the request had no effect.",
        "Groundwire",
    ),
    rule(
        "unauthenticated",
        Evidence.SEEN_ELSEWHERE,
        "Standard wording.",
        "googleapis/google-cloud-python#15087",
    ),
    rule("scope-insufficient", Evidence.SEEN, "A token without the scope.", "csaybar/EarthEngineMasterGIS#5"),
    rule(
        "service-disabled", Evidence.SEEN, "The API is off.", "healthysustainablecities/global-indicators#547"
    ),
    rule(
        "user-project-denied",
        Evidence.SEEN,
        "The quota project may not be used.",
        "nasaharvest/street2sat#51",
    ),
    rule(
        "project-not-registered",
        Evidence.SEEN,
        "No details.",
        "healthysustainablecities/global-indicators#547",
    ),
    rule("not-signed-up", Evidence.SEEN, "No details.", "VHeimhuber/InletTracker#9"),
    rule(
        "consumer-suspended",
        Evidence.SEEN_ELSEWHERE,
        "The project is suspended.",
        "kubernetes/minikube#17959",
    ),
    rule(
        "iam-permission-denied",
        Evidence.INFERRED,
        "Google's usual wording with the reference's permission.",
        "v1beta projects.image.export",
    ),
    rule(
        "asset-permission", Evidence.SEEN, "May also come inside the operation.", "google/earthengine-api#113"
    ),
    rule("expression-error", Evidence.SEEN, "Refused at the start.", "JiaxuanYou/crop_yield_prediction#10"),
    rule("memory-limit", Evidence.SEEN, "Seen on interactive calls.", "gee-community/geemap#1465"),
    rule(
        "rate-quota",
        Evidence.SEEN,
        "Requests a minute of one caller, if a test gives a number: none is known for certain. Details in the "
        "standard shape; that a minute of the clock counts is inferred.",
        "gee-community/qgis-earthengine-plugin#202",
    ),
    rule("internal", Evidence.SEEN, "No details.", "google/earthengine-api#89; gee-community/geetools#72"),
    rule("unavailable", Evidence.SEEN_ELSEWHERE, "Standard wording.", "google.rpc.Code"),
)
