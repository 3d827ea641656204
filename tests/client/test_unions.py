"""Union fields and families: one member at the most, open to members newer than the client."""

from __future__ import annotations

import json
from typing import Any

import groundwire as gw
import pytest
from attrs import evolve
from groundwire import FunctionInvocation, Number, PixelGrid, ValueNode, decode, encode
from groundwire_runtime.errors import DecodeError, EncodeError

MEMBERS: dict[tuple[type[Any], str], dict[str, Any]] = {
    (gw.ExportImageRequest, "export_options"): {"fileExportOptions": {}, "assetExportOptions": {}},
    (gw.ImageFileExportOptions, "destination"): {"driveDestination": {}, "cloudStorageDestination": {}},
    (gw.ImageFileExportOptions, "format_options"): {"geoTiffOptions": {}, "tfRecordOptions": {}},
    (gw.FunctionInvocation, "function"): {"functionName": "f", "functionReference": "0"},
    (gw.PixelGrid, "crs"): {"crsCode": "EPSG:4326", "crsWkt": 'GEOGCS["x"]'},
    (gw.Operation, "result"): {"error": {}, "response": {}},
    (gw.Number, "Number"): {"floatValue": 1.5, "integerValue": "1"},
    (gw.ValueNode, "ValueNode"): {
        "constantValue": None,
        "integerValue": "1",
        "bytesValue": "AA==",
        "arrayValue": {},
        "dictionaryValue": {},
        "functionDefinitionValue": {},
        "functionInvocationValue": {},
        "argumentReference": "a",
        "valueReference": "0",
    },
}
GROUPS = pytest.mark.parametrize(
    ("cls", "union"), MEMBERS, ids=lambda value: getattr(value, "__name__", value)
)


def read(cls: type[Any], body: object) -> Any:
    return decode(cls, json.dumps(body).encode())


@GROUPS
def test_two_members_in_an_answer_are_refused_by_name(cls: type[Any], union: str) -> None:
    members = MEMBERS[cls, union]
    for first in members:
        for second in members.keys() - {first}:
            with pytest.raises(DecodeError) as caught:
                read(cls, {first: members[first], second: members[second]})
            assert f"union field {union} has two members set" in caught.value.rule
            assert {first, second} <= set(caught.value.rule.replace(":", " ").split())
            assert caught.value.path in (f"/{first}", f"/{second}")


@GROUPS
def test_each_member_is_read_and_written_under_its_own_key(cls: type[Any], union: str) -> None:
    for key, value in MEMBERS[cls, union].items():
        message = read(cls, {key: value})
        assert json.loads(encode(message)) == {key: value}
        assert not message.unknown_fields


@GROUPS
def test_null_leaves_a_member_unset(cls: type[Any], union: str) -> None:
    members = {key: value for key, value in MEMBERS[cls, union].items() if key != "constantValue"}
    for key, value in members.items():
        nulls = dict.fromkeys(members, None)
        others = nulls.keys() - {key}
        for body in (nulls | {key: value}, {key: value, **dict.fromkeys(others)}):
            assert read(cls, body) == evolve(read(cls, {key: value}), null_fields=others)
            assert json.loads(encode(read(cls, body))).keys() == members.keys()
    assert read(cls, dict.fromkeys(members)) == cls(null_fields=members)


def test_null_is_a_constant() -> None:
    node = read(ValueNode, {"constantValue": None})
    assert node == ValueNode.ConstantValue(None)
    assert encode(node) == b'{"constantValue":null}'
    with pytest.raises(DecodeError, match="two members"):
        read(ValueNode, {"constantValue": None, "valueReference": "0"})


def test_a_newer_member_of_a_union_is_an_unknown_field_of_its_message() -> None:
    options = read(gw.ImageFileExportOptions, {"fileFormat": "ZARR", "zarrOptions": {"chunk": 9}})
    assert options.format_options is None
    assert options.unknown_fields == {"zarrOptions": {"chunk": 9}}
    assert json.loads(encode(options)) == {"fileFormat": "ZARR", "zarrOptions": {"chunk": 9}}


def test_a_newer_variant_of_a_family_is_the_bare_class() -> None:
    node = read(ValueNode, {"matrixValue": [[1]]})
    assert type(node) is ValueNode
    assert node == ValueNode(unknown_fields={"matrixValue": [[1]]})
    assert encode(node) == b'{"matrixValue":[[1]]}'


def test_a_variant_keeps_unknown_fields_beside_its_member() -> None:
    body = {"constantValue": "x", "hint": {"a": 1}}
    node = read(ValueNode, body)
    assert node == ValueNode.ConstantValue("x", unknown_fields={"hint": {"a": 1}})
    assert json.loads(encode(node)) == body
    assert node != ValueNode.ConstantValue("x")


def test_variants_are_their_family_and_differ_from_each_other() -> None:
    for variant in (Number.FloatValue(1.0), Number.IntegerValue(1)):
        assert isinstance(variant, Number)
        assert type(variant).__qualname__ == f"Number.{type(variant).__name__}"
    assert Number.FloatValue(1.0) != Number.IntegerValue(1)
    assert ValueNode.ArgumentReference("0") != ValueNode.ValueReference("0")
    assert PixelGrid(crs=PixelGrid.CrsCode("x")) != PixelGrid(crs=PixelGrid.CrsWkt("x"))
    assert repr(Number.FloatValue(1.0)) == "Number.FloatValue(1.0)"


