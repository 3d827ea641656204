"""Binary values: octets in a form, where they are a part of their own, and texts in JSON, which has no octets.

The specification says of no encoding of them in JSON, so the text is left to the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from ...ir import (
    Alias,
    Api,
    Encoding,
    Field,
    Kind,
    Message,
    Method,
    Scalar,
    TypeRef,
    inner_types,
    mapped,
    reachable,
    references,
    types_of,
)
from .scalars import STRING

_BINARY: Final = Scalar(Kind.BINARY)
_FORMS: Final = (Encoding.FORM, Encoding.MULTIPART)


def without_binaries(api: Api) -> Api:
    """Return an API whose binary values are texts, but for those that forms lead to."""
    roots = [name for method in api.methods.values() for name in _forms(method)]
    kept = reachable(api.messages, api.aliases, roots)
    return evolve(
        api,
        messages={key: each if key in kept else _message(each) for key, each in api.messages.items()},
        aliases={key: each if key in kept else _alias(each) for key, each in api.aliases.items()},
    )


def _forms(method: Method) -> Iterator[str]:
    """Yield the names of what the forms of a request are made of."""
    for content in () if method.body is None else method.body.contents:
        if content.encoding in _FORMS:
            yield from references(content.type)


def _message(message: Message) -> Message:
    if not any(map(_has_binary, types_of(message))):
        return message
    members = tuple(
        _field(each)
        if isinstance(each, Field)
        else evolve(each, variants=tuple(evolve(one, field=_field(one.field)) for one in each.variants))
        for each in message.members
    )
    return evolve(message, members=members, extra=None if message.extra is None else as_text(message.extra))


def _field(field: Field) -> Field:
    return evolve(field, type=as_text(field.type))


def _alias(alias: Alias) -> Alias:
    return alias if alias.type is None else evolve(alias, type=as_text(alias.type))


def as_text(type_: TypeRef) -> TypeRef:
    """Return a type with texts for its binary values."""
    return mapped(type_, lambda leaf: STRING if leaf == _BINARY else leaf)


def _has_binary(type_: TypeRef) -> bool:
    return (
        type_.kind is Kind.BINARY if isinstance(type_, Scalar) else any(map(_has_binary, inner_types(type_)))
    )
