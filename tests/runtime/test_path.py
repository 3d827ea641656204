from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from groundwire_runtime.errors import ArgumentError
from groundwire_runtime.parameters import expand
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("template", "values", "path"),
    [
        ("v2/books", {}, "v2/books"),
        ("v2/{book}", {"book": "b"}, "v2/b"),
        ("v2/{book}/pages/{page}:print", {"book": "b", "page": "7"}, "v2/b/pages/7:print"),
        ("v2/{+name}:sell", {"name": "shops/s/books/b"}, "v2/shops/s/books/b:sell"),
        ("v2/{book}", {"book": "a b/c"}, "v2/a%20b%2Fc"),
        ("v2/{book}", {"book": "a?b#c%2Fd"}, "v2/a%3Fb%23c%252Fd"),
        ("v2/{+name}", {"name": "shops/a b/\u00e9"}, "v2/shops/a%20b/%C3%A9"),
        ("v2/{+name}", {"name": "shops/50%"}, "v2/shops/50%25"),
        ("v2/{+name}", {"name": "shops/a;b=c&d:e@f"}, "v2/shops/a%3Bb%3Dc%26d%3Ae%40f"),
        ("v2/{+name}", {"name": "a\\..\\b"}, "v2/a%5C..%5Cb"),
        ("v2/{+name}", {"name": ".../..a/b.."}, "v2/.../..a/b.."),
        ("v2/{book}", {"book": "{page}"}, "v2/%7Bpage%7D"),
        ("v2/{book}", {"book": "\U0001f600"}, "v2/%F0%9F%98%80"),
    ],
)
def test_expansion(template: str, values: dict[str, str], path: str) -> None:
    assert expand(template, values) == path


CONTROL = ["a\rb", "a\nb", "a\r\nx-evil: 1", "a\0b", "\tb", "a\x7f", "a\x1b[0m"]


@pytest.mark.parametrize("template", ["v2/{name}/x", "v2/{+name}/x"])
@pytest.mark.parametrize("value", ["", ".", "..", "\ud800", "a\udfff", *CONTROL])
def test_refused_in_both_kinds(template: str, value: str) -> None:
    with pytest.raises(ArgumentError, match=r"^name: "):
        expand(template, {"name": value})


@pytest.mark.parametrize(
    "value",
    [
        "a/../b",
        "../b",
        "a/..",
        "a/./b",
        "./a",
        "a//b",
        "/a",
        "a/",
        "/",
        "//evil.test/a",
        "https://evil.test/a",
        "a?key=1",
        "a#b",
        "a%2Fb",
        "a%2fb",
        "a/%2e%2e/b",
        "a%00",
    ],
)
def test_refused_where_slashes_stay(value: str) -> None:
    with pytest.raises(ArgumentError, match=r"^name: ") as caught:
        expand("v2/{+name}/x", {"name": value})
    assert ("plain name" in caught.value.hint) == ("character that ends a path" in caught.value.message)


def test_an_empty_name_says_what_to_do() -> None:
    with pytest.raises(ArgumentError, match=r"^name: empty") as caught:
        expand("v2/{name}", {"name": ""})
    assert "what the call is about" in caught.value.hint


def test_a_refusal_quotes_no_more_than_a_little() -> None:
    with pytest.raises(ArgumentError) as caught:
        expand("v2/{+name}", {"name": "a" * 100_000 + "/.."})
    assert len(str(caught.value)) < 400


@given(st.text(), st.sampled_from(["v2/{name}:x", "v2/{+name}:x"]))
def test_no_value_changes_the_path_around_it(value: str, template: str) -> None:
    try:
        path = expand(template, {"name": value})
    except ArgumentError:
        return
    assert re.fullmatch(r"v2/[-A-Za-z0-9._~%/]+:x", path)
    inside = path.removeprefix("v2/").removesuffix(":x")
    assert unquote(inside) == value
    assert inside.count("/") == (value.count("/") if "+" in template else 0)
    assert not {".", "..", ""} & set(inside.split("/"))
