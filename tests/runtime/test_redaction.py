"""A service that repeats a credential in a successful answer: no error shows it, in any form."""

from __future__ import annotations

import base64
import json
import pickle
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import groundwire_exports
import pytest
from attrs import evolve, frozen
from google.auth.api_key import Credentials as ApiKey
from groundwire import Client, ExportImageRequest, Operation, credentials
from groundwire_runtime.errors import (
    DecodeError,
    GroundwireError,
    OperationError,
    OutcomeUnknown,
    ProtocolError,
    TransportError,
)
from groundwire_runtime.events import redacted as redacted_headers
from groundwire_runtime.http import FunctionTransport, Request, Response, Transport
from groundwire_runtime.redaction import redacted_text

from .doubles import Time
from .wire import Wire, plain

SECRET = "ya29.SECRET-abcdefghijklmnop_1234/xyz+Q"
PARTS = ("secret-abc", "abcdefghijklmnop", "1234/xyz", "53454352455", "u0053")
LOGIN = "somebody:pass SECRET-abcdefghijklmnop"
BASIC = base64.b64encode(LOGIN.encode()).decode()
NAME = "projects/p/operations/A"


@frozen
class Header:
    """An authorizer that sets a header and lists no secrets."""

    name: str
    value: str

    def authorize(self, request: Request, transport: Transport) -> Request:
        del transport
        return evolve(request, headers={**request.headers, self.name: self.value})

    def renew(self, request: Request, transport: Transport) -> bool:
        del request, transport
        return False


KINDS: dict[str, Callable[[], Any]] = {
    "a token": lambda: credentials.Token(SECRET),
    "an API key": lambda: ApiKey(SECRET),  # type: ignore[no-untyped-call] # google-auth is untyped here
    "a header of a caller's own": lambda: Header("authorization", f"Bearer {SECRET}"),
    "a key in a caller's own header": lambda: Header("x-goog-api-key", SECRET),
}
ESCAPED = "".join(f"\\u{ord(each):04x}" for each in SECRET)
ANSWERS = {
    "a text for a flag": json.dumps({"done": f"Bearer {SECRET}"}),
    "no JSON": f"hello {SECRET}",
    "no JSON, cut by the limit of an error": "x" * 175 + SECRET,
    "a list": json.dumps([SECRET, [SECRET]]),
    "an object for a text": json.dumps({"name": {SECRET: SECRET}}),
    "not UTF-8": f"\udcff{SECRET}",
    "in JSON escapes": f'{{"done": "{ESCAPED}"}}',
    "in JSON escapes of no JSON": ESCAPED,
    "an escaped slash": json.dumps({"done": SECRET}).replace("/", "\\/"),
    "in a URL": json.dumps({"done": quote(SECRET, safe="")}),
    "in a URL in a URL": json.dumps({"done": quote(quote(SECRET, safe=""))}),
    "in every percent escape": json.dumps({"done": "".join(f"%{ord(each):02x}" for each in SECRET)}),
    "in upper case": json.dumps({"done": SECRET.upper()}),
    "JSON in JSON": json.dumps({"done": json.dumps({"a": SECRET})}),
    "nested as deep as can be": '{"done":' + "[" * 400 + json.dumps(SECRET) + "]" * 400 + "}",
}


def client_of(answer: Response | Callable[[Request], Response], kind: Any, **options: Any) -> Client:
    def function(request: Request) -> Response:
        return answer if isinstance(answer, Response) else answer(request)

    return Client(
        project="p",
        credentials=kind,
        retry=None,
        transport=FunctionTransport(function),
        clock=Time().clock(),
        **options,
    )


def answered(body: str, **headers: str) -> Response:
    return Response(status=200, headers=headers, body=body.encode("utf-8", "surrogateescape"))


def renderings(error: BaseException) -> Iterator[str]:
    """Everything that is printed or stored of an error, the local variables of its frames included."""
    pending = [traceback.TracebackException.from_exception(error, capture_locals=True)]
    for current in pending:
        yield "".join(current.format_exception_only())
        yield from (
            f"{each.name} {each.locals}"
            for each in current.stack
            if not Path(each.filename).is_relative_to(Path(__file__).parents[1])
        )
        pending += [each for each in (current.__cause__, current.__context__) if each is not None]
    stored: BaseException = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    yield from (str(error), repr(error), repr(error.args), repr(vars(error)), repr(vars(stored)))


