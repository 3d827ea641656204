"""The query of a request against the parameters of its method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen
from groundwire_codegen.ir import Method

from ..errors import Fault
from ..exchange import JsonObject, JsonValue
from .scalars import READERS, TYPE_NAMES, UnreadableError
from .shape import snake

COMMON: Final = frozenset(
    {
        "$.xgafv", "$alt", "access_token", "alt", "callback", "fields", "key", "oauth_token", "prettyPrint",
        "quotaUser", "uploadType", "upload_protocol",
    }
)  # fmt: skip
"""Query parameters that every Google API takes."""


@frozen(kw_only=True)
class Query:
    """What a query says, by wire name, and what is wrong with it."""

    values: JsonObject
    faults: tuple[Fault, ...] = ()


def read_query(method: Method, query: Iterable[tuple[str, str]]) -> Query:
    """Read the query of a request of `method`. Both spellings of a name count; common parameters are left out."""
    known = {
        name: parameter
        for parameter in method.parameters
        if parameter.location == "query"
        for name in (parameter.wire, snake(parameter.wire))
    }
    values: JsonObject = {}
    faults: list[Fault] = []
    for name, text in query:
        parameter = known.get(name)
        if parameter is None:
            if name not in COMMON:
                faults.append(_unknown(name))
            continue
        kind = parameter.type.kind
        try:
            value: JsonValue = READERS[kind](text)
        except UnreadableError:
            place = snake(parameter.wire)
            message = f"Invalid value at '{place}' ({TYPE_NAMES[kind]}), \"{text}\""
            faults.append(Fault(rule="invalid-value", message=message, path=place))
            continue
        before = values.get(parameter.wire)
        if parameter.repeated:
            values[parameter.wire] = [*before, value] if isinstance(before, list) else [value]
        else:
            values[parameter.wire] = value
    return Query(values=values, faults=tuple(faults))


def _unknown(name: str) -> Fault:
    return Fault(
        rule="unknown-parameter",
        message=f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
        f"Field '{name}' could not be found in request message.",
    )
