"""What a checker knows of a generated client, taken from the imported package."""

from __future__ import annotations

import inspect
from enum import EnumMeta
from typing import Any

import attrs

Names = dict[str, object]
"""Everything that code may name, by where it stands, and what a checker holds it to."""


def names(package: Any) -> Names:
    """Classes with their fields, enums with their members, resources with their methods and arguments."""
    found: Names = dict.fromkeys(package.__all__, "")
    for module in (package.messages, package.client):
        for cls in vars(module).values():
            if inspect.isclass(cls) and cls.__module__ == module.__name__:
                found |= _of_class(cls)
    return found


def _of_class(cls: type) -> Names:
    place = cls.__qualname__
    if isinstance(cls, EnumMeta):
        # A member more is no member less, and a match over all of them would be refused.
        return {place: tuple(member.name for member in cls)}
    found: Names = {place: tuple(base.__qualname__ for base in cls.__mro__)}
    if attrs.has(cls):
        for field in attrs.fields(cls):
            found[f"{place}.{field.name}"] = (str(field.type), field.kw_only, repr(field.default))
        return found
    for name, value in vars(cls).items():
        if inspect.isfunction(value):
            found |= _of_function(f"{place}.{name}", value)
    return found


def _of_function(place: str, function: Any) -> Names:
    signature = inspect.signature(function)
    parameters = signature.parameters.values()
    positional = [each for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    found: Names = {
        place: (signature.return_annotation, [(each.name, each.annotation) for each in positional])
    }
    for each in parameters:
        if each.kind is each.KEYWORD_ONLY:
            found[f"{place}({each.name})"] = (each.annotation, repr(each.default))
        elif each.default is not each.empty:
            found[f"{place}({each.name})"] = repr(each.default)
    return found
