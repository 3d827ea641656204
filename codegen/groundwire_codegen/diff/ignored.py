"""Attributes of the IR that no rule compares, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PLACE: Final = "where the document states it"
_KEY: Final = "what is compared is found by it"
_TITLE: Final = "the diff is headed with it"
_LOCK: Final = "the lock keeps it, whatever the document says"
_OVERLAY: Final = (
    "the overlay states it, which is the same on both sides; the answers that it names are compared"
)
_OVERLAY_MASK: Final = "the overlay states it; the parameter or the field that it names is compared"
_ENDPOINTS: Final = "hosts to choose from; the one that calls go to by default is compared"
_HINTS: Final = "advice in the text of errors, which comes from the overlay alone"
IGNORED: Final[Mapping[str, str]] = {
    "Alias.pointer": _PLACE,
    "Alias.rules": "a field of the alias has them too",
    "Api.doc": "no generated text shows it",
    "Api.hints": _HINTS,
    "Api.id": _TITLE,
    "Api.name": _TITLE,
    "Api.endpoints": _ENDPOINTS,
    "Api.mtls_url": _ENDPOINTS,
    "Api.parameters": "all of Google's APIs have them; a call that names another one is refused before it is sent",
    "Api.resources": "a resource comes and goes with its methods; its names are compared",
    "Api.revision": _TITLE,
    "Api.title": _TITLE,
    "Api.version": _TITLE,
    "Body.required": _LOCK,
    "ClientParameter.doc": "the overlay's alone, which is the same on both sides or its author's to change",
    "Endpoint": _ENDPOINTS,
    "Enum.name": _KEY,
    "Enum.place": "names of the lock are by it; what callers see is the name",
    "Enum.pointer": _PLACE,
    "Field.pointer": _PLACE,
    "Hint": _HINTS,
    "Mask": _OVERLAY_MASK,
    "Media.stub": "the lock keeps it, and it comes and goes with the download, which is compared",
    "Message.pointer": _PLACE,
    "Message.received": "each change says which way its message travels",
    "Message.sent": "each change says which way its message travels",
    "Method.id": _KEY,
    "Method.mask": _OVERLAY_MASK,
    "Method.pointer": _PLACE,
    "Method.watched": _OVERLAY,
    "Method.wire": "what callers see is the name",
    "Parameter.pointer": _PLACE,
    "Parameter.position": _LOCK,
    "Poll.pattern": "the pattern of the polling method's own parameter is compared",
    "Poll.place": "the parameters of the polling method are compared",
    "Resource.path": _KEY,
    "SecurityScheme.doc": "no generated text shows it",
    "SecurityScheme.scopes": "those that a method requires are compared",
    "Server.doc": "no generated text shows it",
    "ServerVariable.doc": "no generated text shows it",
    "Watched": _OVERLAY,
}
"""By class, or by class and attribute."""
