"""One call of each operation: what it sends beside an independent encoder, and what it makes of an answer."""

from __future__ import annotations

import base64
import functools
import inspect
import json
import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final
from urllib.parse import quote, urljoin

from attrs import define, field
from groundwire_codegen.ir import Api, Encoding, Method, Response
from groundwire_runtime import json_patch
from groundwire_runtime.contents import WithMediaType
from groundwire_runtime.errors import ApiError, AuthError, GroundwireError
from groundwire_runtime.http import FunctionTransport, Request
from groundwire_runtime.http import Response as Answer
from groundwire_runtime.paging import Pager

from . import styles
from .compare import ANY_KEY, differences, filled, kind, short
from .documents import Operation, operations, resolved
from .values import NoValueError, Pair, Values

ENDPOINT: Final = "https://echo.example/base"
SECRET: Final = "s3cret"
IGNORED_HEADERS: Final = ("accept", "content-type", "authorization")
"""Header parameters that the specification says are ignored (4.8.12.1)."""


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
        self._reply = Answer(status=204, body=b"")
        self._codecs = package.codecs.CODECS
        self._methods = {each.pointer: each for each in api.methods.values()}
        schemes = resolved(document, (document.get("components") or {}).get("securitySchemes") or {})
        self._schemes = {name: resolved(document, each) for name, each in schemes.items()}
        self._clients: dict[bool, Any] = {}
        self._tally = Tally()

    def all(self) -> Tally:
        """Call each operation."""
        for operation in operations(self._document):
            method = self._methods.get(operation.pointer)
            if method is None:
                self._tally.faults.append(f"{operation.name}: is not in the client")
                continue
            try:
                self._one(operation, method)
            except NoValueError as error:
                self._tally.without.append(f"{operation.name}: {error}")
            except (GroundwireError, RecursionError) as error:
                self._tally.faults.append(f"{operation.name}: {type(error).__name__}: {str(error)[:300]}")
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
        body, media_type, want_body = self._body(operation, method)
        expected = self._answer(operation, method)
        stub = first_page(self._stub(operation, method))
        if body is not None:
            names = inspect.signature(stub).parameters
            own = {each.name for each in method.parameters}
            arguments[next(name for name in names if name not in own)] = body
        self._sent.clear()
        result = stub(**arguments)
        self._tally.calls += 1
        [request] = self._sent
        wanted = self._request(operation, given, media_type, want_body)
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
            options: dict[str, Any] = {} if own_server and self._base(()) else {"endpoint": ENDPOINT}
            self._clients[own_server] = self._package.Client(
                auth=auth, transport=FunctionTransport(self._send), **options
            )
        return self._clients[own_server]

    def _send(self, request: Request) -> Answer:
        self._sent.append(request)
        return self._reply

    def _base(self, servers: tuple[Mapping[str, Any], ...]) -> str:
        """Return the base URL of an operation with servers of its own, or of the document; "" if that is relative."""
        own = next(iter(self._document.get("servers") or ()), {"url": "/"})
        url = filled(own)
        if not url.startswith("https:"):
            return ""
        return urljoin(f"{url.rstrip('/')}/", filled(servers[0])) if servers else url

    def _body(self, operation: Operation, method: Method) -> tuple[Any, str, Any]:
        """Return a body, the media type that it must have, and its JSON or bytes."""
        stated = resolved(self._document, operation.stated.get("requestBody"))
        contents = (stated or {}).get("content") or {}
        if not contents or not (stated.get("required") or self._values.chance()):
            return None, "", None
        if method.body is None:
            self._tally.faults.append(f"{operation.name}: the client takes no body")
            return None, "", None
        content = next(
            (each for each in method.body.contents if each.encoding is Encoding.JSON), method.body.contents[0]
        )
        if content.media_type not in contents:
            self._tally.faults.append(
                f"{operation.name}: the media type {content.media_type} is not the document's"
            )
        sent = content.media_type
        if "*" in sent:
            sent = (
                "application/json"
                if content.encoding is Encoding.JSON
                else sent.replace("*/*", "image/*").replace("*", "png")
            )
        if content.encoding is Encoding.JSON:
            pair = next(
                each for _ in range(99) if (each := self._values.body(content.type)).value is not None
            )
            value, want = pair.value, pair.json
        elif content.encoding is Encoding.TEXT:
            value, want = "some text", b"some text"
        elif content.encoding is Encoding.PATCH:
            value, want = (json_patch.Remove("/a"),), [{"op": "remove", "path": "/a"}]
        else:
            value, want = b"\x00\x01", b"\x00\x01"
        if len(method.body.contents) > 1 or "*" in content.media_type:
            return WithMediaType(value, sent), sent, want
        return value, sent, want

    def _answer(self, operation: Operation, method: Method) -> tuple[Response | None, Any, Pair | None]:
        """Set the answer of the next call; return its response, content and value."""
        self._reply = Answer(status=204, body=b"")
        responses = (operation.stated.get("responses") or {}).items()
        stated = sorted(
            ((str(status), resolved(self._document, each)) for status, each in responses),
            key=lambda each: each[0],
        )
        if [status for status, _ in stated] == ["default"]:
            stated = [("200", stated[0][1])]
        for status, response in stated:
            if not status.startswith("2"):
                continue
            code = int(status.replace("X", "0").replace("x", "0"))
            for media_type in response.get("content") or {}:
                if (
                    operation.verb == "HEAD"
                    or "json" not in media_type
                    or "seq" in media_type
                    or "lines" in media_type
                ):
                    continue
                found = next(
                    (each for each in method.responses if each.low <= code <= each.high and each.success),
                    None,
                )
                content = (
                    next((each for each in found.contents if each.media_type == media_type), None)
                    if found
                    else None
                )
                if content is None or content.encoding is not Encoding.JSON:
                    self._tally.faults.append(f"{operation.name}: no type for {status} {media_type}")
                    continue
                pair = self._values.body(content.type)
                data = json.dumps(pair.json).encode()
                self._reply = Answer(status=code, headers={"content-type": media_type}, body=data)
                return found, content, pair
        return None, None, None

    def _unaccepted(self, operation: Operation, request: Request) -> list[str]:
        """Return a fault for each media type of a success that the request does not accept."""
        accepted = request.headers.get("accept", "").split(", ")
        responses = (operation.stated.get("responses") or {}).items()
        stated = [
            resolved(self._document, each).get("content") or {}
            for status, each in responses
            if str(status)[:1] == "2"
        ]
        types = {media_type for contents in stated for media_type in contents}
        return [f"{operation.name}: {each} is not accepted" for each in sorted(types.difference(accepted))]

    def _check_result(self, operation: Operation, method: Method, result: Any, expected: Any) -> None:
        _, content, pair = expected
        if pair is None:
            return
        self._tally.answers += 1
        constant = self._package.client.METHODS[method.id]
        answers = [
            each for each in constant.answers if each.low <= self._reply.status <= each.high and each.success
        ]
        narrowest = min(answers, key=lambda each: each.high - each.low)
        types = [each.type for each in narrowest.contents if each.media_type == content.media_type]
        if "Unrecognized(" in repr(result):
            self._tally.faults.append(
                f"{operation.name}: the answer {short(pair.json)} fits no member of its union"
            )
        back = json.loads(self._codecs.write(types[0], result))
        if back != pair.json:
            self._tally.faults.append(
                f"{operation.name}: the answer {short(pair.json)} came back as {short(back)}"
            )
        elif not self._values.loose and result != pair.value:
            self._tally.faults.append(
                f"{operation.name}: the answer {short(pair.value)} was read as {short(result)}"
            )

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
            self._tally.faults.append(f"{operation.name}: no type for {status} {media_type}")
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
                self._tally.faults.append(
                    f"{operation.name}: the error {short(pair.value)} was read as {short(error.body_typed)}"
                )
            if error.http_status != int(status):
                self._tally.faults.append(
                    f"{operation.name}: the status {status} was read as {error.http_status}"
                )
        else:
            self._tally.faults.append(f"{operation.name}: the status {status} is no error")

    def _request(
        self, operation: Operation, given: Mapping[tuple[str, str], Pair], media_type: str, body: Any
    ) -> dict[str, Any]:
        """Return what the document says that the request must be."""
        path, query = operation.path.partition("#")[0], list[str]()
        headers: dict[str, Any] = {"content-type": media_type} if media_type else {}
        cookies: list[str] = []
        stated = {(each["in"], each["name"]): each for each in operation.parameters}
        for (location, wire), pair in sorted(given.items(), key=lambda each: each[0]):
            parameter = stated.get((location, wire), {"in": location, "name": wire})
            if location == "path":
                path = path.replace(f"{{{wire}}}", styles.path_text(parameter, pair.json))
            elif location == "header":
                text = styles.header_text(parameter, pair.json)
                headers |= {wire.lower(): text} if wire.lower() not in IGNORED_HEADERS else {}
            else:
                (query if location == "query" else cookies).extend(styles.query_pairs(parameter, pair.json))
        headers |= {
            wire.lower(): ANY_KEY
            for location, wire in stated
            if location == "header" and wire.lower() == "idempotency-key" and (location, wire) not in given
        }
        self._authorize(operation, headers, query, cookies)
        if cookies:
            headers["cookie"] = cookies  # a list, since their order is free
        own = self._base(operation.servers) if operation.servers else ""
        return {
            "verb": operation.verb,
            "base": f"{(own or ENDPOINT).rstrip('/')}{path}",
            "query": sorted(query),
            "headers": headers,
            "body": body,
        }

    def _authorize(
        self, operation: Operation, headers: dict[str, Any], query: list[str], cookies: list[str]
    ) -> None:
        """Add what the first alternative requires; where the document states nothing, any of all in `authorization`."""
        if operation.security is None:
            chosen = list(self._schemes)
        else:
            chosen = next((list(each) for each in operation.security if each), [])
        base = self._base(operation.servers) if operation.servers else ""
        if base and not base.startswith("/".join(self._base(()).split("/")[:3])):
            return  # credentials go to the client's own origin alone
        bearers: list[str] = []
        for name in chosen:
            scheme = self._schemes.get(name, {})
            type_ = kind(scheme)
            if type_ == "apiKey":
                pair = f"{quote(scheme['name'], safe='')}={SECRET}"
                if scheme["in"] == "header":
                    headers[scheme["name"].lower()] = SECRET
                else:
                    (query if scheme["in"] == "query" else cookies).append(pair)
            elif type_ == "basic":
                bearers.append(f"Basic {base64.b64encode(f'user:{SECRET}'.encode()).decode()}")
            elif type_ != "mutualTLS":
                bearers.append(f"Bearer {SECRET}")
        if bearers:
            headers["authorization"] = bearers
