"""What values outside generated functions are written as, kept as and refused for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs
import pytest
from groundwire_runtime.codec import Codecs, open_enum
from groundwire_runtime.containers import packed
from groundwire_runtime.errors import ArgumentError, DecodeError, EncodeError
from groundwire_runtime.jsontext import write_any
from groundwire_runtime.messages import EMPTY, Message, Unlisted, keep_containers
from groundwire_runtime.options import checked_timeout
from groundwire_runtime.scalars import DOUBLE, INT32
from groundwire_runtime.schema import Case, Field, OneOf, Packed, Ref


class Colour(StrEnum):
    RED = "RED"
    DARK_RED = "DARK_RED"
    BLUE = "BLUE"


class Many(StrEnum):
    N00, N01, N02, N03, N04, N05 = "N00", "N01", "N02", "N03", "N04", "N05"
    N06, N07, N08, N09, N10, N11 = "N06", "N07", "N08", "N09", "N10", "N11"


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Tree(Message):
    height: int | None = None


@attrs.frozen
class Number:
    value: float


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Forest(Message):
    first: Any = None
    choice: Any = None


CODECS = Codecs(
    SimpleNamespace(Tree=Tree, Forest=Forest, Number=Number),
    {
        "Tree": lambda: (Field("height", INT32),),
        "Forest": lambda: (
            Field("first", Packed((("types/Tree", "Tree"),))),
            OneOf("choice", (Case("tree", Ref("Tree")), Case("number", DOUBLE, "Number"))),
        ),
    },
)


def packed_text(value: Any) -> str:
    return CODECS.encode(Forest(first=value)).decode().removeprefix('{"first":').removesuffix("}")


def test_what_no_member_of_a_union_takes_is_told_which_there_are() -> None:
    with pytest.raises(EncodeError) as caught:
        CODECS.encode(Forest(choice=5))
    assert (caught.value.path, caught.value.value) == ("/choice", 5)
    assert caught.value.rule == "expected Number or Tree"


def test_an_unlisted_name_is_text_and_an_unlisted_number_a_number() -> None:
    colour = open_enum(Colour).write
    assert colour(Colour.RED, 0) == colour("RED", 0) == '"RED"'
    assert colour(Unlisted("GREEN"), 0) == '"GREEN"'
    assert colour(Unlisted(7), 0) == "7"


def test_a_name_that_is_none_is_told_which_are_near() -> None:
    with pytest.raises(EncodeError) as caught:
        open_enum(Colour).write("DARKRED", 0)
    assert caught.value.value == "DARKRED"
    assert caught.value.rule == "expected a name of Colour, such as DARK_RED, RED"
    assert "Take a member of Colour" in caught.value.hint
    assert "Unlisted()" in caught.value.hint
    with pytest.raises(EncodeError, match=r"N07, N08, N09, got"):
        open_enum(Many).write("?", 0)


def test_an_enum_is_read_by_its_folded_name_and_else_kept() -> None:
    colour = open_enum(Colour).read
    assert colour("dark-red", 0) is Colour.DARK_RED
    assert colour("\u00fc", 0) == Unlisted("\u00fc")
    found = colour(7, 0)
    assert isinstance(found, Unlisted)
    assert found.number == 7
    with pytest.raises(DecodeError) as caught:
        colour(["RED"], 0)
    assert caught.value.value == ["RED"]


def test_what_is_no_json_value_is_refused_by_name() -> None:
    with pytest.raises(EncodeError) as caught:
        write_any({"a": {1, 2}}, 0)
    assert caught.value.rule == "expected a JSON value"
    with pytest.raises(EncodeError):
        write_any({"a": float("nan")}, 0)
    assert write_any({"\u00e9": [1, None]}, 0) == '{"\u00e9":[1,null]}'


def test_a_packed_message_says_its_type_once() -> None:
    assert packed_text(Tree()) == '{"@type":"types/Tree"}'
    assert packed_text(Tree(height=1)) == '{"@type":"types/Tree","height":1}'
    assert packed_text(Tree(height=1, unknown_fields={"@type": "types/Bush"})) == (
        '{"height":1,"@type":"types/Bush"}'
    )
    assert packed_text({"@type": "x"}) == '{"@type":"x"}'


@pytest.mark.parametrize(
    ("sent", "kept"), [("Infinity", "Infinity"), ("-Infinity", "-Infinity"), ("NaN", "NaN"), ("1.5", 1.5)]
)
def test_a_packed_number_without_a_json_form_stays_text(sent: str, kept: object) -> None:
    url = "type.googleapis.com/google.protobuf.DoubleValue"
    assert packed({}, {}).read({"@type": url, "value": sent}, 0) == {"@type": url, "value": kept}


@attrs.frozen(kw_only=True, field_transformer=keep_containers)
class Kept:
    tags: Sequence[str] | None = None
    rows: Sequence[Sequence[str]] = ()
    names: Mapping[str, Sequence[str]] = EMPTY
    stock: Mapping[str, int] = EMPTY


def test_containers_are_kept_from_the_caller_all_the_way_down() -> None:
    rows, names, stock = [["a"], ["b"]], {"x": ["a"]}, MappingProxyType({"n": 1})
    kept: Any = Kept(tags=["t"], rows=rows, names=names, stock=stock)
    rows[0].append("later")
    names["x"].append("later")
    assert kept.rows == (("a",), ("b",))
    assert kept.names == {"x": ("a",)}
    assert type(kept.stock) is dict
    assert Kept().stock is EMPTY
    assert Kept(stock={}).stock == EMPTY
    assert Kept(stock={}).stock is not EMPTY
    wrong: Any = Kept(rows="text", stock=[1], names=5)  # type: ignore[arg-type] # what a caller may get wrong
    assert (wrong.rows, wrong.stock, wrong.names) == ("text", [1], 5)


def test_a_time_that_is_none_is_called_what_it_is() -> None:
    with pytest.raises(ArgumentError, match=r"^timeout: expected finite seconds above 0, got -1"):
        checked_timeout(-1)
