"""Lists and maps of messages, small and large: what is written, and where an error stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs
import pytest
from groundwire_runtime.codec import Codecs
from groundwire_runtime.containers import list_of, map_of
from groundwire_runtime.errors import DecodeError, EncodeError
from groundwire_runtime.jsontext import Codec
from groundwire_runtime.messages import EMPTY, MAX_DEPTH, Message, keep_containers, variant_of
from groundwire_runtime.scalars import INT32, STRING
from groundwire_runtime.schema import Case, Family, Field

SIZES = [0, 1, 2, 255, 256, 257, 512, 513, 1000]
Writer = Callable[[Any, int], str]


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
CHOICE = CODECS.codec(Choice)
LISTS: list[Writer] = [list_of(INT32).write, list_of(CHOICE).write]
MAPS: list[Writer] = [map_of(INT32).write, map_of(CHOICE).write]


def fault(writer: Writer, value: Any, depth: int = 0) -> tuple[str, object, str]:
    with pytest.raises(EncodeError) as caught:
        writer(value, depth)
    return caught.value.path, caught.value.value, caught.value.rule


@pytest.mark.parametrize("size", SIZES)
def test_a_list_of_any_size_is_written(size: int) -> None:
    text = f"[{','.join(map(str, range(size)))}]"
    for numbers in (tuple(range(size)), list(range(size)), range(size)):
        assert LISTS[0](numbers, 0) == text
    variants = [One(number) for number in range(size)]
    assert json.loads(LISTS[1](variants, 0)) == [{"one": number} for number in range(size)]


@pytest.mark.parametrize("size", SIZES)
def test_a_map_of_any_size_is_written(size: int) -> None:
    members = {f'k"{n}': n for n in range(size)}
    text = "{" + ",".join(rf'"k\"{n}":{n}' for n in range(size)) + "}"
    assert MAPS[0](members, 0) == MAPS[0](MappingProxyType(members), 0) == text
    variants = {key: One(number) for key, number in members.items()}
    assert json.loads(MAPS[1](variants, 0)) == {key: {"one": number} for key, number in members.items()}


@pytest.mark.parametrize("size", [2, 1000])
@pytest.mark.parametrize("at", [0, 1, -1])
def test_a_fault_in_a_list_stands_at_its_index(size: int, at: int) -> None:
    values: list[Any] = list(range(size))
    values[at] = "x"
    path = f"/{values.index('x')}"
    assert fault(LISTS[0], tuple(values)) == (path, "x", "expected an int")
    variants: list[Any] = [One(1)] * size
    variants[at] = "x"
    assert fault(LISTS[1], variants) == (path, "x", "expected Choice")
    variants[at] = One(2**31)
    assert fault(LISTS[1], variants) == (f"{path}/one", 2**31, "out of the range of int32")


@pytest.mark.parametrize("size", [2, 1000])
@pytest.mark.parametrize("at", [0, 1, -1])
def test_a_fault_in_a_map_stands_under_its_key(size: int, at: int) -> None:
    keys = [f"k/{n}" for n in range(size)]
    members: dict[Any, Any] = {**dict.fromkeys(keys, 1), keys[at]: "x"}
    path = f"/{keys[at].replace('/', '~1')}"
    assert fault(MAPS[0], members) == (path, "x", "expected an int")
    variants: dict[str, Any] = {**dict.fromkeys(keys, One(1)), keys[at]: "x"}
    assert fault(MAPS[1], variants) == (path, "x", "expected Choice")
    variants[keys[at]] = One(2**31)
    assert fault(MAPS[1], variants) == (f"{path}/one", 2**31, "out of the range of int32")
    for writer, value in ((MAPS[0], 1), (MAPS[1], One(1))):
        bad = {key if key != keys[at] else 5: value for key in keys}
        assert fault(writer, bad) == ("", 5, "expected a string as key")


@pytest.mark.parametrize("size", [2, 1000])
def test_a_fault_below_a_large_list_keeps_its_whole_path(size: int) -> None:
    nested = list_of(list_of(INT32)).write
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
    cases: list[tuple[Writer, Any, Any, str]] = [
        (LISTS[1], (), (One(1),), "/0"),
        (MAPS[1], {}, {"a": One(1)}, "/a"),
    ]
    for writer, empty, value, path in cases:
        assert '{"one":1}' in writer(value, MAX_DEPTH - 1)
        assert writer(empty, MAX_DEPTH) in ("[]", "{}")
        assert fault(writer, value, MAX_DEPTH) == (
            path,
            "Choice.One",
            f"more than {MAX_DEPTH} nested messages",
        )


@pytest.mark.parametrize("kind", [KeyError, TypeError])
def test_an_error_of_a_writer_itself_is_not_taken_for_a_key(kind: type[Exception]) -> None:
    def broken(value: object, depth: int) -> str:
        raise kind(value)

    item = Codec(INT32.read, broken)
    with pytest.raises(kind):
        list_of(item).write((1,), 0)
    with pytest.raises(kind):
        map_of(item).write({"a": 1}, 0)


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
