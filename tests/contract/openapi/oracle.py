"""What the OpenAPI document says of a request, told from the document alone.

The service is lenient in ways that the document leaves out on purpose. So a body is first brought into its canonical
form, by the schemas, and then held to them: what is valid then must be accepted, what is not must be refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from groundwire_codegen.schema.schemas import MULTIPLE_OF
from jsonschema import Draft202012Validator, FormatChecker

ABSENT = object()
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?")
WORDS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}
formats = FormatChecker(formats=())


@formats.checks("date-time", raises=(ValueError, OverflowError))
def is_date_time(value: object) -> bool:
    """RFC 3339 as Timestamp has it: capital letters, nine digits of a second, a year of our era."""
    if not isinstance(value, str):
        return True
    shape = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"
    found = re.fullmatch(shape, value, re.ASCII)
    return (
        found is not None
        and datetime.fromisoformat(value.replace(found[1] or "", "")).astimezone(UTC) is not None
    )


class Oracle:
    """A document, ready to be asked."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def is_sound(self, schema: dict[str, Any], body: Any) -> bool:
        """Whether a body is valid once it is in canonical form."""
        value = self.canonical(schema, body)
        validator = Draft202012Validator(
            {**schema, "components": self.document["components"]}, format_checker=formats
        )
        return validator.is_valid(value) and self.divides(schema, value)

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema with what it refers to, to any depth."""
        while (reference := schema.get("$ref")) is not None:
            found = self.document["components"]["schemas"][reference.rpartition("/")[2]]
            schema = {**found, **{name: value for name, value in schema.items() if name != "$ref"}}
        if "anyOf" in schema:  # What may be null.
            rest = {name: value for name, value in schema.items() if name != "anyOf"}
            return {**self.resolved(schema["anyOf"][0]), **rest}
        return schema

    def members(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The properties of an object, whether they stand in one schema or in variants."""
        return schema.get("properties") or {
            name: member
            for variant in schema.get("oneOf", ())
            for name, member in variant.get("properties", {}).items()
            if member != {"type": "null"}
        }

    def canonical(self, schema: dict[str, Any], value: Any) -> Any:
        """The canonical form of a value that the service would take as this one; ABSENT where it counts as none."""
        schema = self.resolved(schema)
        variants = schema.get("oneOf", ())
        if len(variants) == 2 and [*variants[1].get("properties", {})] == ["value"]:
            return self.wrapper(variants[0], value)
        if self.members(schema):
            return self.message(self.members(schema), value)
        if "array" in types(schema):
            items = value if isinstance(value, list) else [value]
            return [self.element(schema["items"], item) for item in items]
        if isinstance(schema.get("additionalProperties"), dict) and isinstance(value, dict):
            of = schema["additionalProperties"]
            return {name: self.element(of, item) for name, item in value.items()}
        return scalar(schema, value)

    def wrapper(self, bare: dict[str, Any], value: Any) -> Any:
        if not isinstance(value, dict):
            return self.canonical(bare, value)
        if value.get("value") is None:
            return ABSENT if not value.keys() - {"value"} else value
        return {**value, "value": self.canonical(bare, value["value"])}

    def message(self, members: dict[str, Any], value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        found: dict[str, Any] = {}
        for name, item in value.items():
            wire = next((wire for wire in members if name in (wire, snake(wire))), None)
            if wire is None or wire in found:
                found[f"unknown {name}"] = item
            elif item is not None or is_any(self.resolved(members[wire])):
                form = self.canonical(members[wire], item)
                if form is not ABSENT:
                    found[wire] = form
        return found

    def element(self, schema: dict[str, Any], value: Any) -> Any:
        form = self.canonical(schema, value)
        return None if form is ABSENT else form

    def divides(self, schema: dict[str, Any], value: Any) -> bool:
        """Whether what JSON Schema cannot say holds too: multiples of a sibling."""
        schema = self.resolved(schema)
        if isinstance(value, list):
            return all(self.divides(schema.get("items", {}), item) for item in value)
        if not isinstance(value, dict):
            return True
        members = self.members(schema)
        for name, item in value.items():
            of = self.resolved(members.get(name) or schema.get("additionalProperties") or {})
            sibling = of.get(MULTIPLE_OF)
            if sibling is not None:
                unit = value.get(sibling, members[sibling].get("default"))
                unit = unit["value"] if isinstance(unit, dict) else unit
                if unit and unit > 0 and any(size % unit for size in item.values()):
                    return False
            if not self.divides(of, item):
                return False
        return True


def scalar(schema: dict[str, Any], value: Any) -> Any:
    """The canonical form of a scalar."""
    options = [schema, *schema.get("oneOf", ())]
    known = {name for option in options for name in types(option)}
    if "enum" in schema and isinstance(value, str):
        folded = value.replace("-", "_").upper() if value.isascii() else value
        return next((name for name in schema["enum"] if name.upper() == folded), value)
    if "enum" in schema and is_whole(value) and -(2**31) <= value < 2**31:
        return schema["enum"][0]  # An enum value that is newer than the document.
    if known & {"integer", "number"} and isinstance(value, str) and NUMBER.fullmatch(value):
        return exact(value)
    if schema.get("format") in ("int64", "uint64"):
        number = exact(value) if isinstance(value, str) and NUMBER.fullmatch(value) else value
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        return str(number) if is_whole(number) else value
    if "boolean" in types(schema) and isinstance(value, str):
        return WORDS.get(value.lower(), value)
    if "contentEncoding" in schema and isinstance(value, str):
        return standard_base64(value)
    if schema.get("pattern", "").endswith("s$") and isinstance(value, str):
        return re.sub(r"^(-?)0+(?=[0-9])", r"\1", value)
    return value


def types(schema: dict[str, Any]) -> tuple[str, ...]:
    """The types of a schema, be it one or a list of them."""
    found = schema.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def exact(text: str) -> Any:
    """The number that a text says; the text itself where it is none that can be."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if number.adjusted() < 25 and number == number.to_integral_value():
        return int(number)
    return float(text)


def standard_base64(text: str) -> str:
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64encode(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)).decode()
    except (binascii.Error, ValueError):
        return text


def is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_any(schema: dict[str, Any]) -> bool:
    return not schema.keys() - {"description"}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
