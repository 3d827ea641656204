"""Batches: several calls in one request, each answered as if it had come alone."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Sequence
from email.message import Message
from typing import Any

import pytest
from attrs import frozen
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Hold
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.operations.script import Script
from groundwire_contract.overrides import Change, Overrides
from groundwire_contract.server.batch import Batches
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service
from groundwire_contract.validate.access import Access, Grant, Mode

from .wire import EXPORT, OPERATIONS, PROJECT, Answer, ask, export

MIXED = "multipart/mixed; boundary=b"


def call(verb: str, path: str, body: object = None, *, id_: str = "", **headers: str) -> str:
    """A part with one call."""
    named = f"Content-ID: <{id_}>\r\n" if id_ else ""
    own = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
    if body is not None:
        own += "Content-Type: application/json\r\n"
    text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    return f"Content-Type: application/http\r\n{named}\r\n{verb} {path} HTTP/1.1\r\n{own}\r\n{text}"


def body_of(*calls: str) -> str:
    return "".join(f"--b\r\n{each}\r\n" for each in calls) + "--b--\r\n"


def send(endpoint: str, *calls: str, **headers: str) -> Answer:
    sent = {"content-type": MIXED, **{name.replace("_", "-"): text for name, text in headers.items()}}
    return ask(endpoint, "POST", "/batch", body_of(*calls).encode(), sent)


@frozen
class Part:
    """One answer of a batch."""

    id: str | None
    status: int
    headers: Message
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def rule(self) -> str | None:
        return self.headers["x-groundwire-rule"]


def read(answer: Answer) -> list[Part]:
    """The answers of a batch, as a reader of mail sees them."""
    assert answer.status == 200, answer.body
    kind = f"content-type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(kind + answer.body)
    assert not message.defects
    assert message.get_content_type() == "multipart/mixed"
    found: list[Part] = []
    payload: Any = message.get_payload()
    for part in payload:
        assert part.get_content_type() == "application/http"
        text = str(part.get_payload())
        line, _, rest = text.partition("\r\n")
        status = re.fullmatch(r"HTTP/1\.1 (\d{3}) [A-Za-z ]*", line)
        assert status is not None, line
        head, _, content = rest.partition("\r\n\r\n")
        found.append(Part(part["Content-ID"], int(status[1]), email.message_from_string(head), content))
    return found


def statuses(parts: Sequence[Part]) -> list[int]:
    return [part.status for part in parts]


def test_calls_are_answered_in_order_each_by_its_own_rules(earthengine_contract: EarthEngineContract) -> None:
    endpoint = earthengine_contract.endpoint
    parts = read(
        send(
            endpoint,
            call("POST", EXPORT, export(description="one"), id_="first"),
            call("POST", EXPORT, export(description="\u00e9"), id_="a + b"),
            call("GET", f"{OPERATIONS}/NOPE"),
            call("GET", "/v1beta/nowhere", id_="4"),
            call("GET", f"{OPERATIONS}?prettyPrint=false&pageSize=1", id_="5"),
        )
    )
    assert [part.id for part in parts] == [
        "<response-first>",
        "<response-a + b>",
        None,
        "<response-4>",
        "<response-5>",
    ]
    assert statuses(parts) == [200, 400, 404, 404, 200]
    assert [part.rule for part in parts] == [
        None,
        "description-invalid",
        "operation-not-found",
        "unknown-path",
        None,
    ]
    (operation,) = earthengine_contract.operations
    assert parts[0].json["name"] == operation.name
    assert parts[4].json["operations"][0]["name"] == operation.name
    assert "\n" not in parts[4].text.rstrip("\r\n"), "prettyPrint counts"
    alone = ask(endpoint, "GET", f"{OPERATIONS}/NOPE")
    assert parts[2].text == alone.body.decode()
    assert parts[2].headers["content-type"] == alone.headers["content-type"]
    assert parts[2].headers["content-length"] == alone.headers["content-length"]


def test_each_call_is_a_request_of_its_own(earthengine_contract: EarthEngineContract) -> None:
    before = len(earthengine_contract.requests)
    send(
        earthengine_contract.endpoint,
        call("POST", EXPORT, export(colour="red"), authorization="Bearer secret"),
        call("GET", f"{OPERATIONS}?access_token=secret"),
    )
    first, second = earthengine_contract.requests[before:]
    assert (first.method, first.verdict) == ("earthengine.projects.image.export", "unknown-field")
    assert (second.method, second.verdict) == ("earthengine.projects.operations.list", "accepted")
    assert first.headers["authorization"] == "REDACTED"
    assert second.query == (("access_token", "REDACTED"),)
    with pytest.raises(AssertionError, match='"colour"'):
        earthengine_contract.assert_valid()


def test_headers_of_the_batch_are_those_of_its_calls() -> None:
    tokens = {"ann": Grant(caller="ann", scopes=frozenset({"https://www.googleapis.com/auth/earthengine"}))}
    service = Service(load(), access=Access(mode=Mode.SCOPED, grants=tokens))
    with ServerThread(service) as server:
        alone = call("GET", OPERATIONS)
        own = call("GET", OPERATIONS, Authorization="Bearer other", User_Agent="own")
        parts = read(send(server.endpoint, alone, own, authorization="Bearer ann", user_agent="outer"))
        assert statuses(parts) == [200, 401]
        assert statuses(read(send(server.endpoint, alone))) == [401]
    first, second, _ = service.state.requests
    assert (first.headers["user-agent"], second.headers["user-agent"]) == ("outer", "own")
    assert "content-type" not in first.headers, "headers about the content are the batch's own"
    assert first.headers["host"] in server.endpoint


def test_a_request_id_and_the_queue_count_across_calls(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.queue_limit = 2
    starts = [call("POST", EXPORT, export(requestId=id_)) for id_ in ("a", "a", "b", "c")]
    parts = read(send(earthengine_contract.endpoint, *starts))
    assert [part.rule for part in parts] == [None, "request-id-reused", None, "queue-full"]
    assert len(earthengine_contract.operations) == 2


def test_a_call_that_waits_holds_the_batch_and_nothing_is_done_twice() -> None:
    service = Service(load(), script=Script(pending=0.2, running=0.2))
    with ServerThread(service) as server:
        name = ask(server.endpoint, "POST", EXPORT, export()).json["name"]
        parts = read(
            send(
                server.endpoint,
                call("POST", EXPORT, export()),
                call("POST", f"/v1beta/{name}:wait", {"timeout": "20s"}),
                call("POST", EXPORT, export()),
            )
        )
    assert statuses(parts) == [200, 200, 200]
    assert parts[1].json["done"] is True
    assert len(service.state.requests) == 4
    assert len({part.json["name"] for part in parts}) == 3


def test_a_batch_takes_the_steps_and_answers_of_a_test(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.script(["ok", "503 after", 401], method="image.export")
    earthengine_contract.answers("earthengine.projects.value.compute", {"result": 3})
    starts = [call("POST", EXPORT, export())] * 3
    compute = call(
        "POST", f"/v1/{PROJECT}/value:compute", {"expression": {"result": "0", "values": {"0": {}}}}
    )
    parts = read(send(earthengine_contract.endpoint, *starts, compute))
    assert statuses(parts) == [200, 503, 401, 200]
    assert "www-authenticate" in parts[2].headers
    assert parts[3].json == {"result": 3}
    assert len(earthengine_contract.operations) == 2


def test_a_fault_of_delivery_of_one_call_is_that_of_the_batch(
    earthengine_contract: EarthEngineContract,
) -> None:
    earthengine_contract.script(["ok", "reset after"], method="image.export")
    with pytest.raises(ConnectionError):
        send(earthengine_contract.endpoint, *[call("POST", EXPORT, export())] * 3)
    assert len(earthengine_contract.operations) == 3


@pytest.mark.parametrize(
    ("content_type", "body", "said"),
    [
        ("multipart/mixed", body_of(call("GET", OPERATIONS)), "states no boundary"),
        ("multipart/related; boundary=b", body_of(call("GET", OPERATIONS)), "is not multipart/mixed"),
        ("application/json", "{}", "is not multipart/mixed"),
        ("", "", "is not multipart/mixed"),
        (MIXED, "", "no line is the boundary"),
        (MIXED, "--b--\r\n", "no line is the boundary"),
        ("multipart/mixed; boundary=c", body_of(call("GET", OPERATIONS)), "no line is the boundary"),
        (MIXED, body_of(call("POST", EXPORT, export()))[:-4], "does not end"),
        (MIXED, body_of(call("POST", EXPORT, export()), "GET / HTTP/1.1"), "without an empty line"),
        (MIXED, body_of(call("POST", EXPORT, export()), "\r\nGET / HTTP/1.1"), "part 2 is not of the content type"),
        (MIXED, body_of("Content-Type: application/http\r\nContent-ID: <x>\r\n\r\n"), "part 1 (<x>) does not begin"),
        (MIXED, body_of(call("GET", f"http://localhost{OPERATIONS}")), "does not begin with a verb and a path"),
        (MIXED, body_of(call("get", OPERATIONS)), "does not begin"),
        (MIXED, body_of(call("GET", f"{OPERATIONS}#x")), "does not begin"),
        (MIXED, body_of(call("GET", "/v1beta/a b")), "does not begin"),
        (MIXED, body_of(call("GET", OPERATIONS, id_="a\rb")), "no text"),
        (
            MIXED,
            body_of(call("GET", OPERATIONS).replace("application/http", "application/http\r\nContent-Transfer-Encoding: base64")),
            "no base64",
        ),
    ],
)  # fmt: skip
def test_a_batch_that_cannot_be_read_has_no_effect(
    earthengine_contract: EarthEngineContract, content_type: str, body: str, said: str
) -> None:
    answer = ask(
        earthengine_contract.endpoint, "POST", "/batch", body.encode(), {"content-type": content_type}
    )
    assert (answer.status, answer.rule) == (400, "batch-malformed")
    assert said in answer.message
    assert earthengine_contract.operations == ()
    with pytest.raises(AssertionError, match=re.escape(said)):
        earthengine_contract.assert_valid()


def test_line_ends_encodings_and_folds_are_read(earthengine_contract: EarthEngineContract) -> None:
    plain = body_of(call("GET", OPERATIONS, id_="x"))
    folded = plain.replace("Content-ID: <x>", "content-id:\r\n <x +\r\n y>")
    quoted = plain.replace("\r\n\r\nGET", "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=47ET")
    for body, id_ in (
        (plain, "<response-x>"),
        (plain.replace("\r\n", "\n"), "<response-x>"),
        (f"Who does not know multipart sees this.\r\n{plain}and this", "<response-x>"),
        (folded, "<response-x + y>"),
        (quoted, "<response-x>"),
        (plain.replace(" HTTP/1.1", ""), "<response-x>"),
        (plain.replace("<x>", "x"), "response-x"),
    ):
        answer = ask(
            earthengine_contract.endpoint,
            "POST",
            "/batch?key=k",
            body.encode(),
            {"content-type": 'Multipart/Mixed; charset=utf-8; boundary="b"'},
        )
        (part,) = read(answer)
        assert (part.status, part.id) == (200, id_), body


def test_a_batch_holds_no_batch_and_no_medium(earthengine_contract: EarthEngineContract) -> None:
    parts = read(
        send(
            earthengine_contract.endpoint,
            call("POST", "/batch", body_of(call("GET", OPERATIONS)).replace("--b", "--c")),
            call("POST", "/upload/v1/x?uploadType=media", "x"),
            call("GET", f"{OPERATIONS}?alt=media"),
            call("POST", "/$contract/reset"),
            call("POST", "/token", "grant_type=refresh_token"),
            call("GET", "/$contract/page"),
            call("GET", OPERATIONS),
        )
    )
    assert [part.rule for part in parts] == [
        *["batch-call"] * 3,
        *["unknown-path"] * 3,
        None,
    ]


def test_a_batch_has_at_most_1000_calls(earthengine_contract: EarthEngineContract) -> None:
    start = call("DELETE", f"{OPERATIONS}/NOPE")
    answer = send(earthengine_contract.endpoint, *[start] * 1001)
    assert (answer.status, answer.rule) == (400, "batch-too-large")
    assert answer.message == "A batch has at most 1000 calls, and this one has 1001."
    assert statuses(read(send(earthengine_contract.endpoint, *[start] * 1000))) == [404] * 1000
    earthengine_contract.relax("batch-too-large")
    assert len(read(send(earthengine_contract.endpoint, *[start] * 1001))) == 1001


def test_a_batch_is_no_larger_than_a_request(earthengine_contract: EarthEngineContract) -> None:
    answer = send(earthengine_contract.endpoint, call("POST", EXPORT, export(description="x" * 10485760)))
    assert (answer.status, answer.rule) == (400, "payload-too-large")
    many = body_of(*[call("GET", OPERATIONS)] * 20_000).encode()
    answer = ask(earthengine_contract.endpoint, "POST", "/batch", many, {"content-type": MIXED})
    assert (answer.status, answer.rule) == (400, "batch-malformed")
    assert "more than 10000 parts" in answer.message


def test_calls_behind_64_mib_of_answers_have_no_effect() -> None:
    service = Service(load())
    large = {"operations": [{"name": "x" * 1024 * 1024}]}
    service.overrides.answers["earthengine.projects.operations.list"] = lambda _: large
    with ServerThread(service) as server:
        calls = [call("GET", OPERATIONS)] * 70 + [call("POST", EXPORT, export())]
        parts = read(send(server.endpoint, *calls))
    assert statuses(parts) == [200] * 64 + [400] * 7
    assert parts[-1].rule == "batch-too-large"
    assert service.state.newest(None, None, lambda _: True, 9) == ()


def test_a_refused_batch_is_answered_otherwise_if_a_test_says_so() -> None:
    changes = {"batch-malformed": Change(code=503, message="Later.")}
    with ServerThread(Service(load(), overrides=Overrides(changes=changes))) as server:
        answer = ask(server.endpoint, "POST", "/batch", b"", {"content-type": MIXED})
    assert (answer.status, answer.message) == (503, "Later.")


def test_other_verbs_are_no_batch(earthengine_contract: EarthEngineContract) -> None:
    for verb in ("GET", "PUT"):
        assert ask(earthengine_contract.endpoint, verb, "/batch").rule == "unknown-path"


def test_a_batch_goes_where_the_description_says() -> None:
    document = json.dumps(
        {
            "id": "herds:v1",
            "kind": "discovery#restDescription",
            "name": "herds",
            "version": "v1",
            "title": "Herds",
            "rootUrl": "https://herds.example/",
            "servicePath": "",
            "batchPath": "batch/herds/v1",
            "schemas": {"Herd": {"id": "Herd", "type": "object", "properties": {"name": {"type": "string"}}}},
            "resources": {
                "herds": {
                    "methods": {
                        "get": {
                            "id": "herds.get",
                            "path": "v1/herds/{name}",
                            "httpMethod": "GET",
                            "parameters": {"name": {"type": "string", "location": "path", "required": True}},
                            "parameterOrder": ["name"],
                            "response": {"$ref": "Herd"},
                        }
                    }
                }
            },
        }
    )
    with ServerThread(Service(load(document.encode()))) as server:
        sent = body_of(call("GET", "/v1/herds/a")).encode()
        (part,) = read(ask(server.endpoint, "POST", "/batch/herds/v1", sent, {"content-type": MIXED}))
        assert part.status == 200
        assert part.headers["x-groundwire-example"] is not None
        assert ask(server.endpoint, "POST", "/batch", sent, {"content-type": MIXED}).status == 404


def test_the_python_client_sends_batches(earthengine_contract: EarthEngineContract) -> None:
    discovery: Any = pytest.importorskip("googleapiclient.discovery")
    http: Any = pytest.importorskip("googleapiclient.http")
    errors: Any = pytest.importorskip("googleapiclient.errors")
    url = f"{earthengine_contract.endpoint}/$discovery/rest?version=v1"
    service = discovery.build(
        "earthengine", "v1", http=http.build_http(), discoveryServiceUrl=url, static_discovery=False
    )
    seen: dict[str, Any] = {}

    def keep(id_: str, answer: object, error: Exception | None) -> None:
        seen[id_] = error or answer

    batch = service.new_batch_http_request(callback=keep)
    for description in ("one", "two", "\u00e9"):
        body = export(description=description)
        batch.add(
            service.projects().image().export(project=PROJECT, body=body), request_id=f"start {description}"
        )
    batch.execute()
    assert [each.description for each in earthengine_contract.operations] == ["one", "two"]
    names = [each.name for each in earthengine_contract.operations]
    assert [seen["start one"]["name"], seen["start two"]["name"]] == names
    assert isinstance(seen["start \u00e9"], errors.HttpError)
    assert seen["start \u00e9"].status_code == 400
    batch = service.new_batch_http_request(callback=keep)
    for name in names:
        batch.add(service.projects().operations().cancel(name=name, body={}), request_id=name)
    batch.add(service.projects().operations().list(name=PROJECT, pageSize=1), request_id="list")
    batch.execute()
    assert [seen[name] for name in names] == [{}, {}]
    assert len(seen["list"]["operations"]) == 1
    service.close()


@pytest.mark.parametrize(
    "head", ["GET /?" + "a=b&" * 20_000, f"GET {OPERATIONS} HTTP/1.1\r\n" + "a:\r\n" * 20_000]
)
def test_the_head_of_a_call_is_as_long_as_one_that_comes_alone(
    earthengine_contract: EarthEngineContract, head: str
) -> None:
    answer = send(earthengine_contract.endpoint, f"Content-Type: application/http\r\n\r\n{head}\r\n\r\n")
    assert answer.status == 400
    assert "part 1 has a head of more than 65536 bytes" in answer.json["error"]["message"]


@pytest.mark.parametrize(("seconds", "turns"), [(0.0, 0), (0.004, 1), (1.0, 3)])
def test_other_requests_are_answered_between_the_calls_of_a_long_batch(seconds: float, turns: int) -> None:
    service = Service(load())
    times = iter(range(1_000))
    batches = Batches(service, "/batch", elapsed=lambda: next(times) * seconds)
    sent = body_of(*(call("POST", EXPORT, export(description=f"n{number}")) for number in range(4))).encode()
    exchange = Exchange(
        verb="POST", path="/batch", headers={"content-type": MIXED}, body=sent, length=len(sent)
    )
    answer, held = batches.handle(exchange), 0
    while isinstance(answer, Hold):
        assert answer.seconds == 0
        held += 1
        assert len(service.state.requests) < 4
        answer = batches.handle(exchange, answer)
    assert held == turns
    assert answer.body.count(b"HTTP/1.1 200 OK") == 4
    assert [json.loads(each.sent)["description"] for each in service.state.requests] == [
        "n0",
        "n1",
        "n2",
        "n3",
    ]
