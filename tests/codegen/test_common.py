"""What a document states for all of its methods: common parameters, regional endpoints, the host for client certificates."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_api, read_draft
from groundwire_runtime.errors import ArgumentError, AuthError
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.audits.corpus.examine import mypy
from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop
from tests.codegen.packages import files

TEXT = {"type": "string", "location": "query"}


def sent(package: Any, body: bytes = b"{}", **options: Any) -> tuple[Any, list[Request]]:
    """A client that is answered with the body, and its requests."""
    requests: list[Request] = []

    def send(request: Request) -> Response:
        requests.append(request)
        return Response(status=200, body=body)

    options = {"credentials": package.credentials.anonymous(), **options}
    return package.Client(transport=FunctionTransport(send), **options), requests


# --- common parameters


def test_a_call_takes_the_parameters_that_the_document_has(load: Load) -> None:
    document = bookshop()
    document["parameters"] |= {"fields": TEXT, "quotaUser": TEXT}
    client, requests = sent(load(files(document)))
    client.books.get("books/1", fields="name", quota_user="me")
    assert requests[0].url == "https://bookshop.googleapis.com/v1/books/1?fields=name&quotaUser=me"
    with pytest.raises(TypeError, match="unexpected keyword argument 'pretty_print'"):
        client.books.get("books/1", pretty_print=True)


def test_a_call_takes_none_where_the_document_has_none(load: Load) -> None:
    package = files(bookshop())
    assert "CommonOptions" not in package["client.py"]
    client, requests = sent(load(package))
    with pytest.raises(TypeError, match="unexpected keyword argument 'fields'"):
        client.books.list(fields="books")
    assert requests == []


def test_a_parameter_of_the_method_wins(load: Load, tmp_path: Path) -> None:
    document = bookshop()
    document["parameters"] |= {"fields": TEXT, "key": TEXT, "prettyPrint": {**TEXT, "type": "boolean"}}
    get = document["resources"]["books"]["methods"]["get"]
    get["parameters"] |= {"fields": {"type": "integer", "format": "int32", "location": "query"}, "key": TEXT}
    package = files(document)
    client, requests = sent(load(package))
    client.books.get("books/1", fields=3, key="no credential of anybody", pretty_print=False)
    assert requests[0].url.endswith("?fields=3&key=no+credential+of+anybody&prettyPrint=false")
    assert requests[0].secrets == ()
    client.call(
        client.methods["bookshop.books.get"], {"name": "books/1", "fields": 3}, None, {"fields": "name"}
    )
    assert requests[1].url.endswith("/v1/books/1?fields=3")
    for path, text in package.items():
        (tmp_path / "shop" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / path).write_text(text, "utf-8")
    assert mypy(tmp_path, ["shop"]) == ""


def test_a_date_time_is_a_moment_or_a_text(load: Load) -> None:
    document = bookshop()
    listing = document["resources"]["books"]["methods"]["list"]
    moment = {"type": "string", "location": "query"}
    listing["parameters"] |= {
        "since": {**moment, "format": "date-time"},
        "until": {**moment, "format": "google-datetime"},
        "at": {**moment, "format": "date-time", "repeated": True},
    }
    package = files(document)
    assert "since: datetime | str | None = None" in package["client.py"]
    assert "at: Sequence[datetime | str] | None = None" in package["client.py"]
    client, requests = sent(load(package), b"{}")
    noon = datetime(2026, 1, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    assert list(client.books.list(since=noon, until=noon, at=[noon, "2026-01-02T00:00:00"])) == []
    assert parse_qs(urlsplit(requests[0].url).query) == {
        "since": ["2026-01-01T12:00:00Z"],
        "until": ["2026-01-01T12:00:00Z"],
        "at": ["2026-01-01T12:00:00Z", "2026-01-02T00:00:00"],
    }
    with pytest.raises(ArgumentError, match="since"):
        client.books.list(since=noon.replace(tzinfo=None)).__iter__().__next__()


# --- endpoints

EU = {"location": "eu", "endpointUrl": "https://bookshop.eu.rep.googleapis.com/", "description": "Regional"}


def regional(*endpoints: Any, **changes: Any) -> dict[str, Any]:
    return {**bookshop(), "servicePath": "shop/", "endpoints": list(endpoints), **changes}


def test_endpoints_are_data_of_the_client(load: Load) -> None:
    second = {"location": "eu", "endpointUrl": "https://eu-bookshop.googleapis.com"}
    mtls = "https://bookshop.mtls.googleapis.com/"
    package = load(files(regional(EU, second, EU, mtlsRootUrl=mtls)))
    assert dict(package.endpoints) == {
        "eu": "https://bookshop.eu.rep.googleapis.com/shop/",
        "eu-bookshop": "https://eu-bookshop.googleapis.com/shop/",
    }
    assert package.mtls_endpoint == "https://bookshop.mtls.googleapis.com/shop/"
    assert {"endpoints", "mtls_endpoint"} <= {*package.__all__}
    client, requests = sent(package, endpoint=package.endpoints["eu"])
    client.books.get("books/1")
    assert requests[0].url == "https://bookshop.eu.rep.googleapis.com/shop/v1/books/1"


def test_a_document_without_endpoints_gives_none(load: Load) -> None:
    package = load(files(bookshop()))
    assert not {"endpoints", "mtls_endpoint"} & {*package.__all__}
    with pytest.raises(AttributeError):
        _ = package.endpoints


def test_credentials_of_another_universe_do_not_go_to_a_region(load: Load) -> None:
    package = load(files(regional(EU)))

    class Token:
        valid, token, universe_domain, expiry = True, "ya29.abcdefgh", "universe.example", None
        quota_project_id = None

        def refresh(self, request: Any) -> None:
            raise AssertionError

        def apply(self, headers: dict[str, str]) -> None:
            headers["authorization"] = f"Bearer {self.token}"

        def before_request(self, *arguments: Any) -> None:
            raise AssertionError

    client, requests = sent(package, endpoint=package.endpoints["eu"], credentials=Token())
    with pytest.raises(AuthError, match=r"refused to send credentials of the universe 'universe\.example'"):
        client.books.get("books/1")
    assert requests == []


@pytest.mark.parametrize(
    ("endpoint", "pointer", "words"),
    [
        ({**EU, "endpointUrl": "https://evil.example/"}, "/endpoints/0/endpointUrl", "'evil.example' is not"),
        ({**EU, "endpointUrl": "http://a.googleapis.com/"}, "/endpoints/0/endpointUrl", "must be https"),
        (
            {**EU, "endpointUrl": "https://u:p@a.googleapis.com/"},
            "/endpoints/0/endpointUrl",
            "user information",
        ),
        ({**EU, "endpointUrl": 'https://a.googleapis.com/"+x'}, "/endpoints/0/endpointUrl", "character"),
        ({**EU, "endpointUrl": 5}, "/endpoints/0/endpointUrl", "expected"),
        ({**EU, "location": 'eu"+x'}, "/endpoints/0/location", "is no location"),
        ({"location": "eu"}, "/endpoints/0", "'endpointUrl' is missing"),
        ("https://a.googleapis.com/", "/endpoints/0", "expected an object"),
    ],
)
def test_an_endpoint_that_is_refused(endpoint: Any, pointer: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_api(json.dumps(regional(endpoint)).encode(), None)
    assert any(each.pointer == pointer and words in each.message for each in caught.value.problems)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"mtlsRootUrl": "https://evil.example/"}, "/mtlsRootUrl"),
        ({"mtlsRootUrl": 5}, "/mtlsRootUrl"),
        ({"endpoints": {}}, "/endpoints"),
        ({"endpoints": "eu"}, "/endpoints"),
    ],
)
def test_endpoints_of_another_kind(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_api(json.dumps({**bookshop(), **changes}).encode(), None)
    assert [each.pointer for each in caught.value.problems] == [pointer]


def test_another_host_is_allowed_by_name() -> None:
    document = regional({**EU, "endpointUrl": "https://shop.example/"})
    api = read_draft(json.dumps(document).encode(), allow_hosts=("shop.example",)).api
    assert [each.url for each in api.endpoints] == ["https://shop.example/shop/"]