def check_silent(error: BaseException, parts: tuple[str, ...] = PARTS, *, frames: bool = True) -> None:
    texts = [*renderings(error if frames else error.with_traceback(None))]
    assert len(texts) > 5
    assert not [text for text in texts for part in parts if part in text.lower()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ANSWERS)
def test_no_error_about_an_answer_repeats_a_credential(form: str, kind: str) -> None:
    answer = answered(
        ANSWERS[form], **{"content-type": f"application/{SECRET}+json", "x-request-id": "a" * 70 + SECRET}
    )
    client = client_of(answer, KINDS[kind]())
    with pytest.raises(DecodeError) as caught:
        client.projects.operations.get(NAME)
    check_silent(caught.value)
    assert "..." in str(caught.value)
    assert "answered 200 with application/..." in caught.value.__notes__[0]


@pytest.mark.parametrize("text", [BASIC, LOGIN, quote(LOGIN), LOGIN.partition(":")[2]])
@pytest.mark.parametrize("status", [200, 403])
def test_a_login_is_redacted_in_each_of_its_forms(status: int, text: str) -> None:
    body = {"error": {"message": text}, "done": text}
    answer = Response(status=status, body=json.dumps(body).encode())
    with pytest.raises(GroundwireError) as caught:
        client_of(answer, Header("authorization", f"Basic {BASIC}")).projects.operations.get(NAME)
    check_silent(caught.value, ("secret-abc", BASIC[12:30].lower()))


@pytest.mark.parametrize("form", ["in JSON escapes", "in a URL", "in upper case", "JSON in JSON"])
def test_an_error_body_repeats_a_credential_in_no_form(form: str) -> None:
    value = json.loads(ANSWERS[form])["done"]
    body = json.dumps({"error": {"message": f"no: {value}", "details": [{"a": value}]}})
    with pytest.raises(GroundwireError, match=r"no: ") as caught:
        client_of(
            Response(status=403, body=body.encode()), credentials.Token(SECRET)
        ).projects.operations.get(NAME)
    check_silent(caught.value)


def test_the_value_of_an_error_keeps_all_but_the_credential() -> None:
    answer = answered(json.dumps([1, None, True, 2.5, {"a": f"x {SECRET}, y"}]))
    with pytest.raises(DecodeError) as caught:
        client_of(answer, credentials.Token(SECRET)).projects.operations.get(NAME)
    assert caught.value.value == [1, None, True, 2.5, {"a": "x ..., y"}]


def test_a_credential_of_digits_is_redacted_as_a_number_too() -> None:
    with pytest.raises(DecodeError) as caught:
        client_of(
            answered('{"name": 1234567890123}'), credentials.Token("1234567890123")
        ).projects.operations.get(NAME)
    assert caught.value.value == "..."


def test_values_of_decoded_messages_stay() -> None:
    answer = answered(json.dumps({"name": SECRET, "x": SECRET}))
    operation = client_of(answer, credentials.Token(SECRET)).projects.operations.get(NAME)
    assert (operation.name, operation.unknown_fields) == (SECRET, {"x": SECRET})


def test_without_credentials_an_error_is_as_it_was() -> None:
    with pytest.raises(DecodeError) as caught:
        client_of(answered(ANSWERS["no JSON"]), credentials.anonymous()).projects.operations.get(NAME)
    assert caught.value.value == f"hello {SECRET}"


def failed(message: str) -> Response:
    return answered(json.dumps({"name": NAME, "done": True, "error": {"code": 3, "message": message}}))


def waited(answer: Response, *, export: bool) -> GroundwireError:
    client = client_of(answer, credentials.Token(SECRET))
    running = Operation(name=NAME)
    with pytest.raises(GroundwireError) as caught:
        if export:
            groundwire_exports.Export(client, running).wait()
        else:
            client.wait(running)
    return caught.value


