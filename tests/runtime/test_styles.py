"""Parameters of every style, against the table of the OpenAPI Specification and an encoder written after RFC 6570."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import pytest
from attrs import frozen
from groundwire_runtime.codec import Codecs
from groundwire_runtime.errors import ArgumentError
from groundwire_runtime.json_scalars import NUMBER
from groundwire_runtime.messages import Message, Unlisted, keep_containers
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.schema import (
    ANY,
    BOOLEAN,
    BYTES,
    DOUBLE,
    INT32,
    STRING,
    TIMESTAMP,
    Bounds,
    Field,
    ListOf,
    MapOf,
    Ref,
)
from groundwire_runtime.styles import StyledParameter
from hypothesis import given
from hypothesis import strategies as st


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Range(Message):
    low: int | None = None
    high: int | None = None


CODECS = Codecs(SimpleNamespace(Range=Range), {"Range": lambda: (Field("low", INT32), Field("high", INT32))})
TEXT = "blue"
LIST = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}
TABLE = """
matrix         false  ;color    ;color=blue  ;color=blue,black,brown              ;color=R,100,G,200,B,150
matrix         true   ;color    ;color=blue  ;color=blue;color=black;color=brown  ;R=100;G=200;B=150
label          false  .         .blue        .blue,black,brown                    .R,100,G,200,B,150
label          true   .         .blue        .blue.black.brown                    .R=100.G=200.B=150
simple         false  -         blue         blue,black,brown                     R,100,G,200,B,150
simple         true   -         blue         blue,black,brown                     R=100,G=200,B=150
form           false  color=    color=blue   color=blue,black,brown               color=R,100,G,200,B,150
form           true   color=    color=blue   color=blue&color=black&color=brown   R=100&G=200&B=150
spaceDelimited false  -         -            color=blue%20black%20brown           color=R%20100%20G%20200%20B%20150
pipeDelimited  false  -         -            color=blue%7Cblack%7Cbrown           color=R%7C100%7CG%7C200%7CB%7C150
deepObject     true   -         -            -                                    color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150
"""
"""Source: the style examples of OpenAPI Specification 3.1.1, 4.8.12.4, with the columns empty, string, array, object."""


class Example(NamedTuple):
    style: Any
    explode: bool
    value: Any
    text: str


def examples() -> Iterator[Example]:
    for line in TABLE.strip().splitlines():
        style, explode, *texts = line.split()
        for value, text in zip(("", TEXT, LIST, OBJECT), texts, strict=True):
            if text != "-":
                yield Example(style, explode == "true", value, text)


def request(
    parameter: StyledParameter, value: object, path: str | None = None, verb: str = "GET"
) -> tuple[str, Any]:
    """Return what a call writes: the path and query, and the headers."""
    template = path or ("/x/{color}" if parameter.location == "path" else "/x")
    method = RestMethod[Any](id="m", verb=verb, path=template, parameters=(parameter,))
    made = method.request({parameter.name: value}, base_url="https://x.example/", codecs=CODECS)
    return made.url.removeprefix("https://x.example"), made.headers


def written(style: Any, explode: bool, value: object, location: Any = None, **facts: Any) -> str:
    location = location or ("path" if style in ("matrix", "label", "simple") else "query")
    parameter = StyledParameter(
        name="color", location=location, type=ANY, style=style, explode=explode, **facts
    )
    url, headers = request(parameter, value, "/x/_{color}" if location == "path" else None)
    if location == "header":
        return str(headers["color"])
    if location == "cookie":
        return str(headers["cookie"])
    return url.removeprefix("/x/_").removeprefix("/x?")


@pytest.mark.parametrize(
    "example", [*examples()], ids=lambda each: f"{each.style}-{each.explode}-{each.text}"
)
def test_a_value_is_written_as_in_the_table(example: Example) -> None:
    assert written(example.style, example.explode, example.value) == example.text


OPERATORS = {
    "simple": ("", ",", False, ""),
    "label": (".", ".", False, ""),
    "matrix": (";", ";", True, ""),
    "form": ("", "&", True, "="),
}
"""RFC 6570, appendix A: what comes first, between variables, whether names are written, and what stands for an empty value."""
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def encoded(text: str) -> str:
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in text.encode())


def expansion(style: str, explode: bool, value: Any) -> str:
    """The value of RFC 6570's expansion (3.2.1), with booleans as JSON has them."""
    first, separator, named, if_empty = OPERATORS[style]

    def text(item: Any) -> str:
        return encoded(item if isinstance(item, str) else json.dumps(item))

    def pair(name: str, item: str) -> str:
        return f"{name}{if_empty if not item else '=' + item}" if named else item

    if isinstance(value, (str, int, float)):
        return first + pair("color", text(value))
    if not explode:
        flat = value if isinstance(value, list) else [part for member in value.items() for part in member]
        return first + pair("color", ",".join(map(text, flat)))
    if isinstance(value, list):
        return first + separator.join(pair("color", text(item)) for item in value)
    if named:
        return first + separator.join(pair(encoded(key), text(item)) for key, item in value.items())
    return first + separator.join(f"{encoded(key)}={text(item)}" for key, item in value.items())


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)
scalars = st.one_of(
    texts, st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False)
)
values = st.one_of(
    texts.filter(bool),
    st.booleans(),
    st.lists(texts.filter(bool), min_size=1, max_size=4),
    st.dictionaries(texts.filter(bool), texts, min_size=1, max_size=4),
)


