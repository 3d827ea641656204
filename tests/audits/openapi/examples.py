"""The JSON examples inside a document: read with the type of their place, written as the same JSON."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from types import ModuleType
from typing import Any, Final

from attrs import define, field, frozen
from groundwire_codegen.ir import Api
from groundwire_runtime.errors import GroundwireError
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.schema import Ref, Type
from jsonschema import FormatChecker
from jsonschema.exceptions import UnknownType, ValidationError
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, OAS31Validator
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from .documents import escaped, operations, place_of, resolved
from .samples import Samples, UnsampledError

BASE: Final = "urn:document"


_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)", re.ASCII)


class UnjudgedError(Exception):
    """The validator itself cannot follow a schema: its reference, its type, its pattern, its depth, or a keyword of another form."""


@frozen
class Example:
    """An example: where it is, where its schema is, whether it is sent, and the type of its place."""

    pointer: str
    schema: str
    value: Any
    sent: bool
    type: Type


@define
class Tally:
    """What was done, and what was wrong."""

    kept: int = 0
    refused: int = 0
    """Examples that their own schema refuses."""
    unfitted: list[str] = field(factory=list)
    """Those with a value that fits no member of its union, although a wider member outside of it takes all."""
    unjudged: list[str] = field(factory=list)
    """Schemas that the validator itself cannot follow, for an example that did not come back."""
    faults: list[str] = field(factory=list)


def check(document: Any, api: Api, package: ModuleType) -> Tally:
    """Read and write every example of a document."""
    tally, judges = Tally(), validators(document)
    codecs = package.codecs.CODECS
    for example in _examples(document, api, package):
        fault, is_fitted = "", True
        try:
            back = json.loads(
                codecs.write(
                    example.type, read := codecs.read(example.type, json.dumps(example.value).encode())
                )
            )
            if not _same(back, example.value):
                fault = f"{example.value!r:.500} came back as {back!r:.500}"
            is_fitted = "Unrecognized(" not in repr(read)
        except GroundwireError as error:
            fault = f"{type(error).__name__}: {str(error)[:300]}"
        if not fault and is_fitted:
            tally.kept += 1
            continue
        try:
            is_refused = bool(judged(judges[example.sent], example.schema, example.value))
        except UnjudgedError as error:
            tally.unjudged.append(str(error))
            continue
        if is_refused:
            tally.refused += 1
        elif not fault:
            tally.unfitted.append(example.pointer)
        else:
            tally.faults.append(f"{example.pointer}: {fault}")
    return tally


def judged(validator: Any, schema: str, value: Any) -> list[ValidationError]:
    """Return what a schema of the document refuses of a value. Raises UnjudgedError."""
    try:
        return list(validator.evolve(schema={"$ref": f"{BASE}#{schema}"}).iter_errors(value))
    except (Unresolvable, UnknownType, re.error, RecursionError, AttributeError, TypeError) as problem:
        raise UnjudgedError(f"{schema}: {type(problem).__name__}: {str(problem)[:200]}") from problem


def validators(document: Any) -> Mapping[bool, Any]:
    """Return the validators of a document's schemas: of what is sent (True), and of what is received."""
    contents = _with_types(document)
    registry: Any = Registry().with_resource(BASE, Resource(contents=contents, specification=DRAFT202012))
    old = document["openapi"].startswith("3.0")
    read, write = (OAS30ReadValidator, OAS30WriteValidator) if old else (OAS31Validator, OAS31Validator)
    checker = _format_checker()
    return {
        sent: (write if sent else read)({}, registry=registry, format_checker=checker)
        for sent in (True, False)
    }


def _with_types(node: Any) -> Any:
    """Return schemas with the type that they imply: without it, JSON Schema lets a text pass as what has properties."""
    if isinstance(node, list):
        return [_with_types(each) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _with_types(value) for key, value in node.items()}
    # YAML's own null as a type, or in a list of types, with which documents are published.
    if "type" in node and node["type"] is None:
        changed["type"] = "null"
    elif isinstance(node.get("type"), list):
        changed["type"] = ["null" if each is None else each for each in node["type"]]
    implied = isinstance(node.get("properties"), dict) or isinstance(node.get("additionalProperties"), dict)
    return {"type": "object", **changed} if implied else changed


