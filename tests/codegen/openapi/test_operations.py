"""Operations: ids, paths, parameters by location and style, bodies and answers."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_codegen.ir import (
    Encoding,
    Kind,
    ListOf,
    Location,
    MapOf,
    MessageRef,
    Parameter,
    Rules,
    Scalar,
    Style,
    UnionOf,
)

from tests.codegen.openapi.shop import document, operation, parameter, read, refusals, tried, warnings

ANY, STRING, INTEGER = Scalar(Kind.ANY), Scalar(Kind.STRING), Scalar(Kind.INTEGER)
JSON = "application/json"
OK = {"200": {"description": ""}}


def test_an_operation() -> None:
    paths = operation(
        "/shops/{shop}/books",
        "post",
        tags=["books", "more"],
        summary="Add a book.",
        description="It is new.",
        deprecated=True,
        parameters=[{"name": "shop", "in": "path", "required": True, "schema": {"type": "string"}}],
    )
    method = read(document(paths=paths)).api.methods["op"]
    assert (method.id, method.wire, method.verb, method.path) == ("op", "op", "POST", "/shops/{shop}/books")
    assert (method.resource, method.deprecated) == (("books",), True)
    assert method.doc == "Add a book.\n\nIt is new."
    assert method.pointer == "/paths/~1shops~1{shop}~1books/post"


@pytest.mark.parametrize("verb", ["get", "put", "post", "delete", "options", "head", "patch", "trace"])
def test_every_verb(verb: str) -> None:
    assert read(document(paths=operation(verb=verb))).api.methods["op"].verb == verb.upper()


def test_methods_are_named_by_the_function_behind_them_where_fastapi_made_the_id() -> None:
    ids = {
        "/": {"get": "landing__get"},
        "/huts/{hut-id}": {"get": "read_hut_huts__hut_id__get"},
        "/huts": {"get": "list_huts_get", "post": "add_huts_post"},
        "/search": {"get": "search_search_get", "post": "search_search_post"},
        "/other": {"get": "_other_get", "put": "add", "post": "add_other_put"},
    }
    paths = {
        path: {verb: {"operationId": id_, "responses": OK} for verb, id_ in verbs.items()}
        for path, verbs in ids.items()
    }
    draft = read(document(paths=paths))
    assert {id_: method.wire for id_, method in draft.api.methods.items()} == {
        "landing__get": "landing",
        "read_hut_huts__hut_id__get": "read_hut",
        "list_huts_get": "list",
        # Another method is called so.
        "add_huts_post": "add_post",
        "search_search_get": "search_get",
        "search_search_post": "search_post",
        # No function is left, and another verb.
        "_other_get": "_other_get",
        "add": "add",
        "add_other_put": "add_other_put",
    }


def test_ids_that_are_missing_or_used_twice() -> None:
    paths = {
        "/a/{b-c}.json": {"get": {"responses": OK}, "put": {"operationId": "x", "responses": OK}},
        "/b": {
            "get": {"operationId": "x", "responses": OK},
            "post": {"operationId": "a\nb", "responses": OK},
        },
    }
    draft = read(document(paths=paths))
    assert sorted(draft.api.methods) == ["getABCJson", "getB", "postB", "x"]
    assert "operation id 'x' is used twice; this one is 'getB'" in warnings(draft)


def test_a_fragment_of_a_path_tells_operations_apart_and_is_not_sent() -> None:
    paths = {
        "/files/{id}": {"get": {"operationId": "one", "responses": OK}},
        "/files/{id}#link": {"get": {"operationId": "two", "responses": OK}},
    }
    methods = read(document(paths=paths)).api.methods
    assert methods["one"].path == methods["two"].path == "/files/{id}"


@pytest.mark.parametrize("path", ["books", "/a b", "/a/{b", "/a/}", "/a/{}", "/a\\b", "/a/{b/c}", "/\u0001"])
def test_paths_that_are_no_templates_are_faults_of_their_operation(path: str) -> None:
    assert any("template syntax" in words for _, words in refusals(tried(document(paths=operation(path)))))


@pytest.mark.parametrize(
    "path", ["/", "/a/{b}.{c}", "/a({b})", "/a/{b}:do", "/Calls.json", "/a/{b-c_d.e}", "/a?b=c"]
)
def test_paths_that_are_templates(path: str) -> None:
    assert read(document(paths=operation(path))).api.methods["op"].path == path


def test_characters_beyond_ascii_are_escaped_in_a_path_and_kept_in_its_variables() -> None:
    row = {"name": "día", "in": "path", "required": True, "schema": {"type": "string"}}
    found = read(document(paths=operation("/é/{día}/ü", parameters=[row]))).api.methods["op"]
    assert (found.path, found.parameters[0].wire) == ("/%C3%A9/{día}/%C3%BC", "día")


@pytest.mark.parametrize(
    ("location", "stated", "style", "explode"),
    [
        ("query", {}, Style.FORM, True),
        ("query", {"explode": False}, Style.FORM, False),
        ("query", {"style": "form", "explode": True}, Style.FORM, True),
        ("query", {"style": "spaceDelimited"}, Style.SPACE, False),
        ("query", {"style": "pipeDelimited", "explode": False}, Style.PIPE, False),
        ("query", {"style": "deepObject"}, Style.DEEP, True),
        ("path", {}, Style.SIMPLE, False),
        ("path", {"explode": True}, Style.SIMPLE, True),
        ("path", {"style": "label"}, Style.LABEL, False),
        ("path", {"style": "matrix", "explode": True}, Style.MATRIX, True),
        ("header", {}, Style.SIMPLE, False),
        ("header", {"explode": True}, Style.SIMPLE, True),
        ("cookie", {}, Style.FORM, True),
        ("cookie", {"explode": False}, Style.FORM, False),
    ],
)
def test_styles(location: str, stated: dict[str, Any], style: Style, explode: bool) -> None:
    schema = {"schema": {"type": "array", "items": {"type": "integer"}}}
    found = parameter(
        {"name": "p", "in": location, "required": True, **schema, **stated},
        "/books/{p}" if location == "path" else "/books",
    )
    assert found.location is Location(location)
    assert (found.style, found.explode, found.type) == (style, explode, ListOf(INTEGER))


def test_a_parameter() -> None:
    found = parameter(
        {
            "name": "page[size]",
            "in": "query",
            "description": "How many.",
            "deprecated": True,
            "allowReserved": True,
            "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9, "default": 5},
        }
    )
    assert found == Parameter(
        wire="page[size]",
        location=Location.QUERY,
        type=Scalar(Kind.INT32),
        reserved=True,
        rules=Rules(minimum=1, maximum=9),
        default="5",
        deprecated=True,
        doc="How many.",
        pointer="/paths/~1books/get/parameters/0",
    )


@pytest.mark.parametrize(
    ("schema", "type_", "values"),
    [
        ({"enum": ["a", "b"]}, STRING, ("a", "b")),
        ({"type": "string", "enum": ["a"]}, STRING, ("a",)),
        ({"$ref": "#/components/schemas/Size"}, STRING, ("s", "m")),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Size"}}, ListOf(STRING), ("s", "m")),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, STRING, ()),
        ({"$ref": "#/components/schemas/Ids"}, ListOf(STRING), ()),
        ({"type": "object", "additionalProperties": {"type": "string"}}, MapOf(STRING), ()),
        ({"$ref": "#/components/schemas/Filter"}, MessageRef("Filter"), ()),
    ],
)
def test_types_of_parameters(schema: Any, type_: Any, values: tuple[str, ...]) -> None:
    found = parameter(
        {"name": "p", "in": "query", "schema": schema},
        Size={"type": "string", "enum": ["s", "m"]},
        Ids={"type": "array", "items": {"$ref": "#/components/schemas/Id"}},
        Id={"type": "string"},
        Filter={"type": "object", "properties": {"a": {"type": "string"}}},
    )
    assert (found.type, found.values) == (type_, values)


def test_a_union_as_a_parameter() -> None:
    found = parameter(
        {
            "name": "p",
            "in": "path",
            "required": True,
            "schema": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        },
        "/{p}",
    )
    assert isinstance(found.type, UnionOf)
    assert found.type.members == (STRING, INTEGER)


def test_a_parameter_whose_value_is_json() -> None:
    stated = {
        "name": "p",
        "in": "query",
        "content": {JSON: {"schema": {"properties": {"a": {"type": "string"}}}}},
    }
    draft = read(document(paths=operation(parameters=[stated])))
    found = draft.api.methods["op"].parameters[0]
    assert found.style is Style.CONTENT
    assert isinstance(found.type, MessageRef)
    assert draft.api.messages[found.type.name].place == "op.parameters.p"


@pytest.mark.parametrize(
    ("media_type", "schema", "type_", "style"),
    [
        ("application/geo+json", None, ANY, Style.CONTENT),
        ("text/plain", {"type": "string"}, STRING, Style.FORM),
        ("text/plain", {"type": "integer"}, INTEGER, Style.FORM),
        ("application/xml", {"properties": {"a": {"type": "string"}}}, STRING, Style.FORM),
        ("application/x-www-form-urlencoded", {"type": "object"}, STRING, Style.FORM),
        ("text/csv", {"type": "array", "items": {"type": "string"}}, STRING, Style.FORM),
        ("text/csv", None, STRING, Style.FORM),
    ],
)
def test_a_parameter_of_any_media_type_but_json_is_text(
    media_type: str, schema: Any, type_: Any, style: Style
) -> None:
    content = {} if schema is None else {"schema": schema}
    found = parameter({"name": "p", "in": "query", "content": {media_type: content}})
    assert (found.type, found.style) == (type_, style)


def test_headers_of_a_path_are_overridden_whatever_their_case() -> None:
    def row(name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "in": "header", "schema": {"type": "string"}, **more}

    own = {"operationId": "op", "parameters": [row("x-trace")], "responses": OK}
    paths = {"/": {"parameters": [row("X-Trace", required=True)], "get": own}}
    found = read(document(paths=paths)).api.methods["op"].parameters
    assert [(each.wire, each.required) for each in found] == [("x-trace", False)]


def test_what_stands_beside_a_reference_of_a_path_is_read_first() -> None:
    def get(id_: str) -> dict[str, Any]:
        return {"operationId": id_, "responses": OK}

    def row(name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "in": "query", "schema": {"type": "string"}, **more}

    shared = {"get": get("read"), "put": get("hidden"), "parameters": [row("a"), row("b")]}
    path = {
        "$ref": "#/components/pathItems/Shared",
        "put": get("write"),
        "post": get("add"),
        "parameters": [row("b", required=True)],
        "servers": [{"url": "https://own.example"}],
    }
    draft = read(document(paths={"/x": path}, components={"pathItems": {"Shared": shared}}))
    assert {each.id: each.verb for each in draft.api.methods.values()} == {
        "read": "GET",
        "write": "PUT",
        "add": "POST",
    }
    for each in draft.api.methods.values():
        assert each.server == "https://own.example"
        assert [(one.wire, one.required) for one in each.parameters] == [("b", True), ("a", False)]


def test_parameters_of_a_path_and_their_order() -> None:
    def row(name: str, where: str = "query", **more: Any) -> dict[str, Any]:
        return {"name": name, "in": where, "schema": {"type": "string"}, **more}

    item = {
        "parameters": [row("z"), row("id", "path", required=True), row("x", description="of the path")],
        "get": {
            "operationId": "op",
            "parameters": [row("x", description="own"), row("b", required=True), row("a"), row("id")],
            "responses": OK,
        },
    }
    found = read(document(paths={"/{id}": item})).api.methods["op"].parameters
    assert [(each.wire, each.location.value) for each in found] == [
        ("id", "path"),
        ("b", "query"),
        ("a", "query"),
        ("id", "query"),
        ("x", "query"),
        ("z", "query"),
    ]
    assert found[4].doc == "own"


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_headers_that_the_specification_ignores(name: str) -> None:
    stated = {"name": name, "in": "header", "schema": {"type": "string"}}
    assert read(document(paths=operation(parameters=[stated]))).api.methods["op"].parameters == ()


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"name": "p", "in": "body", "schema": {}}, "unknown location 'body'"),
        ({"name": "p", "schema": {}}, "'in' is missing"),
        ({"in": "query", "schema": {}}, "'name' is missing"),
        ({"name": "a\r\nb", "in": "header", "schema": {}}, "is no name of a header parameter"),
        (
            {"name": "p", "in": "query", "style": "matrix", "schema": {}},
            "style 'matrix' is none of a query parameter",
        ),
        ({"name": "p", "in": "query", "schema": 3}, "expected a schema"),
        ({"name": "p", "in": "query", "schema": {"type": "text"}}, "unknown type 'text'"),
    ],
)
def test_parameters_that_are_refused(stated: dict[str, Any], words: str) -> None:
    draft = tried(document(paths={**operation(parameters=[stated]), "/good": {"get": {"responses": OK}}}))
    assert any(words in message for _, message in refusals(draft))
    assert draft.faults.keys() == {"op"}


def body(content: dict[str, Any], **more: Any) -> Any:
    draft = read(document(paths=operation(verb="post", requestBody={"content": content, **more})))
    return draft.api.methods["op"].body


@pytest.mark.parametrize(
    ("media_type", "encoding"),
    [
        (JSON, Encoding.JSON),
        ("application/geo+json", Encoding.JSON),
        ("application/json; charset=utf-8", Encoding.JSON),
        ("application/merge-patch+json", Encoding.JSON),
        ("application/x-ndjson", Encoding.LINES),
        ("application/geo+json-seq", Encoding.LINES),
        ("application/jsonl", Encoding.LINES),
        ("text/event-stream", Encoding.EVENTS),
        ("application/x-www-form-urlencoded", Encoding.FORM),
        ("multipart/form-data", Encoding.MULTIPART),
        ("text/plain", Encoding.TEXT),
        ("application/xml", Encoding.TEXT),
        ("application/octet-stream", Encoding.BYTES),
        ("image/*", Encoding.BYTES),
        ("*/*", Encoding.JSON),
        ("application/apply-patch+yaml", Encoding.JSON),
    ],
)
def test_encodings(media_type: str, encoding: Encoding) -> None:
    found = body({media_type: {"schema": {"properties": {"a": {"type": "string"}}}}}, required=True)
    assert (found.required, found.contents[0].media_type, found.contents[0].encoding) == (
        True,
        media_type,
        encoding,
    )
    expected = {Encoding.BYTES: Scalar(Kind.BINARY), Encoding.TEXT: STRING}.get(encoding)
    assert found.contents[0].type == expected if expected else isinstance(found.contents[0].type, MessageRef)


def test_contents_without_a_schema() -> None:
    found = body({JSON: {}, "*/*": {}, "text/csv": {}})
    assert not found.required
    assert [each.type for each in found.contents] == [Scalar(Kind.ANY), Scalar(Kind.BINARY), STRING]


def test_places_of_bodies() -> None:
    def content(name: str) -> dict[str, Any]:
        return {"content": {JSON: {"schema": {"properties": {name: {"type": "string"}}}}}, "description": ""}

    components = {"responses": {"Bad": content("bad")}, "requestBodies": {"New": content("new")}}
    responses = {
        "201": content("a"),
        "404": content("b"),
        "4XX": content("c"),
        "default": content("d"),
        "400": {"$ref": "#/components/responses/Bad"},
    }
    paths = operation(verb="post", requestBody=content("body"), responses=responses)
    paths["/other"] = {
        "post": {
            "operationId": "other",
            "requestBody": {"$ref": "#/components/requestBodies/New"},
            "responses": OK,
        }
    }
    draft = read(document(paths=paths, components=components))
    assert {each.place for each in draft.api.messages.values()} == {
        "op.request",
        "op.response",
        "op.response404",
        "op.response4XX",
        "op.responseDefault",
        "Bad.response",
        "New.request",
    }


def test_the_same_schema_in_two_media_types_is_one_type() -> None:
    schema = {"properties": {"a": {"type": "string"}}}
    other = {"properties": {"b": {"type": "string"}}}
    contents = {
        JSON: {"schema": schema},
        "multipart/form-data": {"schema": other},
        "application/x-www-form-urlencoded": {"schema": schema},
    }
    types = [each.type for each in body(contents).contents]
    assert types[0] == types[2] != types[1]


def test_answers_by_status() -> None:
    responses = {
        "200": {"description": ""},
        "2XX": {"description": ""},
        "default": {"description": ""},
        "404": {"description": ""},
        "x-note": 1,
    }
    found = read(document(paths=operation(responses=responses))).api.methods["op"].responses
    assert [(each.low, each.high) for each in found] == [(100, 599), (200, 200), (200, 299), (404, 404)]


def test_a_default_without_a_success_is_the_success_as_well() -> None:
    responses = {"default": {"description": "", "content": {JSON: {"schema": {"type": "string"}}}}}
    found = read(document(paths=operation(responses=responses))).api.methods["op"].responses
    assert [(each.low, each.high) for each in found] == [(100, 599), (200, 299)]
    assert found[0].contents == found[1].contents != ()


@pytest.mark.parametrize("status", ["20", "600", "OK", "2xy", "2000", ""])
def test_keys_that_are_no_status(status: str) -> None:
    draft = tried(document(paths=operation(responses={status: {"description": ""}})))
    assert [words for _, words in refusals(draft)] == [f"{status!r} is no status"]


def test_parts_of_a_form() -> None:
    encoding = {"file": {"contentType": "image/png"}, "ids": {"style": "spaceDelimited", "explode": False}}
    schema = {"properties": {"file": {"type": "string", "format": "binary"}, "ids": {"type": "array"}}}
    found = body({"multipart/form-data": {"schema": schema, "encoding": encoding}}).contents[0].parts
    assert [(each.wire, each.content_type, each.style, each.explode) for each in found] == [
        ("file", "image/png", None, True),
        ("ids", None, Style.SPACE, False),
    ]
