from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_runtime.errors import ApiError
from groundwire_runtime.http import Response
from groundwire_runtime.status import api_error

from ..contract.vectors import needed, rows
from .doubles import answer

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


def made(http: int, body: dict[str, Any], **headers: str) -> ApiError:
    response = answer(body, http, **headers)
    return api_error(response, method_id="m", attempts=1, now=0.0)


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
        (404, error(404, f"Permission '{EXPORT}' denied"), ""),
        (500, error(500, "Not signed up"), ""),
    ],
)
def test_row_91_reason_permission_and_words_lead_to_the_hint(
    http: int, body: dict[str, Any], hint: str
) -> None:
    found = made(http, body)
    assert hint in found.hint
    assert bool(found.hint) == bool(hint)
    details = body["error"]["details"]
    assert found.reason == (details[1]["reason"] if details else "")
    assert found.hint in str(found)


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
