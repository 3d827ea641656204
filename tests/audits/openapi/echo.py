"""One call of each operation: what it sends beside an independent encoder, and what it makes of an answer."""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

from attrs import define, field
from groundwire_codegen.ir import Api, Content, Method
from groundwire_runtime.errors import ApiError, AuthError, GroundwireError
from groundwire_runtime.http import FunctionTransport, Request
from groundwire_runtime.http import Response as Answer
from groundwire_runtime.paging import Pager

from .bodies import EMPTY, Bodies, Expected
from .compare import KNOWN, differences, kind, short
from .documents import Operation, operations, resolved
from .values import NoValueError, Pair, Values
from .wanted import ENDPOINT, SECRET, Wanted


@define
class Tally:
    """What was done, and what was wrong."""

    calls: int = 0
    answers: int = 0
    errors: int = 0
    faults: list[str] = field(factory=list)
    without: list[str] = field(factory=list)
    """Operations that were not called: no valid argument could be made."""


def first_page(stub: Callable[..., Any]) -> Callable[..., Any]:
    """Return a stub that gives the first page, where it gives a pager."""

    @functools.wraps(stub)
    def call(**arguments: Any) -> Any:
        result = stub(**arguments)
        return next(result.pages()) if isinstance(result, Pager) else result

    return call


