"""The texts of refused requests, in Earth Engine's own words; `catalogue` returns all of them for a project.

Refusals that depend on more than the request (sign-in, quota, outages) occur only when a test asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..exchange import JsonObject
from .error_bodies import Refusal, invalid_argument

SERVICE: Final = "earthengine.googleapis.com"
PAYLOAD_LIMIT: Final = 10485760
"""Maximum bytes of a request body."""
QUEUE_LIMIT: Final = 3000
"""Unfinished tasks that a project may have by default."""


def payload_too_large() -> Refusal:
    """Refuse a body above the limit."""
    return invalid_argument(
        "payload-too-large", f"Request payload size exceeds the limit: {PAYLOAD_LIMIT} bytes."
    )


def request_id_reused() -> Refusal:
    """Refuse a used request id. The service never answers with the first operation."""
    return Refusal(
        rule="request-id-reused",
        code=409,
        message="A different Operation was already started with the given request_id.",
    )


def queue_full(limit: int = QUEUE_LIMIT) -> Refusal:
    """Refuse a task beyond the `limit` of a project."""
    return Refusal(
        rule="queue-full",
        code=429,
        message=f"Too many tasks already in the queue ({limit}). Please wait for some of them to complete.",
    )


def operation_not_found(name: str) -> Refusal:
    """Refuse an operation that does not exist or was deleted."""
    return Refusal(rule="operation-not-found", code=404, message=f"Operation '{name}' not found.")


def state_unwritable(message: str) -> Refusal:
    """Report that the server's state file cannot be written; the request had no effect."""
    return Refusal(rule="state-unwritable", code=503, message=message)


def host_not_allowed(host: str) -> Refusal:
    """Refuse a foreign Host; the request had no effect."""
    return Refusal(
        rule="host-not-allowed",
        code=403,
        message=f"The contract server does not answer under the Host {host[:255]}. Use its own address, or "
        "allow the name with --allow-host.",
    )


DESCRIPTION_INVALID: Final = (
    'The description must contain only the following characters: a..z, A..Z, 0-9, ".", ",", ":", ";", "_" or "-". '
    "The description must be at most 100 characters long."
)


_SEE: Final = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. See "
    "https://developers.google.com/identity/sign-in/web/devconsole-project."
)
_REALM: Final = 'Bearer realm="https://accounts.google.com/"'


def credentials_missing() -> Refusal:
    """Refuse a request without credentials."""
    return Refusal(
        rule="credentials-missing",
        code=401,
        message=f"Request is missing required authentication credential. {_SEE}",
        headers=(("www-authenticate", _REALM),),
    )


def unauthenticated() -> Refusal:
    """Refuse an invalid or expired token."""
    return Refusal(
        rule="unauthenticated",
        code=401,
        message=f"Request had invalid authentication credentials. {_SEE}",
        headers=(("www-authenticate", f'{_REALM}, error="invalid_token"'),),
    )


def _denied(rule: str, message: str, *details: JsonObject) -> Refusal:
    return Refusal(rule=rule, code=403, message=message, details=details)


def _error_info(reason: str, metadata: JsonObject) -> JsonObject:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": SERVICE, **metadata},
    }


def _help(description: str, url: str) -> JsonObject:
    return {
        "@type": "type.googleapis.com/google.rpc.Help",
        "links": [{"description": description, "url": url}],
    }


def scope_insufficient(rpc: str = "google.earthengine.v1alpha.EarthEngine.ExportImage") -> Refusal:
    """Refuse a token without the scopes of the method; `rpc` is the method's full name."""
    return _denied(
        "scope-insufficient",
        "Request had insufficient authentication scopes.",
        _error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", {"method": rpc}),
    )


def service_disabled(project: str) -> Refusal:
    """Refuse a project in which the API is not enabled."""
    url = f"https://console.developers.google.com/apis/api/{SERVICE}/overview?project={project}"
    message = (
        f"Google Earth Engine API has not been used in project {project} before or it is disabled. Enable it by "
        f"visiting {url} then retry. If you enabled this API recently, wait a few minutes for the action to "
        "propagate to our systems and retry."
    )
    return _denied(
        "service-disabled",
        message,
        _error_info(
            "SERVICE_DISABLED",
            {
                "consumer": f"projects/{project}",
                "containerInfo": project,
                "serviceTitle": "Google Earth Engine API",
                "activationUrl": url,
            },
        ),
        {
            "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
            "locale": "en-US",
            "message": message,
        },
        _help("Google developers console API activation", url),
    )


def user_project_denied(project: str) -> Refusal:
    """Refuse a quota project that the caller may not charge."""
    url = f"https://console.developers.google.com/iam-admin/iam/project?project={project}"
    return _denied(
        "user-project-denied",
        f"Caller does not have required permission to use project {project}. Grant the caller the "
        "roles/serviceusage.serviceUsageConsumer role, or a custom role with the serviceusage.services.use "
        f"permission, by visiting {url} and then retry. Propagation of the new permission may take a few minutes.",
        _help("Google developer console IAM admin", url),
        _error_info("USER_PROJECT_DENIED", {"consumer": f"projects/{project}"}),
    )


def rate_quota() -> Refusal:
    """Refuse more requests per minute than the caller may make."""
    return Refusal(
        rule="rate-quota",
        code=429,
        message="Quota exceeded for quota metric 'Number of read requests' and limit 'Number of read requests "
        f"per minute per user' of service '{SERVICE}' for consumer 'project_number:599401802498'.",
        details=(_error_info("RATE_LIMIT_EXCEEDED", {"consumer": "projects/599401802498"}),),
    )


def _access_refusals(project: str) -> tuple[Refusal, ...]:
    """Return the refusals of callers and projects."""
    return (
        credentials_missing(),
        unauthenticated(),
        scope_insufficient(),
        service_disabled(project),
        user_project_denied(project),
        _denied(
            "project-not-registered",
            f"Project {project} is not registered to use Earth Engine. Visit "
            f"https://code.earthengine.google.com/register?project={project} to register your project. See "
            "https://developers.google.com/earth-engine/guides/access for more details.",
        ),
        _denied(
            "not-signed-up",
            "Not signed up for Earth Engine or project is not registered. Visit "
            "https://developers.google.com/earth-engine/guides/access",
        ),
        _denied(
            "consumer-suspended", f"Permission denied: Consumer 'projects/{project}' has been suspended."
        ),
        _denied(
            "iam-permission-denied",
            f"Permission 'earthengine.exports.create' denied on resource 'projects/{project}' "
            "(or it may not exist).",
        ),
        _denied("asset-permission", "Insufficient permissions to create asset 'users/someone/folder/name'."),
    )


def catalogue(project: str) -> Mapping[str, Refusal]:
    """Return all refusals that a test may ask for, by rule id. `project` is the bare project id."""
    refusals = (
        payload_too_large(),
        request_id_reused(),
        queue_full(),
        operation_not_found(f"projects/{project}/operations/NOPE"),
        invalid_argument("description-invalid", DESCRIPTION_INVALID),
        invalid_argument(
            "expression-error",
            "Collection.loadTable: Collection asset 'ft:1S4EB6319wWW2sWQDPhDvmSBIVrD3iEmCLYB7nMM' not found.",
        ),
        invalid_argument("memory-limit", "User memory limit exceeded."),
        *_access_refusals(project),
        rate_quota(),
        Refusal(rule="internal", code=500, message="An internal error has occurred"),
        Refusal(rule="unavailable", code=503, message="The service is currently unavailable."),
    )
    return {refusal.rule: refusal for refusal in refusals}