@given(style=st.sampled_from(sorted(OPERATORS)), explode=st.booleans(), value=values)
def test_every_value_is_written_as_its_expansion(style: str, explode: bool, value: Any) -> None:
    assert written(style, explode, value) == expansion(style, explode, value)


@given(st.lists(scalars, min_size=1, max_size=5))
def test_a_repeated_parameter_is_read_back(items: list[Any]) -> None:
    texts = [item if isinstance(item, str) else json.dumps(item) for item in items]
    query = written("form", True, items)
    assert [value for _, value in parse_qsl(query, keep_blank_values=True, strict_parsing=True)] == texts
    assert "+" not in query


def test_numbers_are_written_as_json_has_them() -> None:
    assert written("form", False, [1.0, 0.1, 1e21, -4, 12345678901234567890]) == (
        "color=1.0,0.1,1e%2B21,-4,12345678901234567890"
    )
    assert request(StyledParameter(name="x", location="query", type=DOUBLE), 5.0)[0] == "/x?x=5.0"


@pytest.mark.parametrize(
    ("type_", "value", "text"),
    [
        (BOOLEAN, True, "true"),
        (TIMESTAMP, datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), "2024-05-06T07%3A08%3A09Z"),
        (BYTES, b"\xff\xfe", "%2F%2F4%3D"),
        (STRING, "a b&c=d/ü", "a%20b%26c%3Dd%2F%C3%BC"),
        (ListOf(DOUBLE), (1, 2.5, 3), "1,2.5,3"),
        (Ref("Range"), Range(low=1, high=2), "low,1,high,2"),
    ],
)
def test_a_value_is_turned_into_json_by_its_codec(type_: Any, value: object, text: str) -> None:
    parameter = StyledParameter(name="x", location="query", type=type_, explode=False)
    assert request(parameter, value)[0] == f"/x?x={text}"


def test_a_deep_object_nests_and_its_lists_are_repeated() -> None:
    value = {"a": {"b": 1, "c": ["x", "y"]}, "d": [True], "none": None}
    pairs = [(unquote(name), text) for name, text in parse_qsl(written("deepObject", True, value))]
    assert pairs == [
        ("color[a][b]", "1"),
        ("color[a][c]", "x"),
        ("color[a][c]", "y"),
        ("color[d]", "true"),
    ]


def test_a_content_parameter_is_json_in_every_location() -> None:
    value = {"a": [1, {"b": "ü \n"}]}
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    assert written("content", False, value, "query") == f"color={encoded(text)}"
    assert written("content", False, value, "path") == encoded(text)
    assert written("content", False, value, "cookie") == f"color={encoded(text)}"
    header = written("content", False, value, "header")
    assert header.isascii()
    assert json.loads(header) == value


def test_a_content_header_keeps_the_digits_of_numbers() -> None:
    value = {"ü\U0001f600": Decimal("0.10000000000000000000001")}
    parameter = StyledParameter(name="color", location="header", style="content", type=MapOf(NUMBER))
    _, headers = request(parameter, value)
    assert headers["color"] == '{"\\u00fc\\ud83d\\ude00":0.10000000000000000000001}'


def test_a_reserved_cookie_begins_no_other_one() -> None:
    parameter = StyledParameter(name="color", location="cookie", reserved=True)
    assert request(parameter, "a;admin=1")[1]["cookie"] == "color=a%3Badmin%3D1"


def test_what_the_table_has_no_form_for_is_json() -> None:
    items = [{"a": 1.50, "b": [True, None, "x,y"]}, 10**20, [1]]
    wanted = ['{"a":1.5,"b":[true,null,"x,y"]}', "100000000000000000000", "[1]"]
    assert [text for _, text in parse_qsl(written("form", True, items))] == wanted
    assert written("simple", False, items[:1], "header") == wanted[0]
    assert unquote(written("deepObject", True, {"k": items[:1]})) == f"color[k]={wanted[0]}"


def test_reserved_characters_stay_where_the_document_allows_them() -> None:
    kept = written("form", True, "a/b:c,d;e?f=g$@!*'()", reserved=True)
    assert kept == "color=a/b:c,d;e?f=g$@!*'()"
    changed = written("form", True, "50% %41 x&y+z#[ü]", reserved=True)
    assert changed == "color=50%25%20%41%20x%26y%2Bz%23%5B%C3%BC%5D"
    parameter = StyledParameter(name="color", location="path", reserved=True)
    assert request(parameter, "a/b c")[0] == "/x/a/b%20c"