@pytest.mark.parametrize("export", [False, True])
def test_the_error_of_a_wait_repeats_no_credential(export: bool) -> None:
    error = waited(failed(f"no access with Bearer {SECRET}"), export=export)
    assert isinstance(error, OperationError)
    assert str(error).startswith(f"{NAME} failed: no access with Bearer ...")
    assert error.operation.result.message.endswith(SECRET)
    error.operation = None
    # The handle of an export is the caller's, and shows its last state.
    check_silent(error, frames=not export)


@pytest.mark.parametrize("export", [False, True])
def test_an_operation_that_is_named_as_the_credential(export: bool) -> None:
    error = waited(answered(json.dumps({"name": SECRET})), export=export)
    assert isinstance(error, ProtocolError)
    check_silent(error)


def test_a_refreshed_export_that_is_named_as_the_credential() -> None:
    client = client_of(answered(json.dumps({"name": SECRET})), credentials.Token(SECRET))
    with pytest.raises(ProtocolError) as caught:
        groundwire_exports.Export(client, NAME).refresh()
    assert SECRET not in str(caught.value)


def test_two_starts_that_are_answered_with_the_credential() -> None:
    client = client_of(answered(json.dumps({"name": SECRET})), credentials.Token(SECRET))
    client.projects.image.export(ExportImageRequest())
    with pytest.raises(OutcomeUnknown) as caught:
        client.projects.image.export(ExportImageRequest())
    check_silent(caught.value)


def test_a_content_encoding_is_quoted_only_if_it_is_a_known_one() -> None:
    with (
        Wire([plain(b"{}", content_encoding=SECRET), plain(b"{}", content_encoding="br")]) as wire,
        Client(endpoint=wire.url, credentials=credentials.Token(SECRET), retry=None) as client,
    ):
        with pytest.raises(TransportError, match="content-encoding of an unknown name") as caught:
            client.projects.operations.get(NAME)
        check_silent(caught.value)
        with pytest.raises(TransportError, match="content-encoding 'br'"):
            client.projects.operations.get(NAME)


def test_an_error_of_a_transport_repeats_no_credential() -> None:
    def fail(request: Request) -> Response:
        raise TransportError(f"{request.method_id}: {SECRET.lower()}", sent=True) from ValueError(
            SECRET.upper()
        )

    with pytest.raises(TransportError) as caught:
        client_of(fail, credentials.Token(SECRET)).projects.operations.get(NAME)
    check_silent(caught.value)


def test_a_header_that_repeats_a_credential_in_another_form_is_not_logged() -> None:
    headers = {"server": f"a {SECRET.lower()}", "vary": quote(SECRET, safe=""), "date": "today"}
    assert redacted_headers(headers, [SECRET]) == {"server": "...", "vary": "...", "date": "today"}


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ('pa"ss\\wo rd12', 'pa\\"ss\\\\wo rd12'),
        ("pass%25word", "pass%2525word"),
        ("%%%%password", "%25%25%25%25password"),
        ("pässwörd-ü", "p%C3%A4ssw%c3%b6rd-%C3%BC"),
        ("pässwörd-ü", "p\\u00e4ssw\\u00f6rd-\\u00FC"),
        ("pässwörd-ü", "PÄSSWÖRD-Ü"),
        ("a-long-secret", "a-long-s"),
        ("a-long-secret", "a-long-secret-and-more"),
    ],
)
def test_a_secret_is_found_in_each_form(secret: str, text: str) -> None:
    assert redacted_text(f"[{text}]", ["another-one", secret]) == "[...]"


@pytest.mark.parametrize("text", ["a-long-", "long-secret", "%61%62", "\\" * 50, "%25" * 50])
def test_other_text_stays(text: str) -> None:
    assert redacted_text(text, ["a-long-secret", "short"]) == text


@pytest.mark.parametrize("piece", ["\\", "%25", "\\u0061", "a-long-s", "a-long-secre! "])
def test_a_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    """A pattern that reads a run of escapes once for each of its characters would not end."""
    text = piece * (400_000 // len(piece))
    assert isinstance(redacted_text(text, ["a-long-secret" * 20]), str)
