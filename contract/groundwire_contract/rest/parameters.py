"""Parameters of a request, read by style and explode (OpenAPI 3.1.1, 4.8.12.2) and held to their schemas."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, unquote_plus

from attrs import frozen
from groundwire_codegen.ir import Location, Parameter, SecurityScheme, Style
from groundwire_codegen.read.openapi.references import Documents

from ..exchange import Exchange, JsonObject
from ..rules.error_bodies import Fault
from .operations import Operation
from .texts import Texts, best, listed, mapped, paired, parsed_json, scalars
from .views import View, view

Raw: TypeAlias = Sequence[tuple[str, str]]
"""Names, decoded, with values as they were sent."""
_DELIMITERS: Final = {
    Style.SPACE: re.compile(r"%20|\+| "),
    Style.PIPE: re.compile(r"%7[Cc]|\|"),
}
_COMMA: Final = re.compile(",")
_KEYS: Final = re.compile(r"\[([^\[\]]*)\]")
_MAX_KEYS: Final = 64
"""Keys inside one another; a name with more is not known."""
_BROKEN: Final = "openapi-parameter-invalid"
_MISSING: Final = "openapi-parameter-missing"
_UNKNOWN: Final = "openapi-query-unknown"


@frozen(kw_only=True)
class Arguments:
    """The values of all parameters by place and name, and the faults."""

    values: Mapping[Location, JsonObject]
    faults: tuple[Fault, ...] = ()


def read_arguments(
    documents: Documents,
    operation: Operation,
    schemes: Mapping[str, SecurityScheme],
    variables: Mapping[str, str],
    exchange: Exchange,
) -> Arguments:
    """Read every parameter of a request; `variables` are those of its path, as sent."""
    query = raw_query(exchange)
    values: dict[Location, JsonObject] = {each: {} for each in Location}
    faults: list[Fault] = []
    keys = {wire for each in schemes.values() if each.location is Location.QUERY and (wire := each.wire)}
    claimed = set(keys)
    for described in operation.parameters:
        parameter = described.parameter
        reader = StyledReader(
            parameter, view(documents, described.schema), _others(operation, parameter) | keys
        )
        texts = _texts(parameter, variables, query, exchange)
        found = reader.candidates(texts, claimed)
        if described.empty and (parameter.wire, "") in texts:
            continue  # `allowEmptyValue`: an empty text is taken whatever the schema says.
        if found is None:
            if parameter.required:
                faults.append(_missing(parameter))
            continue
        value, flaws = best(found, reader.view, described.schema)
        values[parameter.location][parameter.wire] = value
        faults += (_fault(parameter, _BROKEN, each.pointer, each.message) for each in flaws)
    unknown = dict.fromkeys(name for name, _ in query if name not in claimed)
    faults += (
        Fault(rule=_UNKNOWN, message=f"The query parameter {name!r} is not known.", pointer=name)
        for name in unknown
    )
    return Arguments(values=values, faults=tuple(faults))


def raw_query(exchange: Exchange) -> Raw:
    """Return the pairs of a query with their values as sent."""
    pairs = (part.partition("=") for part in exchange.raw_query.split("&") if part)
    return [(unquote_plus(name), value) for name, _, value in pairs]


def _fault(parameter: Parameter, rule: str, pointer: str, message: str) -> Fault:
    return Fault(rule=rule, message=message, path=f"{parameter.location}", pointer=parameter.wire + pointer)


def _missing(parameter: Parameter) -> Fault:
    words = f"The {parameter.location} parameter {parameter.wire!r} is required."
    return _fault(parameter, _MISSING, "", words)


def _others(operation: Operation, parameter: Parameter) -> frozenset[str]:
    """Return the names that are other parameters' own, so that no exploded object takes them."""
    return frozenset(
        each.parameter.wire
        for each in operation.named(parameter.location)
        if each.parameter.wire != parameter.wire
    )


def _texts(parameter: Parameter, variables: Mapping[str, str], query: Raw, exchange: Exchange) -> Raw:
    match parameter.location:
        case Location.PATH:
            return [(parameter.wire, variables[parameter.wire])] if parameter.wire in variables else []
        case Location.QUERY:
            return query
        case Location.HEADER:
            text = exchange.headers.get(parameter.wire.lower())
            return [] if text is None else [(parameter.wire, text.strip())]
        case Location.COOKIE:
            return list(cookies(exchange))


