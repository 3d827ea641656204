"""The contract of an OpenAPI document, which is the front end of its service too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from attrs import Factory, evolve, field, frozen
from groundwire_codegen.ir import Api, Location, Method
from groundwire_codegen.problem import Problem
from groundwire_codegen.read.cursor import Cursor
from groundwire_codegen.read.openapi.references import ROOT, Documents

from ..exchange import Exchange, JsonObject, JsonValue, Reply, json_reply
from ..front import ContractRequest, ParsedRequest
from ..given import MARK, Given
from ..rules.error_bodies import Fault, Refusal
from ..rules.refusals import PAYLOAD_LIMIT
from ..rules.registry import OFF
from ..suggestion import suggestion
from ..validate.access import OPEN, Access
from ..validate.route import Route
from .access import admitted
from .answers import example, given_reply
from .bodies import ReadBody, read_request_body
from .media import accepted
from .operations import Operation, Reader
from .parameters import read_arguments
from .problems import phrase, refusal_of, written
from .routes import Paths, base_path, paths
from .texts import parsed_json
from .views import view

_MALFORMED: Final = "openapi-body-malformed"


@frozen(eq=False)
class RestContract:
    """An API of an OpenAPI document with its paths and schemas. `examples`: methods answer with the document's own."""

    api: Api
    documents: Documents
    examples: bool = False
    warnings: tuple[Problem, ...] = ()
    paths: Paths = field(init=False, default=Factory(lambda self: paths(self.api), takes_self=True))
    operations: Mapping[str, Operation] = field(
        init=False,
        default=Factory(lambda self: Reader(self.documents, self.api).operations(), takes_self=True),
    )

    @property
    def versions(self) -> tuple[str, ...]:
        """The version of the document."""
        return (self.api.version,)

    def package_of(self, _: str) -> str:
        """Return nothing: the document has no proto package."""
        return ""

    @property
    def base(self) -> str:
        """The base path of the first server."""
        return base_path(self.api.servers[0])

    def route(self, exchange: Exchange) -> Route | None:
        """Return the route of a request; None if there is none. Of several, the first that takes it."""
        found = self.paths.find(exchange.verb, exchange.path)
        if not isinstance(found, list):
            return None
        taking = (each for each in found if self.read(exchange, each, OPEN, OFF).refusal is None)
        return found[0] if len(found) == 1 else next(taking, found[0])

    def body_limit(self, _: str) -> int:
        """Return how many bytes of a body are kept."""
        return PAYLOAD_LIMIT

    def find(self, exchange: Exchange) -> Route | Reply:
        """Return the route of a request, or 404 or 405."""
        route = self.route(exchange)
        if route is not None:
            return route
        found = self.paths.find(exchange.verb, exchange.path)
        if not isinstance(found, tuple):
            bases = " or ".join(each for each in self.paths.bases if each)
            hint = f" Its paths begin with {bases}." if bases else ""
            message = f"{self.api.title or 'The document'} has no path {exchange.path}.{hint}"
            return self._written(Refusal(rule="openapi-path-unknown", code=404, message=message), None)
        allowed = ", ".join(found)
        message = f"{exchange.path} has no {exchange.verb}; it has {allowed}."
        refusal = Refusal(
            rule="openapi-verb-unknown", code=405, message=message, headers=(("allow", allowed),)
        )
        return self._written(refusal, None)

    def read(self, exchange: Exchange, route: Route, _: Access, relaxed: Collection[str]) -> ParsedRequest:
        """Read a request whose method is known. Not the access of the command line decides who may call: `security` does."""
        operation = self.operations[route.method.id]
        kept = self.kept(exchange, route)
        caller = admitted(self.api.schemes, exchange, route.method)
        refusals = [caller, *self._refusals(operation, exchange)]
        refusal = next(
            (each for each in refusals if isinstance(each, Refusal) and each.rule not in relaxed), None
        )
        found = ParsedRequest(
            caller="" if isinstance(caller, Refusal) else caller, sent=kept, refusal=refusal
        )
        return found if refusal is not None else self._filled(found, operation, exchange, route, relaxed)

    def _filled(
        self,
        found: ParsedRequest,
        operation: Operation,
        exchange: Exchange,
        route: Route,
        relaxed: Collection[str],
    ) -> ParsedRequest:
        """Return a request with its parameters and its body, or with what is wrong with them."""
        arguments = read_arguments(self.documents, operation, self.api.schemes, route.variables, exchange)
        body = read_request_body(self.documents, operation, exchange)
        if isinstance(body, Refusal):
            if body.rule not in relaxed:
                code = self._code(operation, syntax=True) if body.rule == _MALFORMED else body.code
                return evolve(found, refusal=evolve(body, code=code))
            body = ReadBody()
        request = partial(
            ContractRequest,
            method=route.method.id,
            path=arguments.values[Location.PATH],
            query=arguments.values[Location.QUERY],
            headers=arguments.values[Location.HEADER],
            cookies=arguments.values[Location.COOKIE],
            body=body.value,
        )
        faults = [each for each in (*arguments.faults, *body.faults) if each.rule not in relaxed]
        if not faults:
            return evolve(found, request=request)
        syntax = all(fault.path != "body" for fault in faults)
        return evolve(
            found, request=request, refusal=refusal_of(faults, self._code(operation, syntax=syntax))
        )

    def _refusals(self, operation: Operation, exchange: Exchange) -> Iterator[Refusal]:
        """Yield the refusals of a request by its head: its size, and what it accepts."""
        if exchange.length > PAYLOAD_LIMIT:
            message = f"A body of more than {PAYLOAD_LIMIT} bytes is not read."
            yield Refusal(rule="openapi-payload-too-large", code=413, message=message)
        contents = [
            content for each in operation.responses if each.response.success for content in each.contents
        ]
        accept = exchange.headers.get("accept")
        if not contents or accepted(contents, accept):
            return
        known = ", ".join(dict.fromkeys(each.content.media_type for each in contents))
        message = f"{operation.method.id} answers with {known}, and Accept is {accept}."
        yield Refusal(rule="openapi-not-acceptable", code=406, message=message)

    def _code(self, operation: Operation, *, syntax: bool) -> int:
        """Return the status for a bad request: 400, or 422 where the document states that.

        Where it states both, 422 is for a body that can be read and breaks its schema.
        """
        stated = {
            each.response.low for each in operation.responses if each.response.low == each.response.high
        }
        if 422 in stated and (400 not in stated or not syntax):
            return 422
        return 400

    def kept(self, exchange: Exchange, route: Route) -> bytes:
        """Return the body of a request; empty if it is no JSON."""
        if not exchange.body or not route.method.body:
            return b""
        try:
            parsed_json(exchange.body)
        except ValueError:
            return b""
        return exchange.body

    def query_names(self, exchange: Exchange, route: Route) -> Collection[str]:
        """Return the names of a query that are those of parameters, or of members of one, and hold no key."""
        described = self.operations[route.method.id].named(Location.QUERY)
        known = {each.parameter.wire for each in described}
        known |= {name for each in described for name in view(self.documents, each.schema).properties}
        keys = {each.wire for each in self.api.schemes.values() if each.location is Location.QUERY}
        return {name for name, _ in exchange.query if name.partition("[")[0] in known and name not in keys}

    def refused(self, refusal: Refusal, _: Exchange, route: Route | None) -> Reply:
        """Write a refusal as the document states errors, else as problem details."""
        return self._written(refusal, None if route is None else self.operations[route.method.id])

    def _written(self, refusal: Refusal, operation: Operation | None) -> Reply:
        faults = [_fault(each) for each in refusal.details]
        return written(refusal, operation, self.documents, faults)

    def answered(self, body: JsonObject, _: Exchange) -> Reply:
        """Write the answer of a handler."""
        return json_reply(200, body, pretty=False)

    def unanswered(self, exchange: Exchange, route: Route) -> Reply | Refusal:
        """Answer with the document's example where that is asked for, else with 501."""
        id_ = route.method.id
        operation = self.operations[id_]
        reply = example(self.documents, operation, exchange.headers.get("accept")) if self.examples else None
        if reply is not None:
            return reply
        why = (
            "the document has no example that its schema allows" if self.examples else "no answer is invented"
        )
        ways = [f"contract.answers({id_!r}, ...) in a test", "POST /$contract/answers"]
        ways += [] if self.examples else ["serve --examples"]
        return Refusal(
            rule="openapi-no-answer", code=501, message=f"{id_}: {why}. Give one by {' or '.join(ways)}."
        )

    def given(self, given: Given, exchange: Exchange, route: Route) -> Reply:
        """Write an answer of a test. Raises AnswerError for one that the document does not allow."""
        operation = self.operations[route.method.id]
        if given.body is None and (given.status or 200) >= 400:
            code = given.status or 500
            refusal = Refusal(rule="answer-given", code=code, message=f"{phrase(code)}: the test answers so.")
            reply = self._written(refusal, operation)
            return evolve(reply, rule=None, evidence=None, headers=(*MARK, *given.headers))
        return given_reply(self.documents, operation, given, exchange.headers.get("accept"))


def _fault(detail: JsonObject) -> Fault:
    """Return the fault that a detail of a refusal tells."""
    pointer = str(detail.get("pointer", "#"))[1:]
    return Fault(
        rule=str(detail.get("rule", "")),
        message=str(detail.get("detail", "")),
        path=str(detail.get("in", "body")),
        pointer=str(detail.get("name", "")) + pointer,
    )


def rest_contract(
    api: Api,
    document: Mapping[str, JsonValue],
    *,
    references: Mapping[str, bytes] | None = None,
    base: str = ROOT,
    warnings: Iterable[Problem] = (),
    examples: bool = False,
) -> RestContract:
    """Return the contract of a document that was read as `api`."""
    root = Cursor(document, "document", "", [], empty_is_absent=True)
    return RestContract(api, Documents(root, references or {}, base), examples, tuple(warnings))


def method_named(methods: Mapping[str, Method], id_: str) -> Method:
    """Return a method by its id. Raises LookupError with what may be meant."""
    if id_ in methods:
        return methods[id_]
    raise LookupError(f"no method {id_!r}{suggestion(id_, methods)}")
