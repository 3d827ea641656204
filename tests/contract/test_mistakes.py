"""Mistakes of a test, which would change nothing or something else if they were passed over."""

from __future__ import annotations

from typing import Any

import groundwire
import pytest
from groundwire_contract import Surroundings
from groundwire_contract.assets.record import Asset
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.operations.state import State

from .test_fixture import name_of, request
from .wire import ask

HOME = "projects/contract-project/assets"
COMPUTE = "earthengine.projects.value.compute"


def test_a_misspelt_attribute_is_refused(earthengine_contract: EarthEngineContract) -> None:
    with pytest.raises(AttributeError, match="queue_limt"):
        earthengine_contract.queue_limt = 2  # type: ignore[attr-defined] # what is tested


def test_one_text_is_no_script(earthengine_contract: EarthEngineContract) -> None:
    with pytest.raises(TypeError, match=r"such as \['503'\]"):
        earthengine_contract.script("503")


def test_an_operation_is_named_by_its_id(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    with pytest.raises(LookupError, match="none was started"):
        earthengine_contract.finish("X")
    first, second, third = (name_of(client.projects.image.export(request())) for _ in range(3))
    ids = [name.rpartition("/")[2] for name in (first, second, third)]
    earthengine_contract.finish(ids[0])
    earthengine_contract.fail(ids[1], "no")
    earthengine_contract.hold(ids[2])
    earthengine_contract.advance(100)
    assert [earthengine_contract.state(id_) for id_ in ids] == [State.SUCCEEDED, State.FAILED, State.PENDING]
    with pytest.raises(LookupError, match=f"the newest of 3 is '{third}'"):
        earthengine_contract.state(ids[0][1:])


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"name": f"{HOME}/x", "propertys": {}}, "no member 'propertys': did you mean properties"),
        ({"name": f"{HOME}/x", "start_time": "2026-01-01"}, "did you mean startTime"),
        ({"name": f"{HOME}/x", "startTime": "yesterday"}, "startTime: 'yesterday' is no time"),
        ({"name": f"{HOME}/x", "endTime": 3}, "endTime: 3 is no time"),
        ({"name": f"{HOME}/x y"}, "expected a name"),
        ("gs://my-bucket/x", "expected a name"),
        ("", "expected a name"),
        (f"{HOME}//x", "expected a name"),
    ],
)
def test_what_no_asset_has_is_not_declared(
    earthengine_contract: EarthEngineContract, declared: Any, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        earthengine_contract.declare(declared)
    assert earthengine_contract.assets == ()


def test_other_fields_of_the_service_are_kept(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.declare(
        {"name": f"{HOME}/x", "quota": {"sizeBytes": "1"}}, "users/me/y", "LANDSAT/LC09"
    )
    assert earthengine_contract.asset(f"{HOME}/x").others == {"quota": {"sizeBytes": "1"}}


@pytest.mark.parametrize(
    ("surroundings", "said"),
    [
        ({"assets": f"{HOME}/x"}, "expected several names"),
        ({"assets": {"gs://b/x"}}, "expected a name"),
        ({"catalog": [{"name": f"{HOME}/x"}]}, "Asset"),
        ({"unwritable": "my-bucket"}, "expected several names"),
        ({"unwritable": {"gs://my-bucket"}}, "its name alone"),
        ({"rate": "3"}, "rate"),
        ({"rate": -1}, "rate"),
        ({"queue_limit": "3"}, "queue_limit"),
    ],
)
def test_surroundings_are_checked(surroundings: dict[str, Any], said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        Surroundings(**surroundings)


def test_surroundings_may_be_lists(earthengine_contract: EarthEngineContract) -> None:
    wide: Any = {"assets": [f"{HOME}/x"], "catalog": [Asset(name=f"{HOME}/y")], "unwritable": ["b"]}
    earthengine_contract.surroundings = Surroundings(**wide)
    assert [asset.name for asset in earthengine_contract.assets] == [f"{HOME}/x", f"{HOME}/y"]
    with pytest.raises(TypeError, match="Surroundings"):
        earthengine_contract.surroundings = {"rate": 3}  # type: ignore[assignment] # what is tested


def test_a_function_leaves_an_answer_to_the_server(earthengine_contract: EarthEngineContract) -> None:
    def answer(sent: Any) -> object:
        return {"result": 7} if "Image.reduceRegion" in str(sent.body) else NotImplemented

    def compute(function: str, arguments: dict[str, Any]) -> Any:
        call = {"functionInvocationValue": {"functionName": function, "arguments": arguments}}
        body = {"expression": {"result": "0", "values": {"0": call}}}
        return ask(earthengine_contract.endpoint, "POST", "/v1/projects/p/value:compute", body).json

    earthengine_contract.answers(COMPUTE, answer)
    assert compute("Image.reduceRegion", {}) == {"result": 7}
    numbers = {"left": {"constantValue": 1}, "right": {"constantValue": 2}}
    assert compute("Number.add", numbers) == {"result": 3}
    earthengine_contract.assert_valid()


def test_an_answer_that_is_no_object_is_told_once_and_plainly(
    earthengine_contract: EarthEngineContract,
) -> None:
    earthengine_contract.answers(COMPUTE, lambda _: None)
    ask(earthengine_contract.endpoint, "POST", "/v1/projects/p/value:compute", {"expression": {}})
    with pytest.raises(AssertionError) as wrong:
        earthengine_contract.assert_answers()
    said = f"1 answer of the test could not be sent:\n{COMPUTE} answers with an object, not with null"
    assert str(wrong.value) == said
    earthengine_contract.reset()


def test_a_whole_body_is_told_without_a_pointer(earthengine_contract: EarthEngineContract) -> None:
    ask(earthengine_contract.endpoint, "POST", "/v1/projects/p/maps", {})
    with pytest.raises(AssertionError, match=r"\n    in the body: \{\}\n"):
        earthengine_contract.assert_valid()


def test_an_error_of_the_own_client_is_the_same(earthengine_contract: EarthEngineContract) -> None:
    client: groundwire.Client = earthengine_contract.client()
    with pytest.raises(LookupError, match="no operation 'None'"):
        earthengine_contract.finish(client)
