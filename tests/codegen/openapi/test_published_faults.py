"""Documents that break the letter and are published all the same are read, with a warning."""

from __future__ import annotations

import codecs
from typing import Any

import pytest
from groundwire_codegen.ir import (
    Const,
    EnumRef,
    Kind,
    Location,
    MessageRef,
    Nullable,
    Scalar,
    Server,
    TypeRef,
)

from tests.codegen.openapi.shop import document, encoded, field, operation, read, refusals, tried, warnings

STRING = Scalar(Kind.STRING)
OK = {"200": {"description": ""}}


def said(draft: Any, *words: str) -> None:
    found = warnings(draft)
    assert len(found) == len(words)
    for one, other in zip(sorted(found), sorted(words), strict=True):
        assert other in one


def test_a_byte_order_mark() -> None:
    said(read(codecs.BOM_UTF8 + encoded(document())), "starts with a byte order mark")


def test_a_path_variable_that_is_not_declared() -> None:
    draft = read(document(paths=operation("/{shop}/{book}")))
    found = draft.api.methods["op"].parameters
    assert [(each.wire, each.location, each.required, each.type) for each in found] == [
        ("shop", Location.PATH, True, STRING),
        ("book", Location.PATH, True, STRING),
    ]
    said(draft, "path variable 'shop' is not declared", "path variable 'book' is not declared")


def test_a_path_parameter_that_is_not_in_the_path() -> None:
    stated = {"name": "gone", "in": "path", "required": True, "schema": {"type": "string"}}
    draft = read(document(paths=operation(parameters=[stated])))
    assert draft.api.methods["op"].parameters == ()
    said(draft, "path parameter 'gone' is not in the path")


def test_a_path_parameter_that_is_not_required_is() -> None:
    stated = {"name": "x", "in": "path", "schema": {"type": "string"}}
    assert (
        read(document(paths=operation("/{x}", parameters=[stated]))).api.methods["op"].parameters[0].required
    )


def test_no_paths_and_no_responses() -> None:
    bare: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}}
    assert read(bare).api.methods == {}
    method = read({**bare, "paths": {"/a": {"get": {"operationId": "op"}}}}).api.methods["op"]
    assert method.responses == ()


def test_a_version_that_is_a_number() -> None:
    assert read(document(info={"title": "x", "version": 2})).api.version == "2"


def test_keys_of_yaml_that_are_numbers() -> None:
    text = b"""
openapi: 3.0.3
info: {title: Shop, version: 1.0}
paths:
  /books:
    get:
      operationId: op
      responses:
        200: {description: ''}
        4XX: {description: ''}
"""
    found = tried(text).api.methods["op"].responses
    assert [(each.low, each.high) for each in found] == [(200, 200), (400, 499)]


@pytest.mark.parametrize(
    ("schema", "type_", "words"),
    [
        ({"type": "string", "enum": []}, STRING, "an enum without values is ignored"),
        (
            {"type": "string", "format": "datetime"},
            Scalar(Kind.TIMESTAMP),
            "format 'datetime' is read as 'date-time'",
        ),
        ({"type": "string", "format": "dateTime"}, Scalar(Kind.TIMESTAMP), "is read as 'date-time'"),
        ({"type": "string", "format": "date-time,"}, Scalar(Kind.TIMESTAMP), "is read as 'date-time'"),
        ({"type": ["string", None]}, Nullable(STRING), "null is read as the type 'null'"),
        ({"type": "string", "nullable": True}, Nullable(STRING), "'nullable' means nothing here"),
        (
            {"$ref": "#/components/schemas/Id", "nullable": True},
            Nullable(MessageRef("Id")),
            "'nullable' means nothing here",
        ),
        (
            {"type": "string", "enum": [1, True]},
            EnumRef("/components/schemas/Box/properties/x"),
            "read as text",
        ),
        ({"type": "integer", "enum": ["1"]}, Const((1,)), "read as numbers"),
        ({"type": "string", "maxLength": "9"}, STRING, "a bound that is no number is ignored"),
        ({"type": "string", "exemples": ["a"]}, STRING, "unknown keyword 'exemples' is ignored"),
        ({"type": "string", "required": True}, STRING, "expected a list of property names"),
        ({"enum": [{"a": 1}]}, Scalar(Kind.ANY), "constants that are objects or lists"),
    ],
)
def test_schemas(schema: Any, type_: TypeRef, words: str) -> None:
    draft = read(document({"Box": {"properties": {"x": schema}}, "Id": {"type": "string"}}))
    assert draft.api.messages["Box"].fields[0].type == type_
    said(draft, words)


