"""Bounds of one message: lengths, patterns, ranges, multiples, required fields.

Only well-formed values are checked. The wording is inferred, unless a rule has its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from groundwire_codegen.ir import Rules
from groundwire_codegen.read.safe_regex import is_linear

from ..exchange import JsonObject, JsonValue
from ..rules.error_bodies import Fault
from ..rules.refusals import DESCRIPTION_INVALID
from .faults import Faults, pointer
from .shapes import FieldShape, MessageShape

KNOWN_WORDING: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    (f"{start}Request", "description"): ("description-invalid", DESCRIPTION_INVALID)
    for start in (
        *("ExportImage", "ExportTable", "ExportVideo", "ExportMap", "ExportClassifier"),
        *("ImportImage", "ImportTable"),
    )
}
"""BoundedConnection fields by message and wire name, with the rule and the service's own wording."""


def breaches(record: MessageShape, parsed: JsonObject, sent: JsonObject, at: Faults) -> Iterator[Fault]:
    """Iterate over the bounds that `parsed` breaks. It was parsed from `sent`; `at` is the position of the
    message."""
    for slot in record.bounded:
        value = parsed.get(slot.wire)
        if value is None and not slot.field.required:
            continue
        problem = _required(slot, value) if value is None else _broken(slot, value, parsed, record)
        if problem is None:
            continue
        rule, wording = KNOWN_WORDING.get((record.name, slot.wire), ("bounds", None))
        place = _join(at.path(), slot.proto + (".value" if slot.field.wrapped else ""))
        yield Fault(
            rule=rule,
            message=wording or f"Field '{place}' {problem}",
            path=place,
            pointer=at.pointer() + _sent(slot, sent),
        )
    for union, members in record.required_unions:
        if not any(parsed.get(member) is not None for member in members):
            names = ", ".join(f"'{member}'" for member in members)
            yield Fault(
                rule="bounds",
                message=f"One of {names} must be set.",
                path=_join(at.path(), union),
                pointer=at.pointer(),
            )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _sent(slot: FieldShape, sent: JsonObject) -> str:
    """Return the JSON pointer from the message to a field as it was sent; empty if it was not."""
    name = next((name for name in (slot.wire, slot.proto) if sent.get(name) is not None), None)
    if name is None:
        return ""
    return pointer([name, "value"] if slot.field.wrapped and isinstance(sent[name], dict) else [name])


def _required(slot: FieldShape, value: JsonValue) -> str | None:
    return "is required." if slot.field.required and value is None else None


def _broken(slot: FieldShape, value: JsonValue, siblings: JsonObject, record: MessageShape) -> str | None:
    rules = slot.field.rules
    if isinstance(value, str):
        return _text(rules, value)
    if isinstance(value, int | float):
        return _number(rules, value)
    if isinstance(value, list):
        most = rules.max_items
        return (
            None if most is None or len(value) <= most else f"has {len(value)} items, at most {most} allowed."
        )
    if isinstance(value, dict):
        return _members(rules, value) or _multiples(rules, value, siblings, record)
    return None


def _text(rules: Rules, value: str) -> str | None:
    if rules.min_length is not None and len(value) < rules.min_length:
        return f"must have at least {rules.min_length} characters."
    if rules.max_length is not None and len(value) > rules.max_length:
        return f"must have at most {rules.max_length} characters."
    if rules.pattern is not None:
        pattern = _compiled(rules.pattern)
        # `$` would also match before a final newline, which proto patterns do not.
        if pattern is not None and (pattern.search(value) is None or value.endswith("\n")):
            return f"does not match {rules.pattern!r}."
    return None


def _number(rules: Rules, value: float) -> str | None:
    if rules.minimum is not None and not value >= rules.minimum:
        return f"must be at least {rules.minimum}, got {value}."
    if rules.maximum is not None and not value <= rules.maximum:
        return f"must be at most {rules.maximum}, got {value}."
    if rules.exclusive_minimum is not None and not value > rules.exclusive_minimum:
        return f"must be greater than {rules.exclusive_minimum}, got {value}."
    return None


def _members(rules: Rules, value: JsonObject) -> str | None:
    if not rules.only:
        return None
    other = next((name for name in value if name not in rules.only), None)
    return None if other is None else f"takes only {', '.join(rules.only)}, got {other}."


def _multiples(rules: Rules, value: JsonObject, siblings: JsonObject, record: MessageShape) -> str | None:
    sibling = rules.divides_into
    if sibling is None or sibling not in record.slots:
        return None
    sent = siblings.get(sibling)
    unit = record.slots[sibling].field.default if sent is None else sent
    if not isinstance(unit, int) or unit <= 0:
        return None
    for name, size in value.items():
        if isinstance(size, int) and size % unit:
            return f"must have a {name} that is a multiple of {unit}, got {size}."
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Compile a pattern if it matches in linear time; None otherwise."""
    return re.compile(pattern) if is_linear(pattern) else None
