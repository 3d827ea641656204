"""One method of an API that OpenAPI describes, as facts: from parameters and a body to a request, and from a response to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar, cast
from urllib.parse import urljoin

from attrs import evolve, frozen

from .contents import RestAnswer, RestContent, WithMediaType, matching
from .errors import ArgumentError, DecodeError, EncodeError, ProtocolError, shortened
from .forms import essence
from .http import BodySource, CallState, Request, Response
from .messages import Unrecognized
from .method import IDEMPOTENT, note_response
from .parameters import check_names, checked_header, checked_header_name, missing
from .servers import checked_server
from .styles import StyledParameter, expand

if TYPE_CHECKING:
    from .codec import Codecs

T_co = TypeVar("T_co", covariant=True)
_ANY: Final = "*/*"
_MERGE_PATCH: Final = "application/merge-patch+json"
_LIMITED: Final = frozenset({429})
"""Statuses after which any call may be made again: the service counted it, and did not carry it out."""


@frozen(kw_only=True)
class RestMethod(Generic[T_co]):
    """An HTTP method. `path` is the document's template, below the base URL.

    `idempotency_key` names the header parameter that makes a resend recognisable; the client fills it. `security` lists
    alternatives, each of which is all of its schemes; None: the document does not state it. `server` is a base URL of the
    method's own.
    """

    id: str
    verb: str
    path: str
    parameters: tuple[StyledParameter, ...] = ()
    bodies: tuple[RestContent, ...] = ()
    body_required: bool = True
    answers: tuple[RestAnswer, ...] = ()
    security: tuple[tuple[str, ...], ...] | None = None
    idempotent: bool | None = None
    """Whether a repeat is safe; None: by the verb, or by the idempotency key."""
    idempotency_key: str | None = None
    server: str | None = None
    accepted: str | None = None
    """The one media type that a caller asks for."""

    def accepting(self, media_type: object) -> Self:
        """Return the method as it asks for one media type. Raises ArgumentError for one that it does not answer with."""
        contents = tuple(content for each in self.answers if each.success for content in each.contents)
        if not isinstance(media_type, str) or matching(contents, media_type or _ANY) is None:
            known = ", ".join(dict.fromkeys(content.media_type for content in contents)) or "none"
            raise ArgumentError(
                f"accept: {self.id} does not answer with {shortened(media_type)}", hint=f"It has {known}."
            )
        return evolve(self, accepted=checked_header("accept", media_type))

    def at_endpoint(self) -> RestMethod[T_co]:
        """Return the method without a server of its own: an endpoint of one's own stands for all servers."""
        return self if self.server is None else evolve(self, server=None)

    def as_merge_patch(self, body: object, codecs: Codecs) -> object:
        """Return a body with the media type of a merge patch (RFC 7396), where the method takes it so and no type is named."""
        content = next((each for each in self.bodies if essence(each.media_type) == _MERGE_PATCH), None)
        if content is None or isinstance(body, WithMediaType):
            return body
        try:
            content.sent(body, codecs, str)
        except EncodeError:
            return body
        return WithMediaType(body, _MERGE_PATCH)

    def with_request_id(
        self, parameters: Mapping[str, object], body: Any, new_id: Callable[[], str]
    ) -> tuple[Mapping[str, object], Any]:
        """Return the same call with an idempotency key, where the method has one; one that it carries stays."""
        if self.idempotency_key is None or parameters.get(self.idempotency_key) not in (None, ""):
            return parameters, body
        return {**parameters, self.idempotency_key: new_id()}, body

    def request(
        self,
        parameters: Mapping[str, object],
        body: object = None,
        *,
        base_url: str,
        codecs: Codecs,
        headers: Mapping[str, str] | None = None,
        scopes: tuple[str, ...] | None = None,
        deadline: float | None = None,
        call: CallState | None = None,
    ) -> Request:
        """Return the request of a call: parameters by name, None for absent. Raises ArgumentError or EncodeError."""
        del scopes  # a scope is asked for with a token, which comes from the caller
        check_names(parameters, {each.name for each in self.parameters}, self.id)
        call = call or CallState()
        data, media_type = self._body(body, codecs, call.new_id)
        stated = {"accept": self.accept, **({"content-type": media_type} if media_type else {})}
        path, query, sent_headers = self._placed(parameters, codecs)
        base = base_url if self.server is None else checked_server(urljoin(base_url, self.server))
        separator = "&" if "?" in path else "?"
        key = parameters.get(self.idempotency_key or "")
        request_id = key if isinstance(key, str) and key else None
        by_verb = request_id is not None or self.verb in IDEMPOTENT
        return Request(
            method_id=self.id,
            verb=self.verb,
            url=f"{base.rstrip('/')}{path}{separator if query else ''}{query}",
            headers={**(headers or {}), **sent_headers, **stated},
            body=data,
            safe_to_retry=by_verb if self.idempotent is None else self.idempotent,
            resent_after=_LIMITED if self.idempotent is not False else frozenset(),
            request_id=request_id,
            deadline=deadline,
            call=call,
            opens=self._opens if self._has_streams else None,
            lasting=self._has_streams,
        )

    @property
    def _has_streams(self) -> bool:
        return any(content.is_stream for each in self.answers if each.success for content in each.contents)

    def _opens(self, response: Response) -> bool:
        """Return True for an answer of items that come one by one."""
        content = self._content(response)
        return content is not None and content.is_stream

    @property
    def accept(self) -> str:
        """The value of `accept`: the media types of answers, then those of errors (RFC 9110 12.5.1).

        JSON is preferred to text: services that have both write the text for people.
        """
        success = [content for each in self.answers if each.success for content in each.contents]
        if self.accepted is not None:
            success = [RestContent(media_type=self.accepted)]
        has_json = any(content.encoding == "json" for content in success)
        stated = [
            f"{content.media_type};q=0.9" if has_json and content.encoding == "text" else content.media_type
            for content in success
        ]
        failed = [
            content.media_type for each in self.answers if not each.success for content in each.contents
        ]
        essences = {content.media_type for content in success}
        return ", ".join(dict.fromkeys([*stated, *(each for each in failed if each not in essences)])) or _ANY

    def _placed(self, parameters: Mapping[str, object], codecs: Codecs) -> tuple[str, str, dict[str, str]]:
        """Return the path, the query and the headers of a call."""
        texts: dict[str, str] = {}
        headers: dict[str, str] = {}
        pairs: dict[str, list[str]] = {"query": [], "cookie": []}
        for parameter in self.parameters:
            value = parameters.get(parameter.name)
            written: object = None
            if value is not None and parameter.location == "path":
                written = texts[parameter.wire] = parameter.segment(value, codecs)
            elif value is not None and parameter.location == "header":
                written = parameter.header(value, codecs)
                if written is not None:
                    headers[checked_header_name(parameter.wire)] = written
            elif value is not None:
                written = parameter.pairs(value, codecs) or None
                pairs[parameter.location] += [f"{name}={text}" for name, text in written or ()]
            if written is None and parameter.required:
                raise missing(parameter.name, parameter.held, self.id)
        if pairs["cookie"]:
            headers["cookie"] = "; ".join(pairs["cookie"])
        return expand(self.path, texts), "&".join(pairs["query"]), headers

    def _body(
        self, body: object, codecs: Codecs, new_id: Callable[[], str]
    ) -> tuple[bytes | BodySource | None, str]:
        """Return the body that is sent, and its media type. Raises ArgumentError or EncodeError."""
        if body is None:
            if self.bodies and self.body_required:
                raise ArgumentError(f"request: {self.id} needs a body")
            return None, ""
        if not self.bodies:
            raise ArgumentError(f"request: {self.id} takes no body")
        if isinstance(body, WithMediaType):
            content = self._content_for(body.media_type)
            return content.sent(body.value, codecs, new_id, body.media_type)
        faults: list[EncodeError] = []
        for content in self.bodies:
            try:
                return content.sent(body, codecs, new_id)
            except EncodeError as error:
                faults.append(error)
        # The type that a value was meant for is the one that most of it fits.
        raise max(faults, key=lambda error: error.path.count("/"))

    def _content_for(self, media_type: str) -> RestContent:
        content = matching(self.bodies, media_type)
        if content is None:
            stated = ", ".join(each.media_type for each in self.bodies)
            raise ArgumentError(f"request: {self.id} takes {stated}, got the media type {media_type[:80]!r}")
        return content

    def answer(self, response: Response, codecs: Codecs) -> T_co:
        """Decode a successful response. Raises DecodeError with a note that names the response, and ProtocolError."""
        try:
            return cast("T_co", self._answer(response, codecs))
        except DecodeError as error:
            if note_response(error, self.id, response):
                del response
            raise

    def _answer(self, response: Response, codecs: Codecs) -> Any:
        contents = self._contents(response.status)
        if self.verb == "HEAD" or contents == ():
            return None
        if response.stream is None and (not response.body or response.status in (204, 205)):
            return self._empty(response, contents, codecs)
        content = self._content(response)
        return response.body if content is None else content.read(response, codecs)

    def _content(self, response: Response) -> RestContent | None:
        return matching(self._contents(response.status), response.headers.get("content-type", ""))

    def _contents(self, status: int) -> tuple[RestContent, ...] | None:
        """Return the contents stated for a status; those of all answers for another one, None if no answer is stated."""
        answers = [each for each in self.answers if each.success]
        stated = [each for each in answers if each.low <= status <= each.high]
        if stated:
            return min(stated, key=lambda each: each.high - each.low).contents
        return tuple(content for each in answers for content in each.contents) if answers else None

    def _empty(self, response: Response, contents: tuple[RestContent, ...] | None, codecs: Codecs) -> Any:
        """Return the answer that stands for a missing body. Raises ProtocolError where there is none."""
        if contents is None or any(each.success and not each.contents for each in self.answers):
            return None
        for content in contents:
            if content.is_stream:
                return content.read(response, codecs)
            if content.encoding != "json":
                return "" if content.encoding == "text" else b""
            try:
                value = codecs.read(content.type, b"{}") if content.type is not None else None
            except DecodeError:
                continue
            if not isinstance(value, Unrecognized):
                return value
        raise ProtocolError(
            f"{self.id}: answered {response.status} without the body that the description states; the call had its effect",
            hint="Do not make the call again to see its answer: read what it changed.",
        )
