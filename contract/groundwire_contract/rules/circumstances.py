"""The rules by which a sound request is refused all the same, or its operation fails, and how operations look."""

from __future__ import annotations

from typing import Final

from .evidence import Mark, Rule, rule

CIRCUMSTANCES: Final[tuple[Rule, ...]] = (
    rule(
        "error-shape", Mark.DOCUMENTED, "An error is the JSON of google.rpc.Status under `error`.", "AIP-193"
    ),
    rule(
        "request-id-reused",
        Mark.SEEN,
        "A request id that the same user used before in the project is refused. The status is inferred.",
        "reports from five public repositories",
    ),
    rule(
        "queue-full",
        Mark.SEEN,
        "A project holds 3000 unfinished tasks. The status is inferred.",
        "gee-community/geetools#64",
    ),
    rule(
        "queue-full-burns-id",
        Mark.SEEN,
        "A start refused by a full queue has used its request id. One report.",
        "one public report",
    ),
    rule(
        "operation-not-found", Mark.INFERRED, "Wording inferred, status certain.", "ee/data.py getTaskStatus"
    ),
    rule(
        "too-many-pixels",
        Mark.SEEN,
        "Width x height above maxPixels fails inside; bands do not count: four bands of 651 x 752 were 489552.",
        "google/earthengine-api#9",
    ),
    rule(
        "band-types-differ",
        Mark.SEEN,
        "Bands of unlike types fail inside: Float32 and UInt16, Float32 and Float64, Float64 and Int32 were seen. "
        "Inferred: only explicit casts in one GeoTIFF count, one of them to real numbers.",
        "three public reports",
    ),
    rule(
        "unbounded-image",
        Mark.INFERRED,
        "An image of constants only, without dimensions or a clip, fails inside. The words were seen; which images "
        "they meet is inferred, so it is off unless it is enforced.",
        "public reports of the message",
        enforced=False,
    ),
    rule(
        "asset-exists",
        Mark.SEEN,
        "An asset that is there, without `overwrite`, fails inside. What follows `Cannot overwrite asset` is inferred.",
        "public code that looks for these words",
    ),
    rule(
        "bucket-unwritable",
        Mark.SEEN,
        "A bucket that cannot be written fails inside, if a test declares it. The words are inferred.",
        "Earth Engine's guide to exports",
    ),
    rule(
        "drive-space", Mark.SEEN, "Google Drive is full: fails inside, when a script says so.", "public notes"
    ),
    rule(
        "reprojection-too-large",
        Mark.SEEN,
        "A reprojection is too large: fails inside, when a script says so.",
        "public code that names the failure",
    ),
    rule(
        "computation-timed-out",
        Mark.SEEN,
        "Fails inside, when a script says so.",
        "public reports of the message",
    ),
    rule(
        "internal-error",
        Mark.SEEN,
        "Fails inside with no reason, when a script says so.",
        "public reports of the message",
    ),
    rule(
        "failure-code",
        Mark.SEEN,
        "A failed operation has error code 3, whatever failed.",
        "the Code Editor's task list; google/earthengine-api#9",
    ),
    rule("cancelled-code", Mark.DOCUMENTED, "A cancelled operation has error code 1.", "operations.cancel"),
    rule(
        "attempts",
        Mark.SEEN,
        "Work is attempted again, when a script says so: `attempt` rises, stages start over.",
        "task listings in public reports",
    ),
    rule(
        "stall",
        Mark.SEEN,
        "When a script says so, only `updateTime` moves.",
        "task listings in public reports",
    ),
    rule(
        "missing-fields",
        Mark.SEEN,
        "Description, usage, stages' descriptions and work units may be missing; an empty description is.",
        "dfguerrerom/ee-client#22",
    ),
    rule(
        "odd-times",
        Mark.SEEN,
        "Fractions of seconds vary, sometimes beyond six digits.",
        "task listings in public reports",
    ),
    rule(
        "unstarted",
        Mark.SEEN,
        "What has not started has the start time 1970-01-01T00:00:00Z.",
        "task listings in public reports",
    ),
    rule(
        "cross-user-list",
        Mark.DOCUMENTED,
        "A project's list has the operations of all its users.",
        "v1beta projects.operations.list",
    ),
    rule(
        "delete-forgets",
        Mark.DOCUMENTED,
        "Deleting an operation does not stop its work.",
        "v1beta projects.operations.delete",
    ),
    rule(
        "head-too-large",
        Mark.INFERRED,
        "The line of a request and its headers have at most 65536 bytes, else 431 and the end of the connection.",
        "RFC 6585",
    ),
    rule(
        "control",
        Mark.INFERRED,
        "The contract server's own: a control request that cannot be done.",
        "Groundwire",
    ),
    rule(
        "state-unwritable",
        Mark.INFERRED,
        "The contract server's own: its state file cannot be written, and the request had no effect.",
        "Groundwire",
    ),
    rule("unauthenticated", Mark.SEEN_ELSEWHERE, "Standard wording.", "googleapis/google-cloud-python#15087"),
    rule("scope-insufficient", Mark.SEEN, "A token without the scope.", "csaybar/EarthEngineMasterGIS#5"),
    rule("service-disabled", Mark.SEEN, "The API is off.", "healthysustainablecities/global-indicators#547"),
    rule("user-project-denied", Mark.SEEN, "The quota project may not be used.", "nasaharvest/street2sat#51"),
    rule(
        "project-not-registered", Mark.SEEN, "No details.", "healthysustainablecities/global-indicators#547"
    ),
    rule("not-signed-up", Mark.SEEN, "No details.", "VHeimhuber/InletTracker#9"),
    rule("consumer-suspended", Mark.SEEN_ELSEWHERE, "The project is suspended.", "kubernetes/minikube#17959"),
    rule(
        "iam-permission-denied",
        Mark.INFERRED,
        "Google's usual wording with the reference's permission.",
        "v1beta projects.image.export",
    ),
    rule("asset-permission", Mark.SEEN, "May also come inside the operation.", "google/earthengine-api#113"),
    rule("expression-error", Mark.SEEN, "Refused at the start.", "JiaxuanYou/crop_yield_prediction#10"),
    rule("memory-limit", Mark.SEEN, "Seen on interactive calls.", "gee-community/geemap#1465"),
    rule(
        "rate-quota",
        Mark.SEEN,
        "Requests a minute of one caller, if a test gives a number: none is known for certain. Details in the "
        "standard shape; that a minute of the clock counts is inferred.",
        "gee-community/qgis-earthengine-plugin#202",
    ),
    rule("internal", Mark.SEEN, "No details.", "google/earthengine-api#89; gee-community/geetools#72"),
    rule("unavailable", Mark.SEEN_ELSEWHERE, "Standard wording.", "google.rpc.Code"),
)
