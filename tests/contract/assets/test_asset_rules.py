"""Every rule about assets, and about what is not simulated: it can be relaxed, and answered otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.operations import algorithms
from groundwire_contract.rules.assets import ASSET_RULES, UNSIMULATED

from tests.contract.wire import PROJECT, Answer, ask

HOME = f"/v1/{PROJECT}/assets"
FOLDER = {"type": "FOLDER"}
BROKEN: dict[str, tuple[str, str, Any]] = {
    "asset-not-found": ("DELETE", f"{HOME}/nothing", None),
    "asset-overwrite": ("POST", f"{HOME}?assetId=folder", FOLDER),
    "asset-not-empty": ("DELETE", f"{HOME}/folder", None),
    "asset-copy-type": ("POST", f"{HOME}/folder:copy", {"destinationName": f"{PROJECT}/assets/other"}),
    "asset-id-missing": ("POST", HOME, FOLDER),
    "asset-type-unsupported": ("POST", f"{HOME}?assetId=x", {"type": "IMAGE"}),
    "asset-parent-missing": ("POST", f"{HOME}?assetId=a/b", FOLDER),
    "asset-field-fixed": ("PATCH", f"{HOME}/folder/image", {"updateMask": "name"}),
    "policy-etag": ("POST", f"{HOME}/folder:setIamPolicy", {"policy": {"etag": "b2xk"}}),
    "config-field-fixed": ("PATCH", f"/v1/{PROJECT}/config?updateMask=name", {}),
    "not-simulated": ("POST", f"/v1/{PROJECT}/maps", {}),
    "features-undeclared": ("GET", f"{HOME}/table:listFeatures", None),
    "algorithms-missing": ("GET", f"/v1/{PROJECT}/algorithms", None),
}
"""A request that breaks each rule."""


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


def test_every_rule_is_broken_here() -> None:
    assert {rule.id for rule in (*ASSET_RULES, *UNSIMULATED)} == BROKEN.keys()


@pytest.mark.parametrize("rule", BROKEN)
def test_a_rule_is_relaxed_enforced_and_answered_otherwise(contract: EarthEngineContract, rule: str) -> None:
    contract.relax(rule)
    assert broken(contract, rule).status == 200
    contract.reset()
    contract.declare(f"{PROJECT}/assets/folder/image", {"name": f"{PROJECT}/assets/table", "type": "TABLE"})
    contract.enforce(rule)
    refused = broken(contract, rule)
    assert (refused.rule, refused.status in (400, 404, 409)) == (rule, True)
    contract.answer(rule, code=503, message="Otherwise.")
    otherwise = broken(contract, rule)
    assert (otherwise.status, otherwise.message) == (503, "Otherwise.")


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
