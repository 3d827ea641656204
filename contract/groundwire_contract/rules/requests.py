"""Rules that reject the content of a request."""

from __future__ import annotations

from typing import Final

from .evidence import FRONT_END, Evidence, Rule, rule

_BATCHES: Final = "Calendar, Gmail and Drive: send batch requests"
REQUESTS: Final[tuple[Rule, ...]] = (
    rule("unknown-path", Evidence.SEEN_ELSEWHERE, "An unknown path or verb gets an HTML page.", FRONT_END),
    rule(
        "unknown-field",
        Evidence.SEEN,
        "Unknown names are listed all at once, in body order.",
        "OSGeo/gdal#805",
    ),
    rule(
        "unknown-parameter", Evidence.SEEN_ELSEWHERE, "An unknown query parameter cannot be bound.", FRONT_END
    ),
    rule(
        "oneof-conflict",
        Evidence.SEEN_ELSEWHERE,
        "Of a union, the first member of the body counts; a second is refused.",
        "googleapis/google-cloud-dart#26",
    ),
    rule(
        "invalid-value",
        Evidence.SEEN_ELSEWHERE,
        "A value of the wrong type is named with its proto path.",
        FRONT_END,
    ),
    rule(
        "enum-unknown",
        Evidence.SEEN_ELSEWHERE,
        "An unknown enum name is refused with the enum's type URL.",
        FRONT_END,
    ),
    rule(
        "object-on-scalar",
        Evidence.SEEN,
        "An object where a scalar belongs is refused with the parent's path.",
        "Earth Engine's answer to a function's inline body",
    ),
    rule(
        "list-on-singular", Evidence.SEEN_ELSEWHERE, "A list where one value belongs is refused.", FRONT_END
    ),
    rule("list-on-map", Evidence.INFERRED, "A list where a map belongs is refused.", FRONT_END),
    rule(
        "null-element",
        Evidence.INFERRED,
        "null is unset in a message, and no element of a list or map.",
        "protobuf's JSON mapping",
    ),
    rule(
        "duplicate-key",
        Evidence.INFERRED,
        "A name given twice, in either spelling, is refused.",
        "protobuf's JSON mapping",
    ),
    rule(
        "message-too-deep",
        Evidence.INFERRED,
        "At most 100 messages within each other. Relaxed, deeper ones are left out; JSON of more levels than are read "
        "is refused all the same.",
        "protobuf's default limit",
    ),
    rule(
        "malformed-json",
        Evidence.SEEN_ELSEWHERE,
        "The text around a fault is quoted.",
        "googlecodelabs/feedback#441",
    ),
    rule("root-not-object", Evidence.SEEN_ELSEWHERE, "The root of a body is an object.", FRONT_END),
    rule(
        "payload-too-large",
        Evidence.SEEN,
        "A body has at most 10485760 bytes. The status is inferred.",
        "VeinsOfTheEarth/rabpro#75",
    ),
    rule(
        "bounds",
        Evidence.DOCUMENTED,
        "Bounds that the overlay states. The wording and the status are inferred.",
        "the reference pages of the messages; the overlay names each",
    ),
    rule(
        "description-invalid",
        Evidence.SEEN,
        "A description has 100 characters of a-zA-Z0-9.,:;_-. The status is inferred.",
        "gee-community/geetools#251; nasaharvest/cropharvest#60",
    ),
    rule(
        "page-token-invalid", Evidence.INFERRED, "A page token that no page gave out is refused.", "AIP-158"
    ),
    rule(
        "page-size-invalid",
        Evidence.INFERRED,
        "A negative page size is refused; one above 500 counts as 500.",
        "AIP-158; v1beta projects.operations.list",
    ),
    rule(
        "filter-unsupported",
        Evidence.INFERRED,
        "Filters of operations but `state=` and `done=`, and those of assets that are no comparisons joined by AND, are "
        "refused, never ignored.",
        "AIP-160",
    ),
    rule(
        "media-type",
        Evidence.INFERRED,
        "A body is application/json in UTF-8, not packed; a form's names count as query parameters.",
        FRONT_END,
    ),
    rule(
        "credentials-missing",
        Evidence.SEEN_ELSEWHERE,
        "Where sign-in is required, a request without a bearer token gets 401 and WWW-Authenticate.",
        FRONT_END,
    ),
    rule(
        "upload-type",
        Evidence.SEEN_ELSEWHERE,
        "A request at the path of an upload has an `uploadType` that its method has, and no other request has one.",
        "Drive and Cloud Storage: uploads",
    ),
    rule(
        "upload-parts",
        Evidence.DOCUMENTED,
        "An upload of two parts is multipart/related: the JSON, then the medium.",
        "RFC 2387; Drive: multipart uploads",
    ),
    rule(
        "upload-range",
        Evidence.DOCUMENTED,
        "A chunk follows the bytes that are kept, has the bytes that it states, and is a multiple of 256 KiB but for the last one.",
        "Cloud Storage: resumable uploads",
    ),
    rule(
        "upload-media-type",
        Evidence.DOCUMENTED,
        "A medium states a type that its method takes.",
        "Discovery: mediaUpload.accept",
    ),
    rule(
        "upload-size",
        Evidence.DOCUMENTED,
        "A medium is no larger than its method takes; this server takes 64 MiB.",
        "Discovery: mediaUpload.maxSize",
    ),
    rule(
        "upload-checksum",
        Evidence.DOCUMENTED,
        "A medium has the checksums that its request states.",
        "Cloud Storage: hashes and ETags",
    ),
    rule(
        "batch-malformed",
        Evidence.DOCUMENTED,
        "A batch is multipart/mixed; each part is application/http and holds a request with its path alone. The words "
        "are inferred.",
        _BATCHES,
    ),
    rule(
        "batch-too-large",
        Evidence.DOCUMENTED,
        "A batch has at most 1000 calls; Gmail, Drive and Cloud Storage take 100. A choice of this server: at most "
        "64 MiB of answers.",
        _BATCHES,
    ),
    rule(
        "batch-call",
        Evidence.DOCUMENTED,
        "A call of a batch uploads and downloads no medium. Inferred: it is no batch either.",
        _BATCHES,
    ),
    rule(
        "medium-none",
        Evidence.INFERRED,
        "`alt=media` is for methods that give a medium.",
        "Discovery: supportsMediaDownload",
    ),
)
