"""The documents of stac-fastapi and titiler, served with given answers to clients that others wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from groundwire_contract import Answer, ApiContract, ContractRequest, serving

from tests import outside
from tests.contract.wire import ask

pytestmark = outside.needed
FOLDER = Path(outside.FOLDER or ".") / "openapi"


@pytest.fixture
def stac() -> Iterator[ApiContract]:
    contract = serving(FOLDER / "stac-fastapi.json")
    yield contract
    contract.stop()


def item(number: int) -> dict[str, Any]:
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": f"i{number}",
        "collection": "c",
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "bbox": [1, 2, 1, 2],
        "properties": {"datetime": "2026-01-01T00:00:00Z"},
        "assets": {},
        "links": [],
    }


def landing(endpoint: str) -> dict[str, Any]:
    links = [
        ("self", "/", "GET"),
        ("root", "/", "GET"),
        ("data", "/collections", "GET"),
        ("search", "/search", "POST"),
    ]
    classes = ("core", "item-search", "collections", "ogcapi-features")
    return {
        "type": "Catalog",
        "stac_version": "1.0.0",
        "id": "root",
        "title": "t",
        "description": "d",
        "conformsTo": [f"https://api.stacspec.org/v1.0.0/{name}" for name in classes],
        "links": [
            {"rel": rel, "href": endpoint + path, "type": "application/json", "method": method}
            for rel, path, method in links
        ],
    }


def test_pystac_client_searches_page_by_page(stac: ApiContract) -> None:
    client = pytest.importorskip(
        "pystac_client", reason="pystac-client is not installed: nox -s official has it"
    )
    seen: list[Any] = []

    def search(request: ContractRequest) -> object:
        seen.append(request.body)
        assert isinstance(request.body, dict)
        start = int(str(request.body.get("token", 0)))
        page: dict[str, Any] = {
            "type": "FeatureCollection",
            "features": [item(start), item(start + 1)],
            "links": [],
        }
        if start < 4:
            href = f"{stac.endpoint}/search"
            body = {"token": str(start + 2)}
            page["links"] = [{"rel": "next", "href": href, "method": "POST", "type": "application/geo+json", "merge": True, "body": body}]  # fmt: skip
        return page

    stac.answers("Landing_Page__get", landing(stac.endpoint))
    stac.answers("Search_search_post", search)
    catalog = client.Client.open(stac.endpoint)
    found = catalog.search(collections=["c"], bbox=[0, 0, 10, 10], datetime="2026-01-01/2026-02-01", limit=2)
    assert [each.id for each in found.items()] == [f"i{number}" for number in range(6)]
    assert [each.get("token") for each in seen] == [None, "2", "4"]
    stac.assert_valid()


def test_a_search_that_the_document_refuses_is_named(stac: ApiContract) -> None:
    answer = ask(stac.endpoint, "POST", "/search", {"limit": 0, "bbox": [1, 2, 3]})
    # The document states FastAPI's form of an error.
    places = {tuple(each["loc"]) for each in answer.json["detail"]}
    assert (answer.status, places) == (422, {("body", "limit"), ("body", "bbox")})


def test_an_image_of_titiler_is_bytes() -> None:
    contract = serving(FOLDER / "titiler.json")
    try:
        methods = [name for name, each in methods_of(contract) if each.path == "/cog/preview.{format}"]
        contract.answers(methods[0], b"\x89PNG")
        path = "/cog/preview.png?url=https%3A%2F%2Fexample.com%2Fa.tif&bidx=1&bidx=2&rescale=0,1000"
        answer = ask(contract.endpoint, "GET", path, headers={"accept": "image/png"})
        assert (answer.status, answer.headers["content-type"], answer.body) == (200, "image/png", b"\x89PNG")
        refused = ask(contract.endpoint, "GET", "/cog/preview.png?bidx=one")
        assert refused.status == 422
        assert {tuple(each["loc"]) for each in refused.json["detail"]} >= {("query", "url")}
    finally:
        contract.stop()


def methods_of(contract: ApiContract) -> Any:
    service = contract._controls.local
    assert service is not None
    return service.contract.api.methods.items()


PATHS = ("/collections", "/credentials/basic", "/file_formats", "/validation")
JOB_PATHS = ("/jobs", "/jobs/{job_id}", "/jobs/{job_id}/logs", "/jobs/{job_id}/results")


def test_openeos_client_starts_a_job_and_follows_it() -> None:
    openeo = pytest.importorskip("openeo", reason="openeo is not installed: nox -s official has it")
    contract = serving(FOLDER / "openeo.yaml", examples=True)
    states = iter(["queued", "running", "finished"])

    def job(request: ContractRequest) -> object:
        graph = {"process_graph": {"a": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}}
        facts = {"id": "job-1", "created": "2026-01-01T00:00:00Z", "process": graph}
        return {**facts, "status": next(states)}

    try:
        home = contract.endpoint
        endpoints = [{"path": path, "methods": ["GET", "POST", "DELETE"]} for path in (*PATHS, *JOB_PATHS)]
        facts = {"api_version": "1.2.0", "backend_version": "1", "stac_version": "1.0.0"}
        words = {"id": "b", "title": "t", "description": "d", "links": [], "endpoints": endpoints}
        conforms = {"conformsTo": ["https://api.openeo.org/1.2.0"]}
        contract.answers("capabilities", {**facts, **words, **conforms})
        contract.answers("connect", {"versions": [{"url": home, "api_version": "1.2.0", "production": True}]})
        tiff = {"gis_data_types": ["raster"], "parameters": {}}
        contract.answers("list-file-types", {"input": {}, "output": {"GTiff": tiff}})
        headers = {"location": f"{home}/jobs/job-1", "openeo-identifier": "job-1"}
        contract.answers("create-job", Answer(status=201, headers=headers))
        contract.answers("describe-job", job)

        connection = openeo.connect(home).authenticate_basic("user", "password")
        assert connection.list_collection_ids() == ["Sentinel-2A", "MOD09Q1"]
        cube = connection.load_collection(
            "Sentinel-2A",
            spatial_extent={"west": 1, "south": 1, "east": 2, "north": 2},
            temporal_extent=["2026-01-01", "2026-02-01"],
            fetch_metadata=False,
        )
        started = connection.create_job(cube.save_result("GTiff"), title="heights").start()
        assert (started.job_id, [started.status() for _ in range(3)]) == (
            "job-1",
            ["queued", "running", "finished"],
        )
        assert started.logs()[0].level == "error"
        assert started.get_results().get_metadata()["stac_version"] == "1.0.0"
        [sent] = [each.body for each in contract.requests if each.method == "create-job"]
        assert sent["process"]["process_graph"]["loadcollection1"]["arguments"]["id"] == "Sentinel-2A"
        contract.assert_valid()
    finally:
        contract.stop()
