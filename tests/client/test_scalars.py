"""Scalars lose nothing, and what would lose something is refused with its path."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import groundwire as gw
import pytest
from groundwire import Duration, Timestamp, Unlisted, ValueNode, decode, encode
from groundwire_runtime.errors import DecodeError, EncodeError
from groundwire_runtime.scalars import FLOAT, UINT64

FIELDS: dict[str, tuple[type[Any], str, str]] = {
    "int32": (gw.GridDimensions, "width", "width"),
    "int64": (gw.ExportImageRequest, "max_pixels", "maxPixels"),
    "integer": (ValueNode.IntegerValue, "value", "integerValue"),
    "double": (gw.AffineTransform, "scale_x", "scaleX"),
    "bool": (gw.EarthEngineDestination, "overwrite", "overwrite"),
    "string": (gw.DriveDestination, "folder", "folder"),
    "bytes": (ValueNode.BytesValue, "value", "bytesValue"),
    "time": (gw.OperationMetadata, "create_time", "createTime"),
    "span": (gw.WaitOperationRequest, "timeout", "timeout"),
    "enum": (gw.ImageFileExportOptions, "file_format", "fileFormat"),
}


def read(kind: str, token: str) -> Any:
    """The value that a JSON token becomes."""
    cls, attribute, wire = FIELDS[kind]
    return getattr(decode(cls, f'{{"{wire}":{token}}}'.encode()), attribute)


def written(kind: str, value: Any) -> str:
    """The JSON token that a value becomes."""
    cls, attribute, wire = FIELDS[kind]
    text = encode(cls(**{attribute: value})).decode()
    assert text.startswith(f'{{"{wire}":')
    return text[len(wire) + 4 : -1]


BOTH_WAYS = [
    ("int32", 2**31 - 1, "2147483647"),
    ("int32", -(2**31), "-2147483648"),
    ("int64", 2**63 - 1, '"9223372036854775807"'),
    ("int64", -(2**63), '"-9223372036854775808"'),
    ("integer", 9007199254740993, '"9007199254740993"'),
    ("double", 0.1, "0.1"),
    ("double", 5e-324, "5e-324"),
    ("double", 1.7976931348623157e308, "1.7976931348623157e+308"),
    ("double", math.inf, '"Infinity"'),
    ("double", -math.inf, '"-Infinity"'),
    ("bool", False, "false"),
    ("bool", True, "true"),
    ("string", "", '""'),
    ("string", 'é ✓ \U0001f30d "\\/\b\x00\u2028', '"é ✓ \U0001f30d \\"\\\\/\\b\\u0000\u2028"'),
    ("bytes", b"", '""'),
    ("bytes", b"\xfb\xff\x00", '"+/8A"'),
    ("bytes", b"a", '"YQ=="'),
    ("time", Timestamp(2024, 2, 29, 1, 2, 3), '"2024-02-29T01:02:03Z"'),
    ("time", Timestamp(1, 1, 1), '"0001-01-01T00:00:00Z"'),
    (
        "time",
        Timestamp(9999, 12, 31, 23, 59, 59, 999_999, nanosecond=999),
        '"9999-12-31T23:59:59.999999999Z"',
    ),
    ("time", Timestamp(2024, 1, 1, microsecond=500_000), '"2024-01-01T00:00:00.500Z"'),
    ("time", Timestamp(2024, 1, 1, microsecond=1), '"2024-01-01T00:00:00.000001Z"'),
    ("time", Timestamp(2024, 1, 1, nanosecond=1), '"2024-01-01T00:00:00.000000001Z"'),
    ("span", Duration(), '"0s"'),
    ("span", Duration(seconds=3, microseconds=500_000), '"3.500s"'),
    ("span", Duration(seconds=-1, nanosecond=999), '"-0.999999001s"'),
    ("span", Duration(nanosecond=1), '"0.000000001s"'),
    ("span", Duration(seconds=315_576_000_000), '"315576000000s"'),
    (
        "span",
        Duration(seconds=315_576_000_000, microseconds=999_999, nanosecond=999),
        '"315576000000.999999999s"',
    ),
    ("enum", gw.ImageFileFormat.GEO_TIFF, '"GEO_TIFF"'),
    ("enum", Unlisted("ZARR"), '"ZARR"'),
]


@pytest.mark.parametrize(("kind", "value", "token"), BOTH_WAYS)
def test_a_value_is_written_and_read_again(kind: str, value: Any, token: str) -> None:
    assert written(kind, value) == token
    found = read(kind, token)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "token", "value"),
    [
        ("int32", '"-7"', -7),
        ("int32", "7.0", 7),
        ("int32", "1e3", 1000),
        ("int32", '"1e3"', 1000),
        ("int32", '"1.50E1"', 15),
        ("int32", '"-1.0"', -1),
        ("int64", '"9007199254740993.0"', 9007199254740993),
        ("int64", '"9.223372036854775807e18"', 2**63 - 1),
        ("int32", '{"value":1}', DecodeError),
        ("int64", "5", 5),
        ("int64", '{"value":"5"}', 5),
        ("int64", '{"value":5}', 5),
        ("int64", "9007199254740993", 9007199254740993),
        ("double", "3", 3.0),
        ("double", '"3.5e2"', 350.0),
        ("double", '"-0"', -0.0),
        ("double", "1e-400", 0.0),
        ("bytes", '"-_8A"', b"\xfb\xff\x00"),
        ("bytes", '"YQ"', b"a"),
        ("bytes", '"YQ="', b"a"),
        ("time", '"2024-01-01T01:30:00+01:30"', Timestamp(2024, 1, 1)),
        ("time", '"2023-12-31T23:00:00.1-01:00"', Timestamp(2024, 1, 1, microsecond=100_000)),
        ("span", '"1.5s"', timedelta(seconds=1.5)),
        ("enum", '"geo-tiff"', gw.ImageFileFormat.GEO_TIFF),
        ("enum", '""', Unlisted("")),
        ("string", '"\\ud83c\\udf0d"', "\U0001f30d"),
    ],
)
def test_other_spellings_are_read(kind: str, token: str, value: Any) -> None:
    if value is DecodeError:
        with pytest.raises(DecodeError):
            read(kind, token)
        return
    assert read(kind, token) == value


def test_nan_and_the_sign_of_zero_survive() -> None:
    assert written("double", math.nan) == '"NaN"'
    assert math.isnan(read("double", '"NaN"'))
    assert math.copysign(1, read("double", written("double", -0.0))) == -1


@pytest.mark.parametrize(
    ("kind", "tokens"),
    [
        (
            "int32",
            [
                "true",
                "1.5",
                '"1.5"',
                '"15e-1"',
                '"1e10"',
                '"1e999999999999999999999"',
                '"1e-400"',
                '" 1"',
                '"+1"',
                '"01"',
                '""',
                '"\u0661"',
                "2147483648",
                "[]",
            ],
        ),
        ("int64", ["false", "0.5", "9223372036854775808", '"-9223372036854775809"', '"0x1"', "1e400", "{}"]),
        ("int64", ['{"value":true}', '{"value":null}', '{"value":1,"x":2}', '{"Value":1}']),
        ("double", ["true", '"nan"', '"inf"', '"1_0"', '""', '"1."', '".5"', "1e400", '"1e400"', '"-1e999"']),
        ("double", ["NaN", "Infinity", "-Infinity", "1" + "0" * 309]),
        ("bool", ['"true"', "0", "1", "{}"]),
        ("string", ["1", "true", "[]", '"\\ud800"', '"\\udc00x"']),
        ("bytes", ['"a"', '"?"', '"YQ==="', '"YWI=="', '"===="', '"YQ==YQ=="', '"é"', '"Y Q="', "1", "[1]"]),
        (
            "time",
            ['"2024-01-01"', '"2024-01-01T00:00:00"', '"2024-01-01t00:00:00z"', '"10000-01-01T00:00:00Z"'],
        ),
        (
            "time",
            ['"0000-01-01T00:00:00Z"', '"2023-02-29T00:00:00Z"', '"2024-01-01T24:00:00Z"', "1700000000"],
        ),
        ("time", ['"2024-01-01T00:00:00.1234567890Z"', '"0001-01-01T00:00:00+00:01"']),
        ("time", ['"9999-12-31T23:59:59-00:01"', '"2024-01-01T00:00:00+24:00"']),
        (
            "span",
            ['"1"', '"1 s"', '"s"', '".5s"', '"1.s"', '"+1s"', '"1.0000000001s"', '"315576000001s"', "1"],
        ),
        ("enum", ["true", "1.5", "[]", "{}"]),
    ],
)
def test_what_would_lose_something_is_refused(kind: str, tokens: list[str]) -> None:
    for token in tokens:
        with pytest.raises(DecodeError) as caught:
            read(kind, token)
        assert caught.value.path in ("", f"/{FIELDS[kind][2]}", f"/{FIELDS[kind][2]}/value"), token


class Counted:
    """What stands for an int exactly, as a NumPy integer does."""

    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    ("kind", "value", "token"),
    [
        ("int32", Counted(), "7"),
        ("int64", Counted(), '"7"'),
        ("double", 3, "3"),
        ("double", Decimal("2.5"), "2.5"),
        ("double", Fraction(1, 4), "0.25"),
        ("double", Decimal("Infinity"), '"Infinity"'),
        ("bytes", bytearray(b"a"), '"YQ=="'),
        ("bytes", memoryview(b"axbx")[::2], '"YWI="'),
        ("time", datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))), '"2024-01-01T00:00:00Z"'),
        ("span", timedelta(microseconds=-1), '"-0.000001s"'),
        ("enum", "GEO_TIFF", '"GEO_TIFF"'),
    ],
)
def test_what_stands_for_a_value_is_written(kind: str, value: Any, token: str) -> None:
    assert written(kind, value) == token


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("int32", [True, 1.0, "1", 2**31, -(2**31) - 1, Decimal(1), int]),
        ("int64", [False, 1.5, "1", 2**63, -(2**63) - 1, 10**5000]),
        (
            "double",
            [True, "1.5", b"1", 10**309, 10**5000, 1j, Decimal("1e400"), Decimal("sNaN"), Fraction(10**400)],
        ),
        ("bool", [0, 1, "true"]),
        ("string", [1, b"a", "\ud800", "x\udfff"]),
        ("bytes", ["a", [1], 1]),
        ("time", [datetime(2024, 1, 1), "2024-01-01T00:00:00Z", 0, Timestamp(2024, tzinfo=None)]),  # noqa: DTZ001
        (
            "time",
            [datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))), datetime(2024, 1, 1, tzinfo=UTC).date()],
        ),
        ("span", [1, "1s", timedelta(seconds=315_576_000_001), Duration(days=10_000_000)]),
        ("enum", ["GEOTIFF", "geo_tiff", 1, gw.TilePermissions.PUBLIC, True]),
    ],
)
def test_what_cannot_be_sent_is_refused(kind: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(EncodeError) as caught:
            written(kind, value)
        assert caught.value.path == f"/{FIELDS[kind][2]}", value


def test_a_misspelled_name_gets_the_nearest_ones() -> None:
    with pytest.raises(EncodeError, match="such as GEO_TIFF"):
        written("enum", "GEOTIFF")


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, {1: 2}, {"a": {None: 1}}, {"a": [object()]}, b"x", {1, 2}]
)
def test_what_is_no_json_is_no_constant(value: Any) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(ValueNode.ConstantValue(value))
    assert caught.value.path.startswith("/constantValue")


def test_a_fault_in_free_form_json_has_its_path() -> None:
    with pytest.raises(EncodeError) as caught:
        encode(gw.Empty(unknown_fields={"a/b": [0, {"~": math.nan}]}))
    assert caught.value.path == "/a~1b/1/~0"


def test_unsigned_and_short_scalars_keep_their_ranges() -> None:
    assert (UINT64.read("18446744073709551615", 0), UINT64.write(2**64 - 1, 0)) == (
        2**64 - 1,
        f'"{2**64 - 1}"',
    )
    for token in ("-1", "18446744073709551616", -1, True):
        with pytest.raises(DecodeError):
            UINT64.read(token, 0)
    assert FLOAT.write(3.4028235e38, 0) == "3.4028235e+38"
    assert FLOAT.write(math.inf, 0) == '"Infinity"'
    with pytest.raises(EncodeError, match="out of the range of a float"):
        FLOAT.write(3.5e38, 0)


def test_a_body_is_strict_json() -> None:
    for body in (
        b"",
        b"{",
        b"{}{}",
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"{'a':1}",
        b'{"a":1,}',
        "{}".encode("utf-16"),
    ):
        with pytest.raises(DecodeError):
            decode(gw.Empty, body)
    with pytest.raises(DecodeError, match="expected bytes"):
        decode(gw.Empty, "{}")  # type: ignore[arg-type] # what is refused
    with pytest.raises(DecodeError, match="expected an object"):
        decode(gw.Empty, b"[]")
    assert decode(gw.DriveDestination, b'{"folder":"a","folder":"b"}') == gw.DriveDestination(folder="b")
    assert json.loads(encode(gw.DriveDestination(folder="b"))) == {"folder": "b"}
