"""Attributes of the IR that no rule compares, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PLACE: Final = "where the document states it"
_KEY: Final = "what is compared is found by it"
_TITLE: Final = "the diff is headed with it"
_LOCK: Final = "the lock keeps it, whatever the document says"
_GOOGLE: Final = "the same in every document that can be compared"
_OPENAPI: Final = "no Discovery document states it, and OpenAPI documents are not compared yet"
_HINTS: Final = "advice in the text of errors, which comes from the overlay alone"
IGNORED: Final[Mapping[str, str]] = {
    "Alias": "drafts alone have aliases",
    "AliasRef": _OPENAPI,
    "Api.aliases": "drafts alone have aliases",
    "Api.doc": "no generated text shows it",
    "Api.errors": _GOOGLE,
    "Api.hints": _HINTS,
    "Api.id": _TITLE,
    "Api.name": _TITLE,
    "Api.parameters": "stubs take none of them",
    "Api.resources": "a resource comes and goes with its methods; its names are compared",
    "Api.revision": _TITLE,
    "Api.schemes": _GOOGLE,
    "Api.title": _TITLE,
    "Api.version": _TITLE,
    "Body.required": _LOCK,
    "ByDiscriminator": _OPENAPI,
    "ByKeys": _OPENAPI,
    "ByLiteral": _OPENAPI,
    "ClientParameter.doc": "the overlay's alone, which is the same on both sides or its author's to change",
    "Const": _OPENAPI,
    "Content.encoding": _OPENAPI,
    "Content.parts": _OPENAPI,
    "Enum.name": _KEY,
    "Enum.place": "names of the lock are by it; what callers see is the name",
    "Enum.pointer": _PLACE,
    "Enum.whole": _OPENAPI,
    "Field.needed": _OPENAPI,
    "Field.pointer": _PLACE,
    "Field.write_only": _OPENAPI,
    "Message.extra": _OPENAPI,
    "Message.extra_name": _OPENAPI,
    "Message.extra_rules": _OPENAPI,
    "Hint": _HINTS,
    "Message.pointer": _PLACE,
    "Message.received": "each change says which way its message travels",
    "Message.sent": "each change says which way its message travels",
    "Method.id": _KEY,
    "Method.pointer": _PLACE,
    "Method.server": _OPENAPI,
    "Method.wire": "what callers see is the name",
    "Nullable": _OPENAPI,
    "Parameter.explode": _OPENAPI,
    "Parameter.pointer": _PLACE,
    "Parameter.position": _LOCK,
    "Parameter.reserved": _OPENAPI,
    "Parameter.style": _OPENAPI,
    "Part": _OPENAPI,
    "Poll.pattern": "the pattern of the polling method's own parameter is compared",
    "Poll.place": "the parameters of the polling method are compared",
    "Resource.path": _KEY,
    "Rules.exclusive_maximum": _OPENAPI,
    "Rules.items": _OPENAPI,
    "Rules.min_items": _OPENAPI,
    "Rules.multiple_of": _OPENAPI,
    "SecurityScheme": _GOOGLE,
    "Server.doc": "no generated text shows it",
    "Server.variables": _OPENAPI,
    "ServerVariable": _OPENAPI,
    "TupleOf": _OPENAPI,
    "UnionOf": _OPENAPI,
}
"""By class, or by class and attribute."""