class Echo:
    """A generated client whose calls are kept and answered without a socket."""

    def __init__(self, document: Any, api: Api, package: ModuleType, seed: str) -> None:
        self._document = document
        self._api = api
        self._package = package
        self._values = Values(api, package, seed)
        self._sent: list[Request] = []
        self._reply = EMPTY.answer
        self._codecs = package.codecs.CODECS
        self._methods = {each.pointer: each for each in api.methods.values()}
        schemes = resolved(document, (document.get("components") or {}).get("securitySchemes") or {})
        stated = {name: resolved(document, each) for name, each in schemes.items()}
        self._schemes = {name: each for name, each in stated.items() if kind(each) in KNOWN}
        self._clients: dict[bool, Any] = {}
        self._tally = Tally()
        self._bodies = Bodies(document, self._values, self._tally.faults)
        self._wanted = Wanted(document, self._schemes)

    def all(self) -> Tally:
        """Call each operation."""
        for operation in operations(self._document):
            method = self._methods.get(operation.pointer)
            if method is None:
                self._fault(operation, "is not in the client")
                continue
            try:
                self._one(operation, method)
            except NoValueError as error:
                self._tally.without.append(f"{operation.name}: {error}")
            except (GroundwireError, RecursionError) as error:
                self._fault(operation, f"{type(error).__name__}: {str(error)[:300]}")
        return self._tally

    def _one(self, operation: Operation, method: Method) -> None:
        given: dict[tuple[str, str], Pair] = {}
        arguments: dict[str, Any] = {}
        for each in method.parameters:
            if not each.required and not self._values.chance():
                continue
            try:
                pair = self._values.argument(each)
            except NoValueError:
                if each.required:
                    raise
                continue
            given[each.location.value, each.wire] = pair
            arguments[each.name] = pair.value
        body = self._bodies.sent(operation, method)
        expected = self._bodies.answer(operation, method)
        self._reply = expected.answer
        stub = first_page(self._stub(operation, method))
        if body is not None:
            names = inspect.signature(stub).parameters
            own = {each.name for each in method.parameters}
            arguments[next(name for name in names if name not in own)] = body.value
        self._sent.clear()
        result = stub(**arguments)
        self._tally.calls += 1
        [request] = self._sent
        wanted = self._wanted.request(
            operation, given, body.media_type if body else "", body.want if body else None
        )
        self._tally.faults += self._unaccepted(operation, request)
        self._tally.faults += [f"{operation.name}: {fault}" for fault in differences(request, wanted)]
        self._check_result(operation, method, result, expected)
        self._check_error(operation, method, lambda: stub(**arguments))

    def _stub(self, operation: Operation, method: Method) -> Any:
        place: Any = self._client(own_server=bool(operation.servers))
        for resource in self._api.resources:
            if method.resource[: len(resource.path)] == resource.path:
                place = getattr(place, resource.name)
        return getattr(place, method.name)

    def _client(self, *, own_server: bool) -> Any:
        """Return a client with every credential; with an endpoint, unless an operation has its own server."""
        if own_server not in self._clients:
            auth = {
                name: ("user", SECRET) if kind(each) == "basic" else SECRET
                for name, each in self._schemes.items()
                if each.get("type") != "mutualTLS"
            }
            options: dict[str, Any] = {} if own_server and self._wanted.base(()) else {"endpoint": ENDPOINT}
            self._clients[own_server] = self._package.Client(
                auth=auth, transport=FunctionTransport(self._send), **options
            )
        return self._clients[own_server]

    def _send(self, request: Request) -> Answer:
        self._sent.append(request)
        return self._reply

    def _unaccepted(self, operation: Operation, request: Request) -> list[str]:
        """Return a fault for each media type of a success that the request does not accept."""
        accepted = [each.partition(";q=")[0] for each in request.headers.get("accept", "").split(", ")]
        responses = (operation.stated.get("responses") or {}).items()
        stated = [
            resolved(self._document, each).get("content") or {}
            for status, each in responses
            if str(status)[:1] == "2" and str(status) not in ("204", "205") and isinstance(each, dict)
        ]
        types = {media_type for contents in stated for media_type in contents}
        return [f"{operation.name}: {each} is not accepted" for each in sorted(types.difference(accepted))]

    def _check_result(self, operation: Operation, method: Method, result: Any, expected: Expected) -> None:
        if expected.content is None:
            return
        self._tally.answers += 1
        if not expected.pairs:
            value = tuple(result) if expected.is_stream else result
            if value != expected.value:
                self._fault(operation, f"the answer {short(expected.value)} was read as {short(value)}")
            return
        type_ = self._type_of(method, expected.content)
        items = list(result) if expected.is_stream else [result]
        if len(items) != len(expected.pairs):
            self._fault(operation, f"{len(items)} items came of {len(expected.pairs)}")
        for item, pair in zip(items, expected.pairs, strict=False):
            self._check_value(operation, type_, item, pair)

    def _check_value(self, operation: Operation, type_: Any, result: Any, pair: Pair) -> None:
        """Hold a value that was read to the one that was sent, and to the JSON that it is written as."""
        if "Unrecognized(" in repr(result):
            self._fault(operation, f"the answer {short(pair.json)} fits no member of its union")
        back = json.loads(self._codecs.write(type_, result))
        if back != pair.json:
            self._fault(operation, f"the answer {short(pair.json)} came back as {short(back)}")
        elif not self._values.loose and result != pair.value:
            self._fault(operation, f"the answer {short(pair.value)} was read as {short(result)}")

    def _type_of(self, method: Method, content: Content) -> Any:
        """Return the type of an answer in the client's own table."""
        constant = self._package.client.METHODS[method.id]
        answers = [
            each for each in constant.answers if each.low <= self._reply.status <= each.high and each.success
        ]
        narrowest = min(answers, key=lambda each: each.high - each.low)
        return next(each.type for each in narrowest.contents if each.media_type == content.media_type)

    def _fault(self, operation: Operation, fault: str) -> None:
        self._tally.faults.append(f"{operation.name}: {fault}")

    def _check_error(self, operation: Operation, method: Method, call: Callable[[], object]) -> None:
        """Answer the same call with the first error that is stated as JSON: it is raised, with its body typed."""
        found = next(
            (
                (status, each, media_type)
                for status, each in (operation.stated.get("responses") or {}).items()
                for media_type in resolved(self._document, each).get("content") or {}
                if re.fullmatch(r"4\d\d", str(status)) and re.search(r"json\b(?!-)", media_type)
            ),
            None,
        )
        if found is None:
            return
        status, _, media_type = found
        stated = next(each for each in method.responses if each.low == each.high == int(status))
        content = next((each for each in stated.contents if each.media_type == media_type), None)
        if content is None:
            self._fault(operation, f"no type for {status} {media_type}")
            return
        pair = self._values.body(content.type)
        loose = self._values.loose
        data = json.dumps(pair.json).encode()
        self._reply = Answer(
            status=int(status), headers={"content-type": media_type, "retry-after": "86400"}, body=data
        )
        try:
            call()
        except (ApiError, AuthError) as raised:
            error = raised.__cause__ if isinstance(raised, AuthError) else raised
            assert isinstance(error, ApiError), raised
            self._tally.errors += 1
            if not loose and error.body_typed != pair.value:
                self._fault(operation, f"the error {short(pair.value)} was read as {short(error.body_typed)}")
            if error.http_status != int(status):
                self._fault(operation, f"the status {status} was read as {error.http_status}")
        else:
            self._fault(operation, f"the status {status} is no error")
