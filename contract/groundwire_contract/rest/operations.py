"""The operations of a document, with the schemas that the document itself states for them."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import Factory, field, frozen
from groundwire_codegen.ir import Api, Content, Location, Method, Parameter, Response
from groundwire_codegen.read.cursor import Cursor, as_list
from groundwire_codegen.read.openapi.references import Documents
from groundwire_codegen.read.openapi.vocabulary import VERBS


@frozen
class DescribedParameter:
    """A parameter as the generator reads it, with its schema; None where none is stated."""

    parameter: Parameter
    schema: Cursor | None
    empty: bool = False
    """`allowEmptyValue`."""


@frozen
class DescribedContent:
    """A body in one media type, with the media type object."""

    content: Content
    media: Cursor | None

    @property
    def schema(self) -> Cursor | None:
        """The schema, if one is stated."""
        return below(self.media, "schema")


@frozen
class DescribedResponse:
    """An answer, with its contents."""

    response: Response
    contents: tuple[DescribedContent, ...]


@frozen(eq=False)
class Operation:
    """A method with everything that the document says of a call."""

    method: Method
    parameters: tuple[DescribedParameter, ...]
    body: tuple[DescribedContent, ...]
    body_required: bool
    responses: tuple[DescribedResponse, ...]

    def response(self, status: int) -> DescribedResponse | None:
        """Return the answer that is described for a status, the narrowest range that has it.

        `default` is for errors: where it is the success as well, the generator states that by itself.
        """
        fitting = [
            each
            for each in self.responses
            if each.response.low <= status <= each.response.high
            and (status >= 400 or each.response.low >= 200)
        ]
        return min(fitting, key=lambda each: each.response.high - each.response.low, default=None)

    @property
    def success(self) -> DescribedResponse | None:
        """The first answer that is no error."""
        return next((each for each in self.responses if each.response.success), None)

    def named(self, location: Location) -> tuple[DescribedParameter, ...]:
        """Return the parameters in one place of a request."""
        return tuple(each for each in self.parameters if each.parameter.location is location)


def below(node: Cursor | None, *keys: str) -> Cursor | None:
    """Return the node under keys; None where one is missing."""
    for key in keys:
        if node is None or not isinstance(node.value, dict) or key not in node.value:
            return None
        node = node.at(key, node.value[key])
    return node


def _places(documents: Documents) -> dict[tuple[str, str], list[tuple[Cursor, Cursor]]]:
    """Return the path items and the operations of each verb and path; several where paths differ in a fragment."""
    found: dict[tuple[str, str], list[tuple[Cursor, Cursor]]] = {}
    paths = below(documents.root, "paths")
    for path in sorted(paths.value if paths is not None else ()):
        node = below(paths, path)
        item = None if node is None else documents.resolve(node)
        for verb in VERBS if item is not None and isinstance(item.value, dict) else ():
            operation = below(item, verb)
            if operation is not None and item is not None and isinstance(operation.value, dict):
                found.setdefault((verb.upper(), path.partition("#")[0]), []).append((item, operation))
    return found


@frozen(eq=False)
class Reader:
    """Finds in a document what the methods of an API were read from."""

    documents: Documents
    api: Api
    _places: Mapping[tuple[str, str], list[tuple[Cursor, Cursor]]] = field(
        init=False, default=Factory(lambda self: _places(self.documents), takes_self=True)
    )

    def operations(self) -> dict[str, Operation]:
        """Return the operations by method id."""
        return {method.id: self._operation(method) for method in self.api.methods.values()}

    def _operation(self, method: Method) -> Operation:
        places = self._places[method.verb, method.path]
        item, node = next((each for each in places if each[1].pointer == method.pointer), places[0])
        stated = {**self._parameters(item), **self._parameters(node)}
        body = self._resolved(below(node, "requestBody"))
        responses = self._resolved(below(node, "responses"))
        return Operation(
            method=method,
            parameters=tuple(
                self._parameter(each, stated.get((each.location, each.wire))) for each in method.parameters
            ),
            body=() if method.body is None else self._contents(body, method.body.contents),
            body_required=body is not None and body.value.get("required") is True,
            responses=tuple(self._response(responses, each) for each in method.responses),
        )

    def _parameters(self, node: Cursor) -> dict[tuple[str, str], Cursor]:
        rows = (
            self.documents.resolve(node.at("parameters", None).at(index, row))
            for index, row in enumerate(as_list(node.value.get("parameters")))
        )
        return {
            (row.value.get("in", ""), row.value.get("name", "")): row
            for row in rows
            if row is not None and isinstance(row.value, dict)
        }

    def _parameter(self, parameter: Parameter, node: Cursor | None) -> DescribedParameter:
        content = below(node, "content")
        schema = below(node, "schema")
        if content is not None and content.value:
            schema = below(content, next(iter(content.value)), "schema")
        empty = node is not None and node.value.get("allowEmptyValue") is True
        return DescribedParameter(parameter, schema, empty)

    def _resolved(self, node: Cursor | None) -> Cursor | None:
        found = None if node is None else self.documents.resolve(node)
        return found if found is not None and isinstance(found.value, dict) else None

    def _contents(self, node: Cursor | None, contents: tuple[Content, ...]) -> tuple[DescribedContent, ...]:
        stated: dict[str, Any] = {}
        place = below(node, "content")
        if place is not None and isinstance(place.value, dict):
            stated = {each.strip(): key for key in place.value for each in (key, *key.split(","))}
        return tuple(
            DescribedContent(each, below(place, stated.get(each.media_type, ""))) for each in contents
        )

    def _response(self, responses: Cursor | None, response: Response) -> DescribedResponse:
        low, high = response.low, response.high
        ranges = () if (low, high) == (100, 599) else (f"{low // 100}XX", f"{low // 100}xx")
        names = (str(low),) if low == high else ranges
        node = next((found for name in (*names, "default") if (found := below(responses, name))), None)
        return DescribedResponse(response, self._contents(self._resolved(node), response.contents))
