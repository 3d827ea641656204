"""Bad input to a call: the rows of the area `call`, by their numbers. Nothing is sent."""

from __future__ import annotations

import itertools
import json
import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import groundwire as gw
import pytest
from groundwire import NO_TIMEOUT, Client, ExportImageRequest, credentials, decode, encode
from groundwire_contract.fixture import EarthEngineContract
from groundwire_runtime.credentials import Token
from groundwire_runtime.errors import (
    AlreadyExists,
    ArgumentError,
    AuthError,
    DecodeError,
    EncodeError,
    GroundwireError,
    InvalidArgument,
)
from groundwire_runtime.scalars import FIELD_MASK

from tests.runtime.doubles import Script, answer
from tests.runtime.wire import Wire, plain

from .classes import Classes

EMPTY = ExportImageRequest()
OPERATION = {"name": "projects/p/operations/A"}


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server that counts what reaches it."""
    with Wire(answers=[plain(json.dumps(OPERATION))]) as server:
        yield server


def client(wire: Wire, **options: Any) -> Client:
    return Client(endpoint=wire.url, **{"credentials": credentials.anonymous(), "retry": None, **options})


def refused(wire: Wire, request: ExportImageRequest = EMPTY, **options: Any) -> GroundwireError:
    """The error of an export, after making sure that no byte was sent: not even a connection was opened."""
    with client(wire) as one, pytest.raises(ValueError) as caught:
        one.projects.image.export(request, **{"project": "p", **options})
    assert (wire.connections, wire.requests) == (0, [])
    assert isinstance(caught.value, GroundwireError)
    return caught.value


def test_a_good_call_reaches_the_server(wire: Wire) -> None:
    with client(wire) as one:
        one.projects.image.export(EMPTY, project="p")
    assert wire.connections == 1
    assert wire.paths == ["/v1beta/projects/p/image:export"]


@pytest.mark.parametrize(
    "project", ["projects/a/../../b", "projects/..", "projects/.", "..", "../b", "projects/a/./b"]
)
def test_row_26_dot_segments(project: str, wire: Wire) -> None:
    error = refused(wire, project=project)
    assert isinstance(error, ArgumentError)
    assert str(error).startswith("project: ")


@pytest.mark.parametrize(
    "project", ["projects/x?key=1", "projects/x#f", "projects/x%2Fy", "projects/x%2fy", "x%00"]
)
def test_row_27_what_ends_a_path(project: str, wire: Wire) -> None:
    assert str(refused(wire, project=project)).startswith("project: ")


@pytest.mark.parametrize("project", ["projects/", "", None, 5, b"projects/p", ["p"], True, 1.5])
def test_row_28_no_project(project: Any, wire: Wire) -> None:
    assert "project" in str(refused(wire, project=project))


@pytest.mark.parametrize("character", ["\r", "\n", "\0", "\r\nx-evil: 1\r\n", "\x1b", "\x7f"])
def test_row_29_control_characters(character: str, wire: Wire) -> None:
    assert "control character" in str(refused(wire, project=f"projects/a{character}b"))


def test_row_30_lone_surrogates(wire: Wire) -> None:
    assert "lone surrogate" in str(refused(wire, project="projects/a\ud800"))
    options = gw.ImageFileExportOptions(destination=gw.DriveDestination(folder="a\udfff"))
    error = refused(wire, ExportImageRequest(export_options=options))
    assert isinstance(error, EncodeError)
    assert error.path == "/fileExportOptions/driveDestination/folder"
    assert "surrogate" in error.rule


def test_row_31_a_required_union_without_a_member(everything: Classes) -> None:
    pick = everything.cls("Pick")
    with pytest.raises(EncodeError, match="exactly one of firstText, secondText must be set"):
        everything.package.encode(pick())
    assert everything.written(pick(which=pick.FirstText("a"))) == {"firstText": "a"}


def test_row_32_two_members_of_a_union(wire: Wire) -> None:
    body = {"fileExportOptions": {}, "assetExportOptions": {}}
    with pytest.raises(DecodeError) as caught:
        gw.converter.structure(body, ExportImageRequest)
    assert "fileExportOptions and assetExportOptions" in caught.value.rule
    smuggled = ExportImageRequest(
        export_options=gw.ImageFileExportOptions(), unknown_fields={"assetExportOptions": {}}
    )
    error = refused(wire, smuggled)
    assert isinstance(error, EncodeError)
    assert error.path == "/assetExportOptions"


@pytest.mark.parametrize(
    ("value", "text"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")]
)
def test_row_33_no_bare_nan(value: float, text: str) -> None:
    transform = gw.AffineTransform(scale_x=value)
    assert encode(transform) == f'{{"scaleX":"{text}"}}'.encode()


@pytest.mark.parametrize("value", [math.nan, [1, math.inf], {"a": {"b": -math.inf}}])
def test_row_34_nan_in_a_free_value(value: Any) -> None:
    with pytest.raises(EncodeError, match="NaN and infinities are not JSON values") as caught:
        encode(gw.ValueNode.ConstantValue(value))
    assert caught.value.path.startswith("/constantValue")
    with pytest.raises(EncodeError, match="NaN and infinities"):
        encode(gw.Operation(result=gw.Operation.Response({"a": value})))


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_row_35_beyond_an_int64(value: int) -> None:
    with pytest.raises(EncodeError, match="out of the range of int64") as caught:
        encode(ExportImageRequest(max_pixels=value))
    assert caught.value.path == "/maxPixels"


def test_row_36_bool_for_int_and_int_for_bool() -> None:
    with pytest.raises(EncodeError, match="expected an int, not a bool"):
        encode(ExportImageRequest(priority=True))
    with pytest.raises(EncodeError, match="expected a bool, got 1"):
        encode(gw.EarthEngineDestination(overwrite=1))  # type: ignore[arg-type] # what is refused


def test_row_37_a_fraction_for_an_int() -> None:
    with pytest.raises(EncodeError, match=r"/width: expected an int, got 1\.5"):
        encode(gw.GridDimensions(width=1.5))  # type: ignore[arg-type] # what is refused


@pytest.mark.parametrize(
    "value",
    [
        datetime(2024, 1, 1),  # noqa: DTZ001 - a time without a zone is the point
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23, minutes=59))),
    ],
)
def test_row_38_instants_that_are_none(value: datetime) -> None:
    with pytest.raises(
        EncodeError, match=r"/createTime: a timestamp (needs a time zone|lies within the years)"
    ):
        encode(gw.OperationMetadata(create_time=value))
    assert b"createTime" in encode(gw.OperationMetadata(create_time=datetime(2024, 1, 1, tzinfo=UTC)))


def test_row_39_a_span_too_long() -> None:
    with pytest.raises(EncodeError, match="/timeout: a duration is at most 315576000000 s"):
        encode(gw.WaitOperationRequest(timeout=timedelta(seconds=315_576_000_001)))


@pytest.mark.parametrize("mask", ["foo_Bar", "a..b", "a,,b", "foo_bar", ".a", "a.", "A", "a b", "*.a", " "])
def test_row_40_masks_that_do_not_come_back(mask: str, everything: Classes) -> None:
    with pytest.raises(EncodeError, match="lowerCamelCase"):
        FIELD_MASK.write(mask, 0)
    with pytest.raises(EncodeError, match="/mask: "):
        everything.package.encode(everything.cls("Thing")(mask=mask))


def test_row_41_an_unknown_enum_name() -> None:
    with pytest.raises(EncodeError, match="such as GEO_TIFF") as caught:
        encode(gw.ImageFileExportOptions(file_format="GEOTIFF"))  # type: ignore[arg-type] # what is refused
    assert caught.value.path == "/fileFormat"
    with pytest.raises(EncodeError) as caught:
        encode(gw.ImageFileExportOptions(file_format="zzzzzzzzzzz"))  # type: ignore[arg-type] # what is refused
    assert 1 <= sum(member.value in caught.value.rule for member in gw.ImageFileFormat) <= 10


def test_row_42_a_cyclic_expression(wire: Wire) -> None:
    inner = gw.DictionaryValue(values={"a": gw.ValueNode.ConstantValue(1)})
    values: Any = inner.values
    values["a"] = gw.ValueNode.DictionaryValue(inner)
    expression = gw.Expression(values={"0": gw.ValueNode.DictionaryValue(inner)}, result="0")
    error = refused(wire, ExportImageRequest(expression=expression))
    assert isinstance(error, EncodeError)
    assert error.path.startswith("/expression/values/0/dictionaryValue/values/a")
    assert "more than 100 nested messages" in error.rule


def test_row_43_large_and_deep_expressions() -> None:
    call = gw.FunctionInvocation(
        function=gw.FunctionInvocation.FunctionName("Image.add"),
        arguments={"image1": gw.ValueNode.ValueReference("0"), "image2": gw.ValueNode.ConstantValue(1)},
    )
    node: gw.ValueNode = gw.ValueNode.FunctionInvocationValue(call)
    expression = gw.Expression(values={str(index): node for index in range(33_334)}, result="0")
    started = time.perf_counter()
    body = encode(expression)
    assert time.perf_counter() - started < 2
    assert body.count(b"valueReference") == 33_334
    for _ in range(5_000):
        node = gw.ValueNode.ArrayValue(gw.ArrayValue(values=[node]))
    with pytest.raises(EncodeError, match="more than 100 nested messages"):
        encode(gw.Expression(values={"0": node}, result="0"))


@pytest.mark.parametrize("request_id", ["a" * 61, "a b", "a_b", "a/b", "\u00e9", "a\n"])
def test_row_44_request_ids_that_are_none(request_id: str, wire: Wire) -> None:
    error = refused(wire, ExportImageRequest(request_id=request_id))
    assert isinstance(error, EncodeError)
    assert error.path == "/requestId"


def test_row_45_one_request_id_for_two_bodies(earthengine_contract: EarthEngineContract) -> None:
    with Client(
        endpoint=earthengine_contract.endpoint, credentials=credentials.anonymous(), retry=None
    ) as one:
        destination = gw.DriveDestination(folder="f", filename_prefix="a")
        options = gw.ImageFileExportOptions(file_format="GEO_TIFF", destination=destination)  # type: ignore[arg-type] # a plain name is taken
        constant = gw.Expression(values={"0": gw.ValueNode.ConstantValue(1)}, result="0")
        first = ExportImageRequest(expression=constant, export_options=options, request_id="same-id")
        second = ExportImageRequest(
            expression=constant, export_options=options, request_id="same-id", description="other"
        )
        one.projects.image.export(first, project="p")
        with pytest.raises(
            (AlreadyExists, InvalidArgument), match="already started with the given request_id"
        ):
            one.projects.image.export(second, project="p")


def test_row_45_the_client_never_takes_an_id_twice() -> None:
    names = (f"projects/p/operations/{number}" for number in itertools.count())
    script = Script(forever=lambda _: answer({"name": next(names)}))
    one = Client(project="p", transport=script, credentials=credentials.anonymous())
    for _ in range(50):
        one.projects.image.export(EMPTY)
    assert len({json.loads(request.body or b"")["requestId"] for request in script.requests}) == 50


@pytest.mark.parametrize("timeout", [0, -1, math.inf, math.nan, "5", True, b"5", [1]])
def test_row_46_timeouts_that_are_none(timeout: Any, wire: Wire) -> None:
    assert str(refused(wire, timeout=timeout)).startswith("timeout: ")


def test_row_46_no_limit_has_to_be_asked_for(wire: Wire) -> None:
    assert "NO_TIMEOUT" in str(refused(wire, timeout=None))
    with client(wire) as one:
        assert one.projects.image.export(EMPTY, project="p", timeout=NO_TIMEOUT).name == OPERATION["name"]


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\nb", "a\0", "a\r"])
def test_row_47_no_header_is_split(value: str, wire: Wire) -> None:
    refused(wire, quota_project=value)
    with pytest.raises(GroundwireError), client(wire, quota_project=value) as one:
        one.projects.image.export(EMPTY, project="p")
    assert wire.connections == 0


@pytest.mark.parametrize(
    "endpoint", ["http://earthengine.test", "http://127.0.0.1.evil.test", "http://10.0.0.1:80"]
)
def test_row_48_no_credentials_over_plain_http(endpoint: str) -> None:
    script = Script(forever=answer(OPERATION))
    with pytest.raises((ArgumentError, AuthError)):
        Client(endpoint=endpoint, credentials=Token("t"), transport=script).projects.image.export(
            EMPTY, project="p"
        )
    assert script.requests == []


def test_what_is_read_is_what_was_sent(wire: Wire) -> None:
    with client(wire) as one:
        one.projects.image.export(ExportImageRequest(description="d"), project="projects/p")
    body = wire.requests[0].partition(b"\r\n\r\n")[2]
    assert decode(ExportImageRequest, body).description == "d"
