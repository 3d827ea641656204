"""Unions, constants, null, tuples and dates in a client's table: what is read, and what is sent back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import frozen
from groundwire_runtime import json_scalars as numbers
from groundwire_runtime.codec import Codecs
from groundwire_runtime.errors import DecodeError, EncodeError
from groundwire_runtime.messages import EMPTY, Message, Unlisted, Unrecognized, keep_containers
from groundwire_runtime.schema import (
    ANY,
    BOOLEAN,
    INT64,
    STRING,
    TIMESTAMP,
    Bounds,
    Enum,
    Extra,
    Field,
    ListOf,
    MapOf,
    Ref,
    Type,
)
from groundwire_runtime.unions import Alias, Const, Keys, Nullable, Tag, TupleOf, Union
from groundwire_runtime.whole_enums import any_enum


class Size(StrEnum):
    SMALL = "small"


class Level(IntEnum):
    ONE = 1


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Cat(Message):
    kind: Any
    name: str | None = None


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Dog(Message):
    kind: Any = "dog"
    barks: bool | None = None


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Wolf(Message):
    kind: Any = None
    barks: bool | None = None


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Scores(Message):
    title: str
    note: str | None
    additional_properties: Any = EMPTY


CLASSES = SimpleNamespace(Cat=Cat, Dog=Dog, Wolf=Wolf, Scores=Scores, Size=Size, Level=Level)
PETS = Union((Ref("Cat"), Ref("Dog")), Tag("kind", (("cat", 0), ("kitten", 0), ("dog", 1))))
CODECS = Codecs(
    CLASSES,
    {
        "Cat": lambda: (Field("kind", STRING), Field("name", STRING)),
        "Dog": lambda: (Field("kind", Const(("dog",))), Field("barks", BOOLEAN)),
        "Wolf": lambda: (Field("kind", Const(("wolf",))), Field("barks", BOOLEAN)),
        "Scores": lambda: (
            Field("title", STRING),
            Field("note", Nullable(STRING)),
            Extra("additional_properties", numbers.NUMBER),
        ),
    },
    {
        "Tree": lambda: Union((STRING, ListOf(Alias("Tree")))),
        "Lists": lambda: ListOf(Alias("Lists")),
        "Maps": lambda: MapOf(Alias("Maps")),
    },
    proto_names=False,
    enum_codec=any_enum,
)
KEYS = Keys((("kind", "name"), ("kind", "barks")))
BEST = Keys((("kind", "name"), ("kind", "barks")), exact=False)


def there_and_back(type_: Type, value: object) -> Any:
    """Read a JSON value, and send it again: it has to be the same JSON."""
    read = CODECS.read(type_, json.dumps(value).encode())
    assert json.loads(CODECS.write(type_, read)) == value
    return read


@pytest.mark.parametrize(
    ("type_", "value", "wanted"),
    [
        (PETS, {"kind": "kitten", "name": "n"}, Cat(kind="kitten", name="n")),
        (PETS, {"kind": "dog", "barks": True}, Dog(barks=True)),
        (PETS, {"kind": "cow"}, Unrecognized({"kind": "cow"})),
        (PETS, {"name": "n"}, Unrecognized({"name": "n"})),
        (PETS, [1], Unrecognized([1])),
        (PETS, {"kind": "dog", "barks": 1}, Unrecognized({"kind": "dog", "barks": 1})),
        (Union((Ref("Scores"), STRING)), {"title": 1}, Unrecognized({"title": 1})),
        (Union((ListOf(numbers.INTEGER), STRING)), [1, "a"], Unrecognized([1, "a"])),
        (Union((TupleOf((STRING,)), BOOLEAN)), ["a", "b"], Unrecognized(["a", "b"])),
        (Union((MapOf(numbers.INTEGER), STRING)), {"a": []}, Unrecognized({"a": []})),
        (ListOf(Union((Ref("Cat"), STRING))), ["a", {"kind": 1}], ("a", Unrecognized({"kind": 1}))),
        (Nullable(Union((Ref("Cat"), STRING))), {"kind": []}, Unrecognized({"kind": []})),
        (Union((Ref("Cat"), Ref("Dog")), KEYS), {"kind": "dog", "barks": False}, Dog(barks=False)),
        (Union((Ref("Cat"), Ref("Dog")), KEYS), {"kind": "x"}, Unrecognized({"kind": "x"})),
        (Union((Ref("Cat"), Ref("Dog")), BEST), {"kind": "dog"}, Cat(kind="dog")),
        (
            Union((Ref("Scores"), MapOf(Ref("Cat"))), Keys((("title", "note", "a", "b"), ()), exact=False)),
            {"title": "t", "note": None},
            Scores(title="t", note=None),
        ),
        (
            Union((Ref("Scores"), MapOf(STRING)), Keys((("title", "note"), ()), exact=False)),
            {"title": "t"},
            {"title": "t"},
        ),
        (Union((STRING, numbers.INTEGER, BOOLEAN)), True, True),
        (Union((STRING, numbers.INTEGER, BOOLEAN)), 7, 7),
        (Union((STRING, numbers.NUMBER)), 1.5, 1.5),
        (Union((STRING, ListOf(STRING))), ["a"], ("a",)),
        (Union((STRING, MapOf(numbers.INTEGER))), {"a": 1}, {"a": 1}),
        (Union((Enum("Size"), numbers.INTEGER)), "small", Size.SMALL),
        (Union((Enum("Size"), numbers.INTEGER)), "huge", Unlisted("huge")),
        (Union((Enum("Level"), STRING)), 1, Level.ONE),
        (Union((TIMESTAMP, STRING)), "noon", "noon"),
        (Union((numbers.DAY, STRING)), "2026-11-28", date(2026, 11, 28)),
        (Union((STRING, numbers.INTEGER)), None, Unrecognized(None)),
        (Alias("Tree"), ["a", ["b", []]], ("a", ("b", ()))),
        (Nullable(PETS), None, None),
        (Const(("a", 1, True)), True, True),
        (Const(("a",)), "b", Unlisted("b")),
        (TupleOf((STRING, numbers.INTEGER)), ["a", 1], ("a", 1)),
        (TupleOf((STRING,), numbers.INTEGER), ["a", 1, 2], ("a", 1, 2)),
        (numbers.NUMBER, 100, 100),
        (numbers.INTEGER, 2**80, 2**80),
        (numbers.LONG, -(2**63), -(2**63)),
        (Enum("Level"), 9, Unlisted(9)),
        (ListOf(Nullable(STRING)), ["a", None], ("a", None)),
    ],
)
def test_a_value_is_read_and_sent_as_it_came(type_: Type, value: object, wanted: object) -> None:
    found = there_and_back(type_, value)
    assert found == wanted
    assert found.__class__ is wanted.__class__


def test_an_object_without_the_property_is_a_member_that_does_not_require_it() -> None:
    optional = Union((Ref("Cat"), Ref("Wolf")), Tag("kind", (("cat", 0), ("wolf", 1)), (1,)))
    assert CODECS.read(optional, b'{"barks":true}') == Wolf(barks=True)
    assert CODECS.read(optional, b'{"barks":1}') == Unrecognized({"barks": 1})
    assert CODECS.read(optional, b'{"kind":"cow"}') == Unrecognized({"kind": "cow"})


@pytest.mark.parametrize(
    ("type_", "value", "place"),
    [
        (TupleOf((STRING, numbers.INTEGER)), ["a"], ""),
        (TupleOf((STRING, numbers.INTEGER)), ["a", 1, 2], ""),
        (TupleOf((STRING, numbers.INTEGER)), ["a", "b"], "/1"),
        (Const(("a",)), [], ""),
        (numbers.LONG, 2**63, ""),
        (numbers.LONG, "1", ""),
        (numbers.INTEGER, 1.5, ""),
        (numbers.NUMBER, True, ""),
        (numbers.DAY, "2026-02-30", ""),
        (numbers.DAY, "2026-11-28T00:00:00Z", ""),
        (Ref("Scores"), {"note": "n"}, "/title"),
        (Ref("Scores"), {"title": None, "note": None}, "/title"),
        (Ref("Scores"), {"title": "t"}, "/note"),
        (Ref("Scores"), {"title": "t", "note": None, "a": "x"}, "/a"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(type_: Type, value: object, place: str) -> None:
    with pytest.raises(DecodeError) as caught:
        CODECS.read(type_, json.dumps(value).encode())
    assert caught.value.path == place


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (PETS, {"kind": "cat"}),
        pytest.param(numbers.NUMBER, 10**5_000, id="digits"),
        pytest.param(numbers.NUMBER, Fraction(10**400), id="fraction"),
        (PETS, Scores(title="t", note=None)),
        (Union((STRING, numbers.INTEGER)), 1.5),
        (Union((STRING, numbers.INTEGER)), True),
        (Union((numbers.INTEGER, ListOf(STRING))), "text"),
        (Const(("a",)), "b"),
        (Const(("a",)), {"a"}),
        (Const(("a",)), bytearray(b"a")),
        (TupleOf((STRING,)), "a"),
        (numbers.NUMBER, float("nan")),
        (numbers.DAY, datetime(2026, 11, 28, tzinfo=UTC)),
        (numbers.INT32, 2**31),
        (Enum("Level"), 9),
        pytest.param(Enum("Size"), 10**5_000, id="digits of a name"),
        (Ref("Scores"), Scores(title=None, note=None)),  # type: ignore[arg-type] # what is tested
        (Ref("Scores"), Scores(title="t", note=None, additional_properties={"title": 1})),
    ],
)
def test_what_cannot_be_sent_is_refused(type_: Type, value: object) -> None:
    with pytest.raises(EncodeError):
        CODECS.write(type_, value)


def test_a_needed_null_and_the_values_of_other_keys_are_kept() -> None:
    found = there_and_back(Ref("Scores"), {"title": "t", "note": None, "a": 1, "b_c": 2.5})
    assert found == Scores(title="t", note=None, additional_properties={"a": 1, "b_c": 2.5})


def test_a_refused_member_says_what_to_do() -> None:
    bounds = Bounds(minimum=1)
    codecs = Codecs(
        CLASSES, {"Cat": lambda: (Field("kind", numbers.INTEGER, bounds=bounds), Field("name", STRING))}
    )
    with pytest.raises(EncodeError) as caught:
        codecs.write(Union((Ref("Cat"), STRING)), Cat(kind=0))
    assert caught.value.hint == bounds.hint


def test_a_constant_is_filled_in() -> None:
    assert CODECS.encode(Dog()) == b'{"kind":"dog"}'


def test_a_constant_that_must_come_is_not_filled_in() -> None:
    with pytest.raises(DecodeError, match="/kind: is missing"):
        CODECS.decode(Dog, b"{}")
    there_and_back(Union((Ref("Dog"), ANY)), {"name": "x"})


def test_names_are_exact_where_they_are_no_proto_names() -> None:
    codecs = Codecs(
        CLASSES, {"Cat": lambda: (Field("kind", ANY), Field("name", STRING, "petName"))}, proto_names=False
    )
    found = codecs.decode(Cat, b'{"kind": 1, "pet_name": "x"}')
    assert (found.name, found.unknown_fields) == (None, {"pet_name": "x"})


def test_a_decimal_keeps_its_digits() -> None:
    assert CODECS.write(numbers.NUMBER, Decimal("0.10000000000000000000001")) == b"0.10000000000000000000001"


def test_a_number_that_no_float_holds_is_refused() -> None:
    with pytest.raises(DecodeError, match="out of the range"):
        CODECS.read(numbers.NUMBER, b"1e400")


@pytest.mark.parametrize(
    ("name", "opening", "closing"), [("Tree", "[", "]"), ("Lists", "[", "]"), ("Maps", '{"a":', "}")]
)
def test_a_type_that_holds_itself_is_followed_no_further_than_python_can(
    name: str, opening: str, closing: str
) -> None:
    end = "{}" if name == "Maps" else "[]"
    with pytest.raises(DecodeError, match="nested deeper"):
        CODECS.read(Alias(name), (opening * 900 + end + closing * 900).encode())
    value: Any = {} if name == "Maps" else []
    for _ in range(2_000):
        value = {"a": value} if name == "Maps" else [value]
    with pytest.raises(EncodeError, match="nested deeper"):
        CODECS.write(Alias(name), value)
    assert there_and_back(Alias(name), {} if name == "Maps" else []) == ({} if name == "Maps" else ())


def test_the_work_of_nested_unions_grows_with_their_depth_alone() -> None:
    codecs = Codecs(
        CLASSES,
        {},
        {
            "U": lambda: Union(
                (TupleOf((Alias("U"), numbers.INTEGER)), TupleOf((Alias("U"), BOOLEAN)), STRING)
            ),
        },
        proto_names=False,
    )
    value: Any = "leaf"
    for _ in range(40):
        value = [value, True]
    read = codecs.read(Alias("U"), json.dumps(value).encode())
    assert json.loads(codecs.write(Alias("U"), read)) == value
    with pytest.raises(EncodeError):
        codecs.write(Alias("U"), ((read, True), 1.5))


def test_a_text_of_an_integer_is_told_from_a_number() -> None:
    either = Union((INT64, numbers.INTEGER))
    assert there_and_back(either, 5) == 5
    assert CODECS.read(either, b'"5"') == 5
    assert there_and_back(Union((numbers.DAY, numbers.INTEGER)), "soon") == Unrecognized("soon")
