"""Requests as they go over the wire: nothing is normalised, so a test can send what no client would."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

PROJECT = "projects/contract-project"
EXPORT = f"/v1beta/{PROJECT}/image:export"
OPERATIONS = f"/v1beta/{PROJECT}/operations"
JSON = {"content-type": "application/json"}
SECRET_HEADERS = (
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-goog-api-key",
    "x-goog-iam-authorization-token",
)
SECRET_PARAMETERS = ("access_token", "oauth_token", "key")


@frozen
class Answer:
    """One answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        return self.json["error"]

    @property
    def message(self) -> str:
        return self.error["message"]

    @property
    def rule(self) -> str | None:
        return self.headers.get("x-groundwire-rule")


def ask(
    endpoint: str, verb: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Make one request on a connection of its own; a body that is not bytes is written as JSON."""
    raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=20)
    try:
        connection.request(verb, path, raw, {**JSON, **(headers or {})})
        response = connection.getresponse()
        return Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )
    finally:
        connection.close()


def export(**more: object) -> dict[str, Any]:
    """The body of a small export to Cloud Storage; a field that is None is left out."""
    body: dict[str, object] = {
        "expression": {
            "result": "0",
            "values": {
                "0": {
                    "functionInvocationValue": {
                        "functionName": "Image.constant",
                        "arguments": {"value": {"constantValue": 1}},
                    }
                }
            },
        },
        "description": "small",
        "fileExportOptions": {
            "fileFormat": "GEO_TIFF",
            "cloudStorageDestination": {"bucket": "bucket", "filenamePrefix": "folder/small"},
        },
        **more,
    }
    return {name: value for name, value in body.items() if value is not None}
