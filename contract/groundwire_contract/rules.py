"""The rules by which the contract refuses a request or fails an operation, each with its evidence.

`RULES` maps a rule's id to the rule. A refusal names its rule; a test may relax any rule by its id. Bounds that
the overlay states have the one id `bounds`, and the mark that the overlay gives them stays there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .evidence import Mark, Rule

_FRONT_END: Final = "Google's API front end"


def _rule(id: str, mark: Mark, says: str, source: str = "") -> Rule:
    return Rule(id=id, mark=mark, says=says, source=source)


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
        "object-on-scalar", Mark.SEEN, "An object where a scalar belongs is refused with the parent's path."
    ),
    _rule("list-on-singular", Mark.SEEN_ELSEWHERE, "A list where one value belongs is refused.", _FRONT_END),
    _rule("list-on-map", Mark.INFERRED, "A list where a map belongs is refused.", _FRONT_END),
    _rule("null-element", Mark.INFERRED, "null is unset in a message, and no element of a list or map."),
    _rule("duplicate-key", Mark.INFERRED, "A name given twice, in either spelling, is refused."),
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
        "content-type",
        Mark.INFERRED,
        "A body is application/json in UTF-8, whatever else it could be read as.",
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
        "bounds", Mark.DOCUMENTED, "Bounds that the overlay states. The wording and the status are inferred."
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
    ),
    _rule("queue-full", Mark.SEEN, "A project holds 3000 unfinished tasks.", "gee-community/geetools#64"),
    _rule(
        "queue-full-burns-id",
        Mark.SEEN,
        "A start refused by a full queue has used its request id. One report.",
    ),
    _rule(
        "operation-not-found", Mark.INFERRED, "Wording inferred, status certain.", "ee/data.py getTaskStatus"
    ),
    _rule("page-token-invalid", Mark.INFERRED, "A page token that no page gave out is refused."),
    _rule(
        "page-size-invalid", Mark.INFERRED, "A negative page size is refused; one above 500 counts as 500."
    ),
    _rule(
        "filter-unsupported", Mark.INFERRED, "Filters but `state=` and `done=` are refused, never ignored."
    ),
    _rule(
        "too-many-pixels",
        Mark.SEEN,
        "Width x height above maxPixels fails inside.",
        "google/earthengine-api#9",
    ),
    _rule(
        "no-behaviour",
        Mark.INFERRED,
        "A valid request of a method that only the service can answer gets 501.",
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
    _rule("iam-permission-denied", Mark.INFERRED, "Google's usual wording with the reference's permission."),
    _rule("asset-permission", Mark.SEEN, "May also come inside the operation.", "google/earthengine-api#113"),
    _rule("expression-error", Mark.SEEN, "Refused at the start.", "JiaxuanYou/crop_yield_prediction#10"),
    _rule("memory-limit", Mark.SEEN, "Seen on interactive calls.", "gee-community/geemap#1465"),
    _rule(
        "rate-quota", Mark.SEEN, "Details in the standard shape.", "gee-community/qgis-earthengine-plugin#202"
    ),
    _rule("internal", Mark.SEEN, "No details.", "google/earthengine-api#89; gee-community/geetools#72"),
    _rule("unavailable", Mark.SEEN_ELSEWHERE, "Standard wording."),
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.id: rule for rule in _ALL})
