"""Form bodies: how each property is written, and the parts of a multipart body."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import frozen
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestContent
from groundwire_runtime.errors import ArgumentError, EncodeError
from groundwire_runtime.forms import RestPart
from groundwire_runtime.json_scalars import BINARY, INTEGER, NUMBER
from groundwire_runtime.messages import ABSENT, Message, keep_containers
from groundwire_runtime.schema import ANY, BOOLEAN, STRING, Field, ListOf, MapOf, Ref
from groundwire_runtime.unions import Union
from groundwire_runtime.uploads import FilePart

from tests import forms
from tests.forms import Part


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Place(Message):
    city: str | None = None
    zip: str | None = None


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Form(Message):
    name: str | None = None
    count: int | None = None
    share: float | None = None
    open: bool | None = None
    tags: Any = ABSENT
    place: Place | None = None
    album: Any = ABSENT
    places: Any = ABSENT
    grid: Any = None
    image: bytes | FilePart | None = None
    images: Any = ABSENT
    either: Any = None


CODECS = Codecs(
    SimpleNamespace(Form=Form, Place=Place),
    {
        "Place": lambda: (Field("city", STRING), Field("zip", STRING)),
        "Form": lambda: (
            Field("name", STRING),
            Field("count", INTEGER),
            Field("share", NUMBER),
            Field("open", BOOLEAN),
            Field("tags", ListOf(STRING)),
            Field("place", Ref("Place")),
            Field("album", MapOf(ListOf(BINARY))),
            Field("places", ListOf(Ref("Place"))),
            Field("grid", ANY),
            Field("image", BINARY),
            Field("images", ListOf(BINARY)),
            Field("either", Union((STRING, BINARY))),
        ),
    },
    proto_names=False,
)
PLACE = Place(city="Sils i. E.", zip="7514")


def form(value: object, *parts: RestPart) -> str:
    content = RestContent(
        media_type="application/x-www-form-urlencoded", type=Ref("Form"), encoding="form", parts=parts
    )
    data, kind = content.sent(value, CODECS, lambda: "id")
    assert kind == "application/x-www-form-urlencoded"
    assert isinstance(data, bytes)
    return data.decode()


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (Form(), ""),
        (
            Form(name="a b&c=é+%", count=3, share=0.5, open=True),
            "name=a+b%26c%3D%C3%A9%2B%25&count=3&share=0.5&open=true",
        ),
        (Form(tags=("a", "b,c")), "tags=a&tags=b%2Cc"),
        (Form(tags=()), ""),
        (Form(name="12"), "name=12"),
        (Form(place=PLACE), "place=%7B%22city%22%3A%22Sils+i.+E.%22%2C%22zip%22%3A%227514%22%7D"),
        (
            Form(places=(Place(zip="1"), Place(zip="2"))),
            "places=%7B%22zip%22%3A%221%22%7D&places=%7B%22zip%22%3A%222%22%7D",
        ),
        (Form(grid=[[1, 2], [3.0, 1e21]]), "grid=%5B1%2C2%5D&grid=%5B3.0%2C1e%2B21%5D"),
        (Form(null_fields={"name"}, tags=("a",)), "tags=a"),
        (Form(grid=[None, 1]), "grid=1"),
        (Form(image=b"\x00\xff"), "image=AP8%3D"),
    ],
)
def test_a_property_without_a_style_is_written_by_its_type(value: Form, want: str) -> None:
    assert form(value) == want


@pytest.mark.parametrize(
    ("value", "part", "want"),
    [
        (
            Form(place=PLACE),
            RestPart(name="place", style="deepObject"),
            "place%5Bcity%5D=Sils%20i.%20E.&place%5Bzip%5D=7514",
        ),
        (Form(place=PLACE), RestPart(name="place", style="form"), "city=Sils%20i.%20E.&zip=7514"),
        (
            Form(place=PLACE),
            RestPart(name="place", style="form", explode=False),
            "place=city,Sils%20i.%20E.,zip,7514",
        ),
        (Form(tags=("a", "b c")), RestPart(name="tags", style="pipeDelimited"), "tags=a%7Cb%20c"),
        (Form(tags=("a", "b")), RestPart(name="tags", style="spaceDelimited"), "tags=a%20b"),
        (Form(tags=("a", "b")), RestPart(name="tags", style="form"), "tags=a&tags=b"),
        (Form(name="a/b?c&d"), RestPart(name="name", style="form", reserved=True), "name=a/b?c%26d"),
        (Form(name="a"), RestPart(name="name", content_type="application/json"), "name=%22a%22"),
        (
            Form(tags=("a", "b")),
            RestPart(name="tags", content_type="application/json"),
            "tags=%22a%22&tags=%22b%22",
        ),
    ],
)
def test_a_property_is_written_as_its_encoding_says(value: Form, part: RestPart, want: str) -> None:
    assert form(value, part) == want


def parts(value: object, *encoding: RestPart) -> list[Part]:
    """Return the parts of a form as another parser reads them."""
    content = RestContent(
        media_type="multipart/form-data", type=Ref("Form"), encoding="multipart", parts=encoding
    )
    data, kind = content.sent(value, CODECS, lambda: "b-1")
    assert kind == "multipart/form-data; boundary=b-1"
    body = data if isinstance(data, bytes) else b"".join(data)
    assert isinstance(data, bytes) or data.length == len(body)
    return forms.parts(kind, body)


def test_parts_by_the_types_of_properties(tmp_path: Path) -> None:
    path = tmp_path / "a b.tif"
    path.write_bytes(b"II*\x00")
    value = Form(
        name="Tö", count=2, open=False, tags=("a", "b"), place=Place(zip="1"), places=(Place(zip="2"),),
        image=FilePart(path), images=(b"\r\n--b", FilePart(io.BytesIO(b"xyz"), filename='q"\r\n', content_type="image/png")),
    )  # fmt: skip
    assert parts(value) == [
        ("name", None, None, "Tö".encode()),
        ("count", None, None, b"2"),
        ("open", None, None, b"false"),
        ("tags", None, None, b"a"),
        ("tags", None, None, b"b"),
        ("place", None, "application/json", b'{"zip":"1"}'),
        ("places", None, "application/json", b'{"zip":"2"}'),
        ("image", "a b.tif", "application/octet-stream", b"II*\x00"),
        ("images", "images", "application/octet-stream", b"\r\n--b"),
        ("images", "q%22%0D%0A", "image/png", b"xyz"),
    ]


def test_parts_as_their_encoding_says() -> None:
    value = Form(name="<a/>", tags=("a", "b"), place=Place(city="x y"), image=b"\x89", images=(b"1",))
    encoding = (
        RestPart(name="name", content_type="text/xml"),
        RestPart(name="tags", style="pipeDelimited"),
        RestPart(name="place", style="deepObject"),
        RestPart(name="image", content_type="image/png"),
        RestPart(name="images", content_type="image/png, image/*"),
    )
    assert parts(value, *encoding) == [
        ("name", None, "text/xml", b"<a/>"),
        ("tags", None, None, b"a|b"),
        ("place[city]", None, None, b"x y"),
        ("image", "image", "image/png", b"\x89"),
        ("images", "images", "application/octet-stream", b"1"),
    ]


def test_the_content_of_a_file_is_not_printed() -> None:
    form = Form(name="n", image=FilePart(b"content", filename="f"))
    assert repr(form) == "Form(name='n', image=FilePart(filename='f'))"


def test_a_member_of_a_union_may_be_a_file() -> None:
    assert parts(Form(either="a")) == [("either", None, None, b"a")]
    assert parts(Form(either=FilePart(b"a", filename="n"))) == [
        ("either", "n", "application/octet-stream", b"a")
    ]


def test_a_file_has_no_style_and_bytes_inside_a_value_are_base64() -> None:
    value = Form(images=(b"1", FilePart(b"2", filename="\udce4.png")), album={"a": (b"\x89",)})
    styled = [RestPart(name="images", style="form"), RestPart(name="album", style="deepObject")]
    images = [
        ("images", "images", "application/octet-stream", b"1"),
        ("images", "?.png", "application/octet-stream", b"2"),
    ]
    assert parts(value) == [("album", None, "application/json", b'{"a":["iQ=="]}'), *images]
    assert parts(value, *styled) == [("album[a]", None, None, b"iQ=="), *images]
    with pytest.raises(EncodeError, match="/album/a/0: a file is a part of its own"):
        parts(Form(album={"a": (FilePart(b"x"),)}))


def test_a_number_is_never_taken_for_a_file() -> None:
    assert parts(Form(grid=[-0.0, -1e-7], image=b"i"))[:2] == [
        ("grid", None, None, b"-0.0"),
        ("grid", None, None, b"-1e-07"),
    ]


def test_a_form_without_values() -> None:
    assert parts(Form()) == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Form(image=FilePart("/nowhere/x")), "cannot be read"),
        (Form(image=FilePart("/")), "is a folder"),
        (Form(image=FilePart("a\0b")), "cannot be read"),
        (Form(image=FilePart(5)), "expected bytes, a path or an open binary file"),  # type: ignore[arg-type] # wrong on purpose
        (Form(image=FilePart(b"", content_type="a\r\nb: c")), "printable ASCII"),
    ],
)
def test_files_that_cannot_be_sent(value: Form, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        parts(value)


@pytest.mark.parametrize("stated", ["multipart/form-data", "Multipart/Form-Data; boundary=theirs"])
def test_there_is_one_boundary(stated: str) -> None:
    content = RestContent(media_type=stated, type=Ref("Form"), encoding="multipart")
    for media_type in (None, "multipart/form-data; boundary=own"):
        _, kind = content.sent(Form(), CODECS, lambda: "b", media_type)
        assert kind == "multipart/form-data; boundary=b"


def test_values_that_are_no_form() -> None:
    content = RestContent(media_type="multipart/form-data", type=ANY, encoding="multipart")
    with pytest.raises(EncodeError, match="an object"):
        content.sent([1], CODECS, lambda: "b")
    with pytest.raises(EncodeError, match="/image: expected bytes or a FilePart"):
        parts(Form(image="text"))  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(EncodeError, match="multipart/form-data alone"):
        CODECS.encode(Form(image=FilePart(b"x")))
