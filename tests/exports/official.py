"""The official client, connected to a contract server, and equality of what both clients send."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from groundwire import ExportImageRequest, Expression, decode, encode
from groundwire_contract.fixture import EarthEngineContract, running

PROJECT = "contract-project"
_unread: list[dict[str, Any]] = []
"""Bodies as the client sent them: the server does not keep one that is no JSON."""


@contextmanager
def official_client() -> Iterator[tuple[Any, EarthEngineContract]]:
    """Initialize earthengine-api against a contract server; skip if it is not installed."""
    ee = pytest.importorskip("ee")
    from google.oauth2.credentials import Credentials
    from googleapiclient.http import HttpRequest

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EE_CLOUD_API_VERSION", "v1beta")
        patch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
        # Its only other address is that of the catalogue of deprecated data sets.
        patch.setattr(ee.deprecation, "_FetchDataCatalogStac", dict)
        execute = HttpRequest.execute

        def kept(request: Any, *arguments: Any, **options: Any) -> Any:
            _unread[:] = [json.loads(request.body)] if request.body else []
            return execute(request, *arguments, **options)

        patch.setattr(HttpRequest, "execute", kept)
        contract = running()
        try:
            ee.Initialize(Credentials("static-token"), url=contract.endpoint, project=PROJECT)
            yield ee, contract
        finally:
            ee.Reset()
            contract.stop()


def sent(contract: EarthEngineContract, task: Any) -> dict[str, Any]:
    """Start a task with the official client. Return the body that the server received, accepted or not."""
    from ee import EEException

    contract.reset()
    with suppress(EEException):  # a bare NaN is refused, as it is no JSON
        task.start()
    body: Any = contract.requests[-1].body
    return _unread[-1] if body is None else body


def received(body: dict[str, Any]) -> ExportImageRequest:
    """Return the body of an export, without its id, as our message."""
    text = json.dumps({name: value for name, value in body.items() if name != "requestId"})
    # Texts in these bodies hold none of the words.
    return decode(ExportImageRequest, re.sub(r"NaN|-?Infinity", r'"\g<0>"', text).encode())


def graph(expression: Expression | dict[str, Any]) -> Any:
    """Return a graph as one tree.

    Names of nodes do not matter then, and a list of constants is one constant: the official client writes a list apart
    whose items repeat, such as the first and last point of a ring.
    """
    data = json.loads(encode(expression)) if isinstance(expression, Expression) else expression
    return _node({"valueReference": data["result"]}, data["values"])


def _node(node: dict[str, Any], values: dict[str, Any]) -> Any:
    [(kind, value)] = node.items()
    if kind == "valueReference":
        return _node(values[value], values)
    if kind == "arrayValue":
        parts = [_node(each, values) for each in value.get("values", [])]
        return _constant(parts, dict(enumerate(parts))) or {kind: parts}
    if kind == "dictionaryValue":
        entries = {name: _node(each, values) for name, each in value.get("values", {}).items()}
        return _constant(entries, entries) or {kind: entries}
    if kind == "functionDefinitionValue":
        return {kind: [value["argumentNames"], _node(values[value["body"]], values)]}
    if kind == "functionInvocationValue":
        called = value.get("functionName") or _node(values[value["functionReference"]], values)
        arguments = {name: _node(each, values) for name, each in value.get("arguments", {}).items()}
        return {kind: [called, arguments]}
    return {kind: value}


def _constant(form: object, nodes: dict[Any, Any]) -> dict[str, Any] | None:
    """Return a list or map of constants as one constant, None if a part is computed."""
    if any(node.keys() != {"constantValue"} for node in nodes.values()):
        return None
    plain = {name: node["constantValue"] for name, node in nodes.items()}
    return {"constantValue": list(plain.values()) if isinstance(form, list) else plain}
