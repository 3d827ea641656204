from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire import (
    Client,
    DriveDestination,
    ExportImageRequest,
    Expression,
    GeoTiffImageExportOptions,
    GridDimensions,
    ImageFileExportOptions,
    Operation,
    Status,
    ValueNode,
    credentials,
    encode,
)
from groundwire.client import HINTS
from groundwire_runtime.error_facts import BY_ERROR
from groundwire_runtime.errors import (
    ApiError,
    EncodeError,
    GroundwireError,
    NotFound,
    OperationError,
    PermissionDenied,
)
from groundwire_runtime.google_errors import api_error
from groundwire_runtime.http import Response

from ..contract.vectors import needed, rows
from .doubles import Script, answer

TYPE = "type.googleapis.com/google.rpc."
ENABLE, REGISTER, GRANT, QUOTA, SCOPE = (
    "Enable the API",
    "Register the project",
    "Grant",
    "quota_project=",
    "scopes=",
)
USE = "roles/serviceusage.serviceUsageConsumer"
EXPORT = "earthengine.exports.create"
SIGN_IN = "Sign in again"


ONE = Expression(result="0", values={"0": ValueNode.ConstantValue(1)})


def tiles(width: int, height: int) -> ExportImageRequest:
    options = GeoTiffImageExportOptions(tile_dimensions=GridDimensions(width=width, height=height))
    return ExportImageRequest(export_options=ImageFileExportOptions(format_options=options))


def made(http: int, body: dict[str, Any], **headers: str) -> ApiError:
    response = answer(body, http, **headers)
    return api_error(response, method_id="m", attempts=1, now=0.0, hints=HINTS)


def error(
    http: int, message: str = "no", reason: str = "", domain: str = "googleapis.com", **metadata: Any
) -> dict[str, Any]:
    info = {"@type": TYPE + "ErrorInfo", "reason": reason, "domain": domain, "metadata": metadata}
    help_ = {"@type": TYPE + "Help", "links": [{"url": "https://console.test"}]}
    return {"error": {"code": http, "message": message, "details": [help_, info] if reason else []}}


RECORDED = {
    "unauthenticated": SIGN_IN,
    "scope-insufficient": SCOPE,
    "service-disabled": ENABLE,
    "user-project-denied": USE,
    "project-not-registered": REGISTER,
    "not-signed-up": REGISTER,
    "consumer-suspended": "suspended",
    "iam-permission-denied": f"role with {EXPORT}",
    "asset-permission": "earthengine.assets.create",
}
"""What each recorded refusal asks for."""


@needed
def test_each_recorded_refusal_has_the_hint_that_fits() -> None:
    refusals = [row for row in rows("wire/error_bodies.json") if row["http"] in (401, 403)]
    assert {row["id"] for row in refusals} <= RECORDED.keys()
    for row in refusals:
        found = api_error(
            Response(status=row["http"], body=json.dumps(row["body"]).encode()),
            method_id="m",
            attempts=1,
            now=0.0,
            hints=HINTS,
        )
        assert RECORDED[row["id"]] in found.hint, row["id"]


