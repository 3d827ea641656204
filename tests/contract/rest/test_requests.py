"""What a service of an OpenAPI document takes and refuses."""

from __future__ import annotations

import pytest
from groundwire_contract.overrides import Change

from .huts import DOCUMENT, TOKEN, Huts


@pytest.fixture
def huts() -> Huts:
    return Huts()


def test_a_path_that_the_document_lacks_is_404(huts: Huts) -> None:
    for path in ("/huts", "/v2/huts", "/v1/huts/", "/v1/huts/1/2", "/v1//huts", "/v1/Huts", "/"):
        answer = huts.ask("GET", path)
        assert (answer.status, answer.rule, answer.reply.content_type) == (
            404,
            "openapi-path-unknown",
            "application/problem+json",
        ), path
    assert answer.json["status"] == 404
    assert "begin with /v1" in answer.json["detail"]


def test_a_verb_that_a_path_lacks_is_405_with_the_others(huts: Huts) -> None:
    answer = huts.ask("DELETE", "/v1/huts/1")
    assert (answer.status, answer.rule, answer.headers["allow"]) == (405, "openapi-verb-unknown", "GET, PUT")
    assert huts.ask("HEAD", "/v1/huts").status == 405


def test_every_server_and_every_value_of_its_variables_is_a_base_path(huts: Huts) -> None:
    assert huts.ask("GET", "/v1/huts").status == huts.ask("GET", "/beta/huts").status == 501
    for path in ("/gamma/huts", "/v1/v1/huts", "/v1/beta/huts", "/huts"):
        assert huts.ask("GET", path).status == 404


def test_a_concrete_path_is_before_one_with_a_variable(huts: Huts) -> None:
    assert "getMine" in huts.ask("GET", "/v1/huts/mine", headers=TOKEN).json["detail"]
    assert huts.ask("GET", "/v1/huts/yours", headers=TOKEN).pointers == ["path id"]
    assert huts.ask("PUT", "/v1/huts/mine", headers=TOKEN).headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {"authorization": "Bearer anything"}),
        ("", {"authorization": "bearer x"}),
        ("?key=k", {"authorization": "Basic dTpw"}),
    ],
)
def test_any_credential_of_the_right_kind_is_let_in(huts: Huts, query: str, headers: dict[str, str]) -> None:
    assert huts.ask("GET", f"/v1/huts/1{query}", headers=headers).status == 501


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {}),
        ("", {"authorization": "Bearer "}),
        ("", {"authorization": "Basic dTpw"}),
        ("?key=k", {}),
        ("?key=", {"authorization": "Basic dTpw"}),
        ("?key=k", {"authorization": "Basic nothing"}),
        ("", {"authorization": "Digest x"}),
    ],
)
def test_a_caller_without_one_is_401(huts: Huts, query: str, headers: dict[str, str]) -> None:
    answer = huts.ask("GET", f"/v1/huts/1{query}", headers=headers)
    assert (answer.status, answer.rule) == (401, "openapi-credentials-missing")
    assert (
        answer.headers["www-authenticate"] == 'Bearer, ApiKey in="query", name="key", Basic realm="contract"'
    )
    huts.controls.relax(("openapi-credentials-missing",))
    assert huts.ask("GET", "/v1/huts/1").status == 501


def test_a_challenge_is_a_header_whatever_the_name_of_a_key() -> None:
    huts = Huts(DOCUMENT.replace(b"in: query, name: key}", b'in: query, name: "k\\r\\n\\u20acey"}'))
    challenge = huts.ask("GET", "/v1/huts/1").headers["www-authenticate"]
    assert 'ApiKey in="query", name="key"' in challenge


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("fields=name,state", "fields", ["name", "state"]),
        ("fields=name", "fields", ["name"]),
        ("bbox=1|2.5%7C-3", "bbox", [1, 2.5, -3]),
        ("limit=7", "limit", 7),
        ("near[lat]=1.5&near%5Btags%5D=a&near[tags]=b", "near", {"lat": 1.5, "tags": ["a", "b"]}),
        ("filter=%7B%22op%22%3A%22%3D%22%7D", "filter", {"op": "="}),
        ("size=3&from=a%2Cb", "page", {"size": 3, "from": "a,b"}),
        ("flag=true", "flag", True),
    ],
)
def test_a_query_parameter_is_read_by_its_style(huts: Huts, query: str, name: str, value: object) -> None:
    assert huts.taken("GET", f"/v1/huts?{query}").query == {name: value}


def test_an_empty_value_is_taken_where_the_document_allows_it(huts: Huts) -> None:
    assert huts.ask("GET", "/v1/huts?flag=").status == 501
    assert huts.ask("GET", "/v1/huts?limit=").status == 400