def cookies(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield the cookies of a request as sent."""
    for part in exchange.headers.get("cookie", "").split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            yield name, value


@frozen(eq=False)
class StyledReader:
    """Reads one parameter. `others` are the names of the parameters beside it."""

    parameter: Parameter
    view: View
    others: frozenset[str] = frozenset()

    def decoded(self, text: str) -> str:
        """Return a text without its percent-encoding, which headers do not have."""
        if self.parameter.location is Location.HEADER:
            return text
        return unquote_plus(text) if self.parameter.location is Location.QUERY else unquote(text)

    def candidates(self, texts: Raw, claimed: set[str]) -> list[Any] | None:
        """Return the values that the texts may be, the likeliest first; None where the parameter is not there.

        The names of a query that belong to it are added to `claimed`.
        """
        wire = self.parameter.wire
        own = [value for name, value in texts if name == wire]
        claimed.update({wire} if own else ())
        kinds = self.view.kinds
        if self.parameter.style is Style.CONTENT:
            return None if not own else self._content(own[0])
        found: list[Any] = []
        if "object" in kinds and (members := self._members(texts, own, claimed)) is not None:
            found.append(mapped(members, self.view))
        if own and "array" in kinds:
            found += (listed(each, self.view) for each in self._lists(own))
        if own and (not found or kinds - {"object", "array"}) and len(own) == 1:
            found += scalars(self.decoded(self._bare(own[0])), kinds)
        if own and not found:
            found.append(self.decoded(own[-1]))
        # With nothing said of its type, a parameter is first of all a text.
        return (
            ([each for each in found if isinstance(each, str)] or found)
            if self.view.is_free and found
            else found or None
        )

    def _content(self, text: str) -> list[Any]:
        try:
            return [parsed_json(self.decoded(text))]
        except ValueError:
            return [self.decoded(text)]

    def _bare(self, text: str) -> str:
        """Return a text of a path without the prefix of `label` or `matrix`."""
        if self.parameter.style is Style.LABEL:
            return text.removeprefix(".")
        if self.parameter.style is Style.MATRIX:
            return text.removeprefix(f";{self.parameter.wire}").removeprefix("=")
        return text

    def _lists(self, own: Sequence[str]) -> Iterator[list[str]]:
        """Yield the lists of texts that a value may be."""
        style, explode = self.parameter.style, self.parameter.explode
        if style is Style.MATRIX and explode:
            yield [self.decoded(each.partition("=")[2]) for each in own[0].split(";")[1:]]
            return
        if style is Style.LABEL:
            yield [
                self.decoded(each)
                for each in re.split(r"\." if explode else "[.,]", own[0].removeprefix("."))
            ]
            return
        if explode and style in (Style.FORM, Style.DEEP, Style.SPACE, Style.PIPE):
            yield [self.decoded(each) for each in own]
            return
        bare = self._bare(own[0])
        if not bare:
            yield []
        parts = _DELIMITERS.get(style, _COMMA).split(bare)
        strip = self.parameter.location is Location.HEADER
        yield [self.decoded(each.strip() if strip else each) for each in parts]

    def _members(self, texts: Raw, own: Sequence[str], claimed: set[str]) -> Texts | None:
        """Return the members that the texts may be; None for none."""
        style, explode = self.parameter.style, self.parameter.explode
        if style is Style.DEEP:
            return self._deep(texts, claimed)
        if style is Style.FORM and explode:
            return self._spread(texts, claimed)
        if not own:
            return None
        if explode:
            separator = {Style.LABEL: ".", Style.MATRIX: ";"}.get(style, ",")
            parts = [each.partition("=") for each in own[0].strip(separator).split(separator)]
            return {
                self.decoded(name.strip()): [self.decoded(text)] for name, equals, text in parts if equals
            } or None
        pieces = _DELIMITERS.get(style, _COMMA).split(self._bare(own[0]))
        return paired([self.decoded(each) for each in pieces]) if len(pieces) % 2 == 0 else None

    def _spread(self, texts: Raw, claimed: set[str]) -> Texts | None:
        """Return the members of an exploded object, which are parameters of their own."""
        named = self.view.properties
        is_open = self.view.is_open or not named
        found: dict[str, list[str]] = {}
        for name, text in texts:
            if name in named or (is_open and not self.view.is_free and name not in self.others):
                found.setdefault(name, []).append(self.decoded(text))
        claimed.update(found)
        return found or None

    def _deep(self, texts: Raw, claimed: set[str]) -> Texts | None:
        """Return the members of `name[key][inner]=text`."""
        found: dict[str, Any] = {}
        for name, text in texts:
            keys = _KEYS.findall(name.removeprefix(self.parameter.wire))
            if not name.startswith(f"{self.parameter.wire}[") or not 0 < len(keys) <= _MAX_KEYS:
                continue
            claimed.add(name)
            place = found
            for key in keys[:-1]:
                inner = place.setdefault(key, {})
                place = inner if isinstance(inner, dict) else {}
            values = place.setdefault(keys[-1], [])
            if isinstance(values, list):
                values.append(self.decoded(text))
        return found or None
