"""Expressions from what people have: an `ee` object, its text, a mapping."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from groundwire import Expression, FunctionInvocation, ValueNode, encode
from groundwire_exports import expression
from groundwire_runtime.errors import ArgumentError, DecodeError

GRAPH: dict[str, Any] = {
    "result": "0",
    "values": {
        "0": {
            "functionInvocationValue": {
                "functionName": "Image.load",
                "arguments": {"id": {"constantValue": "USGS/SRTMGL1_003"}},
            }
        }
    },
}
EXPRESSION = Expression(
    values={
        "0": ValueNode.FunctionInvocationValue(
            FunctionInvocation(
                function=FunctionInvocation.FunctionName("Image.load"),
                arguments={"id": ValueNode.ConstantValue("USGS/SRTMGL1_003")},
            )
        )
    },
    result="0",
)


class Computed:
    """What every computed object of `ee` offers."""

    def __init__(self, text: Any) -> None:
        self.text = text

    def serialize(self) -> Any:
        return self.text


@pytest.mark.parametrize(
    "given",
    [
        EXPRESSION,
        GRAPH,
        MappingProxyType(GRAPH),
        json.dumps(GRAPH),
        json.dumps(GRAPH, indent=2),
        Computed(json.dumps(GRAPH)),
    ],
    ids=lambda given: type(given).__name__,
)
def test_every_form_gives_the_same_expression(given: Any) -> None:
    assert expression(given) == EXPRESSION


def test_an_expression_is_returned_as_it_is() -> None:
    assert expression(EXPRESSION) is EXPRESSION


def test_a_mapping_is_not_consumed() -> None:
    before = json.dumps(GRAPH)
    expression(GRAPH)
    assert json.dumps(GRAPH) == before


def test_an_object_of_the_official_client_is_taken() -> None:
    ee = pytest.importorskip("ee")
    signature = {
        "name": "Image.load",
        "args": [{"name": "id", "type": "String"}],
        "returns": "Image",
        "description": "",
    }
    computed = ee.ComputedObject(ee.ApiFunction("Image.load", signature), {"id": "USGS/SRTMGL1_003"})
    assert expression(computed) == EXPRESSION
    assert json.loads(encode(expression(computed))) == json.loads(computed.serialize())
    with pytest.raises(ArgumentError, match="`result`"):
        expression(computed.serialize(for_cloud_api=False))


def test_what_is_newer_than_the_client_is_kept() -> None:
    graph = {**GRAPH, "version": 2, "values": {**GRAPH["values"], "1": {"tensorValue": [1]}}}
    found = expression(graph)
    assert type(found.values["1"]) is ValueNode
    assert json.loads(encode(found)) == graph


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"values": GRAPH["values"]},
        {"result": "0"},
        {"result": "1", "values": GRAPH["values"]},
        {"result": None, "values": GRAPH["values"]},
        '{"type": "Invocation", "functionName": "Image.load", "arguments": {"id": "x"}}',
    ],
    ids=str,
)
def test_a_graph_without_its_result_is_refused(given: str | Mapping[str, object]) -> None:
    with pytest.raises(ArgumentError, match="`result` does not name one of `values`") as caught:
        expression(given)
    assert "serialize()" in caught.value.hint


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "cannot make one of NoneType"),
        (1, "cannot make one of int"),
        (b"{}", "cannot make one of bytes"),
        (["x"], "cannot make one of list"),
        (object(), "cannot make one of object"),
        (Computed, "cannot make one of"),
        (Computed(None), "NoneType"),
        (Computed({}), "dict"),
    ],
)
def test_what_is_no_expression_is_refused(given: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=f"^expression: .*{message}"):
        expression(given)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("", ""),
        ("not json", ""),
        ("[]", ""),
        ('{"result": "\ud800"}', ""),
        ('{"result": 1}', "/result"),
        ({"result": "0", "values": []}, "/values"),
        ({"result": "0", "values": {"0": "x"}}, "/values/0"),
        ({"result": "0", "values": {"0": {"integerValue": True}}}, "/values/0/integerValue"),
        (
            {"result": "0", "values": {"a/b": {"functionInvocationValue": {"arguments": {"x": 1}}}}},
            "/values/a~1b/functionInvocationValue/arguments/x",
        ),
        ({"result": "0", "values": {"0": {"constantValue": float("nan")}}}, ""),
        ({"result": "0", "values": {"0": {"constantValue": object()}}}, ""),
        (Computed("{"), ""),
    ],
    ids=lambda value: ascii(value) if isinstance(value, str) else None,
)
def test_a_malformed_graph_is_refused_with_its_path(given: Any, path: str) -> None:
    with pytest.raises(DecodeError) as caught:
        expression(given)
    assert caught.value.path == path


def test_an_error_inside_serialize_is_the_callers_own() -> None:
    class Broken:
        def serialize(self) -> str:
            raise RuntimeError("not initialized")

    with pytest.raises(RuntimeError, match="not initialized"):
        expression(Broken())