def test_headers_cookies_and_paths_are_read_too(huts: Huts) -> None:
    request = huts.taken("GET", "/v1/huts", headers={"x-trace": "1, 2", "cookie": "a=b; session=abc%20"})
    assert (request.headers, request.cookies) == ({"x-trace": [1, 2]}, {"session": "abc "})
    request = huts.taken("GET", "/v1/at/1,2.5/.a=1.b=2/;matrix=7")
    assert request.path == {"point": [1, 2.5], "label": {"a": 1, "b": 2}, "matrix": 7}
    assert huts.taken("GET", "/v1/at/1,2/.a=1/;matrix").path["matrix"] is None


@pytest.mark.parametrize(
    ("target", "headers", "pointers"),
    [
        ("?limit=0", {}, ["query limit"]),
        ("?limit=1.5", {}, ["query limit"]),
        ("?limit=seven", {}, ["query limit"]),
        ("?fields=name,age", {}, ["query fields#/1"]),
        ("?bbox=1|2|3|4|5", {}, ["query bbox"]),
        ("?near[tags]=a", {}, ["query near#/lat"]),
        ("?filter=%7B%7D", {}, ["query filter#/op"]),
        ("?filter=op", {}, ["query filter"]),
        ("?size=x&limit=101", {}, ["query limit", "query page#/size"]),
        ("", {"x-trace": "1,a"}, ["header x-trace#/1"]),
        ("", {"cookie": "session=a"}, ["cookie session"]),
    ],
)
def test_a_wrong_parameter_is_named_with_its_place(
    huts: Huts, target: str, headers: dict[str, str], pointers: list[str]
) -> None:
    answer = huts.ask("GET", f"/v1/huts{target}", headers=headers)
    assert (answer.status, answer.rule) == (400, "openapi-parameter-invalid")
    # The document states an error of its own for 400.
    assert answer.reply.content_type == "application/json"
    assert answer.json["code"] == 400
    assert [each["field"] for each in answer.json["errors"]] == [
        pointer.partition(" ")[2].replace("#", "") for pointer in pointers
    ]


def test_an_unknown_query_parameter_is_passed_over_unless_it_is_enforced(huts: Huts) -> None:
    assert huts.ask("GET", "/v1/huts?colour=red").status == 501
    huts.controls.enforce(("openapi-query-unknown",))
    answer = huts.ask("GET", "/v1/huts?colour=red&limit=1&size=2&near[lat]=1&key=k")
    assert (answer.status, answer.rule) == (400, "openapi-query-unknown")
    assert [each["field"] for each in answer.json["errors"]] == ["colour"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["body #/name"]),
        ({"name": 7}, ["body #/name"]),
        ({"name": "low"}, ["body #/name"]),
        ({"name": "Tschierva!"}, ["body #/name"]),
        ({"name": "A", "state": "ajar"}, ["body #/state"]),
        ({"name": "A", "colour": "red"}, ["body #/colour"]),
        ({"name": "A", "owner": {"kind": "club", "members": "3"}}, ["body #/owner/members"]),
        ({"name": "A", "owner": {"kind": "dog"}}, ["body #/owner/kind"]),
        ([], ["body #"]),
        (None, ["body #"]),
    ],
)
def test_a_body_that_breaks_its_schema_is_422_with_a_pointer(
    huts: Huts, body: object, pointers: list[str]
) -> None:
    answer = huts.ask("POST", "/v1/huts", body, TOKEN)
    unknown = isinstance(body, dict) and "colour" in body
    assert (answer.status, answer.rule) == (
        422,
        "openapi-name-unknown" if unknown else "openapi-body-invalid",
    )
    assert answer.json["title"] in ("Unprocessable Entity", "Unprocessable Content")
    assert answer.pointers == pointers


@pytest.mark.parametrize(
    "body",
    [
        {"name": "A"},
        {"name": "A-b", "state": None, "secret": "s", "id": 1},
        {"name": "A", "owner": {"kind": "person", "name": "n", "age": 3}},
    ],
)
def test_a_body_that_keeps_it_is_taken_without_what_is_read_only(huts: Huts, body: object) -> None:
    assert huts.taken("POST", "/v1/huts", body, TOKEN).body == body


