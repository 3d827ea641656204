"""The Discovery document that the server serves: for each version, with no address but its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_contract.fixture import EarthEngineContract

from tests.contract.wire import ask

AWAY = ("documentationLink",)


def addresses(value: Any, at: str = "") -> dict[str, str]:
    """Every URL of a document by its place, without scopes, descriptions and documentation."""
    if isinstance(value, dict):
        inside = [addresses(item, f"{at}/{name}") for name, item in value.items() if name not in AWAY]
        return {place: url for found in inside for place, url in found.items()}
    is_url = isinstance(value, str) and value.startswith(("http:", "https:"))
    return {at: value} if is_url and not at.endswith("/description") else {}


@pytest.mark.parametrize("version", ["v1beta", "v1", "v1alpha"])
def test_the_document_leads_to_this_server(earthengine_contract: EarthEngineContract, version: str) -> None:
    endpoint = earthengine_contract.endpoint
    document = ask(endpoint, "GET", f"/$discovery/rest?version={version}").json
    assert (document["version"], document["id"]) == (version, f"earthengine:{version}")
    assert addresses(document) == {"/rootUrl": f"{endpoint}/", "/baseUrl": f"{endpoint}/"}
    text = json.dumps(document["resources"])
    assert f'"{version}/' in text
    assert not any(f'"{other}/' in text for other in {"v1", "v1beta", "v1alpha"} - {version})


def test_an_unknown_version_has_no_document(earthengine_contract: EarthEngineContract) -> None:
    assert ask(earthengine_contract.endpoint, "GET", "/$discovery/rest?version=v9").status == 404


@pytest.mark.parametrize("version", ["v1beta", "v1"])
def test_googles_client_is_built_from_it(earthengine_contract: EarthEngineContract, version: str) -> None:
    discovery = pytest.importorskip("googleapiclient.discovery")
    http = pytest.importorskip("httplib2").Http(timeout=20)
    url = f"{earthengine_contract.endpoint}/$discovery/rest?version={version}"
    service = discovery.build(
        "earthengine",
        version,
        http=http,
        discoveryServiceUrl=url,
        static_discovery=False,
        cache_discovery=False,
    )
    with service:
        listed = service.projects().operations().list(name="projects/contract-project").execute()
    assert listed == {}
    assert earthengine_contract.requests[-1].path == f"/{version}/projects/contract-project/operations"