@pytest.mark.parametrize(
    ("http", "body", "hint"),
    [
        (403, error(403, "off", "SERVICE_DISABLED"), ENABLE),
        (403, error(403, "The API is disabled.", "SERVICE_DISABLED", "other.test"), ENABLE),
        (403, error(403, "Access Not Configured. API has not been used in project 5 before"), ENABLE),
        (403, error(403, "no", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), SCOPE),
        (403, error(403, "Insufficient authentication scopes"), SCOPE),
        (403, error(403, "no", "USER_PROJECT_DENIED"), USE),
        (403, error(403, "It needs the serviceusage.services.use permission"), USE),
        (403, error(403, "This API requires a quota project, which is not set by default."), QUOTA),
        (403, error(403, "The x API requires a quota project.", "SERVICE_DISABLED"), "Set a quota project"),
        (403, error(403, "It has not been used in project 764086051850 before"), "Set a quota project"),
        (403, error(403, "no", "SERVICE_DISABLED", consumer="projects/32555940559"), "Set a quota project"),
        (403, error(403, "not used in project 7640860518501 before", "SERVICE_DISABLED"), ENABLE),
        (403, error(403, "Project x-1 is not registered to use Earth Engine."), REGISTER),
        (403, error(403, "NOT SIGNED UP for Earth Engine"), REGISTER),
        (403, error(403, "no", "CONSUMER_SUSPENDED"), "suspended"),
        (403, error(403, "no", "CONSUMER_INVALID"), "project's id"),
        (403, error(403, "This API method requires billing to be enabled", "BILLING_DISABLED"), "billing"),
        (
            403,
            error(403, "Request is prohibited by organization's policy", "SECURITY_POLICY_VIOLATED"),
            "policy",
        ),
        (
            403,
            error(403, "no", "IAM_PERMISSION_DENIED", "iam.googleapis.com", permission=EXPORT),
            f"with {EXPORT}",
        ),
        (403, error(403, f"Permission '{EXPORT}' denied on resource 'projects/q'."), f"with {EXPORT}"),
        (403, error(403, f"Permission {EXPORT} denied on resource."), f"with {EXPORT}"),
        (403, error(403, f"Required '{EXPORT}' permission for 'projects/q'"), f"with {EXPORT}"),
        (403, error(403, f"a@b.test does not have {EXPORT} access to the project."), f"with {EXPORT}"),
        (403, error(403, f"Missing permissions: [{EXPORT}, a.b.c]"), f"with {EXPORT}"),
        (
            403,
            error(403, "See https://console.cloud.google.com/iam or mail a.b.c@p.test"),
            "Grant the caller a role that",
        ),
        (403, error(403, "earthengine.googleapis.com said no"), "Grant the caller a role that"),
        (403, error(403, "The caller does not have permission"), "Grant the caller a role that"),
        (403, error(403, "Insufficient permissions to create asset 'projects/p/assets/a'."), GRANT),
        (401, error(401, "no", "ACCESS_TOKEN_EXPIRED"), SIGN_IN),
        (401, error(401, "no", "CREDENTIALS_MISSING"), SIGN_IN),
        (403, error(403, "slow down", "RATE_LIMIT_EXCEEDED"), "Send less"),
        (429, error(429, "slow down", "RATE_LIMIT_EXCEEDED"), "Send less"),
        (
            403,
            error(403, "m@x.test does not have storage.objects.create access to the bucket b."),
            "with storage.",
        ),
        (404, error(404, f"Permission '{EXPORT}' denied"), "Check the name"),
        (500, error(500, "Not signed up"), "Call again later"),
        (400, error(400, "Collection.loadTable: Collection asset 'ft:1S4' not found."), "asset's id"),
        (
            400,
            error(
                400, "Image.load: Image asset 'a' not found (does not exist or caller does not have access)."
            ),
            "asset's id",
        ),
        (400, error(400, "User memory limit exceeded."), "memory"),
        (400, error(400, "Request payload size exceeds the limit: 10485760 bytes."), "smaller request"),
        (400, error(400, "The description must contain only the following characters"), "100 characters"),
        (400, error(400, "Unknown name \"origin\" at 'grid': Cannot find field."), "unknown_fields"),
        (400, error(400, "Parameter 'bands' is required."), "Correct what the message names"),
        (429, error(429, "Too many tasks already in the queue (3000)."), "Wait until some exports"),
    ],
)
def test_row_91_reason_permission_and_words_lead_to_the_hint(
    http: int, body: dict[str, Any], hint: str
) -> None:
    found = made(http, body)
    assert hint in found.hint
    details = body["error"]["details"]
    assert found.reason == (details[1]["reason"] if details else "")
    assert http in (400, 404, 500) or found.hint in str(found)


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("accessNotConfigured", ENABLE),
        ("insufficientPermissions", SCOPE),
        ("userRateLimitExceeded", "Send less"),
        ("forbidden", GRANT),
    ],
)
def test_an_old_style_reason_leads_to_the_hint_too(reason: str, hint: str) -> None:
    old = {"error": {"code": 403, "message": "no", "errors": [{"domain": "usageLimits", "reason": reason}]}}
    assert hint in made(403, old).hint


def test_a_challenge_that_names_the_scope_leads_to_the_hint() -> None:
    challenge = 'Bearer realm="x", error="insufficient_scope", scope="a"'
    assert SCOPE in made(403, error(403), www_authenticate=challenge).hint


@pytest.mark.parametrize("text", ["a." * 200_000, "permission " * 100_000, "a.b" * 100_000 + "!"])
def test_a_long_message_is_searched_in_no_time(text: str) -> None:
    import time

    started = time.perf_counter()
    assert made(403, error(403, text)).hint
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("metadata", [None, 5, [], {"permission": 5, "consumer": ["x"]}])
def test_metadata_of_another_shape_is_looked_past(metadata: Any) -> None:
    body = error(403, "no", "IAM_PERMISSION_DENIED")
    body["error"]["details"][1]["metadata"] = metadata
    assert GRANT in made(403, body).hint


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (error(403, "no", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), {}),
        (error(403, "Request had insufficient authentication scopes."), {}),
        (error(403), {"www_authenticate": 'Bearer error="insufficient_scope"'}),
        (
            {
                "error": {
                    "errors": [{"reason": "insufficientPermissions"}],
                    "message": "Insufficient Permission",
                }
            },
            {},
        ),
    ],
)
def test_a_scope_that_is_missing_is_named(body: dict[str, Any], headers: dict[str, str]) -> None:
    script = Script(forever=answer(body, 403, **headers))
    client = Client(
        project="p", credentials=credentials.anonymous(), transport=script, scopes=["https://a.test/b"]
    )
    drive = ImageFileExportOptions(destination=DriveDestination(folder="f"))
    request = ExportImageRequest(expression=ONE, export_options=drive)
    for call in (
        lambda: client.projects.operations.get("projects/p/operations/A"),
        lambda: client.projects.image.export(request),
    ):
        with pytest.raises(PermissionDenied) as caught:
            call()
        assert "https://www.googleapis.com/auth/earthengine" in caught.value.hint
        assert caught.value.hint in str(caught.value)
    assert "https://www.googleapis.com/auth/drive" in caught.value.hint


