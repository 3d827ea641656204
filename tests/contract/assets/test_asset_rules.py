"""Rules about assets, and about what is not simulated, over the wire."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.operations import algorithms

from tests.contract.wire import PROJECT, Answer, ask

HOME = f"/v1/{PROJECT}/assets"
FOLDER = {"type": "FOLDER"}
BROKEN: dict[str, tuple[str, str, Any]] = {
    "not-simulated": ("POST", f"/v1/{PROJECT}/maps", {}),
    "algorithms-missing": ("GET", f"/v1/{PROJECT}/algorithms", None),
}
"""A request that breaks a rule."""


@pytest.fixture
def contract(
    earthengine_contract: EarthEngineContract, monkeypatch: pytest.MonkeyPatch
) -> EarthEngineContract:
    monkeypatch.setattr(algorithms, "carried", lambda: None)
    earthengine_contract.declare(
        f"{PROJECT}/assets/folder/image", {"name": f"{PROJECT}/assets/table", "type": "TABLE"}
    )
    return earthengine_contract


def broken(contract: EarthEngineContract, rule: str) -> Answer:
    verb, path, body = BROKEN[rule]
    return ask(contract.endpoint, verb, path, body)


def test_without_the_list_of_functions_the_refusal_says_what_to_install(
    contract: EarthEngineContract,
) -> None:
    refused = broken(contract, "algorithms-missing")
    assert refused.status == 400
    assert "pip install earthengine-api" in refused.message
    with pytest.raises(AssertionError, match="algorithms-missing"):
        contract.assert_valid()


def test_a_refused_method_counts_and_can_be_answered(contract: EarthEngineContract) -> None:
    refused = broken(contract, "not-simulated")
    assert "earthengine.projects.maps.create" in refused.message
    with pytest.raises(AssertionError, match="not-simulated"):
        contract.assert_valid()
    contract.answers("earthengine.projects.maps.create", {"name": f"{PROJECT}/maps/1"})
    answered = broken(contract, "not-simulated")
    assert (answered.json["name"], answered.headers["x-groundwire-answer"]) == (f"{PROJECT}/maps/1", "test")


@pytest.mark.parametrize(
    "name", [f"{PROJECT}/assets", f"{PROJECT}/assets/", PROJECT + "/assets/" + "a/" * 5000]
)
def test_a_root_is_not_replaced_and_depth_is_bounded(contract: EarthEngineContract, name: str) -> None:
    answer = ask(contract.endpoint, "POST", f"{HOME}/folder/image:copy", {"destinationName": name})
    assert answer.status == (200 if "a/a" in name else 400)
    assert len(contract.assets) <= 3 + 101


def test_a_server_elsewhere_is_told_of_assets(contract: EarthEngineContract) -> None:
    from groundwire_contract.fixture import EarthEngineContract as Fixture
    from groundwire_contract.server.remote import RemoteControls

    other = Fixture(contract.endpoint, RemoteControls(contract.endpoint), lambda: None)
    features = [{"type": "Feature", "geometry": None, "properties": {"n": None}}]
    other.declare({"name": "users/me/t", "type": "TABLE", "features": features, "policy": {"bindings": []}})
    assert other.asset("users/me/t") == contract.asset("users/me/t")
    assert contract.asset("users/me/t").features == tuple(features)
    with pytest.raises(LookupError, match="users/me/none"):
        other.asset("users/me/none")
