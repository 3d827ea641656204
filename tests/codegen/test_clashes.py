"""Names that generated code needs for itself: whatever a document calls its things, both keep working."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from groundwire_codegen.lower.naming import snake
from groundwire_codegen.lower.reserved import CALL_OPTIONS, CLIENT_OPTIONS
from groundwire_codegen.problem import SpecError
from groundwire_runtime.google_client import GoogleOptions
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.options import CallOptions, RestCallOptions

from tests.audits.corpus.examine import mypy, ruff
from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop
from tests.codegen.packages import files

LEAVES = ["String", "Boolean", "Int32", "Int64", "Uint64", "Double", "Float32", "Byte", "Struct", "AnyValue"]
"""What the runtime calls its own codecs."""
FIELDS = [
    *(
        "bool",
        "bytes",
        "datetime",
        "dict",
        "float",
        "int",
        "list",
        "object",
        "str",
        "timedelta",
        "tuple",
        "type",
    ),
    *("bounded", "data", "decode", "depth", "encode", "error", "first", "key", "messages", "only", "pop"),
    *("quote", "read", "self", "some", "unknown", "unknownFields", "value", "values", "write", "frozen"),
    *("codecs", "buildBook", "decodeBook", "encodeBook", "MISSING", "EMPTY", "MAX_DEPTH", "Mapping"),
]
MEMBERS = ["rest", "bare", "list", "map", "bounded", "only", "packed", "variant", "wrapped", "value", "names"]


def typed(kind: str) -> dict[str, Any]:
    """A schema of one kind, so that annotations need every name that they can."""
    return {
        "text": {"type": "string"},
        "instant": {"type": "string", "format": "google-datetime"},
        "span": {"type": "string", "format": "google-duration"},
        "bytes": {"type": "string", "format": "byte"},
        "texts": {"type": "array", "items": {"type": "string"}},
        "map": {"type": "object", "additionalProperties": {"type": "string"}},
        "free": {"type": "object", "additionalProperties": {"type": "any"}},
    }[kind]


TYPING = [
    *(
        "Annotated",
        "Dataclass",
        "Date",
        "Decimal",
        "Dict",
        "Enum",
        "Field",
        "Final",
        "List",
        "Literal",
        "Model",
    ),
    *("Number", "Optional", "Path", "Self", "Set", "Type", "TypedDict", "UUID", "Union"),
]
"""Classes that generated code does not import, although other generated code does."""
VALUES = {
    "text": "a",
    "instant": "2024-02-29T01:02:03Z",
    "span": "1.500s",
    "bytes": "AAE=",
    "texts": ["a", "b"],
    "map": {"a": "b"},
    "free": {"a": [1]},
}


def survives(package: ModuleType, cls: str, value: Any) -> None:
    """The value is read and written unchanged, and nothing of it is unknown."""
    message = package.decode(getattr(package, cls), json.dumps(value).encode())
    assert not message.unknown_fields
    assert json.loads(package.encode(message)) == value


@pytest.mark.parametrize("kind", VALUES)
def test_field_names(kind: str, load: Load) -> None:
    document = bookshop()
    document["schemas"]["Book"]["properties"] = {name: typed(kind) for name in FIELDS}
    survives(load(files(document)), "Book", dict.fromkeys(FIELDS, VALUES[kind]))


def test_message_names_of_the_runtime_s_codecs(load: Load) -> None:
    document = bookshop()
    schemas, book = document["schemas"], document["schemas"]["Book"]["properties"]
    kinds = {"string": {"type": "string"}, "double": {"type": "number"}, "boolean": {"type": "boolean"}}
    for kind, schema in kinds.items():
        book[f"plain_{kind}"] = {"type": "array", "items": schema}
        book[f"plain_map_{kind}"] = {"type": "object", "additionalProperties": schema}
    for name in LEAVES:
        schemas[name] = {"id": name, "type": "object", "properties": {"x": {"type": "string"}}}
        book[f"list{name}"] = {"type": "array", "items": {"$ref": name}}
        book[f"map{name}"] = {"type": "object", "additionalProperties": {"$ref": name}}
    values: dict[str, Any] = {
        "plain_string": ["a"],
        "plain_map_string": {"k": "a"},
        "plain_double": [0.5],
        "plain_map_double": {"k": 0.5},
        "plain_boolean": [True],
        "plain_map_boolean": {"k": True},
    }
    values |= {f"list{name}": [{"x": "1"}] for name in LEAVES}
    values |= {f"map{name}": {"k": {"x": "1"}} for name in LEAVES}
    survives(load(files(document)), "Book", values)


def test_message_names_of_the_standard_library(load: Load) -> None:
    document = bookshop()
    properties = document["schemas"]["Book"]["properties"]
    for name in TYPING:
        document["schemas"][name] = {"id": name, "type": "object", "properties": {"self": {"$ref": name}}}
        lists = {"type": "array", "items": {"$ref": name}}
        properties[f"a{name}"] = {"$ref": name}
        properties[f"b{name}"] = {"type": "object", "additionalProperties": lists}
    package = load(files(document))
    for name in TYPING:
        value = {f"a{name}": {"self": {}}, f"b{name}": {"x": [{}]}}
        book = package.decode(package.Book, json.dumps(value).encode())
        assert type(getattr(book, snake(f"a{name}"))) is getattr(package, name)
        assert json.loads(package.encode(book)) == value


def test_checkers_find_nothing(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    document = bookshop()
    for kind in VALUES:
        properties = {name: typed(kind) for name in FIELDS}
        document["schemas"][f"Book{kind}"] = {"id": f"Book{kind}", "type": "object", "properties": properties}
        document["schemas"]["Book"]["properties"][kind] = {"$ref": f"Book{kind}"}
    parameters = {name: {**typed("instant"), "location": "query"} for name in FIELDS}
    document["methods"] = {name: method(name, parameters=parameters) for name in FIELDS if name.isalpha()}
    (tmp_path / "shop").mkdir()
    for path, text in files(document).items():
        (tmp_path / "shop" / path).write_text(text, "utf-8")
    assert mypy(tmp_path, ["shop"]) == ""
    assert ruff(tmp_path) == ""


def test_members_of_a_family(load: Load) -> None:
    document = bookshop()
    kind = {"id": "Kind", "type": "object", "properties": {name: typed("text") for name in MEMBERS}}
    document["schemas"]["Kind"] = kind
    properties = document["schemas"]["Book"]["properties"]
    properties["kinds"] = {"type": "array", "items": {"$ref": "Kind"}}
    properties["map"] = {"type": "object", "additionalProperties": {"$ref": "Kind"}}
    overlay = f"[messages.Kind.unions.kind]\nmembers = {json.dumps(MEMBERS)}\n"
    package = load(files(document, overlay))
    kinds = [{name: "x"} for name in MEMBERS]
    survives(package, "Book", {"kinds": kinds, "map": {"k": kinds[0]}})
    variants = {
        type(each) for each in package.decode(package.Book, json.dumps({"kinds": kinds}).encode()).kinds
    }
    assert len(variants) == len(MEMBERS)


def test_packed_field_called_list(load: Load) -> None:
    document = bookshop()
    book = document["schemas"]["Book"]["properties"]
    book["list"] = {"type": "object", "additionalProperties": {"type": "any"}}
    book["sequels"] = {"type": "array", "items": {"$ref": "Book"}}
    package = load(files(document, '[messages.Book.packed.list]\n"t/a" = "Author"\n'))
    survives(package, "Book", {"list": {"@type": "t/a", "name": "S"}, "sequels": [{"name": "b"}]})


def method(identity: str, **changes: Any) -> dict[str, Any]:
    return {"id": f"bookshop.{identity}", "httpMethod": "GET", "path": f"v1/{identity}", **changes}


def sent(package: ModuleType, answer: bytes = b"{}") -> tuple[Any, list[Request]]:
    """A client whose requests are kept and answered with one answer."""
    requests: list[Request] = []

    def send(request: Request) -> Response:
        requests.append(request)
        return Response(status=200, body=answer)

    client = package.Client(credentials=package.credentials.anonymous(), transport=FunctionTransport(send))
    return client, requests


def test_methods_and_resources_of_one_name(load: Load) -> None:
    document = bookshop()
    inner = {"methods": {"x": method("x.x.x")}, "resources": {"wait": {"methods": {"x": method("x.w.x")}}}}
    document["methods"] = {name: method(name) for name in ("x", "str", "messages", "call", "datetime")}
    document["resources"] |= {
        "x": {"methods": {"x": method("x.x")}, "resources": {"x": inner}},
        "call": inner,
    }
    document["resources"]["call"] = {"methods": {"wait": method("call.wait")}}
    client, requests = sent(load(files(document)))
    for call in (client.x, client.str_, client.messages_, client.call_, client.datetime_):
        call()
    client.x_.x()
    client.x_.x_.x()
    client.x_.x_.wait.x()
    client.call_2.wait()
    assert [request.method_id.partition(".")[2] for request in requests] == [
        *("x", "str", "messages", "call", "datetime", "x.x", "x.x.x", "x.w.x", "call.wait")
    ]


def test_parameters_named_as_what_a_stub_uses(load: Load) -> None:
    names = [
        "self",
        "request",
        "options",
        "messages",
        "timeout",
        "retry",
        "scopes",
        "str",
        "datetime",
        "clear",
    ]
    parameters = {name: {"type": "string", "location": "query"} for name in names}
    document = bookshop()
    document["schemas"]["Nothing"] = {"id": "Nothing", "type": "object", "properties": {}}
    document["methods"] = {
        "do": method("do", httpMethod="POST", parameters=parameters, request={"$ref": "Nothing"})
    }
    client, requests = sent(load(files(document)))
    client.do(**{f"{name}_": name for name in names}, timeout=1, scopes=["s"])
    query = "&".join(f"{name}={name}" for name in sorted(names))
    assert requests[0].url == f"https://bookshop.googleapis.com/v1/do?{query}"
    assert (requests[0].body, requests[0].scopes) == (b"{}", ("s",))


def test_the_generator_knows_the_options_of_the_runtime() -> None:
    assert {*CallOptions.__annotations__, *RestCallOptions.__annotations__} == CALL_OPTIONS
    assert set(GoogleOptions.__annotations__) == CLIENT_OPTIONS


@pytest.mark.parametrize(
    "name", [*sorted(CLIENT_OPTIONS), "self", "options", "CODECS", "METHODS", "__init__", "\u00e9"]
)
def test_an_argument_of_the_client_that_is_taken(name: str) -> None:
    overlay = f'[client."{name}"]\nfills = ["bookshop.books.get:name"]\n'
    with pytest.raises(SpecError, match="is no name for an argument"):
        files(bookshop(), overlay)


def test_a_page_token_that_a_method_requires(load: Load) -> None:
    document = bookshop()
    listing = document["resources"]["books"]["methods"]["list"]
    listing["parameters"]["pageToken"]["required"] = True
    client, requests = sent(load(files(document)), b'{"books": [{"name": "b"}]}')
    assert list(inspect.signature(client.books.list).parameters) == ["page_token", "page_size", "options"]
    assert [book.name for book in client.books.list("start")] == ["b"]
    assert requests[0].url.endswith("/v1/books?pageToken=start")


def test_a_version_that_the_service_wants(load: Load) -> None:
    document = bookshop()
    document["resources"]["books"]["methods"]["get"]["apiVersion"] = "2026-11-01"
    client, requests = sent(load(files(document)))
    client.books.get("books/1")
    client.books.create(client.books.get("books/1"))
    assert [request.headers.get("x-goog-api-version") for request in requests] == ["2026-11-01"] * 2 + [None]


def test_bodies_in_an_envelope(load: Load) -> None:
    document = {**bookshop(), "features": ["dataWrapper"]}
    package = load(files(document))
    client, requests = sent(package, b'{"data": {"name": "b"}}')
    assert client.books.create(package.Book(name="b")) == package.Book(name="b")
    assert requests[0].body == b'{"data":{"name":"b"}}'
    client, _ = sent(package, b'{"name": "b"}')
    with pytest.raises(package.errors.DecodeError, match="'data'"):
        client.books.get("books/1")


def test_a_body_that_is_a_map_keeps_whatever_it_holds(load: Load) -> None:
    document = bookshop()
    document["schemas"]["Keys"] = {"id": "Keys", "type": "object", "additionalProperties": {"type": "string"}}
    document["methods"] = {"keys": method("keys", response={"$ref": "Keys"})}
    client, _ = sent(load(files(document)), b'{"a": "1"}')
    assert client.keys().unknown_fields == {"a": "1"}


def test_containers_in_containers_are_values(load: Load) -> None:
    document = bookshop()
    cell = {"type": "array", "items": {"type": "array", "items": {"type": "any"}}}
    document["schemas"]["Book"]["properties"] = {
        "rows": cell,
        "by_name": {"type": "object", "additionalProperties": cell},
    }
    package = load(files(document))
    rows = [[1, "a"], []]
    book = package.Book(rows=rows, by_name={"k": rows, "e": []})
    rows[0].append("later")
    assert book.rows == ((1, "a"), ())
    assert book == package.decode(package.Book, package.encode(book))
    assert hash(package.Book(rows=rows))
