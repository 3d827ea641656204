"""The demo's image is one that Earth Engine could compute, as far as the official client's own data can tell."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import groundwire
import pytest
from groundwire import FunctionInvocation, ValueNode

from demo.ndvi import composite


def invocations() -> list[FunctionInvocation]:
    nodes = composite(13.0, 52.3, 13.6, 52.7).values.values()
    return [node.value for node in nodes if isinstance(node, ValueNode.FunctionInvocationValue)]


def test_the_image_has_twenty_nodes_and_more() -> None:
    text = groundwire.encode(composite(13.0, 52.3, 13.6, 52.7))
    assert len(json.loads(text)["values"]) >= 20


def test_every_function_exists_and_takes_these_arguments() -> None:
    package = find_spec("ee")
    if package is None or package.origin is None:
        pytest.skip("earthengine-api, which carries the list of algorithms, is not installed")
    carried = Path(package.origin).parent / "tests" / "algorithms.json"
    algorithms = {
        each["name"].removeprefix("algorithms/"): {
            argument["argumentName"]: argument.get("optional", False)
            for argument in each.get("arguments", ())
        }
        for each in json.loads(carried.read_bytes())["algorithms"]
    }
    for invocation in invocations():
        assert isinstance(invocation.function, FunctionInvocation.FunctionName)
        known = algorithms[invocation.function.value]
        needed = {name for name, optional in known.items() if not optional}
        assert needed <= set(invocation.arguments) <= set(known), invocation
