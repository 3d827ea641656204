"""Query and path parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen
from groundwire_codegen.ir import Method, Parameter
from groundwire_codegen.read.overlay.google import COMMON
from groundwire_codegen.schema.paths import PAGE_SIZE

from ..exchange import JsonObject, JsonValue, Pairs
from ..rules.error_bodies import Fault
from .scalars import READERS, TYPE_NAMES, UnreadableError
from .shapes import fold, snake


@frozen(kw_only=True)
class Query:
    """A parsed query by wire name, with its malformed parts and broken bounds."""

    values: JsonObject
    faults: tuple[Fault, ...] = ()
    breaches: tuple[Fault, ...] = ()


def query_parameters(method: Method) -> Mapping[str, Parameter]:
    """Return the query parameters of a method by both spellings of their names."""
    return {
        name: parameter
        for parameter in method.parameters
        if parameter.location == "query"
        for name in (parameter.wire, snake(parameter.wire))
    }


def read_query(method: Method, query: Pairs) -> Query:
    """Parse the query of a request. Both spellings of a name are accepted; common parameters are omitted."""
    if not query:
        return Query(values={})
    known = query_parameters(method)
    values: JsonObject = {}
    faults: list[Fault] = []
    for name, text in query:
        parameter = known.get(name)
        if parameter is None:
            if name not in COMMON:
                faults.append(_unknown(name))
            continue
        value = _read(parameter, name, text)
        if isinstance(value, Fault):
            faults.append(value)
            continue
        before = values.get(parameter.wire)
        if parameter.repeated:
            values[parameter.wire] = [*before, value] if isinstance(before, list) else [value]
        else:
            values[parameter.wire] = value
    return Query(values=values, faults=tuple(faults), breaches=tuple(_breaches(values)))


def _breaches(values: JsonObject) -> Iterator[Fault]:
    size = values.get(PAGE_SIZE)
    if isinstance(size, int) and size < 0:
        message = "The page size must not be negative."
        yield Fault(rule="page-size-invalid", message=message, path=snake(PAGE_SIZE), pointer=PAGE_SIZE)


def read_path(method: Method, variables: Mapping[str, str]) -> Iterator[Fault]:
    """Iterate over the faults of path variables, whose patterns have matched already."""
    for parameter in method.parameters:
        text = variables.get(parameter.wire) if parameter.location == "path" else None
        value = None if text is None else _read(parameter, parameter.wire, text)
        if isinstance(value, Fault):
            yield value


def _read(parameter: Parameter, name: str, text: str) -> JsonValue | Fault:
    kind = parameter.scalar.kind
    if parameter.values:
        known = {fold(value): value for value in parameter.values}.get(fold(text))
        return _fault(parameter, name, text, "TYPE_ENUM", "enum-unknown") if known is None else known
    try:
        return READERS[kind](text)
    except UnreadableError:
        return _fault(parameter, name, text, TYPE_NAMES[kind], "invalid-value")


def _fault(parameter: Parameter, name: str, text: str, type_name: str, rule: str) -> Fault:
    place = snake(parameter.wire)
    message = f"Invalid value at '{place}' ({type_name}), \"{text}\""
    return Fault(rule=rule, message=message, path=place, pointer=name)


def _unknown(name: str) -> Fault:
    return Fault(
        rule="unknown-parameter",
        message=f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
        f"Field '{name}' could not be found in request message.",
        pointer=name,
    )