@pytest.mark.parametrize("value", ["a//b", "/a", "../a", "a/.."])
def test_slashes_of_a_path_lead_nowhere_else(value: str) -> None:
    with pytest.raises(ArgumentError, match="segment"):
        request(StyledParameter(name="color", location="path", reserved=True), value)


def test_headers_are_not_encoded_and_cookies_are() -> None:
    assert written("simple", False, ["a b", "c/d"], "header") == "a b,c/d"
    assert written("simple", True, {"a": 1, "b": True}, "header") == "a=1,b=true"
    assert written("form", True, ["a b", "c;d"], "cookie") == "color=a%20b; color=c%3Bd"
    assert written("form", False, ["a", "b"], "cookie") == "color=a,b"


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\nb", "\x00", "ü", " a", "a ", "a\x7f"])
def test_a_header_carries_no_other_header(value: str) -> None:
    for whole in (value, [value], *(({"k": value},) if value.strip() == value else ())):
        with pytest.raises(ArgumentError, match=r"control character|printable ASCII"):
            written("simple", False, whole, "header")


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "a b", "a\r\nb", "", "ü"])
def test_a_header_of_the_client_is_no_parameter(name: str) -> None:
    with pytest.raises(ArgumentError, match="no header"):
        request(StyledParameter(name=name, location="header"), "1")


@pytest.mark.parametrize("location", ["path", "cookie"])
def test_control_characters_are_refused_in_a_path_and_a_cookie(location: Any) -> None:
    with pytest.raises(ArgumentError, match="control character"):
        request(StyledParameter(name="color", location=location), "a\nb")


def test_a_query_carries_control_characters_encoded() -> None:
    assert request(StyledParameter(name="color", location="query"), "a\nb")[0] == "/x?color=a%0Ab"


@pytest.mark.parametrize("value", [".", ".."])
def test_a_path_has_no_dot_segment(value: str) -> None:
    with pytest.raises(ArgumentError, match="dot segment"):
        request(StyledParameter(name="color", location="path"), value)
    assert request(StyledParameter(name="color", location="path"), value, "/x/{color}.json")[0] == (
        f"/x/{value}.json"
    )


def test_an_empty_list_is_absent_and_an_empty_text_is_not() -> None:
    parameter = StyledParameter(name="color", location="query", type=ListOf(STRING))
    assert request(parameter, [])[0] == "/x"
    assert request(StyledParameter(name="color", location="query"), "")[0] == "/x?color="
    header = StyledParameter(name="color", location="header", type=ListOf(STRING))
    assert "color" not in request(header, [])[1]


@pytest.mark.parametrize("location", ["path", "query", "header", "cookie"])
def test_a_required_parameter_is_needed(location: Any) -> None:
    parameter = StyledParameter(name="color", location=location, type=ListOf(STRING), required=True)
    for value in (None, list[str]()):
        with pytest.raises(ArgumentError, match="color: "):
            request(parameter, value)


@pytest.mark.parametrize(
    ("parameter", "value", "text"),
    [
        (StyledParameter(name="n", location="query", type=INT32), "5", "n: expected an int, got '5'"),
        (StyledParameter(name="n", location="query", type=ListOf(INT32)), [1, "2"], "n/1: expected an int"),
        (
            StyledParameter(name="n", location="query", type=INT32, bounds=Bounds(maximum=10)),
            11,
            "n: must be at most 10",
        ),
        (StyledParameter(name="n", location="query", values=("asc", "desc")), "des", "one of desc"),
        (StyledParameter(name="n", location="query"), "\ud800", "surrogate"),
    ],
)
def test_a_value_that_cannot_be_sent_is_refused_by_name(
    parameter: StyledParameter, value: object, text: str
) -> None:
    with pytest.raises(ArgumentError, match=text):
        request(parameter, value)


def test_a_value_newer_than_the_enum_is_sent_on_purpose() -> None:
    parameter = StyledParameter(name="n", location="query", type=ListOf(STRING), values=("asc",))
    assert request(parameter, ["asc", Unlisted("random")])[0] == "/x?n=asc&n=random"


def test_one_name_may_be_a_parameter_of_two_locations() -> None:
    method = RestMethod[Any](
        id="m",
        verb="GET",
        path="/x/{id}",
        parameters=(
            StyledParameter(name="id", location="path", required=True),
            StyledParameter(name="query.id", wire="id", location="query"),
        ),
    )
    made = method.request({"id": "a", "query.id": "b"}, base_url="https://x.example/v1/", codecs=CODECS)
    assert made.url == "https://x.example/v1/x/a?id=b"
