"""Requests for the operations of a document, written by an encoder apart from the server, valid and broken ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus

from attrs import evolve, frozen
from groundwire_contract.exchange import Exchange

from tests.audits.openapi import styles
from tests.audits.openapi.compare import filled
from tests.audits.openapi.documents import Operation, escaped, place_of, resolved

from .judge import Judge
from .samples import Samples

IGNORED: Final = ("accept", "content-type", "authorization")
TRIES: Final = 60


class NoValueError(Exception):
    """No valid value was found."""


@frozen
class Call:
    """A valid request, and what breaks it: the name of the fault with the request that has it."""

    operation: Operation
    exchange: Exchange
    broken: tuple[tuple[str, Exchange], ...] = ()


def write(exchange: Exchange, parameter: Any, value: Any) -> Exchange:
    """Add a parameter to a request."""
    where, name = parameter["in"], parameter["name"]
    if where == "path":
        return evolve(exchange, path=exchange.path.replace(f"{{{name}}}", styles.path_text(parameter, value)))
    if where == "header":
        return evolve(
            exchange, headers={**exchange.headers, name.lower(): styles.header_text(parameter, value)}
        )
    pairs = styles.query_pairs(parameter, value)
    if where == "cookie":
        before = [exchange.headers["cookie"]] if "cookie" in exchange.headers else []
        return evolve(exchange, headers={**exchange.headers, "cookie": "; ".join([*before, *pairs])})
    query = "&".join([*([exchange.raw_query] if exchange.raw_query else []), *pairs])
    return evolve(exchange, raw_query=query, query=tuple(parse_qsl(query, keep_blank_values=True)))


class Calls:
    """Makes one call of each operation."""

    def __init__(self, document: Any, seed: str) -> None:
        self._document = document
        self._judge = Judge(document)
        self._samples = Samples(document, seed)

    def call(self, operation: Operation) -> Call:
        """Return a call of an operation. Raises NoValueError where no valid value is found."""
        base = filled(next(iter(self._document.get("servers") or ()), {"url": "/"}))
        base = "/" + base.partition("://")[2].partition("/")[2] if "://" in base else base
        path = operation.path.partition("#")[0]
        exchange = Exchange(
            verb=operation.verb, path=(base.strip("/") and f"/{base.strip('/')}{path}") or path
        )
        exchange = self._with_credentials(exchange, operation)
        bare = exchange
        missing: list[tuple[str, Exchange]] = []
        written = [(each, self._argument(operation, each)) for each in self._wanted(operation)]
        for parameter, value in written:
            exchange = write(exchange, parameter, value)
        for parameter, _ in written:
            if parameter["in"] != "path" and parameter.get("required"):
                without = bare
                for other, value in written:
                    without = without if other is parameter else write(without, other, value)
                missing.append((f"{parameter['in']} {parameter['name']} is missing", without))
        body = self._body(operation)
        if body is None:
            return Call(operation, exchange, tuple(missing))
        (headers, data), wrong = body
        exchange, *missing_too = [
            _bodied(each, headers, data) for each in (exchange, *(each for _, each in missing))
        ]
        broken = [(name, each) for (name, _), each in zip(missing, missing_too, strict=True)]
        broken += [(name, _bodied(exchange, headers, each)) for name, each in wrong]
        return Call(operation, exchange, tuple(broken))

    def _wanted(self, operation: Operation) -> Iterator[Any]:
        stated = {(each["in"], each["name"]) for each in operation.parameters}
        for each in operation.parameters:
            if each["in"] == "header" and each["name"].lower() in IGNORED:
                continue
            if each["in"] == "path" and f"{{{each['name']}}}" not in operation.path:
                continue
            if each.get("required") or each["in"] == "path":
                yield each
        for piece in operation.path.split("{")[1:]:
            name = piece.partition("}")[0]
            if ("path", name) not in stated:
                yield {"in": "path", "name": name, "schema": {"type": "string"}}

    def _argument(self, operation: Operation, parameter: Any) -> Any:
        pointer, schema = _schema_of(operation, parameter, self._document)
        for _ in range(TRIES):
            value = self._samples.value(schema)
            if _has_form(value, parameter) and (
                pointer is None or self._judge.refuses(pointer, value) is None
            ):
                return value
        raise NoValueError(f"{operation.name}: {parameter['name']}")

    def _body(self, operation: Operation) -> Any:
        stated = resolved(self._document, operation.stated.get("requestBody"))
        contents = (stated or {}).get("content") or {}
        media_type = next(
            (each for each in contents if "json" in each and "*" not in each), next(iter(contents), None)
        )
        if media_type is None:
            return None
        place = place_of(operation.pointer, operation.stated, "requestBody")
        pointer = f"{place}/content{escaped(media_type)}/schema"
        schema = (contents[media_type] or {}).get("schema")
        headers = {"content-type": media_type.replace("*/*", "image/*").replace("*", "png")}
        if schema is None or "octet" in media_type or "*" in media_type:
            return (headers, b"\x00\x01"), []
        for _ in range(TRIES):
            value = self._samples.value(schema)
            if (
                self._judge.refuses(pointer, value) is None
                and (data := _written(media_type, value)) is not None
            ):
                wrong = (
                    self._wrong(pointer, value) if "json" in media_type and "seq" not in media_type else []
                )
                return ({**headers, **data[0]}, data[1]), wrong
        raise NoValueError(f"{operation.name}: body")

    def _wrong(self, pointer: str, value: Any) -> list[tuple[str, bytes]]:
        found = [("no JSON", b'{"a"')]
        for _ in range(TRIES):
            other = self._samples.broken(value)
            reason = self._judge.refuses(pointer, other)
            if reason is not None:
                return [*found, (f"{json.dumps(other)[:200]}: {reason}", json.dumps(other).encode())]
        return found

    def _with_credentials(self, exchange: Exchange, operation: Operation) -> Exchange:
        schemes = (self._document.get("components") or {}).get("securitySchemes") or {}
        for name in next(iter(operation.security or ()), {}):
            scheme = resolved(self._document, schemes.get(name) or {})
            if scheme.get("type") == "apiKey":
                exchange = write(exchange, {"in": scheme["in"], "name": scheme["name"]}, "k")
            else:
                basic = scheme.get("scheme", "").lower() == "basic"
                text = "Basic " + base64.b64encode(b"u:p").decode() if basic else "Bearer t"
                exchange = evolve(exchange, headers={**exchange.headers, "authorization": text})
        return exchange


def _bodied(exchange: Exchange, headers: Any, data: bytes) -> Exchange:
    return evolve(exchange, headers={**exchange.headers, **headers}, body=data, length=len(data))


def _schema_of(operation: Operation, parameter: Any, document: Any) -> tuple[str | None, Any]:
    """Return where the schema of a parameter is, and the schema."""
    content = parameter.get("content")
    inner = next(iter(content.values()), {}) if content else parameter
    schema = inner.get("schema")
    item = operation.pointer.rpartition("/")[0]
    for holder in (operation.pointer, item):
        node = document
        for key in holder.split("/")[1:]:
            node = node[key.replace("~1", "/").replace("~0", "~")]
        for index, each in enumerate(node.get("parameters", ())):
            if resolved(document, each) is parameter and schema is not None:
                place = place_of(f"{holder}/parameters", {str(index): each}, str(index))
                middle = f"/content{escaped(next(iter(content)))}" if content else ""
                return f"{place}{middle}/schema", schema
    return None, schema or {"type": "string"}


def _has_form(value: Any, parameter: Any) -> bool:
    """Return True for a value that a parameter can be written as, and be read back."""
    if "content" in parameter:
        return True
    if isinstance(value, dict | list):
        inside = list(value.values() if isinstance(value, dict) else value)
        return bool(inside) and all(
            each not in ("", None) and not isinstance(each, list | dict) for each in inside
        )
    return value is not None and value != ""


def _written(media_type: str, value: Any) -> tuple[dict[str, str], bytes] | None:
    """Return the headers and the bytes of a body; None for a value without a form."""
    if "json" in media_type:
        return {}, json.dumps(value).encode()
    if media_type.startswith("text/"):
        return ({}, value.encode()) if isinstance(value, str) else None
    form = media_type == "application/x-www-form-urlencoded"
    if not form and not media_type.startswith("multipart/"):
        return {}, b"\x00"
    if not isinstance(value, dict) or any(not _is_part(each) for each in value.values()):
        return None
    pairs = [(name, text) for name, each in value.items() for text in _texts(each)]
    if form:
        return {}, "&".join(f"{quote_plus(name)}={quote_plus(text)}" for name, text in pairs).encode()
    if not pairs:
        return None
    parts = (
        f'--b\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in pairs
    )
    return {"content-type": f"{media_type}; boundary=b"}, ("".join(parts) + "--b--\r\n").encode()


def _is_part(value: Any) -> bool:
    """Return True for a property that a form can hold and give back."""
    if isinstance(value, list):
        return bool(value) and not any(isinstance(each, list) or each is None for each in value)
    return value is not None


def _texts(value: Any) -> list[str]:
    """Return the texts of a property: each item of an array on its own, objects as JSON."""
    items = value if isinstance(value, list) else [value]
    return [json.dumps(each) if isinstance(each, dict) else styles.scalar(each) for each in items]
