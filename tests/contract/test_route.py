from __future__ import annotations

import re
from typing import Any

import pytest
from attrs import evolve
from groundwire_codegen.ir import Api, Location, Method, Parameter, Rules, Server
from groundwire_contract.contract import build, load
from groundwire_contract.validate.route import find

from ..vectors.files import cases, needed
from .bookshop import API, CONTRACT, TEXT


def shelf(name: str, path: str, **patterns: str) -> Method:
    return Method(
        id=f"shelves.{name}",
        name=name,
        resource=(),
        verb="GET",
        path=path,
        parameters=tuple(
            Parameter(
                name=each,
                wire=each,
                location=Location.PATH,
                type=TEXT,
                required=True,
                rules=Rules(pattern=pattern),
            )
            for each, pattern in patterns.items()
        ),
    )


SHELVES = build(
    Api(
        id="shelves:v1",
        title="Shelves",
        name="shelves",
        version="v1",
        revision="1",
        servers=(Server(url="https://shelves.googleapis.com/"),),
        methods={
            method.id: method
            for method in (
                shelf("get", "v1/shelves/{shelf}"),
                shelf("search", "v1/shelves/search"),
                shelf("lend", "v1/{+shop}/{+book}:lend", shop="^shops/[^/]+$", book="^books/[^/]+$"),
            )
        },
    )
).routes


@pytest.mark.parametrize(
    ("verb", "path", "method", "variables"),
    [
        ("POST", "/v2/shops/s/books", "bookshop.shops.books.create", {"parent": "shops/s"}),
        ("POST", "/v1/shops/s/books", "bookshop.shops.books.create", {"parent": "shops/s"}),
        ("GET", "/v2/shops/s/books/b", "bookshop.shops.books.get", {"name": "shops/s/books/b"}),
        (
            "GET",
            "/v2/shops/a%20b/books/%C3%A9",
            "bookshop.shops.books.get",
            {"name": "shops/a b/books/\u00e9"},
        ),
        ("GET", "/v2/shops/s/books/b:sold", "bookshop.shops.books.get", {"name": "shops/s/books/b:sold"}),
        ("POST", "/v2/shops/s/books/b:sell", "bookshop.shops.books.sell", {"name": "shops/s/books/b"}),
        ("GET", "/v2/pages/b/7", "bookshop.pages.get", {"book": "b", "page": "7"}),
        ("GET", "/v2/pages/a%2Fb/7", "bookshop.pages.get", {"book": "a/b", "page": "7"}),
        ("GET", "/v2/pages/p%20q%2fr+/7", "bookshop.pages.get", {"book": "p q/r+", "page": "7"}),
        ("GET", "/v2/shops/a%2Fb/books/c%3Ad", "bookshop.shops.books.get", {"name": "shops/a%2Fb/books/c:d"}),
    ],
)
def test_found(verb: str, path: str, method: str, variables: dict[str, str]) -> None:
    route = find(CONTRACT.routes, verb, path)
    assert route is not None
    assert (route.method.id, route.variables) == (method, variables)
    assert route.version == path.split("/")[1]


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/"),
        ("GET", ""),
        ("GET", "/v3/shops/s/books/b"),
        ("GET", "/v2/shops/s"),
        ("GET", "/v2/shops/s/books/b/"),
        ("DELETE", "/v2/shops/s/books/b"),
        ("GET", "/v2/shops/s/books/b:sell"),
        ("POST", "/v2/shops/s/shelves/x/books"),
        ("GET", "/v2/pages/b"),
        ("GET", "/v2/pages/b/7/8"),
    ],
)
def test_not_found(verb: str, path: str) -> None:
    assert find(CONTRACT.routes, verb, path) is None


def test_a_reserved_variable_of_one_segment_is_decoded_whole() -> None:
    for path, pattern, value in (
        ("v1/{+shelf}", "^[^/]+$", "a/b"),
        ("v1/{+shelf}", "^[^/]+/[^/]+$", None),
        ("v1/{shelf}", "^[^/]+$", "a/b"),
        ("v1/{shelf}", "^[a-z]+$", None),
    ):
        method = shelf("get", path, shelf=pattern)
        found = find(build(evolve(API, version="v1", methods={method.id: method})).routes, "GET", "/v1/a%2Fb")
        assert (None if found is None else found.variables["shelf"]) == value


def test_the_version_may_stand_in_the_base_path_or_nowhere() -> None:
    inside = {
        method.id: evolve(method, path=method.path.removeprefix("v2/")) for method in API.methods.values()
    }
    base = evolve(API, servers=(Server(url="https://bookshop.googleapis.com/shop/v2/"),), methods=inside)
    assert find(build(base).routes, "GET", "/shop/v2/pages/b/7") is not None
    route = find(
        build(evolve(base, servers=(Server(url="https://x.googleapis.com/"),))).routes, "GET", "/pages/b/7"
    )
    assert route is not None
    assert (route.version, route.variables) == ("v2", {"book": "b", "page": "7"})


def test_every_method_of_earth_engine_is_served_under_three_versions() -> None:
    contract = load()
    assert len(contract.api.methods) == 51
    for version in ("v1beta", "v1", "v1alpha"):
        route = find(contract.routes, "POST", f"/{version}/projects/p/image:export")
        assert route is not None
        assert route.method.id == "earthengine.projects.image.export"
        assert contract.shapes[version].package == f"google.earthengine.{version}"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/v1/shelves/search", "search"),
        ("/v1/shelves/7", "get"),
        ("/v1/shops/a/books/b:lend", "lend"),
    ],
)
def test_the_template_that_says_more_of_a_path_is_meant(path: str, method: str) -> None:
    found = find(SHELVES, "GET", path)
    assert found is not None
    assert found.method.name == method


def test_patterns_tell_where_one_of_two_variables_ends() -> None:
    found = find(SHELVES, "GET", "/v1/shops/a/books/b:lend")
    assert found is not None
    assert found.variables == {"shop": "shops/a", "book": "books/b"}
    assert find(SHELVES, "GET", "/v1/shops/a/b/books/c:lend") is None


_RULE_VARIABLE = re.compile(r"\{(\w+)(?:=([^{}]+))?\}")


def transcoded(template: str) -> Method:
    """A method with the path of an HTTP rule, written as Google's Discovery documents write it."""
    patterns: dict[str, str] = {}

    def variable(found: re.Match[str]) -> str:
        if found[2] in (None, "*"):
            return f"{{{found[1]}}}"
        patterns[found[1]] = f"^{found[2].replace('**', '.+').replace('*', '[^/]+')}$"
        return f"{{+{found[1]}}}"

    path = _RULE_VARIABLE.sub(variable, template).removeprefix("/")
    return evolve(shelf("rule", path, **patterns), id=f"rule.{template}")


def escapes(case: dict[str, Any]) -> bool:
    return "Escapes" in case["id"] or case["id"].startswith("OnlyUnreserved")


@needed
@pytest.mark.parametrize(
    "case", list(filter(escapes, cases("transcoding.json", "path_match"))), ids=lambda case: str(case["id"])
)
def test_percent_escapes_are_decoded_as_googles_transcoding_does(case: dict[str, Any]) -> None:
    if case["settings"].get("UrlUnescapeSpec") == "kAllCharacters":
        pytest.skip("http.proto leaves an encoded slash of several segments as it is")
    (registered,) = case["registered"]
    method = transcoded(registered["template"])
    found = find(build(evolve(API, methods={method.id: method})).routes, "GET", case["path"])
    assert found is not None
    assert found.variables == case["bindings"]
