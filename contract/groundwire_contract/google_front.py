"""The front end of Google's APIs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from attrs import evolve, frozen
from groundwire_codegen.ir import Method

from .contract import Contract
from .discovery_document import root_of, served_document
from .exchange import Exchange, JsonObject, Reply, json_reply
from .front import ParsedRequest
from .given import MARK, AnswerError, Given
from .operations import example
from .parse_request import read, read_raw, unwrapped
from .rules.error_bodies import Refusal, invalid_argument, not_found
from .rules.refusals import PAYLOAD_LIMIT
from .uploads.downloads import is_medium_asked, medium_unanswered, part_of
from .uploads.routes import RESUMABLE, SIMPLE, UploadRoute, upload_routes
from .uploads.sessions import Sessions
from .uploads.uploads import MEDIA_LIMIT, Uploads
from .validate.access import Access
from .validate.bodies import as_message
from .validate.parameters import query_parameters
from .validate.route import Route, find
from .validate.values import validate

DISCOVERY: Final = "/$discovery/rest"
"""The path from which the official Python client first requests the Discovery document."""


@frozen(eq=False)
class GoogleFront:
    """Routes, reads and writes as Google's front end does."""

    contract: Contract
    uploads: Uploads | None = None
    """None where the API takes no media."""

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions under which the API is served."""
        return tuple(self.contract.shapes)

    def package_of(self, version: str) -> str:
        """Return the proto package of a version."""
        return self.contract.shapes[version].package

    def body_limit(self, path: str) -> int:
        """Return how many bytes of a body are kept: more for an upload."""
        is_upload = self.uploads is not None and path.startswith((SIMPLE, RESUMABLE))
        return MEDIA_LIMIT if is_upload else PAYLOAD_LIMIT

    def find(self, exchange: Exchange) -> Route | Reply:
        """Return the route of a request; the document, or a page, for one that has none."""
        upload = None if self.uploads is None else self.uploads.find(exchange)
        route = upload or find(self.contract.routes, exchange.verb, exchange.path)
        return route or self._document(exchange) or not_found(exchange.path)

    def _document(self, exchange: Exchange) -> Reply | None:
        """Return the Discovery document for a version that is served; None for any other request."""
        asked = dict(exchange.query).get("version", self.contract.api.version)
        if (exchange.verb, exchange.path) != ("GET", DISCOVERY) or asked not in self.contract.shapes:
            return None
        if not self.contract.document:
            return None
        root = root_of(exchange.headers, self.contract.api.base_url)
        return Reply(status=200, body=served_document(self.contract.document, asked, root))

    def read(
        self, exchange: Exchange, route: Route, access: Access, relaxed: Collection[str]
    ) -> ParsedRequest:
        """Read a request whose method is known."""
        if self.uploads is not None and isinstance(route, UploadRoute):
            return self.uploads.read(
                exchange,
                route,
                lambda metadata: read(metadata, route, self.contract, access, relaxed),
                relaxed,
            )
        parsed = read(exchange, route, self.contract, access, relaxed)
        refusal = parsed.refusal or _media_refusal(exchange, route.method, relaxed)
        return parsed if refusal is parsed.refusal else evolve(parsed, refusal=refusal)

    def kept(self, exchange: Exchange, route: Route) -> bytes:
        """Return the body of a request that is refused before it is read; empty if it is no JSON object."""
        return b"" if isinstance(route, UploadRoute) else read_raw(exchange, route.method)

    def query_names(self, _: Exchange, route: Route) -> Collection[str]:
        """Return the names of the query parameters of a method."""
        return query_parameters(route.method)

    def refused(self, refusal: Refusal, exchange: Exchange, _: Route | None) -> Reply:
        """Write a refusal as google.rpc.Status."""
        return refusal.reply(pretty=_is_pretty(exchange))

    def answered(self, body: JsonObject, exchange: Exchange) -> Reply:
        """Write the answer of a handler."""
        return json_reply(200, body, pretty=_is_pretty(exchange))

    def unanswered(self, exchange: Exchange, route: Route) -> Reply | Refusal:
        """Answer with an example, which is marked."""
        if is_medium_asked(exchange):
            return medium_unanswered(route.method)
        body = example.answer(self.contract.api, route.method)
        reply = json_reply(200, body, pretty=_is_pretty(exchange), headers=example.HEADER)
        return self._settled(reply, exchange)

    def given(self, given: Given, exchange: Exchange, route: Route) -> Reply:
        """Write an answer of a test. Raises AnswerError for one that the description does not allow."""
        return self._settled(self._given(given, exchange, route), exchange)

    def _settled(self, reply: Reply, exchange: Exchange) -> Reply:
        """Return an answer, which is kept where it ends an upload."""
        if self.uploads is not None:
            self.uploads.sessions.settle(exchange, reply)
        return reply

    def _given(self, given: Given, exchange: Exchange, route: Route) -> Reply:
        status, headers = given.status or 200, (*MARK, *given.headers)
        if given.body is None or status >= 400:
            return _status_only(given, status, headers, _is_pretty(exchange))
        if not given.is_json:
            kind = given.content_type or "application/octet-stream"
            reply = Reply(status=status, body=given.body, content_type=kind, headers=headers)
            return part_of(reply, exchange) if is_medium_asked(exchange) else reply
        if is_medium_asked(exchange):
            raise AnswerError(f"{route.method.id} was asked for a medium (alt=media): give it bytes")
        body = as_message(given.value)
        if isinstance(body, Refusal):
            raise AnswerError(f"{route.method.id} answers with an object, not with {_beginning(given)}")
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


def _beginning(given: Given) -> str:
    text = (given.body or b"").decode(errors="replace")
    return f"{text[:80]}\u2026" if len(text) > 80 else text


def _status_only(given: Given, status: int, headers: tuple[tuple[str, str], ...], pretty: bool) -> Reply:
    """Return an error, in the form of google.rpc.Status unless the test gave a body; an empty object otherwise."""
    if given.body is not None:
        kind = given.content_type or ("application/json; charset=UTF-8" if given.is_json else "text/plain")
        return Reply(status=status, body=given.body, content_type=kind, headers=headers)
    if status < 400:
        return json_reply(status, {}, pretty=pretty, headers=headers)
    refusal = Refusal(rule="answer-given", code=status, message="The test answers so.", headers=headers)
    return refusal.reply(pretty=pretty)


def _media_refusal(exchange: Exchange, method: Method, relaxed: Collection[str]) -> Refusal | None:
    """Return the refusal of a request for a medium, or with one, that its method does not have."""
    if not exchange.query:
        return None
    media = method.media
    is_asked = is_medium_asked(exchange) and "medium-none" not in relaxed
    if is_asked and (media is None or not media.download):
        return invalid_argument("medium-none", f"{method.id} gives no medium: alt=media is not supported.")
    protocol = dict(exchange.query).get("uploadType")
    if media is not None and media.upload and protocol in ("media", "multipart", "resumable"):
        return invalid_argument(
            "upload-type", "Upload requests must have a URL path beginning with /upload/."
        )
    return None


def _is_pretty(exchange: Exchange) -> bool:
    return ("prettyPrint", "false") not in exchange.query


def google_front(contract: Contract, sessions: Sessions) -> GoogleFront:
    """Return the front end of a contract, with the sessions of its uploads."""
    found = upload_routes(contract.api, contract.shapes)
    return GoogleFront(contract, None if found is None else Uploads(found, sessions))
