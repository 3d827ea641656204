"""Servers, security schemes and requirements."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_codegen.ir import (
    ErrorShape,
    Location,
    SchemeKind,
    SchemeRequirement,
    SecurityScheme,
    Server,
    ServerVariable,
)

from tests.codegen.openapi.shop import document, operation, read, warnings

SCHEMES: dict[str, Any] = {
    "key": {"type": "apiKey", "in": "query", "name": "k", "description": "A key."},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "basic": {"type": "http", "scheme": "Basic"},
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "oauth": {
        "type": "oauth2",
        "flows": {
            "implicit": {"authorizationUrl": "https://a", "scopes": {"b": "", "a": ""}},
            "clientCredentials": {"tokenUrl": "https://a", "scopes": {"c": ""}},
        },
    },
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://a"},
    "tls": {"type": "mutualTLS"},
}


def need(name: str, *scopes: str) -> SchemeRequirement:
    return SchemeRequirement(scheme=name, scopes=scopes)


def test_schemes() -> None:
    found = read(document(components={"securitySchemes": SCHEMES})).api.schemes
    assert found == {
        "key": SecurityScheme(kind=SchemeKind.API_KEY, location=Location.QUERY, wire="k", doc="A key."),
        "cookie": SecurityScheme(kind=SchemeKind.API_KEY, location=Location.COOKIE, wire="session"),
        "basic": SecurityScheme(kind=SchemeKind.BASIC),
        "token": SecurityScheme(kind=SchemeKind.BEARER),
        "oauth": SecurityScheme(kind=SchemeKind.OAUTH2, url="https://a", scopes=("a", "b", "c")),
        "openid": SecurityScheme(kind=SchemeKind.OPENID, url="https://a"),
        "tls": SecurityScheme(kind=SchemeKind.MUTUAL_TLS),
    }


@pytest.mark.parametrize(
    ("document_wide", "own", "security"),
    [
        (None, None, None),
        (None, [], ()),
        (None, [{"key": []}], ((need("key"),),)),
        ([{"key": []}], None, ((need("key"),),)),
        ([{"key": []}], [], ()),
        (None, [{"oauth": ["b", "a"]}, {"token": []}], ((need("oauth", "b", "a"),), (need("token"),))),
        (None, [{"key": [], "basic": []}], ((need("basic"), need("key")),)),
        (None, [{}, {"key": []}], ((), (need("key"),))),
    ],
)
def test_requirements(document_wide: Any, own: Any, security: Any) -> None:
    more = {} if document_wide is None else {"security": document_wide}
    stated = {} if own is None else {"security": own}
    draft = read(document(paths=operation(**stated), components={"securitySchemes": SCHEMES}, **more))
    assert draft.api.methods["op"].security == security


def test_schemes_that_are_not_known_are_ignored_with_a_warning() -> None:
    schemes = {
        "old": {"type": "http", "scheme": "digest"},
        "key": SCHEMES["key"],
        "new": {"type": "telepathy"},
    }
    paths = operation(security=[{"old": []}, {"key": []}, {"gone": []}])
    draft = read(document(paths=paths, components={"securitySchemes": schemes}))
    assert draft.api.methods["op"].security == ((need("key"),),)
    assert set(warnings(draft)) == {
        "HTTP authentication 'digest' is not known; the scheme is ignored",
        "security scheme of type 'telepathy' is not known; it is ignored",
        "unknown security scheme 'old'; ignored",
        "unknown security scheme 'gone'; ignored",
    }


def test_a_token_endpoint_that_is_no_url_is_left_to_the_client() -> None:
    flows = {"clientCredentials": {"tokenUrl": "ht tp://a", "scopes": {}}}
    schemes = {
        "bad": {"type": "oauth2", "flows": flows},
        "relative": {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "/token?v=2", "scopes": {}}},
        },
    }
    draft = read(document(components={"securitySchemes": schemes}))
    assert {name: each.url for name, each in draft.api.schemes.items()} == {
        "bad": None,
        "relative": "/token?v=2",
    }
    assert warnings(draft) == ["not a URL: 'ht tp://a'; name it in the client"]


def test_servers() -> None:
    variables = {
        "region": {"default": "eu", "enum": ["eu", "us"], "description": "Where."},
        "port": {"default": "443"},
    }
    rows = [
        {"url": "https://{region}.example.com:{port}/v1", "variables": variables},
        {"url": "/v1", "description": "Here."},
    ]
    assert read(document(servers=rows)).api.servers == (
        Server(
            url="https://{region}.example.com:{port}/v1",
            variables=(
                ServerVariable(name="port", default="443"),
                ServerVariable(name="region", default="eu", values=("eu", "us"), doc="Where."),
            ),
        ),
        Server(url="/v1", doc="Here."),
    )


def test_a_document_without_servers_is_relative_to_its_own_place() -> None:
    assert read(document()).api.servers == (Server(url="/"),)


def test_an_operation_or_a_path_with_a_server_of_its_own() -> None:
    own = [{"url": "https://{x}.example.com", "variables": {"x": {"default": "upload"}}}]
    paths = {
        "/a": {"servers": own, "get": {"operationId": "a", "responses": {}}},
        "/b": {
            "servers": own,
            "get": {"operationId": "b", "servers": [{"url": "https://b.example.com"}], "responses": {}},
        },
        "/c": {"get": {"operationId": "c", "responses": {}}},
    }
    methods = read(document(paths=paths)).api.methods
    assert methods["a"].server == "https://upload.example.com"
    assert methods["b"].server == "https://b.example.com"
    assert methods["c"].server is None


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@example.com",
        "https://example.com?x=1",
        "https://example.com/#x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://exa mple.com",
        "https://example.com\\@evil.com",
        "https://{missing}.example.com",
        "https://example.com:port",
        "https://[",
        "https:///x",
    ],
)
def test_servers_that_are_ignored_with_a_warning(url: str) -> None:
    draft = read(document(servers=[{"url": url}]))
    assert draft.api.servers == (Server(url="/"),)
    assert len(draft.warnings) == 1
    assert draft.warnings[0].pointer == "/servers/0/url"


def test_the_api() -> None:
    draft = read(document(info={"title": "Book  Shop (v2)!", "version": "2.0", "description": "Books."}))
    assert (draft.api.id, draft.api.name, draft.api.title) == (
        "book-shop-v2",
        "book-shop-v2",
        "Book  Shop (v2)!",
    )
    assert (draft.api.version, draft.api.revision, draft.api.doc) == ("2.0", "", "Books.")
    assert draft.api.errors is ErrorShape.BY_STATUS
