"""Clients of APIs that OpenAPI describes: what a call sends, and how an answer is read."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from attrs import frozen
from groundwire_runtime import errors
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer, RestContent, WithMediaType
from groundwire_runtime.forms import RestPart
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.messages import ABSENT, Message, keep_containers
from groundwire_runtime.options import RestCallOptions
from groundwire_runtime.rest_auth import RestScheme
from groundwire_runtime.rest_client import RestClient
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.schema import ANY, BOOLEAN, INT32, STRING, Field, ListOf, Ref
from groundwire_runtime.servers import RestServer
from groundwire_runtime.styles import StyledParameter

from .doubles import Script, Time, rest_client


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Tile(Message):
    zoom: int | None = None
    tags: Any = ABSENT


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Job(Message):
    job: str


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Problem(Message):
    title: str | None = None
    code: int | None = None


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Run(Message):
    name: str | None = None
    done: bool | None = None
    metadata: str | None = None


CODECS = Codecs(
    SimpleNamespace(Tile=Tile, Job=Job, Problem=Problem, Run=Run),
    {
        "Run": lambda: (Field("name", STRING), Field("done", BOOLEAN), Field("metadata", STRING)),
        "Tile": lambda: (Field("zoom", INT32), Field("tags", ListOf(STRING))),
        "Job": lambda: (Field("job", STRING),),
        "Problem": lambda: (Field("title", STRING), Field("code", INT32)),
    },
)
TILE = RestContent(media_type="application/json", type=Ref("Tile"))
JOB = RestContent(media_type="application/json", type=Ref("Job"))
PROBLEM = RestContent(media_type="application/problem+json", type=Ref("Problem"))
RUN = RestContent(media_type="application/json", type=Ref("Run"))
PNG = RestContent(media_type="image/png", encoding="bytes")
TEXT = RestContent(media_type="text/plain", encoding="text")
SERVERS = (
    RestServer(
        "https://{region}.tiles.example:{port}/v1", (("region", "eu", ("eu", "us")), ("port", "443", ()))
    ),
    RestServer("https://next.example"),
    RestServer("/v1"),
)


def method(verb: str = "GET", **facts: Any) -> RestMethod[Any]:
    made: dict[str, Any] = {"id": "m", "verb": verb, "path": "/tiles", **facts}
    return RestMethod[Any](**made)


def client(made: RestMethod[Any], transport: Any, **options: Any) -> RestClient:
    return rest_client(
        CODECS, made, **{"servers": SERVERS, "transport": transport, "clock": Time().clock(), **options}
    )


def call(
    made: RestMethod[Any],
    response: Response | None = None,
    parameters: Mapping[str, object] | None = None,
    body: object = None,
    **options: Any,
) -> Any:
    """Return the answer of a call, which gets this response; "sent" is the request where it gets none."""
    requests: list[Request] = []

    def send(request: Request) -> Response:
        requests.append(request)
        return response or Response(status=204)

    answer = client(made, FunctionTransport(send), **options).call(made, parameters or {}, body, {})
    return requests[0] if response is None else answer


def json(text: str, status: int = 200, media_type: str = "application/json") -> Response:
    return Response(status=status, headers={"content-type": media_type}, body=text.encode())


EMPTY = (RestAnswer(204, 204),)


# --- what is sent


def test_a_request_says_which_media_types_are_stated() -> None:
    answers = (
        RestAnswer(404, 404, (PROBLEM,)),
        RestAnswer(200, 200, (PNG, TILE)),
        RestAnswer(202, 202, (JOB,)),
        RestAnswer(204, 204),
    )
    sent = call(method(answers=answers))
    assert sent.headers["accept"] == "image/png, application/json, application/problem+json"
    assert call(method(answers=EMPTY)).headers["accept"] == "*/*"
    assert sent.headers["user-agent"].startswith("groundwire/")
    assert "x-goog-api-client" not in sent.headers


def test_json_is_preferred_to_the_page_that_a_service_has_for_people() -> None:
    page = RestContent(media_type="text/html", encoding="text")
    answers = (RestAnswer(200, 200, (page, TILE)), RestAnswer(400, 499, (page, PROBLEM)))
    sent = call(method(answers=answers))
    assert sent.headers["accept"] == "text/html;q=0.9, application/json, application/problem+json"
    assert call(method(answers=(RestAnswer(200, 200, (page,)),))).headers["accept"] == "text/html"


def test_a_caller_asks_for_one_of_the_media_types() -> None:
    wild = RestContent(media_type="image/*", encoding="bytes")
    made = method(answers=(RestAnswer(200, 200, (TILE, wild)), RestAnswer(404, 404, (PROBLEM,))))

    def asked(accept: Any) -> str:
        requests: list[Request] = []

        def send(request: Request) -> Response:
            requests.append(request)
            return Response(status=200, headers={"content-type": "image/png"}, body=b"\x89PNG")

        options: RestCallOptions = {"accept": accept}
        assert client(made, FunctionTransport(send)).call(made, {}, None, options) == b"\x89PNG"
        return requests[0].headers["accept"]

    assert asked("image/png") == "image/png, application/problem+json"
    assert asked("application/json;v=1") == "application/json;v=1, application/problem+json"
    for wrong in ("text/csv", "", "image/png\r\nx: y", None, 7):
        with pytest.raises(errors.ArgumentError, match="accept"):
            asked(wrong)


@pytest.mark.parametrize(
    ("body", "media_type", "data"),
    [
        (Tile(zoom=1), "application/json", b'{"zoom":1}'),
        ([Tile(zoom=1)], "application/geo+json", b'[{"zoom":1}]'),
        ("a,b", "text/csv", b"a,b"),
        ("\u00fc", "text/csv; charset=utf-8", "\u00fc".encode()),
        (b"\x89PNG", "application/octet-stream", b"\x89PNG"),
        (WithMediaType(b"\x89PNG", "image/png"), "image/png", b"\x89PNG"),
        (WithMediaType([], "application/geo+json; v=1"), "application/geo+json; v=1", b"[]"),
    ],
)
def test_a_body_is_sent_as_the_first_content_that_takes_it(body: Any, media_type: str, data: bytes) -> None:
    made = method(
        "POST",
        bodies=(
            TILE,
            RestContent(media_type="application/geo+json", type=ListOf(Ref("Tile"))),
            RestContent(media_type="text/csv", encoding="text"),
            RestContent(media_type="*/*", encoding="bytes"),
        ),
        answers=EMPTY,
    )
    sent = call(made, body=body)
    assert (sent.headers["content-type"], sent.body) == (media_type, data)


def test_a_range_of_json_types_takes_each_of_them() -> None:
    ranged = RestContent(media_type="application/*+json", type=Ref("Tile"))
    made = method("POST", bodies=(TILE, ranged), answers=EMPTY)
    sent = call(made, body=WithMediaType(Tile(zoom=1), "application/vnd.tile+json"))
    assert (sent.headers["content-type"], sent.body) == ("application/vnd.tile+json", b'{"zoom":1}')
    with pytest.raises(errors.ArgumentError, match="takes application/json"):
        call(made, body=WithMediaType(Tile(zoom=1), "application/vnd.tile"))


def test_a_form_is_written_by_the_styles_of_its_members() -> None:
    content = RestContent(
        media_type="application/x-www-form-urlencoded",
        type=ANY,
        encoding="form",
        parts=(
            RestPart(name="deep", style="deepObject"),
            RestPart(name="joined", style="form", explode=False),
        ),
    )
    value = {
        "text": "a b&c",
        "number": 1.50,
        "no": None,
        "list": ["x", True],
        "joined": [1, 2],
        "object": {"k": [1.0, "v"]},
        "deep": {"k": "v"},
    }
    sent = call(method("POST", bodies=(content,), answers=EMPTY), body=value)
    assert sent.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qsl(sent.body.decode(), strict_parsing=True) == [
        ("text", "a b&c"),
        ("number", "1.5"),
        ("list", "x"),
        ("list", "true"),
        ("joined", "1,2"),
        ("object", '{"k":[1.0,"v"]}'),
        ("deep[k]", "v"),
    ]
    with pytest.raises(errors.EncodeError, match="expected an object"):
        call(method("POST", bodies=(content,), answers=EMPTY), body=["x"])


@pytest.mark.parametrize("verb", ["GET", "DELETE", "HEAD", "OPTIONS"])
def test_any_verb_may_have_a_body(verb: str) -> None:
    assert call(method(verb, bodies=(TILE,), answers=EMPTY), body=Tile()).body == b"{}"


def test_a_body_may_be_left_out_where_it_is_optional() -> None:
    sent = call(method("POST", bodies=(TILE,), body_required=False, answers=EMPTY))
    assert sent.body is None
    assert "content-type" not in sent.headers


@pytest.mark.parametrize(
    ("bodies", "body", "text"),
    [
        ((TILE,), None, "needs a body"),
        ((), Tile(), "takes no body"),
        ((TILE,), {"zoom": 1}, "expected Tile"),
        ((TILE, JOB), Job(job=1), "/job: expected a str"),  # type: ignore[arg-type] # wrong on purpose
        ((TEXT,), b"a", "expected a str"),
        ((RestContent(media_type="image/*", encoding="bytes"),), b"a", "is a range"),
        ((TILE,), WithMediaType(Tile(), "text/csv"), "takes application/json"),
        (
            (RestContent(media_type="*/*", encoding="bytes"),),
            WithMediaType(b"", "a\r\nb: c"),
            "printable ASCII",
        ),
    ],
)
def test_a_body_that_the_method_does_not_take(bodies: Any, body: Any, text: str) -> None:
    with pytest.raises((errors.ArgumentError, errors.EncodeError), match=text):
        call(method("POST", bodies=bodies, answers=EMPTY), body=body)


def test_an_unknown_parameter_names_those_that_exist() -> None:
    made = method(parameters=(StyledParameter(name="limit", location="query"),))
    with pytest.raises(errors.ArgumentError, match=r"limits: m has no such parameter \(It has limit\.\)"):
        call(made, parameters={"limits": "1"})


def test_the_client_fills_a_parameter_that_it_holds() -> None:
    made = method(
        parameters=(StyledParameter(name="project", location="header", held="project"),), answers=EMPTY
    )
    assert call(made, held={"project": "p"}).headers["project"] == "p"
    assert call(made, parameters={"project": "q"}, held={"project": "p"}).headers["project"] == "q"


# --- servers


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://eu.tiles.example:443/v1/tiles"),
        ({"server_variables": {"region": "us", "port": "8443"}}, "https://us.tiles.example:8443/v1/tiles"),
        ({"server": 1}, "https://next.example/tiles"),
        ({"server": "https://next.example"}, "https://next.example/tiles"),
        ({"endpoint": "http://localhost:8080/x/"}, "http://localhost:8080/x/tiles"),
        ({"endpoint": "https://own.example", "server": 2}, "https://own.example/tiles"),
    ],
)
def test_a_server_is_chosen(options: Any, url: str) -> None:
    assert call(method(answers=EMPTY), **options).url == url


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"server": 2}, r"relative.*endpoint=.https://HOST/v1"),
        ({"server": 3}, r"no server '3', it has 0: "),
        ({"server": "https://other.example"}, "no server"),
        ({"server_variables": {"region": "mars"}}, "expected one of eu, us"),
        ({"server_variables": {"port": "1@evil.example/"}}, "expected a text without"),
        ({"server_variables": {"regoin": "eu"}}, r"no variable 'regoin' \(It has region"),
        ({"endpoint": "http://far.example"}, "refused"),
    ],
)
def test_a_server_that_cannot_be_used(options: Any, text: str) -> None:
    with pytest.raises(errors.ArgumentError, match=text):
        call(method(answers=EMPTY), **options)


def test_a_method_may_have_a_server_of_its_own() -> None:
    made = method(server="https://bulk.example/v2", answers=EMPTY)
    assert call(made).url == "https://bulk.example/v2/tiles"
    assert call(method(server="../v3", answers=EMPTY)).url == "https://eu.tiles.example:443/v3/tiles"
    assert call(made, endpoint="http://localhost:1").url == "http://localhost:1/tiles"


# --- answers


STATED = (
    RestAnswer(200, 200, (TILE, TEXT, PNG)),
    RestAnswer(200, 299, (JOB,)),
    RestAnswer(404, 404, (PROBLEM,)),
)


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (json('{"zoom":1}'), Tile(zoom=1)),
        (json('{"zoom":1}', media_type="Application/JSON; charset=UTF-8"), Tile(zoom=1)),
        (json('{"zoom":1}', media_type="application/geo+json"), Tile(zoom=1)),
        (json('{"job":"j"}', 202), Job(job="j")),
        (json("a\u00fc", media_type="text/plain"), "a\u00fc"),
        (
            Response(status=200, headers={"content-type": "text/plain; charset=latin-1"}, body=b"\xfc"),
            "\u00fc",
        ),
        (Response(status=200, headers={"content-type": "image/png"}, body=b"\x89"), b"\x89"),
        (Response(status=200, headers={"content-type": "text/html"}, body=b"<p>"), b"<p>"),
        (Response(status=200, headers={"content-type": "application/xml"}, body=b"<p/>"), b"<p/>"),
        (Response(status=200, body=b"?"), b"?"),
    ],
)
def test_an_answer_is_read_by_its_status_and_its_media_type(response: Response, answer: object) -> None:
    assert call(method(answers=STATED), response) == answer


def test_a_status_that_is_not_stated_is_read_as_what_is() -> None:
    made = method(answers=(RestAnswer(201, 201, (TILE,)),))
    assert call(made, json('{"zoom":1}', 200)) == Tile(zoom=1)
    assert call(made, Response(status=200, body=b'{"zoom":1}')) == Tile(zoom=1)
    assert call(method(), Response(status=200, body=b"a")) == b"a"
    assert call(method(), Response(status=204)) is None


@pytest.mark.parametrize(
    "kind", ["", "application/json", "text/html; charset=utf-16", "image/png", "no type"]
)
@pytest.mark.parametrize("body", [b"", b"{}", b'{"zoom":', b"\xff\x00", b"[1e999]"])
@pytest.mark.parametrize("status", [200, 204, 299])
@pytest.mark.parametrize(
    "stated",
    [
        (RestAnswer(200, 299),),
        (RestAnswer(204, 204),),
        (RestAnswer(201, 201), RestAnswer(404, 404, (PROBLEM,))),
    ],
)
def test_a_body_that_no_answer_has_is_left(kind: str, body: bytes, status: int, stated: Any) -> None:
    headers = {"content-type": kind} if kind else {}
    made = method("DELETE", answers=stated)
    response = Response(status=status, headers=headers, body=body)
    assert call(made, response) is None
    with client(made, Script([response])) as one:
        answer = one.with_response(lambda **options: one.call(made, {}, None, options))
    assert (answer.value, answer.status, answer.headers) == (None, status, headers)


def test_ranges_of_media_types_are_described() -> None:
    wild = (RestContent(media_type="image/*", encoding="bytes"), RestContent(media_type="*/*", type=ANY))
    made = method(answers=(RestAnswer(200, 200, wild),))
    assert call(made, Response(status=200, headers={"content-type": "image/gif"}, body=b"1")) == b"1"
    assert call(made, json("1")) == 1


@pytest.mark.parametrize("response", [Response(status=204), Response(status=205), Response(status=200)])
@pytest.mark.parametrize(
    ("answers", "answer"),
    [
        (EMPTY, None),
        ((RestAnswer(200, 200, (TILE,)), RestAnswer(204, 204)), None),
        ((RestAnswer(200, 299, (TILE,)),), Tile()),
        ((RestAnswer(200, 299, (JOB, TILE)),), Tile()),
        ((RestAnswer(200, 299, (TEXT,)),), ""),
        ((RestAnswer(200, 299, (PNG,)),), b""),
    ],
)
def test_an_answer_without_a_body(response: Response, answers: Any, answer: object) -> None:
    assert call(method("POST", answers=answers), response) == answer


def test_a_missing_answer_says_that_the_call_had_its_effect() -> None:
    with pytest.raises(errors.ProtocolError, match=r"answered 200 without the body .* had its effect"):
        call(method("POST", answers=(RestAnswer(200, 200, (JOB,)),)), Response(status=200))


def test_a_head_has_no_answer() -> None:
    assert call(method("HEAD", answers=STATED), json("")) is None


def test_an_answer_that_cannot_be_read_names_the_response() -> None:
    with pytest.raises(errors.DecodeError, match="/zoom: expected an int32") as caught:
        call(method(answers=STATED), json('{"zoom":"x"}'))
    assert caught.value.__notes__ == ["m answered 200 with application/json"]
    with pytest.raises(errors.DecodeError, match="not text as text/plain"):
        call(
            method(answers=STATED), Response(status=200, headers={"content-type": "text/plain"}, body=b"\xff")
        )


# --- errors

FAILURES = (
    RestAnswer(200, 200, (TILE,)),
    RestAnswer(404, 404, (PROBLEM,)),
    RestAnswer(400, 499, (RestContent(media_type="application/json", type=Ref("Job")),)),
    RestAnswer(100, 599, (TEXT,)),
)


def refused(response: Response, **facts: Any) -> errors.ApiError:
    with pytest.raises(errors.ApiError) as caught:
        call(method(**{"answers": FAILURES, **facts}), response, retry=None)
    return caught.value


def test_an_error_has_its_body_as_the_status_states_it() -> None:
    error = refused(json('{"title":"Gone","detail":"No tile","code":7}', 404, "application/problem+json"))
    assert isinstance(error, errors.NotFound)
    assert str(error) == "404: Gone: No tile"
    assert error.body_typed == Problem(title="Gone", code=7, unknown_fields={"detail": "No tile"})
    assert error.body_as(Problem) is error.body_typed
    assert error.body.startswith(b'{"title"')
    assert refused(json('{"job":"j"}', 422)).body_typed == Job(job="j")
    assert refused(json("broken", 500, "text/plain")).body_typed == "broken"


def test_an_error_may_be_read_as_another_message() -> None:
    error = refused(json('{"job":"j"}', 404))
    assert error.body_as(Job) == Job(job="j")
    assert refused(json('{"nothing":1}', 409)).body_as(Job) is None


@pytest.mark.parametrize(
    "response",
    [
        json('{"code":"seven"}', 404, "application/problem+json"),
        json("{", 404, "application/problem+json"),
        json("[" * 100_000, 404, "application/problem+json"),
        json("", 404, "application/problem+json"),
        json("<html>", 404, "text/html"),
        Response(status=500, headers={"content-type": "text/plain; charset=no-such"}, body=b"\xff"),
        Response(status=404),
    ],
)
def test_a_body_that_cannot_be_read_never_hides_the_error(response: Response) -> None:
    error = refused(response)
    assert error.http_status == response.status
    assert error.body_typed is None
    assert error.body_as(Job) is None


@pytest.mark.parametrize("status", [300, 301, 304, 307, 399])
def test_a_status_below_400_is_an_error(status: int) -> None:
    assert refused(Response(status=status)).http_status == status


def test_a_long_body_of_an_error_is_cut() -> None:
    error = refused(json(f'{{"title":"{"x" * 2_000_000}"}}', 404, "application/problem+json"))
    assert len(error.body) == 1024 * 1024


def test_an_error_holds_no_stream() -> None:
    lines = RestContent(media_type="application/x-ndjson", type=Ref("Job"), encoding="lines")
    error = refused(
        json('{"job":"j"}', 500, "application/x-ndjson"), answers=(RestAnswer(500, 500, (lines,)),)
    )
    assert (error.body_typed, error.body) == (None, b'{"job":"j"}')
    assert pickle.loads(pickle.dumps(error)).body == error.body  # noqa: S301 - its own


def test_an_error_is_pickled_with_its_body() -> None:
    error = refused(json('{"title":"t"}', 500, "text/plain"))
    loaded = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own
    assert (loaded.body, loaded.body_typed) == (error.body, error.body_typed)
    assert loaded.body_as(Job) is None


# --- retries


def sent_by(made: RestMethod[Any], *answers: Any, **parameters: object) -> tuple[list[Request], Any]:
    """Return the sends of a call with these answers, and its answer or its error."""
    script = Script([*answers])
    answer: Any
    try:
        answer = client(made, script).call(made, parameters, None, {})
    except errors.GroundwireError as error:
        answer = error
    return script.requests, answer


LOST = errors.TransportError("lost", sent=True)
DONE = Response(status=204)
BUSY, LIMITED = Response(status=503), Response(status=429, headers={"retry-after": "7"})


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("first", [LOST, BUSY, LIMITED])
def test_an_idempotent_verb_is_sent_again(verb: str, first: Any) -> None:
    requests, _ = sent_by(method(verb, answers=EMPTY), first, DONE)
    assert len(requests) == 2


@pytest.mark.parametrize("verb", ["POST", "PATCH"])
@pytest.mark.parametrize(("first", "sends"), [(LOST, 1), (BUSY, 1), (Response(status=500), 1), (LIMITED, 2)])
def test_another_verb_is_sent_again_after_a_429_alone(verb: str, first: Any, sends: int) -> None:
    requests, _ = sent_by(method(verb, answers=EMPTY), first, DONE)
    assert len(requests) == sends


@pytest.mark.parametrize("first", [LOST, BUSY, LIMITED])
def test_the_overlay_states_what_is_idempotent(first: Any) -> None:
    assert len(sent_by(method("POST", idempotent=True, answers=EMPTY), first, DONE)[0]) == 2
    assert len(sent_by(method("PUT", idempotent=False, answers=EMPTY), first, DONE)[0]) == 1


KEYED = method(
    "POST",
    parameters=(StyledParameter(name="Idempotency-Key", location="header", required=True),),
    idempotency_key="Idempotency-Key",
    answers=EMPTY,
)


def test_an_idempotency_key_is_filled_once_and_kept() -> None:
    requests, answer = sent_by(KEYED, LOST, BUSY, DONE)
    assert answer is None
    assert [each.headers["idempotency-key"] for each in requests] == ["id-1"] * 3
    requests, _ = sent_by(KEYED, DONE, **{"Idempotency-Key": "own"})
    assert requests[0].headers["idempotency-key"] == "own"


def test_a_lost_call_with_a_key_can_be_made_again() -> None:
    _, error = sent_by(KEYED, *[LOST] * 10)
    assert isinstance(error, errors.OutcomeUnknown)
    assert error.request_id == "id-1"


def test_a_wait_is_as_long_as_the_service_asks() -> None:
    time = Time()
    made = method("POST", answers=EMPTY)
    client(made, Script([LIMITED, DONE]), clock=time.clock()).call(made, {}, None, {})
    assert len(time.sleeps) == 1
    assert 7 <= time.sleeps[0] <= 7.7


def test_options_of_googles_calls_are_none_here() -> None:
    made = method(answers=EMPTY)
    with pytest.raises(
        TypeError, match="unexpected keyword argument 'scopes'; options are accept, headers, retry, timeout"
    ):
        client(made, Script()).call(made, {}, None, {"scopes": ["s"]})  # type: ignore[typeddict-unknown-key] # on purpose


def test_answers_that_look_like_operations_of_googles_may_have_one_name() -> None:
    one = client(
        method(
            verb="POST",
            idempotency_key="key",
            parameters=(StyledParameter(name="key", wire="Idempotency-Key", location="header"),),
            answers=(RestAnswer(200, 200, (RUN,)),),
        ),
        FunctionTransport(lambda _: json('{"name": "n", "done": false, "metadata": "m"}')),
    )
    assert [one.call(one.methods["m"], {}, None, {}).name for _ in range(2)] == ["n", "n"]


# --- headers of a call


def test_headers_of_a_call_go_beside_those_of_the_client() -> None:
    traced = StyledParameter(name="X-Trace", location="header", type=STRING)
    read = RestMethod[Any](
        id="read",
        verb="GET",
        path="/tile",
        parameters=(traced,),
        answers=(RestAnswer(200, 200, (TILE,)),),
    )
    script = Script(forever=Response(status=200, headers={"etag": "1"}, body=b"{}"))
    schemes = {"key": RestScheme(kind="apiKey", location="header", name="X-Api-Key")}
    client = rest_client(
        CODECS,
        read,
        endpoint="https://a.example",
        transport=script,
        schemes=schemes,
        auth={"key": "k-12345678"},
    )
    client.call(read, {"X-Trace": "a"}, None, {"headers": {"If-None-Match": "1", "x-trace": "a"}})
    sent = script.requests[0].headers
    assert (sent["if-none-match"], sent["x-trace"], sent["x-api-key"]) == ("1", "a", "k-12345678")
    options: list[Any] = [
        {"x-trace": "b"},
        {"X-Api-Key": "mine"},
        {"accept": "image/png"},
        {"Authorization": "x"},
        {5: "a"},
        5,
    ]
    for headers in options:
        with pytest.raises(errors.ArgumentError, match=r"^headers: "):
            client.call(read, {"X-Trace": "a"}, None, {"headers": headers})
    assert len(script.requests) == 1


def test_an_answer_that_has_not_changed() -> None:
    read = RestMethod[Any](id="read", verb="GET", path="/tile", answers=(RestAnswer(200, 200, (TILE,)),))
    script = Script(forever=Response(status=304, headers={"etag": "1"}))
    client = rest_client(CODECS, read, endpoint="https://a.example", transport=script)
    with pytest.raises(errors.NotModified) as caught:
        client.with_response(client.call, read, {}, None, {"headers": {"if-none-match": "1"}})
    assert caught.value.headers == {"etag": "1"}
