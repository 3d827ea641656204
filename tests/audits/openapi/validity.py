"""Values of the client's types beside the document's own schemas: what a caller can write, the document accepts.

Finds a type that was read too wide, or a required property that was lost. The judge is jsonschema.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from groundwire_codegen.ir import Api, Content
from jsonschema.exceptions import ValidationError

from .documents import at, escaped, operations, place_of, resolved
from .examples import BASE, validators
from .values import NoValueError, Values

TYPES: Final = frozenset({"type", "enum", "const", "required", "additionalProperties", "prefixItems"})
"""Keywords that a type holds to. Bounds hold for attributes alone, and two members of `oneOf` may both fit."""
TRIES: Final = 3


def faults(document: Any, api: Api, package: ModuleType, seed: str) -> list[str]:
    """Return what the document refuses of values of the types that were made from it."""
    values = Values(api, package, seed, strict=True)
    judges = validators(document)
    methods = {method.pointer: method for method in api.methods.values()}
    found: list[str] = []
    for operation in operations(document):
        method = methods.get(operation.pointer)
        if method is None:
            continue
        bodies = () if method.body is None else method.body.contents
        stated = operation.stated
        found += _refused(
            document, place_of(operation.pointer, stated, "requestBody"), bodies, values, judges[True]
        )
        for status in stated.get("responses") or {}:
            if not str(status).isdigit():
                continue
            contents = next(
                (each.contents for each in method.responses if each.low == each.high == int(status)), ()
            )
            pointer = place_of(f"{operation.pointer}/responses", stated["responses"], status)
            found += _refused(document, pointer, contents, values, judges[False])
    return found


def _refused(
    document: Any, pointer: str, contents: tuple[Content, ...], values: Values, judge: Any
) -> list[str]:
    found: list[str] = []
    for content in contents:
        place = f"{pointer}/content{escaped(content.media_type)}/schema"
        if content.encoding != "json" or not _exists(document, place):
            continue
        for _ in range(TRIES):
            try:
                pair = values.body(content.type)
            except NoValueError:
                continue
            try:
                errors = list(judge.evolve(schema={"$ref": f"{BASE}#{place}"}).iter_errors(pair.json))
            except Exception:  # noqa: BLE001, S112 - a schema that the judge cannot follow
                continue
            found += [
                f"{place}: /{'/'.join(map(str, error.path))}: {error.message[:200]}"
                for error in errors
                if error.validator in TYPES and not _is_free(document, error)
            ]
    return list(dict.fromkeys(found))


def _is_free(document: Any, error: ValidationError) -> bool:
    """Return True for what is read although it breaks the letter, and for required keys that one class cannot require.

    The former are a null that `nullable` without a type allows, and a value of an enum without values; the latter travel
    one way alone (`readOnly`), or are not described.
    """
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
