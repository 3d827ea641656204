"""The front end of Google's APIs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from attrs import frozen
from groundwire_codegen.ir import Method

from .contract import Contract
from .discovery_document import root_of, served_document
from .exchange import Exchange, JsonObject, Reply, json_reply
from .front import ParsedRequest
from .given import MARK, AnswerError, Given
from .operations import example
from .parse_request import read, read_raw, unwrapped
from .rules.error_bodies import Refusal, not_found
from .validate.access import Access
from .validate.bodies import as_message
from .validate.parameters import query_parameters
from .validate.route import Route, find
from .validate.values import validate

_VARIABLE: Final = re.compile(r"\{(\+?)[^{}]+\}")
DISCOVERY: Final = "/$discovery/rest"
"""The path from which the official Python client first requests the Discovery document."""


@frozen(eq=False)
class GoogleFront:
    """Routes, reads and writes as Google's front end does."""

    contract: Contract

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions under which the API is served."""
        return tuple(self.contract.shapes)

    def package_of(self, version: str) -> str:
        """Return the proto package of a version."""
        return self.contract.shapes[version].package

    def find(self, exchange: Exchange) -> Route | Reply:
        """Return the route of a request; the document, or a page, for one that has none."""
        route = find(self.contract.routes, exchange.verb, exchange.path)
        return route or self._document(exchange) or self._upload(exchange) or not_found(exchange.path)

    def _document(self, exchange: Exchange) -> Reply | None:
        """Return the Discovery document for a version that is served; None for any other request."""
        asked = dict(exchange.query).get("version", self.contract.api.version)
        if (exchange.verb, exchange.path) != ("GET", DISCOVERY) or asked not in self.contract.shapes:
            return None
        if not self.contract.document:
            return None
        root = root_of(exchange.headers, self.contract.api.base_url)
        return Reply(status=200, body=served_document(self.contract.document, asked, root))

    def _upload(self, exchange: Exchange) -> Reply | None:
        """Refuse the upload of a medium, which is not supported; None for any other request."""
        for method in self.contract.api.methods.values():
            if any(_is_path(template, exchange.path) for template in _upload_paths(method)):
                message = f"The contract server takes no uploads: call {method.id} without `media`."
                return Refusal(rule="upload-unsupported", code=501, message=message).reply()
        return None

    def read(
        self, exchange: Exchange, route: Route, access: Access, relaxed: Collection[str]
    ) -> ParsedRequest:
        """Read a request whose method is known."""
        return read(exchange, route, self.contract, access, relaxed)

    def kept(self, exchange: Exchange, route: Route) -> bytes:
        """Return the body of a request that is refused before it is read; empty if it is no JSON object."""
        return read_raw(exchange, route.method)

    def query_names(self, _: Exchange, route: Route) -> Collection[str]:
        """Return the names of the query parameters of a method."""
        return query_parameters(route.method)

    def refused(self, refusal: Refusal, exchange: Exchange, _: Route) -> Reply:
        """Write a refusal as google.rpc.Status."""
        return refusal.reply(pretty=_is_pretty(exchange))

    def answered(self, body: JsonObject, exchange: Exchange) -> Reply:
        """Write the answer of a handler."""
        return json_reply(200, body, pretty=_is_pretty(exchange))

    def unanswered(self, exchange: Exchange, route: Route) -> Reply | Refusal:
        """Answer with an example, which is marked."""
        body = example.answer(self.contract.api, route.method)
        return json_reply(200, body, pretty=_is_pretty(exchange), headers=example.HEADER)

    def given(self, given: Given, exchange: Exchange, route: Route) -> Reply:
        """Write an answer of a test. Raises AnswerError for one that the description does not allow."""
        status, headers = given.status or 200, (*MARK, *given.headers)
        if given.body is None or status >= 400:
            return _status_only(given, status, headers, _is_pretty(exchange))
        if not given.is_json:
            kind = given.content_type or "application/octet-stream"
            return Reply(status=status, body=given.body, content_type=kind, headers=headers)
        body = as_message(given.value)
        if isinstance(body, Refusal):
            raise AnswerError(f"{route.method.id}: {body.message}")
        faults = list(self._faults(body, route.method, route.version))
        if faults:
            raise AnswerError("\n".join([f"{route.method.id} does not answer so:", *faults]))
        return json_reply(status, body, pretty=_is_pretty(exchange), headers=headers)

    def _faults(self, body: JsonObject, method: Method, version: str) -> Iterator[str]:
        if method.response is None:
            return
        record = self.contract.shapes[version].records[method.response]
        for fault in validate(record, unwrapped(body, method)).faults:
            yield f"{fault.pointer or '/'}: {fault.message}"


def _status_only(given: Given, status: int, headers: tuple[tuple[str, str], ...], pretty: bool) -> Reply:
    """Return an error, in the form of google.rpc.Status unless the test gave a body; an empty object otherwise."""
    if given.body is not None:
        kind = given.content_type or ("application/json; charset=UTF-8" if given.is_json else "text/plain")
        return Reply(status=status, body=given.body, content_type=kind, headers=headers)
    if status < 400:
        return json_reply(status, {}, pretty=pretty, headers=headers)
    refusal = Refusal(rule="answer-given", code=status, message="The test answers so.", headers=headers)
    return refusal.reply(pretty=pretty)


def _upload_paths(method: Method) -> tuple[str, ...]:
    media = method.media
    return () if media is None else tuple(path for path in (media.simple, media.resumable) if path)


def _is_path(template: str, path: str) -> bool:
    parts = _VARIABLE.split(template.strip("/"))
    # Every second part is the sign of a variable: `+` for one with slashes.
    shape = "".join(
        (".+" if part else "[^/]+") if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.fullmatch(f"/{shape}", path) is not None


def _is_pretty(exchange: Exchange) -> bool:
    return ("prettyPrint", "false") not in exchange.query
