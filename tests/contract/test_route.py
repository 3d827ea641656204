from __future__ import annotations

import pytest
from attrs import evolve
from groundwire_contract.contract import build, load
from groundwire_contract.front_end.route import find

from .bookshop import API, CONTRACT


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
        ("GET", "/v2/pages/a%2Fb/7", "bookshop.pages.get", {"book": "a%2Fb", "page": "7"}),
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


def test_the_version_may_stand_in_the_base_path_or_nowhere() -> None:
    inside = {
        method.id: evolve(method, path=method.path.removeprefix("v2/")) for method in API.methods.values()
    }
    base = evolve(API, base_url="https://bookshop.googleapis.com/shop/v2/", methods=inside)
    assert find(build(base).routes, "GET", "/shop/v2/pages/b/7") is not None
    route = find(build(evolve(base, base_url="https://x.googleapis.com/")).routes, "GET", "/pages/b/7")
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
