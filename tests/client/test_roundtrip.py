"""Whatever is written is read again as the same value, and a value is copied as a value."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from typing import Any

import attrs
import groundwire as gw
import pytest
from groundwire import ImageFileFormat, Unlisted, ValueNode, converter, decode, encode
from groundwire_runtime.errors import EncodeError
from groundwire_runtime.messages import EMPTY, Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .strategies import MESSAGES, of_class

every_class = pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__qualname__)
slow = settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def same(left: Any, right: Any) -> bool:
    """Equal, where NaN equals NaN, and of equal types but for what is kept in another container."""
    if isinstance(left, float) and left != left:
        return bool(right != right)
    if attrs.has(type(left)):
        names = [field.name for field in attrs.fields(type(left))]
        return type(left) is type(right) and all(same(getattr(left, n), getattr(right, n)) for n in names)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def test_the_strategies_cover_every_message() -> None:
    exported = {getattr(gw, name) for name in gw.__all__}
    messages = {cls for cls in exported if isinstance(cls, type) and issubclass(cls, Message)}
    assert messages <= set(MESSAGES)
    assert len(MESSAGES) == len(messages) + 2 + 9


@every_class
@slow
@given(data=st.data())
def test_what_is_written_is_read_again(cls: Any, data: st.DataObject) -> None:
    message = data.draw(of_class(cls, 3))
    again = decode(cls, encode(message))
    assert same(again, message)
    assert encode(again) == encode(message)


@every_class
@slow
@given(data=st.data())
def test_a_message_is_a_value(cls: Any, data: st.DataObject) -> None:
    message = data.draw(of_class(cls, 3))
    for protocol in (0, 2, pickle.HIGHEST_PROTOCOL):
        assert same(pickle.loads(pickle.dumps(message, protocol)), message)  # noqa: S301 - our own bytes
    assert same(copy.copy(message), message)
    assert same(copy.deepcopy(message), message)
    assert same(attrs.evolve(message), message)
    assert repr(copy.deepcopy(message)) == repr(message)


@every_class
@slow
@given(data=st.data())
def test_the_converter_is_the_codec(cls: Any, data: st.DataObject) -> None:
    message = data.draw(of_class(cls, 3))
    plain = json.loads(encode(message))
    assert converter.unstructure(message) == plain
    assert same(converter.structure(plain, cls), message)


@every_class
def test_the_empty_message_holds_nothing(cls: type[Message]) -> None:
    if any(field.default is attrs.NOTHING for field in attrs.fields(cls)):
        with pytest.raises(TypeError, match="value"):
            cls()
        return
    message = cls()
    assert encode(message) == b"{}"
    assert decode(cls, b"{}") == message
    assert message.unknown_fields is EMPTY


def test_a_deep_copy_shares_nothing_that_changes() -> None:
    node = ValueNode.ConstantValue({"a": [1]})
    copied = copy.deepcopy(node)
    assert isinstance(copied.value, dict)
    copied.value["a"].append(2)
    assert node == ValueNode.ConstantValue({"a": [1]})


def test_evolving_changes_one_field() -> None:
    request = gw.ExportImageRequest(description="a", max_pixels=1, unknown_fields={"newer": 1})
    evolved = attrs.evolve(request, max_pixels=2)
    assert (evolved.description, evolved.max_pixels, evolved.unknown_fields) == ("a", 2, {"newer": 1})
    assert request.max_pixels == 1
    assert evolved != request


def test_a_message_is_frozen() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        gw.GridDimensions(width=1).width = 2  # type: ignore[misc] # what is tested


def test_a_message_keeps_containers_of_its_own() -> None:
    keys, values = ["a"], {"0": ValueNode.ValueReference("1")}
    options = gw.GeoTiffImageExportOptions(metadata_keys=keys)
    expression = gw.Expression(values=values)
    keys.append("b")
    values.clear()
    assert options.metadata_keys == ("a",)
    assert expression.values == {"0": ValueNode.ValueReference("1")}


def test_none_is_not_sent_and_falsy_values_are() -> None:
    request = gw.ExportImageRequest(
        description="", priority=0, expression=gw.Expression(values={}, result="")
    )
    assert json.loads(encode(request)) == {
        "description": "",
        "priority": 0,
        "expression": {"values": {}, "result": ""},
    }
    assert encode(gw.DriveDestination(folder=None)) == b"{}"
    assert encode(gw.EarthEngineDestination(overwrite=False)) == b'{"overwrite":false}'


def test_unknown_fields_survive_where_they_stood() -> None:
    body = {"newer": {"a": [1, None]}, "metadata": {"@type": "type.example/Other", "x": 1}, "done": True}
    operation = decode(gw.Operation, json.dumps(body).encode())
    assert operation.unknown_fields == {"newer": {"a": [1, None]}}
    assert operation.metadata == {"@type": "type.example/Other", "x": 1}
    assert json.loads(encode(operation)) == body


@pytest.mark.parametrize("version", ["v1beta", "v1", "v1alpha"])
def test_metadata_of_each_version_is_read_and_keeps_its_type(version: str) -> None:
    url = f"type.googleapis.com/google.earthengine.{version}.OperationMetadata"
    body = {"metadata": {"@type": url, "state": "RUNNING"}}
    operation = decode(gw.Operation, json.dumps(body).encode())
    assert isinstance(operation.metadata, gw.OperationMetadata)
    assert operation.metadata.state is gw.OperationState.RUNNING
    assert json.loads(encode(operation)) == body


def test_a_known_field_cannot_hide_among_the_unknown_ones() -> None:
    with pytest.raises(EncodeError) as caught:
        encode(gw.DriveDestination(unknown_fields={"filenamePrefix": "x"}))
    assert caught.value.path == "/filenamePrefix"


def test_names_newer_than_the_client_survive() -> None:
    options = decode(gw.ImageFileExportOptions, b'{"fileFormat":"ZARR"}')
    assert options.file_format == Unlisted("ZARR")
    assert type(options.file_format) is Unlisted
    assert encode(options) == b'{"fileFormat":"ZARR"}'
    assert type(copy.deepcopy(options).file_format) is Unlisted


@pytest.mark.parametrize("text", ["GEO_TIFF", "geo_tiff", "Geo-Tiff"])
def test_a_name_is_read_in_any_case(text: str) -> None:
    options = decode(gw.ImageFileExportOptions, json.dumps({"fileFormat": text}).encode())
    assert options.file_format is ImageFileFormat.GEO_TIFF


def test_the_names_of_the_proto_file_are_read_too() -> None:
    found = decode(gw.ExportImageRequest, b'{"max_pixels":"5","workload_tag":"t"}')
    assert found == gw.ExportImageRequest(max_pixels=5, workload_tag="t")