def test_nullable_beside_a_reference_in_3_0() -> None:
    stated = {"$ref": "#/components/schemas/Id", "nullable": True}
    draft = read(document({"Box": {"properties": {"x": stated}}, "Id": {"type": "string"}}, version="3.0.0"))
    assert draft.api.messages["Box"].fields[0].type == Nullable(MessageRef("Id"))
    said(draft, "'nullable' means nothing here")


def test_yaml_s_own_null_in_a_list_of_types() -> None:
    text = b"openapi: 3.1.0\ninfo: {title: x, version: '1'}\ncomponents: {schemas: {Id: {type: [string, null]}}}\n"
    assert tried(text).api.aliases["Id"].type == STRING
    assert warnings(tried(text)) == ["null is read as the type 'null' (line 3)"]


def test_a_required_property_that_is_not_described() -> None:
    draft = read(document({"Box": {"properties": {"Name": {"type": "string"}}, "required": ["name"]}}))
    assert [(each.wire, each.required) for each in draft.api.messages["Box"].fields] == [("Name", False)]
    said(draft, "required property 'name' is not described")


def test_extensions_are_ignored_everywhere_without_a_word() -> None:
    x = {"x-anything": {"$ref": "#/nowhere"}}
    box = {"properties": {"x": {"type": "string", **x}}, **x}
    stated = {"name": "p", "in": "query", "schema": {"type": "string"}, **x}
    response = {"description": "", "content": {"application/json": {"schema": {"type": "string"}, **x}}, **x}
    paths = operation(parameters=[stated], responses={"200": response, **x}, **x)
    paths["/books"].update(x)
    paths.update(x)
    draft = read({**document({"Box": box}, paths), **x})
    assert warnings(draft) == []
    assert set(draft.api.methods) == {"op"}


@pytest.mark.parametrize("where", ["top", "item", "operation", "parameter", "response", "media type"])
def test_unknown_keywords_are_warnings(where: str) -> None:
    odd = {"odd": 1}

    def of(place: str) -> dict[str, int]:
        return odd if place == where else {}

    stated = {"name": "p", "in": "query", "schema": {"type": "string"}, **of("parameter")}
    media = {"schema": {"type": "string"}, **of("media type")}
    response = {"description": "", "content": {"application/json": media}, **of("response")}
    paths = operation(parameters=[stated], responses={"200": response}, **of("operation"))
    paths["/books"].update(of("item"))
    said(read({**document(paths=paths), **of("top")}), "unknown keyword 'odd' is ignored")


def test_a_warning_of_many_places_is_said_a_few_times() -> None:
    properties = {f"p{n}": {"type": "string", "odd": 1} for n in range(50)}
    found = warnings(read(document({"Box": {"properties": properties}})))
    assert len(found) == 4
    assert found[-1] == "unknown keyword 'odd' is ignored (and at 46 more places)"


def test_what_is_described_and_not_generated_is_read_past() -> None:
    more: dict[str, Any] = {
        "tags": [{"name": "a"}],
        "externalDocs": {"url": "https://example.com"},
        "servers": [{"url": "/"}],
    }
    paths = operation(externalDocs={"url": "x"})
    draft = read(document(paths=paths, **more))
    assert warnings(draft) == []
    assert draft.api.servers == (Server(url="/"),)


@pytest.mark.parametrize(
    "body", [{"$ref": "#/nowhere"}, {"content": {"application/json": {"schema": {"$ref": "#/nowhere"}}}}]
)
def test_what_is_wrong_with_an_event_is_a_warning(body: dict[str, Any]) -> None:
    event = {"post": {"requestBody": body, "responses": OK}}
    for draft in (
        read(document(paths=operation(callbacks={"x": {"{$url}": event}}))),
        read(document(paths=operation(callbacks={"x": {"$ref": "#/nowhere"}}))),
        read(document(webhooks={"new": event, "odd": {"$ref": "#/nowhere"}, "text": "x"})),
    ):
        assert "nowhere" in "".join(warnings(draft))
        assert (draft.problems, draft.faults, draft.events) == ((), {}, ())


def test_a_default_that_is_an_object_is_text() -> None:
    assert field({"type": "object", "default": {"a": [1]}}).default == '{"a":[1]}'


def answered(content: dict[str, Any]) -> Any:
    return document(paths=operation(responses={"200": {"description": "", "content": content}}))


def test_several_media_types_in_one_key() -> None:
    draft = read(answered({"text/csv, text/plain": {"schema": {"type": "string"}}}))
    (response,) = draft.api.methods["op"].responses
    assert [(each.media_type, each.type) for each in response.contents] == [
        ("text/csv", STRING),
        ("text/plain", STRING),
    ]
    said(draft, "'text/csv, text/plain' is read as 2 media types")


