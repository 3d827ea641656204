"""Bodies and answers beside JSON, from a document to what a call sends and returns."""

from __future__ import annotations

import inspect
import json
from typing import Any

from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.codegen.conftest import Load

from .shop import document

PHOTO = {
    "type": "object",
    "required": ["image"],
    "properties": {
        "image": {"type": "string", "format": "binary"},
        "more": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "title": {"type": "string"},
        "place": {"type": "object", "properties": {"zip": {"type": "string"}}},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
ENCODING = {
    "image": {"contentType": "image/png"},
    "tags": {"style": "pipeDelimited", "explode": False},
    "place": {"style": "deepObject", "explode": True},
}
CUSTOMER = {
    "properties": {
        "name": {"type": "string"},
        "expand": {"type": "array", "items": {"type": "string"}},
        "address": {"type": "object", "properties": {"city": {"type": "string"}}},
    }
}
DOCUMENT = document(
    {"Photo": PHOTO, "Log": {"properties": {"n": {"type": "integer"}}}},
    {
        "/photos": {
            "post": {
                "operationId": "addPhoto",
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {"$ref": "#/components/schemas/Photo"},
                            "encoding": ENCODING,
                        }
                    },
                },
                "responses": {"204": {"description": ""}},
            }
        },
        "/customers": {
            "post": {
                "operationId": "addCustomer",
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": CUSTOMER,
                            "encoding": {
                                "expand": {"style": "deepObject"},
                                "address": {"style": "deepObject", "explode": True},
                            },
                        }
                    },
                },
                "responses": {"204": {"description": ""}},
            }
        },
        "/logs": {
            "get": {
                "operationId": "follow",
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            "application/x-ndjson": {"schema": {"$ref": "#/components/schemas/Log"}},
                            "text/event-stream": {"schema": {"type": "string"}},
                        },
                    },
                    "404": {"description": "", "content": {"application/x-ndjson": {}}},
                },
            }
        },
        "/files": {
            "put": {
                "operationId": "putFile",
                "requestBody": {"content": {"application/octet-stream": {}}},
                "responses": {"204": {"description": ""}},
            }
        },
    },
)


class Shop:
    """The client of the document, and the requests that it sends."""

    def __init__(self, load: Load) -> None:
        inputs = Inputs(
            name="shop.json", document=json.dumps(DOCUMENT).encode(), overlay=None, package="shop"
        )
        files = generate(inputs).files
        self.package: Any = load({path: text for path, text in files.items() if path.endswith(".py")})
        self.requests: list[Request] = []
        self.answer = Response(status=204)
        self.client = self.package.Client(
            transport=FunctionTransport(self.send), endpoint="https://shop.example"
        )

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        return self.answer


def test_a_multipart_body_is_a_message(load: Load) -> None:
    shop = Shop(load)
    package = shop.package
    shop.client.add_photo(
        package.Photo(
            image=b"\x89PNG",
            more=[package.FilePart(b"a", filename="a.txt", content_type="text/plain")],
            title="T",
            place=package.PhotoPlace(zip="1"),
            tags=["x", "y"],
        )
    )
    body = shop.requests[0].body
    assert body is not None
    assert not isinstance(body, bytes)
    boundary = shop.requests[0].headers["content-type"].removeprefix("multipart/form-data; boundary=")
    heads = [part.split(b"\r\n\r\n") for part in b"".join(body).split(f"--{boundary}".encode())[1:-1]]
    disposition = "content-disposition: form-data; name="
    assert [(head.decode().strip().removeprefix(disposition), content) for head, content in heads] == [
        ('"place[zip]"', b"1\r\n"),
        ('"tags"', b"x|y\r\n"),
        ('"title"', b"T\r\n"),
        ('"image"; filename="image"\r\ncontent-type: image/png', b"\x89PNG\r\n"),
        ('"more"; filename="a.txt"\r\ncontent-type: text/plain', b"a\r\n"),
    ]
    assert inspect.signature(package.Photo).parameters["image"].annotation == "bytes | FilePart"


def test_a_form_is_a_message(load: Load) -> None:
    shop = Shop(load)
    package = shop.package
    address = package.AddCustomerRequestAddress(city="Sils")
    shop.client.add_customer(package.AddCustomerRequest(name="A B", expand=["a", "b"], address=address))
    assert shop.requests[0].body == b"address%5Bcity%5D=Sils&expand=a&expand=b&name=A+B"
    assert shop.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"


def test_bytes_may_be_a_file(load: Load) -> None:
    shop = Shop(load)
    shop.client.put_file(shop.package.FilePart(b"abc"))
    shop.client.put_file(b"abc")
    assert [
        b"".join([body] if isinstance(body, bytes) else body or ())
        for body in (each.body for each in shop.requests)
    ] == [b"abc"] * 2


def test_lines_are_a_stream_of_messages(load: Load) -> None:
    shop = Shop(load)
    headers = {"content-type": "application/x-ndjson"}
    shop.answer = Response(status=200, headers=headers, body=b'{"n":1}\n{"n":2}\n')
    with shop.client.follow() as logs:
        assert list(logs) == [shop.package.Log(n=1), shop.package.Log(n=2)]
    assert (
        inspect.signature(shop.client.follow).return_annotation
        == "Stream[messages.Log] | Stream[ServerEvent]"
    )
    assert shop.requests[0].headers["accept"] == "application/x-ndjson, text/event-stream"


def test_a_binary_value_is_octets_in_a_form_and_text_in_json(load: Load) -> None:
    raw = {"type": "string", "format": "binary"}
    both = {"anyOf": [raw, {"type": "string", "format": "uuid"}, {"type": "integer"}]}
    part = {"properties": {"data": {"$ref": "#/components/schemas/Octets"}}}
    answer = {"properties": {"data": raw, "more": {"type": "array", "items": raw}, "both": both}}
    schemas = {"Octets": raw, "Part": part, "Answer": answer}

    def content(media_type: str, name: str) -> dict[str, Any]:
        return {"content": {media_type: {"schema": {"$ref": f"#/components/schemas/{name}"}}}}

    operation = {
        "operationId": "send",
        "requestBody": content("multipart/form-data", "Part"),
        "responses": {"200": {"description": "", **content("application/json", "Answer")}},
    }
    data = json.dumps(document(schemas, {"/": {"post": operation}})).encode()
    package = load(generate(Inputs(name="shop.json", document=data, package="shop")).files)
    assert inspect.signature(package.Part).parameters["data"].annotation == "bytes | FilePart | None"
    # None of these is base64, which nothing says that a text is.
    body = {"data": "octets!", "more": ["binary"], "both": "abcd"}
    found = package.decode(package.Answer, json.dumps(body).encode())
    assert (found.data, found.more, found.both) == ("octets!", ("binary",), "abcd")
    assert json.loads(package.encode(found)) == body
