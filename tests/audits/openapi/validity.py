"""Values of the client's types beside the document's own schemas: what a caller can write, the document accepts.

Finds a type that was read too wide, or a required property that was lost. The judge is jsonschema.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

from attrs import define, field
from groundwire_codegen.ir import Api, Content
from jsonschema.exceptions import ValidationError

from .documents import at, escaped, operations, place_of, resolved
from .examples import UnjudgedError, judged, validators
from .values import NoValueError, Values

TYPES: Final = frozenset({"type", "enum", "const", "required", "additionalProperties", "prefixItems"})
"""Keywords that a type holds to. Bounds hold for attributes alone, and two members of `oneOf` may both fit."""
TRIES: Final = 3


@define
class Verdicts:
    """What the document refuses of values of the types that were made from it, and the schemas that the judge cannot follow."""

    faults: list[str] = field(factory=list)
    unjudged: list[str] = field(factory=list)


def check(document: Any, api: Api, package: ModuleType, seed: str) -> Verdicts:
    """Hold values of the client's types to the schemas of the document."""
    values = Values(api, package, seed, strict=True)
    judges = validators(document)
    verdicts = Verdicts()
    for pointer, contents, sent in _places(document, api):
        for content in contents:
            place = f"{pointer}/content{escaped(content.media_type)}/schema"
            if content.encoding != "json" or not _exists(document, place):
                continue
            try:
                verdicts.faults += _refused(document, place, content, values, judges[sent])
            except UnjudgedError as error:
                verdicts.unjudged.append(str(error))
    return verdicts


def _places(document: Any, api: Api) -> Iterator[tuple[str, tuple[Content, ...], bool]]:
    """Yield the bodies and answers of a document: where they are, their contents, and True for what is sent."""
    methods = {method.pointer: method for method in api.methods.values()}
    for operation in operations(document):
        method = methods.get(operation.pointer)
        if method is None:
            continue
        stated = operation.stated
        if method.body is not None:
            yield place_of(operation.pointer, stated, "requestBody"), method.body.contents, True
        for status in stated.get("responses") or {}:
            if not str(status).isdigit():
                continue
            contents = next(
                (each.contents for each in method.responses if each.low == each.high == int(status)), ()
            )
            yield place_of(f"{operation.pointer}/responses", stated["responses"], status), contents, False


def _refused(document: Any, place: str, content: Content, values: Values, judge: Any) -> list[str]:
    """Return what a schema refuses of some values of its type. Raises UnjudgedError."""
    found: list[str] = []
    for _ in range(TRIES):
        try:
            pair = values.body(content.type)
        except NoValueError:
            continue
        found += [
            f"{place}: /{'/'.join(map(str, error.path))}: {error.message[:200]}"
            for error in judged(judge, place, pair.json)
            if error.validator in TYPES and not _is_free(document, error)
        ]
    return list(dict.fromkeys(found))


def _is_free(document: Any, error: ValidationError) -> bool:
    """Return True for what is read although it breaks the letter, and for required keys that one class cannot require.

    The former are a null that `nullable` without a type allows, and a value of an enum without values; the latter travel
    one way alone (`readOnly`), or are not described. An object that may have no property at all is one of any.
    """
    if error.validator == "additionalProperties" and not error.schema.get("properties"):
        return True
    if error.validator == "enum" and not error.validator_value:
        return True
    if error.instance is None:
        return bool(document["openapi"].startswith("3.0"))
    if error.validator != "required":
        return False
    described = error.schema.get("properties") or {}
    missing = [
        resolved(document, described.get(key)) for key in error.validator_value if key not in error.instance
    ]
    return all(each is None or each.get("readOnly") or each.get("writeOnly") for each in missing)


def _exists(document: Any, pointer: str) -> bool:
    try:
        return resolved(document, at(document, pointer)) is not None
    except (KeyError, IndexError, ValueError):
        return False
