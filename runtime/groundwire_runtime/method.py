"""One method of an API: build its request from parameters and a body, and decode its answer. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from traceback import clear_frames
from typing import Any, Final, Generic, TypeVar, cast
from urllib.parse import urlencode

from attrs import evolve, frozen

from .codec import LARGE, Codecs
from .errors import ArgumentError, DecodeError, shortened
from .http import CallState, RawBody, Request, Response
from .jsontext import parse
from .parameters import Parameter, check_names, expand, missing, variables

ResponseT = TypeVar("ResponseT")
T = TypeVar("T")
_JSON: Final = {"content-type": "application/json"}
_MAY_BE_JSON: Final = re.compile("json|text/html|javascript|^ *$", re.IGNORECASE)
"""Media types of JSON, and of the pages of proxies."""
IDEMPOTENT: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PUT"})
"""Verbs that have the same effect however often they arrive (RFC 9110 9.2.2)."""


@frozen(kw_only=True)
class Paging:
    """The paging of a list method (AIP-158): the place of the token, and the attributes of an answer.

    `token` is a wire name in the query, or an attribute of the body.
    """

    token: str
    in_body: bool
    items: str
    next_token: str

    def start(self, token: object) -> str:
        """Return the token that a caller starts with. Raises ArgumentError."""
        if not isinstance(token, str) or not token:
            raise ArgumentError(f"start: expected a page token, got {shortened(token)}")
        return token

    def page_of(self, answer: Any) -> Any:
        """Return the page that an answer is."""
        return answer

    def items_of(self, answer: Any) -> Any:
        """Return the items of an answer, those of a map as pairs."""
        found = getattr(answer, self.items)
        return cast("Mapping[str, Any]", found).items() if isinstance(found, Mapping) else found

    def following(self, answer: Any, position: Any) -> Any:
        """Return the token of the page behind an answer; None behind the last."""
        del position
        return getattr(answer, self.next_token) or None


def _value_at(body: object, attributes: tuple[str, ...]) -> object:
    """The value at an attribute path, None below an absent one."""
    for name in attributes:
        body = getattr(body, name, None)
    return body


@frozen(kw_only=True)
class Preconditions:
    """Values of which one, when set, makes a repeat safe: the service acts on no state but the one expected.

    `parameters` are wire names, `attributes` lead to values of the body. Zero is set, as `ifGenerationMatch=0`
    expects that there is no object; an empty text and false are not. Source: RFC 9110, 13.
    """

    parameters: tuple[str, ...] = ()
    attributes: tuple[tuple[str, ...], ...] = ()

    def any_set(self, parameters: Mapping[str, object], body: object) -> bool:
        """Return True when a call sets one."""
        values = [parameters.get(name) for name in self.parameters]
        values += [_value_at(body, path) for path in self.attributes]
        return any(value is not False and value not in (None, "", b"") for value in values)


@frozen(kw_only=True)
class ExtraScope:
    """A scope needed when the value at an attribute path of the body is an instance of `type`."""

    scope: str
    attributes: tuple[str, ...]
    type: type

    def applies(self, body: object) -> bool:
        """Return True if this body needs it."""
        value = _value_at(body, self.attributes)
        return value is not None and isinstance(value, self.type)


@frozen(kw_only=True)
class Method(Generic[ResponseT]):
    """An HTTP method. `path` is the document's template, relative to the base URL.

    `request_id` names the body's attribute (or the query parameter, with `request_id_in_query`) that makes a
    resend recognisable.
    """

    id: str
    verb: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    request_type: type | None = None
    response_type: type[ResponseT] | None = None
    scopes: tuple[str, ...] = ()
    extra_scopes: tuple[ExtraScope, ...] = ()
    request_id: str | None = None
    request_id_in_query: bool = False
    idempotent: bool | Preconditions | None = None
    """True if a repeat is safe, with or without a request id; None: by the verb."""
    paging: Paging | None = None
    api_version: str | None = None
    """Sent in the header `x-goog-api-version`."""
    envelope: str | None = None
    """The key under which bodies and answers travel."""

    def _repeatable(self, parameters: Mapping[str, object], body: object, request_id: str | None) -> bool:
        """Return True when a lost call may be made again."""
        if isinstance(self.idempotent, bool):
            return self.idempotent
        if self.idempotent is None:
            return request_id is not None or self.verb in IDEMPOTENT
        return request_id is not None or self.idempotent.any_set(parameters, body)

    def _carried(self, parameters: Mapping[str, object], body: object) -> object:
        """Return the request id that a call carries, whatever its type."""
        if self.request_id is None:
            return None
        if self.request_id_in_query:
            return parameters.get(self.request_id)
        return getattr(body, self.request_id, None)

    def with_request_id(
        self, parameters: Mapping[str, object], body: Any, new_id: Callable[[], str]
    ) -> tuple[Mapping[str, object], Any]:
        """The same call with a request id; one that it carries stays, also when it is none that can be sent."""
        if self.request_id is None or self._carried(parameters, body) not in (None, ""):
            return parameters, body
        if self.request_id_in_query:
            return {**parameters, self.request_id: new_id()}, body
        # A body of another type is left to `request`, which refuses it.
        known = self.request_type is not None and isinstance(body, self.request_type)
        return parameters, evolve(body, **{self.request_id: new_id()}) if known else body

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
        """The request of a call: parameters by wire name, None for absent. Raises ArgumentError or EncodeError.

        `headers` go with it; `scopes` (the method's own for None), `deadline` and `call` are for the transports.
        """
        carried = self._carried(parameters, body)
        request_id = carried if isinstance(carried, str) and carried else None
        method_scopes = self.scopes_for(body)
        return Request(
            method_id=self.id,
            verb=self.verb,
            url=f"{base_url}{self._target(parameters)}",
            headers={
                **(headers or {}),
                **(_JSON if self.request_type is not None else {}),
                **({} if self.api_version is None else {"x-goog-api-version": self.api_version}),
            },
            safe_to_retry=self._repeatable(parameters, body, request_id),
            body=self._encoded(body, codecs),
            request_id=request_id,
            scopes=method_scopes if scopes is None else scopes,
            method_scopes=method_scopes,
            deadline=deadline,
            call=call or CallState(),
        )

    def _target(self, parameters: Mapping[str, object]) -> str:
        """Return the path and the query of a call, relative to the base URL."""
        check_names(parameters, {each.name for each in self.parameters}, self.id)
        texts: dict[str, Sequence[str]] = {}
        for parameter in self.parameters:
            value = parameters.get(parameter.name)
            if value is not None:
                texts[parameter.name] = parameter.texts(value)
            if parameter.required and not texts.get(parameter.name):
                raise missing(parameter.name, parameter.held, self.id)
        placed = {p.name: texts[p.name] for p in self.parameters if p.location == "path" and p.name in texts}
        names = variables(self.path)
        if not placed.keys() <= names:
            raise ArgumentError(f"{min(placed.keys() - names)}: {self.path!r} has no place for it")
        query = [
            (p.name, text) for p in self.parameters if p.location == "query" for text in texts.get(p.name, ())
        ]
        return f"{expand(self.path, placed)}{'?' if query else ''}{urlencode(query)}"

    def _encoded(self, body: object, codecs: Codecs) -> bytes | None:
        if self.request_type is None:
            if body is not None:
                raise ArgumentError(f"request: {self.id} takes no body")
            return None
        if not isinstance(body, self.request_type):
            raise ArgumentError(
                f"request: {self.id} takes {self.request_type.__name__}, got {type(body).__name__}"
            )
        data = codecs.encode(body)
        return data if self.envelope is None else b"{%s:%s}" % (json.dumps(self.envelope).encode(), data)

    def answer(self, response: Response, codecs: Codecs) -> ResponseT:
        """Decode a successful response; a body of another type is a RawBody. Raises DecodeError with a note that names the response."""
        try:
            return self.response(response.body, codecs)
        except DecodeError as error:
            if not _MAY_BE_JSON.search(response.headers.get("content-type", "json")):
                return RawBody.of(response)  # type: ignore[return-value] # no document states it
            if note_response(error, self.id, response):
                del response
            raise

    def response(self, data: bytes, codecs: Codecs) -> ResponseT:
        """The message of an answer; a success without a body (204) is an empty one. Raises DecodeError."""
        if self.response_type is None:
            return None  # type: ignore[return-value] # such a method's ResponseT is None
        if not data.strip():
            return codecs.decode(self.response_type, b"{}")
        if self.envelope is not None:
            answer = parse(data)
            if answer.__class__ is not dict or self.envelope not in answer:
                raise DecodeError("", answer, f"expected an object with {self.envelope!r}")
            data = json.dumps(answer[self.envelope]).encode()
        return codecs.decode(self.response_type, data)

    def scopes_for(self, body: object) -> tuple[str, ...]:
        """The scopes that a call asks for by default."""
        extra = tuple(each.scope for each in self.extra_scopes if each.applies(body))
        return (*self.scopes, *(scope for scope in extra if scope not in self.scopes))


def note_response(error: DecodeError, method_id: str, response: Response) -> bool:
    """Name the response in an error. Return True where it is large: the error is freed of it, and the caller is to be.

    A kept error would keep the body, and the text that was made of it.
    """
    kind = response.headers.get("content-type", "no content type")[:80]
    name = response.server_request_id[:80]
    error.add_note(
        f"{method_id} answered {response.status} with {kind}{f' (request {name})' if name else ''}"
    )
    if len(response.body) < LARGE:
        return False
    clear_frames(error.__traceback__)
    error.__context__ = None
    return True
