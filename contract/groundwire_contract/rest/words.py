"""What is wrong with a value by one keyword alone, in words; empty for nothing."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundwire_codegen.read.cursor import as_list

from .patterns import searches
from .values import canonical, is_number, quoted, same


def compared(words: str, test: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Any], str]:
    """Return the check of a bound that is never met itself, or of a multiple."""

    def check(limit: Any, value: Any, _: Any) -> str:
        if not is_number(value) or not is_number(limit) or test(value, limit):
            return ""
        return f"{quoted(value)} is not {words} {quoted(limit)}."

    return check


def bound(keyword: str, words: str, is_inside: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Any], str]:
    """Return the check of `minimum` or `maximum`, which excludes itself beside a true of OpenAPI 3.0."""

    def check(limit: Any, value: Any, schema: Any) -> str:
        if not is_number(value) or not is_number(limit):
            return ""
        excluded = schema.get(keyword) is True and value == limit
        return (
            ""
            if is_inside(value, limit) and not excluded
            else f"{quoted(value)} is not {words} {quoted(limit)}."
        )

    return check


def sized(kind: type, noun: str, is_least: bool) -> Callable[[Any, Any, Any], str]:
    """Return the check of the size of a text, an array or an object."""

    def check(limit: Any, value: Any, _: Any) -> str:
        if not isinstance(value, kind) or not is_number(limit):
            return ""
        sized: Any = value
        count = len(sized)
        if count >= limit if is_least else count <= limit:
            return ""
        return f"Expected at {'least' if is_least else 'most'} {limit} {noun}, got {count}."

    return check


def unique(wanted: Any, value: Any, _: Any) -> str:
    """Say that two items are equal."""
    if wanted is not True or not isinstance(value, list):
        return ""
    items: list[Any] = value
    return "" if len(set(map(canonical, items))) == len(items) else "Two items are equal."


def enum(values: Any, value: Any, _: Any) -> str:
    """Say that a value is none of those that are listed."""
    known = as_list(values)
    if values is not known or any(same(value, each) for each in known):
        return ""
    shown = ", ".join(quoted(each) for each in known[:10])
    return f"{quoted(value)} is none of {shown}."


def pattern(pattern: Any, value: Any, _: Any) -> str:
    """Say that a text does not match."""
    if not isinstance(value, str) or not isinstance(pattern, str) or searches(pattern, value):
        return ""
    return f"{quoted(value)} does not match {pattern[:200]}."
