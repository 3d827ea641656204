"""Who may call, in the three modes; and what a refused caller is told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.service import Service
from groundwire_contract.validate.access import Access, AccessError, Grant, Mode, read_grants, rpc

from .wire import EXPORT, JSON, OPERATIONS

SCOPE = "https://www.googleapis.com/auth/earthengine"
CONTRACT = load()
TABLE = Access(
    mode=Mode.SCOPED,
    grants={
        "whole": Grant(caller="ann", scopes=frozenset({SCOPE})),
        "again": Grant(caller="ann", scopes=frozenset({SCOPE})),
        "other": Grant(caller="bob", scopes=frozenset({SCOPE})),
        "narrow": Grant(caller="ann", scopes=frozenset({"https://www.googleapis.com/auth/drive"})),
        "old": Grant(caller="ann", scopes=frozenset({SCOPE}), expired=True),
    },
)


def send(service: Service, token: str | None, body: bytes = b"{}", query: str = "") -> Reply:
    headers: Mapping[str, str] = JSON if token is None else {**JSON, "authorization": token}
    pairs = (tuple(query.split("=", 1)),) if query else ()
    exchange = Exchange(
        verb="POST",
        path=EXPORT,
        headers=headers,
        body=body,
        length=len(body),
        query=pairs,  # type: ignore[arg-type] # pairs of two
    )
    found = service.handle(exchange)
    assert isinstance(found, Reply)
    return found


@pytest.mark.parametrize("mode", [Mode.ANY, Mode.REQUIRED])
def test_without_a_table_all_tokens_are_one_caller(mode: Mode) -> None:
    service = Service(CONTRACT, access=Access(mode=mode))
    body = b'{"requestId":"a"}'
    assert send(service, "Bearer first", body).status == 200
    for token in ("bearer first", "Bearer refreshed"):
        assert send(service, token, body).rule == "request-id-reused"
    assert send(service, None, body, "access_token=another").rule == "request-id-reused"
    assert mode is Mode.REQUIRED or send(service, None, body).rule == "request-id-reused"


@pytest.mark.parametrize("mode", [Mode.ANY, Mode.REQUIRED])
def test_a_table_tells_callers_apart_in_every_mode(mode: Mode) -> None:
    service = Service(CONTRACT, access=Access(mode=mode, grants=TABLE.grants))
    body = b'{"requestId":"a"}'
    started = [send(service, f"Bearer {token}", body).status for token in ("whole", "other", "unknown")]
    assert started == [200] * 3
    for token in ("again", "narrow", "old", "not known either"):
        assert send(service, f"Bearer {token}", body).rule == "request-id-reused"


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer  ", "Basic dXNlcjpwYXNz"])
@pytest.mark.parametrize("access", [Access(mode=Mode.REQUIRED), TABLE])
def test_where_sign_in_is_required_a_request_without_a_token_is_told_so(
    access: Access, token: str | None
) -> None:
    service = Service(CONTRACT, access=access)
    answer = send(service, token, b"not JSON")
    assert (answer.status, answer.rule) == (401, "credentials-missing")
    assert ("www-authenticate", 'Bearer realm="https://accounts.google.com/"') in answer.headers
    assert b'"status": "UNAUTHENTICATED"' in answer.body
    assert send(service, None, query="access_token=whole").status == 200


@pytest.mark.parametrize("token", ["Bearer unknown", "Bearer old"])
def test_a_token_that_is_unknown_or_expired_is_invalid(token: str) -> None:
    answer = send(Service(CONTRACT, access=TABLE), token)
    assert (answer.status, answer.rule) == (401, "unauthenticated")
    assert 'error="invalid_token"' in dict(answer.headers)["www-authenticate"]


def test_a_token_without_a_scope_of_the_method_is_not_enough() -> None:
    answer = send(Service(CONTRACT, access=TABLE), "Bearer narrow")
    assert (answer.status, answer.rule, answer.headers) == (403, "scope-insufficient", ())
    assert b'"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"' in answer.body
    assert b'"method": "google.earthengine.v1beta.EarthEngine.ExportImage"' in answer.body


def test_a_caller_is_the_one_that_the_table_names() -> None:
    service = Service(CONTRACT, access=TABLE)
    body = b'{"requestId":"a"}'
    assert send(service, "Bearer whole", body).status == 200
    assert send(service, "Bearer other", body).status == 200
    assert send(service, "Bearer again", body).rule == "request-id-reused"


def test_no_token_is_remembered() -> None:
    service = Service(CONTRACT, access=TABLE)
    send(service, "Bearer whole")
    send(service, None, query="access_token=whole")
    service.handle(Exchange(verb="GET", path=OPERATIONS, headers={"authorization": "Bearer narrow"}))
    assert "whole" not in repr(service.state.requests)
    assert "narrow" not in repr(service.state.requests)
    assert "whole" not in repr(service.access)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("image.export", "google.earthengine.v1.EarthEngine.ExportImage"),
        ("operations.list", "google.earthengine.v1.EarthEngine.ListOperations"),
        ("operations.get", "google.earthengine.v1.EarthEngine.GetOperation"),
    ],
)
def test_a_method_has_the_name_that_errors_give(method: str, name: str) -> None:
    api = CONTRACT.api
    assert rpc(api.methods[f"earthengine.projects.{method}"], "v1", api) == name


def test_a_table_of_tokens_is_read() -> None:
    found = read_grants(
        b'[[token]]\nvalue = "t"\ncaller = "ann"\nscopes = ["earthengine", "https://example.org/x"]\n'
        b'[[token]]\nvalue = "u"\ncaller = "bob"\nexpired = true\n'
    )
    assert found["t"] == Grant(caller="ann", scopes=frozenset({SCOPE, "https://example.org/x"}))
    assert found["u"] == Grant(caller="bob", expired=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\xff", "not TOML"),
        ("[[token]", "not TOML"),
        ("", r"no \[\[token\]\]"),
        ("token = 1", r"no \[\[token\]\]"),
        ("token = [1]", "1: it is no table"),
        ('[[token]]\nvalue = "t"', "value and caller"),
        ('[[token]]\nvalue = ""\ncaller = "a"', "value and caller"),
        ('[[token]]\nvalue = "t"\ncaller = 1', "value and caller"),
        ('[[token]]\nvalue = "t"\ncaller = "a"\nscopes = "x"', "scopes is a list"),
        ('[[token]]\nvalue = "t"\ncaller = "a"\nscopes = [1]', "scopes is a list"),
        ('[[token]]\nvalue = "t"\ncaller = "a"\nexpired = 1', "expired is"),
        ('[[token]]\nvalue = "t"\ncaller = "a"\nscope = []', "'scope' is none of"),
        ('[[token]]\nvalue = "t"\ncaller = "a"\n[[token]]\nvalue = "t"\ncaller = "b"', "2: the value was"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(text: str, said: str) -> None:
    with pytest.raises(AccessError, match=said) as caught:
        read_grants(text.encode("latin-1"))
    assert '"t"' not in str(caught.value)