def _format_checker() -> FormatChecker:
    """Return a checker of the formats that have a type of their own."""
    checker = FormatChecker(formats=())

    def is_instant(value: object) -> bool:
        # The standard library takes `+0000` as well.
        return not isinstance(value, str) or _RFC3339.fullmatch(value) is not None

    def is_day(value: object) -> bool:
        return not isinstance(value, str) or bool(date.fromisoformat(value))

    def is_base64(value: object) -> bool:
        # Bits behind the last byte are lost (RFC 4648, 3.5).
        if not isinstance(value, str):
            return True
        return base64.b64encode(base64.b64decode(value, validate=True)).decode() == value

    def fits(low: int, high: int) -> Any:
        return lambda value: not isinstance(value, int) or low <= value <= high

    checker.checks("date-time", ValueError)(is_instant)
    checker.checks("date", ValueError)(is_day)
    checker.checks("byte", ValueError)(is_base64)
    checker.checks("int32")(fits(-(2**31), 2**31 - 1))
    checker.checks("int64")(fits(-(2**63), 2**63 - 1))
    return checker


def _examples(document: Any, api: Api, package: ModuleType) -> Iterator[Example]:
    """Yield the examples of bodies, of answers, and of the schemas that are classes of their own."""
    methods = {method.pointer: package.client.METHODS[key] for key, method in api.methods.items()}
    for operation in operations(document):
        method = methods.get(operation.pointer)
        if method is not None:
            yield from _of_operation(document, operation.pointer, operation.stated, method)
    for message in api.messages.values():
        schema = (document.get("components") or {}).get("schemas", {}).get(message.place)
        pointer = f"/components/schemas{escaped(message.place)}"
        if schema is not None and message.pointer == pointer:
            sent = message.sent and not message.received
            for where, value in _in_schema(schema):
                yield Example(f"{pointer}/{where}", pointer, value, sent, Ref(message.name))


def _of_operation(document: Any, pointer: str, stated: Any, method: RestMethod[Any]) -> Iterator[Example]:
    body = resolved(document, stated.get("requestBody") or {})
    types = {each.media_type: each.type for each in method.bodies if each.type is not None}
    yield from _of_contents(document, place_of(pointer, stated, "requestBody"), body, types, sent=True)
    for status, each in (stated.get("responses") or {}).items():
        low = int(str(status).upper().replace("X", "0")) if str(status) != "default" else 0
        contents = [answer.contents for answer in method.answers if low and answer.low <= low <= answer.high]
        narrow = (
            contents[0]
            if len(contents) == 1
            else next((answer.contents for answer in method.answers if answer.low == answer.high == low), ())
        )
        types = {content.media_type: content.type for content in narrow if content.type is not None}
        place = place_of(f"{pointer}/responses", stated["responses"], status)
        yield from _of_contents(document, place, resolved(document, each), types, sent=False)


def _of_contents(
    document: Any, pointer: str, stated: Any, types: Mapping[str, Type], *, sent: bool
) -> Iterator[Example]:
    for media_type, content in (stated.get("content") or {}).items():
        type_ = types.get(media_type)
        if type_ is None or "schema" not in content:
            continue
        place = f"{pointer}/content{escaped(media_type)}"
        found = [("example", content["example"])] if "example" in content else []
        for name, each in (content.get("examples") or {}).items():
            example = resolved(document, each)
            found += [(f"examples{escaped(name)}/value", example["value"])] if "value" in example else []
        if "$ref" not in content["schema"]:
            found += [(f"schema/{where}", value) for where, value in _in_schema(content["schema"])]
        with suppress(UnsampledError):
            found.append(("schema (a sample)", Samples(document, sent).of(content["schema"])))
        for where, value in found:
            if not (value is None and sent):  # no body
                yield Example(f"{place}/{where}", f"{place}/schema", _unwrapped(value), sent, type_)


def _unwrapped(value: Any) -> Any:
    """Return an example that is written as the text of its JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _in_schema(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict) and "example" in schema:
        yield "example", schema["example"]
    examples = schema.get("examples") if isinstance(schema, dict) else None
    if isinstance(examples, list):
        yield from ((f"examples/{number}", value) for number, value in enumerate(examples))


def _same(ours: Any, theirs: Any) -> bool:
    """Return True for equal JSON, and for two texts of one instant."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(_same(value, theirs[key]) for key, value in ours.items())
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    if isinstance(ours, str) and isinstance(theirs, str) and ours != theirs:
        try:
            return datetime.fromisoformat(ours) == datetime.fromisoformat(theirs.strip().upper())
        except ValueError:
            return False
    return bool(ours == theirs) and isinstance(ours, bool) == isinstance(theirs, bool)
