"""References where the specification has none: published documents hold them, and every tool follows them."""

from __future__ import annotations

import json
from typing import Any

from groundwire_codegen.ir import Kind, MessageRef, Scalar

from tests.codegen.openapi.shop import document, operation, read, refusals, tried, warnings

TEXT = {"type": "string"}


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_an_operation_in_a_file_of_its_own() -> None:
    content = {"application/json": {"schema": {"type": "object", "properties": {"name": TEXT}}}}
    own = {"operationId": "list", "responses": {"200": {"description": "", "content": content}}}
    paths = {"/books": {"get": {"$ref": "books/list.json"}}}
    draft = read(document(paths=paths), references={"books/list.json": encoded(own)})
    assert draft.api.methods["list"].responses[0].contents[0].media_type == "application/json"
    assert warnings(draft) == ["a reference may not stand for an operation; it is followed"]


def test_an_operation_whose_file_is_not_at_hand_is_refused() -> None:
    draft = tried(document(paths={"/books": {"get": {"$ref": "gone.json"}}}))
    assert [place for place, _ in refusals(draft)] == ["/paths/~1books/get/$ref"]


def test_maps_of_paths_and_components_in_files_of_their_own() -> None:
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}}
    paths = {
        "/books": {"get": {"operationId": "op", "responses": {"200": {"$ref": "#/components/responses/Ok"}}}}
    }
    references = {
        "paths.json": paths,
        "schemas.json": {"Book": {"$ref": "book.json"}},
        "book.json": {"type": "object", "properties": {"title": TEXT}},
        "schemes.json": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        "responses.json": {"Ok": {"description": "", "content": answer}},
    }
    stated = {
        **document(paths={}),
        "paths": {"$ref": "paths.json"},
        "components": {
            "schemas": {"$ref": "schemas.json"},
            "responses": {"$ref": "responses.json#"},
            "securitySchemes": {"$ref": "schemes.json"},
        },
    }
    # In `paths.json` a reference to `#` would be to that file.
    references["paths.json"]["/books"]["get"]["responses"]["200"]["$ref"] = "responses.json#/Ok"
    references["responses.json"]["Ok"]["content"]["application/json"]["schema"] = {
        "$ref": "schemas.json#/Book"
    }
    draft = read(stated, references={key: encoded(each) for key, each in references.items()})
    assert draft.api.methods["op"].path == "/books"
    assert draft.api.schemes["key"].wire == "X-Key"
    [message] = draft.api.messages.values()
    assert [each.wire for each in message.fields] == ["title"]
    assert sorted(warnings(draft)) == [
        "a reference may not stand for all of 'paths'; it is followed",
        "a reference may not stand for all of 'responses'; it is followed",
        "a reference may not stand for all of 'schemas'; it is followed",
        "a reference may not stand for all of 'securitySchemes'; it is followed",
    ]


def test_references_inside_a_map_that_is_in_a_file_of_its_own() -> None:
    stated = {**document(paths=operation()), "components": {"schemas": {"$ref": "schemas.json"}}}
    shelf = {"type": "object", "properties": {"book": {"$ref": "#/Book"}}}
    schemas = {"Book": {"type": "object", "properties": {"title": TEXT}}, "Shelf": shelf}
    draft = read(stated, references={"schemas.json": encoded(schemas)})
    assert draft.api.aliases["Shelf"].type == MessageRef("schemas.json#/Shelf")
    assert draft.api.aliases["Book"].type == MessageRef("schemas.json#/Book")
    assert draft.api.messages["schemas.json#/Shelf"].fields[0].type == MessageRef("schemas.json#/Book")


def test_properties_in_a_file_of_their_own() -> None:
    schemas = {
        "Book": {"type": "object", "properties": {"$ref": "book.json#/properties"}},
        "Box": {"type": "object", "properties": {"$ref": {"type": "string"}}},
    }
    draft = read(document(schemas), references={"book.json": encoded({"properties": {"title": TEXT}})})
    assert [each.wire for each in draft.api.messages["Book"].fields] == ["title"]
    # A property of that name has a schema.
    assert [each.wire for each in draft.api.messages["Box"].fields] == ["$ref"]
    assert warnings(draft) == ["a reference may not stand for all properties; it is followed"]


def test_a_pointer_that_leads_through_another_reference() -> None:
    schemas = {
        "Link": {"type": "object", "properties": {"href": TEXT}},
        "Page": {"type": "object", "properties": {"link": {"$ref": "#/components/schemas/Link"}}},
        "Box": {
            "type": "object",
            "properties": {"x": {"$ref": "#/components/schemas/Page/properties/link/properties/href"}},
        },
    }
    draft = read(document(schemas))
    key = "/components/schemas/Link/properties/href"
    assert draft.api.messages["Box"].fields[0].type == MessageRef(key)
    assert draft.api.aliases[key].type == Scalar(Kind.STRING)
    assert warnings(draft) == ["the pointer leads through another reference"]


def test_a_pointer_that_leads_through_itself_is_refused() -> None:
    schemas = {
        "A": {"type": "object", "properties": {"x": {"$ref": "#/components/schemas/A/properties/x/y"}}}
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    paths = operation(responses={"200": {"description": "", "content": content}})
    assert "a reference cycle" in [words for _, words in refusals(tried(document(schemas, paths)))]


def test_what_stands_beside_a_reference_of_3_0_and_contradicts_it_is_ignored() -> None:
    schemas = {
        "Instant": {"type": "string", "format": "date-time"},
        "Box": {
            "type": "object",
            "properties": {"x": {"$ref": "#/components/schemas/Instant", "type": "array", "items": TEXT}},
        },
    }
    draft = read(document(schemas, version="3.0.3"))
    assert draft.api.messages["Box"].fields[0].type == MessageRef("Instant")
    assert warnings(draft) == [
        "contradiction: array and string; what stands beside a $ref means nothing in OpenAPI 3.0"
    ]
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Box"}}}
    paths = operation(responses={"200": {"description": "", "content": content}})
    assert refusals(tried(document(schemas, paths)))
