"""Words that break the letter and whose meaning is clear are read as what they mean, with a warning."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_codegen.ir import Const, Encoding, Kind, ListOf, Location, MessageRef, Nullable, Scalar, Style

from tests.codegen.openapi.shop import (
    document,
    field,
    operation,
    parameter,
    read,
    refusals,
    tried,
    type_of,
    warnings,
)

TEXT = {"type": "string"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("int", Kind.INTEGER),
        ("Integer", Kind.INTEGER),
        ("STRING", Kind.STRING),
        ("float", Kind.NUMBER),
        ("bool", Kind.BOOLEAN),
        ("uuid", Kind.STRING),
        ("date", Kind.DAY),
        ("date-time", Kind.TIMESTAMP),
    ],
)
def test_types_of_other_languages(word: str, kind: Kind) -> None:
    assert type_of({"type": word}) == Scalar(kind)
    assert type_of({"type": [word, "null"]}) == Nullable(Scalar(kind))
    box = {"type": "object", "properties": {"x": {"type": word}}}
    [said] = warnings(read(document({"Box": box})))
    assert said.startswith(f"type {word!r} is read as ")


def test_a_file_is_binary_in_a_form() -> None:
    schema = {"type": "object", "properties": {"photo": {"type": "file"}}}
    body = {"content": {"multipart/form-data": {"schema": schema}}}
    [message] = read(document(paths=operation(verb="post", requestBody=body))).api.messages.values()
    assert message.fields[0].type == Scalar(Kind.BINARY)


@pytest.mark.parametrize(
    ("location", "style", "meant", "explode"),
    [
        ("query", "simple", Style.FORM, False),
        ("cookie", "simple", Style.FORM, False),
        ("header", "form", Style.SIMPLE, False),
        ("path", "form", Style.SIMPLE, False),
    ],
)
def test_a_style_of_another_location(location: str, style: str, meant: Style, explode: bool) -> None:
    stated = {"name": "p", "in": location, "style": style, "required": True}
    found = parameter(
        {**stated, "schema": {"type": "array", "items": TEXT}}, "/{p}" if location == "path" else "/p"
    )
    assert (found.location, found.style, found.explode) == (Location(location), meant, explode)
    assert found.type == ListOf(Scalar(Kind.STRING))


def test_spaces_around_a_path() -> None:
    draft = read(document(paths={**operation("/books "), " /pens": {"get": {"operationId": "pens"}}}))
    assert [draft.api.methods[id_].path for id_ in ("op", "pens")] == ["/books", "/pens"]
    assert warnings(draft) == ["spaces around a path are left out"] * 2


@pytest.mark.parametrize(
    ("stated", "read_as", "encoding"),
    [
        ("application/json:", "application/json", Encoding.JSON),
        ("application/json, version=1.0.0", "application/json; version=1.0.0", Encoding.JSON),
        ("image/png:", "image/png", Encoding.BYTES),
    ],
)
def test_a_media_type_with_a_slip(stated: str, read_as: str, encoding: Encoding) -> None:
    draft = read(document(paths=operation(verb="post", requestBody={"content": {stated: {"schema": TEXT}}})))
    body = draft.api.methods["op"].body
    assert body is not None
    assert [(each.media_type, each.encoding) for each in body.contents] == [(read_as, encoding)]
    assert warnings(draft) == [f"{stated!r} is read as {read_as!r}"]


def test_a_body_without_a_media_type_is_none() -> None:
    draft = read(document(paths=operation(verb="post", requestBody={"content": {}, "required": True})))
    assert draft.api.methods["op"].body is None
    assert warnings(draft) == ["a body without a media type is none"]


def test_a_range_of_json_types_is_json() -> None:
    body = {"content": {"application/*+json": {"schema": {"type": "object", "properties": {"x": TEXT}}}}}
    found = read(document(paths=operation(verb="post", requestBody=body))).api.methods["op"].body
    assert found is not None
    assert found.contents[0].encoding is Encoding.JSON


@pytest.mark.parametrize("status", ["204", "205", "304"])
def test_an_answer_that_has_no_body_in_http(status: str) -> None:
    content = {"application/json": {"schema": TEXT}}
    draft = read(document(paths=operation(responses={status: {"description": "", "content": content}})))
    assert draft.api.methods["op"].responses[0].contents == ()
    assert warnings(draft) == [f"an answer of status {status} has no body; what is stated of one is ignored"]


def test_a_default_beside_a_redirect_is_an_error() -> None:
    content = {"application/json": {"schema": TEXT}}
    responses = {"303": {"description": ""}, "default": {"description": "", "content": content}}
    found = read(document(paths=operation(responses=responses))).api.methods["op"].responses
    assert [(each.low, each.high) for each in found] == [(100, 599), (303, 303)]


@pytest.mark.parametrize("stated", [{"enum": [None]}, {"type": "string", "nullable": True, "enum": [None]}])
def test_an_enum_of_null_alone_is_null(stated: dict[str, Any]) -> None:
    assert type_of(stated, "3.0.3") == Const((None,))


def test_a_reference_to_null_makes_a_union_nullable() -> None:
    schemas = {"NullEnum": {"enum": [None]}, "State": {"type": "string", "enum": ["a", "b"]}}
    found = field({"oneOf": [ref("State"), ref("NullEnum")]}, "3.0.3", **schemas)
    assert found.type == Nullable(MessageRef("State"))


def test_what_has_no_clear_meaning_is_refused() -> None:
    stated = {"name": "p", "in": "query", "schema": {"type": "shelf"}}
    wrong = {"name": "q", "in": "header", "style": "deepObject", "schema": TEXT}
    draft = tried(document(paths=operation(parameters=[stated, wrong])))
    assert sorted(words for _, words in refusals(draft)) == [
        "style 'deepObject' is none of a header parameter",
        "unknown type 'shelf'",
    ]
