"""Lists and maps of messages, small and large: what is written, and where an error stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs
import pytest
from groundwire_runtime.codec import Codecs
from groundwire_runtime.containers import list_of, map_of
from groundwire_runtime.errors import DecodeError, EncodeError
from groundwire_runtime.families import FamilyCodec
from groundwire_runtime.family_containers import family_list, family_map
from groundwire_runtime.jsontext import Codec
from groundwire_runtime.messages import EMPTY, MAX_DEPTH, Message, keep_containers, variant_of
from groundwire_runtime.scalars import INT32, STRING
from groundwire_runtime.schema import Case, Family, Field

SIZES = [0, 1, 2, 255, 256, 257, 512, 513, 1000]
Write = Callable[[str], object]
Writer = Callable[[Any, int, Write], None]


def number(value: Any, depth: int, write: Write) -> None:
    write(INT32.write(value, depth))


def variants(write: Writer) -> FamilyCodec:
    return FamilyCodec(INT32.read, write, True, "number", {}, {int: write})


NUMBER = Codec(INT32.read, number, True)
LISTS: list[Writer] = [list_of(NUMBER).write, family_list(variants(number)).write]
MAPS: list[Writer] = [map_of(NUMBER).write, family_map(variants(number)).write]


def written(writer: Writer, value: Any, depth: int = 0) -> str:
    pieces: list[str] = []
    writer(value, depth, pieces.append)
    return "".join(pieces)


def fault(writer: Writer, value: Any, depth: int = 0) -> tuple[str, object, str]:
    with pytest.raises(EncodeError) as caught:
        written(writer, value, depth)
    return caught.value.path, caught.value.value, caught.value.rule


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("writer", LISTS)
def test_a_list_of_any_size_is_written(writer: Writer, size: int) -> None:
    text = f"[{','.join(map(str, range(size)))}]"
    assert written(writer, tuple(range(size))) == text
    assert written(writer, list(range(size))) == text
    assert written(writer, range(size)) == text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("writer", MAPS)
def test_a_map_of_any_size_is_written(writer: Writer, size: int) -> None:
    members = {f'k"{n}': n for n in range(size)}
    text = "{" + ",".join(rf'"k\"{n}":{n}' for n in range(size)) + "}"
    assert written(writer, members) == text
    assert written(writer, MappingProxyType(members)) == text


@pytest.mark.parametrize("size", [2, 1000])
@pytest.mark.parametrize("at", [0, 1, -1])
def test_a_fault_in_a_list_stands_at_its_index(size: int, at: int) -> None:
    values: list[Any] = list(range(size))
    values[at] = "x"
    path = f"/{values.index('x')}"
    assert fault(LISTS[0], tuple(values)) == (path, "x", "expected an int")
    assert fault(LISTS[1], tuple(values)) == (path, "x", "expected a number")
    values[at] = 2**31
    assert fault(LISTS[1], tuple(values)) == (path, 2**31, "out of the range of int32")


@pytest.mark.parametrize("size", [2, 1000])
@pytest.mark.parametrize("at", [0, 1, -1])
def test_a_fault_in_a_map_stands_under_its_key(size: int, at: int) -> None:
    keys = [f"k/{n}" for n in range(size)]
    members: dict[Any, Any] = {**dict.fromkeys(keys, 1), keys[at]: "x"}
    path = f"/{keys[at].replace('/', '~1')}"
    assert fault(MAPS[0], members) == (path, "x", "expected an int")
    assert fault(MAPS[1], members) == (path, "x", "expected a number")
    members[keys[at]] = 2**31
    assert fault(MAPS[1], members) == (path, 2**31, "out of the range of int32")
    bad = {key if key != keys[at] else 5: 1 for key in keys}
    for writer in MAPS:
        assert fault(writer, bad) == ("", 5, "expected a string as key")


@pytest.mark.parametrize("size", [2, 1000])
def test_a_fault_below_a_large_list_keeps_its_whole_path(size: int) -> None:
    nested = list_of(list_of(NUMBER)).write
    values: list[Any] = [(1, 2)] * size
    values[-1] = (1, "x")
    assert fault(nested, tuple(values)) == (f"/{size - 1}/1", "x", "expected an int")


@pytest.mark.parametrize("writer", LISTS)
@pytest.mark.parametrize("value", ["ab", 5, {1, 2}, None])
def test_what_is_no_list_is_refused(writer: Writer, value: object) -> None:
    assert fault(writer, value) == ("", value, "expected a sequence")


@pytest.mark.parametrize("writer", MAPS)
@pytest.mark.parametrize("value", ["ab", 5, [1], None])
def test_what_is_no_map_is_refused(writer: Writer, value: object) -> None:
    assert fault(writer, value) == ("", value, "expected a mapping")


def test_variants_count_as_messages() -> None:
    for writer, empty, value in ((LISTS[1], (), (1,)), (MAPS[1], {}, {"a": 1})):
        assert written(writer, value, MAX_DEPTH - 1) in ("[1]", '{"a":1}')
        assert written(writer, empty, MAX_DEPTH) in ("[]", "{}")
        assert fault(writer, value, MAX_DEPTH) == ("", "int", f"more than {MAX_DEPTH} nested messages")


@pytest.mark.parametrize("writer", [*LISTS, *MAPS])
def test_an_error_of_a_writer_itself_is_not_taken_for_a_key(writer: Writer) -> None:
    def broken(value: object, depth: int, write: Write) -> None:
        raise KeyError(value) if value == 1 else TypeError(value)

    for number_, kind in ((1, KeyError), (2, TypeError)):
        with pytest.raises(kind):
            written(family_list(variants(broken)).write, (number_,))
        with pytest.raises(kind):
            written(family_map(variants(broken)).write, {"a": number_})
        with pytest.raises(kind):
            written(map_of(Codec(INT32.read, broken, True)).write, {"a": number_})


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Choice(Message):
    note: Any = None


@variant_of(Choice)
@attrs.frozen(eq=False, repr=False)
class One(Choice):
    value: Any


@variant_of(Choice)
@attrs.frozen(eq=False, repr=False)
class Other(Choice):
    value: Any


CODECS = Codecs(
    SimpleNamespace(Choice=Choice),
    {
        "Choice": lambda: (
            Family((Case("one", INT32, "Choice.One"), Case("other", INT32, "Choice.Other"))),
            Field("note", STRING, "remark"),
        )
    },
)


def family(data: dict[str, Any]) -> Any:
    return CODECS.structure(data, Choice)


def test_a_member_of_a_family_may_stand_beside_plain_fields() -> None:
    for data in ({"one": 1, "remark": "a", "x": 2}, {"remark": "a", "x": 2, "one": 1}):
        found = family(data)
        assert isinstance(found, One)
        assert (found.value, found.note, found.unknown_fields) == (1, "a", {"x": 2})
        assert CODECS.unstructure(found) == data
    found = family({"remark": "a", "x": 2})
    assert type(found) is Choice
    assert (found.note, found.unknown_fields) == ("a", {"x": 2})
    assert CODECS.unstructure(found) == {"remark": "a", "x": 2}
    assert family({"remark": None, "one": None}).unknown_fields == {}
    assert CODECS.unstructure(One(5, note="b")) == {"one": 5, "remark": "b"}


@pytest.mark.parametrize(
    ("data", "path", "value", "rule"),
    [
        ({"remark": 5}, "/remark", 5, "expected a string"),
        (
            {"remark": "a", "one": 1, "other": 2},
            "/other",
            2,
            "union field Choice has two members set: one and other",
        ),
    ],
)
def test_a_fault_of_a_family(data: dict[str, Any], path: str, value: object, rule: str) -> None:
    with pytest.raises(DecodeError) as caught:
        family(data)
    assert (caught.value.path, caught.value.value, caught.value.rule) == (path, value, rule)


@attrs.frozen(kw_only=True, field_transformer=keep_containers)
class Kept:
    rows: Sequence[Sequence[int]] = ()
    named: Mapping[str, Sequence[int]] = EMPTY
    maps: Mapping[str, Mapping[str, int]] = EMPTY


def test_containers_in_containers_are_kept_as_values_of_their_own() -> None:
    row = [1, 2]
    kept = Kept(rows=[row], named={"a": row}, maps={"b": {"c": 1}})
    row.append(3)
    assert (kept.rows, kept.named, kept.maps) == (((1, 2),), {"a": (1, 2)}, {"b": {"c": 1}})
    wrong: Any = Kept(named=5, rows="ab")  # type: ignore[arg-type] # what encoding refuses with its path
    assert (wrong.named, wrong.rows) == (5, "ab")