def test_a_key_that_is_no_media_type_is_left_out() -> None:
    draft = read(answered({"a/b/c": {}, "application/json": {"schema": {"type": "string"}}}))
    (response,) = draft.api.methods["op"].responses
    assert [each.media_type for each in response.contents] == ["application/json"]
    said(draft, "'a/b/c' is no media type; it is left out")


def test_a_body_without_a_media_type_to_send_it_as_is_refused() -> None:
    draft = tried(document(paths=operation(verb="post", requestBody={"content": {"a/b/c": {}}})))
    assert refusals(draft) == [
        ("/paths/~1books/post/requestBody/content", "no media type is left to send the body as")
    ]


def test_descriptions_that_are_no_text_are_ignored() -> None:
    draft = read(document(paths=operation(summary={"a": 1}, description=["b"])))
    assert draft.api.methods["op"].doc == ""
    said(draft, "summary is no text; ignored", "description is no text; ignored")


def test_members_of_one_title_are_types_of_their_own() -> None:
    members = [
        {"type": "object", "title": "Bad", "required": [key], "properties": {key: {"type": "string"}}}
        for key in "abc"
    ]
    draft = read(document({"Box": {"type": "object", "properties": {"x": {"oneOf": members}}}}))
    places = {each.place: [one.wire for one in each.fields] for each in draft.api.messages.values()}
    assert places == {"Box": ["x"], "Box.x.Bad": ["a"], "Box.x.Bad2": ["b"], "Box.x.Bad3": ["c"]}


def test_an_inline_type_beside_a_component_of_its_place_has_a_number() -> None:
    inline = {"type": "object", "properties": {"a": {"type": "string"}}}
    box = {"type": "object", "properties": {"x": inline}}
    draft = read(document({"Box": box, "Box.x": {"type": "object", "properties": {"b": {"type": "string"}}}}))
    assert sorted(each.place for each in draft.api.messages.values()) == ["Box", "Box.x", "Box.x2"]


def test_a_reference_for_all_responses_is_followed() -> None:
    more: dict[str, Any] = {"x-responses": OK}
    draft = read(document(paths=operation(responses={"$ref": "#/x-responses"}), **more))
    assert [each.low for each in draft.api.methods["op"].responses] == [200]
    said(draft, "a reference may not stand for all responses; it is followed")


def test_a_server_without_a_url_is_ignored() -> None:
    draft = read(document(servers=[{"description": "main"}, {"url": "https://books.example"}]))
    assert draft.api.servers == (Server(url="https://books.example"),)
    said(draft, "'url' is missing; the server is ignored")


def test_a_contradiction_in_an_error_does_not_refuse_its_method() -> None:
    text = {"type": "object", "properties": {"x": {"type": "string"}}}
    both = {"properties": {"x": {"allOf": [text, {"type": "string"}]}, "code": {"type": "string"}}}
    content = {"application/json": {"schema": both}}
    error = {"4XX": {"description": "", "content": content}}
    draft = read(document(paths=operation(responses={**OK, **error})))
    (message,) = draft.api.messages.values()
    assert [each.wire for each in message.fields] == ["code"]
    said(draft, "left out of an error; contradiction: string and object")
    success = {"200": {"description": "", "content": content}}
    assert refusals(tried(document(paths=operation(responses=success))))


def test_a_parameter_with_several_media_types_has_the_first() -> None:
    content = {"application/json": {"schema": {"type": "integer"}}, "text/plain": {}}
    draft = read(document(paths=operation(parameters=[{"name": "q", "in": "query", "content": content}])))
    assert draft.api.methods["op"].parameters[0].type == Scalar(Kind.INTEGER)
    said(draft, "expected one media type; the first is read")


def test_empty_keys_are_read_as_if_they_were_not_there() -> None:
    box = {
        "type": "object",
        "required": None,
        "properties": {"a": {"type": "string", "enum": None}, "b": None},
    }
    content = {"application/json": {"schema": box}}
    draft = read(
        document(
            {"Any": None},
            {
                **operation(tags=None, parameters=None, responses={"200": {"content": content}, "404": None}),
                "/empty": {"get": None},
                "/none": None,
            },
            security=None,
        )
    )
    (message,) = draft.api.messages.values()
    assert [(each.wire, each.type) for each in message.fields] == [("a", STRING), ("b", Scalar(Kind.ANY))]
    assert [each.low for each in draft.api.methods["op"].responses] == [200, 404]
    assert [*draft.api.methods] == ["op"]
    assert "an empty 'get' is read as if it were not there" in warnings(draft)


def test_null_as_a_value_is_a_value() -> None:
    assert field({"type": "string", "default": None, "enum": ["a", "b", None]}).type == Nullable(
        EnumRef("/components/schemas/Box/properties/x")
    )
    assert field({"const": None}).type == Const((None,))
