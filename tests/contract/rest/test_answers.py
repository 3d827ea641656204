"""What a service of an OpenAPI document answers: nothing that is invented."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_contract.given import Answer, AnswerError, given_of

from .huts import DOCUMENT, TOKEN, Huts

HUT = {"id": 1, "name": "A"}


@pytest.fixture
def huts() -> Huts:
    return Huts()


def test_without_an_answer_a_method_is_501_and_says_how_to_give_one(huts: Huts) -> None:
    answer = huts.ask("GET", "/v1/huts/1", headers=TOKEN)
    assert (answer.status, answer.rule) == (501, "openapi-no-answer")
    for said in ("getHut", "contract.answers('getHut', ...)", "POST /$contract/answers", "--examples"):
        assert said in answer.json["detail"]


def test_the_example_of_the_document_is_marked(huts: Huts) -> None:
    answer = Huts(DOCUMENT.replace(b"[{name: T", b"[{id: 4, name: T"), examples=True).ask("GET", "/v1/huts")
    assert (answer.status, answer.json) == (200, [{"id": 4, "name": "Tschierva", "state": "open"}])
    assert answer.headers["x-groundwire-example"] == "true"
    assert huts.ask("GET", "/v1/huts").status == 501


def test_an_example_that_its_own_schema_refuses_is_no_answer() -> None:
    answer = Huts(examples=True).ask("GET", "/v1/huts")
    assert (answer.status, answer.rule) == (501, "openapi-no-answer")


def test_an_answer_without_a_body_is_an_example_of_itself() -> None:
    answer = Huts(examples=True).ask("GET", "/v1/huts/mine", headers=TOKEN)
    assert (answer.status, answer.reply.body) == (204, b"")


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("{type: object, example: {a: 1}}", {"a": 1}),
        ("{type: object, examples: [{a: 2}, {a: 3}]}", {"a": 2}),
        ("{type: object, properties: {a: {type: integer, example: 4}, b: {type: string}}}", {"a": 4}),
        (
            "{type: object, required: [b], properties: {a: {type: integer, example: 4}, b: {type: string}}}",
            None,
        ),
        ("{type: array, items: {type: string, example: x}}", ["x"]),
        ("{allOf: [{type: object, properties: {a: {type: integer, example: 5}}}]}", {"a": 5}),
        ("{type: string}", None),
    ],
)
def test_the_examples_of_schemas_count_too(schema: str, value: object) -> None:
    document = DOCUMENT.replace(
        b'schema: {type: array, items: {$ref: "#/components/schemas/Hut"}}\n              examples: {one: {$ref: "#/components/examples/huts"}}',
        f"schema: {schema}".encode(),
    )
    answer = Huts(document, examples=True).ask("GET", "/v1/huts", headers={"accept": "application/json"})
    assert answer.status == (501 if value is None else 200)
    assert value is None or answer.json == value


def test_a_test_gives_the_answer(huts: Huts) -> None:
    huts.controls.set_answer("getHut", given_of(HUT))
    answer = huts.ask("GET", "/v1/huts/1", headers=TOKEN)
    assert (answer.status, answer.json, answer.reply.content_type) == (200, HUT, "application/json")
    assert answer.headers["x-groundwire-answer"] == "test"
    assert huts.ask("GET", "/v1/huts/x", headers=TOKEN).status == 400, (
        "an invalid request is refused all the same"
    )
    huts.service.reset()
    assert huts.ask("GET", "/v1/huts/1", headers=TOKEN).status == 501


@pytest.mark.parametrize(
    ("method", "answer", "status", "content_type", "body"),
    [
        ("listHuts", b"a,b", 200, "text/csv", b"a,b"),
        ("getHut", Answer(value=b"\x00", content_type="image/png"), 200, "image/png", b"\x00"),
        ("getHut", Answer(value={"code": 1, "message": "m"}, status=404), 404, "application/json", None),
        ("getHut", Answer(status=500), 500, "application/problem+json", None),
        ("getHut", Answer(status=404), 404, "application/json", None),
        ("getMine", None, 204, "application/json", b""),
        ("getMine", Answer(), 204, "application/json", b""),
        ("getMine", Answer(headers={"ETag": '"1"'}), 204, "application/json", b""),
        ("addHut", HUT, 201, "application/json", None),
        ("listHuts", Answer(value=b"a,b", content_type="text/csv"), 200, "text/csv", b"a,b"),
        ("listHuts", Answer(value={"anything": 1}, status=503), 503, "application/json", None),
    ],
)
def test_an_answer_may_be_whatever_the_document_allows(
    huts: Huts, method: str, answer: object, status: int, content_type: str, body: bytes | None
) -> None:
    huts.controls.set_answer(method, given_of(answer))
    verb, path = ("POST", "/v1/huts") if method == "addHut" else ("GET", {"getHut": "/v1/huts/1", "getMine": "/v1/huts/mine", "listHuts": "/v1/huts"}[method])  # fmt: skip
    found = huts.ask(verb, path, {"name": "A"} if verb == "POST" else b"", TOKEN)
    assert (found.status, found.reply.content_type) == (status, content_type)
    assert body is None or found.reply.body == body
    if method == "getHut" and answer == Answer(status=404):
        assert found.json == {
            "code": 404,
            "message": "Not Found: the test answers so.",
            "errors": found.json["errors"],
        }


@pytest.mark.parametrize(
    ("method", "answer", "said"),
    [
        ("getHut", {"name": "A"}, "/id"),
        ("getHut", {"id": 1, "name": "a"}, "does not match"),
        ("getHut", {"id": 1, "name": "A", "more": 1}, "/more"),
        ("listHuts", Answer(value=[], status=202), "states no answer of status 202: 200, 400"),
        ("addHut", b"a", "give a value"),
        ("getHut", b"a", "give a content_type"),
        ("listHuts", Answer(value=[], content_type="text/html"), "text/html"),
        ("getMine", {"a": 1}, "without a body"),
        ("getHut", Answer(value={"code": "x"}, status=404), "/message"),
        ("addHut", Answer(), "give a value"),
    ],
)
def test_an_answer_that_the_document_does_not_allow_is_an_error_of_the_test(
    huts: Huts, method: str, answer: object, said: str
) -> None:
    with pytest.raises(AnswerError, match=said.replace("/", "/")):
        huts.controls.set_answer(method, given_of(answer))


@pytest.mark.parametrize(
    "answer", [object(), {"a": object()}, float("nan"), Answer(status=99), Answer(status=600)]
)
def test_what_is_no_answer_at_all_is_refused(answer: object) -> None:
    with pytest.raises(AnswerError):
        given_of(answer)


def test_an_unknown_method_is_named_with_what_may_be_meant(huts: Huts) -> None:
    with pytest.raises(LookupError, match="did you mean getHut"):
        huts.controls.set_answer("gethut", given_of({}))


def test_a_function_gets_the_request_and_is_held_to_the_document(huts: Huts) -> None:
    seen: list[Any] = []

    def answer(request: Any) -> object:
        seen.append(request)
        return {"id": request.path["id"], "name": "A"} if request.path["id"] < 3 else {"id": "no"}

    huts.service.overrides.answers["getHut"] = answer
    assert huts.ask("GET", "/v1/huts/2", headers=TOKEN).json == {"id": 2, "name": "A"}
    assert huts.controls.wrong_answers() == ()
    wrong = huts.ask("GET", "/v1/huts/3", headers=TOKEN)
    assert (wrong.status, wrong.rule) == (500, "answer-wrong")
    assert [each.method for each in seen] == ["getHut", "getHut"]
    [said] = huts.controls.wrong_answers()
    assert "getHut does not answer so" in said
    huts.service.overrides.answers["getHut"] = lambda _: 1 / 0
    assert huts.ask("GET", "/v1/huts/3", headers=TOKEN).status == 500
    assert "ZeroDivisionError" in huts.controls.wrong_answers()[1]


def test_an_error_takes_the_form_that_the_document_states(huts: Huts) -> None:
    answer = huts.ask("GET", "/v1/huts?limit=0")
    assert answer.reply.content_type == "application/json"
    assert answer.json == {
        "code": 400,
        "message": "query limit: 0 is not at least 1.",
        "errors": [{"field": "limit", "reason": "0 is not at least 1."}],
    }
    # The form of 404 cannot be that of a path which the document lacks.
    assert huts.ask("GET", "/v1/nothing").reply.content_type == "application/problem+json"


FASTAPI = {
    "type": "object",
    "properties": {
        "detail": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["loc", "msg", "type"],
                "properties": {
                    "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
                    "msg": {"type": "string"},
                    "type": {"type": "string"},
                },
            },
        }
    },
}


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (FASTAPI, {"detail": [{"loc": ["query", "limit"], "msg": "0 is not at least 1.", "type": "openapi-parameter-invalid"}]}),
        ({"type": "object", "required": ["status", "unknown"], "properties": {"status": {"type": "integer"}, "unknown": {"type": "string"}}}, None),
        ({"type": "object", "required": ["error"], "properties": {"error": {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}}}, {"error": {"message": "query limit: 0 is not at least 1."}}),
    ],
)  # fmt: skip
def test_an_error_that_cannot_be_filled_is_a_problem(schema: object, body: object) -> None:
    document = DOCUMENT.replace(b'{schema: {$ref: "#/components/schemas/Error"}}}}\n    post', f"{{schema: {json.dumps(schema)}}}}}}}\n    post".encode())  # fmt: skip
    answer = Huts(document).ask("GET", "/v1/huts?limit=0")
    if body is None:
        assert answer.reply.content_type == "application/problem+json"
        assert answer.json["errors"] == [
            {
                "detail": "0 is not at least 1.",
                "in": "query",
                "name": "limit",
                "rule": "openapi-parameter-invalid",
            }
        ]
    else:
        assert answer.json == body
