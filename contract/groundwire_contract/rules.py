"""The rules by which the contract refuses a request or fails an operation, each with its evidence.

`RULES` maps a rule's id to the rule. A refusal names its rule; a test may relax any rule by its id. Bounds that
the overlay states have the one id `bounds`, and the mark that the overlay gives them stays there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from .evidence import Mark, Rule

_FRONT_END: Final = "Google's API front end"


def _rule(id: str, mark: Mark, says: str, source: str, *, enforced: bool = True) -> Rule:
    return Rule(id=id, mark=mark, says=says, source=source, enforced=enforced)


_ALL: Final = (
    _rule("unknown-path", Mark.SEEN_ELSEWHERE, "An unknown path or verb gets an HTML page.", _FRONT_END),
    _rule(
        "unknown-field", Mark.SEEN, "Unknown names are listed all at once, in body order.", "OSGeo/gdal#805"
    ),
    _rule(
        "unknown-parameter", Mark.SEEN_ELSEWHERE, "An unknown query parameter cannot be bound.", _FRONT_END
    ),
    _rule(
        "oneof-conflict",
        Mark.SEEN_ELSEWHERE,
        "Of a union, the first member of the body counts; a second is refused.",
        "googleapis/google-cloud-dart#26",
    ),
    _rule(
        "invalid-value",
        Mark.SEEN_ELSEWHERE,
        "A value of the wrong type is named with its proto path.",
        _FRONT_END,
    ),
    _rule(
        "enum-unknown",
        Mark.SEEN_ELSEWHERE,
        "An unknown enum name is refused with the enum's type URL.",
        _FRONT_END,
    ),
    _rule(
        "object-on-scalar",
        Mark.SEEN,
        "An object where a scalar belongs is refused with the parent's path.",
        "Earth Engine's answer to a function's inline body",
    ),
    _rule("list-on-singular", Mark.SEEN_ELSEWHERE, "A list where one value belongs is refused.", _FRONT_END),
    _rule("list-on-map", Mark.INFERRED, "A list where a map belongs is refused.", _FRONT_END),
    _rule(
        "null-element",
        Mark.INFERRED,
        "null is unset in a message, and no element of a list or map.",
        "protobuf's JSON mapping",
    ),
    _rule(
        "duplicate-key",
        Mark.INFERRED,
        "A name given twice, in either spelling, is refused.",
        "protobuf's JSON mapping",
    ),
    _rule(
        "message-too-deep",
        Mark.INFERRED,
        "At most 100 messages within each other.",
        "protobuf's default limit",
    ),
    _rule(
        "malformed-json",
        Mark.SEEN_ELSEWHERE,
        "The text around a fault is quoted.",
        "googlecodelabs/feedback#441",
    ),
    _rule(
        "error-shape", Mark.DOCUMENTED, "An error is the JSON of google.rpc.Status under `error`.", "AIP-193"
    ),
    _rule("root-not-object", Mark.SEEN_ELSEWHERE, "The root of a body is an object.", _FRONT_END),
    _rule(
        "payload-too-large",
        Mark.SEEN,
        "A body has at most 10485760 bytes. The status is inferred.",
        "VeinsOfTheEarth/rabpro#75",
    ),
    _rule(
        "bounds",
        Mark.DOCUMENTED,
        "Bounds that the overlay states. The wording and the status are inferred.",
        "the reference pages of the messages; the overlay names each",
    ),
    _rule(
        "description-invalid",
        Mark.SEEN,
        "A description has 100 characters of a-zA-Z0-9.,:;_-. The status is inferred.",
        "gee-community/geetools#251; nasaharvest/cropharvest#60",
    ),
    _rule(
        "request-id-reused",
        Mark.SEEN,
        "A request id that the caller used before in the project is refused. The status is inferred.",
        "reports from five public repositories",
    ),
    _rule("queue-full", Mark.SEEN, "A project holds 3000 unfinished tasks.", "gee-community/geetools#64"),
    _rule(
        "queue-full-burns-id",
        Mark.SEEN,
        "A start refused by a full queue has used its request id. One report.",
        "one public report",
    ),
    _rule(
        "operation-not-found", Mark.INFERRED, "Wording inferred, status certain.", "ee/data.py getTaskStatus"
    ),
    _rule("page-token-invalid", Mark.INFERRED, "A page token that no page gave out is refused.", "AIP-158"),
    _rule(
        "page-size-invalid",
        Mark.INFERRED,
        "A negative page size is refused; one above 500 counts as 500.",
        "AIP-158; v1beta projects.operations.list",
    ),
    _rule(
        "filter-unsupported",
        Mark.INFERRED,
        "Filters but `state=` and `done=` are refused, never ignored.",
        "AIP-160",
    ),
    _rule(
        "too-many-pixels",
        Mark.SEEN,
        "Width x height above maxPixels fails inside; bands do not count: four bands of 651 x 752 were 489552.",
        "google/earthengine-api#9",
    ),
    _rule(
        "band-types-differ",
        Mark.SEEN,
        "Bands of unlike types fail inside: Float32 and UInt16, Float32 and Float64, Float64 and Int32 were seen. "
        "Inferred: only explicit casts in one GeoTIFF count, one of them to real numbers.",
        "three public reports",
    ),
    _rule(
        "unbounded-image",
        Mark.INFERRED,
        "An image of constants only, without dimensions or a clip, fails inside. The words were seen; which images "
        "they meet is inferred, so it is off unless it is enforced.",
        "public reports of the message",
        enforced=False,
    ),
    _rule(
        "asset-exists",
        Mark.SEEN,
        "An asset that is there, without `overwrite`, fails inside. What follows `Cannot overwrite asset` is inferred.",
        "public code that looks for these words",
    ),
    _rule(
        "bucket-unwritable",
        Mark.SEEN,
        "A bucket that cannot be written fails inside, if a test declares it. The words are inferred.",
        "Earth Engine's guide to exports",
    ),
    _rule(
        "drive-space", Mark.SEEN, "Google Drive is full: fails inside, when a script says so.", "public notes"
    ),
    _rule(
        "reprojection-too-large",
        Mark.SEEN,
        "A reprojection is too large: fails inside, when a script says so.",
        "public code that names the failure",
    ),
    _rule(
        "computation-timed-out",
        Mark.SEEN,
        "Fails inside, when a script says so.",
        "public reports of the message",
    ),
    _rule(
        "internal-error",
        Mark.SEEN,
        "Fails inside with no reason, when a script says so.",
        "public reports of the message",
    ),
    _rule(
        "failure-code",
        Mark.SEEN,
        "A failed operation has error code 3, whatever failed.",
        "the Code Editor's task list; google/earthengine-api#9",
    ),
    _rule("cancelled-code", Mark.DOCUMENTED, "A cancelled operation has error code 1.", "operations.cancel"),
    _rule(
        "attempts",
        Mark.SEEN,
        "Work is attempted again, when a script says so: `attempt` rises, stages start over.",
        "task listings in public reports",
    ),
    _rule(
        "stall",
        Mark.SEEN,
        "When a script says so, only `updateTime` moves.",
        "task listings in public reports",
    ),
    _rule(
        "missing-fields",
        Mark.SEEN,
        "Description, usage, stages' descriptions and work units may be missing; an empty description is.",
        "dfguerrerom/ee-client#22",
    ),
    _rule(
        "odd-times",
        Mark.SEEN,
        "Fractions of seconds vary, sometimes beyond six digits.",
        "task listings in public reports",
    ),
    _rule(
        "unstarted",
        Mark.SEEN,
        "What has not started has the start time 1970-01-01T00:00:00Z.",
        "task listings in public reports",
    ),
    _rule(
        "cross-user-list",
        Mark.DOCUMENTED,
        "A project's list has the operations of all its users.",
        "v1beta projects.operations.list",
    ),
    _rule(
        "delete-forgets",
        Mark.DOCUMENTED,
        "Deleting an operation does not stop its work.",
        "v1beta projects.operations.delete",
    ),
    _rule(
        "media-type",
        Mark.INFERRED,
        "A body is application/json in UTF-8, not packed; a form's names count as query parameters.",
        _FRONT_END,
    ),
    _rule(
        "head-too-large",
        Mark.INFERRED,
        "The line of a request and its headers have at most 65536 bytes, else 431 and the end of the connection.",
        "RFC 6585",
    ),
    _rule(
        "credentials-missing",
        Mark.SEEN_ELSEWHERE,
        "Where sign-in is required, a request without a bearer token gets 401 and WWW-Authenticate.",
        _FRONT_END,
    ),
    _rule(
        "control",
        Mark.INFERRED,
        "The contract server's own: a control request that cannot be done.",
        "Groundwire",
    ),
    _rule(
        "state-unwritable",
        Mark.INFERRED,
        "The contract server's own: its state file cannot be written, and the request had no effect.",
        "Groundwire",
    ),
    _rule(
        "unauthenticated", Mark.SEEN_ELSEWHERE, "Standard wording.", "googleapis/google-cloud-python#15087"
    ),
    _rule("scope-insufficient", Mark.SEEN, "A token without the scope.", "csaybar/EarthEngineMasterGIS#5"),
    _rule("service-disabled", Mark.SEEN, "The API is off.", "healthysustainablecities/global-indicators#547"),
    _rule(
        "user-project-denied", Mark.SEEN, "The quota project may not be used.", "nasaharvest/street2sat#51"
    ),
    _rule(
        "project-not-registered", Mark.SEEN, "No details.", "healthysustainablecities/global-indicators#547"
    ),
    _rule("not-signed-up", Mark.SEEN, "No details.", "VHeimhuber/InletTracker#9"),
    _rule(
        "consumer-suspended", Mark.SEEN_ELSEWHERE, "The project is suspended.", "kubernetes/minikube#17959"
    ),
    _rule(
        "iam-permission-denied",
        Mark.INFERRED,
        "Google's usual wording with the reference's permission.",
        "v1beta projects.image.export",
    ),
    _rule("asset-permission", Mark.SEEN, "May also come inside the operation.", "google/earthengine-api#113"),
    _rule("expression-error", Mark.SEEN, "Refused at the start.", "JiaxuanYou/crop_yield_prediction#10"),
    _rule("memory-limit", Mark.SEEN, "Seen on interactive calls.", "gee-community/geemap#1465"),
    _rule(
        "rate-quota",
        Mark.SEEN,
        "Requests a minute of one caller, if a test gives a number: none is known for certain. Details in the "
        "standard shape; that a minute of the clock counts is inferred.",
        "gee-community/qgis-earthengine-plugin#202",
    ),
    _rule("internal", Mark.SEEN, "No details.", "google/earthengine-api#89; gee-community/geetools#72"),
    _rule("unavailable", Mark.SEEN_ELSEWHERE, "Standard wording.", "google.rpc.Code"),
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.id: rule for rule in _ALL})
BLAMED: Final = frozenset(
    [
        "bounds",
        "credentials-missing",
        "description-invalid",
        "duplicate-key",
        "enum-unknown",
        "filter-unsupported",
        "invalid-value",
        "list-on-map",
        "list-on-singular",
        "malformed-json",
        "media-type",
        "message-too-deep",
        "null-element",
        "object-on-scalar",
        "oneof-conflict",
        "page-size-invalid",
        "page-token-invalid",
        "payload-too-large",
        "root-not-object",
        "unknown-field",
        "unknown-parameter",
        "unknown-path",
    ]
)
"""The rules that blame what a request says, and not what was before it."""
OFF: Final = frozenset(rule.id for rule in _ALL if not rule.enforced)
"""Ids of the rules that are enforced only when a test or the command line says so."""


def known(ids: Iterable[str]) -> frozenset[str]:
    """The ids, when each is one of a rule. Raises LookupError otherwise."""
    found = frozenset(ids)
    if unknown := sorted(found - RULES.keys()):
        raise LookupError(f"no such rule: {', '.join(unknown)}")
    return found