def test_a_body_is_there_and_of_its_media_type(huts: Huts) -> None:
    assert huts.ask("POST", "/v1/huts", b"", TOKEN).rule == "openapi-body-missing"
    malformed = huts.ask("POST", "/v1/huts", b'{"name": ', {**TOKEN, "content-type": "application/json"})
    assert (malformed.status, malformed.rule) == (422, "openapi-body-malformed")
    for headers in (
        {},
        {"content-type": "text/xml"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ):
        answer = huts.ask("POST", "/v1/huts", b"<a/>", {**TOKEN, **headers})
        assert (answer.status, answer.rule, answer.headers["accept"]) == (
            415,
            "openapi-media-type",
            "application/json",
        )
    deep = b'{"name": ' + b"[" * 100_000
    assert huts.ask("POST", "/v1/huts", deep, {**TOKEN, "content-type": "application/json"}).status == 422


def multipart(*parts: str) -> bytes:
    return (
        "".join(f"--b\r\ncontent-disposition: form-data; {part}\r\n" for part in parts).encode()
        + b"--b--\r\n"
    )


@pytest.mark.parametrize(
    ("media_type", "body", "value"),
    [
        (
            "application/x-www-form-urlencoded",
            b"name=a+b%26&count=3&tags=x,y%2Cz&place=%7B%22lat%22%3A1%7D",
            {"name": "a b&", "count": 3, "tags": ["x", "y,z"], "place": {"lat": 1}},
        ),
        (
            "multipart/form-data; boundary=b",
            multipart(
                'name="name"\r\n\r\nn',
                'name="tags"\r\n\r\nx',
                'name="tags"\r\n\r\ny',
                'name="place"\r\ncontent-type: application/json\r\n\r\n{"lat": 2}',
                'name="photo"; filename="p.jpg"\r\ncontent-type: image/jpeg\r\n\r\n\x01\x02',
            ),
            {"name": "n", "tags": ["x", "y"], "place": {"lat": 2}, "photo": "\x01\x02"},
        ),
        ("text/plain", b"12345", "12345"),
        ("image/png", b"\x89PNG", b"\x89PNG"),
        ("application/x-ndjson", b'{"lat": 1}\n{"lat": 2}\n', [{"lat": 1}, {"lat": 2}]),
        # A null removes a member (RFC 7396).
        (
            "application/merge-patch+json",
            b'{"name": null, "place": {"lat": null}}',
            {"name": None, "place": {"lat": None}},
        ),
    ],
)
def test_a_body_is_read_by_its_media_type(huts: Huts, media_type: str, body: bytes, value: object) -> None:
    assert huts.taken("PUT", "/v1/huts/1", body, {**TOKEN, "content-type": media_type}).body == value


@pytest.mark.parametrize(
    ("media_type", "body", "rule"),
    [
        ("application/x-www-form-urlencoded", b"count=3", "body-invalid"),
        ("application/x-www-form-urlencoded", b"", "body-invalid"),
        ("application/x-www-form-urlencoded", b"name=a&count=three", "body-invalid"),
        ("multipart/form-data; boundary=b", multipart('name="count"\r\n\r\n3'), "body-invalid"),
        ("multipart/form-data", multipart('name="name"\r\n\r\n3'), "body-malformed"),
        ("multipart/form-data; boundary=c", multipart('name="name"\r\n\r\n3'), "body-malformed"),
        ("text/plain", b"123456", "body-invalid"),
        ("text/plain", b"\xff", "body-malformed"),
        ("application/x-ndjson", b'{"lat": 1}\n{}\n', "body-invalid"),
        ("application/merge-patch+json", b'{"name": 1, "place": null}', "body-invalid"),
        ("application/merge-patch+json", b"null", "body-invalid"),
    ],
)
def test_a_body_of_any_media_type_is_held_to_its_schema(
    huts: Huts, media_type: str, body: bytes, rule: str
) -> None:
    answer = huts.ask("PUT", "/v1/huts/1", body, {**TOKEN, "content-type": media_type})
    assert (answer.status, answer.rule) == (400, f"openapi-{rule}")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("image/png", 501),
        ("*/*", 501),
        ("text/html, application/*;q=0.1", 501),
        ("text/html", 406),
        ("application/json;q=0, image/*;q=0", 406),
    ],
)
def test_accept_names_a_media_type_of_the_answer(huts: Huts, accept: str, status: int) -> None:
    assert huts.ask("GET", "/v1/huts/1", headers={**TOKEN, "accept": accept}).status == status


def test_a_rule_may_answer_otherwise(huts: Huts) -> None:
    huts.controls.override("openapi-body-invalid", Change(code=418, message="short and stout"))
    answer = huts.ask("POST", "/v1/huts", {}, TOKEN)
    assert (answer.status, answer.json["detail"]) == (418, "short and stout")
    with pytest.raises(ValueError, match="200 is none"):
        huts.controls.override("openapi-body-invalid", Change(code=200))


def test_requests_are_recorded_with_their_verdicts_and_without_credentials(huts: Huts) -> None:
    huts.ask("POST", "/v1/huts?key=k3y", {"name": 1}, TOKEN)
    huts.ask("GET", "/v1/huts?limit=2&size=1&other=o")
    first, second = huts.controls.requests()
    assert (first.method, first.status, first.verdict, first.body) == (
        "addHut",
        422,
        "openapi-body-invalid",
        {"name": 1},
    )
    assert (first.query, first.headers["authorization"]) == ((("key", "REDACTED"),), "REDACTED")
    assert second.query == (("limit", "2"), ("size", "1"), ("other", "REDACTED"))
