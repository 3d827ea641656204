"""The assets methods: what they answer, refuse and keep, in memory and in a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from groundwire_contract.assets.record import Asset, AssetType
from groundwire_contract.clock import SteppedClock
from groundwire_contract.contract import load
from groundwire_contract.environment import Environment
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.operations.script_library import INSTANT
from groundwire_contract.service import Service
from groundwire_contract.state.memory import Memory
from groundwire_contract.state.sqlite import Sqlite

P = "projects/my-project"
HOME = f"{P}/assets"
FOLDER, COLLECTION = {"type": "FOLDER"}, {"type": "IMAGE_COLLECTION"}
SCENES = tuple(
    Asset(
        name=f"{HOME}/scenes/s{number}",
        properties={"cloud": number, "sensor": "oli" if number % 2 else "msi"},
        start_time=SteppedClock().now().replace(year=2020 + number),
        geometry={"type": "Point", "coordinates": [number, 0]},
    )
    for number in range(5)
)


class Server:
    """A service, with calls as clients make them."""

    def __init__(self, make: Callable[[], Service]) -> None:
        self.make = make
        self.service = make()

    def call(self, verb: str, path: str, body: object = None, **query: object) -> Reply:
        data = b"" if body is None else json.dumps(body).encode()
        head, _, text = path.partition("?")
        pairs = [(name, str(value)) for name, value in query.items()]
        assert not text
        reply = self.service.handle(
            Exchange(
                verb=verb,
                path=f"/v1/{head}",
                query=tuple(pairs),
                raw_query=urlencode(pairs),
                headers={"content-type": "application/json"} if data else {},
                body=data,
                length=len(data),
            )
        )
        assert isinstance(reply, Reply)
        return reply

    def ok(self, verb: str, path: str, body: object = None, **query: object) -> Any:
        reply = self.call(verb, path, body, **query)
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def refused(self, verb: str, path: str, body: object = None, **query: object) -> tuple[int, str | None]:
        reply = self.call(verb, path, body, **query)
        return reply.status, reply.rule

    def names(self, parent: str, **query: object) -> list[str]:
        listed = self.ok("GET", f"{parent}:listAssets", **query)
        return [asset["name"].rpartition("/")[2] for asset in listed.get("assets", [])]

    def restart(self) -> None:
        """Open the state again, as after a kill; what is in memory stays."""
        if isinstance(self.service.state, Sqlite):
            self.service.state.close()
            self.service = self.make()


@pytest.fixture(params=["memory", "file"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    environment = Environment(assets=frozenset({"users/me/old"}), catalog=SCENES)

    def make() -> Service:
        state = Memory() if request.param == "memory" else Sqlite(tmp_path / "state")
        return Service(
            load(),
            state=state,
            clock=SteppedClock(),
            script=INSTANT,
            environment=environment,
        )

    made = Server(make)
    yield made
    made.service.state.close()


def test_an_asset_is_created_listed_and_deleted(server: Server) -> None:
    made = server.ok("POST", f"{P}/assets", FOLDER, assetId="a")
    assert made == {
        "type": "FOLDER",
        "name": f"{HOME}/a",
        "id": f"{HOME}/a",
        "updateTime": "2026-01-01T00:00:00Z",
    }
    server.ok("POST", f"{P}/assets", {**COLLECTION, "properties": {"n": 1}}, assetId="a/b")
    server.restart()
    assert server.names(P) == ["a", "scenes"]
    assert server.names(f"{HOME}/a") == ["b"]
    assert server.refused("DELETE", f"{HOME}/a") == (400, "asset-not-empty")
    assert server.ok("DELETE", f"{HOME}/a/b") == {}
    server.restart()
    assert server.ok("DELETE", f"{HOME}/a") == {}
    assert server.refused("GET", f"{HOME}/a") == (404, "asset-not-found")
    assert server.refused("DELETE", f"{HOME}/a") == (404, "asset-not-found")


def test_a_declared_asset_that_was_deleted_stays_deleted(server: Server) -> None:
    legacy = "projects/earthengine-legacy/assets/users/me"
    assert server.ok("GET", f"{legacy}/old")["id"] == "users/me/old"
    server.ok("DELETE", f"{legacy}/old")
    server.restart()
    assert server.refused("GET", f"{legacy}/old") == (404, "asset-not-found")
    assert server.names(legacy) == []
    server.ok("POST", "projects/earthengine-legacy/assets", FOLDER, assetId="users/me/old")
    assert server.names(legacy) == ["old"]


def test_a_page_has_the_token_of_the_next(server: Server) -> None:
    parent = f"{HOME}/scenes"
    first = server.ok("GET", f"{parent}:listAssets", pageSize=2)
    second = server.ok("GET", f"{parent}:listAssets", pageSize=2, pageToken=first["nextPageToken"])
    last = server.ok("GET", f"{parent}:listAssets", pageSize=2, pageToken=second["nextPageToken"])
    shown = [asset["name"][-2:] for page in (first, second, last) for asset in page["assets"]]
    assert shown == ["s0", "s1", "s2", "s3", "s4"]
    assert "nextPageToken" not in last
    assert server.refused("GET", f"{parent}:listAssets", pageToken="x") == (400, "page-token-invalid")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("properties.cloud<=1", ["s0", "s1"]),
        ('properties.sensor="msi" AND properties.cloud > 0', ["s2", "s4"]),
        ("properties.sensor!=oli", ["s0", "s2", "s4"]),
        ('properties."cloud" = 3', ["s3"]),
        ("properties.missing=1", []),
        ("properties.sensor>1", ["s0", "s1", "s2", "s3", "s4"]),
        ('startTime >= "2022-01-01T00:00:00Z" AND endTime < "2024-01-01T00:00:00.000Z"', ["s2", "s3"]),
        ("""intersects("{'type':'Polygon','coordinates':[[[0.5,-1],[2.5,-1],[2.5,1],[0.5,1],[0.5,-1]]]}")""", ["s1", "s2"]),
        ('intersects("POLYGON((0.5 -1, 2.5 -1, 2.5 1, 0.5 1, 0.5 -1))")', ["s1", "s2"]),
        ('intersects("POINT(4 0)") AND type=IMAGE', ["s4"]),
    ],
)  # fmt: skip
def test_filters_of_official_clients_select(server: Server, text: str, names: list[str]) -> None:
    assert server.names(f"{HOME}/scenes", filter=text) == names


@pytest.mark.parametrize(
    "text",
    [
        "cloud<1",
        "properties.cloud<1 OR properties.cloud>3",
        "properties.cloud",
        "properties.cloud<1 AND",
        "NOT properties.cloud<1",
        'startTime >= "soon"',
        'intersects("{}")',
        'intersects("CIRCLE(1 2)")',
        "properties.cloud:1",
    ],
)
def test_no_filter_is_ignored(server: Server, text: str) -> None:
    assert server.refused("GET", f"{HOME}/scenes:listAssets", filter=text) == (400, "filter-unsupported")


def test_the_basic_view_has_no_properties(server: Server) -> None:
    full, basic = (
        server.ok("GET", f"{HOME}/scenes:listAssets", view=view)["assets"][0] for view in ("FULL", "BASIC")
    )
    assert full["properties"] == {"cloud": 0, "sensor": "msi"}
    assert basic.keys() == {"type", "name", "id"}


@pytest.mark.parametrize("name", [f"{HOME}/nothing", f"{HOME}/scenes/s1"])
def test_only_what_holds_assets_is_listed(server: Server, name: str) -> None:
    reply = server.call("GET", f"{name}:listAssets")
    assert (reply.status, reply.rule) == (404, "asset-not-found")
    assert json.loads(reply.body)["error"]["message"] == (
        f"Asset '{name}' does not exist or doesn't allow this operation."
    )


def test_the_root_of_a_project_has_its_use(server: Server) -> None:
    assert server.ok("GET", f"{HOME}/") == {
        "type": "FOLDER",
        "name": HOME,
        "id": HOME,
        "quota": {"assetCount": "6", "sizeBytes": "0"},
    }


@pytest.mark.parametrize(
    ("body", "query", "rule"),
    [
        (FOLDER, {}, "asset-id-missing"),
        ({"type": "IMAGE"}, {"assetId": "a"}, "asset-type-unsupported"),
        ({}, {"assetId": "a"}, "asset-type-unsupported"),
        (COLLECTION, {"assetId": "scenes"}, "asset-overwrite"),
        (COLLECTION, {"assetId": "scenes", "overwrite": "true"}, "asset-overwrite"),
    ],
)
def test_what_cannot_be_created(server: Server, body: object, query: dict[str, str], rule: str) -> None:
    assert server.refused("POST", f"{P}/assets", body, **query) == (400, rule)


def test_an_image_that_is_backed_by_files_is_created_and_replaced(server: Server) -> None:
    body = {"type": "IMAGE", "cloudStorageLocation": {"uris": ["gs://bucket/a.tif"]}}
    server.ok("POST", f"{P}/assets", body, assetId="cog")
    assert server.refused("POST", f"{P}/assets", body, assetId="cog") == (400, "asset-overwrite")
    server.ok("POST", f"{P}/assets", {**body, "properties": {"n": 2}}, assetId="cog", overwrite="true")
    server.restart()
    made = server.ok("GET", f"{HOME}/cog")
    assert (made["cloudStorageLocation"], made["properties"]) == (body["cloudStorageLocation"], {"n": 2})


@pytest.mark.parametrize("below", ["", "/inner", "/inner/deeper"])
def test_an_asset_is_not_moved_into_itself(server: Server, below: str) -> None:
    before = server.names(f"{HOME}/scenes")
    refused = server.refused("POST", f"{HOME}/scenes:move", {"destinationName": f"{HOME}/scenes{below}"})
    assert refused == (400, "asset-overwrite")
    assert server.names(f"{HOME}/scenes") == before


def test_copies_and_moves(server: Server) -> None:
    source, target = f"{HOME}/scenes/s1", f"{HOME}/copies/one"
    made = server.ok("POST", f"{source}:copy", {"destinationName": target})
    assert (made["name"], made["properties"]["cloud"]) == (target, 1)
    assert server.refused("POST", f"{source}:copy", {"destinationName": target}) == (400, "asset-overwrite")
    server.ok("POST", f"{source}:copy", {"destinationName": target, "overwrite": True})
    assert server.refused("POST", f"{HOME}/scenes:copy", {"destinationName": f"{HOME}/x"}) == (
        400,
        "asset-copy-type",
    )
    server.ok("POST", f"{HOME}/scenes:move", {"destinationName": f"{HOME}/moved"})
    server.restart()
    assert server.names(f"{HOME}/moved") == ["s0", "s1", "s2", "s3", "s4"]
    assert server.refused("GET", source) == (404, "asset-not-found")
    assert server.names(P) == ["copies", "moved"]
    assert server.refused("POST", f"{source}:move", {"destinationName": target}) == (404, "asset-not-found")


@pytest.mark.parametrize(
    ("mask", "asset", "properties"),
    [
        ("properties.cloud", {"properties": {"cloud": 9}}, {"cloud": 9, "sensor": "oli"}),
        ({"paths": ['properties."cloud"']}, {"properties": {"cloud": None}}, {"sensor": "oli"}),
        ("properties.sensor", {}, {"cloud": 1}),
        ("properties", {"properties": {"a": "b"}}, {"a": "b"}),
        ("", {"properties": {"a": "b"}}, {"a": "b"}),
        ("start_time,properties.new", {"properties": {"new": 1}}, {"cloud": 1, "sensor": "oli", "new": 1}),
    ],
)
def test_an_update_changes_what_its_mask_names(
    server: Server, mask: object, asset: dict[str, Any], properties: dict[str, Any]
) -> None:
    name = f"{HOME}/scenes/s1"
    body = {"asset": {**asset, "startTime": "2001-02-03T00:00:00Z"}, "updateMask": mask}
    server.ok("PATCH", name, body)
    server.restart()
    updated = server.ok("GET", name)
    assert updated["properties"] == properties
    whole = mask == "" or (isinstance(mask, str) and "start_time" in mask)
    assert updated["startTime"] == ("2001-02-03T00:00:00Z" if whole else "2021-01-01T00:00:00Z")


@pytest.mark.parametrize("path", ["name", "type", "geometry", "start_time.x"])
def test_other_fields_do_not_change(server: Server, path: str) -> None:
    body = {"asset": {"properties": {"cloud": 9}}, "updateMask": f"properties.cloud,{path}"}
    assert server.refused("PATCH", f"{HOME}/scenes/s1", body) == (400, "asset-field-fixed")
    assert server.ok("GET", f"{HOME}/scenes/s1")["properties"]["cloud"] == 1


def test_policies_are_kept(server: Server) -> None:
    name = f"{HOME}/scenes/s1"
    first = server.ok("POST", f"{name}:getIamPolicy", {})
    policy = {"bindings": [{"role": "roles/viewer", "members": ["allUsers"]}]}
    server.ok("POST", f"{name}:setIamPolicy", {"policy": {**policy, "etag": first["etag"]}})
    server.restart()
    kept = server.ok("POST", f"{name}:getIamPolicy", {})
    assert kept["bindings"] == policy["bindings"]
    stale = {"policy": {**policy, "etag": first["etag"]}}
    assert server.refused("POST", f"{name}:setIamPolicy", stale) == (409, "policy-etag")
    asked = {"permissions": ["earthengine.assets.get"]}
    assert server.ok("POST", f"{name}:testIamPermissions", asked) == asked
    assert server.ok("POST", f"{HOME}/nothing:testIamPermissions", asked) == {}
    assert server.refused("POST", f"{HOME}/nothing:getIamPolicy", {}) == (404, "asset-not-found")


def test_the_config_of_a_project_is_kept(server: Server) -> None:
    assert server.ok("GET", f"{P}/config")["registrationState"] == "REGISTERED_NOT_COMMERCIALLY"
    server.ok("PATCH", f"{P}/config", {"maxConcurrentExports": 3}, updateMask="max_concurrent_exports")
    server.restart()
    assert server.ok("GET", f"{P}/config")["maxConcurrentExports"] == 3
    assert server.refused("PATCH", f"{P}/config", {}, updateMask="name") == (400, "config-field-fixed")


def test_features_are_listed_where_they_were_declared(server: Server) -> None:
    features: tuple[dict[str, Any], ...] = tuple(
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [n, n]}, "properties": {"n": n}}
        for n in range(4)
    )
    server.service.catalog().put(Asset(name=f"{HOME}/t", type=AssetType.TABLE, features=features))
    first = server.ok("GET", f"{HOME}/t:listFeatures", pageSize=3, filter="properties.n>=1")
    assert [feature["properties"]["n"] for feature in first["features"]] == [1, 2, 3]
    area = '{"type":"Polygon","coordinates":[[[1.5,1.5],[9,1.5],[9,9],[1.5,9],[1.5,1.5]]]}'
    inside = server.ok("GET", f"{HOME}/t:listFeatures", region=area)
    assert [feature["properties"]["n"] for feature in inside["features"]] == [2, 3]
    server.service.catalog().put(Asset(name=f"{HOME}/u", type=AssetType.TABLE))
    assert server.refused("GET", f"{HOME}/u:listFeatures") == (400, "features-undeclared")


def test_without_its_folder_nothing_is_made_where_that_is_enforced(server: Server) -> None:
    server.service.overrides.enforce("asset-parent-missing")
    rule = (404, "asset-parent-missing")
    assert server.refused("POST", f"{P}/assets", FOLDER, assetId="a/b") == rule
    assert server.refused("POST", f"{HOME}/scenes/s1:copy", {"destinationName": f"{HOME}/a/b"}) == rule
    server.ok("POST", f"{P}/assets", FOLDER, assetId="a")
    server.ok("POST", f"{P}/assets", FOLDER, assetId="a/b")


def test_relaxed_rules_let_it_happen(server: Server) -> None:
    server.service.overrides.relax("asset-not-empty", "asset-copy-type", "asset-overwrite")
    server.ok("POST", f"{HOME}/scenes:copy", {"destinationName": f"{HOME}/scenes/s1"})
    server.ok("DELETE", f"{HOME}/scenes")
    assert server.names(P) == []
