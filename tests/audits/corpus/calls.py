"""A plausible call of any method: values for its parameters, and what the official client makes of the same."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from attrs import frozen
from groundwire_codegen.ir import Api, Kind, Method, Parameter
from groundwire_runtime.clock import Clock
from groundwire_runtime.http import FunctionTransport, Request, Response
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

OURS: Mapping[Kind, Any] = {
    Kind.BOOLEAN: True,
    Kind.INT32: 7,
    Kind.UINT32: 7,
    Kind.INT64: 7,
    Kind.UINT64: 7,
    Kind.FLOAT: 0.5,
    Kind.DOUBLE: 0.5,
    Kind.BYTES: b"\x00\x01",
    Kind.TIMESTAMP: datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC),
    Kind.DATE_TIME: datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC),
    Kind.DURATION: timedelta(seconds=1.5),
    Kind.FIELD_MASK: "displayName,labels.key",
}
THEIRS: Mapping[Kind, Any] = {
    **OURS,
    Kind.BYTES: "AAE=",
    Kind.TIMESTAMP: "2024-02-29T01:02:03Z",
    Kind.DATE_TIME: "2024-02-29T01:02:03Z",
    Kind.DURATION: "1.500s",
}
"""The same for a client that takes texts."""
COMMON: Mapping[str, tuple[str, Any]] = {
    "fields": ("fields", "*"),
    "key": ("key", "AIza-some+key/"),
    "prettyPrint": ("pretty_print", False),
    "quotaUser": ("quota_user", "some user"),
    "$.xgafv": ("xgafv", "2"),
}
"""Parameters of all methods: the option of ours, and a value."""


def _is_plain(text: str) -> bool:
    """Whether a text may stand in a path: no empty or dot segment."""
    return text.isprintable() and not {"", ".", ".."} & set(text.split("/"))


_SEGMENT = re.compile(r"\[\^/\]\+|\[\^/\]\*|\.\*")
_PLAIN = "a b\u00e9"
"""For a segment of a path: characters that are sent as they are, and escaped."""


@cache
def filled(pattern: str, *, in_path: bool = True) -> str:
    """Return a text for a pattern: its segments filled, else the shortest that matches."""
    text = _SEGMENT.sub(lambda _: _PLAIN, pattern).removeprefix("^").removesuffix("$")
    try:
        if re.fullmatch(pattern, text):
            return text
    except re.error:
        pass  # It is of another dialect.
    return matching(pattern, in_path=in_path)


@cache
def matching(pattern: str, *, in_path: bool = True) -> str:
    """The shortest text of printable ASCII that matches, and that a path can hold."""
    alphabet = st.characters(min_codepoint=32, max_codepoint=126)
    calm = settings(
        database=None,
        deadline=None,
        derandomize=True,
        max_examples=200,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    return find(st.from_regex(pattern, alphabet=alphabet), _is_plain if in_path else bool, settings=calm)


def _value(parameter: Parameter, values: Mapping[Kind, Any]) -> Any:
    if parameter.values:
        one: Any = parameter.values[-1]
    elif parameter.rules.pattern and isinstance(values.get(parameter.scalar.kind, ""), str):
        one = filled(parameter.rules.pattern, in_path=parameter.location == "path")
    else:
        one = values.get(parameter.scalar.kind, "some text" if parameter.location == "query" else "some-id")
    if parameter.rules.minimum is not None and not isinstance(one, str):
        one = type(one)(max(one, float(parameter.rules.minimum)))
    if parameter.rules.maximum is not None and not isinstance(one, str):
        one = type(one)(min(one, float(parameter.rules.maximum)))
    return [one, one] if parameter.repeated else one


def _their_value(parameter: Parameter) -> Any:
    """Return the value for google-api-python-client, which matches patterns against texts alone."""
    value = _value(parameter, THEIRS)
    return str(value) if parameter.rules.pattern and isinstance(value, int) else value


@frozen
class Call:
    """One call of a method: the request that its stub sent, and the arguments that it was made from."""

    method: Method
    request: Request
    arguments: Mapping[str, Any]
    """By wire name, for a client that takes texts."""

    @property
    def is_raw(self) -> bool:
        """Whether the body is a google.api.HttpBody, which travels as itself."""
        return (self.method.request or "").endswith("HttpBody")


class OurClient:
    """The generated client, its stubs called one by one; what it sends is kept and answered as a test says."""

    def __init__(self, api: Api, package: ModuleType) -> None:
        self._api = api
        self.sent: list[Request] = []
        self._answers: list[Any] = []
        self.client = package.Client(
            credentials=package.credentials.anonymous(),
            transport=FunctionTransport(self._answer),
            clock=Clock(sleep=lambda _: None),
        )

    def _answer(self, request: Request) -> Response:
        self.sent.append(request)
        value = self._answers.pop(0) if self._answers else {}
        envelope = self._api.methods[request.method_id].envelope
        value = value if envelope is None else {envelope: value}
        return Response(status=200, body=json.dumps(value).encode())

    def script(self, *answers: Any) -> None:
        """Answer the next requests with these JSON values, and forget what was sent."""
        self.sent.clear()
        self._answers = [*answers]

    def invoke(self, method: Method, body: object) -> tuple[Any, list[Parameter]]:
        """Call the stub of a method with a value for every parameter that it takes, which are returned too."""
        place: Any = self.client
        for resource in self._api.resources:
            if method.resource[: len(resource.path)] == resource.path:
                place = getattr(place, resource.name)
        stub = getattr(place, method.name)
        accepted = inspect.signature(stub).parameters
        chosen = [parameter for parameter in method.parameters if parameter.name in accepted]
        first = [_value(each, OURS) for each in chosen if each.required]
        rest = {each.name: _value(each, OURS) for each in chosen if not each.required}
        rest |= dict(self._common(accepted).values())
        return stub(*first, *([] if method.request is None else [body]), **rest), chosen

    def _common(self, accepted: Collection[str]) -> dict[str, tuple[str, Any]]:
        """Return the options for parameters of all methods, by wire name; a parameter of the method wins."""
        wires = (each.wire for each in self._api.parameters)
        return {wire: COMMON[wire] for wire in wires if wire in COMMON and COMMON[wire][0] not in accepted}

    def call(self, method: Method, body: object) -> Call:
        """Call the stub of a method; a listing is asked for its first page."""
        self.script()
        done, chosen = self.invoke(method, body)
        if method.paging is not None:
            next(done.pages())
        [request] = self.sent
        common = self._common({each.name for each in method.parameters})
        theirs = {each.wire: _their_value(each) for each in chosen}
        return Call(method, request, theirs | {wire: value for wire, (_, value) in common.items()})


class OfficialClient:
    """google-api-python-client on the same document: it makes requests, and none is sent."""

    def __init__(self, document: bytes) -> None:
        from google.auth.credentials import AnonymousCredentials
        from googleapiclient.discovery import build_from_document

        self._service = build_from_document(json.loads(document), credentials=AnonymousCredentials())
        self._places: dict[Sequence[str], Any] = {(): self._service}

    def _place(self, path: tuple[str, ...]) -> Any:
        """Return a resource; it is slow to make."""
        from googleapiclient.discovery import fix_method_name

        if path not in self._places:
            self._places[path] = getattr(self._place(path[:-1]), fix_method_name(path[-1]))()
        return self._places[path]

    def request(self, call: Call) -> Any:
        """Its request for the same call, or None where it has no such method: a resource of that name hides it."""
        from googleapiclient.discovery import fix_method_name, key2param

        place = self._place(call.method.resource)
        name = call.method.id.rpartition(".")[2]
        media = call.method.media
        if media is not None and media.download and call.method.response is None:
            # Our stub of a method that gives nothing but a medium asks for it.
            name = f"{name}_media"
        make = getattr(place, fix_method_name(name), None)
        if make is None:
            return None
        arguments = {key2param(wire): value for wire, value in call.arguments.items()}
        if call.request.body is not None:
            # The official client sends a raw body as JSON, which services do not take.
            arguments["body"] = {} if call.is_raw else json.loads(call.request.body)
        try:
            return make(**arguments)
        except TypeError as error:
            # A resource is made without arguments.
            if "unexpected keyword" in str(error) or "positional" in str(error):
                return None
            raise


def differences(call: Call, official: Any) -> list[str]:
    """How our request differs from the official client's."""
    ours, theirs = urlsplit(call.request.url), urlsplit(official.uri)
    own, query = (sorted(parse_qsl(url.query, keep_blank_values=True)) for url in (ours, theirs))
    if ("alt", "json") in query and not any(name == "alt" for name, _ in own):
        query.remove(("alt", "json"))
    body = None if call.request.body is None or call.is_raw else json.loads(call.request.body)
    their_body = json.loads(official.body) if official.body and not call.is_raw else None
    pairs = {
        "verb": (call.request.verb, official.method),
        "host": (ours.netloc, theirs.netloc),
        "path": (ours.path, theirs.path),
        "query": (own, query),
        "body": (body, their_body),
        "content type": (
            call.request.headers.get("content-type"),
            "application/dicom" if call.is_raw else official.headers.get("content-type"),
        ),
        "api version": (
            call.request.headers.get("x-goog-api-version"),
            official.headers.get("x-goog-api-version"),
        ),
    }
    return [
        f"{call.method.id}: {what} {mine!r}, officially {other!r}"
        for what, (mine, other) in pairs.items()
        if mine != other
    ]
