"""What schemathesis holds the contract server to, besides its own checks of answers: the document's word on requests.

Its own `negative_data_rejection` would call every leniency of the service a violation.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import schemathesis
from groundwire_codegen.schema.paths import path_of
from groundwire_contract.contract import load
from groundwire_contract.openapi import ACCEPTED, document

from .oracle import Oracle, scalar

CONTRACT = load()
ORACLE = Oracle(document(CONTRACT.api))
PARAMETERS = ORACLE.document["components"]["parameters"]
BEYOND = {
    "filter-unsupported", "no-behaviour", "operation-not-found", "page-token-invalid",
    "queue-full", "request-id-reused",
}  # fmt: skip
"""Rules of the state and of texts that a schema cannot know; they come after all that it can."""


@schemathesis.check
def as_documented(ctx: Any, response: Any, case: Any) -> None:
    """A request that the document allows is accepted, any other refused."""
    sent = response.request
    allowed = request_is_allowed(case.operation.definition.raw, sent)
    if allowed is None:
        return
    rule = response.headers.get("x-groundwire-rule", [None])[0]
    accepted = rule is None or rule in BEYOND
    if accepted != allowed:
        verdict = "accepted" if accepted else f"refused by {rule}"
        raise AssertionError(
            f"{sent.method} {sent.url} {sent.body!r}: {verdict}, allowed: {allowed}\n{response.text[:400]}"
        )


def request_is_allowed(operation: dict[str, Any], sent: Any) -> bool | None:
    """What the document says of a request as it went out; None where it says nothing."""
    split = urlsplit(sent.url)
    verb = CONTRACT.api.methods[operation["operationId"]].verb
    if sent.method != verb or not path_is_allowed(operation, split.path):
        return None  # It may be the path of another method, or of none.
    return query_is_allowed(operation, split.query) and body_is_allowed(operation, sent)


def path_is_allowed(operation: dict[str, Any], path: str) -> bool:
    method = CONTRACT.api.methods[operation["operationId"]]
    template = path_of(CONTRACT.api, method, ACCEPTED)
    expression = re.sub(r"\\\{(.+?)\\\}", r"(?P<\1>.+)", re.escape(template.template))
    found = re.fullmatch(expression, path)
    return found is not None and all(
        variable_is_allowed(
            parameter["schema"], unquote(re.sub("%2f", "%252F", found[parameter["name"]], flags=re.I))
        )
        for parameter in template.parameters
    )


def variable_is_allowed(schema: dict[str, Any], text: str) -> bool:
    """Whether a text stands for a variable; a colon would make it a custom verb in some places."""
    value = scalar(schema, text)
    return ":" not in text and not text.endswith("\n") and ORACLE.is_sound(schema, value)


def query_is_allowed(operation: dict[str, Any], query: str) -> bool:
    known = {
        found["name"]: found["schema"] for found in operation["parameters"] if found.get("in") == "query"
    }
    common = {found["name"] for found in PARAMETERS.values()}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name in common:
            continue
        if name not in known or not ORACLE.is_sound(known[name], scalar(known[name], text)):
            return False
    return True


def body_is_allowed(operation: dict[str, Any], sent: Any) -> bool:
    if "requestBody" not in operation:
        return True
    if sent.body and not re.match(r"application/([\w.+-]+\+)?json\b", sent.headers.get("Content-Type", "")):
        return False
    body = sent.body or b"{}"
    try:
        value = json.loads(body, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError):
        return False
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return isinstance(value, dict) and ORACLE.is_sound(schema, value)
