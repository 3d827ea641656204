"""The contract as an OpenAPI 3.1 document, with what the service tolerates."""

from __future__ import annotations

from typing import Final

from groundwire_codegen.ir import Api
from groundwire_codegen.schema import Enums, JsonObject, Options
from groundwire_codegen.schema import document as openapi_document

ACCEPTED: Final = Options(
    about=(
        "What the contract takes, in its canonical form; null counts as the absence of a field. The service is lenient besides: it reads an enum in any ASCII "
        "case and with `-` for `_`, the snake_case name of a field, a 64-bit integer as a number, a number "
        "or a boolean as text, both alphabets of base64, and a lone value as a list of one. `x-groundwire-evidence` says "
        "why a field is here that the API's own description lacks; `x-groundwire-multiple-of` names the sibling whose "
        "value, or default, divides every number of an object."
    ),
    enums=Enums.CLOSED,
    as_accepted=True,
    extensions=True,
)


def document(api: Api) -> JsonObject:
    """Return the OpenAPI 3.1 document of what the contract server accepts. Raises AmbiguousPathError."""
    return openapi_document(api, ACCEPTED)
