"""Exports whose start is accepted and whose operation fails, as far as the request or a test says so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from groundwire_contract.clock import RealClock, SteppedClock
from groundwire_contract.contract import load
from groundwire_contract.environment import Environment
from groundwire_contract.exchange import Exchange, Hold, Reply
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.service import Service
from groundwire_contract.validate.access import Access, Grant

from .wire import EXPORT, OPERATIONS, ask, export

ASSET = "projects/p/assets/a"
BANDS = "Exported bands must have compatible data types; found inconsistent types: {}."


def ended(contract: EarthEngineContract, **more: object) -> str | None:
    """The message that an export ends with, None when it succeeds."""
    started = ask(contract.endpoint, "POST", EXPORT, export(**more))
    assert started.status == 200
    contract.advance(10)
    found = ask(contract.endpoint, "GET", f"/v1beta/{started.json['name']}").json
    assert found["done"] is True
    assert found.get("error", {}).get("code", 3) == 3
    return found.get("error", {}).get("message")


def call(name: str, **arguments: object) -> dict[str, Any]:
    return {"functionInvocationValue": {"functionName": name, "arguments": arguments}}


def expression(node: object, **values: object) -> dict[str, Any]:
    return {"result": "0", "values": {"0": node, **values}}


ONE = call("Image.constant", value={"constantValue": 1})
FLOAT, DOUBLE, UINT16, INT32 = (
    call(f"Image.{name}", value=ONE) for name in ("toFloat", "double", "toUint16", "int")
)
LOADED = call("Image.load", id={"constantValue": "a"})


def joined(first: object, second: object, **more: object) -> dict[str, Any]:
    return call("Image.addBands", dstImg=first, srcImg=second, **more)


@pytest.mark.parametrize(
    ("node", "types"),
    [
        (joined(FLOAT, UINT16), "Float32 and UInt16"),
        (joined(joined(UINT16, UINT16), call("Image.rename", input=DOUBLE, names={})), "UInt16 and Float64"),
        (call("Image.clipToBoundsAndScale", input=joined(DOUBLE, INT32)), "Float64 and Int32"),
        (joined(FLOAT, {"valueReference": "b"}), "Float32 and Int32"),
        # What is cast last is of one type, and what is not certain is no failure.
        (call("Image.toFloat", value=joined(FLOAT, UINT16)), None),
        (joined(FLOAT, FLOAT), None),
        (joined(UINT16, INT32), None),
        (joined(FLOAT, ONE), None),
        (joined(FLOAT, LOADED), None),
        (joined(FLOAT, UINT16, overwrite={"constantValue": True}), None),
        (call("Image.select", input=joined(FLOAT, UINT16)), None),
        (joined(FLOAT, {"valueReference": "0"}), None),
        (joined(FLOAT, {"valueReference": "missing"}), None),
        ({"constantValue": 1}, None),
    ],
)
def test_unlike_bands(earthengine_contract: EarthEngineContract, node: object, types: str | None) -> None:
    given = expression(node, b={"valueReference": "c"}, c=INT32)
    wanted = None if types is None else BANDS.format(types)
    assert ended(earthengine_contract, expression=given) == wanted


def test_nodes_that_are_used_twice_each_are_looked_at_once(
    earthengine_contract: EarthEngineContract,
) -> None:
    # As many ways through the graph as 2 to the power of 90, which would never end.
    chain: dict[str, Any] = {
        str(number): joined({"valueReference": str(number + 1)}, {"valueReference": str(number + 1)})
        for number in range(90)
    }
    given = {"result": "0", "values": {**chain, "90": joined(FLOAT, UINT16)}}
    assert ended(earthengine_contract, expression=given) == BANDS.format("Float32 and UInt16")
    # Beyond what is looked at, nothing is certain.
    deep = {
        str(number): call("Image.clip", input={"valueReference": str(number + 1)}) for number in range(500)
    }
    given = {"result": "0", "values": {**deep, "500": joined(FLOAT, UINT16)}}
    assert ended(earthengine_contract, expression=given) is None


def test_unlike_bands_are_for_geotiff_alone(earthengine_contract: EarthEngineContract) -> None:
    given = expression(joined(FLOAT, UINT16))
    records = {"fileFormat": "TF_RECORD_IMAGE", "cloudStorageDestination": {"bucket": "b"}}
    asset = {"earthEngineDestination": {"name": ASSET}}
    assert ended(earthengine_contract, expression=given, fileExportOptions=records) is None
    assert (
        ended(earthengine_contract, expression=given, fileExportOptions=None, assetExportOptions=asset)
        is None
    )
    earthengine_contract.relax("band-types-differ")
    assert ended(earthengine_contract, expression=given) is None


@pytest.mark.parametrize(
    ("node", "more", "unbounded"),
    [
        (ONE, {}, True),
        (joined(FLOAT, ONE), {"grid": {"crsCode": "EPSG:4326"}}, True),
        (ONE, {"grid": {"dimensions": {"width": 2, "height": 2}}}, False),
        (call("Image.clip", input=ONE, geometry={}), {}, False),
        (call("Image.clipToBoundsAndScale", input=ONE, scale={"constantValue": 10}), {}, True),
        (call("Image.clipToBoundsAndScale", input=ONE, geometry={}), {}, False),
        (joined(ONE, LOADED), {}, False),
        ({"constantValue": 1}, {}, False),
    ],
)
def test_an_unbounded_image_fails_where_that_is_enforced(
    earthengine_contract: EarthEngineContract, node: object, more: dict[str, Any], unbounded: bool
) -> None:
    earthengine_contract.relax("band-types-differ")
    assert ended(earthengine_contract, expression=expression(node), **more) is None
    earthengine_contract.enforce("unbounded-image")
    said = ended(earthengine_contract, expression=expression(node), **more)
    assert said == ("Unable to export unbounded image." if unbounded else None)


def to_asset(**more: object) -> dict[str, Any]:
    return {
        "fileExportOptions": None,
        "assetExportOptions": {"earthEngineDestination": {"name": ASSET, **more}},
    }


def test_an_asset_that_was_made_is_not_overwritten(earthengine_contract: EarthEngineContract) -> None:
    refused = f"Cannot overwrite asset '{ASSET}'."
    endpoint = earthengine_contract.endpoint
    # One that was cancelled made nothing; one that still runs has not made it yet.
    name = ask(endpoint, "POST", EXPORT, export(**to_asset())).json["name"]
    ask(endpoint, "POST", f"/v1beta/{name}:cancel", {})
    assert ended(earthengine_contract, **to_asset()) is None
    assert ended(earthengine_contract, **to_asset(overwrite=False)) == refused
    assert ended(earthengine_contract, **to_asset(overwrite=True)) is None
    for each in ask(endpoint, "GET", OPERATIONS).json["operations"]:
        ask(endpoint, "DELETE", f"/v1beta/{each['name']}")
    assert ended(earthengine_contract, **to_asset()) == refused, (
        "a deleted operation has made it all the same"
    )
    earthengine_contract.relax("asset-exists")
    assert ended(earthengine_contract, **to_asset()) is None


@pytest.mark.parametrize(
    ("more", "begins"),
    [
        (
            {"fileExportOptions": {"cloudStorageDestination": {"bucket": "b", "filenamePrefix": "f/g/x"}}},
            "https://console.developers.google.com/storage/browser/b/f/g/",
        ),
        (
            {"fileExportOptions": {"driveDestination": {"folder": "f"}}},
            "https://drive.google.com/#folders/1",
        ),
        (to_asset(), f"https://code.earthengine.google.com/?asset={ASSET}"),
    ],
)
def test_a_finished_export_says_where_it_went(
    earthengine_contract: EarthEngineContract, more: dict[str, Any], begins: str
) -> None:
    assert ended(earthengine_contract, **more) is None
    (found,) = ask(earthengine_contract.endpoint, "GET", OPERATIONS).json["operations"]
    (uri,) = found["metadata"]["destinationUris"]
    assert uri.startswith(begins)


def test_what_a_test_declares_is_there(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.surroundings = Environment(
        assets=frozenset({ASSET}), unwritable=frozenset({"bucket"})
    )
    assert ended(earthengine_contract, **to_asset()) == f"Cannot overwrite asset '{ASSET}'."
    assert ended(earthengine_contract) == "Unable to write to bucket bucket (permission denied)."
    earthengine_contract.relax("bucket-unwritable")
    assert ended(earthengine_contract) is None


def test_the_rate_is_of_a_caller_and_a_minute() -> None:
    users = Access(grants={"b": Grant(caller="b"), "b again": Grant(caller="b")})
    clock = SteppedClock()
    service = Service(load(), clock=clock, access=users, environment=Environment(rate=2))

    def look(user: str = "a") -> int:
        exchange = Exchange(verb="GET", path=OPERATIONS, headers={"authorization": f"Bearer {user}"})
        reply = service.handle(exchange)
        assert isinstance(reply, Reply)
        assert reply.rule == (None if reply.status == 200 else "rate-quota")
        return reply.status

    assert [look(), look("a refreshed"), look(), look("b"), look("b again"), look("b")] == [
        200, 200, 429, 200, 200, 429,
    ]  # fmt: skip
    clock.advance(60)
    assert look() == 200


def test_the_rate_may_be_lifted(earthengine_contract: EarthEngineContract) -> None:
    contract = earthengine_contract

    def look() -> int:
        return ask(contract.endpoint, "GET", OPERATIONS).status

    contract.surroundings = evolve(contract.surroundings, rate=2)
    assert [look(), look(), look()] == [200, 200, 429]
    contract.relax("rate-quota")
    assert [look() for _ in range(4)] == [200] * 4
    contract.surroundings = Environment()
    contract.enforce("rate-quota")
    assert [look() for _ in range(4)] == [200] * 4


def test_a_start_that_was_over_the_rate_has_used_no_id(earthengine_contract: EarthEngineContract) -> None:
    contract = earthengine_contract
    contract.surroundings = Environment(rate=0)
    refused = ask(contract.endpoint, "POST", EXPORT, export(requestId="1"))
    assert (refused.status, refused.error["status"]) == (429, "RESOURCE_EXHAUSTED")
    contract.surroundings = Environment()
    assert ask(contract.endpoint, "POST", EXPORT, export(requestId="1")).status == 200


def test_a_wait_that_is_held_counts_once() -> None:
    moved = 0.0
    service = Service(load(), clock=RealClock(monotonic=lambda: moved), environment=Environment(rate=2))
    started = service.handle(Exchange(verb="POST", path=EXPORT))
    assert isinstance(started, Reply)
    waiting = Exchange(verb="POST", path=f"/v1beta/{json.loads(started.body)['name']}:wait")
    held = service.handle(waiting)
    for _ in range(3):
        assert isinstance(held, Hold)
        held = service.handle(waiting, held)
    moved = 5.0
    ended = service.handle(waiting, held)
    assert isinstance(ended, Reply)
    assert ended.status == 200


def test_a_list_has_the_operations_of_all_users(earthengine_contract: EarthEngineContract) -> None:
    endpoint = earthengine_contract.endpoint
    users = [{"authorization": f"Bearer {user}"} for user in ("a", "b")]
    names = [ask(endpoint, "POST", EXPORT, export(), user).json["name"] for user in users]
    for user in users:
        listed = ask(endpoint, "GET", OPERATIONS, None, user).json["operations"]
        assert [each["name"] for each in listed] == names[::-1]
    assert ask(endpoint, "POST", f"/v1beta/{names[0]}:cancel", {}, users[1]).json == {}
