"""The contract of a document: each of its methods is found by its path, takes an example, and answers with one."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from groundwire_codegen.ir import Api, Kind, Method
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.operations.example import example
from groundwire_contract.service import Service
from groundwire_contract.validate.values import validate

from . import documents

_VARIABLE = re.compile(r"\{\+?([^{}]+)\}")
_NUMBERS = (Kind.INT32, Kind.UINT32, Kind.INT64, Kind.UINT64)
AMBIGUOUS = {"firestore.projects.databases.documents.list"}
"""Methods whose every path is one of another method too: whether it names a document is a matter of counting."""
_TRIED = ("1", "x", "a", "abc", "1" * 22, "UA-1-1", "a" * 10, "global", "2026-01-01")


def faults(name: str) -> list[str]:
    """What the contract of a document makes of a request to each of its methods, where that is not right.

    Two methods of one verb and path cannot be told apart; the first is then as good as the second.
    """
    contract = load(documents.read(name))
    service = Service(contract, handlers={})
    shapes = contract.shapes[contract.api.version]
    found: list[str] = []
    for method in contract.api.methods.values():
        reply = service.handle(request(contract.api, method))
        assert isinstance(reply, Reply)
        routed = tuple(service.state.requests)[-1].method
        if method.id in AMBIGUOUS:
            continue
        if routed is None or not _alike(method, contract.api.methods[routed]):
            found.append(f"{name}: {method.id} is taken for {routed}")
        elif routed == method.id and reply.status != 200:
            found.append(f"{name}: {method.id}: {reply.status} {reply.rule}: {reply.body[:200]!r}")
        if method.response is not None:
            read = validate(shapes.records[method.response], example(contract.api, method.response))
            found += [f"{name}: the example of {method.id}: {fault.message}" for fault in read.faults]
    return found


def request(api: Api, method: Method) -> Exchange:
    """A request with an example as its body."""
    base = urlsplit(api.base_url).path.strip("/")
    path = _VARIABLE.sub(lambda found: _value(method, found[1]), f"{base}/{method.path.lstrip('/')}")
    body = b""
    if method.request is not None:
        message = example(api, method.request)
        body = json.dumps(message if method.envelope is None else {method.envelope: message}).encode()
    return Exchange(
        verb=method.verb,
        path="/" + path.lstrip("/"),
        headers={"content-type": "application/json"},
        body=body,
        length=len(body),
    )


def _value(method: Method, variable: str) -> str:
    """A value for a variable of the path, which its pattern and its type let pass."""
    parameter = next((each for each in method.parameters if each.wire == variable), None)
    if parameter is None:
        return "1"
    pattern = (parameter.rules.pattern or ".*").strip("^$")
    made = pattern.replace("[^/]+", "x").replace("[^/]*", "x").replace(".*", "x")
    usual = {**dict.fromkeys(_NUMBERS, "1"), Kind.BYTES: "MTIz"}.get(parameter.scalar.kind, made)
    tried = (*parameter.values, usual, *_TRIED)
    return next((value for value in tried if re.fullmatch(pattern, value)), tried[0])


def _alike(one: Method, other: Method) -> bool:
    """Whether two methods have the same verb, and paths that differ in nothing but the names of variables."""
    return one.verb == other.verb and _VARIABLE.sub("{}", one.path) == _VARIABLE.sub("{}", other.path)
