"""Bounds on what lists, maps, tuples and unions hold, and on bodies: checked in what is sent, never in what came."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_runtime.errors import EncodeError, GroundwireError
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.codegen.conftest import Load
from tests.codegen.packages import files

LIST = {"type": "array", "items": {"type": "integer", "maximum": 5}}
SCHEMAS: dict[str, Any] = {
    "Grade": {"type": "integer", "minimum": 1, "maximum": 5},
    "Word": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 3},
    "Words": {"type": "array", "items": {"$ref": "#/components/schemas/Word"}},
    "Tree": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}, "maxItems": 2},
    "Point": {
        "type": "array",
        "prefixItems": [{"type": "number", "maximum": 180}, {"type": "number", "maximum": 90}],
    },
    "Json": {
        "anyOf": [
            {"type": "integer", "maximum": 9},
            {"type": "array", "items": {"$ref": "#/components/schemas/Json"}, "maxItems": 2},
        ]
    },
    "Course": {
        "type": "object",
        "properties": {
            "plain": LIST,
            "named": {"type": "array", "items": {"$ref": "#/components/schemas/Grade"}},
            "words": {"$ref": "#/components/schemas/Words"},
            "tree": {"$ref": "#/components/schemas/Tree"},
            "deep": {"type": "array", "items": LIST},
            "sized": {"type": "array", "items": {**LIST, "maxItems": 1}},
            "map": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Word"}},
            "maps": {"type": "object", "additionalProperties": LIST},
            "null": {"type": "array", "items": {"type": ["integer", "null"], "maximum": 5}},
            "all": {"type": "array", "items": {"allOf": [{"type": "integer", "maximum": 9}, {"maximum": 5}]}},
            "either": {
                "type": "array",
                "items": {"type": ["integer", "string"], "maximum": 5, "maxLength": 1},
            },
            "slow": {"type": "array", "items": {"type": "string", "pattern": "^(a+)+$"}},
            "union": {
                "oneOf": [{"$ref": "#/components/schemas/Grade"}, {"$ref": "#/components/schemas/Words"}]
            },
            "loose": {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "string", "maxLength": 4}]},
            "free": {
                "anyOf": [LIST, {"type": "string", "maxLength": 2}, {"type": "string", "format": "date"}]
            },
            "json": {"$ref": "#/components/schemas/Json"},
            "maybe": {"anyOf": [{"$ref": "#/components/schemas/Word"}, {"type": "null"}]},
            "tuple": {
                "type": "array",
                "prefixItems": [{"$ref": "#/components/schemas/Word"}, LIST],
                "items": {"$ref": "#/components/schemas/Grade"},
            },
            "named_tuple": {"$ref": "#/components/schemas/Point"},
            "short": {
                "type": "array",
                "prefixItems": [LIST["items"], LIST["items"]],
                "items": False,
                "minItems": 1,
            },
        },
        "additionalProperties": {"$ref": "#/components/schemas/Grade"},
    },
}
QUERY = [
    {"name": "grades", "in": "query", "schema": LIST, "explode": False},
    {"name": "words", "in": "query", "schema": {"$ref": "#/components/schemas/Words"}},
]


def document() -> dict[str, Any]:
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Course"}}},
    }
    answer = {
        "description": "",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Course"}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Courses", "version": "1"},
        "servers": [{"url": "https://courses.example"}],
        "paths": {
            "/courses": {
                "post": {
                    "operationId": "add",
                    "parameters": QUERY,
                    "requestBody": body,
                    "responses": {"200": answer},
                }
            }
        },
        "components": {"schemas": SCHEMAS},
    }


GOOD: dict[str, Any] = {
    "plain": [5, -1],
    "named": [1, 5],
    "words": ["abc"],
    "tree": [[], [[], []]],
    "deep": [[5], []],
    "sized": [[5], [1]],
    "map": {"a": "abc"},
    "maps": {"a": [5]},
    "null": [None, 5],
    "all": [5],
    "either": [5, "a"],
    "slow": ["b"],
    "union": 5,
    "loose": "abcd",
    "free": "2026-01-01",
    "json": [9, [1]],
    "maybe": "abc",
    "tuple": ["abc", [5], 1, 5],
    "named_tuple": [180, 90],
    "short": [5],
    "more": 5,
}


@pytest.mark.parametrize(
    ("bad", "place", "rule"),
    [
        ({"plain": [5, 6]}, "/plain/1", "must be at most 5"),
        ({"named": [1, 0]}, "/named/1", "must be at least 1"),
        ({"words": ["abc", "A"]}, "/words/1", "must match"),
        ({"words": ["abcd"]}, "/words/0", "must have at most 3 characters"),
        ({"tree": [[], [[], [], []]]}, "/tree/1", "must have at most 2 items"),
        ({"deep": [[1], [1, 6]]}, "/deep/1/1", "must be at most 5"),
        ({"sized": [[1, 2]]}, "/sized/0", "must have at most 1 items"),
        ({"map": {"k/ey": "A"}}, "/map/k~1ey", "must match"),
        ({"maps": {"a": [6]}}, "/maps/a/0", "must be at most 5"),
        ({"null": [None, 6]}, "/null/1", "must be at most 5"),
        ({"all": [6]}, "/all/0", "must be at most 5"),
        ({"either": [5, 6]}, "/either/1", "must be at most 5"),
        ({"either": ["ab"]}, "/either/0", "must have at most 1 characters"),
        ({"more": 6}, "/more", "must be at most 5"),
        ({"union": 6}, "/union", "must be at most 5"),
        ({"union": ["A"]}, "/union/0", "must match"),
        ({"loose": "abcde"}, "/loose", "must have at most 4 characters"),
        ({"free": [6]}, "/free/0", "must be at most 5"),
        ({"json": 10}, "/json", "must be at most 9"),
        ({"json": [1, [1, 1, 1]]}, "/json/1", "must have at most 2 items"),
        ({"json": [10]}, "/json/0", "must be at most 9"),
        ({"maybe": "A"}, "/maybe", "must match"),
        ({"tuple": ["A", []]}, "/tuple/0", "must match"),
        ({"tuple": ["a", [6]]}, "/tuple/1/0", "must be at most 5"),
        ({"tuple": ["a", [5], 5, 6]}, "/tuple/3", "must be at most 5"),
        ({"named_tuple": [90, 91]}, "/named_tuple/1", "must be at most 90"),
        ({"short": [6]}, "/short/0", "must be at most 5"),
    ],
)
def test_what_is_sent_keeps_the_bounds_of_items(
    bad: dict[str, Any], place: str, rule: str, load: Load
) -> None:
    package = load(files(document()))
    came = package.decode(package.Course, json.dumps({**GOOD, **bad}).encode())
    with pytest.raises(EncodeError, match=rule) as caught:
        package.encode(came)
    assert caught.value.path == place


def test_what_keeps_them_is_sent_and_parameters_keep_them_too(load: Load) -> None:
    package = load(files(document()))
    good = package.decode(package.Course, json.dumps(GOOD).encode())
    assert json.loads(package.encode(good)) == GOOD
    sent: list[Request] = []

    def send(request: Request) -> Response:
        sent.append(request)
        return Response(status=200, headers={"content-type": "application/json"}, body=request.body)

    with package.Client(transport=FunctionTransport(send)) as client:
        assert client.add(good, grades=[1, 5], words=["a"]) == good
        assert sent[0].url == "https://courses.example/courses?grades=1,5&words=a"
        for wrong in ({"grades": [1, 6]}, {"words": ["a", "A"]}):
            with pytest.raises(GroundwireError, match="/1: must"):
                client.add(good, **wrong)
    assert len(sent) == 1


BODIES: dict[str, tuple[Any, Any, Any, str]] = {
    "list": ({**LIST, "maxItems": 2}, [5, 5], [5, 5, 5], "at most 2 items"),
    "items": (LIST, [5], [6], "/0: must be at most 5"),
    "named": (
        {"$ref": "#/components/schemas/Words"},
        ["abc"],
        ["abcd"],
        "/0: must have at most 3 characters",
    ),
    "map": (
        {"type": "object", "additionalProperties": LIST},
        {"a": [5]},
        {"a": [6]},
        "/a/0: must be at most 5",
    ),
    "union": ({"oneOf": [LIST, {"type": "string", "maxLength": 1}]}, "a", "ab", "at most 1 characters"),
    "tuple": ({"$ref": "#/components/schemas/Point"}, (180, 90), (180, 91), "/1: must be at most 90"),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_keeps_its_bounds_and_an_answer_need_not(case: str, load: Load) -> None:
    schema, good, bad, rule = BODIES[case]
    content = {"application/json": {"schema": schema}}
    stated = document()
    stated["paths"]["/courses"]["post"]["requestBody"] = {"required": True, "content": content}
    stated["paths"]["/courses"]["post"]["responses"] = {"200": {"description": "", "content": content}}
    package = load(files(stated))
    sent: list[Request] = []

    def send(request: Request) -> Response:
        sent.append(request)
        body = json.dumps(bad).encode()
        return Response(status=200, headers={"content-type": "application/json"}, body=body)

    with package.Client(transport=FunctionTransport(send)) as client:
        answer = client.add(good)
        assert json.loads(json.dumps(answer)) == json.loads(json.dumps(bad))
        with pytest.raises(GroundwireError, match=rule):
            client.add(bad)
    assert [json.loads(each.body or b"") for each in sent] == [json.loads(json.dumps(good))]


def test_a_text_that_is_sent_keeps_its_bounds(load: Load) -> None:
    stated = document()
    content = {"text/plain": {"schema": {"type": "string", "maxLength": 2}}}
    stated["paths"]["/courses"]["post"]["requestBody"] = {"required": True, "content": content}
    package = load(files(stated))
    with (
        package.Client(transport=FunctionTransport(lambda _: Response(status=204, headers={}))) as client,
        pytest.raises(GroundwireError, match="at most 2 characters"),
    ):
        client.add("abc")
