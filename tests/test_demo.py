"""The demo: its image is one that Earth Engine could compute, and a mistake that shows nothing fails it."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import groundwire
import pytest
from groundwire import FunctionInvocation, ValueNode

from demo import mistakes
from demo.ndvi import composite

from .contract.wire import PROJECT
from .runtime.doubles import Answer, Script, answer, refusal


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


def export_of(answers: list[Answer]) -> tuple[groundwire.Client, groundwire.ExportImageRequest]:
    client = groundwire.Client(
        project=PROJECT,
        transport=Script(answers),
        credentials=groundwire.credentials.anonymous(),
        retry=None,
    )
    return client, groundwire.ExportImageRequest(expression=groundwire.Expression(result="0"), request_id="r")


def test_each_mistake_gets_its_error() -> None:
    client, request = export_of([refusal(409, "ALREADY_EXISTS")])
    assert "pipeline.py:4: error: " in mistakes.caught_by_the_type_checker()
    assert isinstance(mistakes.refused_before_sending(client, request), groundwire.errors.EncodeError)
    assert isinstance(mistakes.refused_by_the_server(client, request), groundwire.errors.AlreadyExists)


@pytest.mark.parametrize("text", ["print(1)\n", "import nothing_of_this_name\n"])
def test_code_without_that_mistake_fails_the_demo(text: str) -> None:
    with pytest.raises(AssertionError, match="mypy found no error in two destinations at once"):
        mistakes.caught_by_the_type_checker(text)


def test_a_mistake_that_is_taken_fails_the_demo() -> None:
    client, request = export_of([answer({"name": "projects/p/operations/A"})] * 2)
    with pytest.raises(AssertionError, match="a request id was accepted twice"):
        mistakes.refused_by_the_server(client, request)


def test_another_refusal_than_the_one_to_show_fails_the_demo() -> None:
    client, request = export_of([refusal(403)])
    with pytest.raises(groundwire.errors.PermissionDenied):
        mistakes.refused_by_the_server(client, request)