FAILURES = {
    "Export too large: specified 5 pixels (max: 4). Specify higher maxPixels value if you intend to": "max_pixels",
    "Exported bands must have compatible data types; found inconsistent types: Float32 and UInt16.": "toFloat",
    "Unable to export unbounded image.": "grid",
    "Cannot overwrite asset 'projects/p/assets/a'.": "overwrite=True",
    "Not enough space in Google Drive (need 3.8GB for this export).": "Free space",
    "Reprojection output too large (14447x23745 pixels).": "reproject()",
    "Computation timed out.": "Split the work",
    "User memory limit exceeded.": "tileScale",
    "Internal error.": "report it",
    "Unable to write to bucket b (permission denied).": "on the bucket",
    "a@b.test does not have storage.objects.create access to the Google Cloud Storage bucket.": "storage.objects.create",
    "Image.load: Image asset 'projects/p/assets/a' not found (does not exist or caller does not have access).": "asset's id",
    "Execution failed; out of memory.": "tileScale",
    "Too many pixels in the region. Found 20, but maxPixels allows only 10.": "bestEffort",
    "ee.Image.toFloat: Parameter 'x' is required.": "Correct what the message names",
    "Something new.": "Correct what the message names",
    "": "Correct what the message names",
}
"""What operations fail with, and what to do about it."""


@pytest.mark.parametrize("message", FAILURES)
def test_each_failure_inside_an_operation_says_what_to_do(message: str) -> None:
    failed = Operation(name="projects/p/operations/A", done=True, result=Status(code=3, message=message))
    client = Client(project="p", credentials=credentials.anonymous(), transport=Script())
    with pytest.raises(OperationError) as caught:
        client.wait(failed)
    assert FAILURES[message] in caught.value.hint


def _errors(kind: type[GroundwireError]) -> list[type[GroundwireError]]:
    return [
        kind,
        *(
            below
            for each in kind.__subclasses__()
            if each.__module__ == kind.__module__
            for below in _errors(each)
        ),
    ]


@pytest.mark.parametrize("kind", _errors(GroundwireError), ids=lambda kind: kind.__name__)
def test_every_kind_of_error_has_a_hint_of_its_own(kind: type[GroundwireError]) -> None:
    assert kind.hint == (BY_ERROR[kind.__name__] if kind.__name__ != "ValueFault" else GroundwireError.hint)
    assert len(kind.hint) > 10


def test_a_subclass_may_bring_a_hint_or_inherits_one() -> None:
    class Sold(NotFound):
        hint = "Buy another."

    class Burnt(NotFound):
        pass

    assert (Sold("x", http_status=404).hint, Burnt("x", http_status=404).hint) == (
        "Buy another.",
        NotFound.hint,
    )
    assert Sold("x", http_status=404, hint="Wait.").hint == "Wait."


@pytest.mark.parametrize(
    ("request_", "path", "hint"),
    [
        (ExportImageRequest(description="n" * 101), "/description", "at most 100 characters that matches ^["),
        (ExportImageRequest(description="a b"), "/description", "at most 100 characters that matches ^["),
        (ExportImageRequest(priority=10_000), "/priority", "at least 0 and at most 9999"),
        (ExportImageRequest(priority=-1), "/priority", "at least 0 and at most 9999"),
        (ExportImageRequest(request_id="r" * 61), "/requestId", "at most 60 characters"),
        (tiles(100, 512), "/tileDimensions/width", "Pass 256 or 512"),
        (tiles(512, 700), "/tileDimensions/height", "Pass 512 or 768"),
        (ExportImageRequest(priority="high"), "/priority", "Correct this value"),  # type: ignore[arg-type] # refused
    ],
)
def test_a_value_that_breaks_a_bound_says_what_would_do(
    request_: ExportImageRequest, path: str, hint: str
) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(request_)
    assert caught.value.path.endswith(path)
    assert hint in caught.value.hint
