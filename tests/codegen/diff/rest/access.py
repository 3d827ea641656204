"""Changes of servers, security schemes and requirements."""

from __future__ import annotations

from .proof import RestProof, at, both, drop, get, put

SCHEMES = ("components", "securitySchemes")
KEYED = 'auth={"key": "k"}'
OPEN = "return client.orders.open().total"
EITHER = "return client.orders.either().total"
VARIABLE = ("servers", 0, "variables", "region")

ACCESS_PROOFS = (
    RestProof(
        rule="api.base-url",
        body=get(),
        edit=put("servers", 0, "url", value="https://{region}.shop.example/v2"),
    ),
    RestProof(
        rule="api.server-added",
        body=get(),
        edit=lambda document: document["servers"].append({"url": "https://more.shop.example"}),
    ),
    RestProof(
        rule="api.server-removed",
        body=get(),
        client='server="https://test.shop.example/v1", auth={"token": "t"}',
        edit=lambda document: document["servers"].pop(),
    ),
    RestProof(
        rule="api.server-order",
        body=get(),
        client='server_variables={"region": "us"}, auth={"token": "t"}',
        edit=lambda document: document["servers"].reverse(),
    ),
    RestProof(rule="api.server-default", body=get(), edit=put(*VARIABLE, "default", value="us")),
    RestProof(
        rule="api.server-variable-added",
        body=get(),
        client='server_variables={"region": "us"}, auth={"token": "t"}',
        edit=put(*VARIABLE, "enum", value=["eu", "us", "asia"]),
    ),
    RestProof(
        rule="api.server-variable-removed",
        body=get(),
        client='server_variables={"region": "us"}, auth={"token": "t"}',
        edit=put(*VARIABLE, "enum", value=["eu"]),
    ),
    RestProof(
        rule="api.scheme-added",
        check="api-security-component-added",
        level="info",
        body=get(),
        edit=put(*SCHEMES, "more", value={"type": "http", "scheme": "bearer"}),
    ),
    RestProof(
        rule="api.scheme-removed",
        check="api-security-component-removed",
        level="info",
        body=get(),
        client='auth={"token": "t", "login": ("a", "b")}',
        edit=drop(*SCHEMES, "login"),
    ),
    RestProof(
        rule="api.scheme-kind",
        check="api-security-component-type-changed",
        level="info",
        body=get(),
        client='auth={"token": "t", "login": ("a", "b")}',
        edit=put(*SCHEMES, "login", "scheme", value="bearer"),
    ),
    RestProof(
        rule="api.scheme-token",
        body=get(),
        edit=put(
            *SCHEMES, "token", value={"type": "openIdConnect", "openIdConnectUrl": "https://id.example"}
        ),
    ),
    RestProof(
        rule="api.scheme-place",
        body=OPEN,
        client=KEYED,
        before=put(*at("/open", "get", "security"), value=[{"key": []}]),
        edit=put(*SCHEMES, "key", value={"type": "apiKey", "in": "query", "name": "key"}),
    ),
    RestProof(
        rule="method.security",
        check="api-security-added",
        level="info",
        body=OPEN,
        client=KEYED,
        edit=put(*at("/open", "get", "security"), value=[{"token": []}]),
    ),
    RestProof(
        rule="method.security",
        check="api-global-security-added",
        level="info",
        body="return client.orders.get_job('1').name",
        client=KEYED,
        answer={"name": "n"},
        before=drop("security"),
        edit=put("security", value=[{"token": []}]),
    ),
    RestProof(
        rule="method.security-alternative",
        body=EITHER,
        client='auth={"oauth": "t"}',
        edit=put(*at("/either", "get", "security"), value=[{"oauth": ["read"]}, {"key": []}]),
    ),
    RestProof(
        rule="method.security-dropped",
        check="api-security-removed",
        level="info",
        body=EITHER,
        client='auth={"oauth": "t"}',
        edit=put(*at("/either", "get", "security"), value=[]),
    ),
    RestProof(
        rule="method.security-dropped",
        check="api-global-security-removed",
        level="info",
        body=get(),
        edit=put("security", value=[]),
    ),
    RestProof(
        rule="method.scopes",
        check="api-security-scope-added",
        level="info",
        body=EITHER,
        client='auth={"oauth": "t"}',
        edit=put(*at("/either", "get", "security"), value=[{"oauth": ["read", "write"]}]),
        alone="a token comes from the caller, with the scopes that it has",
    ),
    RestProof(
        rule="method.scopes",
        check="api-security-scope-removed",
        level="info",
        body=EITHER,
        client='auth={"oauth": "t"}',
        edit=put(*at("/either", "get", "security"), value=[{"oauth": []}]),
        alone="a token comes from the caller, with the scopes that it has",
    ),
    RestProof(
        rule="method.server",
        body=get(),
        edit=put(*at("/orders/{id}", "get", "servers"), value=[{"url": "https://bulk.example"}]),
    ),
    RestProof(
        rule="api.service",
        body=get(),
        before=both(
            put("servers", value=[{"url": "https://shop.googleapis.com"}]),
            *(drop("paths", path) for path in ("/labels", "/notes", "/payments", "/photos")),
        ),
        edit=lambda _: None,
        overlay='[openapi]\nservice = "google"\n',
    ),
)