def kind(node: ValueNode) -> str:
    match node:
        case ValueNode.ConstantValue(value=str(text)):
            return f"text {text}"
        case ValueNode.ConstantValue(value):
            return f"constant {value}"
        case ValueNode.FunctionInvocationValue(
            value=FunctionInvocation(function=FunctionInvocation.FunctionName(name))
        ):
            return f"call {name}"
        case ValueNode.ValueReference(name) | ValueNode.ArgumentReference(name):
            return f"reference {name}"
        case ValueNode(unknown_fields={"matrixValue": _}):
            return "newer"
        case _:
            return "other"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"constantValue": "a"}, "text a"),
        ({"constantValue": [1]}, "constant [1]"),
        ({"functionInvocationValue": {"functionName": "f"}}, "call f"),
        ({"functionInvocationValue": {"functionReference": "f"}}, "other"),
        ({"valueReference": "0"}, "reference 0"),
        ({"argumentReference": "x"}, "reference x"),
        ({"matrixValue": 1}, "newer"),
        ({}, "other"),
    ],
)
def test_nodes_are_matched_by_pattern(body: dict[str, Any], expected: str) -> None:
    assert kind(read(ValueNode, body)) == expected


@pytest.mark.parametrize(
    ("message", "path", "rule"),
    [
        (PixelGrid(crs="EPSG:4326"), "/crs", "expected PixelGrid.CrsCode or PixelGrid.CrsWkt"),  # type: ignore[arg-type]
        (
            gw.ImageFileExportOptions(destination=gw.EarthEngineDestination()),  # type: ignore[arg-type]
            "/destination",
            "expected CloudStorageDestination or DriveDestination",
        ),
        (gw.ArrayValue(values=["a"]), "/values/0", "expected ValueNode"),  # type: ignore[list-item]
        (gw.DictionaryValue(values={"a": 1}), "/values/a", "expected ValueNode"),  # type: ignore[dict-item]
        (gw.ArrayValue(values="a"), "/values", "expected a sequence"),  # type: ignore[arg-type]
        (gw.Expression(values=[1]), "/values", "expected a mapping"),  # type: ignore[arg-type]
        (ValueNode.ArrayValue([]), "/arrayValue", "expected ArrayValue"),  # type: ignore[arg-type]
        (gw.GeoTiffImageExportOptions(no_data=1.5), "/noData", "expected Number"),  # type: ignore[arg-type]
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_member_is_refused_with_its_path(message: Any, path: str, rule: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(message)
    assert (caught.value.path, caught.value.rule) == (path, rule)


def test_a_subclass_of_a_message_is_not_that_message() -> None:
    class Mine(gw.DriveDestination):
        pass

    with pytest.raises(EncodeError, match="expected a message of this client"):
        encode(Mine(folder="x"))
    with pytest.raises(EncodeError, match="/destination"):
        encode(gw.ImageFileExportOptions(destination=Mine(folder="x")))


@pytest.mark.parametrize("value", [True, 1, 1.0, False, 0, 0.0, -0.0, "1", "x" * 65, 2**80])
def test_equal_constants_of_different_types_stay_apart(value: Any) -> None:
    for other in (True, 1, 1.0, False, 0, 0.0, -0.0, "1", value):
        read(ValueNode, {"constantValue": other})
    node = read(ValueNode, {"constantValue": value})
    assert repr(node) == repr(ValueNode.ConstantValue(value))
    assert json.loads(encode(node)) == {"constantValue": value}


@pytest.mark.parametrize("place", [0, 7, 8, 255, 256, 600])
def test_a_long_list_is_read_as_its_items_are(place: int) -> None:
    items: list[dict[str, Any]] = [{"constantValue": [index, None]} for index in range(601)]
    items[place] = {"constantValue": place, "newer": {"a": 1}}
    message = read(gw.ArrayValue, {"values": items})
    assert message.values == tuple(read(ValueNode, item) for item in items)
    items[place] = {"integerValue": "x"}
    with pytest.raises(DecodeError, match=f"/values/{place}/integerValue: "):
        read(gw.ArrayValue, {"values": items})


@pytest.mark.parametrize(
    "others", [{0}, {1, 7, 300}, set(range(20, 60)), set(range(0, 400, 3)), set(range(400))]
)
def test_a_long_list_of_several_variants_is_read_and_written_as_its_items_are(others: set[int]) -> None:
    items: list[dict[str, Any]] = [
        {"valueReference": str(index)} if index in others else {"constantValue": [index, 0.5]}
        for index in range(400)
    ]
    message = read(gw.ArrayValue, {"values": items})
    assert message.values == tuple(read(ValueNode, item) for item in items)
    assert json.loads(encode(message)) == {"values": items}
    items[399] = {"integerValue": "x"}
    with pytest.raises(DecodeError, match="/values/399/integerValue: "):
        read(gw.ArrayValue, {"values": items})


@pytest.mark.parametrize("value", [3, [3]])
def test_a_null_under_one_name_gives_way_to_a_value_under_the_other(value: Any) -> None:
    for body in (
        {"constantValue": value, "constant_value": None},
        {"constant_value": None, "constantValue": value},
        {"constantValue": None, "constant_value": value},
        {"constant_value": value, "constantValue": None},
    ):
        assert read(ValueNode, body) == ValueNode.ConstantValue(value)
